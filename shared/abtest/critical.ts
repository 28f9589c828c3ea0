/** A critical value that rises with the information: sqrt(start^2 + ln(t / first)). */
export interface CriticalCurve {
  /** The critical value at the first look. */
  readonly start: number;
  /** Information at the first look, in blocks. */
  readonly first: number;
}

/** Points of the grid per standard deviation of one step. */
const FINENESS = 8;
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

/**
 * The chance that a normal random walk ever lies beyond the curve, looked at wherever its variance is one of `looks`.
 * Recursive integration, P. Armitage, C. K. McPherson and B. C. Rowe, J. R. Statist. Soc. A 132 (1969).
 *
 * @param looks information at each look, rising.
 */
export function crossingChance(curve: CriticalCurve, looks: readonly number[]): number {
  let edge = 0;
  let density = new Float64Array(0);
  let spacing = 0;
  let inside = 1;
  let before = 0;
  for (const t of looks) {
    const step = Math.sqrt(t - before);
    const limit = criticalValue(curve, t) * Math.sqrt(t);
    const cells = Math.max(8, Math.ceil((2 * limit * FINENESS) / step));
    const width = (2 * limit) / cells;
    const next = new Float64Array(cells);
    let total = 0;
    // The density is even: half of it is computed.
    for (let cell = 0; cell * 2 < cells; cell += 1) {
      const x = -limit + (cell + 0.5) * width;
      const value = before === 0 ? bell(x / step) / step : carriedTo(x, step, density, edge, spacing);
      next[cell] = value;
      next[cells - 1 - cell] = value;
    }
    for (const value of next) total += value * width;
    inside = total;
    density = next;
    edge = limit;
    spacing = width;
    before = t;
  }
  return 1 - inside;
}

function bell(z: number): number {
  return 0.3989422804014327 * Math.exp(-0.5 * z * z);
}

function carriedTo(x: number, step: number, density: Float64Array, edge: number, spacing: number): number {
  const from = Math.max(0, Math.floor((x - REACH * step + edge) / spacing));
  const to = Math.min(density.length, Math.ceil((x + REACH * step + edge) / spacing));
  let sum = 0;
  for (let cell = from; cell < to; cell += 1) {
    const y = -edge + (cell + 0.5) * spacing;
    sum += (density[cell] ?? 0) * bell((x - y) / step);
  }
  return (sum * spacing) / step;
}

/**
 * The curve that a normal random walk crosses at one of `looks` with a chance of `alpha` exactly.
 *
 * @param looks at least one, rising; `alpha` 1e-6 to 0.5.
 */
export function solveCritical(alpha: number, looks: readonly number[]): CriticalCurve {
  const first = looks[0] ?? 1;
  const miss = (start: number): number => Math.log(crossingChance({ start, first }, looks) / alpha);
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
