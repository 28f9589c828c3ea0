import type { Timers } from "../../shared/time";

/**
 * The machine's own time: the wall clock for people, the process's monotonic clock for durations,
 * and Node's timers. A delay below 1 ms is the next turn of the event loop's timer phase.
 */
export const systemTimers: Timers = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const handle = setTimeout(callback, Math.max(0, delayMs));
    return () => {
      clearTimeout(handle);
    };
  },
};
