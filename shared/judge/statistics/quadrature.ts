/** Nodes and weights of a quadrature rule on an interval. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const rules = new Map<number, Quadrature>();

/** Gauss-Legendre on [-1, 1] by Newton's method on the Legendre polynomials; kept once computed. */
function unitRule(count: number): Quadrature {
  const known = rules.get(count);
  if (known !== undefined) return known;
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let index = 0; index < (count + 1) / 2; index += 1) {
    let x = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 60; step += 1) {
      let before = 1;
      let value = x;
      for (let degree = 2; degree <= count; degree += 1) {
        const next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
        before = value;
        value = next;
      }
      if (count === 1) before = 1;
      slope = (count * (x * value - before)) / (x * x - 1);
      const change = value / slope;
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    const weight = 2 / ((1 - x * x) * slope * slope);
    nodes[index] = -x;
    nodes[count - 1 - index] = x;
    weights[index] = weight;
    weights[count - 1 - index] = weight;
  }
  const rule = { nodes, weights };
  rules.set(count, rule);
  return rule;
}

/** Gauss-Legendre quadrature with `count` nodes (1 or more) on [low, high]. */
export function gaussLegendre(count: number, low: number, high: number): Quadrature {
  const unit = unitRule(count);
  const half = (high - low) / 2;
  const middle = (high + low) / 2;
  return { nodes: unit.nodes.map((x) => middle + half * x), weights: unit.weights.map((weight) => half * weight) };
}

/**
 * Solves a system of linear equations by elimination with partial pivoting.
 * @param matrix `size` x `size`, row by row; overwritten.
 * @param right the right side; becomes the solution.
 */
export function solveLinear(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const at = (row: number, column: number): number => matrix[row * size + column] ?? 0;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    if (pivot !== column) swapRows(matrix, right, pivot, column);
    const diagonal = at(column, column);
    for (let row = column + 1; row < size; row += 1) {
      const factor = at(row, column) / diagonal;
      if (factor === 0) continue;
      const target = row * size;
      const source = column * size;
      for (let k = column + 1; k < size; k += 1) matrix[target + k] = (matrix[target + k] ?? 0) - factor * (matrix[source + k] ?? 0);
      right[row] = (right[row] ?? 0) - factor * (right[column] ?? 0);
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = right[row] ?? 0;
    for (let column = row + 1; column < size; column += 1) sum -= at(row, column) * (right[column] ?? 0);
    right[row] = sum / at(row, row);
  }
  return right;
}

function swapRows(matrix: Float64Array, right: Float64Array, one: number, other: number): void {
  const size = right.length;
  const row = matrix.slice(one * size, (one + 1) * size);
  matrix.copyWithin(one * size, other * size, (other + 1) * size);
  matrix.set(row, other * size);
  const value = right[one] ?? 0;
  right[one] = right[other] ?? 0;
  right[other] = value;
}

/**
 * The argument at which a rising function reaches a value, by bisection between `low` and `high`, which is
 * doubled until it lies above. NaN when it does not within `most`.
 * @param tolerance how close to the solution, relative where it is above 1.
 */
export function solveRising(rising: (at: number) => number, value: number, low: number, high: number, most: number, tolerance = 1e-12): number {
  let above = high;
  while (!(rising(above) >= value)) {
    if (above >= most) return Number.NaN;
    above = Math.min(most, above * 2);
  }
  let below = low;
  for (let step = 0; step < 200 && above - below > tolerance * Math.max(1, above); step += 1) {
    const middle = (below + above) / 2;
    if (rising(middle) >= value) above = middle;
    else below = middle;
  }
  return (below + above) / 2;
}
