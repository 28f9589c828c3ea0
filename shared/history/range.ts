import type { RangeLevel } from "../contract/history";
import type { Series } from "../contract/series";
import { findGaps, withGapRows, type Stretch } from "../fleet/node-series";
import { METRICS, type Metric } from "../fleet/sample";
import { decimateColumns } from "../series/decimate";
import type { SampleColumns } from "./block";
import { gapAfterMs, ROLL_UP_MS, typicalPeriodMs, type RollUpLevel, type RollUps } from "./roll-up";

/** What is asked of a range. */
export interface RangeQuestion {
  readonly nodeId: string;
  /** Unix ms, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxPoints: number;
}

/** A version that a node began to report. */
export interface VersionChange {
  readonly atMs: number;
  readonly version: string | null;
}

/** Ranges up to this long are drawn from this level, ms: so much of each is read in well under 100 ms. The finest first. */
const LONGEST: readonly (readonly [RangeLevel, number])[] = [
  ["raw", 2 * 3_600_000],
  ["tens", 12 * 3_600_000],
  ["minutes", 8 * 86_400_000],
  ["hours", Infinity],
];

/** Gaps that a chart is told of: the longest. More cannot be seen. */
const MOST_GAPS = 300;

/**
 * The level that a range is drawn from: the finest that is quick enough and reaches back far enough.
 * @param reaches since when each level is whole, Unix ms; null where it never lost anything.
 */
export function levelFor(fromMs: number, toMs: number, reaches: (level: RangeLevel) => number | null): RangeLevel {
  const quick = LONGEST.filter(([, longestMs]) => toMs - fromMs <= longestMs).map(([level]) => level);
  return quick.find((level) => (reaches(level) ?? -Infinity) <= fromMs) ?? quick.at(-1) ?? "hours";
}

interface Rows {
  readonly atMs: Float64Array;
  readonly columns: Readonly<Record<Metric, Float64Array>>;
}

function emptyRows(length: number): { readonly atMs: Float64Array; readonly columns: Record<Metric, Float64Array> } {
  const column = (): Float64Array => new Float64Array(length);
  return { atMs: column(), columns: { compressionRatio: column(), latencyMs: column(), qualityScore: column(), bandwidthKbps: column() } };
}

/** A bucket as two rows, its least and its greatest values, and a row without any before them where a gap ended in it. */
function rowsOfRollUps(rolled: RollUps, bucketMs: number, endMs: number): Rows {
  const isAfterGap = (row: number): boolean => (rolled.gapMs[row] ?? 0) > 0;
  let length = 0;
  for (let row = 0; row < rolled.length; row += 1) length += isAfterGap(row) ? 3 : 2;
  const openFromMs = openEndOf(rolled, bucketMs, endMs);
  const { atMs, columns } = emptyRows(length + (openFromMs === null ? 0 : 1));
  let at = 0;
  const put = (timeMs: number, valueOf: (metric: Metric) => number): void => {
    atMs[at] = timeMs;
    for (const metric of METRICS) columns[metric][at] = valueOf(metric);
    at += 1;
  };
  const missing = (): number => Number.NaN;
  for (let row = 0; row < rolled.length; row += 1) {
    const startMs = rolled.atMs[row] ?? 0;
    if (isAfterGap(row)) put(startMs, missing);
    put(startMs + bucketMs / 4, (metric) => rolled.metrics[metric].min[row] ?? Number.NaN);
    put(startMs + (3 * bucketMs) / 4, (metric) => rolled.metrics[metric].max[row] ?? Number.NaN);
  }
  if (openFromMs !== null) put(openFromMs, missing);
  return { atMs, columns };
}

/** Where the last bucket ends, if nothing came for more than another bucket after it; null else. */
function openEndOf(rolled: RollUps, bucketMs: number, endMs: number): number | null {
  const lastMs = rolled.atMs[rolled.length - 1];
  return lastMs === undefined || endMs - lastMs <= 2 * bucketMs ? null : lastMs + bucketMs;
}

function gapsOfRollUps(rolled: RollUps, bucketMs: number, endMs: number): Stretch[] {
  const gaps: Stretch[] = [];
  for (let row = 0; row < rolled.length; row += 1) {
    const gapMs = rolled.gapMs[row] ?? 0;
    const toMs = rolled.gapEndMs[row] ?? 0;
    if (gapMs > 0) gaps.push({ fromMs: toMs - gapMs, toMs });
  }
  const openFromMs = openEndOf(rolled, bucketMs, endMs);
  return openFromMs === null ? gaps : [...gaps, { fromMs: openFromMs, toMs: endMs }];
}

/** The longest of the gaps, in order, cut at the beginning of the range. */
function shownGaps(gaps: readonly Stretch[], { fromMs }: RangeQuestion): Stretch[] {
  const kept = gaps.length <= MOST_GAPS ? gaps : gaps.toSorted((one, other) => other.toMs - other.fromMs - (one.toMs - one.fromMs)).slice(0, MOST_GAPS);
  return kept.map((gap) => ({ fromMs: Math.max(fromMs, gap.fromMs), toMs: gap.toMs })).filter((gap) => gap.toMs > gap.fromMs).sort((one, other) => one.fromMs - other.fromMs);
}

function seriesOf(question: RangeQuestion, rows: Rows, gaps: readonly Stretch[], changes: readonly VersionChange[], leastBucketMs: number): Series {
  const { nodeId, fromMs, toMs, maxPoints } = question;
  const { decimated, bucketMs, atMs, columns } = decimateColumns(rows, maxPoints);
  return {
    nodeId,
    fromMs,
    toMs,
    decimated: decimated || leastBucketMs > 0,
    bucketMs: Math.max(bucketMs, leastBucketMs),
    atMs,
    ...columns,
    // Which of them is a drill is the registry's to say.
    changes: changes.map((change) => ({ ...change, drill: false })),
    gaps: shownGaps(gaps, question),
  };
}

/** What a chart needs beside the values. */
export interface RangeFacts {
  readonly changes: readonly VersionChange[];
  /** Now, Unix ms: what has not been yet is no gap. */
  readonly nowMs: number;
}

/** A chart's series from samples in the order of time. */
export function seriesOfSamples(question: RangeQuestion, samples: SampleColumns, { changes, nowMs }: RangeFacts): Series {
  const { atMs, ...columns } = samples.columns;
  const longestMs = gapAfterMs(typicalPeriodMs(atMs));
  const gaps = findGaps(atMs, { fromMs: question.fromMs, toMs: Math.min(question.toMs, nowMs) }, longestMs, []);
  return seriesOf(question, withGapRows({ atMs, columns }, gaps), gaps, changes, 0);
}

/** A chart's series from roll-ups in the order of time: the extremes of what they cover. */
export function seriesOfRollUps(question: RangeQuestion, rolled: RollUps, level: RollUpLevel, { changes, nowMs }: RangeFacts): Series {
  const bucketMs = ROLL_UP_MS[level];
  const endMs = Math.min(question.toMs, nowMs);
  const rows = rowsOfRollUps(rolled, bucketMs, endMs);
  return seriesOf(question, rows, gapsOfRollUps(rolled, bucketMs, endMs), changes, bucketMs);
}
