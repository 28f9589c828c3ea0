import type { ExportRow } from "../operations/operations";

const HEADER = "time_utc,unix_ms,node_id,model_version,compression_ratio,latency_ms,quality_score,bandwidth_kbps";

/** An empty field is a value that the node did not report; a zero would be a claim. */
function field(value: number): string {
  return Number.isFinite(value) ? String(value) : "";
}

/** The samples of one node as CSV (RFC 4180, UTF-8, CRLF): one line a sample, times in UTC. */
export function samplesCsv(nodeId: string, rows: readonly ExportRow[]): string {
  const lines = rows.map((row) =>
    [
      new Date(row.tMs).toISOString(),
      String(row.tMs),
      nodeId,
      row.modelVersion ?? "",
      field(row.compressionRatio),
      field(row.latencyMs),
      field(row.qualityScore),
      field(row.bandwidthKbps),
    ].join(","),
  );
  return [HEADER, ...lines, ""].join("\r\n");
}
