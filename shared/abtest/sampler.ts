import { LIMITED_METRICS, type LimitedMetric } from "../judge/limits";

/** Values of one moment; null is no data. */
export type MetricValues = Readonly<Record<LimitedMetric, number | null>>;

/** Takes samples of one node and gives one value for every few of them. */
export interface Sampler {
  /** @returns the means of the last samples once there are enough, else null. What is not finite is left out of its mean. */
  add(values: MetricValues): MetricValues | null;
  /** Forgets samples that wait for others. */
  reset(): void;
}

/**
 * Means of `every` samples in a row. Inference was measured on two values a second; a node that reports ten times as
 * often says little more, and its neighbours resemble each other so much that the noise is hard to tell.
 */
export function createSampler(every: number): Sampler {
  const sums = new Map<LimitedMetric, { sum: number; count: number }>();
  let waiting = 0;
  const reset = (): void => {
    sums.clear();
    waiting = 0;
  };
  return {
    add(values) {
      for (const metric of LIMITED_METRICS) {
        const value = values[metric];
        if (value === null || !Number.isFinite(value)) continue;
        const { sum, count } = sums.get(metric) ?? { sum: 0, count: 0 };
        sums.set(metric, { sum: sum + value, count: count + 1 });
      }
      waiting += 1;
      if (waiting < every) return null;
      const mean = (metric: LimitedMetric): number | null => {
        const known = sums.get(metric);
        return known === undefined ? null : known.sum / known.count;
      };
      const means = { compressionRatio: mean("compressionRatio"), latencyMs: mean("latencyMs"), qualityScore: mean("qualityScore") };
      reset();
      return means;
    },
    reset,
  };
}

/** Values of the test come at most so often, ms: what inference was measured on. */
const LEAST_PERIOD_MS = 500;

/** The period that nodes with these rates can all give a value in, ms, in steps of 50. */
export function periodFor(ratesHz: readonly number[]): number {
  const slowest = Math.max(...ratesHz.map((rateHz) => 1000 / rateHz));
  return Math.max(LEAST_PERIOD_MS, Math.round(slowest / 50) * 50);
}

/** How many samples of a node make one value. */
export function everyFor(rateHz: number, periodMs: number): number {
  return Math.max(1, Math.round((rateHz * periodMs) / 1000));
}
