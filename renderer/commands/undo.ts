import type { CommandPhase, CommandView, NodeView } from "../../shared/contract/snapshot";

/** How long a rollback can be undone after the node reported it. */
export const UNDO_WINDOW_MS = 60_000;

/** What an Undo would do. */
export interface UndoOffer {
  readonly nodeId: string;
  /** The version that ran before the rollback. */
  readonly version: string;
  /** What the node reports now; sent along, so that a change in between refuses the Undo. */
  readonly expectedVersion: string | null;
  /** Time left, ms. */
  readonly remainingMs: number;
  /** When the node reported the rollback, Unix ms. */
  readonly reportedAtMs: number;
}

/** Whether a command is still on its way. */
export function isInFlight(phase: CommandPhase): boolean {
  return phase === "requested" || phase === "sent" || phase === "acknowledged" || phase === "verifying";
}

/** When the node itself last confirmed a command: its verification, else its acknowledgement. */
function confirmedAtMs(command: CommandView): number | null {
  const confirmed = command.steps.filter((step) => step.phase === "acknowledged" || step.phase === "verified");
  return confirmed.at(-1)?.atMs ?? null;
}

/**
 * The Undo of a node's last rollback: a deploy of the version that ran before, for 60 s after the
 * node reported the rollback.
 * @returns null where there is nothing to undo, the node runs something else by now, or time is up.
 */
export function undoOf(node: NodeView, nowMs: number): UndoOffer | null {
  const { command } = node;
  if (command === null || command.kind !== "rollback" || command.fromVersion === null) return null;
  if (command.phase !== "acknowledged" && command.phase !== "verifying" && command.phase !== "verified") return null;
  if (node.modelVersion !== command.version) return null;
  const reportedAtMs = confirmedAtMs(command);
  if (reportedAtMs === null) return null;
  const remainingMs = reportedAtMs + UNDO_WINDOW_MS - nowMs;
  if (remainingMs <= 0) return null;
  return {
    nodeId: node.nodeId,
    version: command.fromVersion,
    expectedVersion: node.modelVersion,
    remainingMs,
    reportedAtMs,
  };
}

/** The Undo that `Ctrl Z` takes: that of the rollback reported last. */
export function newestUndo(nodes: Iterable<NodeView>, nowMs: number): UndoOffer | null {
  let newest: UndoOffer | null = null;
  for (const node of nodes) {
    const offer = undoOf(node, nowMs);
    if (offer !== null && (newest === null || offer.reportedAtMs > newest.reportedAtMs)) newest = offer;
  }
  return newest;
}
