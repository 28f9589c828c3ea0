import type { Dispose, Timers } from "../../shared/time";

/** Work that is due again and again, at times that do not drift. */
export interface Deadlines {
  /** The period from the next deadline on; that one stays where it is. */
  setPeriodMs(periodMs: number): void;
  /** The work of a deadline is done: serves one that fell into it, if it is not too late for that. */
  workDone(): void;
  /** Deadlines that passed unserved, because the work of an earlier one was not done or the clock leapt. */
  skipped(): number;
  stop: Dispose;
}

/** When and what is due. */
export interface DeadlineOptions {
  readonly timers: Timers;
  /** From now to the first deadline. */
  readonly delayMs: number;
  readonly periodMs: number;
  /**
   * Asked at each deadline. One that falls into work still going on is served right after it, at most half
   * a period late, else skipped; no more than one ever waits.
   */
  isBusy(): boolean;
  /** @param deadlineMs When it was due, monotonic; the timer itself may be a little late. */
  onDeadline(deadlineMs: number): void;
}

/**
 * How late a deadline may still be served, as a share of the period. Without any, work that takes a
 * little longer than the period would halve the rate.
 */
const LATE_SHARE = 0.5;

/**
 * Calls at start + k * period. A late call does not move the later ones, and what could not be done in
 * time is left out, so that a slow consumer sees a lower rate instead of a growing delay.
 */
export function startDeadlines(options: DeadlineOptions): Deadlines {
  const { timers } = options;
  let periodMs = options.periodMs;
  let anchorMs = timers.monotonicMs() + options.delayMs;
  let passed = 0;
  let skipped = 0;
  /** The deadline that fell into work still going on, monotonic. */
  let owedMs: number | null = null;
  let cancel: Dispose = () => undefined;

  const nextMs = (): number => anchorMs + passed * periodMs;

  function arm(): void {
    cancel = timers.after(nextMs() - timers.monotonicMs(), fall);
  }

  function fall(): void {
    const deadlineMs = nextMs();
    passed += 1;
    const behindMs = timers.monotonicMs() - nextMs();
    if (behindMs >= 0) {
      const missed = Math.floor(behindMs / periodMs) + 1;
      passed += missed;
      skipped += missed;
    }
    arm();
    if (owedMs !== null) skipped += 1;
    owedMs = null;
    if (options.isBusy()) owedMs = deadlineMs;
    else options.onDeadline(deadlineMs);
  }

  arm();
  return {
    setPeriodMs(next) {
      if (next === periodMs) return;
      anchorMs = nextMs();
      passed = 0;
      periodMs = next;
    },
    workDone() {
      if (owedMs === null) return;
      const deadlineMs = owedMs;
      owedMs = null;
      if (timers.monotonicMs() - deadlineMs <= LATE_SHARE * periodMs) options.onDeadline(deadlineMs);
      else skipped += 1;
    },
    skipped: () => skipped,
    stop() {
      owedMs = null;
      cancel();
    },
  };
}
