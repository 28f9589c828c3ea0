import type { Trigger } from "./budget";
import type { LimitedMetric } from "./limits";

/**
 * How a metric or a node stands. Zero samples are never a pass; what is not a number is no data.
 * The order of {@link PRECEDENCE} decides which metric speaks for its node.
 */
export type Outcome = "pass" | "warn" | "inconclusive" | "fail" | "no-data" | "error";

/** The rule that speaks: those that can roll back, a loss of data, or the better side of a change. */
export type Reason = Trigger | "lost" | "better" | "broken" | "baseline" | "warm-up" | "uncommitted" | "none";

/** A verdict with the numbers that it was made of. */
export interface Verdict {
  readonly outcome: Outcome;
  /** Null where it is about the whole node. */
  readonly metric: LimitedMetric | null;
  readonly reason: Reason;
  /** The newest value; null without one. */
  readonly value: number | null;
  /** The metric's limit; null where the verdict is about the whole node. */
  readonly limit: number | null;
  /** Samples that the statistic saw: in a row beyond a line, since a chart left 0, or so far of a baseline. */
  readonly n: number;
  /** The statistic and what it is held against: samples in a row, or a chart against its limit. */
  readonly statistic: number | null;
  readonly statisticLimit: number | null;
  /** Median and size of the baseline; null before there is one. */
  readonly baseline: { readonly median: number; readonly spread: number; readonly n: number; readonly frozenAtMs: number } | null;
  /** Since when, on the samples' clock, ms. */
  readonly sinceMs: number;
  /** What a person needs to know. */
  readonly sentence: string;
}

/**
 * Which outcome of its metrics a node takes, highest first: fail of a critical metric, error, no data, fail,
 * inconclusive, warn, pass.
 */
export function precedenceOf(outcome: Outcome, isCritical: boolean): number {
  switch (outcome) {
    case "fail":
      return isCritical ? 6 : 3;
    case "error":
      return 5;
    case "no-data":
      return 4;
    case "inconclusive":
      return 2;
    case "warn":
      return 1;
    case "pass":
      return 0;
  }
}
