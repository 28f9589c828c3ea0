import { normalCdf, normalPdf } from "./normal";
import { gaussLegendre, solveLinear, solveRising } from "./quadrature";

/** A one-sided CUSUM on standardised values: S = max(0, S + z - k), alarm at S >= h. */
export interface CusumChart {
  /** Reference value in standard deviations, half of the shift looked for; >= 0. */
  readonly k: number;
  /** Limit in standard deviations; > 0. */
  readonly h: number;
}

/** The largest limit that the exact integral is solved for. */
export const LARGEST_CUSUM_LIMIT = 200;

/** Mean samples to an alarm beyond which a double has no figures left; such a chart counts as silent. */
export const LONGEST_ARL = 1e13;

/** Nodes: the kernel is one standard deviation wide, and 60 to 100 nodes reproduce every published table. */
function nodesFor(h: number): number {
  return Math.max(60, Math.ceil(3.2 * h) + 30);
}

/**
 * Mean samples to an alarm of a one-sided CUSUM on independent normal values, exact:
 * L(s) = 1 + L(0) F(k - s) + integral over 0..h of L(x) f(x + k - s) dx, by Nystroem on Gauss-Legendre
 * nodes (D. Brook and D. Evans, 1972; S. Vance, 1986; statistics of the field: CRAN package spc).
 *
 * @param mean of the values, in standard deviations towards the limit.
 * @param start value of S before the first sample, 0 to h (a head start).
 * @returns Infinity beyond {@link LONGEST_ARL}.
 */
export function cusumArl({ k, h }: CusumChart, mean: number, start = 0): number {
  const count = nodesFor(h);
  const { nodes, weights } = gaussLegendre(count, 0, h);
  const size = count + 1;
  const matrix = new Float64Array(size * size);
  // Row and column 0 are the value at 0, where the chart stays with a probability of its own.
  const place = (row: number): number => (row === 0 ? 0 : (nodes[row - 1] ?? 0));
  for (let row = 0; row < size; row += 1) {
    const s = place(row);
    matrix[row * size] = -normalCdf(k - s - mean);
    for (let column = 1; column < size; column += 1) {
      matrix[row * size + column] = -(weights[column - 1] ?? 0) * normalPdf((nodes[column - 1] ?? 0) + k - s - mean);
    }
    matrix[row * size + row] = (matrix[row * size + row] ?? 0) + 1;
  }
  const solution = solveLinear(matrix, new Float64Array(size).fill(1));
  const fromZero = solution[0] ?? Number.NaN;
  // Beyond this the system is singular to a double: the chart is silent for longer than anybody watches.
  if (!(fromZero > 0 && fromZero < LONGEST_ARL)) return Infinity;
  if (start === 0) return fromZero;
  let sum = 1 + fromZero * normalCdf(k - start - mean);
  for (let index = 0; index < count; index += 1) {
    sum += (weights[index] ?? 0) * (solution[index + 1] ?? 0) * normalPdf((nodes[index] ?? 0) + k - start - mean);
  }
  return sum;
}

/**
 * Mean samples to an alarm of a pair of CUSUMs, one to each side, both with the same head start.
 *
 * While both are above 0 their sum falls by 2k a sample, so that with 2 * start <= h + 2k neither alarms while
 * the other is above 0, and the other then starts from 0. From that follows, exactly,
 * L = (U(s) V(0) + V(s) U(0) - U(0) V(0)) / (U(0) + V(0)) with the one-sided U and V
 * (J. M. Lucas and R. B. Crosier, 1982); without a head start 1/L = 1/U + 1/V.
 *
 * @param start at most {@link largestTwoSidedStart}.
 */
export function twoSidedCusumArl(chart: CusumChart, mean: number, start = 0): number {
  const up = cusumArl(chart, mean);
  const down = cusumArl(chart, -mean);
  const isUpSilent = up === Infinity;
  if (start === 0 || (isUpSilent && down === Infinity)) return 1 / (1 / up + 1 / down);
  if (isUpSilent) return cusumArl(chart, -mean, start);
  if (down === Infinity) return cusumArl(chart, mean, start);
  const upStarted = cusumArl(chart, mean, start);
  const downStarted = cusumArl(chart, -mean, start);
  const share = 1 / (1 + up / down);
  const otherShare = 1 / (1 + down / up);
  return upStarted * share + downStarted * otherShare - up * share;
}

/** The head start up to which {@link twoSidedCusumArl} is exact. */
export function largestTwoSidedStart({ k, h }: CusumChart): number {
  return Math.min(h, h / 2 + k);
}

/** Siegmund's correction of a limit for the overshoot of a discrete walk (D. Siegmund, 1985). */
export const SIEGMUND_OVERSHOOT = 1.166;

/** Siegmund's approximation of the one-sided mean samples to an alarm: (exp(-2Db) + 2Db - 1) / (2 D^2). */
export function siegmundArl({ k, h }: CusumChart, mean: number): number {
  const drift = mean - k;
  const b = h + SIEGMUND_OVERSHOOT;
  const x = 2 * drift * b;
  if (Math.abs(x) < 1e-5) return b * b * (1 - x / 3);
  return (Math.expm1(-x) + x) / (2 * drift * drift);
}

/** The limit at which a CUSUM has so many mean samples to a false alarm; NaN when it lies beyond 200. */
export function cusumLimit(k: number, arl0: number, isTwoSided: boolean): number {
  const wanted = isTwoSided ? 2 * arl0 : arl0;
  // By symmetry the two sides share false alarms evenly.
  const exact = (h: number): number => Math.log(cusumArl({ k, h }, 0));
  const guess = solveRising((h) => Math.log(siegmundArl({ k, h }, 0)), Math.log(wanted), 0, 1, 1e6);
  if (!(guess < LARGEST_CUSUM_LIMIT)) return Number.NaN;
  return refine(exact, Math.log(wanted), Math.max(guess, 0.05));
}

/** The logarithm of a mean time is known to so much at least. */
const NOISE = 1e-7;

/** A secant search that starts near the solution: each evaluation solves a linear system. */
function refine(rising: (at: number) => number, value: number, guess: number): number {
  let one = guess;
  let oneValue = rising(one) - value;
  let other = Math.max(1e-6, guess * 1.01);
  let otherValue = rising(other) - value;
  for (let step = 0; step < 60; step += 1) {
    if (Math.abs(otherValue) < 1e-12 || otherValue === oneValue) return other;
    // A long mean time has few exact figures: where the search does not come nearer any more, it only follows their noise.
    if (Math.abs(oneValue) < NOISE && Math.abs(otherValue) >= Math.abs(oneValue)) return one;
    const next = Math.max(other / 4, 1e-9, other - (otherValue * (other - one)) / (otherValue - oneValue));
    if (Math.abs(next - other) < 1e-12 * other) return next;
    one = other;
    oneValue = otherValue;
    other = next;
    otherValue = rising(other) - value;
  }
  return other;
}
