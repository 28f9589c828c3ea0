import { METRIC_NAMES, type LimitedMetric } from "../judge/limits";
import { LEAST_RATIO_PROBABILITY } from "./balance";
import { MIN_PAIRS } from "./looks";
import type { SeriesState } from "./metric-series";
import { decisionChance } from "./outlook";
import type { TestPlan } from "./plan";
import { amount, signed, versionGain } from "./words";

/** How a test stands. All but collecting and a winner end it; after a winner only harm can still be found. */
export type VerdictKind = "collecting" | "a-better" | "b-better" | "no-difference" | "harmful" | "inconclusive" | "invalid";

/** A verdict, and why in a sentence with its numbers. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly sentence: string;
  /** The metric that it rests on; null where it rests on none. */
  readonly metric: LimitedMetric | null;
}

/** What a verdict is made of. */
export interface Evidence {
  readonly plan: TestPlan;
  readonly primary: SeriesState;
  readonly guardrails: readonly SeriesState[];
  readonly sampleRatioProbability: number;
  /** Time that the test ran, pauses not counted. */
  readonly ranMs: number;
  readonly isOver: boolean;
  /** Information that the primary metric will have at the end. */
  readonly lastInformation: number;
}

/** Below this chance of ever deciding, a test ends early. */
const LEAST_DECISION_CHANCE = 0.02;
/** Futility is not asked before half of the test: early estimates of the effect err too much. */
const FUTILITY_FROM = 0.5;

/** Judges what was collected: invalid before harmful before a winner before no difference before inconclusive. */
export function judge(evidence: Evidence): Verdict {
  const { plan, primary, sampleRatioProbability } = evidence;
  if (sampleRatioProbability < LEAST_RATIO_PROBABILITY) {
    return { kind: "invalid", metric: null, sentence: `Invalid: the arms did not get the samples that were planned, p = ${sampleRatioProbability.toExponential(1)}.` };
  }
  const point = primary.history.at(-1);
  if (point === undefined || primary.pairs < MIN_PAIRS) {
    if (evidence.isOver) return { kind: "inconclusive", metric: plan.primary, sentence: `Inconclusive after ${minutes(evidence.ranMs)}: ${primary.pairs} of ${MIN_PAIRS} pairs.` };
    return { kind: "collecting", metric: plan.primary, sentence: `Collecting: ${primary.pairs} of ${MIN_PAIRS} pairs, no verdict yet.` };
  }
  return harm(evidence) ?? decided(plan, point) ?? undecided(evidence, point);
}

function harm({ plan, guardrails }: Evidence): Verdict | null {
  for (const { metric, pairs, history } of guardrails) {
    const point = history.at(-1);
    const allowed = plan.guardrails.find((each) => each.metric === metric)?.allowed;
    if (point === undefined || allowed === undefined || pairs < MIN_PAIRS) continue;
    if (!isHarmful(metric, allowed, point)) continue;
    const least = metric === "latencyMs" ? point.low : point.high;
    return { kind: "harmful", metric, sentence: `Harmful: B's ${METRIC_NAMES[metric]} is ${signed(metric, least, true)} or worse.` };
  }
  return null;
}

/** Whether B is worse by more than is allowed wherever in its interval the difference lies. */
export function isHarmful(metric: LimitedMetric, allowed: number, { low, high }: { readonly low: number; readonly high: number }): boolean {
  return metric === "latencyMs" ? low > allowed : high < -allowed;
}

interface Bounds {
  readonly effect: number;
  readonly low: number;
  readonly high: number;
}

function decided(plan: TestPlan, { effect, low, high }: Bounds): Verdict | null {
  const { primary, smallestDifference, versionA, versionB } = plan;
  const between = `between ${signed(primary, low)} and ${signed(primary, high)}`;
  if (low > -smallestDifference && high < smallestDifference) {
    return { kind: "no-difference", metric: primary, sentence: `No difference that matters: ${between}, you asked for ${amount(primary, smallestDifference)}.` };
  }
  if (low <= 0 && high >= 0) return null;
  if (versionA === versionB) return { kind: "invalid", metric: primary, sentence: `Invalid: both arms run ${versionA} and yet differ, ${between}. Something else than the version does it.` };
  const isB = effect > 0 === (primary !== "latencyMs");
  const kind = isB ? "b-better" : "a-better";
  const name = METRIC_NAMES[primary];
  const level = `${100 * (1 - plan.alpha)}`;
  const numbers = `${name.charAt(0).toUpperCase()}${name.slice(1)} ${signed(primary, effect, true)}, ${between} whenever you look (${level} %).`;
  return { kind, metric: primary, sentence: `${isB ? "B" : "A"} is better: ${isB ? versionB : versionA} ${versionGain(primary)}. ${numbers}` };
}

function undecided({ plan, primary, ranMs, isOver, lastInformation }: Evidence, { low, high }: Bounds): Verdict {
  const between = `between ${signed(plan.primary, low)} and ${signed(plan.primary, high)}`;
  const { estimate } = primary;
  const isFutile = estimate !== null && estimate.information >= FUTILITY_FROM * lastInformation && decisionChance(estimate, primary.curve, plan.smallestDifference, lastInformation) < LEAST_DECISION_CHANCE;
  if (isOver || isFutile) {
    const why = isOver ? "" : ` The time left would hardly decide it.`;
    return { kind: "inconclusive", metric: plan.primary, sentence: `Inconclusive after ${minutes(ranMs)}: ${between}.${why}` };
  }
  return { kind: "collecting", metric: plan.primary, sentence: `Collecting: ${primary.pairs} pairs, ${between}, no verdict yet.` };
}

function minutes(durationMs: number): string {
  return `${Math.max(1, Math.round(durationMs / 60_000))} min`;
}
