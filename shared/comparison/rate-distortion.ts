/** A point of a rate-distortion curve. */
export interface RatePoint {
  /** Bytes, above 0. */
  readonly rate: number;
  /** Quality on a scale in dB. */
  readonly quality: number;
}

/** A quality of MS-SSIM on a scale in dB: -10 log10(1 - MS-SSIM), capped at 60. */
export function msSsimDb(value: number): number {
  return Math.min(60, -10 * Math.log10(Math.max(1e-6, 1 - value)));
}

interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly slope: readonly number[];
}

/** Piecewise cubic through the points, monotone where they are (F. N. Fritsch and R. E. Carlson, 1980). */
function monotoneCubic(x: readonly number[], y: readonly number[]): Curve {
  const secant = x.slice(1).map((right, i) => ((y[i + 1] ?? 0) - (y[i] ?? 0)) / (right - (x[i] ?? 0)));
  const slope = x.map((_, i) => {
    const before = secant[i - 1];
    const after = secant[i];
    if (before === undefined) return after ?? 0;
    if (after === undefined) return before;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  return { x, y, slope };
}

function valueAt(curve: Curve, at: number): number {
  const { x, y, slope } = curve;
  let i = 0;
  while (i < x.length - 2 && at > (x[i + 1] ?? 0)) i++;
  const x0 = x[i] ?? 0;
  const span = (x[i + 1] ?? 0) - x0;
  const t = (at - x0) / span;
  const u = 1 - t;
  return (
    (y[i] ?? 0) * (1 + 2 * t) * u * u +
    (slope[i] ?? 0) * span * t * u * u +
    (y[i + 1] ?? 0) * t * t * (3 - 2 * t) -
    (slope[i + 1] ?? 0) * span * t * t * u
  );
}

function curveOf(points: readonly RatePoint[]): Curve | null {
  const sorted = [...points].sort((a, b) => a.quality - b.quality);
  const rising = sorted.filter((point, i) => i === 0 || point.quality > (sorted[i - 1]?.quality ?? 0) + 1e-9);
  if (rising.length < 2) return null;
  return monotoneCubic(
    rising.map((point) => point.quality),
    rising.map((point) => Math.log(point.rate)),
  );
}

/** The rate at which a curve reaches a quality; null outside of the qualities that it spans. */
export function rateAtQuality(points: readonly RatePoint[], quality: number): number | null {
  const curve = curveOf(points);
  if (curve === null || quality < (curve.x[0] ?? 0) || quality > (curve.x.at(-1) ?? 0)) return null;
  return Math.exp(valueAt(curve, quality));
}

const INTEGRATION_STEPS = 200;

/**
 * Bjontegaard's rate difference as a natural logarithm: ln of the bytes of `tested` over those of `anchor` at
 * equal quality, averaged over the qualities that both reach (G. Bjontegaard, VCEG-M33, 2001; with monotone
 * cubics). Unlike percent it may be averaged, and changes only its sign where both are exchanged. Null where
 * they reach no common quality.
 */
export function bjontegaardLogRate(anchor: readonly RatePoint[], tested: readonly RatePoint[]): number | null {
  const a = curveOf(anchor);
  const t = curveOf(tested);
  if (a === null || t === null) return null;
  const low = Math.max(a.x[0] ?? 0, t.x[0] ?? 0);
  const high = Math.min(a.x.at(-1) ?? 0, t.x.at(-1) ?? 0);
  if (high <= low) return null;
  let sum = 0;
  for (let i = 0; i < INTEGRATION_STEPS; i++) {
    const at = low + ((i + 0.5) / INTEGRATION_STEPS) * (high - low);
    sum += valueAt(t, at) - valueAt(a, at);
  }
  return sum / INTEGRATION_STEPS;
}

/** A ratio given as its natural logarithm, in percent: ln 1.1 is 10. */
export function percentOfLog(logRatio: number): number {
  return (Math.exp(logRatio) - 1) * 100;
}

/**
 * Bjontegaard's rate difference: by how many percent `tested` needs more (above 0) or fewer (below 0) bytes
 * than `anchor` at equal quality. Null where they reach no common quality.
 */
export function bjontegaardRatePercent(anchor: readonly RatePoint[], tested: readonly RatePoint[]): number | null {
  const logRate = bjontegaardLogRate(anchor, tested);
  return logRate === null ? null : percentOfLog(logRate);
}
