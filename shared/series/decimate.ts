/**
 * Decimation for charts: of every bucket of time its minimum and its maximum stay, in the order in which
 * they came, so that a spike of one sample is still seen. Averages would hide exactly what matters.
 * The min-max form of M4 (U. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation",
 * VLDB 2014). A gap (NaN) is never bridged: where one lay between two kept values, one is kept.
 */

/** Fewest points that can be asked for: one bucket's two extremes with a gap before, between and after. */
const FEWEST_POINTS = 5;

/** A decimated series; `values` is as long as `atMs`, NaN is a gap. */
export interface Decimated {
  /** False when there were few enough points and all of them are here. */
  readonly decimated: boolean;
  /** Length of a bucket in ms, 1, 2 or 5 times a power of ten; 0 where nothing was left out. */
  readonly bucketMs: number;
  /** Unix ms, ascending. */
  readonly atMs: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Several series decimated onto one time axis; every column is as long as `atMs`. */
export interface DecimatedColumns<Column extends string> extends Omit<Decimated, "values"> {
  readonly columns: Readonly<Record<Column, Float64Array<ArrayBuffer>>>;
}

/** Where a bucket lies in the input: `from` <= index < `to`. */
interface Bucket {
  readonly from: number;
  readonly to: number;
}

/** The kept values of one column in one bucket, by index, with the gaps around them (index, or null). */
interface Kept {
  readonly first: number;
  readonly second: number;
  readonly gapBefore: number | null;
  readonly gapBetween: number | null;
  readonly gapAfter: number | null;
}

/** The smallest of 1, 2, 5, 10, 20, 50, ... that is at least `leastMs`. */
function niceBucketMs(leastMs: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of [1, 2, 5]) if (decade * step >= leastMs) return decade * step;
  }
}

/** Buckets on multiples of `bucketMs`, so that the same samples share a bucket while a chart moves on. */
function bucketsOf(atMs: Float64Array, bucketMs: number): Bucket[] {
  const buckets: Bucket[] = [];
  let from = 0;
  for (let index = 1; index <= atMs.length; index += 1) {
    const ended = index === atMs.length || keyOf(atMs, index, bucketMs) !== keyOf(atMs, from, bucketMs);
    if (!ended) continue;
    buckets.push({ from, to: index });
    from = index;
  }
  return buckets;
}

function keyOf(atMs: Float64Array, index: number, bucketMs: number): number {
  return Math.floor((atMs[index] ?? 0) / bucketMs);
}

/** The first NaN with `from` <= index < `to`, or null. */
function gapIn(values: Float64Array, from: number, to: number): number | null {
  for (let index = from; index < to; index += 1) if (Number.isNaN(values[index])) return index;
  return null;
}

/** The extremes of a bucket in time order, or null where it is all gap. */
function keep(values: Float64Array, { from, to }: Bucket): Kept | null {
  let least = -1;
  let greatest = -1;
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (least < 0 || value < (values[least] ?? value)) least = index;
    if (greatest < 0 || value > (values[greatest] ?? value)) greatest = index;
  }
  if (least < 0) return null;
  const first = Math.min(least, greatest);
  const second = Math.max(least, greatest);
  return {
    first,
    second,
    gapBefore: gapIn(values, from, first),
    gapBetween: gapIn(values, first, second),
    gapAfter: gapIn(values, second + 1, to),
  };
}

function requireMaxPoints(maxPoints: number): void {
  if (!Number.isInteger(maxPoints) || maxPoints < FEWEST_POINTS) {
    throw new RangeError(`a decimated series needs at least ${FEWEST_POINTS} points, got ${maxPoints}`);
  }
}

/** Tries buckets from the finest that could fit, each time a step coarser, until the points fit. */
function finestThatFits<Outcome extends { readonly atMs: readonly number[] }>(
  atMs: Float64Array,
  maxPoints: number,
  attempt: (buckets: readonly Bucket[]) => Outcome,
): Outcome & { readonly bucketMs: number } {
  const spanMs = (atMs[atMs.length - 1] ?? 0) - (atMs[0] ?? 0);
  let bucketMs = niceBucketMs(Math.max(1, (2 * spanMs) / maxPoints));
  for (;;) {
    const buckets = bucketsOf(atMs, bucketMs);
    const outcome = attempt(buckets);
    if (outcome.atMs.length <= maxPoints) return { ...outcome, bucketMs };
    // A span over a bucket's border always gives two: from there on all of it is one.
    if (bucketMs > 2 * spanMs) return { ...attempt([{ from: 0, to: atMs.length }]), bucketMs };
    bucketMs = niceBucketMs(bucketMs + 1);
  }
}

/**
 * Decimates one series to at most `maxPoints`: each bucket's minimum and maximum at their own times,
 * plus one NaN wherever a gap lay between two kept values (or before the first, after the last).
 *
 * @param atMs Unix ms, ascending.
 * @param values as long as `atMs`; NaN is a gap.
 * @param maxPoints at least 5; less throws a RangeError.
 */
