import { parseModelVersion, quoteUntrusted, type ModelVersion, type NodeId } from "../fleet/ids";
import type { Heartbeat, MetricSample, ModalityBytes, Vertical } from "../fleet/sample";
import { fail, ok, type Failure, type Result } from "../result";
import type { LydtFrame, LydtMeta } from "./lydt";
import { checkNumbers, type CheckedNumbers } from "./metric-rules";

/** What can be wrong with the content of a message whose frame is whole. */
export type MetricsErrorCode = "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE" | "BAD_VERSION";

/** What was dropped from a message that is otherwise sound. */
export type MetricsWarning = Failure<"OUT_OF_RANGE" | "BAD_META">;

/** A metrics message, and what in it could not be used. */
export interface ParsedMetrics {
  readonly sample: MetricSample;
  readonly warnings: readonly MetricsWarning[];
}

/** Numbers of a legacy metrics array, by position (wire protocol, 1.4). Further numbers are ignored. */
const LEGACY_NUMBERS = 5;

/** A modality's name is shown, so it is allow-listed like every other name. */
const MODALITY = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
const MAX_MODALITIES = 16;

const NO_MODALITIES: readonly ModalityBytes[] = [];

/**
 * Reads the meta of a LYDT metrics frame. Keys that are not known are ignored.
 * @returns BAD_META for a value of the wrong type or a missing ratio or latency, NOT_FINITE, OUT_OF_RANGE
 * (see checkNumbers), BAD_VERSION for a version that is neither "" nor one.
 */
export function readLydtMetrics(frame: LydtFrame, receivedAtMs: number): Result<ParsedMetrics, MetricsErrorCode> {
  const { meta } = frame;
  const ratio = readNumber(meta, "compression_ratio");
  if (!ratio.ok) return ratio;
  const latency = readNumber(meta, "latency_ms");
  if (!latency.ok) return latency;
  const level = readNumber(meta, "compression_level");
  if (!level.ok) return level;
  const quality = readNumber(meta, "quality_score");
  if (!quality.ok) return quality;
  const bandwidth = readNumber(meta, "bandwidth_estimate");
  if (!bandwidth.ok) return bandwidth;
  const bytesIn = readNumber(meta, "bytes_in");
  if (!bytesIn.ok) return bytesIn;
  const bytesOut = readNumber(meta, "bytes_out");
  if (!bytesOut.ok) return bytesOut;
  const numbers = checkNumbers({
    compressionRatio: ratio.value,
    latencyMs: latency.value,
    compressionLevel: level.value,
    qualityScore: quality.value,
    bandwidthEstimate: bandwidth.value,
    bytesIn: bytesIn.value,
    bytesOut: bytesOut.value,
  });
  if (!numbers.ok) return numbers;
  const modelVersion = readModelVersion(meta);
  if (!modelVersion.ok) return modelVersion;
  const vertical = readVertical(meta);
  if (!vertical.ok) return vertical;
  const modalities = readModalities(meta);
  if (!modalities.ok) return modalities;

  const origin: SampleOrigin = {
    nodeId: frame.nodeId,
    dialect: "lydt",
    modelVersion: modelVersion.value,
    vertical: vertical.value,
    sequence: frame.sequence,
    sentAtMs: frame.timestampSeconds * 1000,
    receivedAtMs,
    modalities: modalities.value.modalities,
  };
  const { warnings } = numbers.value;
  const { dropped } = modalities.value;
  return ok({
    sample: joinSample(origin, numbers.value.numbers),
    warnings: dropped === null ? warnings : [...warnings, dropped],
  });
}

/**
 * Reads a legacy metrics array: ratio, latency in ms, level, quality, bandwidth. It carries no node, version
 * or time; those come from its topic and its arrival, or stay null.
 * @returns BAD_META for fewer than 5 numbers, NOT_FINITE and OUT_OF_RANGE as in checkNumbers.
 */
export function readLegacyMetrics(
  nodeId: NodeId,
  numbers: Float32Array,
  receivedAtMs: number,
): Result<ParsedMetrics, MetricsErrorCode> {
  const compressionRatio = numbers[0];
  const latencyMs = numbers[1];
  const compressionLevel = numbers[2];
  const qualityScore = numbers[3];
  const bandwidthEstimate = numbers[4];
  if (
    compressionRatio === undefined ||
    latencyMs === undefined ||
    compressionLevel === undefined ||
    qualityScore === undefined ||
    bandwidthEstimate === undefined
  ) {
    return fail("BAD_META", `The message has ${numbers.length} numbers; legacy metrics are ${LEGACY_NUMBERS}.`);
  }
  const reported = { compressionRatio, latencyMs, compressionLevel, qualityScore, bandwidthEstimate };
  const result = checkNumbers({ ...reported, bytesIn: null, bytesOut: null });
  if (!result.ok) return result;
  const origin: SampleOrigin = {
    nodeId,
    dialect: "legacy",
    modelVersion: null,
    vertical: null,
    sequence: null,
    sentAtMs: null,
    receivedAtMs,
    modalities: NO_MODALITIES,
  };
  return ok({ sample: joinSample(origin, result.value.numbers), warnings: result.value.warnings });
}

type SampleOrigin = Omit<MetricSample, keyof CheckedNumbers["numbers"]>;

