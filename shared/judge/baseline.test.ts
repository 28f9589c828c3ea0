import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../random";
import { freezeBaseline, LARGEST_SCORE, scoreOf } from "./baseline";
import { scoreStream } from "./simulation/noise";

function draw(n: number, seed: number, rho: number, shape: (score: number) => number): Float64Array {
  const next = scoreStream(seededRandom(seed), rho);
  return Float64Array.from({ length: n }, () => shape(next()));
}
const frozen = (n: number, seed: number, rho: number, shape: (score: number) => number) => freezeBaseline(draw(n, seed, rho, shape), 0, 500 * (n - 1));

describe("a baseline", () => {
  test("is median and robust spread, with its size and times", () => {
    const baseline = frozen(960, 3, 0, (z) => 8 + 0.4 * z);
    expect(baseline).toMatchObject({ n: 960, fromMs: 0, toMs: 479_500 });
    expect(baseline.median).toBeCloseTo(8, 1);
    expect(baseline.spread).toBeCloseTo(0.4, 1);
  });

  test("is not moved by a tenth of outliers", () => {
    const values = draw(240, 4, 0, (z) => 20 + z).map((value, index) => (index % 10 === 0 ? 400 : value));
    const baseline = freezeBaseline(values, 0, 1);
    expect(Math.abs(baseline.median - 20)).toBeLessThan(0.5);
    expect(baseline.spread).toBeLessThan(1.5);
  });

  test("finds the autocorrelation, and corrects the long-run variance for it", () => {
    for (const rho of [0, 0.5, 0.8]) {
      const baseline = frozen(1920, 5, rho, (z) => z);
      expect(Math.abs(baseline.rho - rho)).toBeLessThan(0.06);
      expect(baseline.longRunVariance / ((1 + rho) / (1 - rho))).toBeGreaterThan(0.7);
      expect(baseline.longRunVariance / ((1 + rho) / (1 - rho))).toBeLessThan(1.5);
    }
  });

  test("notices dependence that no autoregression of first order has", () => {
    const random = seededRandom(6);
    const slow = scoreStream(random, 0.95);
    const baseline = freezeBaseline(Float64Array.from({ length: 1920 }, () => slow() + random.normal()), 0, 1);
    expect(baseline.residualScale).toBeGreaterThan(1.3);
    expect(frozen(1920, 7, 0.5, (z) => z).residualScale).toBeLessThan(1.2);
  });

  test("takes an alternating series for an independent one, never for less", () => {
    const baseline = freezeBaseline(Float64Array.from({ length: 240 }, (_, index) => (index % 2 === 0 ? 1 : -1) * (1 + index / 1000)), 0, 1);
    expect([baseline.rho, baseline.longRunVariance]).toEqual([0, 1]);
  });

  test("believes no spread below half a percent of the median", () => {
    const baseline = freezeBaseline(new Float64Array(120).fill(0.9), 0, 1);
    expect(baseline.spread).toBeCloseTo(0.0045, 10);
    expect(scoreOf(baseline, 0.9)).toBe(0);
    expect(scoreOf(baseline, 0.8955)).toBeCloseTo(-1, 6);
    expect(baseline.rho).toBe(0);
  });
});

describe("a normal score", () => {
  test("is the same whatever rising scale the metric is measured on", () => {
    const plain = frozen(240, 8, 0.3, (z) => z);
    const skewed = frozen(240, 8, 0.3, (z) => Math.exp(0.4 * z));
    expect(skewed.rho).toBeCloseTo(plain.rho, 2);
    for (const z of [-2, -1, 0, 0.5, 1.5]) expect(scoreOf(skewed, Math.exp(0.4 * z))).toBeCloseTo(scoreOf(plain, z), 1);
  });

  test("rises with the value and is capped", () => {
    const baseline = frozen(480, 9, 0, (z) => 10 + z);
    fc.assert(
      fc.property(fc.double({ min: -50, max: 70, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }), (value, more) => {
        const score = scoreOf(baseline, value);
        expect(scoreOf(baseline, value + more)).toBeGreaterThanOrEqual(score - 1e-12);
        expect(Math.abs(score)).toBeLessThanOrEqual(LARGEST_SCORE);
      }),
    );
    expect([scoreOf(baseline, -1e9), scoreOf(baseline, 1e9)]).toEqual([-LARGEST_SCORE, LARGEST_SCORE]);
  });

  test("of every knot is the knot's own, ties included", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 120, maxLength: 160 }), (values) => {
        const baseline = freezeBaseline(Float64Array.from(values), 0, 1);
        for (const [index, value] of baseline.values.entries()) expect(scoreOf(baseline, value)).toBeCloseTo(baseline.scores[index] ?? Number.NaN, 9);
      }),
      { numRuns: 40 },
    );
  });
});
