import type { CommandPhase, CommandView, NodeView } from "../../shared/contract/snapshot";

/** How long a rollback can be undone after it ended. */
export const UNDO_WINDOW_MS = 60_000;

/** What an Undo would do. */
export interface UndoOffer {
  readonly nodeId: string;
  /** The version that ran before the rollback. */
  readonly version: string;
  /** What the node reports now; sent along, so that a change in between refuses the Undo. */
  readonly expectedVersion: string | null;
  /** The rollback that is taken back. */
  readonly commandId: string;
  /** Time left, ms. */
  readonly remainingMs: number;
  /** When the rollback ended, Unix ms. */
  readonly sinceMs: number;
}

/** Whether a command is still on its way. */
export function isInFlight(phase: CommandPhase): boolean {
  return phase === "requested" || phase === "sent" || phase === "acknowledged" || phase === "verifying";
}

/** When a command that the node acknowledged came to its end; null while it is on its way or was never acknowledged. */
function endedAtMs(command: CommandView): number | null {
  if (isInFlight(command.phase)) return null;
  if (!command.steps.some((step) => step.phase === "acknowledged")) return null;
  return command.steps.at(-1)?.atMs ?? null;
}

/**
 * The Undo of a node's last rollback: a deploy of the version that ran before, for 60 s after the
 * rollback came to its end with the node reporting the version. While it is still being verified the
 * engine would refuse another command, so none is offered.
 * @returns null where there is nothing to undo, the node runs something else by now, or time is up.
 */
export function undoOf(node: NodeView, nowMs: number): UndoOffer | null {
  const { command } = node;
  if (command === null || command.kind !== "rollback" || command.fromVersion === null) return null;
  // What the policy took back is in quarantine until a person lifts it with a reason: no click brings it back.
  if (command.actor !== "operator") return null;
  if (node.modelVersion !== command.version) return null;
  const sinceMs = endedAtMs(command);
  if (sinceMs === null) return null;
  const remainingMs = sinceMs + UNDO_WINDOW_MS - nowMs;
  if (remainingMs <= 0) return null;
  return {
    nodeId: node.nodeId,
    version: command.fromVersion,
    expectedVersion: node.modelVersion,
    commandId: command.commandId,
    remainingMs,
    sinceMs,
  };
}

/** The Undo that `Ctrl Z` takes: that of the rollback that ended last. */
export function newestUndo(nodes: Iterable<NodeView>, nowMs: number): UndoOffer | null {
  let newest: UndoOffer | null = null;
  for (const node of nodes) {
    const offer = undoOf(node, nowMs);
    if (offer !== null && (newest === null || offer.sinceMs > newest.sinceMs)) newest = offer;
  }
  return newest;
}
