import { sampleLine, SAMPLES_HEADER } from "../../shared/report/csv";
import type { ExportRow } from "../operations/export-rows";

/** The samples of one node as CSV (RFC 4180, UTF-8, CRLF): one line a sample, times in UTC. */
export function samplesCsv(nodeId: string, rows: readonly ExportRow[]): string {
  return SAMPLES_HEADER + rows.map(({ tMs, ...row }) => sampleLine({ ...row, atMs: tMs, nodeId })).join("");
}
