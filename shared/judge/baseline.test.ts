import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../random";
import { normalQuantile } from "./statistics/normal";
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

  test("has the mean of the two middle values as its median, and so for its deviations", () => {
    const baseline = freezeBaseline(Float64Array.from({ length: 120 }, (_, index) => index * index), 0, 1);
    expect(baseline.median).toBe((59 * 59 + 60 * 60) / 2);
    const deviations = Array.from({ length: 120 }, (_, index) => Math.abs(index * index - baseline.median)).sort((a, b) => a - b);
    expect(baseline.spread).toBeCloseTo((1.4826022185056018 * ((deviations[59] ?? 0) + (deviations[60] ?? 0))) / 2, 9);
    expect(freezeBaseline(Float64Array.of(1, 2, 40), 0, 1).median).toBe(2);
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

/** The definitions of the decision written out plainly, slowly and apart from the code that is tested. */
function plainly(inOrder: readonly number[]) {
  const n = inOrder.length;
  const sorted = [...inOrder].sort((a, b) => a - b);
  const values = [...new Set(sorted)];
  const blom = (rank: number): number => normalQuantile((rank - 0.375) / (n + 0.25));
  const scores = values.map((value) => {
    const ranks = sorted.flatMap((each, index) => (each === value ? [index + 1] : []));
    return ranks.reduce((sum, rank) => sum + blom(rank), 0) / ranks.length;
  });
  const scoreAt = (value: number): number => scores[values.indexOf(value)] ?? Number.NaN;
  const nearest = (wanted: number): number => scores.reduce((best, score, index) => (Math.abs(score - wanted) < Math.abs((scores[best] ?? 0) - wanted) ? index : best), 0);
  const slope = (end: number, wanted: number): number => (1.25 * Math.abs((values[end] ?? 0) - (values[nearest(wanted)] ?? 0))) / Math.abs((scores[end] ?? 0) - (scores[nearest(wanted)] ?? 0));
  const series = inOrder.map(scoreAt);
  const lagged = (of: readonly number[], lag: number): number => of.slice(lag).reduce((sum, value, index) => sum + value * (of[index] ?? 0), 0);
  const raw = lagged(series, 1) / lagged(series, 0);
  const rho = raw + (1 + 3 * raw) / n;
  const residuals = series.slice(1).map((score, index) => score - rho * (series[index] ?? 0));
  const lags = Math.floor(1.5 * Math.cbrt(n - 1));
  const ratio = 1 + Array.from({ length: lags }, (_, index) => 2 * (1 - (index + 1) / (lags + 1)) * (lagged(residuals, index + 1) / lagged(residuals, 0))).reduce((sum, term) => sum + term, 0);
  const isWhite = ratio <= 1 + 2 * Math.sqrt((4 * lags) / (3 * (n - 1)));
  return { values, scores, lower: slope(0, -1.5), upper: slope(values.length - 1, 1.5), rho, residualScale: isWhite ? 1 : Math.sqrt(ratio) };
}

describe("a baseline, against its definitions written out", () => {
  const shapes: readonly (readonly [string, Float64Array])[] = [
    ["normal", draw(120, 31, 0.6, (z) => 8 + 0.5 * z)],
    ["skewed", draw(240, 32, 0.3, (z) => 20 * Math.exp(0.25 * z))],
    ["with ties", draw(240, 33, 0.5, (z) => Math.round(20 + 2 * z))],
    ["slowly wandering", (() => {
      const random = seededRandom(6);
      const slow = scoreStream(random, 0.95);
      return Float64Array.from({ length: 480 }, () => 50 + slow() + random.normal());
    })()],
  ];

  test.each(shapes)("has the scores, tails and dependence of a %s series", (name, inOrder) => {
    const baseline = freezeBaseline(inOrder, 0, 500 * inOrder.length);
    const plain = plainly([...inOrder]);
    expect([...baseline.values]).toEqual(plain.values);
    for (const [index, score] of plain.scores.entries()) expect(baseline.scores[index]).toBeCloseTo(score, 10);
    expect(baseline.lowerScale).toBeCloseTo(Math.max(baseline.spread / 2, plain.lower), 8);
    expect(baseline.upperScale).toBeCloseTo(Math.max(baseline.spread / 2, plain.upper), 8);
    expect(baseline.rho).toBeCloseTo(plain.rho, 8);
    expect(baseline.residualScale).toBeCloseTo(plain.residualScale, 8);
    expect(baseline.residualScale > 1).toBe(name === "slowly wandering");
    expect(baseline.longRunVariance).toBeCloseTo(((1 + plain.rho) / (1 - plain.rho)) * plain.residualScale ** 2, 7);
  });

  test.each(shapes)("places what lies between and beyond the values of a %s series", (_, inOrder) => {
    const baseline = freezeBaseline(inOrder, 0, 1);
    const { values, scores } = plainly([...inOrder]);
    const at = (index: number): readonly [number, number] => [values.at(index) ?? 0, scores.at(index) ?? 0];
    for (let index = 1; index < values.length; index += 1) {
      const [below, from] = at(index - 1);
      const [above, to] = at(index);
      expect(scoreOf(baseline, below + 0.3 * (above - below))).toBeCloseTo(from + 0.3 * (to - from), 6);
    }
    const [lowest, first] = at(0);
    const [highest, last] = at(-1);
    expect(scoreOf(baseline, highest + 0.5 * baseline.upperScale)).toBeCloseTo(last + 0.5, 9);
    expect(scoreOf(baseline, lowest - 0.5 * baseline.lowerScale)).toBeCloseTo(first - 0.5, 9);
  });
});
