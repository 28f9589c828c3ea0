import { normalPdf } from "./normal";
import { gaussLegendre, solveLinear } from "./quadrature";

/** How far below the limit, in natural logarithms of the statistic, its distribution is followed. */
const DEPTH = 60;

/**
 * Mean samples to a false alarm of the Shiryaev-Roberts procedure R = (1 + R) exp(theta z - theta^2 / 2) from 0,
 * alarm at R >= A (G. V. Moustakides, A. S. Polunchenko and A. G. Tartakovsky, 2009), for independent normal
 * values, by Nystroem on the logarithm of R.
 * @param theta the shift looked for, in standard deviations, > 0.
 */
export function shiryaevRobertsArl(theta: number, threshold: number): number {
  const high = Math.log(threshold);
  // log(1 + R) is never below 0, so log R is hardly ever below -theta^2/2 - 9 theta.
  const low = Math.max(high - DEPTH, -(theta * theta) / 2 - 9 * theta);
  const count = Math.max(80, Math.ceil((5 * (high - low)) / theta) + 30);
  const { nodes, weights } = gaussLegendre(count, low, high);
  const chance = (from: number, to: number): number => normalPdf((to - Math.log1p(Math.exp(from))) / theta + theta / 2) / theta;
  const matrix = new Float64Array(count * count);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      matrix[row * count + column] = -(weights[column] ?? 0) * chance(nodes[row] ?? 0, nodes[column] ?? 0);
    }
    matrix[row * count + row] = (matrix[row * count + row] ?? 0) + 1;
  }
  const solution = solveLinear(matrix, new Float64Array(count).fill(1));
  let sum = 1;
  for (let index = 0; index < count; index += 1) sum += (weights[index] ?? 0) * (solution[index] ?? 0) * chance(-Infinity, nodes[index] ?? 0);
  return sum;
}
