import type { Series } from "../contract/channels";
import { decimateColumns } from "../series/decimate";
import { SERIES_COLUMNS, type TrackedNode } from "./tracked-node";

/** Which part of a node's samples is asked for. */
export interface SeriesRange {
  /** Unix ms, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** At most this many points come back. */
  readonly maxPoints: number;
}

/** A stretch of time, Unix ms. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a chart shows beside the samples. */
export interface SeriesFacts {
  isDrill(version: string): boolean;
  /** When the link was lost, Unix ms: what came between the samples around it was not heard, however short that was. */
  readonly linkLossesMs: readonly number[];
}

/** The silences within and at the end of the range that are longer than `gapAfterMs`, or in which the link was lost. */
export function findGaps(atMs: Float64Array, range: Pick<SeriesRange, "fromMs" | "toMs">, gapAfterMs: number, lossesMs: readonly number[]): Stretch[] {
  const gaps: Stretch[] = [];
  for (let index = 1; index < atMs.length; index += 1) {
    const fromMs = atMs[index - 1] ?? range.fromMs;
    const toMs = atMs[index] ?? range.toMs;
    const isLoss = lossesMs.some((lossMs) => fromMs <= lossMs && lossMs < toMs);
    if (isLoss || toMs - fromMs > gapAfterMs) gaps.push({ fromMs, toMs });
  }
  const lastMs = atMs.at(-1);
  if (lastMs !== undefined && range.toMs - lastMs > gapAfterMs) gaps.push({ fromMs: lastMs, toMs: range.toMs });
  return gaps;
}

/** Puts a NaN row just after each gap's beginning, so that no line is drawn across it. */
export function withGapRows(
  slice: { readonly atMs: Float64Array; readonly columns: Readonly<Record<(typeof SERIES_COLUMNS)[number], Float64Array>> },
  gaps: readonly Stretch[],
): { readonly atMs: Float64Array<ArrayBuffer>; readonly columns: Record<(typeof SERIES_COLUMNS)[number], Float64Array<ArrayBuffer>> } {
  const startsMs = new Set(gaps.map((gap) => gap.fromMs));
  const size = slice.atMs.length + gaps.length;
  const atMs = new Float64Array(size);
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(size);
  const columns = { compressionRatio: column(), latencyMs: column(), qualityScore: column(), bandwidthKbps: column() };
  let row = 0;
  for (const [index, timeMs] of slice.atMs.entries()) {
    atMs[row] = timeMs;
    for (const name of SERIES_COLUMNS) columns[name][row] = slice.columns[name][index] ?? NaN;
    row += 1;
    if (!startsMs.delete(timeMs)) continue;
    atMs[row] = timeMs + 1;
    for (const name of SERIES_COLUMNS) columns[name][row] = NaN;
    row += 1;
  }
  return { atMs, columns };
}

/** A node's samples for a chart: every sample, or each bucket's extremes; gaps stay gaps. */
export function nodeSeries(node: TrackedNode, range: SeriesRange, { isDrill, linkLossesMs }: SeriesFacts): Series {
  const slice = node.series.slice(range.fromMs, range.toMs);
  const gaps = findGaps(slice.atMs, range, node.gapAfterMs(), linkLossesMs);
  const { decimated, bucketMs, atMs, columns } = decimateColumns(withGapRows(slice, gaps), range.maxPoints);
  const changes = node.versions.spans
    .slice(1)
    .filter((span) => span.fromMs >= range.fromMs && span.fromMs <= range.toMs)
    .map((span) => ({
      atMs: span.fromMs,
      version: span.version,
      drill: span.version !== null && isDrill(span.version),
    }));
  return { nodeId: node.nodeId, fromMs: range.fromMs, toMs: range.toMs, decimated, bucketMs, atMs, ...columns, changes, gaps };
}
