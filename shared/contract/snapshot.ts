import * as v from "valibot";
import { guardViewSchema } from "./guard";
import { placedBySchema } from "./placed-by";

const finite = v.pipe(v.number(), v.finite());
const nullable = <Schema extends v.GenericSchema>(schema: Schema) => v.nullable(schema);

/** A node's presence. Times: stale after 5 s without a sample, lost after 30 s. */
export const livenessSchema = v.picklist(["joining", "live", "no-metrics", "stale", "lost"]);
export type Liveness = v.InferOutput<typeof livenessSchema>;

/** How much a node needs a person: red, amber, no hue, nothing. */
export const attentionSchema = v.picklist(["high", "medium", "low", "none"]);
export type Attention = v.InferOutput<typeof attentionSchema>;

/** The one word and shape that a node is shown with (the states of the design language). */
export const nodeStateSchema = v.picklist([
  "live",
  "joining",
  "no-metrics",
  "failing",
  "stale",
  "lost",
  "unconfirmed",
  "inconsistent",
]);
export type NodeState = v.InferOutput<typeof nodeStateSchema>;

/** Where a command stands. The last five are ends. */
export const commandPhaseSchema = v.picklist([
  "requested",
  "sent",
  "acknowledged",
  "verifying",
  "verified",
  "unconfirmed",
  "failed",
  "inconsistent",
]);
export type CommandPhase = v.InferOutput<typeof commandPhaseSchema>;

/** One command to one node, with every step it took. */
export const commandViewSchema = v.strictObject({
  /** `c-0001`, counted over all runs that share a journal. */
  commandId: v.string(),
  nodeId: v.string(),
  kind: v.picklist(["deploy", "rollback"]),
  actor: v.picklist(["operator", "policy"]),
  /** Where it came from. */
  placedBy: placedBySchema,
  version: v.string(),
  /** What the node reported when it was requested; null where it reports none. */
  fromVersion: nullable(v.string()),
  phase: commandPhaseSchema,
  /** Times it was published, 0 to 3. */
  attempts: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Samples within limits since the acknowledgement, of `verifySamplesNeeded`. */
  verifySamples: v.pipe(v.number(), v.integer(), v.minValue(0)),
  verifySamplesNeeded: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Steps in order with their wall time, Unix ms. */
  steps: v.array(v.strictObject({ phase: commandPhaseSchema, atMs: finite, note: v.string() })),
  sentence: v.string(),
});
export type CommandView = v.InferOutput<typeof commandViewSchema>;

/** The values of the newest sample of a node. */
export const latestValuesSchema = v.strictObject({
  compressionRatio: finite,
  latencyMs: finite,
  qualityScore: nullable(finite),
  bandwidthKbps: nullable(finite),
  /** Wall time of arrival, Unix ms. */
  receivedAtMs: finite,
});
export type LatestValues = v.InferOutput<typeof latestValuesSchema>;

const metricTrailSchema = v.instance(Float32Array);

/**
 * The newest 100 ticks of a node (50 s at 2 Hz), oldest first, one value a tick: the last sample of
 * that tick. NaN marks a tick without a sample: a gap, never a zero.
 */
export const trailSchema = v.strictObject({
  compressionRatio: metricTrailSchema,
  latencyMs: metricTrailSchema,
  qualityScore: metricTrailSchema,
});
export type Trail = v.InferOutput<typeof trailSchema>;

/** Which version a rollback would go to, or why none is offered. */
export const rollbackOfferSchema = v.variant("offered", [
  v.strictObject({ offered: v.literal(true), version: v.string(), reason: v.string() }),
  v.strictObject({ offered: v.literal(false), code: v.string(), reason: v.string() }),
]);
export type RollbackOffer = v.InferOutput<typeof rollbackOfferSchema>;

/** One version that ran on a node, by the node's own report. */
export const versionSpanSchema = v.strictObject({
  version: nullable(v.string()),
  fromMs: finite,
  /** Null while it runs. */
  toMs: nullable(finite),
  /** Null where an earlier run of the application counted them. */
  samples: nullable(v.pipe(v.number(), v.integer())),
  /** It ran here with at least 12 samples in a row within limits. */
  good: v.boolean(),
  drill: v.boolean(),
});
export type VersionSpan = v.InferOutput<typeof versionSpanSchema>;

/** What the coordinator allots a node: its newest signal. */
export const coordinationViewSchema = v.strictObject({
  dialect: v.picklist(["lydt", "legacy"]),
  /** Wall time of arrival, Unix ms. */
  receivedAtMs: finite,
  /** How hard it is asked to compress, 0.1 to 0.98. */
  targetCompression: finite,
  allocatedMbps: finite,
  fleetCompressionRatio: finite,
  fleetLatencyMs: finite,
  fleetQualityScore: nullable(finite),
  /** Signals since the start; one that comes in both dialects is one. */
  signals: v.pipe(v.number(), v.integer()),
});
export type CoordinationView = v.InferOutput<typeof coordinationViewSchema>;

