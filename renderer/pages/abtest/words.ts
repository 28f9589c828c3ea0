import type { AbTestMetric, AbTestSummary, AbTestVerdictKind, AbTestView } from "../../../shared/contract/abtest";
import type { Design } from "../../../shared/abtest/arms";
import type { ArmSide, GlyphName } from "../../design";

/** The number in a test's id, as its title names it: "ab-0031" is 31. */
export function numberOf(testId: string): string {
  return testId.replace(/^ab-0*(?=\d)/, "");
}

/** The word of a verdict. */
export const VERDICT_WORDS: Readonly<Record<AbTestVerdictKind, string>> = {
  collecting: "Collecting",
  "a-better": "A is better",
  "b-better": "B is better",
  "no-difference": "No difference that matters",
  harmful: "Harmful",
  inconclusive: "Inconclusive",
  invalid: "Invalid",
};

/** The shape of a verdict; a winner has the letter of its arm instead. */
export const VERDICT_GLYPHS: Readonly<Record<AbTestVerdictKind, GlyphName>> = {
  collecting: "in-progress",
  "a-better": "verified",
  "b-better": "verified",
  "no-difference": "live",
  harmful: "failing",
  inconclusive: "no-metrics",
  invalid: "lost",
};

/** The arm that won; null without a winner. */
export function winnerOf(kind: AbTestVerdictKind): ArmSide | null {
  if (kind === "a-better") return "a";
  return kind === "b-better" ? "b" : null;
}

/** The word of a test's state, for what it does besides its verdict; null where that says it all. */
export function stateWord(state: AbTestSummary["state"]): string | null {
  switch (state) {
    case "starting":
      return "Sending the first versions";
    case "swapping":
      return "Exchanging versions";
    case "paused":
      return "Paused";
    case "ending":
      return "Putting versions back";
    case "running":
    case "ended":
      return null;
  }
}

/** Whether a test still has its nodes. */
export function isOpen({ state }: Pick<AbTestSummary, "state">): boolean {
  return state !== "ended";
}

/** How a guardrail stands, as a word and a shape; a test that is over collects nothing and gets no surer. */
export function standingWord(standing: AbTestMetric["standing"], test: Pick<AbTestSummary, "state">): { readonly word: string; readonly glyph: GlyphName } {
  switch (standing) {
    case "collecting":
      return isOpen(test) ? { word: "collecting", glyph: "waiting" } : { word: "no interval", glyph: "no-metrics" };
    case "open":
      return isOpen(test) ? { word: "not sure yet", glyph: "in-progress" } : { word: "not sure", glyph: "no-metrics" };
    case "holds":
      return { word: "holds", glyph: "verified" };
    case "breached":
      return { word: "breached", glyph: "failing" };
  }
}

/** The name of a design in a line of facts. */
export const DESIGN_WORDS: Readonly<Record<Design, string>> = { crossover: "crossover", parallel: "parallel, calibrated", replicated: "replicated arms" };

/** So many nodes are named in a line; more are counted. */
const NAMED = 4;

/** The nodes of both arms in a line: "node_0 and node_1", "node_0, node_1 … and 4 more". */
export function nodesText({ nodesA, nodesB }: Pick<AbTestSummary, "nodesA" | "nodesB">): string {
  const all = [...nodesA, ...nodesB];
  if (all.length > NAMED) return `${all.slice(0, NAMED - 1).join(", ")} and ${all.length - NAMED + 1} more`;
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}

/** A verdict's sentence in two parts: what it says, and its numbers. */
export function splitSentence(sentence: string): readonly [head: string, rest: string] {
  const end = sentence.indexOf(". ");
  if (end >= 0) return [sentence.slice(0, end + 1), sentence.slice(end + 2)];
  const colon = sentence.indexOf(": ");
  return colon < 0 ? [sentence, ""] : [sentence.slice(0, colon + 1), sentence.slice(colon + 2)];
}

/** What every node would go back to, where that is one version; else null. */
export function commonRestore({ restore }: Pick<AbTestView, "restore">): string | null {
  const versions = new Set(restore.map(({ version }) => version));
  const [only] = versions;
  return versions.size === 1 && only !== undefined ? only : null;
}
