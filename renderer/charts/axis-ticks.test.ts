import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeTicks, valueTicks } from "./axis-ticks";

describe("value axis", () => {
  it("has round marks within its ends, six at most", () => {
    const end = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(end, (max) => {
        const { values } = valueTicks({ min: 0, max });
        expect(values.length).toBeGreaterThanOrEqual(2);
        expect(values.length).toBeLessThanOrEqual(6);
        expect(values[0]).toBe(0);
        expect(values.at(-1)).toBeLessThanOrEqual(max * (1 + 1e-6));
      }),
    );
  });

  it("writes a quality axis with one decimal", () => {
    expect(valueTicks({ min: 0.6, max: 1 })).toEqual({ values: [0.6, 0.7, 0.8, 0.9, 1], decimals: 1 });
  });
});

describe("clock axis", () => {
  it("marks every 2 minutes of ten and every 15 s of one", () => {
    expect(timeTicks(0, 600_000, 5).atMs).toEqual([0, 120_000, 240_000, 360_000, 480_000, 600_000]);
    const week = timeTicks(0, 7 * 86_400_000, 8);
    expect([week.isDaily, week.atMs.length]).toEqual([true, 8]);
    expect(timeTicks(0, 365 * 86_400_000, 5).atMs.length).toBeLessThanOrEqual(6);
    expect(timeTicks(1, 60_001, 5)).toEqual({ atMs: [15_000, 30_000, 45_000, 60_000], isFine: true, isDaily: false });
  });
});
