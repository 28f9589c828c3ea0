import type { TimeSpan } from "../../charts/chart-view";

/** The shortest stretch that can be chosen, ms. */
const SHORTEST_MS = 5_000;

/** Why a stretch cannot be shown; null where it can. */
export function spanProblem({ fromMs, toMs }: TimeSpan, nowMs: number): string | null {
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return "Give both times, as 2026-11-24 14:05.";
  if (toMs - fromMs < SHORTEST_MS) return "The end must be at least 5 s after the beginning.";
  return fromMs >= nowMs ? "Nothing was measured yet by then." : null;
}