/** Property by property: an object spread here costs several times all the rest of the parsing. */
function joinSample(origin: SampleOrigin, numbers: CheckedNumbers["numbers"]): MetricSample {
  return {
    nodeId: origin.nodeId,
    dialect: origin.dialect,
    modelVersion: origin.modelVersion,
    vertical: origin.vertical,
    sequence: origin.sequence,
    sentAtMs: origin.sentAtMs,
    receivedAtMs: origin.receivedAtMs,
    compressionRatio: numbers.compressionRatio,
    latencyMs: numbers.latencyMs,
    qualityScore: numbers.qualityScore,
    bandwidthKbps: numbers.bandwidthKbps,
    compressionLevel: numbers.compressionLevel,
    bytesIn: numbers.bytesIn,
    bytesOut: numbers.bytesOut,
    modalities: origin.modalities,
  };
}

/** Reads the meta of a LYDT heartbeat frame. @returns BAD_META or BAD_VERSION as for metrics. */
export function readHeartbeat(frame: LydtFrame, receivedAtMs: number): Result<Heartbeat, "BAD_META" | "BAD_VERSION"> {
  const modelVersion = readModelVersion(frame.meta);
  if (!modelVersion.ok) return modelVersion;
  const vertical = readVertical(frame.meta);
  if (!vertical.ok) return vertical;
  return ok({
    nodeId: frame.nodeId,
    modelVersion: modelVersion.value,
    vertical: vertical.value,
    sentAtMs: frame.timestampSeconds * 1000,
    receivedAtMs,
  });
}

/** The version that a frame's meta names; null where it is missing or "", which says that no model is loaded. */
export function readModelVersion(meta: LydtMeta): Result<ModelVersion | null, "BAD_META" | "BAD_VERSION"> {
  const text = meta["model_version"] ?? "";
  if (typeof text !== "string") return fail("BAD_META", 'The frame gives "model_version" as something that is no text.');
  return text === "" ? ok(null) : parseModelVersion(text);
}

/** A vertical that is not known is no reason to refuse a sample: it is only shown. */
function readVertical(meta: LydtMeta): Result<Vertical | null, "BAD_META"> {
  const text = meta["vertical"] ?? "";
  if (typeof text !== "string") return fail("BAD_META", 'The frame gives "vertical" as something that is no text.');
  return ok(text === "drone" || text === "iot" ? text : null);
}

function readNumber(meta: LydtMeta, key: string): Result<number | null, "BAD_META"> {
  const value = meta[key] ?? null;
  if (value === null || typeof value === "number") return ok(value);
  return fail("BAD_META", `The frame gives "${key}" as something that is no number.`);
}

interface ReadModalities {
  readonly modalities: readonly ModalityBytes[];
  /** Set where a modality was left out: because of its name, for want of a number, or because there are too many. */
  readonly dropped: MetricsWarning | null;
}

function readModalities(meta: LydtMeta): Result<ReadModalities, "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE"> {
  const bytesIn = readByteMap(meta, "modality_bytes_in");
  if (!bytesIn.ok) return bytesIn;
  const bytesOut = readByteMap(meta, "modality_bytes_out");
  if (!bytesOut.ok) return bytesOut;
  if (bytesIn.value.size === 0 && bytesOut.value.size === 0) return ok({ modalities: NO_MODALITIES, dropped: null });

  const modalities: ModalityBytes[] = [];
  let dropped: MetricsWarning | null = null;
  for (const modality of new Set([...bytesIn.value.keys(), ...bytesOut.value.keys()])) {
    const modalityIn = bytesIn.value.get(modality);
    const modalityOut = bytesOut.value.get(modality);
    if (!MODALITY.test(modality)) {
      dropped = { code: "BAD_META", message: `${quoteUntrusted(modality)} is not the name of a modality.` };
    } else if (modalityIn === undefined || modalityOut === undefined) {
      dropped = { code: "BAD_META", message: `The frame gives the bytes of ${modality} on one side only.` };
    } else if (modalities.length === MAX_MODALITIES) {
      dropped = { code: "BAD_META", message: `The frame names more than ${MAX_MODALITIES} modalities.` };
    } else {
      modalities.push({ modality, bytesIn: modalityIn, bytesOut: modalityOut });
    }
  }
  return ok({ modalities, dropped });
}

/** A map of byte counts. Fractions pass: the original splits the bytes out in proportion (wire protocol, 1.5). */
function readByteMap(
  meta: LydtMeta,
  key: string,
): Result<ReadonlyMap<string, number>, "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE"> {
  const map = meta[key] ?? {};
  if (typeof map !== "object" || Array.isArray(map)) {
    return fail("BAD_META", `The frame gives "${key}" as something that is no map.`);
  }
  const counts = new Map<string, number>();
  for (const [modality, bytes] of Object.entries(map) as readonly (readonly [string, unknown])[]) {
    if (typeof bytes !== "number") return fail("BAD_META", `The frame gives "${key}" with something that is no number.`);
    // False for NaN and for infinities as well.
    const isCount = bytes >= 0 && bytes <= Number.MAX_SAFE_INTEGER;
    if (!isCount) {
      const code = Number.isFinite(bytes) ? "OUT_OF_RANGE" : "NOT_FINITE";
      return fail(code, `The node reports "${key}" of ${quoteUntrusted(modality)} as ${bytes}.`);
    }
    counts.set(modality, bytes);
  }
  return ok(counts);
}
