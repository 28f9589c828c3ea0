import { memo, type ReactNode } from "react";
import type { NodeView } from "../../../shared/contract/snapshot";
import { CommandProgress } from "../../commands/CommandProgress";
import { openDeploy, sendAgain } from "../../commands/desk";
import { RollbackButton } from "../../commands/RollbackButton";
import { Button, Panel, StateGlyph } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useSettings } from "../../state/store";

/** What the panel of a node's state shows. */
export interface StatePanelProps {
  readonly nodeId: string;
  readonly state: NodeView["state"];
  /** Unix ms. */
  readonly stateSinceMs: number;
  readonly sentence: string;
  /** Its rollback is then the page's one primary button. */
  readonly needsPerson: boolean;
  /** What is known of the version that a rollback would go to; null where none is offered. */
  readonly offerReason: string | null;
}

/** How the node is, in a sentence with value and limit, and the one action that it offers. */
export const StatePanel = memo(function StatePanel(props: StatePanelProps): ReactNode {
  const { nodeId, stateSinceMs } = props;
  const { clock } = useSettings();
  return (
    <Panel
      title={<StateGlyph state={props.state} />}
      fact={<span title={formatUtcInstant(stateSinceMs)}>since {formatClock(stateSinceMs, clock)}</span>}
    >
      <p className="node-sentence">{props.sentence}</p>
      <div className="node-actions">
        <RollbackButton nodeId={nodeId} kind={props.needsPerson ? "primary" : "outline"} showKey />
        <DeployButton nodeId={nodeId} />
      </div>
      {props.offerReason === null ? null : <p className="note node-offer">{props.offerReason}</p>}
    </Panel>
  );
});

const DeployButton = memo(function DeployButton({ nodeId }: { readonly nodeId: string }): ReactNode {
  return (
    <Button kind="quiet" onPress={() => openDeploy({ nodeId, version: null })}>
      Deploy a version…
    </Button>
  );
});

/** The node's last command, step by step: what was sent, and what the node itself reported. */
export const CommandPanel = memo(function CommandPanel({ command }: { readonly command: NodeView["command"] }): ReactNode {
  if (command === null) return null;
  const verb = command.kind === "deploy" ? "Deploy of" : "Rollback to";
  const canSendAgain = command.phase === "unconfirmed" || command.phase === "inconsistent";
  return (
    <Panel
      title={
        <>
          {verb} <span className="mono">{command.version}</span>
        </>
      }
      fact={`${command.commandId}, by ${command.actor}`}
    >
      <CommandProgress command={command} layout="steps" />
      {canSendAgain ? (
        <div className="node-actions">
          <Button kind="outline" size="small" onPress={() => void sendAgain(command.nodeId)}>
            Send {command.version} again
          </Button>
        </div>
      ) : null}
    </Panel>
  );
});
