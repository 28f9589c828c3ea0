import { parseModelVersion, parseNodeId } from "../fleet/ids";
import { fail, ok, type Result } from "../result";
import type { JudgedSample } from "./node-judge";
import { KnownNames, readPlainLine, type PlainSample } from "./plain-line";

/** A line of a recording: a sample, or a deployment that somebody asked for. */
export type RecordedLine =
  | { readonly type: "sample"; readonly nodeId: string; readonly sample: JudgedSample }
  | { readonly type: "deploy"; readonly tMs: number; readonly nodeId: string; readonly version: string };

function notASample(sentence: string): Result<never, "NOT_A_SAMPLE"> {
  return fail("NOT_A_SAMPLE", sentence);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return parseNonFinite(line);
  }
}

/** Bare words for numbers that are not finite, as Python programs write them after a colon. */
const BARE_NON_FINITE = /(?<=:\s*)-?(?:NaN|Infinity)(?=\s*[,}])/g;

function parseNonFinite(line: string): unknown {
  try {
    return JSON.parse(line.replace(BARE_NON_FINITE, "null"));
  } catch {
    return undefined;
  }
}

/** A metric: a number, or no data where it is null, absent or not finite; undefined for anything else. */
function metricOf(value: unknown): number | null | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return value === null || value === undefined ? null : undefined;
}

/** Names are checked once. */
const knownNodes = new KnownNames();
const knownVersions = new KnownNames();

function isName(known: KnownNames, text: unknown, parse: (text: string) => Result<string>): text is string {
  if (typeof text !== "string") return false;
  if (known.has(text)) return true;
  if (!parse(text).ok) return false;
  known.add(text);
  return true;
}

/**
 * Reads a sample where a line is laid out as recordings are written and its names were met before.
 * @param line bytes in which the line lies from `from` to before `end`, UTF-8.
 * @returns null for any other line, good or bad: {@link parseRecordedLine} reads that.
 */
export function readPlainSample(line: Uint8Array, from: number, end: number): PlainSample | null {
  const plain = readPlainLine(line, from, end, knownNodes, knownVersions);
  return plain !== null && Math.abs(plain.sample.tMs) <= LARGEST_TIME_MS ? plain : null;
}

/**
 * Reads one line of a recording.
 * @returns NOT_A_SAMPLE with the reason for everything that is neither a sample nor a deployment.
 */
export function parseRecordedLine(line: string): Result<RecordedLine, "NOT_A_SAMPLE"> {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return notASample("it is no JSON object");
  const record = value as Readonly<Record<string, unknown>>;
  const tMs = record["tMs"];
  const nodeId = record["nodeId"];
  if (typeof tMs !== "number" || !Number.isFinite(tMs) || Math.abs(tMs) > LARGEST_TIME_MS) return notASample("its tMs is no time in milliseconds");
  if (!isName(knownNodes, nodeId, parseNodeId)) return notASample("its nodeId is no node id");
  const deploy = record["deploy"];
  if (deploy !== undefined) {
    if (!isName(knownVersions, deploy, parseModelVersion)) return notASample("its deploy is no version");
    return ok({ type: "deploy", tMs, nodeId, version: deploy });
  }
  const modelVersion = record["modelVersion"] ?? null;
  if (modelVersion !== null && !isName(knownVersions, modelVersion, parseModelVersion)) return notASample("its modelVersion is no version");
  const compressionRatio = metricOf(record["compressionRatio"]);
  const latencyMs = metricOf(record["latencyMs"]);
  const qualityScore = metricOf(record["qualityScore"]);
  if (compressionRatio === undefined || latencyMs === undefined || qualityScore === undefined) return notASample("a metric is no number");
  if (!("compressionRatio" in record || "latencyMs" in record || "qualityScore" in record)) return notASample("it has no metric");
  return ok({ type: "sample", nodeId, sample: { tMs, modelVersion, compressionRatio, latencyMs, qualityScore } });
}

/** The largest time that a date can have (ECMAScript, 21.4.1.1). */
const LARGEST_TIME_MS = 8.64e15;
