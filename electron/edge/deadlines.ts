import type { Dispose, Timers } from "../../shared/time";

/** Work that is due again and again, at times that do not drift. */
export interface Deadlines {
  /** The period from the next deadline on; that one stays where it is. */
  setPeriodMs(periodMs: number): void;
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
  /** Asked at each deadline; one that falls into work still going on is skipped, never queued. */
  isBusy(): boolean;
  /** @param deadlineMs When it was due, monotonic; the timer itself may be a little late. */
  onDeadline(deadlineMs: number): void;
}

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
    if (options.isBusy()) skipped += 1;
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
    skipped: () => skipped,
    stop() {
      cancel();
    },
  };
}
