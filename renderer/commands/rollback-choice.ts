import type { NodeView, Snapshot } from "../../shared/contract/snapshot";
import { isInFlight } from "./undo";

/** Whether a node's rollback is offered now, and where to; or why not, in a sentence and in two words. */
export type RollbackChoice =
  | { readonly isOffered: true; readonly version: string }
  | {
      readonly isOffered: false;
      /** A command is on its way: the button stays where it is, so that the focus does. */
      readonly isInFlight: boolean;
      readonly reason: string;
      readonly short: string;
    };

/** Why no command can be sent to any node now; null when commands can be sent. */
export function obstacleOf(meta: Pick<Snapshot, "link" | "journal"> | undefined): string | null {
  if (meta === undefined) return "Nothing is known of the fleet yet.";
  if (meta.link.state !== "up") return `The link is ${meta.link.state}: a command could not be confirmed.`;
  if (meta.journal.state === "broken") return "The journal was changed after it was written: commands are refused until a person acknowledges it.";
  return meta.journal.state === "written" ? null : "The journal cannot be written: commands are refused until it can.";
}

/**
 * What the rollback button of a node says. The engine decides again when it is clicked; this keeps a
 * button that would be refused off the screen and says why it is not there.
 */
export function rollbackChoice(node: NodeView, obstacle: string | null = null): RollbackChoice {
  const { command, rollback } = node;
  if (command !== null && isInFlight(command.phase)) {
    return { isOffered: false, isInFlight: true, reason: `${command.commandId} is on its way.`, short: "on its way" };
  }
  if (obstacle !== null) return { isOffered: false, isInFlight: false, reason: obstacle, short: "not now" };
  if (node.liveness === "stale" || node.liveness === "lost") {
    return {
      isOffered: false,
      isInFlight: false,
      reason: `No rollback offered: ${node.nodeId} is silent and could not confirm it.`,
      short: "silent",
    };
  }
  if (rollback.offered) return { isOffered: true, version: rollback.version };
  const short = rollback.code === "NO_GOOD_VERSION" ? "none good" : "not offered";
  return { isOffered: false, isInFlight: false, reason: rollback.reason, short };
}
