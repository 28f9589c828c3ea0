import type { Series } from "../../shared/contract/channels";
import type { Metric } from "../../shared/fleet/sample";
import { isBeyond, type LimitSide } from "./scales";
import type { TimeSpan } from "./chart-view";

/** A point of a chart: null is a gap. */
export interface ChartRow {
  readonly atMs: number;
  readonly value: number | null;
  /** The value again where it belongs to the offending end of the line. */
  readonly offending: number | null;
}

/** So many points within limits in a row end an offending stretch. */
const POINTS_THAT_END = 12;

/** A limit, and the side on which it forbids. */
export interface Limit {
  readonly value: number;
  readonly side: LimitSide;
}

/**
 * The points of one metric within a stretch, with one beyond each end so that the line reaches the edges.
 * @param onsetMs when the change began that the verdict is about; null for none. What is beyond the limit offends
 * either way.
 */
export function chartRows(series: Series, metric: Metric, span: TimeSpan, limit: Limit | null, onsetMs: number | null = null): readonly ChartRow[] {
  const { atMs } = series;
  const values = series[metric];
  const from = Math.max(0, firstAtOrAfter(atMs, span.fromMs) - 1);
  const to = Math.min(atMs.length, firstAtOrAfter(atMs, span.toMs) + 1);
  const beyond = limit === null ? to : offendingFrom(values, limit, from, to);
  const onset = onsetMs === null ? beyond : Math.min(beyond, firstAtOrAfter(atMs, onsetMs));
  const rows: ChartRow[] = [];
  for (let index = from; index < to; index += 1) {
    const value = finiteAt(values, index);
    rows.push({ atMs: atMs[index] ?? Number.NaN, value, offending: index >= onset ? value : null });
  }
  return rows;
}

/** The index from which the end is beyond its limit, over short returns; `to` where the end is not. */
function offendingFrom(values: Float64Array, limit: Limit, from: number, to: number): number {
  let onset = to;
  let within = 0;
  for (let index = to - 1; index >= from && within < POINTS_THAT_END; index -= 1) {
    const value = finiteAt(values, index);
    if (value === null) continue;
    within = isBeyond(value, limit.value, limit.side) ? 0 : within + 1;
    if (within === 0) onset = index;
  }
  return onset;
}

function finiteAt(values: Float64Array, index: number): number | null {
  const value = values[index];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Index of the first time that is not before `atMs`; the length where there is none. Times ascend. */
export function firstAtOrAfter(times: Float64Array, atMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The point nearest to a time whose value is known; null where there is none, or where the time is in a gap. */
export function rowNear(rows: readonly ChartRow[], atMs: number, gaps: Series["gaps"]): ChartRow | null {
  if (gaps.some((gap) => atMs > gap.fromMs && atMs < gap.toMs)) return null;
  let nearest: ChartRow | null = null;
  for (const row of rows) {
    if (row.value === null) continue;
    if (nearest === null || Math.abs(row.atMs - atMs) < Math.abs(nearest.atMs - atMs)) nearest = row;
  }
  return nearest;
}

/**
 * The time of the sample `count` samples from the cursor (negative: older); from the newest sample
 * where there is no cursor. Null where there is no sample.
 */
export function stepFrom(rows: readonly ChartRow[], cursorMs: number | null, count: number): number | null {
  const known = rows.filter((row) => row.value !== null);
  if (known.length === 0) return null;
  if (cursorMs === null) return known.at(count < 0 ? -1 : 0)?.atMs ?? null;
  const after = known.findIndex((row) => row.atMs > cursorMs);
  const here = known.findIndex((row) => row.atMs >= cursorMs);
  const start = count > 0 ? (after < 0 ? known.length : after) - 1 : here < 0 ? known.length : here;
  const index = Math.min(known.length - 1, Math.max(0, start + count));
  return known[index]?.atMs ?? null;
}
