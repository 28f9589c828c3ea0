import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeriesRing, type SeriesSlice } from "./series-ring";

interface Row {
  readonly atMs: number;
  readonly a: number;
  readonly b: number;
}

const value = fc.oneof(fc.double(), fc.constant(Number.NaN));
const row: fc.Arbitrary<Row> = fc.record({ atMs: fc.integer({ min: 0, max: 5_000 }), a: value, b: value });

function rowsOf(slice: SeriesSlice<"a" | "b">): Row[] {
  return Array.from(slice.atMs, (atMs, index) => ({
    atMs,
    a: slice.columns.a[index] ?? Number.POSITIVE_INFINITY,
    b: slice.columns.b[index] ?? Number.POSITIVE_INFINITY,
  }));
}

function filled(capacity: number, rows: readonly Row[]): SeriesRing<"a" | "b"> {
  const ring = new SeriesRing(["a", "b"], capacity);
  for (const each of rows) ring.push(each.atMs, [each.a, each.b]);
  return ring;
}

describe("SeriesRing", () => {
  it("keeps the newest rows in the order in which they came", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.array(row, { maxLength: 900, size: "max" }), (capacity, rows) => {
        const ring = filled(capacity, rows);
        const kept = rows.slice(-capacity);
        expect(ring.length).toBe(kept.length);
        expect(rowsOf(ring.last(capacity))).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });

  it("slices by time like a filter, both ends included", () => {
    const bound = fc.integer({ min: -10, max: 5_010 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(row, { maxLength: 100 }), bound, bound, (capacity, rows, from, to) => {
        const expected = rows.slice(-capacity).filter((each) => each.atMs >= from && each.atMs <= to);
        expect(rowsOf(filled(capacity, rows).slice(from, to))).toEqual(expected);
      }),
    );
  });

  it("gives the newest n rows, and all where there are fewer", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), fc.integer({ min: 0, max: 80 }), (rows, count) => {
        expect(rowsOf(filled(30, rows).last(count))).toEqual(count === 0 ? [] : rows.slice(-30).slice(-count));
      }),
    );
  });

  it("takes memory as it fills and never more than its capacity asks for", () => {
    const ring = new SeriesRing(["a", "b", "c", "d"], 1_200);
    expect(ring.allocatedBytes).toBe(0);
    ring.push(0, [1, 2, 3, 4]);
    const oneChunk = ring.allocatedBytes;
    for (let tick = 1; tick < 10_000; tick += 1) ring.push(tick, [1, 2, 3, 4]);
    expect(oneChunk).toBe(256 * 5 * 8);
    expect(ring.allocatedBytes).toBe(5 * oneChunk);
  });

  it("is empty after it was cleared, and usable", () => {
    const ring = filled(4, [{ atMs: 1, a: 1, b: 1 }]);
    ring.clear();
    expect([ring.length, ring.last(4).atMs.length]).toEqual([0, 0]);
    ring.push(9, [2, Number.NaN]);
    expect(rowsOf(ring.last(4))).toEqual([{ atMs: 9, a: 2, b: Number.NaN }]);
  });

  it("refuses what only a bug would give it", () => {
    const ring = new SeriesRing(["a"], 2);
    expect(() => ring.push(Number.NaN, [1])).toThrow(RangeError);
    expect(() => ring.push(1, [])).toThrow(RangeError);
    expect(() => new SeriesRing(["a", "a"], 2)).toThrow(RangeError);
    expect(() => new SeriesRing(["a"], 0)).toThrow(RangeError);
    expect(ring.length).toBe(0);
  });
});