export function decimate(atMs: Float64Array, values: Float64Array, maxPoints: number): Decimated {
  requireMaxPoints(maxPoints);
  if (atMs.length <= maxPoints) {
    return { decimated: false, bucketMs: 0, atMs: Float64Array.from(atMs), values: Float64Array.from(values) };
  }
  const { bucketMs, indices } = finestThatFits(atMs, maxPoints, (buckets) => {
    const kept = indicesOf(values, buckets);
    return { atMs: kept, indices: kept };
  });
  return {
    decimated: true,
    bucketMs,
    atMs: Float64Array.from(indices, (index) => atMs[index] ?? Number.NaN),
    values: Float64Array.from(indices, (index) => values[index] ?? Number.NaN),
  };
}

/** Indices of the points that stay; a run of gap points is one. */
function indicesOf(values: Float64Array, buckets: readonly Bucket[]): number[] {
  const indices: number[] = [];
  const addGap = (index: number | null): void => {
    const previous = indices[indices.length - 1];
    if (index !== null && (previous === undefined || !Number.isNaN(values[previous]))) indices.push(index);
  };
  for (const bucket of buckets) {
    const kept = keep(values, bucket);
    if (kept === null) {
      addGap(bucket.from);
      continue;
    }
    addGap(kept.gapBefore);
    indices.push(kept.first);
    addGap(kept.gapBetween);
    if (kept.second !== kept.first) indices.push(kept.second);
    addGap(kept.gapAfter);
  }
  return indices;
}

/**
 * Decimates several series that share their times onto one shared axis of at most `maxPoints`. A bucket
 * gives two points for every column, its extremes in the order in which they came, at two times spread
 * over the bucket (the columns' extremes rarely fall together); a bucket with gaps gives up to three more.
 *
 * @param slice times ascending; NaN is a gap.
 * @param maxPoints at least 5; less throws a RangeError.
 */
export function decimateColumns<Column extends string>(
  slice: { readonly atMs: Float64Array; readonly columns: Readonly<Record<Column, Float64Array>> },
  maxPoints: number,
): DecimatedColumns<Column> {
  requireMaxPoints(maxPoints);
  const names = Object.keys(slice.columns) as Column[];
  const inputs = names.map((name) => slice.columns[name]);
  const record = (outputs: readonly Iterable<number>[]): Readonly<Record<Column, Float64Array<ArrayBuffer>>> =>
    Object.fromEntries(names.map((name, index) => [name, Float64Array.from(outputs[index] ?? [])])) as Record<
      Column,
      Float64Array<ArrayBuffer>
    >;
  if (slice.atMs.length <= maxPoints) {
    return { decimated: false, bucketMs: 0, atMs: Float64Array.from(slice.atMs), columns: record(inputs) };
  }
  const { bucketMs, atMs, outputs } = finestThatFits(slice.atMs, maxPoints, (buckets) =>
    rowsOf(slice.atMs, inputs, buckets),
  );
  return { decimated: true, bucketMs, atMs: Float64Array.from(atMs), columns: record(outputs) };
}

/** The rows of all buckets: times, and the values of each input. */
function rowsOf(
  atMs: Float64Array,
  inputs: readonly Float64Array[],
  buckets: readonly Bucket[],
): { readonly atMs: readonly number[]; readonly outputs: readonly number[][] } {
  const times: number[] = [];
  const outputs = inputs.map((): number[] => []);
  for (const bucket of buckets) {
    const kept = inputs.map((values) => keep(values, bucket));
    const slots = slotsOf(kept);
    const firstMs = atMs[bucket.from] ?? 0;
    const lastMs = atMs[bucket.to - 1] ?? firstMs;
    for (const [position, slot] of slots.entries()) {
      times.push(slots.length === 1 ? firstMs : firstMs + ((lastMs - firstMs) * position) / (slots.length - 1));
      for (const [column, values] of inputs.entries()) {
        outputs[column]?.push(valueAt(slot, values, kept[column] ?? null));
      }
    }
  }
  return { atMs: times, outputs };
}

type Slot = "gapBefore" | "first" | "gapBetween" | "second" | "gapAfter";

/** The slots that a bucket needs: gap slots only where some column has a gap there. */
function slotsOf(kept: readonly (Kept | null)[]): Slot[] {
  if (kept.every((each) => each === null)) return ["first"];
  const needs = (slot: "gapBefore" | "gapBetween" | "gapAfter"): Slot[] =>
    kept.some((each) => each !== null && each[slot] !== null) ? [slot] : [];
  const single = kept.every((each) => each === null || each.first === each.second);
  return [
    ...needs("gapBefore"),
    "first",
    ...needs("gapBetween"),
    ...(single ? [] : (["second"] as const)),
    ...needs("gapAfter"),
  ];
}

/** A column's value in a slot: where only others have a gap, its neighbouring extreme stands again. */
function valueAt(slot: Slot, values: Float64Array, kept: Kept | null): number {
  if (kept === null) return Number.NaN;
  const first = values[kept.first] ?? Number.NaN;
  const second = values[kept.second] ?? Number.NaN;
  switch (slot) {
    case "gapBefore":
      return kept.gapBefore === null ? first : Number.NaN;
    case "first":
      return first;
    case "gapBetween":
      return kept.gapBetween === null ? first : Number.NaN;
    case "second":
      return second;
    case "gapAfter":
      return kept.gapAfter === null ? second : Number.NaN;
  }
}
