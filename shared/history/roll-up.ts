import { GAP_PERIODS, TICK_MS } from "../fleet/tracked-node";
import { METRICS, type Metric } from "../fleet/sample";
import { quantileOfSorted } from "../quantiles";
import type { SampleColumns } from "./block";
import { packColumns, unpackColumns } from "./column";

/** Buckets of the roll-ups, ms. */
export const ROLL_UP_MS = { tens: 10_000, minutes: 60_000, hours: 3_600_000 } as const;

/** One of the roll-ups. */
export type RollUpLevel = keyof typeof ROLL_UP_MS;

/** The coarsest first. */
export const ROLL_UP_LEVELS = ["hours", "minutes", "tens"] as const satisfies readonly RollUpLevel[];

/** What a roll-up keeps of a metric in a bucket. */
export const ROLL_UP_STATISTICS = ["min", "max", "mean", "p95"] as const;
/** One of {@link ROLL_UP_STATISTICS}. */
export type RollUpStatistic = (typeof ROLL_UP_STATISTICS)[number];

/** Buckets that have samples, by time. Values are rounded to 32-bit floats, 7 digits; NaN: the node did not report it. */
export interface RollUps {
  readonly length: number;
  /** Beginning of each bucket, Unix ms. */
  readonly atMs: Float64Array;
  /** Samples. */
  readonly count: Float64Array;
  /** Length of the longest silence that ended in the bucket, ms; 0 where none was longer than a gap must be. */
  readonly gapMs: Float64Array;
  /** When it ended, Unix ms; 0 of none. */
  readonly gapEndMs: Float64Array;
  readonly metrics: Readonly<Record<Metric, Readonly<Record<RollUpStatistic, Float64Array>>>>;
}

/** The typical time between samples, ms; null of fewer than 3. */
export function typicalPeriodMs(atMs: Float64Array): number | null {
  if (atMs.length < 3) return null;
  const periods = new Float64Array(atMs.length - 1);
  for (let index = 0; index < periods.length; index += 1) periods[index] = (atMs[index + 1] ?? 0) - (atMs[index] ?? 0);
  return periods.sort()[periods.length >> 1] ?? null;
}

/** A silence longer than this is a gap, ms: as on the charts of what is in memory. */
export function gapAfterMs(periodMs: number | null): number {
  return GAP_PERIODS * Math.max(TICK_MS, periodMs ?? TICK_MS);
}

function column(length: number): Float64Array {
  return new Float64Array(length);
}

function emptyRollUps(length: number): RollUps {
  const metrics = Object.fromEntries(
    METRICS.map((metric) => [metric, Object.fromEntries(ROLL_UP_STATISTICS.map((statistic) => [statistic, column(length)]))]),
  ) as Record<Metric, Record<RollUpStatistic, Float64Array>>;
  return { length, atMs: column(length), count: column(length), gapMs: column(length), gapEndMs: column(length), metrics };
}

function rollUpMetric(values: Float64Array, into: Readonly<Record<RollUpStatistic, Float64Array>>, row: number): void {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  let sum = 0;
  for (const value of present) sum += value;
  into.min[row] = Math.fround(present[0] ?? Number.NaN);
  into.max[row] = Math.fround(present.at(-1) ?? Number.NaN);
  into.mean[row] = Math.fround(sum / present.length);
  into.p95[row] = Math.fround(quantileOfSorted(present, 0.95));
}

/** Index of the first sample of each bucket, and the end. */
function bucketStarts(atMs: Float64Array, bucketMs: number): number[] {
  const starts: number[] = [];
  for (let index = 0; index < atMs.length; index += 1) {
    const key = Math.floor((atMs[index] ?? 0) / bucketMs);
    if (index === 0 || key !== Math.floor((atMs[index - 1] ?? 0) / bucketMs)) starts.push(index);
  }
  return [...starts, atMs.length];
}

/**
 * Rolls samples up into buckets on multiples of `bucketMs`.
 * @param samples in the order of time.
 * @param previousMs time of the sample before the first, Unix ms; null where none is known.
 */
export function rollUp(samples: SampleColumns, bucketMs: number, previousMs: number | null): RollUps {
  const { atMs } = samples.columns;
  const starts = bucketStarts(atMs, bucketMs);
  const rolled = emptyRollUps(starts.length - 1);
  const longestMs = gapAfterMs(typicalPeriodMs(atMs));
  for (let row = 0; row < rolled.length; row += 1) {
    const from = starts[row] ?? 0;
    const to = starts[row + 1] ?? from;
    rolled.atMs[row] = Math.floor((atMs[from] ?? 0) / bucketMs) * bucketMs;
    rolled.count[row] = to - from;
    for (const metric of METRICS) rollUpMetric(samples.columns[metric].slice(from, to), rolled.metrics[metric], row);
    for (let index = from; index < to; index += 1) {
      const endMs = atMs[index] ?? 0;
      const silentMs = endMs - (index > 0 ? (atMs[index - 1] ?? endMs) : (previousMs ?? endMs));
      if (silentMs <= longestMs || silentMs <= (rolled.gapMs[row] ?? 0)) continue;
      rolled.gapMs[row] = silentMs;
      rolled.gapEndMs[row] = endMs;
    }
  }
  return rolled;
}

function columnsOf(rolled: RollUps): readonly Float64Array[] {
  const { atMs, count, gapMs, gapEndMs, metrics } = rolled;
  return [atMs, count, gapMs, gapEndMs, ...METRICS.flatMap((metric) => ROLL_UP_STATISTICS.map((statistic) => metrics[metric][statistic]))];
}

/** Packs roll-ups. */
export function packRollUps(rolled: RollUps): Uint8Array {
  return packColumns(columnsOf(rolled));
}

/** Unpacks roll-ups. @throws RangeError where the bytes are not what {@link packRollUps} gave. */
export function unpackRollUps(bytes: Uint8Array): RollUps {
  const read = unpackColumns(bytes);
  const rolled = emptyRollUps(read[0]?.length ?? 0);
  for (const [index, target] of columnsOf(rolled).entries()) target.set(read[index] ?? []);
  return rolled;
}

/** Roll-ups one after the other. */
export function joinRollUps(parts: readonly RollUps[]): RollUps {
  const joined = emptyRollUps(parts.reduce((sum, { length }) => sum + length, 0));
  const targets = columnsOf(joined);
  let at = 0;
  for (const part of parts) {
    for (const [index, source] of columnsOf(part).entries()) targets[index]?.set(source, at);
    at += part.length;
  }
  return joined;
}
