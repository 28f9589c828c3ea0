import { niceStep } from "../../charts/axis-ticks";
import type { LimitedMetric } from "../../../shared/judge/limits";
import type { Scale } from "../../charts/scales";

/** The interval of an effect at one count of pairs. */
export interface Interval {
  readonly pairs: number;
  readonly low: number;
  readonly high: number;
}

/** The interval with its middle: a point of the funnel. */
export interface EffectPoint extends Interval {
  readonly effect: number;
}

/** Pairs that a funnel shows at least, and the step in which its axis grows: it stays put in between. */
const LEAST_PAIRS = 16;
const PAIRS_STEP = 8;
/** Room after now while the test runs, as a factor. */
const PAIRS_AHEAD = 1.4;
/** The band of no difference that matters takes this share of the axis at most half of the time. */
const BAND_ROOM = 1.5;

/**
 * The axis of pairs: from 0 to a round number beyond now, so that what is predicted has room; to now once the test is over.
 *
 * @param longest pairs that the test has at most.
 */
export function pairScale(pairs: number, longest: number, isOver: boolean): Scale {
  if (isOver) return { min: 0, max: Math.max(1, pairs) };
  const wanted = Math.max(LEAST_PAIRS, Math.ceil((pairs * PAIRS_AHEAD) / PAIRS_STEP) * PAIRS_STEP);
  return { min: 0, max: Math.max(1, Math.min(wanted, longest)) };
}

/**
 * The axis of the effect: round numbers that hold zero, the band of no difference, and every interval from the first
 * verdict on. Before there is one, the newest interval. Earlier ones may be far wider; they leave the picture. Exchanged
 * arms give the mirrored axis.
 */
export function effectScale(history: readonly EffectPoint[], firstPairs: number, smallestDifference: number): Scale {
  const judged = history.filter(({ pairs }) => pairs >= firstPairs);
  const held = judged.length > 0 ? judged : history.slice(-1);
  const room = smallestDifference * BAND_ROOM;
  const top = Math.max(room, ...held.map(({ high }) => high));
  const bottom = Math.min(-room, ...held.map(({ low }) => low));
  const step = niceStep((top - bottom) / 5);
  return { min: -roundUp(-bottom, step), max: roundUp(top, step) };
}

/** The next multiple of a step, with a little room. */
function roundUp(value: number, step: number): number {
  return Number((Math.ceil((value * 1.02) / step) * step).toFixed(9));
}

/** Where a point of a funnel lies, px. */
export interface FunnelPlot {
  xOf(pairs: number): number;
  yOf(effect: number): number;
}

/** The filled interval as the data of a path: along its upper edge, back along its lower one. */
export function bandPath(points: readonly Interval[], { xOf, yOf }: FunnelPlot): string {
  if (points.length === 0) return "";
  const upper = points.map(({ pairs, high }) => `${px(xOf(pairs))} ${px(yOf(high))}`);
  const lower = points.map(({ pairs, low }) => `${px(xOf(pairs))} ${px(yOf(low))}`).reverse();
  return `M${[...upper, ...lower].join("L")}Z`;
}

/** One edge, or the middle, of a funnel as the data of a path. */
export function edgePath<Point extends { readonly pairs: number }>(points: readonly Point[], valueOf: (point: Point) => number, { xOf, yOf }: FunnelPlot): string {
  return points.length === 0 ? "" : `M${points.map((point) => `${px(xOf(point.pairs))} ${px(yOf(valueOf(point)))}`).join("L")}`;
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Whether more of a metric is better; then the better side of B - A is above zero. */
export function isMoreBetter(metric: LimitedMetric): boolean {
  return metric !== "latencyMs";
}
