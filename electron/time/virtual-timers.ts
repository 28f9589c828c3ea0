import type { Dispose, Timers } from "../../shared/time";

/** Time that passes only when a test says so. */
export interface VirtualTimers extends Timers {
  /**
   * Lets `ms` pass: runs every callback that falls due on the way, in order of its due time, then of
   * its registration, each at exactly its due time. Returns at once; promises are not waited for.
   */
  advance(ms: number): void;
  /** Like {@link advance}, and lets all promise reactions run before and after every callback. */
  advanceSettled(ms: number): Promise<void>;
  /** Lets `ms` pass without running anything, as a laptop that sleeps; what fell due runs at the next advance, late. */
  sleep(ms: number): void;
  /** Moves the wall clock only, as a time server does. */
  jumpWall(ms: number): void;
  /** Callbacks that are still to come: a test fails when it leaves one behind. */
  pendingCount(): number;
}

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A turn of the real event loop: every promise reaction that is ready has run when it resolves. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Virtual time for tests.
 * @param startWallMs Wall time at the start, Unix ms; the monotonic clock starts at 0.
 */
export function virtualTimers(startWallMs = 1_700_000_000_000): VirtualTimers {
  const entries = new Set<Entry>();
  let nowMs = 0;
  let wallOffsetMs = startWallMs;
  let registered = 0;

  function nextDue(untilMs: number): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of entries) {
      if (entry.dueMs > untilMs) continue;
      if (next === undefined || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order)) {
        next = entry;
      }
    }
    return next;
  }

  function run(entry: Entry): void {
    entries.delete(entry);
    nowMs = Math.max(nowMs, entry.dueMs);
    entry.callback();
  }

  return {
    wallMs: () => wallOffsetMs + nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, callback): Dispose {
      const entry: Entry = { dueMs: nowMs + Math.max(0, delayMs), order: registered++, callback };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let entry = nextDue(untilMs); entry !== undefined; entry = nextDue(untilMs)) run(entry);
      nowMs = Math.max(nowMs, untilMs);
    },
    async advanceSettled(ms) {
      const untilMs = nowMs + ms;
      await turn();
      for (let entry = nextDue(untilMs); entry !== undefined; entry = nextDue(untilMs)) {
        run(entry);
        await turn();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    sleep(ms) {
      nowMs += ms;
    },
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    pendingCount: () => entries.size,
  };
}
