/**
 * Where time comes from. Injected everywhere, so that a simulation replays exactly and a clock that
 * jumps changes no decision: durations are taken from the monotonic clock, wall time is for people.
 */
export interface Clock {
  /** Unix time in ms; may jump. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
}

/** Ends what a subscription or a timer began. Calling it twice is harmless. */
export type Dispose = () => void;

/** A clock that can also call back. */
export interface Timers extends Clock {
  /** Calls once after `delayMs`. */
  after(delayMs: number, callback: () => void): Dispose;
}
