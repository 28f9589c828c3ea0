import type { NodeView } from "../../../shared/contract/snapshot";
import { STATE_WORDS } from "../../format/words";
import { shownStateOf } from "../../judging/shown";

/** Splits what was typed into words that all have to match. */
export function filterWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
}

/** Whether a node's id, state, version, vertical or DRILL label contains every word. */
export function matchesFilter(node: NodeView, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [
    node.nodeId,
    STATE_WORDS[shownStateOf(node)],
    node.modelVersion ?? "not reported",
    node.vertical ?? "",
    node.drill ? "drill" : "",
  ]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
