import { normalQuantile } from "./statistics/normal";

/** A spread below this share of the median is not believed: a stream that repeats itself is not that exact. */
const LEAST_RELATIVE_SPREAD = 0.005;
/** Median absolute deviation to standard deviation of normal values. */
const MAD_TO_SD = 1.4826022185056018;
/** A score is no further out than this, however far the value is. */
export const LARGEST_SCORE = 8;
const LARGEST_RHO = 0.95;

/**
 * What a metric was like on one node and version while it was healthy: frozen, with its size and age. The
 * scores make any continuous distribution a normal one: a value is placed among the sorted samples.
 */
export interface Baseline {
  /** Samples in it. */
  readonly n: number;
  readonly median: number;
  /** Robust standard deviation: 1.4826 times the median absolute deviation. */
  readonly spread: number;
  /** Autocorrelation of the scores at one sample, 0 to 0.95, corrected for the bias of short series. */
  readonly rho: number;
  /** Long-run variance of the scores over their variance, at least 1. */
  readonly longRunVariance: number;
  /** Long-run standard deviation of what a first-order autoregression leaves, at least 1. */
  readonly residualScale: number;
  /** Times of its first and last sample on the recording's clock, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Distinct values, ascending, and the normal score of each. */
  readonly values: Float64Array;
  readonly scores: Float64Array;
  /** Where in `values` each of equal cells between the lowest and the highest begins, for a short search. */
  readonly cells: Uint16Array;
  /** Units of the metric for one score, beyond the lowest and the highest value. */
  readonly lowerScale: number;
  readonly upperScale: number;
}

const positions = new Map<number, Float64Array>();

/** Normal scores of n sorted values (G. Blom, 1958); kept, because every node has the same sizes. */
function blomScores(n: number): Float64Array {
  const known = positions.get(n);
  if (known !== undefined) return known;
  const scores = Float64Array.from({ length: n }, (_, index) => normalQuantile((index + 0.625) / (n + 0.25)));
  positions.set(n, scores);
  return scores;
}

function middleOf(sorted: Float64Array): number {
  const n = sorted.length;
  return ((sorted[(n - 1) >> 1] ?? 0) + (sorted[n >> 1] ?? 0)) / 2;
}

/** Distinct values with the mean score of their ties. */
function knotsOf(sorted: Float64Array): { readonly values: Float64Array; readonly scores: Float64Array } {
  const ranked = blomScores(sorted.length);
  const values: number[] = [];
  const scores: number[] = [];
  for (let from = 0; from < sorted.length; ) {
    const value = sorted[from] ?? 0;
    let to = from;
    let sum = 0;
    while (sorted[to] === value) {
      sum += ranked[to] ?? 0;
      to += 1;
    }
    values.push(value);
    scores.push(sum / (to - from));
    from = to;
  }
  // Without ties the scores are those of every baseline of this size: a fleet's baselines then share one array.
  return { values: Float64Array.from(values), scores: values.length === sorted.length ? ranked : Float64Array.from(scores) };
}

const CELLS = 512;

/** For each of {@link CELLS} equal cells the last knot that is not above its lower edge, and one more for the end. */
function cellsOf(values: Float64Array): Uint16Array {
  const lowest = values[0] ?? 0;
  const width = ((values.at(-1) ?? 0) - lowest) / CELLS;
  const cells = new Uint16Array(CELLS + 1);
  let knot = 0;
  for (let cell = 0; cell <= CELLS; cell += 1) {
    while (knot + 1 < values.length && (values[knot + 1] ?? 0) <= lowest + cell * width) knot += 1;
    cells[cell] = knot;
  }
  return cells;
}

/** Half-width of the lag window, in samples, of the long-run variance (M. S. Bartlett, 1950). */
function lagWindow(n: number): number {
  return Math.floor(1.5 * Math.cbrt(n));
}

/** Autocorrelation and long-run scale of scores in the order in which they came. */
function dependence(scores: Float64Array): { readonly rho: number; readonly residualScale: number } {
  const n = scores.length;
  let power = 0;
  let product = 0;
  let before = 0;
  for (const score of scores) {
    power += score * score;
    product += score * before;
    before = score;
  }
  if (power === 0) return { rho: 0, residualScale: 1 };
  const raw = product / power;
  // Marriott and Pope (1954): the estimate is low by (1 + 3 rho) / n.
  const rho = Math.min(LARGEST_RHO, Math.max(0, raw + (1 + 3 * raw) / n));
  return { rho, residualScale: residualScaleOf(scores, rho) };
}

