import { describe, expect, test } from "vitest";
import { gammaCdf, gammaQuantile, lnGamma } from "./gamma";
import { poissonUpper95, weightedUpper95 } from "./poisson";

describe("the upper limit of weighted events", () => {
  test("is the exact one of their number where all weigh the same", () => {
    for (const count of [0, 1, 3, 24]) for (const weight of [1, 0.01]) expect(weightedUpper95(Array.from({ length: count }, () => weight), weight)).toBeCloseTo(weight * poissonUpper95(count), 6);
  });

  test("grows with the largest weight: one more like it may lie out of sight", () => {
    expect(weightedUpper95([1, 1, 1, 7], 1)).toBeGreaterThan(weightedUpper95([2.5, 2.5, 2.5, 2.5], 1));
  });
});

test("the gamma distribution has the values of an exponential one, of factorials and of its own quantiles", () => {
  expect(gammaCdf(1, 2)).toBeCloseTo(1 - Math.exp(-2), 12);
  expect(lnGamma(6)).toBeCloseTo(Math.log(120), 12);
  expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
  for (const shape of [0.3, 1.7, 40]) expect(gammaCdf(shape, gammaQuantile(shape, 0.95))).toBeCloseTo(0.95, 6);
});
