import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyColumns, inTimeOrder, joinSamples, packSamples, SAMPLE_COLUMNS, samplesBetween, unpackSamples, type SampleColumns } from "./block";

const cell = fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.NaN), fc.integer({ min: 0, max: 100_000 }));

function samplesOf(rows: readonly (readonly number[])[]): SampleColumns {
  const samples = emptyColumns(rows.length);
  for (const [row, values] of rows.entries()) {
    samples.origin[row] = row % 3;
    for (const [column, name] of SAMPLE_COLUMNS.entries()) samples.columns[name][row] = values[column] ?? Number.NaN;
  }
  return samples;
}

const rows = fc.array(fc.array(cell, { minLength: SAMPLE_COLUMNS.length, maxLength: SAMPLE_COLUMNS.length }), { maxLength: 40 });

function expectSame(read: SampleColumns, written: SampleColumns): void {
  expect([...read.origin]).toEqual([...written.origin]);
  for (const name of SAMPLE_COLUMNS) {
    expect(read.columns[name].length).toBe(written.length);
    expect(written.columns[name].every((value, index) => Object.is(read.columns[name][index], value)), name).toBe(true);
  }
}

describe("packed samples", () => {
  it("are what they were", () => {
    fc.assert(fc.property(rows, (values) => expectSame(unpackSamples(packSamples(samplesOf(values))), samplesOf(values))), { numRuns: 200 });
  });

  it("keep no ratio that is the quotient of the bytes, and give it back to the bit", () => {
    const bytes = fc.integer({ min: 1, max: 500_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, bytes), { minLength: 30, maxLength: 60 }), (pairs) => {
        const samples = emptyColumns(pairs.length);
        for (const [row, [bytesIn, bytesOut]] of pairs.entries()) {
          samples.columns.bytesIn[row] = bytesIn;
          samples.columns.bytesOut[row] = bytesOut;
          samples.columns.compressionRatio[row] = bytesIn / bytesOut;
        }
        const packed = packSamples(samples);
        expectSame(unpackSamples(packed), samples);
        samples.columns.compressionRatio[0] = (samples.columns.compressionRatio[0] ?? 0) * (1 + 2 ** -52);
        expect(packSamples(samples).length).toBeGreaterThan(packed.length + 100);
        expectSame(unpackSamples(packSamples(samples)), samples);
      }),
      { numRuns: 30 },
    );
  });

  it("of a range are those whose time lies in it, ends included, in their order", () => {
    const samples = samplesOf([[3], [1], [2], [3], [9]]);
    expect([...samplesBetween(samples, 2, 3).columns.atMs]).toEqual([3, 2, 3]);
    expect([...samplesBetween(samples, 2, 3).origin]).toEqual([0, 2, 0]);
    expect(samplesBetween(samples, 0, 9)).toBe(samples);
  });

  it("by time keep the order of arrival where the time is the same", () => {
    const samples = joinSamples([samplesOf([[3, 10], [1, 11]]), samplesOf([[3, 12], [1, 13]])]);
    const ordered = inTimeOrder(samples);
    expect([...ordered.columns.atMs]).toEqual([1, 1, 3, 3]);
    expect([...ordered.columns.compressionRatio]).toEqual([11, 13, 10, 12]);
  });
});
