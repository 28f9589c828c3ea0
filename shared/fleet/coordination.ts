import type { Coordination } from "./hub-status";

/** The coordinator's signals to one node: the newest, and how many. Immutable. */
export interface CoordinationRecord {
  readonly newest: Coordination;
  /** Signals since the start; one that came in both dialects is one. */
  readonly signals: number;
}

/** The coordinator signals twice a second: what comes in both dialects lies closer together than that, ms. */
const SAME_SIGNAL_MS = 250;

/** The numbers as a float32 holds them, so that both dialects compare. */
function numbersOf(signal: Coordination): readonly number[] {
  return [
    signal.targetCompression,
    signal.allocatedMbps,
    signal.fleetCompressionRatio,
    signal.fleetLatencyMs,
    signal.fleetQualityScore ?? NaN,
  ].map(Math.fround);
}

function isSameSignal(before: Coordination, signal: Coordination): boolean {
  if (before.dialect === signal.dialect || Math.abs(signal.receivedAtMs - before.receivedAtMs) > SAME_SIGNAL_MS) return false;
  const numbers = numbersOf(before);
  return numbersOf(signal).every((value, index) => Object.is(value, numbers[index]));
}

/** Takes in a signal. The first of a pair may come in either dialect; afterwards the dialect filter keeps one. */
export function noteCoordination(before: CoordinationRecord | null, signal: Coordination): CoordinationRecord {
  if (before === null) return { newest: signal, signals: 1 };
  return { newest: signal, signals: before.signals + (isSameSignal(before.newest, signal) ? 0 : 1) };
}
