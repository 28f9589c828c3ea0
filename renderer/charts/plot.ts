import { shareOf, type Scale } from "./scales";
import { niceStep } from "./axis-ticks";
import type { BoxSize } from "./use-size";

/** Room around a plot for axes and labels, px. */
export interface PlotMargin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Where values lie in a plot of two value axes. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** X of a value, px; values off the scale stay at its ends. */
  xOf(value: number): number;
  yOf(value: number): number;
}

/** A plot inside a box. */
export function plotIn(size: BoxSize, margin: PlotMargin, x: Scale, y: Scale): Plot {
  const left = margin.left;
  const right = Math.max(left + 1, size.width - margin.right);
  const top = margin.top;
  const bottom = Math.max(top + 1, size.height - margin.bottom);
  return {
    left,
    right,
    top,
    bottom,
    xOf: (value) => left + shareOf(value, x) * (right - left),
    yOf: (value) => bottom - shareOf(value, y) * (bottom - top),
  };
}

/** A line through points as the data of a path. */
export function lineThrough(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** From zero to a round number above all values. */
export function scaleFromZero(values: readonly number[]): Scale {
  const most = Math.max(1e-9, ...values);
  const step = niceStep(most / 4);
  return { min: 0, max: Math.ceil((1.02 * most) / step) * step };
}

/** From a round number below all values to 1: the axis of a quality. */
export function qualityScale(values: readonly number[]): Scale {
  const least = Math.min(0.999, ...values);
  const step = niceStep((1 - least) / 4);
  return { min: Math.max(0, Number((Math.floor(least / step - 0.1) * step).toFixed(6))), max: 1 };
}

/** A label that wants to stand at a height. */
export interface WantedLabel<Key extends string> {
  readonly key: Key;
  readonly y: number;
}

/** Moves labels apart so that none covers another, in their order from top to bottom. */
export function spreadLabels<Key extends string>(labels: readonly WantedLabel<Key>[], leastGapPx: number, bottom: number): ReadonlyMap<Key, number> {
  const sorted = [...labels].sort((one, other) => one.y - other.y);
  const placed: number[] = [];
  for (const { y } of sorted) placed.push(Math.max(y, (placed.at(-1) ?? Number.NEGATIVE_INFINITY) + leastGapPx));
  let limit = bottom;
  for (let i = placed.length - 1; i >= 0; i--) {
    placed[i] = Math.min(placed[i] ?? 0, limit);
    limit = (placed[i] ?? 0) - leastGapPx;
  }
  return new Map(sorted.map(({ key }, i) => [key, placed[i] ?? 0]));
}
