import type { Timers } from "../../shared/time";

/** Differences below this are the two clocks' own drift. */
const JUMP_MS = 1_000;

/**
 * Timers whose wall clock never goes back: the machine's wall time when they were made plus the time that
 * passed since. When the machine's clock is set forward (or the machine slept) they follow; when it is set
 * back they go on, so that samples stay in order. Either way the jump is told once.
 * @param onJump told by how much the machine's clock now differs from these, in ms.
 */
export function steadyTimers(machine: Timers, onJump: (byMs: number) => void): Timers {
  let anchorWallMs = machine.wallMs();
  let anchorMonotonicMs = machine.monotonicMs();
  let toldMs = 0;
  return {
    monotonicMs: () => machine.monotonicMs(),
    after: (delayMs, callback) => machine.after(delayMs, callback),
    wallMs() {
      const monotonicMs = machine.monotonicMs();
      const steadyMs = anchorWallMs + (monotonicMs - anchorMonotonicMs);
      const aheadMs = machine.wallMs() - steadyMs;
      if (aheadMs > JUMP_MS) {
        anchorWallMs = steadyMs + aheadMs;
        anchorMonotonicMs = monotonicMs;
        toldMs = 0;
        onJump(aheadMs);
        return anchorWallMs;
      }
      if (aheadMs < -JUMP_MS && Math.abs(aheadMs - toldMs) > JUMP_MS) {
        toldMs = aheadMs;
        onJump(aheadMs);
      }
      return steadyMs;
    },
  };
}
