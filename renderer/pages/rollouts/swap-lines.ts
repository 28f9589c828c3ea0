import type { RolloutEvidence } from "../../../shared/contract/rollouts";
import type { Scale } from "../../charts/scales";
import type { SwapMetric } from "./desk";

/** One swap's samples. */
export type Trace = RolloutEvidence["traces"][number];

/** The sparkline shows so long before and after the swap, ms, in so many steps. */
const AROUND_MS = 20_000;
const STEPS = 60;

function middle(values: number[]): number {
  if (values.length === 0) return NaN;
  const sorted = values.sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The median over all nodes from 20 s before to 20 s after their own swaps; NaN where no node had a sample. */
export function aroundSwap(traces: readonly Trace[], metric: SwapMetric): Float32Array {
  const steps = Array.from({ length: STEPS }, (): number[] => []);
  for (const trace of traces) {
    for (const [index, sinceMs] of trace.sinceSwapMs.entries()) {
      const step = Math.floor(((sinceMs + AROUND_MS) / (2 * AROUND_MS)) * STEPS);
      const value = trace[metric][index] ?? NaN;
      if (Number.isFinite(value)) steps[step]?.push(value);
    }
  }
  return Float32Array.from(steps.map(middle));
}

/** A scale that holds every finite value with a little room; null where there is none. */
export function scaleOf(values: Iterable<number>, room = 0.08): Scale | null {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return null;
  const span = max - min || Math.abs(max) || 1;
  return { min: min - span * room, max: max + span * room };
}

/** A change as a share: 0.2 is 20 % more; null where it cannot be told. */
export function changeOf({ before, after }: { readonly before: number | null; readonly after: number | null }): number | null {
  return before === null || after === null || before === 0 ? null : after / before - 1;
}

/** A line through points; a NaN begins a new one, so that a gap stays a gap. */
export function linePath(trace: Trace, metric: SwapMetric, x: (sinceMs: number) => number, y: (value: number) => number): string {
  let path = "";
  let isDrawing = false;
  for (const [index, sinceMs] of trace.sinceSwapMs.entries()) {
    const value = trace[metric][index] ?? NaN;
    if (!Number.isFinite(value)) {
      isDrawing = false;
      continue;
    }
    path += `${isDrawing ? "L" : "M"}${x(sinceMs).toFixed(1)} ${y(value).toFixed(1)}`;
    isDrawing = true;
  }
  return path;
}

/** The first and the last sample of a trace since its swap, and the worst of them. */
export function traceFacts(trace: Trace, metric: SwapMetric): { readonly before: number; readonly last: number; readonly least: number; readonly greatest: number } {
  const values = trace[metric];
  const after = [...values].filter((value, index) => (trace.sinceSwapMs[index] ?? -1) >= 0 && Number.isFinite(value));
  const before = [...values].filter((value, index) => (trace.sinceSwapMs[index] ?? 0) < 0 && Number.isFinite(value));
  return { before: before.at(-1) ?? NaN, last: after.at(-1) ?? NaN, least: after.length === 0 ? NaN : Math.min(...after), greatest: after.length === 0 ? NaN : Math.max(...after) };
}
