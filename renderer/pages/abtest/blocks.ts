import type { AbTestBlock, AbTestTraces, AbTestView } from "../../../shared/contract/abtest";
import type { SelectedRange } from "../../state/selected-range";
import type { Scale } from "../../charts/scales";
import type { LimitedMetric } from "../../../shared/judge/limits";

/** So many blocks are drawn, the newest; all of them are in the table. */
export const DRAWN_BLOCKS = 32;

/** The values of one node. */
export type NodeTrace = AbTestTraces["nodes"][number];

/** The blocks that are drawn, and the stretch of time that they take. */
export interface DrawnBlocks {
  readonly blocks: readonly AbTestBlock[];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The newest blocks with the time that they take; of a range that the window shows, those that lie in it, if any does.
 *
 * @param nowMs end of the block that runs.
 * @returns null before the first block.
 */
export function drawnBlocks({ blocks }: Pick<AbTestView, "blocks">, nowMs: number, selected: SelectedRange | null = null): DrawnBlocks | null {
  const inRange = selected === null ? [] : blocks.filter(({ fromAtMs, toAtMs }) => fromAtMs < selected.toMs && (toAtMs ?? nowMs) > selected.fromMs);
  const drawn = (inRange.length === 0 ? blocks : inRange).slice(-DRAWN_BLOCKS);
  const [first] = drawn;
  const last = drawn.at(-1);
  if (first === undefined || last === undefined) return null;
  return { blocks: drawn, fromMs: first.fromAtMs, toMs: Math.max(first.fromAtMs + 1, last.toAtMs ?? nowMs) };
}

/** The values of a trace inside of a stretch of time. */
export function within(trace: Pick<NodeTrace, "atMs" | LimitedMetric>, metric: LimitedMetric, fromMs: number, toMs: number): { readonly atMs: Float64Array; readonly values: Float64Array } {
  const from = trace.atMs.findIndex((at) => at >= fromMs);
  if (from < 0) return { atMs: new Float64Array(), values: new Float64Array() };
  const after = trace.atMs.findIndex((at, index) => index >= from && at >= toMs);
  const to = after < 0 ? trace.atMs.length : after;
  return { atMs: trace.atMs.slice(from, to), values: trace[metric].slice(from, to) };
}

/** Share of the values at each end that may leave the picture, so that one spike does not flatten all others. */
const OUTSIDE = 0.005;

/** One scale for every node, with room; null without a value. Quality ends at 1. */
export function traceScale(traces: readonly Pick<NodeTrace, "atMs" | LimitedMetric>[], metric: LimitedMetric, fromMs: number, toMs: number): Scale | null {
  const values = traces.flatMap((trace) => [...within(trace, metric, fromMs, toMs).values]).filter(Number.isFinite).sort((one, other) => one - other);
  const least = values[Math.floor(values.length * OUTSIDE)];
  const greatest = values[Math.ceil(values.length * (1 - OUTSIDE)) - 1];
  if (least === undefined || greatest === undefined) return null;
  const room = Math.max(greatest - least, Math.abs(greatest) * 0.02, 1e-6) * 0.12;
  return { min: metric === "latencyMs" ? Math.max(0, least - room) : least - room, max: metric === "qualityScore" ? Math.min(1, greatest + room) : greatest + room };
}
