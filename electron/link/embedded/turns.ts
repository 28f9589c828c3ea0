import type { Dispose, Timers } from "../../../shared/time";

/** Work that must not hold up the event loop, one piece a turn. */
export interface Turns {
  take(job: () => void): void;
  /** Forgets what waits. */
  clear(): void;
}

/** Runs jobs in order, one in each turn of the event loop, so that what else waits there gets between. */
export function createTurns(timers: Timers): Turns {
  const waiting: (() => void)[] = [];
  let cancel: Dispose | null = null;

  function next(): void {
    cancel = waiting.length > 1 ? timers.after(0, next) : null;
    waiting.shift()?.();
  }

  return {
    take(job) {
      waiting.push(job);
      cancel ??= timers.after(0, next);
    },
    clear() {
      waiting.length = 0;
      cancel?.();
      cancel = null;
    },
  };
}
