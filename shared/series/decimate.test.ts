import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimate, decimateColumns } from "./decimate";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
/** Ticks with jitter: times strictly ascending. */
const series = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 900 }), value, value), { minLength: 0, maxLength: 1_300, size: "max" })
  .map((steps) => {
    let atMs = 1_700_000_000_000;
    const times = steps.map(([stepMs]) => (atMs += stepMs));
    return {
      atMs: Float64Array.from(times),
      a: Float64Array.from(steps, ([, a]) => a),
      b: Float64Array.from(steps, ([, , b]) => b),
    };
  });
const maxPoints = fc.integer({ min: 5, max: 320 });

function bucketKeys(atMs: Float64Array, bucketMs: number): number[] {
  return Array.from(atMs, (at) => Math.floor(at / bucketMs));
}

function extremesByBucket(atMs: Float64Array, values: Float64Array, bucketMs: number): Map<number, string> {
  const groups = new Map<number, number[]>();
  for (const [index, key] of bucketKeys(atMs, bucketMs).entries()) {
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const each = values[index] ?? Number.NaN;
    if (!Number.isNaN(each)) group.push(each);
  }
  return new Map([...groups].map(([key, group]) => [key, group.length === 0 ? "gap" : `${Math.min(...group)}..${Math.max(...group)}`]));
}

/** Consecutive finite values of a series with whether a gap lies between them. */
function isBridged(original: Float64Array, from: number, to: number): boolean {
  return original.subarray(from, to).some((each) => Number.isNaN(each));
}

describe("decimate", () => {
  it("never gives more points than asked for, in ascending order of time", () => {
    fc.assert(
      fc.property(series, maxPoints, (input, max) => {
        const out = decimate(input.atMs, input.a, max);
        expect(out.atMs.length).toBeLessThanOrEqual(max);
        expect(out.values.length).toBe(out.atMs.length);
        for (let index = 1; index < out.atMs.length; index += 1) {
          expect(out.atMs[index]).toBeGreaterThan(out.atMs[index - 1] ?? Infinity);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps points as they were, never averages", () => {
    fc.assert(
      fc.property(series, maxPoints, (input, max) => {
        const byTime = new Map(Array.from(input.atMs, (at, index) => [at, input.a[index]]));
        const out = decimate(input.atMs, input.a, max);
        for (const [index, at] of out.atMs.entries()) expect(out.values[index]).toBe(byTime.get(at));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the minimum and the maximum of the whole and of every bucket", () => {
    fc.assert(
      fc.property(series, maxPoints, (input, max) => {
        const out = decimate(input.atMs, input.a, max);
        const finite = (values: Float64Array): number[] => [...values].filter((each) => !Number.isNaN(each));
        expect(Math.min(...finite(out.values))).toBe(Math.min(...finite(input.a)));
        expect(Math.max(...finite(out.values))).toBe(Math.max(...finite(input.a)));
        if (!out.decimated || max < 40) return;
        const kept = extremesByBucket(out.atMs, out.values, out.bucketMs);
        for (const [key, extremes] of extremesByBucket(input.atMs, input.a, out.bucketMs)) {
          expect(kept.get(key) ?? "gap").toBe(extremes);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("never bridges a gap and never makes one", () => {
    fc.assert(
      fc.property(series, maxPoints, (input, max) => {
        const indexByTime = new Map(Array.from(input.atMs, (at, index) => [at, index]));
        const out = decimate(input.atMs, input.a, max);
        let previous: number | null = null;
        let gapSeen = false;
        for (const [position, at] of out.atMs.entries()) {
          if (Number.isNaN(out.values[position])) {
            gapSeen = true;
            continue;
          }
          const index = indexByTime.get(at) ?? -1;
          if (previous !== null) expect(gapSeen).toBe(isBridged(input.a, previous, index));
          previous = index;
          gapSeen = false;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives all points back where they are few", () => {
    const out = decimate(Float64Array.of(1, 2, 3), Float64Array.of(1, Number.NaN, 3), 5);
    expect(out).toEqual({
      decimated: false,
      bucketMs: 0,
      atMs: Float64Array.of(1, 2, 3),
      values: Float64Array.of(1, Number.NaN, 3),
    });
  });

  it("keeps a spike of one sample", () => {
    const atMs = Float64Array.from({ length: 1_200 }, (_, index) => 500 * index);
    const values = Float64Array.from({ length: 1_200 }, (_, index) => (index === 777 ? 99 : 20));
    const out = decimate(atMs, values, 300);
    expect(out.bucketMs).toBe(5_000);
    expect([...out.values].filter((each) => each === 99)).toHaveLength(1);
    expect(out.atMs[out.values.indexOf(99)]).toBe(777 * 500);
  });

  it("refuses fewer points than one bucket can need", () => {
    expect(() => decimate(Float64Array.of(1), Float64Array.of(1), 4)).toThrow(RangeError);
  });
});

describe("decimateColumns", () => {
  it("keeps every column's extremes in every bucket, in at most the points asked for", () => {
    fc.assert(
      fc.property(series, maxPoints, (input, max) => {
        const out = decimateColumns({ atMs: input.atMs, columns: { a: input.a, b: input.b } }, max);
        expect(out.atMs.length).toBeLessThanOrEqual(max);
        for (let index = 1; index < out.atMs.length; index += 1) {
          expect(out.atMs[index]).toBeGreaterThanOrEqual(out.atMs[index - 1] ?? Infinity);
        }
        if (!out.decimated || max < 40) return;
        for (const name of ["a", "b"] as const) {
          expect(extremesByBucket(out.atMs, out.columns[name], out.bucketMs)).toEqual(
            extremesByBucket(input.atMs, input[name], out.bucketMs),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps a gap of every column a gap", () => {
    fc.assert(
      fc.property(series, maxPoints, (input, max) => {
        const out = decimateColumns({ atMs: input.atMs, columns: { a: input.a, b: input.b } }, max);
        for (const name of ["a", "b"] as const) {
          expect([...out.columns[name]].some((each) => Number.isNaN(each))).toBe(
            [...input[name]].some((each) => Number.isNaN(each)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("shows a silent stretch as a gap in all columns and leaves the rest whole", () => {
    const length = 1_200;
    const atMs = Float64Array.from({ length }, (_, index) => 500 * index);
    const isSilent = (index: number): boolean => index >= 600 && index < 640;
    const a = Float64Array.from({ length }, (_, index) => (isSilent(index) ? Number.NaN : 8 + (index % 3)));
    const b = Float64Array.from({ length }, (_, index) => (isSilent(index) ? Number.NaN : 20 + (index % 7)));
    const out = decimateColumns({ atMs, columns: { a, b } }, 300);
    const silentAt = [...out.atMs].filter((_, index) => Number.isNaN(out.columns.a[index]));
    expect(silentAt.length).toBeGreaterThan(0);
    expect(silentAt.every((at) => at >= 300_000 && at < 320_000)).toBe(true);
    expect([...out.columns.b].map(Number.isNaN)).toEqual([...out.columns.a].map(Number.isNaN));
  });
});
