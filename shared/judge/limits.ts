import type { Limits } from "../contract/settings";
import type { MetricSample } from "../fleet/sample";

/** The metrics that have a limit. */
export const LIMITED_METRICS = ["compressionRatio", "latencyMs", "qualityScore"] as const;

/** One of {@link LIMITED_METRICS}. */
export type LimitedMetric = (typeof LIMITED_METRICS)[number];

/** Names a metric in a sentence. */
export const METRIC_NAMES: Readonly<Record<LimitedMetric, string>> = {
  compressionRatio: "ratio",
  latencyMs: "latency",
  qualityScore: "quality",
};

/** The limit of one metric and the side it guards. */
export function limitOf(metric: LimitedMetric, limits: Limits): { readonly value: number; readonly side: "min" | "max" } {
  switch (metric) {
    case "compressionRatio":
      return { value: limits.minCompressionRatio, side: "min" };
    case "latencyMs":
      return { value: limits.maxLatencyMs, side: "max" };
    case "qualityScore":
      return { value: limits.minQualityScore, side: "min" };
  }
}

/** Whether a value lies strictly beyond its limit: exactly at the limit passes, no value is not beyond. */
export function isBeyond(metric: LimitedMetric, value: number | null, limits: Limits): boolean {
  if (value === null) return false;
  const limit = limitOf(metric, limits);
  return limit.side === "min" ? value < limit.value : value > limit.value;
}

/** The metrics of a sample that lie beyond their limits. */
export function metricsBeyond(
  sample: Pick<MetricSample, LimitedMetric>,
  limits: Limits,
): readonly LimitedMetric[] {
  return LIMITED_METRICS.filter((metric) => isBeyond(metric, sample[metric], limits));
}

/** Samples in a row within the limits before a failing node is called well again, and a version good. */
export const GOOD_RUN = 12;
