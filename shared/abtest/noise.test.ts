import { expect, test } from "vitest";
import { fastNormal } from "../judge/simulation/noise";
import { seededRandom } from "../random";
import { addSample, addSums, emptySums, estimateNoise, meanVariance, type SampleSums } from "./noise";
import { predictDecisionMs, recentNoise } from "./outlook";
import { TEST_DEFAULTS } from "./request";

const SAMPLES = 26;

/** Blocks of first-order autoregressions, each with its share of the variance, added up. */
function simulate(parts: readonly { readonly share: number; readonly rho: number }[], blocks: number): readonly number[][] {
  const normal = fastNormal(seededRandom(8));
  const scores = parts.map(() => normal());
  return Array.from({ length: blocks }, () =>
    Array.from({ length: SAMPLES }, () => {
      let value = 0;
      for (const [index, { share, rho }] of parts.entries()) {
        const score = rho * (scores[index] ?? 0) + Math.sqrt(1 - rho * rho) * normal();
        scores[index] = score;
        value += Math.sqrt(share) * score;
      }
      return value;
    }),
  );
}

function cellOf(blocks: readonly (readonly number[])[]): SampleSums {
  const cell = emptySums();
  for (const values of blocks) {
    const block = emptySums();
    let before = Number.NaN;
    for (const value of values) {
      addSample(block, value, before);
      before = value;
    }
    addSums(cell, block);
  }
  return cell;
}

test("finds the variance of a block's mean of autocorrelated noise", () => {
  for (const rho of [0, 0.5, 0.8]) {
    const noise = estimateNoise([cellOf(simulate([{ share: 1, rho }], 2000)), emptySums()], SAMPLES);
    expect(noise.rho).toBeCloseTo(rho, 1);
    expect(noise.variance / meanVariance(SAMPLES, rho)).toBeGreaterThan(0.93);
    // Batches of an autoregression are none of first order: they explain a little too much, never too little.
    expect(noise.variance / meanVariance(SAMPLES, rho)).toBeLessThan(1.2);
  }
});

test("finds the slow half of a noise whose other half forgets at once", () => {
  const parts = [{ share: 0.5, rho: 0 }, { share: 0.5, rho: 0.9 }];
  const noise = estimateNoise([cellOf(simulate(parts, 2000)), emptySums()], SAMPLES);
  const truth = 0.5 * meanVariance(SAMPLES, 0) + 0.5 * meanVariance(SAMPLES, 0.9);
  // The samples alone, taken for a first-order autoregression of 0.45, explain less than half of it.
  expect(meanVariance(SAMPLES, noise.rho) / truth).toBeLessThan(0.5);
  expect(noise.variance / truth).toBeGreaterThan(0.8);
  expect(noise.variance / truth).toBeLessThan(1.3);
});

test("takes a gap for no neighbours", () => {
  const sums = emptySums();
  for (const value of [1, 2, 3]) addSample(sums, value, Number.NaN);
  expect([sums.count, sums.pairs, sums.batches.count]).toEqual([3, 0, 0]);
});

test("predicts the time to a decision from the nodes' recent samples", () => {
  const values = simulate([{ share: 1, rho: 0.5 }], 400).flat();
  const noise = recentNoise(values);
  if (noise === null) throw new Error("there are enough samples");
  const request = { ...TEST_DEFAULTS, longestMs: 1_200_000 };
  const decision = predictDecisionMs("crossover", request, [noise, noise], 0.25) ?? Number.NaN;
  // Simulated tests take a median of 390 s.
  expect(decision).toBeGreaterThanOrEqual(300_000);
  expect(decision).toBeLessThanOrEqual(420_000);
  expect(predictDecisionMs("parallel", request, [noise, noise], 0.25) ?? Infinity).toBeGreaterThan(decision);
  expect(predictDecisionMs("crossover", request, [noise, noise], 0.01)).toBeNull();
  expect(recentNoise([1, 2, null, Number.NaN])).toBeNull();
});
