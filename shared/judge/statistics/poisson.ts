import { gammaQuantile } from "./gamma";
import { solveRising } from "./quadrature";

/** Chance of at most `count` events of a Poisson distribution. */
function poissonCdf(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let events = 1; events <= count; events += 1) {
    term *= mean / events;
    sum += term;
  }
  return sum;
}

/** Exact upper 95 % limit of a Poisson mean after `count` events: 3.00 after none (F. Garwood, 1936). */
export function poissonUpper95(count: number): number {
  return solveRising((mean) => 1 - poissonCdf(count, mean), 0.95, 0, count + 4, 1e6, 1e-9);
}

/**
 * Upper 95 % limit of the expected sum of weighted Poisson events: the gamma limit of M. P. Fay and E. J. Feuer (1997),
 * which takes one more event of the largest weight to lie just out of sight. Never below the true coverage in their
 * simulations; with equal weights it is {@link poissonUpper95}.
 *
 * @param weights of the events seen, each above 0.
 * @param unseen weight of an event where none was seen.
 */
export function weightedUpper95(weights: readonly number[], unseen: number): number {
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0) || unseen;
  const sum = weights.reduce((total, weight) => total + weight, largest);
  const squares = weights.reduce((total, weight) => total + weight * weight, largest * largest);
  return (squares / sum) * gammaQuantile((sum * sum) / squares, 0.95);
}
