import { useState, type ReactNode } from "react";
import { MAX_ROS_DOMAIN_ID } from "../../../shared/contract/settings";
import type { LinkView } from "../../../shared/contract/snapshot";
import type { Failure } from "../../../shared/result";
import { Button, NumberField, Panel, Problem, Segmented } from "../../design";
import { countOf } from "../../format/number";
import { say } from "../../state/announce";
import { saveSettings } from "../../state/settings";
import { useFleet, useSettings } from "../../state/store";
import { Facts } from "./Facts";
import { changesOf, domainProblem, draftOf, graphOf, graphWord, inForceOf, restartObstacle, type GraphDraft } from "./graph-draft";

const RANGES = [
  { value: "environment", label: "As the environment says" },
  { value: "LOCALHOST", label: "This machine" },
  { value: "SUBNET", label: "Subnet" },
] as const;

/** Which part of the ROS 2 graph is joined: what is in force, what is set, and the restart between both. */
export function GraphSection({ link }: { readonly link: LinkView }): ReactNode {
  const { ros2 } = useSettings();
  const domainOption = useFleet((state) => state.hello?.domainOption ?? null);
  const obstacle = useFleet(({ fleet }) => (link.kind === "ros2" ? restartObstacle(fleet?.nodes.values() ?? []) : null));
  const [draft, setDraft] = useState<GraphDraft>(() => draftOf(ros2));
  const [failure, setFailure] = useState<Failure | null>(null);
  const wanted = graphOf(draft);
  const changes = wanted === null ? [] : changesOf(ros2, wanted);
  const inForce = inForceOf(link, ros2, domainOption);
  const set = (change: Partial<GraphDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const isRestart = link.kind === "ros2";

  const apply = async (): Promise<void> => {
    if (wanted === null) return;
    const refused = await saveSettings({ ros2: wanted });
    setFailure(refused);
    if (refused === null) say(isRestart ? "Saved. The ROS 2 process joins the graph anew." : "Saved for the next start with ROS 2.");
  };

  return (
    <div className="settings-columns">
      <Panel title="ROS 2 graph" fact="which nodes can be met">
        <div className="limit-fields">
          <NumberField
            label="Domain id"
            unit={`0 to ${MAX_ROS_DOMAIN_ID}; empty: as the environment says`}
            value={draft.domainId}
            minValue={0}
            maxValue={MAX_ROS_DOMAIN_ID}
            maxDecimals={0}
            problem={domainProblem(draft.domainId)}
            onChange={(domainId) => set({ domainId })}
          />
        </div>
        <div className="setting setting-range">
          <div>
            <h3>Discovery range</h3>
            <p className="note">How far nodes are looked for.</p>
          </div>
          <Segmented
            label="Discovery range"
            value={draft.discoveryRange ?? "environment"}
            segments={RANGES}
            onChange={(value) => set({ discoveryRange: value === "environment" ? null : value })}
          />
        </div>
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <div className="settings-actions">
          <Button kind="primary" isDisabled={changes.length === 0 || obstacle !== null} onPress={() => void apply()}>
            {isRestart ? "Apply and restart the ROS 2 process" : "Save for the next start with ROS 2"}
          </Button>
          <Button kind="quiet" isDisabled={changes.length === 0 && wanted !== null} onPress={() => setDraft(draftOf(ros2))}>
            Discard
          </Button>
          <span className="note">
            {changes.length === 0 ? "no change" : (obstacle ?? `${countOf(changes.length, "change")}, not applied`)}
          </span>
        </div>
        {domainOption === null ? null : (
          <p className="note settings-note">
            --domain {domainOption} was given at this start and wins until it ends. A domain set here holds from the next
            start without it.
          </p>
        )}
      </Panel>
      <Panel title="In force and set">
        <Facts
          facts={[
            { name: "Domain now", value: inForce.domain },
            { name: "Domain set", value: graphWord(ros2.domainId) },
            { name: "Range now", value: inForce.discoveryRange },
            { name: "Range set", value: graphWord(ros2.discoveryRange) },
            ...changes.map((change) => ({
              name: `${change.name}, to apply`,
              value: (
                <>
                  <del>{change.before}</del> <ins>{change.after}</ins>
                </>
              ),
            })),
          ]}
        />
        <p className="note settings-note">
          {isRestart
            ? "A restart leaves the graph and joins it again: the nodes are looked for anew, which takes some seconds. Decisions stay."
            : "What is set holds as soon as ROS 2 is in use."}
        </p>
      </Panel>
    </div>
  );
}
