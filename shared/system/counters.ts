/** Time that a processor core has spent since the machine started, ms. */
export interface CoreTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

/** A counter that only goes up, and when it was read. */
export interface CounterReading {
  readonly value: number;
  /** Monotonic ms. */
  readonly atMs: number;
}

/** A system's clock counts in steps of 10 ms: below some of them a share says nothing. */
const LEAST_CORE_MS = 50;

/**
 * How busy each core was between two readings, 0 to 100.
 * @returns null where too little time has passed, or a core came or went in between.
 */
export function coreShares(before: readonly CoreTimes[], after: readonly CoreTimes[]): readonly number[] | null {
  if (before.length !== after.length || after.length === 0) return null;
  const shares: number[] = [];
  for (const [index, core] of after.entries()) {
    const earlier = before[index];
    const totalMs = core.totalMs - (earlier?.totalMs ?? core.totalMs);
    if (earlier === undefined || totalMs < LEAST_CORE_MS) return null;
    shares.push(percentOf(core.busyMs - earlier.busyMs, totalMs));
  }
  return shares;
}

/** A part of a whole as 0 to 100, whatever was read; 0 of nothing. */
export function percentOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(100, Math.max(0, (part / whole) * 100));
}

/**
 * What a counter went up by in a second.
 * @returns null at the first reading, where no time has passed, and where it began again at 0: how much it
 * counted before that, nobody knows.
 */
export function ratePerS(before: CounterReading | null, after: CounterReading): number | null {
  if (before === null || after.atMs <= before.atMs || after.value < before.value) return null;
  return ((after.value - before.value) / (after.atMs - before.atMs)) * 1_000;
}
