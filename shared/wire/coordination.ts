import type { NodeId } from "../fleet/ids";
import type { Coordination } from "../fleet/hub-status";
import { fail, ok, type Failure, type Result } from "../result";
import type { LydtFrame } from "./lydt";

/** What can be wrong with a coordination message whose frame or array is whole. */
export type CoordinationErrorCode = "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE";

/** A coordination message, and what in it could not be used. */
export interface ParsedCoordination {
  readonly coordination: Coordination;
  readonly warnings: readonly Failure<"OUT_OF_RANGE">[];
}

/** The keys of a frame's meta and the order of the legacy array (wire protocol, 1.4). The original takes no other and no fewer. */
const KEYS = [
  "target_compression",
  "allocated_mbps",
  "fleet_avg_compression",
  "fleet_avg_latency_ms",
  "fleet_avg_quality",
] as const;

/** The link policy's own clamp (wire protocol, 1.7). */
const MIN_TARGET_COMPRESSION = 0.1;
const MAX_TARGET_COMPRESSION = 0.98;
/** A terabit a second. */
const MAX_ALLOCATED_MBPS = 1e6;
/** As for the metrics of a node. */
const MAX_RATIO = 1e6;
const MAX_LATENCY_MS = 1e6;

/** How the numbers of a dialect are stored: a legacy 0.98 is a float32, a little more than 0.98. */
type Stored = (value: number) => number;

/**
 * Reads the meta of a LYDT coordination frame: exactly five numbers.
 * @returns BAD_META for a key that is missing or too many, or a value that is no number; NOT_FINITE;
 * OUT_OF_RANGE for a target outside 0.1 to 0.98 or a share or average below 0.
 */
export function readLydtCoordination(frame: LydtFrame, receivedAtMs: number): Result<ParsedCoordination, CoordinationErrorCode> {
  const { meta } = frame;
  const given = Object.keys(meta);
  const missing = KEYS.find((key) => !Object.hasOwn(meta, key));
  if (missing !== undefined) return fail("BAD_META", `The frame does not give "${missing}".`);
  if (given.length !== KEYS.length) {
    return fail("BAD_META", `The frame gives ${given.length} values; a coordination is exactly ${KEYS.length}.`);
  }
  const numbers: number[] = [];
  for (const key of KEYS) {
    const value = meta[key];
    if (typeof value !== "number") return fail("BAD_META", `The frame gives "${key}" as something that is no number.`);
    numbers.push(value);
  }
  return check(frame.nodeId, "lydt", numbers, receivedAtMs, (value) => value);
}

/**
 * Reads a legacy coordination array: the same five numbers by position.
 * @returns as {@link readLydtCoordination}; BAD_META for more or fewer than five.
 */
export function readLegacyCoordination(
  nodeId: NodeId,
  numbers: Float32Array,
  receivedAtMs: number,
): Result<ParsedCoordination, CoordinationErrorCode> {
  if (numbers.length !== KEYS.length) {
    return fail("BAD_META", `The message has ${numbers.length} numbers; a coordination is exactly ${KEYS.length}.`);
  }
  return check(nodeId, "legacy", [...numbers], receivedAtMs, Math.fround);
}

function check(
  nodeId: NodeId,
  dialect: Coordination["dialect"],
  numbers: readonly number[],
  receivedAtMs: number,
  stored: Stored,
): Result<ParsedCoordination, CoordinationErrorCode> {
  const notFinite = numbers.findIndex((value) => !Number.isFinite(value));
  if (notFinite >= 0) return fail("NOT_FINITE", `The coordinator gives ${KEYS[notFinite] ?? ""} as ${numbers[notFinite] ?? ""}.`);
  const [target = NaN, allocated = NaN, ratio = NaN, latencyMs = NaN, quality = NaN] = numbers;
  const wrong =
    outside(0, target, stored(MIN_TARGET_COMPRESSION), stored(MAX_TARGET_COMPRESSION), "0.1 to 0.98") ??
    outside(1, allocated, 0, MAX_ALLOCATED_MBPS, `0 to ${MAX_ALLOCATED_MBPS}`) ??
    outside(2, ratio, 0, MAX_RATIO, `0 to ${MAX_RATIO}`) ??
    outside(3, latencyMs, 0, MAX_LATENCY_MS, `0 to ${MAX_LATENCY_MS}`);
  if (wrong !== null) return { ok: false, error: wrong };
  const badQuality = outside(4, quality, 0, 1, "0 to 1");
  return ok({
    coordination: {
      nodeId,
      dialect,
      receivedAtMs,
      targetCompression: target,
      allocatedMbps: allocated,
      fleetCompressionRatio: ratio,
      fleetLatencyMs: latencyMs,
      fleetQualityScore: badQuality === null ? quality : null,
    },
    warnings: badQuality === null ? [] : [badQuality],
  });
}

function outside(index: number, value: number, min: number, max: number, range: string): Failure<"OUT_OF_RANGE"> | null {
  if (value >= min && value <= max) return null;
  return { code: "OUT_OF_RANGE", message: `The coordinator gives ${KEYS[index] ?? ""} as ${value}; it can be ${range}.` };
}
