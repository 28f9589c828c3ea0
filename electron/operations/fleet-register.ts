import { parseNodeId, type NodeId } from "../../shared/fleet/ids";
import type { SilenceLimits } from "../../shared/fleet/liveness";
import { currentSpan, type VersionHistory } from "../../shared/fleet/version-history";
import { TrackedNode } from "../../shared/fleet/tracked-node";
import { duration } from "../../shared/fleet/words";
import { VERSION_REPORTED } from "../../shared/rollout/replay";
import type { Clock } from "../../shared/time";
import { createDialectFilter } from "../../shared/wire/dialect-filter";
import { parseFleetMessage } from "../../shared/wire/message";
import { classifyTopic, METRICS_SUBSCRIPTION_QOS, topicType, type TopicKind } from "../../shared/wire/topics";
import type { InboundMessage, Link, TopicEndpoint } from "../link/port";
import { Broadcasts } from "./broadcasts";
import type { EventLog } from "./event-log";
import type { MalformedLog } from "./malformed-log";

/** What a node said, for whoever waits for it. */
export interface FleetReport {
  readonly node: TrackedNode;
  readonly type: "sample" | "heartbeat" | "unreadable";
  /** It reports another version than before. */
  readonly versionChanged: boolean;
}

/** node_10 after node_9. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/** The topic kinds that make a node and are subscribed to. */
const HEARD_KINDS: ReadonlySet<TopicKind> = new Set<TopicKind>(["lydt-metrics", "legacy-metrics", "heartbeat"]);

/**
 * All nodes that were ever seen in this graph: found from its publishers, never registered by hand, never
 * forgotten while the link stays in it. Takes in their messages.
 */
export class FleetRegister {
  readonly nodes = new Map<NodeId, TrackedNode>();
  /** Metrics messages parsed and kept since the start. */
  samples = 0;
  readonly broadcasts: Broadcasts;
  private readonly dialects = createDialectFilter();
  /** Nodes with a publisher at the last look. */
  private inGraph: ReadonlySet<NodeId> = new Set();
  /** What ran on nodes of this fleet before, until they are seen. */
  private recorded: ReadonlyMap<NodeId, VersionHistory> = new Map();

  constructor(
    private readonly link: Link,
    private readonly clock: Clock,
    private readonly events: EventLog,
    private readonly malformed: MalformedLog,
    private readonly onReport: (report: FleetReport) => void,
  ) {
    this.broadcasts = new Broadcasts(link, clock, events, this.nodes);
  }

  /** Looks at the graph: only a publisher of metrics or heartbeats makes a node. */
  discover(): void {
    const seen = new Set<NodeId>();
    const endpoints = this.link.graph();
    for (const endpoint of endpoints) {
      const nodeId = this.discoverEndpoint(endpoint);
      if (nodeId !== null) seen.add(nodeId);
    }
    for (const nodeId of seen) {
      if (!this.inGraph.has(nodeId)) this.nodes.get(nodeId)?.rejoin(this.clock.monotonicMs());
    }
    this.inGraph = seen;
    this.broadcasts.discover(endpoints);
  }

  /** Every node, by its id. */
  sorted(): readonly TrackedNode[] {
    return [...this.nodes.values()].toSorted((left, right) => BY_NUMBER.compare(left.nodeId, right.nodeId));
  }

  /** The node of that id, which may be no id at all. */
  find(text: string): TrackedNode | undefined {
    const nodeId = parseNodeId(text);
    return nodeId.ok ? this.nodes.get(nodeId.value) : undefined;
  }

  /** Takes over what the journal knows of the nodes of this fleet; before any of them is seen. */
  recall(histories: ReadonlyMap<NodeId, VersionHistory>): void {
    this.recorded = histories;
  }

  /** Forgets every node, and who was in the graph. */
  forget(): void {
    for (const nodeId of this.nodes.keys()) this.dialects.forget(nodeId);
    this.nodes.clear();
    this.inGraph = new Set();
    this.broadcasts.forget();
  }

