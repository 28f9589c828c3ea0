import { normalCdf } from "./normal";
import { solveRising } from "./quadrature";

/**
 * Mixture likelihood ratio of two normal arms (H. Robbins, 1970; R. Johari, P. Koomen, L. Pekelis and D. Walsh,
 * 2022): reject at 1 / alpha or more, whenever one looks.
 * @param pairs of samples; `difference` of the arms' means; `variance` of one sample; `mixingVariance` tau^2.
 */
export function mixtureLikelihoodRatio(pairs: number, difference: number, variance: number, mixingVariance: number): number {
  const spread = 2 * variance + pairs * mixingVariance;
  const exponent = (pairs * pairs * mixingVariance * difference * difference) / (4 * variance * spread);
  return Math.sqrt((2 * variance) / spread) * Math.exp(exponent);
}

/** The mixing precision that makes a normal-mixture boundary tightest at `vOpt` (S. R. Howard et al., 2021, Prop. 3). */
export function normalMixtureRho(vOpt: number, alpha: number, isTwoSided: boolean): number {
  const level = 2 * Math.log(1 / (isTwoSided ? alpha : 2 * alpha));
  return vOpt / (level + Math.log(1 + level));
}

/** Logarithm of the normal mixture supermartingale at the sum `s` with variance `v`. */
export function normalLogMixture(s: number, v: number, rho: number, isTwoSided: boolean): number {
  const square = (s * s) / (2 * (v + rho));
  if (isTwoSided) return 0.5 * Math.log(rho / (v + rho)) + square;
  return 0.5 * Math.log((4 * rho) / (v + rho)) + square + Math.log(normalCdf(s / Math.sqrt(v + rho)));
}

/**
 * The normal-mixture boundary (S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, Annals of Statistics 49,
 * 2021): a sum with variance process `v` leaves it once in 1 / alpha walks at most, however long one looks.
 */
export function normalMixtureBound(v: number, rho: number, alpha: number, isTwoSided: boolean): number {
  if (isTwoSided) return Math.sqrt((v + rho) * Math.log((v + rho) / (rho * alpha * alpha)));
  return solveRising((s) => normalLogMixture(s, v, rho, false), Math.log(1 / alpha), 0, Math.sqrt(v + rho), 1e12 * Math.sqrt(v + rho));
}

/** An interval of real numbers. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Asymptotic confidence sequence of a mean (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas,
 * arXiv 2103.06476, eq. 9; as GrowthBook uses it), tightest near `nStar` samples.
 * @param sd standard deviation of one sample; `nStar` > 0.
 */
export function asymptoticInterval(n: number, mean: number, sd: number, alpha: number, nStar: number): Interval {
  const level = -2 * Math.log(alpha);
  const rhoSquare = (level + Math.log(level + 1)) / nStar;
  const scaled = n * rhoSquare + 1;
  const half = sd * Math.sqrt(((2 * scaled) / (n * n * rhoSquare)) * Math.log(Math.sqrt(scaled) / alpha));
  return { low: mean - half, high: mean + half };
}
