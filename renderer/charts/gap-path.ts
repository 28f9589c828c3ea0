/**
 * A line through values over time as the data of a path. NaN begins a new line, so that a gap stays a gap; so does a
 * silence longer than `longestGapMs`.
 *
 * @param x and y give px.
 */
export function gapPath(atMs: ArrayLike<number>, values: ArrayLike<number>, x: (atMs: number) => number, y: (value: number) => number, longestGapMs = Infinity): string {
  let path = "";
  let before = Number.NaN;
  for (let index = 0; index < atMs.length; index += 1) {
    const at = atMs[index] ?? Number.NaN;
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      before = Number.NaN;
      continue;
    }
    path += `${at - before <= longestGapMs ? "L" : "M"}${tenths(x(at))} ${tenths(y(value))}`;
    before = at;
  }
  return path;
}

function tenths(px: number): number {
  return Math.round(px * 10) / 10;
}
