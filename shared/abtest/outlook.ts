import { normalCdf } from "../judge/statistics/normal";
import { criticalValue, type CriticalCurve } from "./critical";
import type { Estimate } from "./effect";
import { CALIBRATION_BLOCKS, curveFor, firstLook, looksOf } from "./looks";
import { addSample, emptySums, estimateNoise, meanVariance } from "./noise";
import type { TestRequest } from "./request";

/** What a node's own recent samples say of its noise. */
export interface RecentNoise {
  /** Variance of one sample, in the metric's unit squared. */
  readonly variance: number;
  /** Autocorrelation of neighbouring samples. */
  readonly rho: number;
  readonly count: number;
}

/**
 * Reads the noise off a node's recent samples of one version.
 *
 * @param values in time order; null or not finite: no data.
 * @returns null with fewer than 60 values: 30 s at 2 Hz.
 */
export function recentNoise(values: readonly (number | null)[]): RecentNoise | null {
  const sums = emptySums();
  let before = Number.NaN;
  for (const value of values) {
    const given = value !== null && Number.isFinite(value) ? value : Number.NaN;
    if (!Number.isNaN(given)) addSample(sums, given, before);
    before = given;
  }
  if (sums.count < 60) return null;
  const { sampleVariance, rho } = estimateNoise([sums, emptySums()], 2);
  return { variance: sampleVariance, rho, count: sums.count };
}

/**
 * How long half of the tests take to name a winner where the versions differ by `difference`, calibration included.
 * PREDICTED: it takes the noise to stay as it was. Exact to a block or two where the noise is estimated well.
 *
 * @returns milliseconds; null where the longest test is too short. Replicated tests are not predicted: how much nodes
 * of an arm differ cannot be read off the noise of each.
 */
export function predictDecisionMs(
  design: "crossover" | "parallel",
  request: Pick<TestRequest, "alpha" | "blockMs" | "washOutMs" | "longestMs" | "periodMs">,
  noises: readonly [RecentNoise, RecentNoise],
  difference: number,
): number | null {
  const samples = (request.blockMs - request.washOutMs) / request.periodMs;
  const varianceOf = ({ variance, rho }: RecentNoise): number =>
    variance * (design === "crossover" ? meanVariance(samples, rho) : (1 + rho) / (1 - rho) / samples);
  const blockVariance = varianceOf(noises[0]) + varianceOf(noises[1]);
  const blocks = Math.floor(request.longestMs / request.blockMs);
  const looks = looksOf(design, blocks);
  const curve = curveFor(design, blocks, request.alpha);
  const found = looks.findIndex((t) => Math.abs(difference) >= criticalValue(curve, t) * Math.sqrt(blockVariance / t));
  const calibration = design === "parallel" ? CALIBRATION_BLOCKS : 0;
  return found < 0 ? null : (calibration + firstLook(design) + found) * request.blockMs;
}

/** Half the width that the interval will have at information `t`, if the noise stays. */
export function halfWidthAt(estimate: Estimate, curve: CriticalCurve, t: number): number {
  const widened = estimate.critical / criticalValue(curve, estimate.information);
  return widened * criticalValue(curve, t) * estimate.standardError * Math.sqrt(estimate.information / t);
}

/** Blocks of information until the half-width is at most `width`, if the noise stays; null if not before `last`. */
export function informationFor(estimate: Estimate, curve: CriticalCurve, width: number, last: number): number | null {
  for (let t = Math.ceil(estimate.information); t <= last; t += 1) if (halfWidthAt(estimate, curve, t) <= width) return t;
  return null;
}

/** The chance that the test, at its end, has a winner or no difference that matters, if the estimate so far is true. */
export function decisionChance(estimate: Estimate, curve: CriticalCurve, smallestDifference: number, last: number): number {
  if (last <= estimate.information) return 0;
  const half = halfWidthAt(estimate, curve, last);
  const sd = estimate.standardError * Math.sqrt(1 - estimate.information / last);
  const within = (limit: number): number => (limit <= 0 ? 0 : normalCdf((limit - estimate.effect) / sd) - normalCdf((-limit - estimate.effect) / sd));
  return Math.min(1, 1 - within(half) + within(smallestDifference - half));
}
