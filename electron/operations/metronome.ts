import { percentile } from "../../shared/fleet/performance";
import type { Dispose, Timers } from "../../shared/time";

/** Periods whose percentile is shown: one minute. */
const KEPT_PERIODS = 120;

/** Periods before a percentile means anything. */
const MIN_PERIODS = 20;

/** A beat as it really came. */
export interface Beat {
  /** Counts from 0. */
  readonly index: number;
  /** Since the beat before, ms; null at the first. */
  readonly periodMs: number | null;
  /** 95th percentile of the last 120 periods, ms; null before there are 20. */
  readonly periodP95Ms: number | null;
}

/**
 * Calls back every `periodMs` on deadlines that do not drift (start + k x period), and measures the
 * period. A beat that is late by more than a period is not made up for: the next deadline is in the future.
 */
export function startMetronome(timers: Timers, periodMs: number, onBeat: (beat: Beat) => void): Dispose {
  const periods: number[] = [];
  let index = 0;
  let lastMs: number | null = null;
  let deadlineMs = timers.monotonicMs() + periodMs;
  let cancel: Dispose = () => undefined;
  let isStopped = false;

  const arm = (): void => {
    cancel = timers.after(Math.max(0, deadlineMs - timers.monotonicMs()), beat);
  };
  const beat = (): void => {
    const nowMs = timers.monotonicMs();
    const measuredMs = lastMs === null ? null : nowMs - lastMs;
    lastMs = nowMs;
    if (measuredMs !== null) {
      periods.push(measuredMs);
      if (periods.length > KEPT_PERIODS) periods.shift();
    }
    const periodP95Ms = periods.length < MIN_PERIODS ? null : percentile(periods, 0.95);
    onBeat({ index, periodMs: measuredMs, periodP95Ms });
    index += 1;
    const missed = Math.max(1, Math.ceil((timers.monotonicMs() - deadlineMs) / periodMs + 1e-9));
    deadlineMs += missed * periodMs;
    if (!isStopped) arm();
  };
  arm();
  return () => {
    isStopped = true;
    cancel();
  };
}
