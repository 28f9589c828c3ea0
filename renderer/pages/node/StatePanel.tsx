import type { ReactNode } from "react";
import type { NodeView } from "../../../shared/contract/snapshot";
import { CommandProgress } from "../../commands/CommandProgress";
import { openDeploy, sendAgain } from "../../commands/desk";
import { RollbackButton } from "../../commands/RollbackButton";
import { rollbackChoice } from "../../commands/rollback-choice";
import { Button, Panel, StateGlyph } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useSettings } from "../../state/store";

/** How the node is, in a sentence with value and limit, and the one action that it offers. */
export function StatePanel({ node }: { readonly node: NodeView }): ReactNode {
  const { clock } = useSettings();
  const needsPerson = node.attention === "high" || node.attention === "medium";
  return (
    <Panel
      title={<StateGlyph state={node.state} />}
      fact={<span title={formatUtcInstant(node.stateSinceMs)}>since {formatClock(node.stateSinceMs, clock)}</span>}
    >
      <p className="node-sentence">{node.sentence}</p>
      <div className="node-actions">
        <RollbackButton nodeId={node.nodeId} kind={needsPerson ? "primary" : "outline"} showKey />
        <Button kind="quiet" onPress={() => openDeploy({ nodeId: node.nodeId, version: null })}>
          Deploy a version…
        </Button>
      </div>
      {rollbackChoice(node).isOffered ? <p className="note node-offer">{node.rollback.reason}</p> : null}
    </Panel>
  );
}

/** The node's last command, step by step: what was sent, and what the node itself reported. */
export function CommandPanel({ node }: { readonly node: NodeView }): ReactNode {
  const { command } = node;
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
          <Button kind="outline" size="small" onPress={() => void sendAgain(node.nodeId)}>
            Send {command.version} again
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}
