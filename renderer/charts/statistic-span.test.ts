import { describe, expect, it } from "vitest";
import { statisticSpan } from "./statistic-span";

const path = Float64Array.from({ length: 61 }, (_, index) => 1_000 * index);

describe("the stretch of a statistic's chart", () => {
  it("is its path, of ten seconds at least", () => {
    expect(statisticSpan(path, null)).toEqual({ fromMs: 0, toMs: 60_000 });
    expect(statisticSpan(Float64Array.of(5_000), null)).toEqual({ fromMs: -5_000, toMs: 5_000 });
  });

  it("goes on to a little beyond the crossing, and not on for ever", () => {
    const near = statisticSpan(path, { inMs: 14_000, sentence: "" });
    expect(near.toMs - 60_000).toBeCloseTo(18_900);
    const far = statisticSpan(path, { inMs: 9_000_000, sentence: "" });
    expect(60_000 / (far.toMs - far.fromMs)).toBeCloseTo(0.55);
  });
});
