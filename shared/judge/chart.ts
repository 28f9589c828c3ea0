/** A drift or spread statistic with its limit. */
export interface Chart {
  readonly k: number;
  /** Null while the baseline is too small for the budget: the chart is not armed. */
  readonly limit: number | null;
  /** Above this the baseline must not grow, whether the chart is armed or not: it might learn from a drift. */
  readonly quietBelow: number;
  statistic: number;
  /** Samples since the statistic last left 0, and when that was. */
  samples: number;
  sinceMs: number;
}

/** A rule of samples in a row beyond a line. */
export interface Run {
  /** Samples in a row that it takes. */
  needed: number;
  length: number;
  sinceMs: number;
}

/** Part of a limit above which a statistic is no longer quiet: a baseline must not grow, a failure has not ended. */
export const LOUD_SHARE = 0.5;
/** Statistics grow no further than this share of their limit, so that a recovery is seen. */
const STATISTIC_CEILING = 1.25;

/** Adds one sample to a run. */
export function count(run: Run, isBeyond: boolean, tMs: number): void {
  if (!isBeyond) run.length = 0;
  else {
    if (run.length === 0) run.sinceMs = tMs;
    run.length += 1;
  }
}

/** Adds one step to a chart. */
export function grow(chart: Chart, step: number, tMs: number): void {
  const next = chart.statistic + step - chart.k;
  if (next <= 0) {
    chart.statistic = 0;
    chart.samples = 0;
    return;
  }
  if (chart.statistic === 0) chart.sinceMs = tMs;
  chart.samples += 1;
  chart.statistic = chart.limit === null ? next : Math.min(next, STATISTIC_CEILING * chart.limit);
}

/** Whether a chart is armed and has reached its limit. */
export function hasCrossed(chart: Chart | null): boolean {
  return chart !== null && chart.limit !== null && chart.statistic >= chart.limit;
}

/** The share of its limit that a chart has reached; 0 where it is not armed. */
export function shareOf(chart: Chart | null): number {
  return chart === null || chart.limit === null ? 0 : chart.statistic / chart.limit;
}

/** Whether a chart is low enough for a baseline to grow. */
export function isQuietChart(chart: Chart | null): boolean {
  return chart === null || chart.statistic < chart.quietBelow;
}
