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

/** Ticks whose median stands for a node: a spike at the start does not flatten everything after it. */
const TYPICAL_TICKS = 12;
/** Fewer values than this say nothing typical. */
const LEAST_VALUES = 5;
/** Share of the nodes whose typical value must lie on the scale: one outlier does not flatten the others. */
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

/** The median of the newest values of a trail; null where too few of them are no gap. */
function typicalOf(trail: Float32Array): number | null {
  const values = [...trail.subarray(-TYPICAL_TICKS)].filter((value) => !Number.isNaN(value));
  if (values.length < LEAST_VALUES) return null;
  return quantile(values.sort((left, right) => left - right), 0.5);
}

/**
 * Widens the scales so that the nodes' typical values lie on them. They only grow, so that lines stay put
 * while a page is open; they begin with what the limits alone ask for.
 */
export function widenScales(
  previous: FleetScales | null,
  limits: Limits,
  nodes: Iterable<Pick<NodeView, "trail">>,
): FleetScales {
  const before = previous?.limits === limits ? previous : beginScales(limits);
  const trails = [...nodes].map((node) => node.trail);
  const widened = (metric: JudgedMetric): Scale => {
    const values = trails.flatMap((trail) => typicalOf(trail[metric]) ?? []).sort((left, right) => left - right);
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
