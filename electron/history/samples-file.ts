import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { SAMPLE_COLUMNS } from "../../shared/history/block";
import { END, numberField, utc } from "../../shared/report/csv";
import type { Origin } from "./batch";
import type { SampleWalk, WalkStep } from "./walk";

/** The columns of the file after time, node and origin; `atMs` is `unix_ms`. */
const NAMES = {
  atMs: "unix_ms",
  compressionRatio: "compression_ratio",
  latencyMs: "latency_ms",
  qualityScore: "quality_score",
  bandwidthKbps: "bandwidth_kbps",
  sentAtMs: "sent_unix_ms",
  sequence: "sequence",
  compressionLevel: "compression_level",
  bytesIn: "bytes_in",
  bytesOut: "bytes_out",
} as const satisfies Readonly<Record<(typeof SAMPLE_COLUMNS)[number], string>>;

const HEADER = ["time_utc", "node_id", "model_version", "dialect", "vertical", ...SAMPLE_COLUMNS.map((name) => NAMES[name])].join(",");

function linesOf(step: WalkStep, origins: ReadonlyMap<number, Origin>): string {
  const { samples, node, nodeIds } = step;
  let text = "";
  for (let row = 0; row < samples.length; row += 1) {
    const origin = origins.get(samples.origin[row] ?? 0);
    const atMs = samples.columns.atMs[row] ?? Number.NaN;
    const numbers = SAMPLE_COLUMNS.map((name) => numberField(samples.columns[name][row] ?? Number.NaN));
    text += [utc(atMs), nodeIds[node[row] ?? 0] ?? "", origin?.version ?? "", origin?.dialect ?? "", origin?.vertical ?? "", ...numbers].join(",") + END;
  }
  return text;
}

/** Writes every sample of a walk as CSV (RFC 4180, UTF-8, CRLF) and syncs it. Throws what the file system says. */
export function writeSamplesCsv(walk: SampleWalk, path: string, progress: (done: number, total: number) => void): number {
  const origins = walk.origins();
  const file = openSync(path, "wx");
  try {
    let written = 0;
    writeSync(file, HEADER + END);
    for (let step = walk.step(); step !== null; step = walk.step()) {
      writeSync(file, linesOf(step, origins));
      written += step.samples.length;
      progress(step.progress, 1);
    }
    fsyncSync(file);
    return written;
  } finally {
    closeSync(file);
  }
}
