import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { METRICS } from "../../shared/fleet/sample";
import { firstScale, withRoomFor } from "./value-scale";

describe("the scale of a value axis", () => {
  it.each([
    ["compressionRatio", 5, { min: 0, max: 8 }],
    ["latencyMs", 50, { min: 0, max: 60 }],
    ["qualityScore", 0.7, { min: 0.6, max: 1 }],
    ["bandwidthKbps", null, { min: 0, max: 100 }],
  ] as const)("opens %s with its limit inside", (metric, limit, scale) => {
    expect(firstScale(metric, limit)).toEqual(scale);
  });

  it("always has room for what it was given and never shrinks", () => {
    const values = fc.array(fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.constant(Number.NaN)));
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), values, (metric, given) => {
        const fitting = metric === "qualityScore" ? given.map((value) => value / 1e5) : given;
        const first = firstScale(metric, null);
        const scale = withRoomFor(metric, first, fitting);
        expect(scale.min).toBeLessThanOrEqual(first.min);
        expect(scale.max).toBeGreaterThanOrEqual(first.max);
        for (const value of fitting) if (!Number.isNaN(value)) expect(value >= scale.min && value <= scale.max).toBe(true);
        expect(withRoomFor(metric, scale, fitting)).toBe(scale);
      }),
    );
  });
});