/** What an autoregression of first order leaves must be white; where it clearly is not, its long-run variance counts. */
function residualScaleOf(scores: Float64Array, rho: number): number {
  const n = scores.length - 1;
  const residuals = Float64Array.from({ length: n }, (_, index) => (scores[index + 1] ?? 0) - rho * (scores[index] ?? 0));
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let index = lag; index < n; index += 1) sum += (residuals[index] ?? 0) * (residuals[index - lag] ?? 0);
    return sum;
  };
  const variance = covariance(0);
  if (variance === 0) return 1;
  const lags = lagWindow(n);
  let ratio = 1;
  for (let lag = 1; lag <= lags; lag += 1) ratio += 2 * (1 - lag / (lags + 1)) * (covariance(lag) / variance);
  const standardError = Math.sqrt((4 * lags) / (3 * n));
  return ratio > 1 + 2 * standardError ? Math.sqrt(ratio) : 1;
}

/** Where a tail begins, in scores: its slope is taken from there to the end. */
const TAIL_FROM = 1.5;
/** Beyond the last sample a tail is taken to be so much longer than it was seen to be: skewed ones get longer. */
const TAIL_CAUTION = 1.25;

/** The knot nearest to a score. */
function innerKnot(scores: Float64Array, score: number): number {
  const distances = scores.map((each) => Math.abs(each - score));
  return distances.indexOf(Math.min(...distances));
}

/** Units of the metric for one score beyond the end of a tail. */
function tailScale({ values, scores }: { readonly values: Float64Array; readonly scores: Float64Array }, end: number, inner: number, spread: number): number {
  const scoresApart = Math.abs((scores[end] ?? 0) - (scores[inner] ?? 0));
  if (scoresApart === 0) return spread;
  return (TAIL_CAUTION * Math.abs((values[end] ?? 0) - (values[inner] ?? 0))) / scoresApart;
}

/**
 * Freezes a baseline.
 * @param inOrder finite values in the order in which they came, at least 2.
 */
export function freezeBaseline(inOrder: Float64Array, fromMs: number, toMs: number): Baseline {
  const n = inOrder.length;
  const sorted = inOrder.slice().sort();
  const median = middleOf(sorted);
  const deviation = MAD_TO_SD * middleOf(sorted.map((value) => Math.abs(value - median)).sort());
  const floor = Math.max(LEAST_RELATIVE_SPREAD * Math.abs(median), Number.MIN_VALUE);
  const isFlat = deviation < floor;
  const spread = isFlat ? floor : deviation;
  // A stream that hardly moves has no ranks to speak of: it is placed by the least spread that is believed.
  const knots = isFlat ? { values: Float64Array.of(median), scores: Float64Array.of(0) } : knotsOf(sorted);
  const last = knots.values.length - 1;
  const placed = {
    values: knots.values,
    scores: knots.scores,
    cells: cellsOf(knots.values),
    lowerScale: Math.max(spread / 2, floor, tailScale(knots, 0, innerKnot(knots.scores, -TAIL_FROM), spread)),
    upperScale: Math.max(spread / 2, floor, tailScale(knots, last, innerKnot(knots.scores, TAIL_FROM), spread)),
  };
  const { rho, residualScale } = dependence(inOrder.map((value) => scoreOf(placed, value)));
  const longRunVariance = ((1 + rho) / (1 - rho)) * residualScale * residualScale;
  return { n, median, spread, rho, longRunVariance, residualScale, fromMs, toMs, ...placed };
}

/** The normal score of a value: 0 at the median, capped at plus and minus {@link LARGEST_SCORE}. */
export function scoreOf(baseline: Pick<Baseline, "values" | "scores" | "cells" | "lowerScale" | "upperScale">, value: number): number {
  const { values, scores } = baseline;
  const last = values.length - 1;
  const lowest = values[0] ?? 0;
  if (value <= lowest) return Math.max(-LARGEST_SCORE, (scores[0] ?? 0) - (lowest - value) / baseline.lowerScale);
  const highest = values[last] ?? 0;
  if (value >= highest) return Math.min(LARGEST_SCORE, (scores[last] ?? 0) + (value - highest) / baseline.upperScale);
  const cell = Math.floor((CELLS * (value - lowest)) / (highest - lowest));
  // One knot of slack on either side: the cell of a value on an edge is a matter of rounding.
  let low = Math.max(0, (baseline.cells[cell] ?? 0) - 1);
  let high = Math.min(last, (baseline.cells[cell + 1] ?? last) + 2);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  const below = values[low] ?? 0;
  const share = (value - below) / ((values[high] ?? 0) - below);
  const from = scores[low] ?? 0;
  return from + share * ((scores[high] ?? 0) - from);
}
