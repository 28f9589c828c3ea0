import type { Limits } from "../../shared/contract/settings";
import type { JudgedMetric } from "../format/number";

/** The values at the two ends of an axis. */
export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Which values a limit forbids: those below a `min`, those above a `max`. A value at the limit passes. */
export type LimitSide = "min" | "max";

/** How much a drawn metric asks for a person; stale is unknown, neither healthy nor failing. */
export type Emphasis = "normal" | "medium" | "high" | "stale";

/** The lowest quality that axes show while nothing lies below. */
export const QUALITY_FLOOR = 0.6;

/**
 * The fixed scale of a metric's sparklines, bars and pointers, the same for every node so that rows can
 * be compared. It leaves a fifth of its length beyond the limit: ratio 0.5 to 2.5 times its limit,
 * latency 0 to 1.25 times its limit, quality 0.6 (or 0.1 under a lower limit) to 1.
 */
export function scaleOf(metric: JudgedMetric, limits: Limits): Scale {
  switch (metric) {
    case "compressionRatio":
      return { min: limits.minCompressionRatio * 0.5, max: limits.minCompressionRatio * 2.5 };
    case "latencyMs":
      return { min: 0, max: limits.maxLatencyMs * 1.25 };
    case "qualityScore":
      return { min: Math.max(0, Math.min(QUALITY_FLOOR, limits.minQualityScore - 0.1)), max: 1 };
  }
}

/** Where a value lies on a scale, 0 to 1; values beyond the ends stay at the ends. */
export function shareOf(value: number, { min, max }: Scale): number {
  if (max <= min) return 0;
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

/** Whether a value is beyond its limit; a value exactly at the limit is not, neither is NaN. */
export function isBeyond(value: number, limit: number, side: LimitSide): boolean {
  return side === "min" ? value < limit : value > limit;
}
