import type { TimeSpan } from "./chart-view";
import { shareOf, type Scale } from "./scales";
import type { BoxSize } from "./use-size";

/** Room around the plot for its axes, px. */
export const PLOT_MARGIN_PX = { top: 8, right: 18, bottom: 24, left: 40 } as const;

/** Where times and values lie in a chart of some size. */
export interface PlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** X of a time, px; may lie outside the plot. */
  xOf(atMs: number): number;
  /** Y of a value, px; values off the scale stay at its ends. */
  yOf(value: number): number;
  /** The time at an x, held inside the span. */
  msAt(x: number): number;
}

/** The frame of a plot inside a box. */
export function plotFrame(size: BoxSize, span: TimeSpan, scale: Scale): PlotFrame {
  const left = PLOT_MARGIN_PX.left;
  const right = Math.max(left + 1, size.width - PLOT_MARGIN_PX.right);
  const top = PLOT_MARGIN_PX.top;
  const bottom = Math.max(top + 1, size.height - PLOT_MARGIN_PX.bottom);
  const spanMs = Math.max(1, span.toMs - span.fromMs);
  return {
    left,
    right,
    top,
    bottom,
    xOf: (atMs) => left + ((atMs - span.fromMs) / spanMs) * (right - left),
    yOf: (value) => bottom - shareOf(value, scale) * (bottom - top),
    msAt: (x) => span.fromMs + Math.min(1, Math.max(0, (x - left) / (right - left))) * spanMs,
  };
}
