import { METRIC_NAMES } from "../judge/limits";
import { MIN_PAIRS } from "./looks";
import { informationFor } from "./outlook";
import type { Evidence, Verdict } from "./verdict";
import { amount } from "./words";

/** One thing that would change a verdict. */
export interface Change {
  readonly sentence: string;
  /** It rests on the noise and the effect staying as they are. */
  readonly isPredicted: boolean;
}

/** What would change the verdict, most likely first. */
export function whatWouldChange(verdict: Verdict, evidence: Evidence): readonly Change[] {
  switch (verdict.kind) {
    case "collecting":
      return [...pairsToGo(evidence), ...interruptions(evidence)];
    case "a-better":
    case "b-better":
      return [...untilItMatters(evidence), ...interruptions(evidence)];
    case "no-difference":
      return [{ sentence: "A smaller difference that matters, in a new and longer test", isPredicted: false }];
    case "inconclusive":
      return [{ sentence: "A longer test, or a larger difference to look for", isPredicted: false }];
    case "harmful":
    case "invalid":
      return [{ sentence: "Nothing in this test: start again", isPredicted: false }];
  }
}

function inPairs(blocks: number, evidence: Evidence): string {
  const minutes = Math.max(1, Math.round((blocks * evidence.plan.blockMs) / 60_000));
  return `about ${blocks} more ${blocks === 1 ? "pair" : "pairs"}, ${minutes} min`;
}

function pairsToGo(evidence: Evidence): readonly Change[] {
  const { plan, primary, lastInformation } = evidence;
  if (primary.pairs < MIN_PAIRS) return [{ sentence: `First verdict possible: ${inPairs(MIN_PAIRS - primary.pairs, evidence)}`, isPredicted: false }];
  const { estimate, curve } = primary;
  if (estimate === null || plan.design === "replicated") return [];
  const effect = Math.abs(estimate.effect);
  const winner = informationFor(estimate, curve, effect, lastInformation);
  const none = informationFor(estimate, curve, plan.smallestDifference - effect, lastInformation);
  const line = (name: string, t: number | null): readonly Change[] =>
    t === null ? [] : [{ sentence: `${name}: ${inPairs(Math.max(1, Math.ceil(t - estimate.information)), evidence)}`, isPredicted: true }];
  return [...line(estimate.effect > 0 === (plan.primary !== "latencyMs") ? "B is better" : "A is better", winner), ...line("No difference that matters", none)];
}

function untilItMatters(evidence: Evidence): readonly Change[] {
  const { plan, primary, lastInformation } = evidence;
  const { estimate, curve } = primary;
  if (estimate === null || plan.design === "replicated") return [];
  const t = informationFor(estimate, curve, Math.abs(estimate.effect) - plan.smallestDifference, lastInformation);
  if (t === null || t - estimate.information < 1) return [];
  return [{ sentence: `Surely above ${amount(plan.primary, plan.smallestDifference)}: ${inPairs(Math.ceil(t - estimate.information), evidence)}`, isPredicted: true }];
}

function interruptions({ plan }: Evidence): readonly Change[] {
  const names = plan.guardrails.map(({ metric }) => METRIC_NAMES[metric]).join(" or ");
  const breach = names === "" ? [] : [{ sentence: `A breach of ${names} ends it as harmful`, isPredicted: false }];
  return [...breach, { sentence: "A lost node, a new policy or another scene pauses it; a restart or a rollback ends it", isPredicted: false }];
}
