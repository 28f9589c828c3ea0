import { quoteUntrusted, type ModelVersion, type NodeId } from "../fleet/ids";
import type { Coordination, HubStatus } from "../fleet/hub-status";
import type { Heartbeat, MetricSample } from "../fleet/sample";
import { fail, ok, type Failure, type Result } from "../result";
import { decodeFloat32MultiArray, decodeUInt8MultiArray } from "./cdr";
import { readLegacyCoordination, readLydtCoordination } from "./coordination";
import { decodeDiagnostics, type DiagnosticArray } from "./diagnostics";
import { readFleetStatus } from "./fleet-status";
import { decodeLydtFrame, type LydtFrame, type LydtFrameType } from "./lydt";
import { readHeartbeat, readLegacyMetrics, readLydtMetrics, readModelVersion } from "./metrics";
import { classifyTopic, DIAGNOSTICS_TOPIC, DIAGNOSTICS_TYPE, FLEET_STATUS_TOPIC, FLEET_STATUS_TYPE } from "./topics";

/** A message as the link hands it over: CDR bytes with their encapsulation header. */
export interface WireMessage {
  readonly topic: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Unix ms on this machine. */
  readonly receivedAtMs: number;
}

/** What a message of the fleet says. */
export type ParsedMessage =
  | { readonly kind: "metrics"; readonly sample: MetricSample; readonly warnings: readonly Failure[] }
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat }
  | {
      readonly kind: "compressed";
      readonly nodeId: NodeId;
      /** u32; resets when the node restarts. */
      readonly sequence: number;
      readonly modelVersion: ModelVersion | null;
      /** A view into the message, opaque: real nodes put Python pickles there, which must never be loaded. */
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "coordination"; readonly coordination: Coordination; readonly warnings: readonly Failure[] }
  | { readonly kind: "fleet-status"; readonly status: HubStatus }
  /** From anybody: /diagnostics is the whole graph's. */
  | { readonly kind: "diagnostics"; readonly diagnostics: DiagnosticArray }
  /** Not from a node, or nothing that is shown: deploys, legacy compressed frames, the relay's topics. */
  | { readonly kind: "ignored" };

const IGNORED: ParsedMessage = { kind: "ignored" };

/**
 * Parses one message of the fleet. Never throws, whatever the bytes are; no number in the result is NaN or
 * infinite.
 *
 * @returns a failure for a message on one of the fleet's topics that is not what the topic carries: BAD_CDR,
 * the codes of decodeLydtFrame, WRONG_FRAME_TYPE, WRONG_NODE, and those of readLydtMetrics,
 * readLydtCoordination, readFleetStatus and decodeDiagnostics.
 */
export function parseFleetMessage(message: WireMessage): Result<ParsedMessage> {
  if (message.topic === FLEET_STATUS_TOPIC && message.type === FLEET_STATUS_TYPE) {
    const status = readFleetStatus(message.bytes, message.receivedAtMs);
    return status.ok ? ok({ kind: "fleet-status", status: status.value }) : status;
  }
  if (message.topic === DIAGNOSTICS_TOPIC && message.type === DIAGNOSTICS_TYPE) {
    const diagnostics = decodeDiagnostics(message.bytes);
    return diagnostics.ok ? ok({ kind: "diagnostics", diagnostics: diagnostics.value }) : diagnostics;
  }
  const meaning = classifyTopic(message.topic, message.type);
  if (meaning === null) return ok(IGNORED);
  switch (meaning.kind) {
    case "lydt-metrics": {
      const frame = openFrame(message.bytes, "metrics", meaning.nodeId);
      if (!frame.ok) return frame;
      const metrics = readLydtMetrics(frame.value, message.receivedAtMs);
      if (!metrics.ok) return metrics;
      return ok({ kind: "metrics", sample: metrics.value.sample, warnings: metrics.value.warnings });
    }
    case "legacy-metrics": {
      const numbers = decodeFloat32MultiArray(message.bytes);
      if (!numbers.ok) return numbers;
      const metrics = readLegacyMetrics(meaning.nodeId, numbers.value, message.receivedAtMs);
      if (!metrics.ok) return metrics;
      return ok({ kind: "metrics", sample: metrics.value.sample, warnings: metrics.value.warnings });
    }
    case "heartbeat": {
      const frame = openFrame(message.bytes, "heartbeat", meaning.nodeId);
      if (!frame.ok) return frame;
      const heartbeat = readHeartbeat(frame.value, message.receivedAtMs);
      return heartbeat.ok ? ok({ kind: "heartbeat", heartbeat: heartbeat.value }) : heartbeat;
    }
    case "compressed": {
      const frame = openFrame(message.bytes, "compressed", meaning.nodeId);
      if (!frame.ok) return frame;
      const modelVersion = readModelVersion(frame.value.meta);
      if (!modelVersion.ok) return modelVersion;
      const { sequence, payload } = frame.value;
      return ok({
        kind: "compressed",
        nodeId: meaning.nodeId,
        sequence,
        modelVersion: modelVersion.value,
        bytes: payload,
      });
    }
    case "coordination": {
      const frame = openFrame(message.bytes, "coordination", meaning.nodeId);
      if (!frame.ok) return frame;
      const read = readLydtCoordination(frame.value, message.receivedAtMs);
      return read.ok ? ok({ kind: "coordination", ...read.value }) : read;
    }
    case "legacy-coordination": {
      const numbers = decodeFloat32MultiArray(message.bytes);
      if (!numbers.ok) return numbers;
      const read = readLegacyCoordination(meaning.nodeId, numbers.value, message.receivedAtMs);
      return read.ok ? ok({ kind: "coordination", ...read.value }) : read;
    }
    case "deploy":
    case "script-load":
    case "legacy-compressed":
    case "legacy-deploy":
      return ok(IGNORED);
  }
}

/** The frame in a message, once it is known to be of the type and of the node that the topic says. */
function openFrame(bytes: Uint8Array, type: LydtFrameType, nodeId: NodeId): Result<LydtFrame> {
  const data = decodeUInt8MultiArray(bytes);
  if (!data.ok) return data;
  const frame = decodeLydtFrame(data.value);
  if (!frame.ok) return frame;
  if (frame.value.type !== type) {
    return fail("WRONG_FRAME_TYPE", `A ${frame.value.type} frame came on a topic for ${type} frames.`);
  }
  if (frame.value.nodeId !== nodeId) {
    return fail("WRONG_NODE", `The frame names ${quoteUntrusted(frame.value.nodeId)} on a topic of ${nodeId}.`);
  }
  return frame;
}
