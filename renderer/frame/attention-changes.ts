import type { NodeView } from "../../shared/contract/snapshot";
import { STATE_WORDS } from "../format/words";
import { holdText, shownStateOf } from "../judging/shown";

/** Sentences for the two live regions; empty where there is nothing to say. */
export interface SpokenChanges {
  readonly assertive: string;
  readonly polite: string;
}

/** Nodes named one by one; beyond that they are counted. */
const NAMED = 3;

/** What changed between two looks at the fleet that a person should hear: states, never metrics. */
export function attentionChanges(
  before: ReadonlyMap<string, NodeView>,
  after: ReadonlyMap<string, NodeView>,
): SpokenChanges {
  const urgent: string[] = [];
  const others: string[] = [];
  for (const node of after.values()) {
    const was = before.get(node.nodeId);
    if (was === undefined || was === node) continue;
    const shown = shownStateOf(node);
    const hold = node.guard?.hold ?? null;
    const isHeldNow = hold !== null && hold.code !== was.guard?.hold?.code;
    if (isHeldNow && node.attention === "high") urgent.push(`${node.nodeId}: ${holdText(hold)}`);
    else if (shown === shownStateOf(was)) continue;
    else if (node.attention === "high" && was.attention !== "high") urgent.push(`${node.nodeId}: ${node.sentence}`);
    else others.push(`${node.nodeId}: ${STATE_WORDS[shown]}.`);
  }
  return { assertive: joinNamed(urgent), polite: joinNamed(others) };
}

function joinNamed(sentences: readonly string[]): string {
  if (sentences.length <= NAMED) return sentences.join(" ");
  return `${sentences.slice(0, NAMED).join(" ")} And ${sentences.length - NAMED} more nodes.`;
}
