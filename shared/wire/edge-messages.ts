import type { ModelVersion, NodeId } from "../fleet/ids";
import type { Vertical } from "../fleet/sample";
import { encodeFloat32MultiArray, encodeUInt8MultiArray } from "./cdr";
import { encodeLydtFrame, type LydtFrameParts } from "./lydt";
import { writePythonJson } from "./python-json";

/**
 * What an edge node puts on the wire: the CDR bytes of each of its messages, meta keys and their order as
 * the field has them (wire protocol, 1.4). Numbers are written as they are given, NaN and infinities too,
 * since real nodes do that and readers must stand it.
 */

/** Sensors whose bytes a node counts one by one. The field knows all but motor, which it counts in the total only. */
export type Modality = "camera" | "lidar" | "imu" | "audio" | "motor";

/** One modality's share of an encode. */
export interface EdgeModality {
  readonly modality: Modality;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** 0 to 1. */
  readonly qualityScore: number;
}

/** What every frame of an edge says about its sender. */
export interface EdgeIdentity {
  readonly nodeId: NodeId;
  readonly vertical: Vertical;
  /** Null while no model is loaded. */
  readonly modelVersion: ModelVersion | null;
  /** The node's own clock, Unix ms. */
  readonly sentAtMs: number;
}

/** The five numbers that both dialects report. */
export interface EdgeNumbers {
  readonly compressionRatio: number;
  readonly latencyMs: number;
  /** 0 to 1; higher is more aggressive. */
  readonly compressionLevel: number;
  /** 0 to 1. */
  readonly qualityScore: number;
  /** kbit/s; a number up to 1 is read as one without a unit (see bandwidthInKbps). */
  readonly bandwidthKbps: number;
}

/** What an edge reports after an encode. */
export interface EdgeMetrics extends EdgeIdentity, EdgeNumbers {
  /** The sequence number of the compressed frame that it is about; its low 32 bits are sent. */
  readonly sequence: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly modalities: readonly EdgeModality[];
}

/** A compressed frame and what it was made from. */
export interface EdgeCompressedFrame extends EdgeIdentity {
  /** Its low 32 bits are sent. */
  readonly sequence: number;
  readonly bytesIn: number;
  readonly compressionRatio: number;
  readonly payload: Uint8Array;
}

const NO_PAYLOAD = new Uint8Array(0);

/** A LYDT metrics frame in a UInt8MultiArray, for the node's `lydt-metrics` topic. */
export function encodeMetricsMessage(metrics: EdgeMetrics): Uint8Array {
  const modalities = metrics.modalities;
  return encodeFrameMessage({
    type: "metrics",
    nodeId: metrics.nodeId,
    sequence: metrics.sequence,
    timestampSeconds: metrics.sentAtMs / 1000,
    metaJson: writePythonJson([
      ["vertical", metrics.vertical],
      ["model_version", metrics.modelVersion ?? ""],
      ["compression_ratio", metrics.compressionRatio],
      ["latency_ms", metrics.latencyMs],
      ["compression_level", metrics.compressionLevel],
      ["quality_score", metrics.qualityScore],
      ["bandwidth_estimate", metrics.bandwidthKbps],
      ["bytes_in", metrics.bytesIn],
      ["bytes_out", metrics.bytesOut],
      ["modality_bytes_in", Object.fromEntries(modalities.map((entry) => [entry.modality, entry.bytesIn]))],
      ["modality_bytes_out", Object.fromEntries(modalities.map((entry) => [entry.modality, entry.bytesOut]))],
      ["modality_quality", Object.fromEntries(modalities.map((entry) => [entry.modality, entry.qualityScore]))],
      ["controller_mode", "heuristic"],
      ["rl_action", 0],
      ["rl_reward", 0],
    ]),
    payload: NO_PAYLOAD,
  });
}

/** A LYDT heartbeat frame in a UInt8MultiArray, for the node's `heartbeat` topic. Its sequence is always 0. */
export function encodeHeartbeatMessage(identity: EdgeIdentity): Uint8Array {
  return encodeFrameMessage({
    type: "heartbeat",
    nodeId: identity.nodeId,
    sequence: 0,
    timestampSeconds: identity.sentAtMs / 1000,
    metaJson: writePythonJson([
      ["vertical", identity.vertical],
      ["model_version", identity.modelVersion ?? ""],
    ]),
    payload: NO_PAYLOAD,
  });
}

/** A LYDT compressed frame in a UInt8MultiArray, for the node's `compressed` and `legacy-compressed` topics. */
export function encodeCompressedMessage(frame: EdgeCompressedFrame): Uint8Array {
  return encodeFrameMessage({
    type: "compressed",
    nodeId: frame.nodeId,
    sequence: frame.sequence,
    timestampSeconds: frame.sentAtMs / 1000,
    metaJson: writePythonJson([
      ["model_version", frame.modelVersion ?? ""],
      ["vertical", frame.vertical],
      ["bytes_in", frame.bytesIn],
      ["bytes_out", frame.payload.length],
      ["compression_ratio", frame.compressionRatio],
    ]),
    payload: frame.payload,
  });
}

/** Legacy metrics, a Float32MultiArray of five, for the node's `legacy-metrics` topic. */
export function encodeLegacyMetricsMessage(numbers: EdgeNumbers): Uint8Array {
  return encodeFloat32MultiArray([
    numbers.compressionRatio,
    numbers.latencyMs,
    numbers.compressionLevel,
    numbers.qualityScore,
    numbers.bandwidthKbps,
  ]);
}

function encodeFrameMessage(parts: LydtFrameParts): Uint8Array {
  const frame = encodeLydtFrame(parts);
  // Names are at most 64 characters and modalities five, so the meta cannot come near its limit.
  if (!frame.ok) throw new Error(frame.error.message);
  return encodeUInt8MultiArray(frame.value);
}
