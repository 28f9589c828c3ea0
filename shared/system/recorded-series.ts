import { SYSTEM_COLUMNS, type SystemColumn } from "../contract/system";
import type { HostBatch } from "../report/host";

/** Rows are recorded so often, ms. */
const ROW_MS = 1_000;

/** A stretch of what was recorded, for a chart. */
export interface RecordedSeries {
  readonly decimated: boolean;
  readonly bucketMs: number;
  readonly atMs: Float64Array<ArrayBuffer>;
  readonly columns: Readonly<Record<SystemColumn, Float64Array<ArrayBuffer>>>;
}

/** The extremes of one bucket, by column. */
interface Extremes {
  readonly least: Float64Array;
  readonly greatest: Float64Array;
}

/**
 * Makes a chart's series of recorded rows, of which no more is kept than the chart has points: each stretch its
 * minimum and its maximum. A stretch without a row is a gap.
 */
export class RecordedBuckets {
  private readonly bucketMs: number;
  private readonly buckets = new Map<number, Extremes>();

  /** @param maxPoints at least 10. */
  constructor(
    private readonly fromMs: number,
    private readonly toMs: number,
    maxPoints: number,
  ) {
    const seconds = (toMs - fromMs) / ROW_MS;
    this.bucketMs = seconds <= maxPoints ? ROW_MS : (toMs - fromMs) / Math.floor(maxPoints / 2);
  }

  /** Takes rows of the range, in any order. */
  take({ length, atMs, columns }: HostBatch): void {
    for (let row = 0; row < length; row += 1) {
      const at = atMs[row] ?? NaN;
      if (!(at >= this.fromMs && at <= this.toMs)) continue;
      const { least, greatest } = this.bucket(Math.floor((at - this.fromMs) / this.bucketMs));
      for (const [index, column] of SYSTEM_COLUMNS.entries()) {
        const value = columns[column][row] ?? NaN;
        if (Number.isNaN(value)) continue;
        // What is not known yet is NaN: no comparison holds.
        if (!((least[index] ?? NaN) <= value)) least[index] = value;
        if (!((greatest[index] ?? NaN) >= value)) greatest[index] = value;
      }
    }
  }

  /** What was taken so far. */
  series(): RecordedSeries {
    const isDecimated = this.bucketMs > ROW_MS;
    const rows: { readonly atMs: number; readonly values: Float64Array }[] = [];
    let before: number | null = null;
    for (const key of [...this.buckets.keys()].sort((one, other) => one - other)) {
      const bucket = this.buckets.get(key);
      if (bucket === undefined) continue;
      const startMs = this.fromMs + key * this.bucketMs;
      // A row may be some ms late: two buckets in a row without one are a gap.
      if (before !== null && key - before > 2) rows.push({ atMs: this.fromMs + (before + 1) * this.bucketMs, values: new Float64Array(SYSTEM_COLUMNS.length).fill(NaN) });
      rows.push({ atMs: startMs, values: bucket.least });
      if (isDecimated) rows.push({ atMs: startMs + this.bucketMs / 2, values: bucket.greatest });
      before = key;
    }
    const columns = Object.fromEntries(SYSTEM_COLUMNS.map((column, index) => [column, Float64Array.from(rows, ({ values }) => values[index] ?? NaN)])) as Record<SystemColumn, Float64Array<ArrayBuffer>>;
    return { decimated: isDecimated, bucketMs: isDecimated ? this.bucketMs : 0, atMs: Float64Array.from(rows, ({ atMs }) => atMs), columns };
  }

  private bucket(key: number): Extremes {
    const known = this.buckets.get(key);
    if (known !== undefined) return known;
    const made = { least: new Float64Array(SYSTEM_COLUMNS.length).fill(NaN), greatest: new Float64Array(SYSTEM_COLUMNS.length).fill(NaN) };
    this.buckets.set(key, made);
    return made;
  }
}
