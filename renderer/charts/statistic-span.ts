import type { TimeSpan } from "./chart-view";

/** Where a statistic crosses its limit if its slope holds. */
export interface Crossing {
  /** From the newest value on, ms. */
  readonly inMs: number;
  readonly sentence: string;
}

/** The least stretch of a statistic's chart, ms. */
const LEAST_MS = 10_000;
/** Part of the chart that what is ahead takes, at most, and room beyond the crossing. */
const MOST_AHEAD = 0.45;
const BEYOND = 1.35;

/** The stretch that a statistic's chart shows: its path, and what is ahead as far as a little beyond the crossing. */
export function statisticSpan(atMs: Float64Array, crossing: Crossing | null): TimeSpan {
  const toMs = atMs.at(-1) ?? 0;
  const pastMs = Math.max(LEAST_MS, toMs - (atMs[0] ?? toMs));
  if (crossing === null) return { fromMs: toMs - pastMs, toMs };
  const aheadMs = Math.max(LEAST_MS / 4, crossing.inMs * BEYOND);
  // A crossing that is far away is drawn out of the picture, not the past pressed together for it.
  const shownMs = Math.min(aheadMs, (pastMs * MOST_AHEAD) / (1 - MOST_AHEAD));
  return { fromMs: toMs - pastMs, toMs: toMs + shownMs };
}
