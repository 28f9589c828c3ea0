import { useEffect, useState, type ReactNode } from "react";
import type { Hello, ModelView } from "../../../shared/contract/channels";
import { openDeploy } from "../../commands/desk";
import { Button, Glyph, Kbd, Tag } from "../../design";
import { formatNumber } from "../../format/number";
import { say } from "../../state/announce";
import { openOverlay } from "../../state/navigation";
import { request } from "../../state/ops";
import { SetUpRos2 } from "../../setup/SetUpRos2";
import { leaveFirstStart, useFleet } from "../../state/store";
import { JoiningFleet } from "./JoiningFleet";
import "./first-start.css";

/** What was found on this machine, the embedded fleet already joining, and the way to it. */
export function FirstStartPage(): ReactNode {
  const hello = useFleet((state) => state.hello);
  const nodeCount = useFleet((state) => state.fleet?.nodeIds.length ?? 0);
  const isRos2 = useFleet((state) => state.fleet?.meta.link.kind === "ros2");
  const open = async (): Promise<void> => {
    leaveFirstStart();
    const answer = await request("app/seen-first-start", {});
    if (!answer.ok) say(`This page will be shown again: ${answer.error.message}`);
  };
  if (hello === null) return null;
  return (
    <div className="page-scroll">
      <div className="first">
        <div className="first-text">
          <FirstTitle hasRos={hasRos(hello.findings)} isRos2={isRos2} />
          <FirstLead nodeCount={nodeCount} isRos2={isRos2} />
          <div className="first-actions">
            <Button kind="primary" autoFocus onPress={() => void open()}>
              {isRos2 ? "Open the fleet" : "Open the embedded fleet"}
              <Kbd>Enter</Kbd>
            </Button>
          </div>
          <div className="first-set-up">
            <SetUpRos2 />
          </div>
          <h2>What was looked for</h2>
          <Findings findings={hello.findings} />
        </div>
        <div className="first-side">
          <JoiningFleet />
          {isRos2 ? null : <ThingsToTry onOpen={open} />}
        </div>
      </div>
    </div>
  );
}

/** Whether a ROS 2 was found, sourced or installed. */
function hasRos(findings: Hello["findings"]): boolean {
  return findings.some((finding) => finding.found && finding.what.includes("ROS 2"));
}

function FirstTitle({ hasRos: isRosHere, isRos2 }: { readonly hasRos: boolean; readonly isRos2: boolean }): ReactNode {
  const [first, second] = isRos2
    ? ["This machine has ROS 2;", "its graph is joined."]
    : isRosHere
      ? ["This machine has ROS 2;", "this run has a fleet of its own."]
      : ["No ROS 2 on this machine,", "so here is a fleet of its own."];
  return (
    <h1>
      {first}
      <br />
      {second}
    </h1>
  );
}

function FirstLead({ nodeCount, isRos2 }: { readonly nodeCount: number; readonly isRos2: boolean }): ReactNode {
  if (isRos2) {
    return (
      <p className="first-lead">
        Nodes are found by the metrics and heartbeats that they publish. A deploy counts as done when the node itself
        reports the version.
      </p>
    );
  }
  const nodes = nodeCount === 0 ? "Edge nodes run" : nodeCount === 1 ? "One edge node runs" : `${countWord(nodeCount)} edge nodes run`;
  return (
    <p className="first-lead">
      {nodes} inside this app. They compress real frames with the models that ship with it, and obey deploys and rollbacks
      like robots do. Every screen they feed says <Tag name="EMBEDDED" />
    </p>
  );
}

function Findings({ findings }: { readonly findings: Hello["findings"] }): ReactNode {
  return (
    <ul className="findings">
      {findings.map((finding) => (
        <li key={finding.what}>
          <span className="hue-low">
            <Glyph name={finding.found ? "verified" : "waiting"} />
          </span>
          <strong>
            {finding.what}
            <span className="visually-hidden">{finding.found ? ", found" : ", not found"}</span>
          </strong>
          <span>{finding.sentence}</span>
        </li>
      ))}
    </ul>
  );
}

interface Try {
  readonly title: string;
  readonly text: string;
  readonly keyName: string;
  readonly start: () => void;
}

function ThingsToTry({ onOpen }: { readonly onOpen: () => Promise<void> }): ReactNode {
  const [models, setModels] = useState<readonly ModelView[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void request("models/list", {}).then((answer) => {
      if (isCurrent && answer.ok) setModels(answer.value.filter((model) => model.verified));
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const drill = models.find((model) => model.drill);
  const newest = models.filter((model) => !model.drill).at(-1);
  const deployOf = (model: ModelView, title: string, text: string): Try => ({
    title,
    text,
    keyName: "D",
    start: () => openDeploy({ nodeId: null, version: model.version }),
  });
  const tries: readonly Try[] = [
    {
      title: "Break a node",
      text: "Fault console, noisy camera: watch its numbers and its state change.",
      keyName: "F9",
      start: () => openOverlay("faults"),
    },
    ...(drill === undefined
      ? []
      : [deployOf(drill, `Deploy the drill ${drill.version}`, "It is worse on purpose. One click rolls it back.")]),
    ...(newest === undefined
      ? []
      : [deployOf(newest, `Deploy ${newest.version}`, "Watch it being sent, acknowledged by the node, and verified.")]),
  ];
  return (
    <section className="panel tries" aria-labelledby="tries-title">
      <h2 id="tries-title">{countWord(tries.length)} {tries.length === 1 ? "thing" : "things"} to try</h2>
      <ol>
        {tries.map((one, index) => (
          <li key={one.title}>
            <span className="try-number" aria-hidden="true">
              {index + 1}
            </span>
            <div>
              <strong>{one.title}</strong>
              <p className="note">{one.text}</p>
            </div>
            <Button
              kind="quiet"
              size="small"
              aria-label={`${one.keyName}: ${one.title}`}
              onPress={() => void onOpen().then(one.start)}
            >
              <Kbd>{one.keyName}</Kbd>
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}

const COUNT_WORDS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/** A count as a word at the start of a sentence, up to ten. */
function countWord(count: number): string {
  return COUNT_WORDS[count] ?? formatNumber(count, 0);
}
