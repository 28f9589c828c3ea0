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
