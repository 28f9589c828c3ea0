import { useEffect, useRef, useState } from "react";
import type { SystemSeries } from "../../../shared/contract/system";
import type { Failure } from "../../../shared/result";
import { request } from "../../state/ops";
import type { SelectedRange } from "../../state/selected-range";

/** Most points of a chart. */
const MAX_POINTS = 300;

const SHORTEST_MS = 1_000;

/** The ranges that the page offers, ms. */
export const RANGES = [
  { value: "60000", label: "1 min" },
  { value: "600000", label: "10 min" },
  { value: "3600000", label: "1 h" },
  { value: "86400000", label: "24 h" },
] as const;
export type RangeValue = (typeof RANGES)[number]["value"];

/** A young application opens on its newest minute, which is full soon; later on ten. */
export function openingRange(uptimeMs: number): RangeValue {
  return uptimeMs < 120_000 ? "60000" : "600000";
}

/** A point of a long range stands for many seconds: it is asked for as seldom. */
function everyMs(rangeMs: number): number {
  return Math.max(1_000, rangeMs / MAX_POINTS / 2);
}

/**
 * The history of the machine: up to now, asked again as it grows, or of a stretch that was chosen, asked once. The newest
 * answer stays meanwhile.
 */
export function useSystemSeries(liveMs: number, nowMs: number, selected: SelectedRange | null): { readonly series: SystemSeries | null; readonly failure: Failure | null } {
  const [series, setSeries] = useState<SystemSeries | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const rangeMs = selected === null ? liveMs : selected.toMs - selected.fromMs;
  const toMs = selected?.toMs ?? null;
  const shown = `${rangeMs} ${toMs ?? "now"}`;
  const wanted = useRef(shown);
  const step = toMs === null ? Math.floor(nowMs / everyMs(rangeMs)) : 0;
  useEffect(() => {
    const asked = `${rangeMs} ${toMs ?? "now"}`;
    wanted.current = asked;
    void request("system/series", { rangeMs: Math.max(SHORTEST_MS, rangeMs), maxPoints: MAX_POINTS, ...(toMs === null ? {} : { toMs }) }).then((answer) => {
      // Of a range that is no longer shown.
      if (wanted.current !== asked) return;
      if (answer.ok) setSeries(answer.value);
      setFailure(answer.ok ? null : answer.error);
    });
  }, [rangeMs, toMs, step]);
  return { series, failure };
}
