import { normalCdf, normalPdf } from "./normal";
import { gaussLegendre, solveLinear } from "./quadrature";

/** An EWMA chart on standardised values: Z = (1 - lambda) Z + lambda z from 0. */
export interface EwmaChart {
  /** Weight of the newest value, above 0 to 1. */
  readonly lambda: number;
  /** Limits at so many asymptotic standard deviations of Z, sqrt(lambda / (2 - lambda)); > 0. */
  readonly c: number;
}

/** How far below 0, in asymptotic standard deviations, a one-sided chart is followed; further down nothing changes. */
const FLOOR = 9;

/**
 * Mean samples to an alarm of an EWMA chart on independent normal values, exact by Nystroem on Gauss-Legendre
 * nodes (S. V. Crowder, 1987). Two-sided: alarm beyond either limit (J. M. Lucas and M. S. Saccucci, 1990).
 * One-sided: alarm beyond the upper limit alone, with no barrier below (K.-H. Waldmann, 1986).
 */
export function ewmaArl({ lambda, c }: EwmaChart, mean: number, isTwoSided: boolean): number {
  const sd = Math.sqrt(lambda / (2 - lambda));
  const high = c * sd;
  const low = isTwoSided ? -high : -FLOOR * sd;
  const count = Math.max(80, Math.ceil((4 * (high - low)) / lambda) + 30);
  const { nodes, weights } = gaussLegendre(count, low, high);
  // A one-sided chart that leaves at the bottom is held there: row and column 0.
  const size = count + 1;
  const matrix = new Float64Array(size * size);
  const place = (row: number): number => (row === 0 ? low : (nodes[row - 1] ?? 0));
  for (let row = 0; row < size; row += 1) {
    const kept = (1 - lambda) * place(row);
    matrix[row * size] = isTwoSided ? 0 : -normalCdf((low - kept) / lambda - mean);
    for (let column = 1; column < size; column += 1) {
      matrix[row * size + column] = (-(weights[column - 1] ?? 0) / lambda) * normalPdf(((nodes[column - 1] ?? 0) - kept) / lambda - mean);
    }
    matrix[row * size + row] = (matrix[row * size + row] ?? 0) + 1;
  }
  const solution = solveLinear(matrix, new Float64Array(size).fill(1));
  let sum = 1 + (isTwoSided ? 0 : (solution[0] ?? 0) * normalCdf(low / lambda - mean));
  for (let index = 0; index < count; index += 1) {
    sum += ((weights[index] ?? 0) / lambda) * (solution[index + 1] ?? 0) * normalPdf((nodes[index] ?? 0) / lambda - mean);
  }
  return sum;
}
