import type { Timers } from "../../shared/time";

/**
 * Timers on which time passes faster than on others: ten seconds while one passes, at a `speed` of 10. Both clocks
 * begin where those of the machine are.
 * @param speed above 0; 1 is the machine's own time.
 */
export function fasterTimers(machine: Timers, speed: number): Timers {
  const wallFromMs = machine.wallMs();
  const monotonicFromMs = machine.monotonicMs();
  const passedMs = (): number => (machine.monotonicMs() - monotonicFromMs) * speed;
  return {
    wallMs: () => wallFromMs + passedMs(),
    monotonicMs: () => monotonicFromMs + passedMs(),
    after: (delayMs, callback) => machine.after(delayMs / speed, callback),
  };
}
