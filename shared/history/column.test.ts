import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packColumns, unpackColumns } from "./column";

const noise = fc.double({ noNaN: true });
const value = fc.oneof(
  noise,
  fc.constant(Number.NaN),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1_000),
  fc.float({ noNaN: true }),
  fc.constantFrom(0, -0, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53, -(2 ** 53)),
);
/** Columns of one kind each, as they are, and of all kinds mixed. */
const column = (length: number): fc.Arbitrary<Float64Array> =>
  fc
    .oneof(
      ...[value, noise, fc.integer(), fc.integer({ min: 0, max: 3 }).map((step) => step / 10), fc.float({ noNaN: true }), fc.constant(8.25), fc.constant(Number.NaN), fc.integer({ min: 0, max: 2 ** 40 }).map((step) => 1.7e12 + step / 4_096)].map((kind) =>
        fc.array(kind, { minLength: length, maxLength: length }),
      ),
    )
    .map((values) => Float64Array.from(values));

const table = fc.integer({ min: 0, max: 70 }).chain((length) => fc.array(column(length), { minLength: 1, maxLength: 5 }));

/** Equal to the bit: minus zero is not zero, NaN is NaN. */
function same(left: Float64Array | undefined, right: Float64Array): boolean {
  return left !== undefined && left.length === right.length && right.every((each, index) => Object.is(left[index], each));
}

describe("a packed column", () => {
  it("gives back every number to the bit, gaps included", () => {
    fc.assert(
      fc.property(table, (columns) => {
        const read = unpackColumns(packColumns(columns));
        expect(read).toHaveLength(columns.length);
        expect(columns.every((each, index) => same(read[index], each))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("is read alone as among all", () => {
    fc.assert(
      fc.property(table, fc.nat(4), (columns, wanted) => {
        fc.pre(wanted < columns.length);
        const [only] = unpackColumns(packColumns(columns), [wanted]);
        expect(same(only, columns[wanted] ?? new Float64Array(0))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["a number that does not change", (index: number) => 8.1 + 0 * index, 0.1],
    ["times half a second apart with a jitter of 4 ms", (index: number) => 1_700_000_000_000 + 500 * index + ((index * 7_919) % 16_384) / 4_096, 2.1],
    ["a count", (index: number) => 41 + index, 0.1],
    ["values of three decimals", (index: number) => Math.round(20_000 + 3_000 * Math.sin(index)) / 1_000, 2.1],
    ["32-bit floats", (index: number) => Math.fround(20 + Math.sin(index)), 4.1],
    ["doubles", (index: number) => 20 + Math.sin(index), 8.1],
  ])("needs for %s no more bytes a value than it must", (_name, of, mostBytes) => {
    const values = Float64Array.from({ length: 600 }, (_, index) => of(index));
    expect(packColumns([values]).length / 600).toBeLessThanOrEqual(mostBytes);
  });

  it("that was cut off throws instead of giving other numbers", () => {
    const packed = packColumns([Float64Array.from({ length: 40 }, (_, index) => Math.sin(index))]);
    for (let length = 0; length < packed.length; length += 7) expect(() => unpackColumns(packed.subarray(0, length))).toThrow(RangeError);
  });
});
