import type { TimeSpan } from "../../charts/chart-view";
import type { ClockKind } from "../../format/time";

/** The shortest stretch that can be chosen, ms. */
const SHORTEST_MS = 5_000;

/** A moment as a field of date and time has it: "2026-11-24T14:05:31". */
export function fieldText(atMs: number, clock: ClockKind): string {
  const shiftMs = clock === "utc" ? 0 : new Date(atMs).getTimezoneOffset() * 60_000;
  return new Date(atMs - shiftMs).toISOString().slice(0, 19);
}

/** The moment of a field, Unix ms; NaN while it is none. */
export function momentOf(text: string, clock: ClockKind): number {
  // Without an offset it is local time (ECMA-262, Date.parse).
  return Date.parse(clock === "utc" ? `${text}Z` : text);
}

/** Why a stretch cannot be shown; null where it can. */
export function spanProblem({ fromMs, toMs }: TimeSpan, nowMs: number): string | null {
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return "Give both times.";
  if (toMs - fromMs < SHORTEST_MS) return "The end must be at least 5 s after the beginning.";
  return fromMs >= nowMs ? "Nothing was measured yet by then." : null;
}
