import { noteCoordination } from "../../shared/fleet/coordination";
import type { Coordination, HubStatus } from "../../shared/fleet/hub-status";
import type { NodeId } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { Failure } from "../../shared/result";
import type { Clock, Dispose } from "../../shared/time";
import { createDialectFilter } from "../../shared/wire/dialect-filter";
import { DiagnosticsBook } from "../../shared/system/diagnostics-book";
import {
  BROADCAST_SUBSCRIPTION_QOS,
  classifyTopic,
  DIAGNOSTICS_SUBSCRIPTION_QOS,
  DIAGNOSTICS_TOPIC,
  DIAGNOSTICS_TYPE,
  FLEET_STATUS_TOPIC,
  FLEET_STATUS_TYPE,
  topicType,
  type RosType,
} from "../../shared/wire/topics";
import type { Link, TopicEndpoint } from "../link/port";
import type { EventLog } from "./event-log";
import { HubWatch } from "./hub-watch";

/**
 * What is said to everybody: by the coordinator what it allots a node, by the fleet hub what it sees of them, by
 * any program of the graph on /diagnostics how it is. A topic of theirs is subscribed to only while somebody publishes it, and makes no node.
 */
export class Broadcasts {
  readonly hub: HubWatch;
  readonly diagnostics = new DiagnosticsBook();
  private readonly dialects = createDialectFilter();
  private readonly subscriptions = new Map<string, Dispose>();
  private toldNotice: string | null = null;

  constructor(
    private readonly link: Link,
    private readonly clock: Clock,
    private readonly events: EventLog,
    private readonly nodes: ReadonlyMap<NodeId, TrackedNode>,
  ) {
    this.hub = new HubWatch((nodeId) => this.nodes.get(nodeId));
  }

  /** Looks at the graph, once its nodes are known. */
  discover(endpoints: readonly TopicEndpoint[]): void {
    const published = new Map<string, RosType>();
    for (const endpoint of endpoints) {
      const type = endpoint.role === "publisher" ? this.wantedType(endpoint) : null;
      if (type !== null) published.set(endpoint.topic, type);
    }
    for (const [topic, type] of published) {
      if (this.subscriptions.has(topic)) continue;
      const qos = topic === DIAGNOSTICS_TOPIC ? DIAGNOSTICS_SUBSCRIPTION_QOS : BROADCAST_SUBSCRIPTION_QOS;
      this.subscriptions.set(topic, this.link.subscribe({ topic, type, qos }));
    }
    for (const [topic, unsubscribe] of this.subscriptions) {
      if (published.has(topic)) continue;
      this.subscriptions.delete(topic);
      unsubscribe();
    }
  }

  /** Forgets what was said in a graph that the link leaves. */
  forget(): void {
    for (const unsubscribe of this.subscriptions.values()) unsubscribe();
    this.subscriptions.clear();
    this.hub.forget();
    this.diagnostics.forget();
  }

  /** Takes in what the coordinator allots a node. @returns whether it was used: not a second time in the other dialect. */
  takeCoordination(signal: Coordination): boolean {
    const node = this.nodes.get(signal.nodeId);
    if (node === undefined || !this.dialects.keep(signal)) return false;
    node.coordination = noteCoordination(node.coordination, signal);
    return true;
  }

  /** Takes in what the hub says. */
  takeStatus(status: HubStatus): void {
    this.hub.take(status, this.clock.monotonicMs());
  }

  /** What an operator should know of it, in force now. */
  notices(): readonly Failure<string>[] {
    const notice = this.hub.notice(this.clock.monotonicMs());
    return notice === null ? [] : [notice];
  }

  /** Ends a tick: a notice that is new is journalled, once. */
  endTick(): void {
    const notice = this.hub.notice(this.clock.monotonicMs());
    if (notice !== null && notice.message !== this.toldNotice) {
      this.events.record({ event: "link-notice", nodeId: null, actor: "link", sentence: notice.message, detail: { code: notice.code } });
    }
    this.toldNotice = notice?.message ?? null;
  }

  private wantedType({ topic, type }: TopicEndpoint): RosType | null {
    if (topic === DIAGNOSTICS_TOPIC) return type === DIAGNOSTICS_TYPE ? type : null;
    if (topic === FLEET_STATUS_TOPIC) return type === FLEET_STATUS_TYPE ? type : null;
    const meaning = classifyTopic(topic, type);
    if (meaning === null || (meaning.kind !== "coordination" && meaning.kind !== "legacy-coordination")) return null;
    return this.nodes.has(meaning.nodeId) ? topicType(meaning.kind) : null;
  }
}
