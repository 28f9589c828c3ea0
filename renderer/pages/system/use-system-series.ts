import { useEffect, useRef, useState } from "react";
import type { SystemSeries } from "../../../shared/contract/system";
import type { Failure } from "../../../shared/result";
import { request } from "../../state/ops";

/** Most points of a chart. */
const MAX_POINTS = 300;

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

/** The history of the machine up to now, asked again as it grows; the newest answer stays meanwhile. */
export function useSystemSeries(rangeMs: number, nowMs: number): { readonly series: SystemSeries | null; readonly failure: Failure | null } {
  const [series, setSeries] = useState<SystemSeries | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const wanted = useRef(rangeMs);
  const step = Math.floor(nowMs / everyMs(rangeMs));
  useEffect(() => {
    wanted.current = rangeMs;
    void request("system/series", { rangeMs, maxPoints: MAX_POINTS }).then((answer) => {
      // Of a range that is no longer shown.
      if (wanted.current !== rangeMs) return;
      if (answer.ok) setSeries(answer.value);
      setFailure(answer.ok ? null : answer.error);
    });
  }, [rangeMs, step]);
  return { series, failure };
}
