import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIntegerModel, MAX_CODED_MAGNITUDE } from "./integer-model";
import { createRangeDecoder, createRangeEncoder } from "./range-coder";

interface Step {
  readonly start: number;
  readonly frequency: number;
  readonly bits: number;
}

/** Intervals of all precisions, the narrowest and those at the upper end (which make carries) among them. */
const steps = fc.array(
  fc
    .record({ bits: fc.integer({ min: 1, max: 16 }), from: fc.nat(), width: fc.nat(), isLast: fc.boolean(), isNarrow: fc.boolean() })
    .map(({ bits, from, width, isLast, isNarrow }): Step => {
      const total = 2 ** bits;
      const frequency = isNarrow ? 1 : 1 + (width % total);
      const start = isLast ? total - frequency : from % (total - frequency + 1);
      return { start, frequency, bits };
    }),
  { maxLength: 400 },
);

function decodes(coded: readonly Step[], bytes: Uint8Array): boolean {
  const decoder = createRangeDecoder(bytes);
  return coded.every(({ start, frequency, bits }) => {
    const slot = decoder.peek(bits);
    decoder.take(start, frequency, bits);
    return slot >= start && slot < start + frequency;
  });
}

describe("the range coder", () => {
  it("gives back every sequence of intervals", () => {
    fc.assert(
      fc.property(steps, (coded) => {
        const encoder = createRangeEncoder();
        for (const { start, frequency, bits } of coded) encoder.encode(start, frequency, bits);
        expect(decodes(coded, encoder.finish())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("carries through runs of full bytes, also from the very first byte on", () => {
    // The last of 65536 slots again and again keeps low just under the next byte; the step after overflows it.
    for (let run = 1; run < 12; run++) {
      const coded: Step[] = [
        ...Array.from({ length: run }, () => ({ start: 65535, frequency: 1, bits: 16 })),
        { start: 1, frequency: 1, bits: 1 },
        { start: 60000, frequency: 5536, bits: 16 },
      ];
      const encoder = createRangeEncoder();
      for (const { start, frequency, bits } of coded) encoder.encode(start, frequency, bits);
      expect(decodes(coded, encoder.finish())).toBe(true);
    }
  });

  it("comes within a percent of the entropy of what it codes", () => {
    const encoder = createRangeEncoder();
    const probabilities = [0.7, 0.2, 0.1];
    const frequencies = probabilities.map((p) => Math.round(p * 1024));
    const starts = [0, 717, 922];
    let entropyBits = 0;
    for (let i = 0; i < 20_000; i++) {
      const digit = (i * 7919) % 10;
      const symbol = digit < 7 ? 0 : digit < 9 ? 1 : 2;
      entropyBits -= Math.log2(probabilities[symbol] ?? 1);
      const frequency = symbol === 2 ? 1024 - 922 : (frequencies[symbol] ?? 1);
      encoder.encode(starts[symbol] ?? 0, frequency, 10);
    }
    expect(encoder.finish().length * 8).toBeLessThan(entropyBits * 1.01 + 16);
  });

  it("reads any bytes to the end without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoder = createRangeDecoder(bytes);
        const model = createIntegerModel();
        for (let i = 0; i < 300; i++) {
          const value = model.decode(decoder);
          if (!(Math.abs(value) <= MAX_CODED_MAGNITUDE + 1)) throw new Error(`${String(value)} is out of range`);
        }
      }),
    );
  });
});

describe("the adaptive integer model", () => {
  it("gives back every sequence of integers", () => {
    const integers = fc.array(
      fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -MAX_CODED_MAGNITUDE, max: MAX_CODED_MAGNITUDE })),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(integers, (values) => {
        const encoder = createRangeEncoder();
        const writer = createIntegerModel();
        for (const value of values) writer.encode(encoder, value);
        const decoder = createRangeDecoder(encoder.finish());
        const reader = createIntegerModel();
        // -0 and 0 are one number here.
        expect(values.map(() => reader.decode(decoder) + 0)).toEqual(values.map((value) => value + 0));
      }),
    );
  });
});
