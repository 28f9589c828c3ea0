import type { NodeId } from "../../shared/fleet/ids";
import { fail, ok, type Result } from "../../shared/result";
import { topicName, topicType, type TopicKind } from "../../shared/wire/topics";
import type {
  InboundMessage,
  Link,
  LinkListener,
  LinkStatus,
  OutboundMessage,
  PublishReceipt,
  TopicEndpoint,
} from "../link/port";

/** A link for tests: the test says what the graph holds and what arrives, and sees what was published. */
export class ScriptedLink implements Link {
  readonly published: OutboundMessage[] = [];
  readonly subscribed = new Set<string>();
  /** What the next publications answer. */
  receipt: Result<PublishReceipt> = ok({ publishedAtMs: 0, matchedSubscriptions: 1 });
  private endpoints: TopicEndpoint[] = [];
  private listener: LinkListener | null = null;
  private current: LinkStatus = {
    kind: "embedded",
    state: "up",
    sinceMs: 0,
    sentence: "Scripted.",
    notices: [],
    seed: 7,
    domainId: null,
    discoveryRange: null,
  };

  start(listener: LinkListener): Promise<void> {
    this.listener = listener;
    listener.onStatus(this.current);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.listener = null;
    return Promise.resolve();
  }

  status(): LinkStatus {
    return this.current;
  }

  graph(): readonly TopicEndpoint[] {
    return this.endpoints;
  }

  subscribe({ topic }: { readonly topic: string }): () => void {
    this.subscribed.add(topic);
    return () => this.subscribed.delete(topic);
  }

  publish(message: OutboundMessage): Promise<Result<PublishReceipt>> {
    if (this.current.state !== "up") return Promise.resolve(fail("LINK_DOWN", "The link is down."));
    this.published.push(message);
    return Promise.resolve(this.receipt);
  }

  retry(): void {
    this.change({ state: "starting" });
  }

  /** Replaces the graph and tells. */
  setGraph(endpoints: readonly TopicEndpoint[]): void {
    this.endpoints = [...endpoints];
    this.listener?.onGraphChange();
  }

  /** Puts the publishers of nodes into the graph and tells. */
  join(nodeIds: readonly NodeId[], kinds: readonly TopicKind[] = ["lydt-metrics", "heartbeat"]): void {
    const fresh = nodeIds.flatMap((nodeId) =>
      kinds.map((kind) => ({
        topic: topicName(kind, nodeId),
        type: topicType(kind),
        role: "publisher" as const,
        nodeName: "edge_compressor",
      })),
    );
    this.setGraph([...this.endpoints, ...fresh]);
  }

  /** Lets a message arrive, if its topic was asked for. */
  deliver(message: InboundMessage): void {
    if (this.subscribed.has(message.topic)) this.listener?.onMessage(message);
  }

  change(change: Partial<LinkStatus>): void {
    this.current = { ...this.current, ...change };
    this.listener?.onStatus(this.current);
  }
}
