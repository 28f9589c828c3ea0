import { gaussLegendre } from "../judge/statistics/quadrature";

/** A critical value that rises with the information: sqrt(start^2 + ln(t / first)). */
export interface CriticalCurve {
  /** The critical value at the first look. */
  readonly start: number;
  /** Information at the first look, in blocks. */
  readonly first: number;
}

/** Gauss-Legendre nodes per standard deviation of one step, and beside those: the chance is exact to 1e-6. */
const FINENESS = 1.5;
const LEAST_NODES = 24;
/** Numbers of nodes are multiples of this, so that few rules are computed. */
const NODES_STEP = 8;
/** Steps farther than this many standard deviations are left out. */
const REACH = 6;

/**
 * How many standard errors an effect must lie from a value to exclude it, at information `t`.
 *
 * The shape is that of H. Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of
 * Mathematical Statistics 41 (1970), for a sum that is watched from its m-th term on.
 */
export function criticalValue(curve: CriticalCurve, t: number): number {
  return Math.sqrt(curve.start * curve.start + Math.log(Math.max(1, t / curve.first)));
}

/** The part of a walk that is still inside, times its weight, at the nodes of a rule. */
interface Inside {
  readonly nodes: Float64Array;
  readonly mass: Float64Array;
}

/**
 * The chance that a normal random walk ever lies beyond the curve, looked at wherever its variance is one of `looks`.
 * Recursive integration, P. Armitage, C. K. McPherson and B. C. Rowe, J. R. Statist. Soc. A 132 (1969).
 *
 * @param looks information at each look, rising.
 */
export function crossingChance(curve: CriticalCurve, looks: readonly number[]): number {
  let before: Inside = { nodes: Float64Array.of(0), mass: Float64Array.of(1) };
  let information = 0;
  for (const t of looks) {
    const step = Math.sqrt(t - information);
    const limit = criticalValue(curve, t) * Math.sqrt(t);
    const count = NODES_STEP * Math.ceil((LEAST_NODES + (2 * limit * FINENESS) / step) / NODES_STEP);
    const { nodes, weights } = gaussLegendre(count, -limit, limit);
    const mass = new Float64Array(count);
    // The walk is even, and so is the rule: half of it is computed.
    for (let index = 0; index * 2 < count; index += 1) {
      const value = carriedTo(nodes[index] ?? 0, step, before) * (weights[index] ?? 0);
      mass[index] = value;
      mass[count - 1 - index] = value;
    }
    before = { nodes, mass };
    information = t;
  }
  return 1 - before.mass.reduce((sum, value) => sum + value, 0);
}

function carriedTo(x: number, step: number, { nodes, mass }: Inside): number {
  const nearest = x - REACH * step;
  const farthest = x + REACH * step;
  let from = 0;
  let to = nodes.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((nodes[middle] ?? 0) < nearest) from = middle + 1;
    else to = middle;
  }
  let sum = 0;
  for (let index = from; index < nodes.length; index += 1) {
    const y = nodes[index] ?? 0;
    if (y > farthest) break;
    const z = (x - y) / step;
    sum += (mass[index] ?? 0) * Math.exp(-0.5 * z * z);
  }
  return (0.3989422804014327 * sum) / step;
}

/**
 * The curve that a normal random walk crosses at one of `looks` with a chance of `alpha` exactly.
 *
 * @param looks at least one, rising; `alpha` 1e-6 to 0.5.
 */
export function solveCritical(alpha: number, looks: readonly number[]): CriticalCurve {
  const first = looks[0] ?? 1;
  const miss = (start: number): number => Math.log(Math.max(1e-12, crossingChance({ start, first }, looks)) / alpha);
  let low = 1;
  let high = 6;
  let missLow = miss(low);
  let missHigh = miss(high);
  // The logarithm of a normal tail is close to a parabola: regula falsi, with Illinois's halving, is quick on it.
  for (let step = 0; step < 30 && high - low > 1e-6; step += 1) {
    const start = (low * missHigh - high * missLow) / (missHigh - missLow);
    const found = miss(start);
    if (Math.abs(found) < 1e-6) return { start, first };
    if (found > 0) {
      low = start;
      missLow = found;
      missHigh /= 2;
    } else {
      high = start;
      missHigh = found;
      missLow /= 2;
    }
  }
  return { start: high, first };
}
