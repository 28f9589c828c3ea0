import type { Limits } from "../../shared/contract/settings";
import type { NodeView } from "../../shared/contract/snapshot";
import { scaleOf, type Scale } from "../charts/scales";
import { JUDGED_METRICS, type JudgedMetric } from "../format/number";

/** One scale a metric for every node of the fleet, so that rows, cards and tiles can be compared. */
export interface FleetScales {
  /** The limits that they were begun with; others begin them anew. */
  readonly limits: Limits;
  readonly of: Readonly<Record<JudgedMetric, Scale>>;
}

/** Share of the nodes whose newest value must lie on the scale: one outlier does not flatten the others. */
const COVERED = 0.9;
/** Room beyond the value that made a scale grow. */
const HEADROOM = 1.15;
/** Ends of scales are round: these times a power of ten. */
const ROUND_ENDS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The smallest round number that is at least `value` (> 0). */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const end = ROUND_ENDS.find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return end * power;
}

/** The value that a share of all values does not exceed; null for none. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

/**
 * Widens the scales so that the newest values lie on them. They only grow, so that lines stay put
 * while a page is open; they begin with what the limits alone ask for.
 */
export function widenScales(
  previous: FleetScales | null,
  limits: Limits,
  nodes: Iterable<Pick<NodeView, "latest">>,
): FleetScales {
  const before = previous?.limits === limits ? previous : beginScales(limits);
  const latest = [...nodes].flatMap((node) => (node.latest === null ? [] : [node.latest]));
  const widened = (metric: JudgedMetric): Scale => {
    const values = latest.flatMap((one) => one[metric] ?? []).sort((left, right) => left - right);
    return widen(metric, before.of[metric], values);
  };
  const of = {
    compressionRatio: widened("compressionRatio"),
    latencyMs: widened("latencyMs"),
    qualityScore: widened("qualityScore"),
  };
  return JUDGED_METRICS.every((metric) => of[metric] === before.of[metric]) ? before : { limits, of };
}

function beginScales(limits: Limits): FleetScales {
  return {
    limits,
    of: {
      compressionRatio: scaleOf("compressionRatio", limits),
      latencyMs: scaleOf("latencyMs", limits),
      qualityScore: scaleOf("qualityScore", limits),
    },
  };
}

function widen(metric: JudgedMetric, scale: Scale, sorted: readonly number[]): Scale {
  if (metric === "qualityScore") {
    const low = quantile(sorted, 1 - COVERED);
    return low === null || low >= scale.min ? scale : { min: Math.max(0, Math.floor(low * 10 - 1) / 10), max: scale.max };
  }
  const high = quantile(sorted, COVERED);
  return high === null || high <= scale.max ? scale : { min: 0, max: roundUp(high * HEADROOM) };
}