/** Frames that a node sent and that did not arrive here, by its sequence numbers. */
export const missedFramesSchema = v.strictObject({
  /** `collecting`: fewer than 20 steps seen; `stepping`: its number goes up by more than 1; `none`: it sends no number. */
  basis: v.picklist(["counted", "collecting", "stepping", "none"]),
  missed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Frames that it sent between the samples that were counted. */
  expected: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Times its number fell back. */
  restarts: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type MissedFrames = v.InferOutput<typeof missedFramesSchema>;

/** A node as the fleet page needs it. */
export const nodeViewSchema = v.strictObject({
  nodeId: v.string(),
  /** Changes whenever anything in this object changed; equal revisions are equal objects. */
  revision: v.number(),
  vertical: nullable(v.picklist(["drone", "iot"])),
  dialect: nullable(v.picklist(["lydt", "legacy"])),
  /** The rate its vertical asks for, Hz; null where the vertical is not reported. */
  profileRateHz: nullable(finite),
  /** Samples received per second over the last 10 s; null while it cannot be told yet. */
  sampleRateHz: nullable(finite),
  liveness: livenessSchema,
  livenessSinceMs: finite,
  state: nodeStateSchema,
  attention: attentionSchema,
  /** Since when it needs a person, or since its state holds. */
  stateSinceMs: finite,
  /** One sentence with value, limit and n. */
  sentence: v.string(),
  /** By the node's own report; null where it reports none. */
  modelVersion: nullable(v.string()),
  drill: v.boolean(),
  latest: nullable(latestValuesSchema),
  /** Wall time of the newest sample or heartbeat, Unix ms. */
  lastHeardAtMs: finite,
  /** Its verdict and its trial; null before its first sample. */
  guard: nullable(guardViewSchema),
  /** What the policy holds this node to. */
  limits: v.strictObject({ minCompressionRatio: finite, maxLatencyMs: finite, minQualityScore: finite }),
  /** Metrics beyond their limit in the newest sample. */
  beyond: v.array(v.picklist(["compressionRatio", "latencyMs", "qualityScore"])),
  trail: trailSchema,
  command: nullable(commandViewSchema),
  rollback: rollbackOfferSchema,
  history: v.array(versionSpanSchema),
  missedFrames: missedFramesSchema,
  /** Null where no coordinator was heard. */
  coordination: nullable(coordinationViewSchema),
  /** Messages of this node that could not be read, since the start. */
  malformed: v.pipe(v.number(), v.integer()),
});
export type NodeView = v.InferOutput<typeof nodeViewSchema>;

const noticeSchema = v.strictObject({ code: v.string(), message: v.string() });

/** The link as the strip and the banner show it. */
export const linkViewSchema = v.strictObject({
  kind: v.picklist(["embedded", "ros2", "recorded"]),
  state: v.picklist(["starting", "up", "unresponsive", "down"]),
  sinceMs: finite,
  sentence: v.string(),
  notices: v.array(noticeSchema),
  seed: nullable(finite),
  domainId: nullable(finite),
  /** ROS_AUTOMATIC_DISCOVERY_RANGE in force, e.g. `SUBNET`; ROS 2 only. */
  discoveryRange: nullable(v.string()),
});
export type LinkView = v.InferOutput<typeof linkViewSchema>;

/** What the fleet hub says of the nodes, and where their own topics say otherwise. */
export const hubViewSchema = v.strictObject({
  /** Wall time of arrival of its newest status, Unix ms. */
  receivedAtMs: finite,
  profile: nullable(v.string()),
  /** Nodes that it lists, and how many of them are alive for it. */
  listed: v.pipe(v.number(), v.integer()),
  alive: v.pipe(v.number(), v.integer()),
  /** At most 100, those that differ first. */
  nodes: v.array(
    v.strictObject({
      nodeId: v.string(),
      isAlive: v.boolean(),
      modelVersion: nullable(v.string()),
      /** What its own topics say otherwise, a clause; null where they agree. */
      difference: nullable(v.string()),
    }),
  ),
});
export type HubView = v.InferOutput<typeof hubViewSchema>;

/** A supervised process (inference now, ROS 2 later). */
export const processViewSchema = v.strictObject({
  name: v.string(),
  state: v.picklist(["starting", "up", "unresponsive", "backing-off", "down"]),
  sinceMs: finite,
  restarts: v.pipe(v.number(), v.integer()),
  pid: nullable(v.number()),
  sentence: v.string(),
});
export type ProcessView = v.InferOutput<typeof processViewSchema>;

/** Something that happened, as the event list, headless mode and the journal show it. */
export const eventViewSchema = v.strictObject({
  id: v.pipe(v.number(), v.integer()),
  tMs: finite,
  event: v.string(),
  nodeId: nullable(v.string()),
  actor: v.picklist(["operator", "engine", "node", "link", "policy"]),
  sentence: v.string(),
  detail: v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()])),
});
export type EventView = v.InferOutput<typeof eventViewSchema>;

/** Everything that the window shows live: one snapshot a tick, complete, the newest wins. */
export const snapshotSchema = v.strictObject({
  /** Counts ticks from 0. */
  tick: v.pipe(v.number(), v.integer()),
  /** Wall time of the tick, Unix ms. */
  atMs: finite,
  /** Measured time between the last two ticks, ms; null at the first. */
  periodMs: nullable(finite),
  /** 95th percentile of the last 120 periods, ms; null before there are 20. */
  periodP95Ms: nullable(finite),
  link: linkViewSchema,
  /** Null where no fleet hub was heard for 30 s. */
  hub: nullable(hubViewSchema),
  processes: v.array(processViewSchema),
  journal: v.strictObject({
    /** `broken`: something in it is not what was written, and nobody has acknowledged that. */
    state: v.picklist(["written", "unavailable", "broken"]),
    sentence: v.string(),
    lastWriteAtMs: nullable(finite),
  }),
  /** Messages that could not be read, since the start. */
  malformed: v.pipe(v.number(), v.integer()),
  /** Messages parsed, since the start. */
  samples: v.pipe(v.number(), v.integer()),
  /** Of the fleet; verticals and nodes may have their own. */
  limits: v.strictObject({ minCompressionRatio: finite, maxLatencyMs: finite, minQualityScore: finite }),
  policyRevision: v.pipe(v.number(), v.integer()),
  nodes: v.array(nodeViewSchema),
  /** Newest first, at most 50. */
  events: v.array(eventViewSchema),
});
export type Snapshot = v.InferOutput<typeof snapshotSchema>;
