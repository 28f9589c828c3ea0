import { useEffect, useState, type ReactNode } from "react";
import { SETUP_STEP_WORDS, type SetupView } from "../../shared/contract/ros2-setup";
import { Button, Glyph, Panel, Problem } from "../design";
import { formatDuration } from "../format/time";
import { openOverlay } from "../state/navigation";
import { beginSetup, cancelSetup, relaunchOn, useSetup } from "../state/ros2-setup";
import { useFleet } from "../state/store";
import "./set-up-ros2.css";

/** How the finding of a ROS 2 that is set up is called (electron/first-look.ts). */
const SET_UP_FINDING = "ROS 2 set up for this application";

/** Sets up ROS 2 by one click, shows how far it is and how it ended, and leads to a start on it. */
export function SetUpRos2(): ReactNode {
  const view = useSetup();
  const isRos2 = useFleet((state) => state.fleet?.meta.link.kind === "ros2");
  const finding = useFleet((state) => state.hello?.findings.find(({ what }) => what === SET_UP_FINDING));
  const isThere = finding?.found === true || view.state === "succeeded";
  const isAtWork = view.state === "running" || view.state === "cancelling";
  return (
    <Panel title="ROS 2 on this machine" className="set-up">
      {view.state === "idle" ? (
        <p>{finding?.sentence ?? "Nothing is known of it yet."}</p>
      ) : (
        <Outcome view={view} />
      )}
      <div className="settings-actions">
        {isAtWork ? (
          <Button kind="outline" isDisabled={view.state === "cancelling"} onPress={() => void cancelSetup()}>
            {view.state === "cancelling" ? "Ending" : "Cancel"}
          </Button>
        ) : (
          <>
            {isThere && !isRos2 ? (
              <Button kind="outline" onPress={() => void relaunchOn("ros2")}>
                Restart with ROS 2
              </Button>
            ) : null}
            <Button kind={isThere ? "quiet" : "outline"} onPress={() => void beginSetup()}>
              {isThere ? "Set up ROS 2 anew" : "Set up ROS 2"}
            </Button>
            <Button kind="quiet" onPress={() => openOverlay("doctor")}>
              Doctor
            </Button>
          </>
        )}
      </div>
      <p className="note settings-note">
        {isAtWork
          ? "It is made beside its place and takes it at the end: until then, and after Cancel, all is as it was."
          : "A ROS 2 that is sourced or under /opt/ros is used; else a private ROS 2 Jazzy goes into the data folder: about 250 MB, one to three minutes, no administrator's rights, removed by `./lydlr ros2 install --remove`."}
      </p>
    </Panel>
  );
}

function Outcome({ view }: { readonly view: Exclude<SetupView, { readonly state: "idle" }> }): ReactNode {
  switch (view.state) {
    case "running":
    case "cancelling":
      return <Steps view={view} />;
    case "succeeded":
      return (
        <p role="status">
          {view.sentence} It took {formatDuration(view.tookMs)}. This run goes on as it is; restart it to join the graph.
        </p>
      );
    case "failed":
      return <Problem code={view.code} sentence={view.message} />;
    case "cancelled":
      return <p role="status">Ended after {formatDuration(view.tookMs)}. What was there before is as it was.</p>;
  }
}

function Steps({ view }: { readonly view: Extract<SetupView, { readonly startedAtMs: number }> }): ReactNode {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <p role="status">
        {view.state === "cancelling" ? "Ending" : "Setting up ROS 2"}, {formatDuration(nowMs - view.startedAtMs)}
      </p>
      <ol className="set-up-steps">
        {view.steps.map(({ step, atMs }, index) => {
          const endedAtMs = view.steps[index + 1]?.atMs;
          return (
            <li key={step}>
              <span className="hue-low">
                <Glyph name={endedAtMs === undefined ? "waiting" : "verified"} />
              </span>
              <span>
                {SETUP_STEP_WORDS[step]}
                <span className="visually-hidden">{endedAtMs === undefined ? ", at work" : ", done"}</span>
              </span>
              <span className="note">{formatDuration((endedAtMs ?? nowMs) - atMs)}</span>
            </li>
          );
        })}
      </ol>
    </>
  );
}
