/** Median of the values that are finite; null of none. */
export function medianOf(values: Iterable<number>): number | null {
  const sorted = [...values].filter((value) => Number.isFinite(value)).sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** The q-quantile of sorted values, 0..1, by linear interpolation (R. J. Hyndman and Y. Fan, 1996, type 7); NaN of none. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}

/** As {@link quantileOfSorted}, of values in any order. */
export function quantile(values: readonly number[], q: number): number {
  return quantileOfSorted(values.toSorted((left, right) => left - right), q);
}
