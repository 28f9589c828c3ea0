import type { Attention, NodeView } from "../../../shared/contract/snapshot";
import type { ShownState } from "../../format/words";
import { shownStateOf } from "../../judging/shown";

/** Worst first. */
const ATTENTION_RANKS: Readonly<Record<Attention, number>> = { high: 0, medium: 1, low: 2, none: 3 };

/** States in the order in which counts list them: worst first, the healthy ones last. */
export const STATES_WORST_FIRST: readonly ShownState[] = [
  "failing",
  "frozen",
  "held",
  "inconsistent",
  "drifting",
  "warned",
  "lost",
  "unconfirmed",
  "stale",
  "no-metrics",
  "changed",
  "joining",
  "live",
];

/** Whether a person should look at the node. */
export function isNeedy(node: NodeView): boolean {
  return node.attention !== "none";
}

/** How many nodes need a person. */
export function needyCount(nodes: Iterable<NodeView>): number {
  let count = 0;
  for (const node of nodes) if (isNeedy(node)) count += 1;
  return count;
}

/** The most urgent attention of a fleet; `none` for an empty one. */
export function worstAttention(nodes: Iterable<NodeView>): Attention {
  let worst: Attention = "none";
  for (const node of nodes) if (ATTENTION_RANKS[node.attention] < ATTENTION_RANKS[worst]) worst = node.attention;
  return worst;
}

/** How many nodes are shown in each state. */
export function countStates(nodes: Iterable<NodeView>): ReadonlyMap<ShownState, number> {
  const counts = new Map<ShownState, number>();
  for (const node of nodes) {
    const shown = shownStateOf(node);
    counts.set(shown, (counts.get(shown) ?? 0) + 1);
  }
  return counts;
}

/** Ids as people count: node_2 before node_10. Made once: a collator costs more than its comparisons. */
const collator = new Intl.Collator("en", { numeric: true });

/** Orders ids as people count. */
export function compareIds(left: string, right: string): number {
  return collator.compare(left, right);
}

/**
 * Orders by need: severity, then how long it lasts (longest first), then id. Nodes that need nobody
 * are ordered by id alone, so that they stand still.
 */
export function compareNeed(left: NodeView, right: NodeView): number {
  const bySeverity = ATTENTION_RANKS[left.attention] - ATTENTION_RANKS[right.attention];
  if (bySeverity !== 0) return bySeverity;
  if (left.attention !== "none" && left.stateSinceMs !== right.stateSinceMs) return left.stateSinceMs - right.stateSinceMs;
  return compareIds(left.nodeId, right.nodeId);
}

/** Ids of the nodes that need a person, worst first, and of the others by id. */
export interface SectionedOrder {
  readonly needy: readonly string[];
  readonly expected: readonly string[];
}

/**
 * Keeps a shown order still while someone points at it: what is shown stays in its section and place,
 * what is gone goes, what is new comes at the end of its section.
 */
export function holdOrder(shown: SectionedOrder, wanted: SectionedOrder): SectionedOrder {
  const present = new Set([...wanted.needy, ...wanted.expected]);
  const known = new Set([...shown.needy, ...shown.expected]);
  const hold = (before: readonly string[], now: readonly string[]): readonly string[] => [
    ...before.filter((id) => present.has(id)),
    ...now.filter((id) => !known.has(id)),
  ];
  return { needy: hold(shown.needy, wanted.needy), expected: hold(shown.expected, wanted.expected) };
}

/** Whether two orders list the same ids in the same places. */
export function isSameOrder(left: SectionedOrder, right: SectionedOrder): boolean {
  return isSameList(left.needy, right.needy) && isSameList(left.expected, right.expected);
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
