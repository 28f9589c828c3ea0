import { SYSTEM_COLUMNS, SYSTEM_HISTORY_MS, type SystemColumn } from "../contract/system";
import { decimateColumns } from "../series/decimate";
import { SeriesRing, type SeriesSlice } from "../series/series-ring";

/** Every sample is kept this long. */
const FINE_MS = 3_600_000;
const FINE_ROWS = FINE_MS / 1_000;
/** Beyond that each stretch of this length keeps its minimum and its maximum. */
const BUCKET_MS = 30_000;
const COARSE_ROWS = (2 * SYSTEM_HISTORY_MS) / BUCKET_MS;
/** A longer silence between two samples is a gap: the machine slept, or the application hung. */
const GAP_MS = 5_000;

const NO_VALUES = SYSTEM_COLUMNS.map(() => Number.NaN);

/** A stretch of history for a chart. */
export interface HistorySeries {
  readonly decimated: boolean;
  readonly bucketMs: number;
  readonly atMs: Float64Array<ArrayBuffer>;
  readonly columns: Readonly<Record<SystemColumn, Float64Array<ArrayBuffer>>>;
}

/**
 * What was measured of the machine: every second of the last hour, the extremes of every 30 s of the last day.
 * Some 0.4 MB when the first is full, 1.1 MB when both are.
 */
export class SystemHistory {
  private readonly fine = new SeriesRing<SystemColumn>(SYSTEM_COLUMNS, FINE_ROWS);
  private readonly coarse = new SeriesRing<SystemColumn>(SYSTEM_COLUMNS, COARSE_ROWS);
  private lastMs: number | null = null;
  private bucket: { readonly fromMs: number; least: number[]; greatest: number[] } | null = null;

  /** Takes a sample: a value for every column that has one, at a wall time that never goes back. */
  push(atMs: number, values: Readonly<Partial<Record<SystemColumn, number>>>): void {
    const row = SYSTEM_COLUMNS.map((column) => values[column] ?? Number.NaN);
    if (this.lastMs !== null && atMs - this.lastMs > GAP_MS) {
      this.endBucket();
      for (const ring of [this.fine, this.coarse]) ring.push(this.lastMs + 1, NO_VALUES);
    }
    this.lastMs = atMs;
    this.fine.push(atMs, row);
    this.addToBucket(atMs, row);
  }

  /** Everything between two times, in at most `maxPoints` points. */
  series(fromMs: number, toMs: number, maxPoints: number): HistorySeries {
    const isFine = toMs - fromMs <= FINE_MS;
    const { decimated, bucketMs, atMs, columns } = decimateColumns((isFine ? this.fine : this.coarse).slice(fromMs, toMs), maxPoints);
    return isFine ? { decimated, bucketMs, atMs, columns } : { decimated: true, bucketMs: Math.max(BUCKET_MS, bucketMs), atMs, columns };
  }

  /** Every sample between two times that is still kept one by one: of the last hour. */
  samples(fromMs: number, toMs: number): SeriesSlice<SystemColumn> {
    return this.fine.slice(fromMs, toMs);
  }

  /** The newest samples, at most `count`. */
  newest(count: number): SeriesSlice<SystemColumn> {
    return this.fine.last(count);
  }

  private addToBucket(atMs: number, row: readonly number[]): void {
    if (this.bucket !== null && Math.floor(atMs / BUCKET_MS) !== Math.floor(this.bucket.fromMs / BUCKET_MS)) this.endBucket();
    if (this.bucket === null) {
      this.bucket = { fromMs: atMs, least: [...row], greatest: [...row] };
      return;
    }
    this.bucket.least = this.bucket.least.map((value, index) => extreme(Math.min, value, row[index]));
    this.bucket.greatest = this.bucket.greatest.map((value, index) => extreme(Math.max, value, row[index]));
  }

  private endBucket(): void {
    if (this.bucket === null || this.lastMs === null) return;
    const { fromMs, least, greatest } = this.bucket;
    this.coarse.push(fromMs, least);
    this.coarse.push(Math.max(fromMs, this.lastMs), greatest);
    this.bucket = null;
  }
}

/** The extreme of two values of which either may be missing. */
function extreme(of: (one: number, other: number) => number, one: number, other: number | undefined): number {
  if (other === undefined || Number.isNaN(other)) return one;
  return Number.isNaN(one) ? other : of(one, other);
}
