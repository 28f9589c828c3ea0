import type { TrackedNode } from "../../shared/fleet/tracked-node";

/** A sample with its time, for exports. */
export interface ExportRow {
  readonly tMs: number;
  readonly compressionRatio: number;
  readonly latencyMs: number;
  readonly qualityScore: number;
  readonly bandwidthKbps: number;
  readonly modelVersion: string | null;
}

/** Every sample that is kept of a node, oldest first; a quality or bandwidth that it did not report is NaN. */
export function exportRowsOf({ series, versions }: TrackedNode): readonly ExportRow[] {
  const { atMs, columns } = series.last(series.length);
  return Array.from(atMs, (tMs, index) => ({
    tMs,
    compressionRatio: columns.compressionRatio[index] ?? NaN,
    latencyMs: columns.latencyMs[index] ?? NaN,
    qualityScore: columns.qualityScore[index] ?? NaN,
    bandwidthKbps: columns.bandwidthKbps[index] ?? NaN,
    modelVersion: versions.spans.findLast((span) => span.fromMs <= tMs)?.version ?? null,
  }));
}
