import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../fleet/ids";
import type { Result } from "../result";
import { encodeUInt8MultiArray } from "./cdr";
import type { EdgeMetrics } from "./edge-messages";
import { encodeLydtFrame, type LydtFrameType } from "./lydt";
import { parseFleetMessage, type ParsedMessage } from "./message";
import { topicName, topicType, type TopicKind } from "./topics";

/** One node and its messages, for the tests beside. */

/** A node id that must be allow-listed. */
export function nodeIdOf(text: string): NodeId {
  const parsed = parseNodeId(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** A version that must be allow-listed. */
export function versionOf(text: string): ModelVersion {
  const parsed = parseModelVersion(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** The node of the fixture. */
export const NODE = nodeIdOf("node_0");
/** When its messages arrive, Unix ms. */
export const RECEIVED_AT_MS = 1_700_000_001_000;

/** What it reports; ratio and byte counts agree. */
export const METRICS: EdgeMetrics = {
  nodeId: NODE,
  vertical: "drone",
  modelVersion: versionOf("1.1.0"),
  sentAtMs: 1_700_000_000_500,
  sequence: 7,
  compressionRatio: 8,
  latencyMs: 21.5,
  compressionLevel: 0.8,
  qualityScore: 0.93,
  bandwidthKbps: 412.25,
  bytesIn: 80_000,
  bytesOut: 10_000,
  modalities: [
    { modality: "camera", bytesIn: 76_800, bytesOut: 9_000, qualityScore: 0.93 },
    { modality: "imu", bytesIn: 24, bytesOut: 20, qualityScore: 1 },
  ],
};

/** The meta of a coordination frame, as the coordinator writes it. */
export const COORDINATION_META =
  '{"target_compression":0.82,"allocated_mbps":0.5,"fleet_avg_compression":6.5,"fleet_avg_latency_ms":18.25,"fleet_avg_quality":0.9}';

/** Parses bytes as they come on one of its topics. */
export function parse(kind: TopicKind, bytes: Uint8Array): Result<ParsedMessage> {
  return parseFleetMessage({ topic: topicName(kind, NODE), type: topicType(kind), bytes, receivedAtMs: RECEIVED_AT_MS });
}

/** The kind of message that the bytes are, or the code with which they are refused. */
export function codeOf(kind: TopicKind, bytes: Uint8Array): string {
  const parsed = parse(kind, bytes);
  return parsed.ok ? parsed.value.kind : parsed.error.code;
}

/** A message whose meta is given as text, for what our own encoder does not write. */
export function withMeta(metaJson: string, type: LydtFrameType = "metrics"): Uint8Array {
  const frame = encodeLydtFrame({
    type,
    nodeId: NODE,
    sequence: 1,
    timestampSeconds: 1,
    metaJson,
    payload: new Uint8Array(0),
  });
  if (!frame.ok) throw new Error(frame.error.message);
  return encodeUInt8MultiArray(frame.value);
}
