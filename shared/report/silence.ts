import { TICK_MS } from "../fleet/tracked-node";

/** A silence longer than this many periods is a gap, as in the charts of the window. */
const GAP_PERIODS = 2.2;
/** A threshold is told in whole steps of this. */
const STEP_MS = 10;
/** Longer intervals are silences and say nothing of the rate. */
const LONGEST_PERIOD_MS = 60_000;

/** The intervals of one node's samples: how often they usually come. */
export class Intervals {
  private readonly counts = new Map<number, number>();
  private count = 0;
  private lastMs: number | null = null;

  /** Takes the time of every sample of the node, Unix ms, in order. */
  take(atMs: number): void {
    const intervalMs = this.lastMs === null ? null : Math.round(atMs - this.lastMs);
    this.lastMs = atMs;
    if (intervalMs === null || intervalMs < 0 || intervalMs > LONGEST_PERIOD_MS) return;
    this.counts.set(intervalMs, (this.counts.get(intervalMs) ?? 0) + 1);
    this.count += 1;
  }

  /** The lower median of the intervals up to a minute, in whole ms; null below two samples. */
  medianMs(): number | null {
    let rank = Math.ceil(this.count / 2);
    if (rank === 0) return null;
    for (const intervalMs of [...this.counts.keys()].sort((left, right) => left - right)) {
      rank -= this.counts.get(intervalMs) ?? 0;
      if (rank <= 0) return intervalMs;
    }
    return null;
  }

  /** Milliseconds without a sample after which the silence is a gap: 2.2 periods, a period being at least a tick. */
  gapAfterMs(): number {
    const periodMs = Math.max(TICK_MS, this.medianMs() ?? TICK_MS);
    return Math.ceil((GAP_PERIODS * periodMs) / STEP_MS - 1e-9) * STEP_MS;
  }
}

/** Silences between samples of one node. */
export interface Gaps {
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

/** No silence. */
export const NO_GAPS: Gaps = { count: 0, totalMs: 0, longestMs: 0 };

/** Adds a silence. */
export function withGap(gaps: Gaps, lengthMs: number): Gaps {
  return { count: gaps.count + 1, totalMs: gaps.totalMs + lengthMs, longestMs: Math.max(gaps.longestMs, lengthMs) };
}
