import type { ErrorCode } from "../../shared/contract/errors";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import type { Vertical } from "../../shared/fleet/sample";
import type { Failure } from "../../shared/result";
import type { Timers } from "../../shared/time";
import { decodeDeploy, decodeFleetDeploy } from "../../shared/wire/deploy";
import {
  encodeCompressedMessage,
  encodeHeartbeatMessage,
  encodeLegacyMetricsMessage,
  encodeMetricsMessage,
  type EdgeMetrics,
} from "../../shared/wire/edge-messages";
import { parseFleetMessage } from "../../shared/wire/message";
import type { DiagnosticStatus } from "../../shared/wire/diagnostics";
import {
  DIAGNOSTICS_TOPIC,
  DIAGNOSTICS_TYPE,
  EDGE_COMPRESSED_PUBLICATION_QOS,
  EDGE_COORDINATION_SUBSCRIPTION_QOS,
  EDGE_DEPLOY_SUBSCRIPTION_QOS,
  EDGE_DIAGNOSTICS_PUBLICATION_QOS,
  EDGE_METRICS_PUBLICATION_QOS,
  FLEET_DEPLOY_TOPIC,
  topicName,
  topicType,
  type QosProfile,
  type RosType,
  type TopicKind,
} from "../../shared/wire/topics";
import { createBandwidthMeter } from "./bandwidth";
import { startDeadlines, type Deadlines } from "./deadlines";
import type { EncodedFrame, FrameEncoder } from "./encoder";
import { createLevelChoice } from "./level-choice";
import { openModelSlot, type ModelSlot } from "./model-slot";
import { SENSOR_PROFILES } from "./sensors/profile";
import { DIAGNOSTICS_PERIOD_MS, startVitals, type Vitals } from "./vitals";

/** A topic that a node publishes or listens to. */
export interface EdgeEndpoint {
  readonly topic: string;
  readonly type: RosType;
  readonly qos: QosProfile;
}

/** One message that a node puts out: CDR bytes with the encapsulation header. */
export interface EdgeMessage extends EdgeEndpoint {
  readonly kind: TopicKind | "diagnostics";
  readonly bytes: Uint8Array;
}

