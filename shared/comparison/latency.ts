import { quantile } from "../quantiles";
import { seededRandom } from "../random";

/** A density over evenly spaced values; its area is 1. */
export interface Density {
  /** Value of the first height. */
  readonly from: number;
  /** Distance between two heights, > 0. */
  readonly step: number;
  readonly heights: readonly number[];
}

/** Narrowest kernel as a share of the range drawn: narrower, and a line would be a spike of one pixel. */
const NARROWEST_SHARE = 1 / 150;

/**
 * Gaussian kernel density estimate, kernel width by Silverman's rule of thumb with the interquartile range
 * (B. W. Silverman, Density Estimation, 1986, 3.31).
 *
 * @param range the values drawn from and to; mass beyond them is not drawn.
 * @param count heights, 2 and up.
 * @returns no heights for no values.
 */
export function densityOf(values: readonly number[], range: { readonly from: number; readonly to: number }, count: number): Density {
  const { from, to } = range;
  const step = (to - from) / (count - 1);
  const n = values.length;
  if (n === 0) return { from, step, heights: [] };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1));
  const quartiles = (quantile(values, 0.75) - quantile(values, 0.25)) / 1.34;
  const spread = quartiles > 0 ? Math.min(deviation, quartiles) : deviation;
  const width = Math.max(0.9 * spread * n ** -0.2, (to - from) * NARROWEST_SHARE);
  const scale = 1 / (n * width * Math.sqrt(2 * Math.PI));
  const heights = Array.from({ length: count }, (_, i) => {
    const at = from + i * step;
    return scale * values.reduce((sum, value) => sum + Math.exp(-0.5 * ((at - value) / width) ** 2), 0);
  });
  return { from, step, heights };
}

/** A difference with the interval that holds it in 95 of 100 repetitions. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 400;
const BOOTSTRAP_SEED = 0x9c95;

/**
 * How much longer the 95th percentile of `b` is than that of `a`, with its bootstrap interval (percentile
 * method; B. Efron, 1979). Both were measured in turns, so value i of `a` and of `b` met the same frame and
 * the same moment and are drawn together; so are all rounds of one frame, because they resemble each other.
 *
 * @param a ms, frame after frame, round after round.
 * @param b as long as `a`.
 * @param frames frames of a round, 1 and up.
 * @returns null for fewer than two frames.
 */
export function p95Difference(a: readonly number[], b: readonly number[], frames: number): Interval | null {
  if (frames < 2 || a.length !== b.length || a.length < frames) return null;
  const random = seededRandom(BOOTSTRAP_SEED);
  const differences: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const drawnA: number[] = [];
    const drawnB: number[] = [];
    for (let draw = 0; draw < frames; draw++) {
      for (let at = random.nextInt(frames); at < a.length; at += frames) {
        drawnA.push(a[at] ?? 0);
        drawnB.push(b[at] ?? 0);
      }
    }
    differences.push(quantile(drawnB, 0.95) - quantile(drawnA, 0.95));
  }
  return {
    value: quantile(b, 0.95) - quantile(a, 0.95),
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
  };
}
