import type { Dialect } from "../fleet/sample";
import { parseNodeId, type NodeId } from "../fleet/ids";

/** The ROS 2 message types that the fleet speaks. Their CDR bytes cross the link uninterpreted. */
export type RosType =
  | "std_msgs/msg/UInt8MultiArray"
  | "std_msgs/msg/Float32MultiArray"
  | "std_msgs/msg/String"
  | "diagnostic_msgs/msg/DiagnosticArray";

/** The parts of a QoS profile that decide whether two endpoints match (wire protocol, 1.1). History is KEEP_LAST. */
export interface QosProfile {
  readonly reliability: "reliable" | "best-effort";
  readonly durability: "volatile" | "transient-local";
  readonly depth: number;
}

/** What a topic of one node carries, and in which dialect. */
export type TopicKind =
  | "lydt-metrics"
  | "heartbeat"
  | "compressed"
  | "coordination"
  | "deploy"
  | "script-load"
  | "legacy-metrics"
  | "legacy-compressed"
  | "legacy-coordination"
  | "legacy-deploy";

interface TopicShape {
  readonly prefix: string;
  readonly suffix: string;
  readonly type: RosType;
  readonly dialect: Dialect;
}

const LYDT_PREFIX = "/lydlr/";
const BYTES = "std_msgs/msg/UInt8MultiArray";
const FLOATS = "std_msgs/msg/Float32MultiArray";
const TEXT = "std_msgs/msg/String";

const TOPICS: Readonly<Record<TopicKind, TopicShape>> = {
  "lydt-metrics": { prefix: LYDT_PREFIX, suffix: "/transport/metrics", type: BYTES, dialect: "lydt" },
  heartbeat: { prefix: LYDT_PREFIX, suffix: "/heartbeat", type: BYTES, dialect: "lydt" },
  compressed: { prefix: LYDT_PREFIX, suffix: "/transport/compressed", type: BYTES, dialect: "lydt" },
  coordination: { prefix: LYDT_PREFIX, suffix: "/coordination", type: BYTES, dialect: "lydt" },
  deploy: { prefix: LYDT_PREFIX, suffix: "/command/deploy", type: TEXT, dialect: "lydt" },
  "script-load": { prefix: LYDT_PREFIX, suffix: "/command/script_load", type: TEXT, dialect: "lydt" },
  "legacy-metrics": { prefix: "/", suffix: "/metrics", type: FLOATS, dialect: "legacy" },
  "legacy-compressed": { prefix: "/", suffix: "/compressed", type: BYTES, dialect: "legacy" },
  "legacy-coordination": { prefix: "/", suffix: "/coordination", type: FLOATS, dialect: "legacy" },
  "legacy-deploy": { prefix: "/", suffix: "/model/deploy", type: TEXT, dialect: "legacy" },
};

/** Every {@link TopicKind}. */
export const TOPIC_KINDS = Object.keys(TOPICS) as readonly TopicKind[];

const LYDT_KIND_BY_SUFFIX = kindsBySuffix("lydt");
const LEGACY_KIND_BY_SUFFIX = kindsBySuffix("legacy");

function kindsBySuffix(dialect: Dialect): ReadonlyMap<string, TopicKind> {
  return new Map(
    TOPIC_KINDS.filter((kind) => TOPICS[kind].dialect === dialect).map((kind) => [TOPICS[kind].suffix, kind]),
  );
}

/** The topic that carries `kind` for one node, e.g. `/lydlr/node_0/heartbeat` (wire protocol, 1.2). */
export function topicName(kind: TopicKind, nodeId: NodeId): string {
  const shape = TOPICS[kind];
  return `${shape.prefix}${nodeId}${shape.suffix}`;
}

/** The message type of topics of this kind. */
export function topicType(kind: TopicKind): RosType {
  return TOPICS[kind].type;
}

/** The dialect in which topics of this kind are spoken. */
export function topicDialect(kind: TopicKind): Dialect {
  return TOPICS[kind].dialect;
}

/** The topic on which every LYDT edge also takes deploys, as `target:version` (wire protocol, 1.4). */
export const FLEET_DEPLOY_TOPIC = "/lydlr/fleet/deploy";

/** The topic on which the fleet hub tells what it sees, once a second (wire protocol, 1.4). */
export const FLEET_STATUS_TOPIC = "/lydlr/fleet/status";

/** The message type of {@link FLEET_STATUS_TOPIC}. */
export const FLEET_STATUS_TYPE: RosType = TEXT;

/** The topic on which every ROS program tells how it is (REP 107): edge nodes here, drivers and monitors elsewhere. */
export const DIAGNOSTICS_TOPIC = "/diagnostics";

