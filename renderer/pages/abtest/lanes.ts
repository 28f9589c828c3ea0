/** Where a node of the set-up lies: in one of the arms, or in neither. */
export type Lane = "pool" | "a" | "b";

/** The nodes of both arms, in the order in which they were put there. */
export interface Lanes {
  readonly nodesA: readonly string[];
  readonly nodesB: readonly string[];
}

/** Where a node lies now. */
export function laneOf({ nodesA, nodesB }: Lanes, nodeId: string): Lane {
  if (nodesA.includes(nodeId)) return "a";
  return nodesB.includes(nodeId) ? "b" : "pool";
}

/** Puts a node into a lane, last; it leaves the lane where it was. The same lanes where it lies there already. */
export function moveNode(lanes: Lanes, nodeId: string, lane: Lane): Lanes {
  if (laneOf(lanes, nodeId) === lane) return { nodesA: lanes.nodesA, nodesB: lanes.nodesB };
  const without = (ids: readonly string[]): readonly string[] => ids.filter((id) => id !== nodeId);
  return {
    nodesA: lane === "a" ? [...lanes.nodesA, nodeId] : without(lanes.nodesA),
    nodesB: lane === "b" ? [...lanes.nodesB, nodeId] : without(lanes.nodesB),
  };
}

/** A lane as a sentence names it. */
export function laneName(lane: Lane): string {
  return lane === "pool" ? "the nodes that do not take part" : `arm ${lane.toUpperCase()}`;
}