/** Something that an operator should know and that the wire cannot say. */
export interface EdgeIncident {
  readonly nodeId: NodeId;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What makes a node behave worse than it would: the fault console of an embedded fleet. */
export interface EdgeConditions {
  /** How often every encode is run; 1 where the CPU is not slowed. */
  encodeRepeats(): number;
  /** What the node says of a frame, given what is true of it. */
  reported(metrics: EdgeMetrics): EdgeMetrics;
}

/** What a node is and what it is made of. */
export interface EdgeNodeOptions<Frame> {
  readonly nodeId: NodeId;
  readonly vertical: Vertical;
  readonly timers: Timers;
  /** Its sensors; frame n of a rig is always the same frame. */
  readonly rig: { sample(frameIndex: number): Frame };
  /** The first frame to sample; a restarted node goes on in the world that did not restart. Default 0. */
  readonly firstFrameIndex?: number;
  readonly encoder: FrameEncoder<Frame>;
  readonly initialVersion: ModelVersion;
  /** 0 to 1; higher is more aggressive. What holds until a coordinator allocates bandwidth. */
  readonly compressionLevel: number;
  /** From the start to its first frame. */
  readonly phaseMs: number;
  publish(message: EdgeMessage): void;
  /** Runs the rendering of a frame; many nodes in one process take turns. Default: at once. */
  takeTurn?(render: () => void): void;
  onIncident(incident: EdgeIncident): void;
  readonly conditions?: EdgeConditions;
  /** It runs inside of the application that watches it. Default: it does not. */
  readonly isEmbedded?: boolean;
  /** How its machine is; absent where it shares that of the application. */
  machine?(): DiagnosticStatus | null;
}

/** A running edge node. */
export interface EdgeNode {
  readonly nodeId: NodeId;
  readonly publications: readonly EdgeEndpoint[];
  readonly subscriptions: readonly EdgeEndpoint[];
  /** A message on one of its subscriptions. */
  receive(topic: string, bytes: Uint8Array): void;
  /** The version that encodes the next frame; null before the first is loaded. */
  modelVersion(): ModelVersion | null;
  /** Samples at this share of the profile's rate, > 0 to 1. */
  setRateFactor(factor: number): void;
  /** The inference process came up, for the first time or again. */
  inferenceCameUp(): void;
  /** It has gone: until it is back nothing is sampled, since nothing could be encoded. */
  inferenceWentDown(): void;
  frames(): { readonly sampled: number; readonly putOut: number; readonly skipped: number };
  /** Ends it; nothing is published afterwards. */
  stop(): void;
}

/** Between two heartbeats, ms (wire protocol, 1.2). */
export const HEARTBEAT_PERIOD_MS = 2_000;

const PUBLISHED: readonly (readonly [TopicKind, QosProfile])[] = [
  ["lydt-metrics", EDGE_METRICS_PUBLICATION_QOS],
  ["legacy-metrics", EDGE_METRICS_PUBLICATION_QOS],
  ["compressed", EDGE_COMPRESSED_PUBLICATION_QOS],
  ["heartbeat", EDGE_METRICS_PUBLICATION_QOS],
];

/** Shared by all of a graph. */
const DIAGNOSTICS: EdgeEndpoint = { topic: DIAGNOSTICS_TOPIC, type: DIAGNOSTICS_TYPE, qos: EDGE_DIAGNOSTICS_PUBLICATION_QOS };

function runAtOnce(render: () => void): void {
  render();
}

const NO_FAULTS: EdgeConditions = { encodeRepeats: () => 1, reported: (metrics) => metrics };

/** The endpoints of a node on the graph, as those of today's LYDT edges (wire protocol, 1.2). */
function endpointsOf(nodeId: NodeId): Pick<EdgeNode, "publications" | "subscriptions"> {
  const endpoint = (kind: TopicKind, qos: QosProfile): EdgeEndpoint => ({
    topic: topicName(kind, nodeId),
    type: topicType(kind),
    qos,
  });
  return {
    publications: [...PUBLISHED.map(([kind, qos]) => endpoint(kind, qos)), DIAGNOSTICS],
    subscriptions: [
      endpoint("deploy", EDGE_DEPLOY_SUBSCRIPTION_QOS),
      endpoint("legacy-deploy", EDGE_DEPLOY_SUBSCRIPTION_QOS),
      endpoint("coordination", EDGE_COORDINATION_SUBSCRIPTION_QOS),
      endpoint("legacy-coordination", EDGE_COORDINATION_SUBSCRIPTION_QOS),
      { topic: FLEET_DEPLOY_TOPIC, type: "std_msgs/msg/String", qos: EDGE_DEPLOY_SUBSCRIPTION_QOS },
    ],
  };
}

/**
 * Starts an edge node: it samples its sensors at the profile's rate, compresses every frame with its
 * model, and puts out what a LYDT edge puts out. It has no idea whether ROS 2 or this application is
 * around it. Every number that it reports was measured on the frame that carries the same sequence.
 */
export function startEdgeNode<Frame>(options: EdgeNodeOptions<Frame>): EdgeNode {
  const { nodeId, vertical, timers, encoder } = options;
  const conditions = options.conditions ?? NO_FAULTS;
  const takeTurn = options.takeTurn ?? runAtOnce;
  const profilePeriodMs = 1000 / SENSOR_PROFILES[vertical].rateHz;
  const { publications, subscriptions } = endpointsOf(nodeId);
  const bandwidth = createBandwidthMeter();
  const levels = createLevelChoice(options.compressionLevel);
  const [lydtCoordination, legacyCoordination] = [topicName("coordination", nodeId), topicName("legacy-coordination", nodeId)];

  let periodMs = profilePeriodMs;
  let frameIndex = options.firstFrameIndex ?? 0;
  let sampled = 0;
  let sequence = 0;
  let isFrameUnderWay = false;
  let isInferenceDown = false;
  let isStopped = false;
  let reportedFailure: ErrorCode | null = null;

  const slot: ModelSlot = openModelSlot({
    initialVersion: options.initialVersion,
    load: (version) => encoder.load(version),
    onRefused(version, failure) {
      const kept = slot.active();
      const running = kept === null ? "It runs no model" : `It keeps ${kept}`;
      incident(failure.code, `${nodeId} could not take ${version}: ${failure.message} ${running}.`);
    },
  });

  function incident(code: ErrorCode, message: string): void {
    if (!isStopped) options.onIncident({ nodeId, code, message });
  }

  function put(kind: TopicKind, bytes: Uint8Array): void {
    const qos = PUBLISHED.find(([each]) => each === kind)?.[1];
    if (qos === undefined) throw new Error(`an edge node does not publish ${kind}`);
    options.publish({ kind, topic: topicName(kind, nodeId), type: topicType(kind), qos, bytes });
  }

  function beginFrame(deadlineMs: number): void {
    const version = slot.active();
    if (version === null || isInferenceDown) return;
    isFrameUnderWay = true;
    takeTurn(() => {
      if (isStopped) return;
      const beganMs = timers.monotonicMs();
      const frame = options.rig.sample(frameIndex);
      vitals.rendered(timers.monotonicMs() - beganMs);
      frameIndex += 1;
      sampled += 1;
      const level = levels.compressionLevel();
      void encoder
        .encode(frame, version, level, conditions.encodeRepeats(), nodeId)
        .then((encoded) => {
          isFrameUnderWay = false;
          if (isStopped) return;
          if (encoded.ok) putOutFrame(deadlineMs, version, level, encoded.value);
          else failedFrame(version, encoded.error);
          frameDeadlines.workDone();
        });
    });
  }

  function putOutFrame(deadlineMs: number, version: ModelVersion, compressionLevel: number, encoded: EncodedFrame): void {
    reportedFailure = null;
    vitals.encoded(encoded.latencyMs);
    const bytesOut = encoded.payload.length;
    const metrics: EdgeMetrics = {
      nodeId,
      vertical,
      modelVersion: version,
      sentAtMs: timers.wallMs(),
      sequence,
      compressionRatio: encoded.bytesIn / bytesOut,
      latencyMs: encoded.latencyMs,
      compressionLevel,
      qualityScore: encoded.qualityScore,
      bandwidthKbps: bandwidth.count(deadlineMs, bytesOut, periodMs),
      bytesIn: encoded.bytesIn,
      bytesOut,
      modalities: encoded.modalities,
    };
    const reported = conditions.reported(metrics);
    put("compressed", encodeCompressedMessage({ ...metrics, payload: encoded.payload }));
    put("lydt-metrics", encodeMetricsMessage(reported));
    put("legacy-metrics", encodeLegacyMetricsMessage(reported));
    sequence += 1;
    levels.sent(bytesOut, periodMs, timers.monotonicMs());
  }

  /** Both dialects say the same, so that hearing both changes nothing. */
  function coordinate(topic: string, bytes: Uint8Array): void {
    const type = topicType(topic === lydtCoordination ? "coordination" : "legacy-coordination");
    const heard = parseFleetMessage({ topic, type, bytes, receivedAtMs: timers.wallMs() });
    if (!heard.ok) incident(heard.error.code, `${nodeId} got a coordination that it cannot read: ${heard.error.message}`);
    else if (heard.value.kind === "coordination") levels.allocate(1000 * heard.value.coordination.allocatedMbps, timers.monotonicMs());
  }

  /** Without inference the node is alive without metrics. Other failures are told once, until a frame succeeds. */
  function failedFrame(version: ModelVersion, failure: Failure): void {
    if (failure.code === "INFERENCE_DOWN" || failure.code === reportedFailure) return;
    reportedFailure = failure.code;
    incident(failure.code, `${nodeId} could not encode with ${version}: ${failure.message}`);
  }

  const frameDeadlines: Deadlines = startDeadlines({
    timers,
    delayMs: options.phaseMs,
    periodMs,
    isBusy: () => isFrameUnderWay,
    onDeadline: beginFrame,
  });
  const heartbeats: Deadlines = startDeadlines({
    timers,
    delayMs: options.phaseMs,
    periodMs: HEARTBEAT_PERIOD_MS,
    isBusy: () => false,
    onDeadline() {
      put(
        "heartbeat",
        encodeHeartbeatMessage({ nodeId, vertical, modelVersion: slot.active(), sentAtMs: timers.wallMs() }),
      );
    },
  });

  const vitals: Vitals = startVitals({
    nodeId,
    timers,
    delayMs: options.phaseMs + DIAGNOSTICS_PERIOD_MS,
    isEmbedded: options.isEmbedded ?? false,
    ...(options.machine === undefined ? {} : { machine: options.machine }),
    modelVersion: () => slot.active(),
    isInferenceUp: () => !isInferenceDown,
    frames: () => ({ putOut: sequence, skipped: frameDeadlines.skipped() }),
    publish: (bytes) => {
      options.publish({ kind: "diagnostics", ...DIAGNOSTICS, bytes });
    },
  });

  function receive(topic: string, bytes: Uint8Array): void {
    if (isStopped) return;
    if (topic === FLEET_DEPLOY_TOPIC) {
      const deploy = decodeFleetDeploy(bytes);
      if (!deploy.ok) {
        incident(deploy.error.code, `${nodeId} got a fleet deploy that it cannot read: ${deploy.error.message}`);
      } else if (deploy.value.target === "all" || deploy.value.target === nodeId) {
        slot.deploy(deploy.value.version);
      }
      return;
    }
    if (topic === lydtCoordination || topic === legacyCoordination) {
      coordinate(topic, bytes);
      return;
    }
    const version = decodeDeploy(bytes);
    if (version.ok) slot.deploy(version.value);
    else incident(version.error.code, `${nodeId} got a deploy that it cannot read: ${version.error.message}`);
  }

  return {
    nodeId,
    publications,
    subscriptions,
    receive,
    modelVersion: slot.active,
    setRateFactor(factor) {
      periodMs = profilePeriodMs / factor;
      frameDeadlines.setPeriodMs(periodMs);
    },
    inferenceCameUp() {
      isInferenceDown = false;
      slot.inferenceCameUp();
    },
    inferenceWentDown() {
      isInferenceDown = true;
    },
    frames: () => ({ sampled, putOut: sequence, skipped: frameDeadlines.skipped() }),
    stop() {
      isStopped = true;
      frameDeadlines.stop();
      heartbeats.stop();
      vitals.stop();
      slot.close();
    },
  };
}
