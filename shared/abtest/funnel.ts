import { criticalValue } from "./critical";
import { firstLook, looksOf, MIN_PAIRS } from "./looks";
import { curveOfMetric, type FunnelPoint } from "./metric-series";
import type { TestPlan } from "./plan";
import type { MetricResult } from "./ab-test";

/** A point of a funnel that has not been measured. */
export interface PredictedPoint {
  readonly pairs: number;
  readonly low: number;
  readonly high: number;
}

/** Points that a prediction has at most. */
const MOST_POINTS = 40;

/**
 * How a metric's interval narrows to the end of the test if effect and noise stay. PREDICTED. None for replicated
 * arms: more samples of the same nodes do not narrow theirs.
 */
export function predictFunnel(plan: TestPlan, { metric, alpha, history }: Pick<MetricResult, "metric" | "alpha" | "history">): readonly PredictedPoint[] {
  const last = history.at(-1);
  if (last === undefined || plan.design === "replicated") return [];
  const curve = curveOfMetric(plan, metric, alpha);
  const tested = plan.blocks.filter(({ phase }) => phase === "test").length;
  const looks = looksOf(plan.design, tested);
  const most = MIN_PAIRS + looks.length - 1;
  const from = informationAt(plan, looks, last.pairs);
  const half = (last.high - last.low) / 2;
  const step = Math.max(1, Math.ceil((most - last.pairs) / MOST_POINTS));
  const points: PredictedPoint[] = [];
  for (let pairs = last.pairs + 1; pairs <= most; pairs += pairs < last.pairs + step ? 1 : step) {
    const to = informationAt(plan, looks, pairs);
    const width = half * (criticalValue(curve, to) / criticalValue(curve, from)) * Math.sqrt(from / to);
    points.push({ pairs, low: last.effect - width, high: last.effect + width });
  }
  return points;
}

function informationAt(plan: TestPlan, looks: readonly number[], pairs: number): number {
  const known = looks[Math.max(0, pairs - MIN_PAIRS)];
  // Before the first look: as many blocks as there are, half of each kind.
  return pairs < MIN_PAIRS ? (pairs + firstLook(plan.design) - MIN_PAIRS) * ((looks[0] ?? 1) / firstLook(plan.design)) : (known ?? looks.at(-1) ?? 1);
}

/** Pairs that are still to come before a verdict is likely, if effect and noise stay; null where none comes in time. PREDICTED. */
export function pairsToDecision(plan: TestPlan, history: readonly FunnelPoint[], predicted: readonly PredictedPoint[]): number | null {
  const last = history.at(-1);
  const pairs = last?.pairs ?? 0;
  if (last === undefined) return MIN_PAIRS;
  const { smallestDifference } = plan;
  const decides = ({ low, high }: { readonly low: number; readonly high: number }): boolean => low > 0 || high < 0 || (low > -smallestDifference && high < smallestDifference);
  if (decides(last)) return Math.max(0, MIN_PAIRS - pairs);
  const found = predicted.find((point) => point.pairs >= MIN_PAIRS && decides(point));
  return found === undefined ? null : found.pairs - pairs;
}
