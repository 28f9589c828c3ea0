import type { GuardView, HoldView, VerdictView } from "../../shared/contract/guard";
import type { NodeView } from "../../shared/contract/snapshot";
import type { TagName } from "../design/Tag";
import type { ShownState } from "../format/words";

/** Rules whose warning is a change that goes on, not one sample or a wish of the policy. */
const DRIFTS: ReadonlySet<VerdictView["reason"]> = new Set(["drift-slow", "drift-fast", "spread"]);

/**
 * What a node is shown as. Silence and commands that need a person come first: nothing else can be known, or is as
 * urgent. Then the verdict speaks: failing, held and frozen, drifting and warned.
 */
export function shownStateOf({ state, guard }: Pick<NodeView, "state" | "guard">): ShownState {
  if (guard === null || (state !== "live" && state !== "failing")) return state;
  const { verdict, hold } = guard;
  if (hold?.code === "NOT_RECOVERED") return "held";
  if (state === "failing" || verdict.outcome === "fail") return hold === null ? "failing" : heldStateOf(hold);
  if (verdict.outcome !== "warn") return state;
  if (verdict.reason === "better") return "changed";
  return DRIFTS.has(verdict.reason) ? "drifting" : "warned";
}

/** The environment is held, a node that goes back and forth is frozen; whatever else holds a rollback, it fails. */
function heldStateOf({ code }: HoldView): ShownState {
  if (code === "ROLLBACKS_FROZEN") return "frozen";
  return code === "COMMON_CAUSE" ? "held" : "failing";
}

/** The label beside a hold's sentence. */
export function holdTag({ code }: HoldView): TagName {
  return code === "DRY_RUN" ? "DRY RUN" : "HELD";
}

/** A hold's sentence with the word before it that says what kind it is. */
export function holdText({ code, sentence }: HoldView): string {
  if (code === "DRY_RUN" || sentence.startsWith("Held") || sentence.startsWith("Frozen")) return sentence;
  return `${code === "ROLLBACKS_FROZEN" ? "Frozen" : "Held"}: ${sentence}`;
}

/** How the node is and, where it fails and nothing is rolled back, why; each said once. */
export function sentenceOf({ sentence, guard }: Pick<NodeView, "sentence" | "guard">): string {
  const hold = guard?.hold ?? null;
  if (hold === null || sentence.includes(hold.sentence)) return sentence;
  return hold.sentence.includes(sentence) ? holdText(hold) : `${sentence} ${holdText(hold)}`;
}

/** The label of a node whose word does not say already that the engine holds back; null for none. */
export function tagOf(node: Pick<NodeView, "state" | "guard">): TagName | null {
  const hold = node.guard?.hold ?? null;
  return hold !== null && shownStateOf(node) === "failing" ? holdTag(hold) : null;
}

/** What is still awaited before drift can be judged; null once a baseline is there. */
export function baselineText({ baselineSamples, baselineNeeded }: GuardView): string | null {
  return baselineSamples < baselineNeeded ? `Baseline: ${baselineSamples} of ${baselineNeeded} samples.` : null;
}

/** Where the version that runs is on its way, in few words. */
export function trialText({ trial }: GuardView, version: string | null): string {
  const named = version ?? "the version";
  switch (trial.phase) {
    case "warming":
      return `Warming up ${named}`;
    case "trial":
      return `Trial of ${named} · ${trial.passed} of ${trial.needed} samples`;
    case "committed":
      return `${named} committed`;
  }
}

/** How a metric of a node stands for its colour: the verdict's metric has the verdict's colour. */
export function verdictEmphasis(guard: GuardView | null, metric: VerdictView["metric"]): "high" | "medium" | null {
  if (guard === null || metric === null || guard.verdict.metric !== metric) return null;
  const { outcome, reason } = guard.verdict;
  if (outcome === "fail") return "high";
  return outcome === "warn" && reason !== "better" ? "medium" : null;
}