/** The message type of {@link DIAGNOSTICS_TOPIC}. */
export const DIAGNOSTICS_TYPE: RosType = "diagnostic_msgs/msg/DiagnosticArray";

/** What a topic says about a node. */
export interface TopicMeaning {
  readonly kind: TopicKind;
  readonly nodeId: NodeId;
}

/**
 * Tells which node a topic belongs to and what it carries.
 *
 * @param type as the graph says it; when given, it must be the type that the fleet uses on that topic, so
 * that somebody else's `/x/metrics` makes no node.
 * @returns null for every other topic: the fleet-wide ones, the relay's (`/lydlr/ground/uplink/...`), and
 * those whose node segment {@link parseNodeId} refuses.
 */
export function classifyTopic(topic: string, type?: string): TopicMeaning | null {
  const isLydt = topic.startsWith(LYDT_PREFIX);
  const idStart = isLydt ? LYDT_PREFIX.length : 1;
  const idEnd = topic.indexOf("/", idStart);
  if (idEnd < 0 || !topic.startsWith("/")) return null;
  const kind = (isLydt ? LYDT_KIND_BY_SUFFIX : LEGACY_KIND_BY_SUFFIX).get(topic.slice(idEnd));
  if (kind === undefined) return null;
  if (type !== undefined && type !== TOPICS[kind].type) return null;
  const nodeId = parseNodeId(topic.slice(idStart, idEnd));
  return nodeId.ok ? { kind, nodeId: nodeId.value } : null;
}

/** How metrics and heartbeats are subscribed: matches the publishers of both eras (wire protocol, 1.1). */
export const METRICS_SUBSCRIPTION_QOS: QosProfile = { reliability: "best-effort", durability: "volatile", depth: 20 };

/** How compressed frames are subscribed. */
export const COMPRESSED_SUBSCRIPTION_QOS: QosProfile = {
  reliability: "best-effort",
  durability: "volatile",
  depth: 15,
};

/**
 * How coordination and the fleet's status are subscribed: matches every publisher of them, whatever it
 * offers. Both repeat themselves once a second or more, so one that is lost is soon replaced.
 */
export const BROADCAST_SUBSCRIPTION_QOS: QosProfile = { reliability: "best-effort", durability: "volatile", depth: 5 };

/**
 * How diagnostics are subscribed: matches every publisher of them. All of a graph share the topic, so the depth
 * is that of a fleet which speaks at once.
 */
export const DIAGNOSTICS_SUBSCRIPTION_QOS: QosProfile = { reliability: "best-effort", durability: "volatile", depth: 200 };

/** How an edge publishes diagnostics: as diagnostic_updater does, so that every aggregator hears them. */
export const EDGE_DIAGNOSTICS_PUBLICATION_QOS: QosProfile = { reliability: "reliable", durability: "volatile", depth: 10 };

/**
 * How deploys are published: matches the subscriptions of both eras. Depth 1, because a restarting edge is
 * replayed all that the publisher keeps, in no order between topics.
 */
export const DEPLOY_PUBLICATION_QOS: QosProfile = {
  reliability: "reliable",
  durability: "transient-local",
  depth: 1,
};

/** How an edge publishes metrics and heartbeats. */
export const EDGE_METRICS_PUBLICATION_QOS: QosProfile = {
  reliability: "best-effort",
  durability: "volatile",
  depth: 20,
};

/** How an edge publishes compressed frames. */
export const EDGE_COMPRESSED_PUBLICATION_QOS: QosProfile = {
  reliability: "best-effort",
  durability: "volatile",
  depth: 10,
};

/** How an edge of the LYDT dialect subscribes to deploys. */
export const EDGE_DEPLOY_SUBSCRIPTION_QOS: QosProfile = {
  reliability: "reliable",
  durability: "transient-local",
  depth: 10,
};

/** How an edge subscribes to what a coordinator gives it (wire protocol, 1.1). */
export const EDGE_COORDINATION_SUBSCRIPTION_QOS: QosProfile = { reliability: "reliable", durability: "volatile", depth: 5 };

/** How an edge of the seed era publishes and subscribes everything. */
export const SEED_ERA_QOS: QosProfile = { reliability: "reliable", durability: "volatile", depth: 10 };

/**
 * Whether a publisher and a subscription match: what is offered must be at least what is requested.
 * Source: docs.ros.org, "About Quality of Service settings", compatibilities.
 */
export function qosMatches(offered: QosProfile, requested: QosProfile): boolean {
  const isReliable = offered.reliability === "reliable" || requested.reliability === "best-effort";
  const isDurable = offered.durability === "transient-local" || requested.durability === "volatile";
  return isReliable && isDurable;
}
