import { SIEGMUND_OVERSHOOT } from "./cusum";
import { solveRising } from "./quadrature";

/** Variance of a sum of n values over n, for a first-order autoregression of variance 1: (1 + rho) / (1 - rho). */
export function longRunVariance(rho: number): number {
  return (1 + rho) / (1 - rho);
}

/** Mean samples to a false alarm of a distribution-free CUSUM; the right side of the equation of {@link dtcLimit}. */
export function dtcArl(k: number, limit: number, longRun: number): number {
  const x = (2 * k * (limit + SIEGMUND_OVERSHOOT * Math.sqrt(longRun))) / longRun;
  return (longRun / (2 * k * k)) * (Math.expm1(x) - x);
}

/**
 * The limit of the distribution-free tabular CUSUM for autocorrelated values (S.-H. Kim, C. Alexopoulos,
 * K.-L. Tsui and J. R. Wilson, IIE Transactions 39, 2007): Siegmund's approximation with the variance
 * parameter of the process. Errs on the safe side where values are correlated.
 *
 * @param k reference value in standard deviations, > 0.
 * @param longRun long-run variance in units of the variance, > 0.
 */
export function dtcLimit(k: number, longRun: number, arl0: number): number {
  const lowest = -SIEGMUND_OVERSHOOT * Math.sqrt(longRun);
  return solveRising((limit) => Math.log1p(dtcArl(k, limit, longRun)), Math.log1p(arl0), lowest, 1, 1e9);
}
