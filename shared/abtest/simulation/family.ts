import { fastNormal, type Margin } from "../../judge/simulation/noise";
import { LIMITED_METRICS, type LimitedMetric } from "../../judge/limits";
import type { Random } from "../../random";
import { startSeries, type MetricSeries } from "../metric-series";
import { addSample, emptySums, type SampleSums } from "../noise";
import { MIN_PAIRS } from "../looks";
import { guardrailAlpha, watchedGuardrails, type PlannedBlock, type TestPlan } from "../plan";
import { isHarmful } from "../verdict";

/** A planned test whose noise is known: its primary metric and its guardrails, on all of its nodes. */
export interface SimulatedFamily {
  readonly plan: TestPlan;
  readonly margins: Readonly<Record<LimitedMetric, Margin>>;
  /** Autocorrelation of neighbouring samples, as normal scores; the metrics do not depend on each other. */
  readonly rho: number;
  /** How much nodes differ, in standard deviations of one sample. */
  readonly nodeSd: number;
  /** B minus A of the primary metric, in standard deviations of one sample. Guardrails are the same on both. */
  readonly effectSd: number;
}

/** What a test said that ran to its end, whatever it found before. */
export interface FamilyOutcome {
  /** Where the primary interval first excluded zero; null: nowhere. */
  readonly winner: { readonly arm: "A" | "B"; readonly block: number } | null;
  /** Guardrails that were called harmful at some block. */
  readonly harmful: readonly LimitedMetric[];
  /** Metrics whose interval left out the true difference at some block from the first verdict on. */
  readonly missed: readonly LimitedMetric[];
  /** Bounded metrics whose betting sequence alone left it out. */
  readonly missedByBets: readonly LimitedMetric[];
}

interface SimulatedMetric {
  readonly metric: LimitedMetric;
  readonly margin: Margin;
  readonly series: MetricSeries;
  /** B minus A, in the metric's unit. */
  readonly effect: number;
  /** By node: what it differs by, and the score of its newest sample. */
  readonly offsets: readonly number[];
  readonly scores: number[];
  isHarmful: boolean;
  isMissed: boolean;
  isMissedByBets: boolean;
}

/** Runs one test to its end, through the same series as a real one. The intervals change when a block ends alone. */
export function simulateFamily(test: SimulatedFamily, random: Random): FamilyOutcome {
  const { plan } = test;
  const normal = fastNormal(random);
  const nodes = plan.arms.nodesA.length + plan.arms.nodesB.length;
  const metrics = LIMITED_METRICS.flatMap((metric) => {
    const alpha = alphaOf(plan, metric);
    return alpha === null ? [] : [startMetric(test, metric, alpha, nodes, normal)];
  });
  let winner: FamilyOutcome["winner"] = null;
  for (const [index, block] of plan.blocks.entries()) {
    for (const simulated of metrics) {
      const sums = Array.from({ length: nodes }, (_, node) => runBlock(test, simulated, block, node, normal));
      simulated.series.addBlock(block, sums, block.fromMs + plan.blockMs);
      const found = look(simulated, plan);
      if (simulated.metric === plan.primary && winner === null && found !== null) winner = { arm: found, block: index + 1 };
    }
  }
  const those = (is: (simulated: SimulatedMetric) => boolean): LimitedMetric[] => metrics.filter(is).map(({ metric }) => metric);
  return { winner, harmful: those((each) => each.isHarmful), missed: those((each) => each.isMissed), missedByBets: those((each) => each.isMissedByBets) };
}

function alphaOf(plan: TestPlan, metric: LimitedMetric): number | null {
  if (metric === plan.primary) return plan.alpha;
  return watchedGuardrails(plan).some((each) => each.metric === metric) ? guardrailAlpha(plan) : null;
}

function startMetric({ plan, margins, nodeSd, effectSd }: SimulatedFamily, metric: LimitedMetric, alpha: number, nodes: number, normal: () => number): SimulatedMetric {
  const margin = margins[metric];
  const drawn = Array.from({ length: nodes }, () => normal() * nodeSd * margin.sd);
  return {
    metric,
    margin,
    series: startSeries(plan, metric, alpha),
    effect: metric === plan.primary ? effectSd * margin.sd : 0,
    // A quality is at most 1: nodes differ downwards from the best one.
    offsets: metric === "qualityScore" ? drawn.map((offset) => -Math.abs(offset)) : drawn,
    scores: Array.from({ length: nodes }, () => normal()),
    isHarmful: false,
    isMissed: false,
    isMissedByBets: false,
  };
}

function runBlock({ plan, rho }: SimulatedFamily, { margin, effect, offsets, scores }: SimulatedMetric, block: PlannedBlock, node: number, normal: () => number): SampleSums {
  const innovation = Math.sqrt(1 - rho * rho);
  const samples = Math.round(plan.blockMs / plan.periodMs);
  const ignored = block.isAfterSwap ? Math.round(plan.washOutMs / plan.periodMs) : 0;
  const runsB = (node < plan.arms.nodesA.length ? block.versionOfFirst : block.versionOfSecond) === plan.versionB;
  // The arm that is worse is moved, so that a bounded metric stays within its bounds.
  const shift = (offsets[node] ?? 0) + (runsB ? Math.min(0, effect) : -Math.max(0, effect));
  const sums = emptySums();
  let score = scores[node] ?? 0;
  let before = Number.NaN;
  for (let index = 0; index < samples; index += 1) {
    score = rho * score + innovation * normal();
    if (index < ignored) continue;
    const value = margin.valueAt(score) + shift;
    addSample(sums, value, before);
    before = value;
  }
  scores[node] = score;
  return sums;
}

/** Looks at a metric after a block, and notes what it says wrongly. @returns the arm that it would name. */
function look(simulated: SimulatedMetric, plan: TestPlan): "A" | "B" | null {
  const { metric, effect, series } = simulated;
  const { history, pairs, betting } = series.state();
  if (betting !== null && (betting.low > effect || betting.high < effect)) simulated.isMissedByBets = true;
  const point = history.at(-1);
  if (point === undefined || pairs < MIN_PAIRS) return null;
  if (point.low > effect || point.high < effect) simulated.isMissed = true;
  const allowed = plan.guardrails.find((each) => each.metric === metric)?.allowed;
  if (metric !== plan.primary && allowed !== undefined && isHarmful(metric, allowed, point)) simulated.isHarmful = true;
  if (point.low <= 0 && point.high >= 0) return null;
  return point.effect > 0 === (metric !== "latencyMs") ? "B" : "A";
}
