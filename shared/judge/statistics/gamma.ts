import { solveRising } from "./quadrature";

/** Coefficients of C. Lanczos' approximation, g = 7, nine terms (P. Godfrey, 2001): 15 figures. */
const LANCZOS_FIRST = 0.99999999999980993;
const LANCZOS = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];

/** The logarithm of the gamma function of a number above 0. */
export function lnGamma(shape: number): number {
  if (shape < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * shape)) - lnGamma(1 - shape);
  const at = shape - 1;
  const sum = LANCZOS.reduce((total, coefficient, index) => total + coefficient / (at + index + 1), LANCZOS_FIRST);
  const base = at + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(base) - base + Math.log(sum);
}

const TERMS = 10_000;
const SMALL = 1e-15;

/** Chance that a gamma variable of scale 1 is at most `value`, by its power series (Abramowitz and Stegun, 6.5.29). */
export function gammaCdf(shape: number, value: number): number {
  if (value <= 0) return 0;
  let term = 1 / shape;
  let sum = term;
  for (let index = 1; index < TERMS && term > SMALL * sum; index += 1) {
    term *= value / (shape + index);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(shape * Math.log(value) - value - lnGamma(shape)));
}

/** The value that a gamma variable of scale 1 stays below with a probability; shape above 0, at most a few thousand. */
export function gammaQuantile(shape: number, probability: number): number {
  return solveRising((value) => gammaCdf(shape, value), probability, 0, shape + 4, 1e6, 1e-9);
}
