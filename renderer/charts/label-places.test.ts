import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { labelPlaces } from "./label-places";

const PLOT = { top: 10, bottom: 150 };

describe("labels of limit and baseline", () => {
  it("stand below a largest and above a smallest value, the baseline's below its band", () => {
    expect(labelPlaces({ ...PLOT, limit: { y: 40, side: "max" }, baseline: { top: 110, bottom: 114 } })).toEqual({ limit: 54, baseline: 127, isBaselineAtRight: false });
    expect(labelPlaces({ ...PLOT, limit: { y: 140, side: "min" }, baseline: { top: 40, bottom: 44 } })).toEqual({ limit: 135, baseline: 57, isBaselineAtRight: false });
  });

  it("make room for each other where the baseline is right below the largest value", () => {
    const { limit, baseline } = labelPlaces({ ...PLOT, limit: { y: 120, side: "max" }, baseline: { top: 147, bottom: 150 } });
    expect(limit, "above its line").toBe(115);
    expect(baseline, "above its band").toBe(142);
  });

  it("never touch where both begin at the left, and the baseline's stays in the plot", () => {
    const y = fc.integer({ min: PLOT.top, max: PLOT.bottom });
    fc.assert(
      fc.property(y, fc.constantFrom("min" as const, "max" as const), y, fc.integer({ min: 3, max: 30 }), (limitY, side, middle, height) => {
        const places = labelPlaces({ ...PLOT, limit: { y: limitY, side }, baseline: { top: middle - height / 2, bottom: middle + height / 2 } });
        expect(places.baseline).toBeLessThanOrEqual(PLOT.bottom);
        expect(places.baseline).toBeGreaterThanOrEqual(PLOT.top);
        if (!places.isBaselineAtRight) expect(Math.abs(places.limit - places.baseline)).toBeGreaterThanOrEqual(13);
      }),
    );
  });
});