  /** Takes in a message; what cannot be read is counted, never guessed. */
  take(message: InboundMessage): void {
    const parsed = parseFleetMessage(message);
    if (!parsed.ok) {
      const topic = classifyTopic(message.topic);
      const nodeId = topic?.nodeId ?? null;
      this.malformed.reject(message, nodeId, parsed.error);
      const node = nodeId === null ? undefined : this.nodes.get(nodeId);
      if (node !== undefined) this.noteMalformed(node, topic?.kind);
      return;
    }
    const nowMs = this.clock.monotonicMs();
    switch (parsed.value.kind) {
      case "metrics": {
        const { sample, warnings } = parsed.value;
        const node = this.nodes.get(sample.nodeId);
        if (node === undefined || !this.dialects.keep(sample)) return;
        for (const warning of warnings) this.malformed.warn(message, sample.nodeId, warning);
        this.samples += 1;
        const { versionChanged } = node.takeSample(sample, nowMs);
        if (versionChanged) this.tellVersion(node);
        this.onReport({ node, type: "sample", versionChanged });
        return;
      }
      case "heartbeat": {
        const { heartbeat } = parsed.value;
        const node = this.nodes.get(heartbeat.nodeId);
        if (node === undefined) return;
        const { versionChanged } = node.takeHeartbeat(heartbeat, nowMs);
        if (versionChanged) this.tellVersion(node);
        this.onReport({ node, type: "heartbeat", versionChanged });
        return;
      }
      case "coordination": {
        const { coordination, warnings } = parsed.value;
        if (!this.broadcasts.takeCoordination(coordination)) return;
        for (const warning of warnings) this.malformed.warn(message, coordination.nodeId, warning);
        return;
      }
      case "fleet-status":
        this.broadcasts.takeStatus(parsed.value.status);
        return;
      case "diagnostics":
        this.broadcasts.diagnostics.take(parsed.value.diagnostics, message.receivedAtMs);
        return;
      case "compressed":
      case "ignored":
        return;
    }
  }

  /** Metrics that cannot be read are a node that speaks and says nothing. */
  private noteMalformed(node: TrackedNode, kind: TopicKind | undefined): void {
    if (kind !== "lydt-metrics") {
      node.malformed += 1;
      return;
    }
    node.noteUnreadable();
    this.onReport({ node, type: "unreadable", versionChanged: false });
  }

  /** Ends a tick for every node and tells whose presence changed, by the policy's limits of silence. */
  endTick(silence: SilenceLimits): void {
    const nowMs = this.clock.monotonicMs();
    const wallMs = this.clock.wallMs();
    for (const node of this.nodes.values()) {
      const before = node.liveness;
      const silentForMs = wallMs - node.lastHeardWallMs;
      if (node.endTick(nowMs, wallMs, silence)) this.tellLiveness(node, before, silentForMs);
    }
    this.broadcasts.endTick();
  }

  private discoverEndpoint(endpoint: TopicEndpoint): NodeId | null {
    if (endpoint.role !== "publisher") return null;
    const topic = classifyTopic(endpoint.topic, endpoint.type);
    if (topic === null || !HEARD_KINDS.has(topic.kind)) return null;
    let node = this.nodes.get(topic.nodeId);
    if (node === undefined) {
      node = new TrackedNode(topic.nodeId, this.clock.monotonicMs(), this.clock.wallMs());
      node.versions = this.recorded.get(topic.nodeId) ?? node.versions;
      this.nodes.set(topic.nodeId, node);
      this.events.record({
        event: "node-joined",
        nodeId: topic.nodeId,
        actor: "link",
        sentence: `Found by its topic ${endpoint.topic}.`,
        detail: { topic: endpoint.topic },
      });
    }
    if (!node.topics.has(endpoint.topic)) {
      node.topics.add(endpoint.topic);
      this.link.subscribe({ topic: endpoint.topic, type: topicType(topic.kind), qos: METRICS_SUBSCRIPTION_QOS });
    }
    return topic.nodeId;
  }

  private tellVersion(node: TrackedNode): void {
    const previous = node.versions.spans.at(-2)?.version ?? null;
    const version = node.modelVersion;
    this.events.record({
      event: VERSION_REPORTED,
      nodeId: node.nodeId,
      actor: "node",
      sentence: `${version ?? "No version"} runs by its own report${previous === null ? "" : `, ${previous} before`}.`,
      detail: { version, previous, vertical: node.vertical, fromMs: currentSpan(node.versions)?.fromMs ?? null },
    });
  }

  private tellLiveness(node: TrackedNode, before: string, silentForMs: number): void {
    const sentences = {
      joining: "Joins again; waiting for its metrics.",
      live: before === "joining" ? "Live: metrics arrive." : `Live again: metrics arrive after ${duration(silentForMs)}.`,
      "no-metrics": "Heartbeats arrive, metrics do not.",
      stale: `Stale: no sample for ${duration(silentForMs)}.`,
      lost: `Lost: no sample for ${duration(silentForMs)}.`,
    } as const;
    this.events.record({
      event: `node-${node.liveness}`,
      nodeId: node.nodeId,
      actor: "engine",
      sentence: sentences[node.liveness],
      detail: { before, silentForMs: Math.round(silentForMs) },
    });
  }
}
