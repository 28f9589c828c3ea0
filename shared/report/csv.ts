import type { EventView } from "../contract/snapshot";
import { METRICS, type Metric } from "../fleet/sample";
import type { Figures, GroupFigures } from "./figures";
import { HOST_QUANTITIES, type HostBatch } from "./host";
import { sampleAt, type ReportSample, type SampleBatch } from "./samples";
import { takesNode, takesVersion, type ReportScope } from "./scope";

/** Tables of samples, events and figures as CSV: RFC 4180, UTF-8, CRLF, times in UTC. An empty field is a value that is not there, never 0. */

/** The end of a line. */
export const END = "\r\n";

/** The first line of exported samples. */
export const SAMPLES_HEADER = `time_utc,unix_ms,node_id,model_version,compression_ratio,latency_ms,quality_score,bandwidth_kbps${END}`;

/** The first line of exported events. */
export const EVENTS_HEADER = `time_utc,unix_ms,event_id,event,node_id,actor,sentence,detail_json${END}`;

/** A field of a number; empty where there is none. */
export function numberField(value: number | null): string {
  return value !== null && Number.isFinite(value) ? String(value) : "";
}

/**
 * A field of text. A spreadsheet takes what begins with one of = + - @ for a formula, and a node chose some of these
 * words: an apostrophe keeps it text (OWASP, CSV injection).
 */
function textField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A moment as ISO 8601 in UTC, with milliseconds. */
export function utc(atMs: number): string {
  return Number.isFinite(atMs) && Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : "";
}

/** One sample as a line under {@link SAMPLES_HEADER}. */
export function sampleLine({ atMs, nodeId, modelVersion, ...values }: Pick<ReportSample, "atMs" | "nodeId" | "modelVersion" | Metric>): string {
  const metrics = METRICS.map((metric) => numberField(values[metric])).join(",");
  return `${utc(atMs)},${atMs},${textField(nodeId)},${textField(modelVersion ?? "")},${metrics}${END}`;
}

/** The samples of a batch that are in the scope, one a line. */
export function sampleLines(batch: SampleBatch, scope: ReportScope): string {
  let text = "";
  for (let index = 0; index < batch.length; index += 1) {
    const sample = sampleAt(batch, index);
    if (!isInScope(sample.atMs, sample.nodeId, sample.modelVersion, scope)) continue;
    text += sampleLine(sample);
  }
  return text;
}

/** Whether a sample is exported. */
export function isInScope(atMs: number, nodeId: string, version: string | null, scope: ReportScope): boolean {
  return atMs >= scope.fromMs && atMs <= scope.toMs && takesNode(scope, nodeId) && takesVersion(scope, version);
}

/** One event as a line. */
export function eventLine({ id, tMs, event, nodeId, actor, sentence, detail }: EventView): string {
  const fields = [utc(tMs), String(tMs), String(id), textField(event), textField(nodeId ?? ""), actor, textField(sentence), textField(JSON.stringify(detail))];
  return fields.join(",") + END;
}

const FIGURES = ["n", "mean", "min", "max", "p95"] as const;
const COLUMN_NAMES = { compressionRatio: "compression_ratio", latencyMs: "latency_ms", qualityScore: "quality_score", bandwidthKbps: "bandwidth_kbps" } as const;

/** The figures of every node and version, one a line. */
export function summaryCsv({ groups, nodes }: Figures): string {
  const metrics = METRICS.flatMap((metric) => FIGURES.map((figure) => `${COLUMN_NAMES[metric]}_${figure}`));
  const header = ["node_id", "model_version", "samples", "first_unix_ms", "last_unix_ms", "gap_after_ms", "gaps", "gaps_total_ms", "gaps_longest_ms", ...metrics];
  const gapAfterMs = new Map(nodes.map((node) => [node.nodeId, node.gapAfterMs]));
  const line = (group: GroupFigures): string => {
    const values = METRICS.flatMap((metric) => FIGURES.map((figure) => numberField(group.metrics[metric][figure])));
    const { gaps } = group;
    const own = [group.samples, group.firstMs, group.lastMs, gapAfterMs.get(group.nodeId) ?? null, gaps.count, gaps.totalMs, gaps.longestMs];
    return [textField(group.nodeId), textField(group.version ?? ""), ...own.map(numberField), ...values].join(",") + END;
  };
  return header.join(",") + END + groups.map(line).join("");
}

/** The first line of what was recorded of this machine. */
export const HOST_HEADER = `time_utc,unix_ms,${HOST_QUANTITIES.map(({ field }) => field).join(",")}${END}`;

/** What was recorded of this machine, one row a line. */
export function hostLines({ length, atMs, columns }: HostBatch): string {
  let text = "";
  for (let row = 0; row < length; row += 1) {
    const at = atMs[row] ?? NaN;
    const values = HOST_QUANTITIES.map(({ column }) => numberField(columns[column][row] ?? null));
    text += `${utc(at)},${at},${values.join(",")}${END}`;
  }
  return text;
}
