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

/**
 * Samples in a row beyond a limit before a node is called failing. A single sample says little: with a
 * chance of 1 in 100 that a healthy sample lies beyond, 9 in a row come by chance once in 10^18.
 */
export const FAILING_RUN = 9;

/** Samples in a row within the limits before a failing node is called well again, and a version good. */
export const GOOD_RUN = 12;

/** How long metrics have been beyond, or within, their limits. Immutable. */
export interface LimitWatch {
  /** Consecutive samples beyond the limit, by metric. */
  readonly runs: Readonly<Record<LimitedMetric, number>>;
  /** Wall time of the first sample of each run; null without one. */
  readonly sinceMs: Readonly<Record<LimitedMetric, number | null>>;
  /** Consecutive samples with every metric within its limit. */
  readonly withinRun: number;
  /** Metrics that reached {@link FAILING_RUN} and have not had {@link GOOD_RUN} samples within since. */
  readonly failing: readonly LimitedMetric[];
  /** Wall time of the first sample of the run that made it failing; null while it is not. */
  readonly failingSinceMs: number | null;
}

/** Nothing seen yet. */
export const EMPTY_WATCH: LimitWatch = {
  runs: { compressionRatio: 0, latencyMs: 0, qualityScore: 0 },
  sinceMs: { compressionRatio: null, latencyMs: null, qualityScore: null },
  withinRun: 0,
  failing: [],
  failingSinceMs: null,
};

/** Adds one sample to a watch. */
export function watchSample(
  watch: LimitWatch,
  sample: Pick<MetricSample, LimitedMetric | "receivedAtMs">,
  limits: Limits,
): LimitWatch {
  const runs = { ...watch.runs };
  const sinceMs = { ...watch.sinceMs };
  for (const metric of LIMITED_METRICS) {
    if (isBeyond(metric, sample[metric], limits)) {
      runs[metric] += 1;
      sinceMs[metric] ??= sample.receivedAtMs;
    } else {
      runs[metric] = 0;
      sinceMs[metric] = null;
    }
  }
  const isWithin = LIMITED_METRICS.every((metric) => runs[metric] === 0);
  const withinRun = isWithin ? watch.withinRun + 1 : 0;
  const failing = LIMITED_METRICS.filter(
    (metric) => runs[metric] >= FAILING_RUN || (watch.failing.includes(metric) && withinRun < GOOD_RUN),
  );
  const starts = failing.map((metric) => sinceMs[metric] ?? sample.receivedAtMs);
  const failingSinceMs = failing.length === 0 ? null : (watch.failingSinceMs ?? Math.min(...starts));
  return { runs, sinceMs, withinRun, failing, failingSinceMs };
}
