import type { NodeView, Snapshot } from "../../shared/contract/snapshot";

/** Everything of a snapshot but its nodes and events. */
export type SnapshotMeta = Omit<Snapshot, "nodes" | "events">;

/** A snapshot as the window keeps it: what did not change keeps its reference from tick to tick. */
export interface FoldedSnapshot {
  readonly meta: SnapshotMeta;
  readonly nodes: ReadonlyMap<string, NodeView>;
  /** In the order of the snapshot; the same array while the same nodes are there. */
  readonly nodeIds: readonly string[];
  readonly events: Snapshot["events"];
}

/**
 * Takes a snapshot in, keeping the references of nodes with an equal revision and of every small
 * part that is equal by value, so that a component renders only when what it shows changed.
 */
export function foldSnapshot(previous: FoldedSnapshot | null, next: Snapshot): FoldedSnapshot {
  const { nodes: nextNodes, events, ...meta } = next;
  const nodes = new Map<string, NodeView>();
  const ids: string[] = [];
  for (const node of nextNodes) {
    const before = previous?.nodes.get(node.nodeId);
    nodes.set(node.nodeId, before === undefined ? node : foldNode(before, node));
    ids.push(node.nodeId);
  }
  if (previous === null) return { meta, nodes, nodeIds: ids, events };
  const before = previous.meta;
  return {
    meta: {
      ...meta,
      link: keepIfEqual(before.link, meta.link),
      hub: keepIfEqual(before.hub, meta.hub),
      processes: keepIfEqual(before.processes, meta.processes),
      journal: keepIfEqual(before.journal, meta.journal),
      limits: keepIfEqual(before.limits, meta.limits),
    },
    nodes,
    nodeIds: keepIfEqual(previous.nodeIds, ids),
    events: sameEvents(previous.events, events) ? previous.events : events,
  };
}

function foldNode(before: NodeView, node: NodeView): NodeView {
  if (before.revision === node.revision) return before;
  return {
    ...node,
    command: keepIfEqual(before.command, node.command),
    rollback: keepIfEqual(before.rollback, node.rollback),
    history: keepIfEqual(before.history, node.history),
    guard: keepIfEqual(before.guard, node.guard),
    limits: keepIfEqual(before.limits, node.limits),
    beyond: keepIfEqual(before.beyond, node.beyond),
  };
}

/** Events carry an ascending id and never change, so the newest id and the length decide. */
function sameEvents(before: Snapshot["events"], after: Snapshot["events"]): boolean {
  return before.length === after.length && before[0]?.id === after[0]?.id;
}

function keepIfEqual<Value>(before: Value, after: Value): Value {
  return isEqual(before, after) ? before : after;
}

/** Equality by value of what JSON can hold. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isEqual(item, right[index]));
  }
  const leftEntries = Object.entries(left);
  const rightValues = new Map<string, unknown>(Object.entries(right));
  return (
    leftEntries.length === rightValues.size &&
    leftEntries.every(([key, value]) => rightValues.has(key) && isEqual(value, rightValues.get(key)))
  );
}
