import { ok, fail, type Failure, type Result } from "../../../shared/result";
import type { Dispose, Timers } from "../../../shared/time";
import { classifyTopic, DEPLOY_PUBLICATION_QOS, topicType, type QosProfile, type RosType } from "../../../shared/wire/topics";
import type { Spawn } from "../../supervision/process-spawner";
import type { ProcessStatus } from "../../supervision/supervisor";
import type { Link, LinkListener, LinkStatus, OutboundMessage, PublishReceipt, Subscription, TopicEndpoint } from "../port";
import { linkDown } from "../publications";
import { startHostPair, type HostPair } from "./host-pair";
import type { HostEndpoint, HostReply, HostRequest } from "./protocol";
import type { GraphChoice } from "./ros-environment";
import { graphNotices, portEndpoint } from "./ros2-endpoints";
import { createSubscriptionBook } from "./subscription-book";

/** What a ROS 2 link is made of. */
export interface Ros2LinkOptions {
  readonly timers: Timers;
  readonly spawn: Spawn;
  /** The bundle of the host. */
  readonly entry: string;
  /** Of the installation: where rclnodejs and its addon are. */
  readonly rclnodejs: string;
  readonly addon: string;
  /** The graph that is joined. */
  readonly graph: GraphChoice;
  /** What a choice of graph means here: the domain and range that it leads to, and the host's variables for it. */
  surroundings(graph: GraphChoice): GraphSurroundings;
  /** Whether a second host stands by: for an application that must not be deaf, not for an edge node. */
  readonly standby: boolean;
  /** Which ROS 2 it is, for people: "ROS 2 jazzy, installed beside the application". */
  readonly description: string;
  /** Of the node in the graph; a number follows for every start of the host. Unique in the graph. */
  readonly nodeName: string;
}

/** What follows from a choice of graph. */
export interface GraphSurroundings {
  readonly domainId: number;
  /** As Jazzy names it, e.g. `SUBNET`. */
  readonly discoveryRange: string;
  /** As `rosEnvironment` gives it. */
  readonly env: Readonly<Record<string, string>>;
}

/** The ROS 2 link. */
export interface Ros2Link extends Link {
  /** The supervised hosts, the one that serves first; none before the start and after the end. */
  processes(): readonly ProcessStatus[];
  /** Leaves the graph and joins another one; what was subscribed to belonged to the old one and is let go. */
  rejoin(graph: GraphChoice): Promise<void>;
  /** Offers a topic before anything is published on it; remembered over restarts. */
  advertise(endpoint: { readonly topic: string; readonly type: RosType; readonly qos: QosProfile }): void;
}

/** How long a host that was started again may take to find everybody again before they count as gone, ms. */
const REDISCOVERY_MS = 3_000;

/** How long a publication may take beyond its wait for a subscription before it counts as lost, ms. */
const PUBLISH_GRACE_MS = 5_000;

/** Our own fleet's types on a topic; only a topic of the fleet's own name space or one that is listened to. */
function expectedOn(topic: string, isWanted: (topic: string) => boolean): { readonly type: string; readonly deploy: boolean } | null {
  const meaning = classifyTopic(topic);
  if (meaning === null || (!topic.startsWith("/lydlr/") && !isWanted(topic))) return null;
  return { type: topicType(meaning.kind), deploy: meaning.kind === "deploy" || meaning.kind === "legacy-deploy" };
}

/**
 * The link to a fleet on ROS 2, by supervised processes that hold rclnodejs. When one dies the application
 * lives on: another one joins the graph, or has already, and is asked for every topic once more.
 */
export function createRos2Link(options: Ros2LinkOptions): Ros2Link {
  const { timers } = options;
  const book = createSubscriptionBook((request) => {
    pair?.post(request);
  });
  const advertised = new Map<string, Extract<HostRequest, { kind: "advertise" }>>();
  const publications = new Map<number, (result: Result<PublishReceipt>) => void>();
  /** Names of all hosts so far: one that was killed stays in the graph until its lease ends. */
  const ownNodes = new Set<string>();

  let pair: HostPair | null = null;
  let around = options.surroundings(options.graph);
  let listener: LinkListener | null = null;
  let nextRequestId = 0;
  let endpoints: readonly HostEndpoint[] = [];
  let nodes: readonly string[] = [];
  /** What was there before the host died, while the new one is looking around. */
  let remembered: readonly HostEndpoint[] = [];
  let cancelForget: Dispose = () => undefined;
  const troubles = new Map<string, Failure<string>>();
  /** Losses of the serving host, and how long no host served in all, ms. */
  let losses = 0;
  let deafMs = 0;
  let lostAtMs: number | null = null;
  let status = statusOf("starting", "The ROS 2 link has not been started.");

  function statusOf(state: LinkStatus["state"], sentence: string): LinkStatus {
    const notices = noticesNow();
    const { domainId, discoveryRange } = around;
    return { kind: "ros2", state, sinceMs: timers.wallMs(), sentence, notices, seed: null, domainId, discoveryRange };
  }

  function noticesNow(): readonly Failure<string>[] {
    const isWanted = (topic: string): boolean => book.all().some((subscription) => subscription.topic === topic);
    const told = graphNotices(endpoints, nodes, book.all(), (topic) => expectedOn(topic, isWanted), DEPLOY_PUBLICATION_QOS);
    return [...told, ...troubles.values()];
  }

  function enter(state: LinkStatus["state"], sentence: string): void {
    if (status.state === state && status.sentence === sentence) return;
    const sinceMs = status.state === state ? status.sinceMs : timers.wallMs();
    status = { ...statusOf(state, sentence), sinceMs };
    listener?.onStatus(status);
  }

  function reviewNotices(): void {
    const notices = noticesNow();
    if (JSON.stringify(notices) === JSON.stringify(status.notices)) return;
    status = { ...status, notices };
    listener?.onStatus(status);
  }

  function launch(): void {
    enter("starting", `${options.description} is starting.`);
    const { env } = around;
    const { spawn, entry, standby } = options;
    pair = startHostPair({ timers, spawn, entry, env, standby, openRequest, onServing: begin, onLost: lose, onReply: receive, onFailed: giveUp, onStatus: review });
  }

  function openRequest(): HostRequest {
    const nodeName = `${options.nodeName}_${String(ownNodes.size + 1)}`;
    ownNodes.add(nodeName);
    return { kind: "open", rclnodejs: options.rclnodejs, addon: options.addon, nodeName };
  }

  function upSentence(): string {
    const seconds = (deafMs / 1000).toFixed(1);
    const what = losses === 1 ? "was lost once" : `was lost ${String(losses)} times`;
    const lost = losses === 0 ? "" : ` The ROS 2 process ${what}, for ${seconds} s in all; what the nodes said meanwhile is a gap.`;
    return `${options.description}, domain ${String(around.domainId)}.${lost}`;
  }

  function begin(): void {
    if (lostAtMs !== null) deafMs += timers.monotonicMs() - lostAtMs;
    lostAtMs = null;
    troubles.clear();
    book.askAgain();
    for (const request of advertised.values()) pair?.post(request);
    cancelForget();
    cancelForget = timers.after(REDISCOVERY_MS, () => {
      if (remembered.length === 0) return;
      remembered = [];
      listener?.onGraphChange();
    });
    enter("up", upSentence());
  }

  function lose(sentence: string): void {
    losses += 1;
    lostAtMs = timers.monotonicMs();
    forgetGraph();
    enter("starting", sentence);
  }

  function forgetGraph(): void {
    remembered = endpoints.length > 0 ? endpoints : remembered;
    endpoints = [];
    for (const settle of publications.values()) settle(fail("LINK_DOWN", "The ROS 2 process ended before the message was published."));
    publications.clear();
  }

  function review(): void {
    if (pair === null) return;
    const trouble = pair.trouble();
    if (trouble !== null) enter(trouble.state, trouble.sentence);
    else enter("up", upSentence());
  }

  function receive(reply: HostReply): void {
    switch (reply.kind) {
      case "opened":
      case "failed":
        return; // the pair's business
      case "messages":
        deliver(reply);
        return;
      case "graph":
        endpoints = reply.endpoints.filter((endpoint) => !ownNodes.has(endpoint.nodeName));
        nodes = reply.nodes;
        listener?.onGraphChange();
        reviewNotices();
        return;
      case "published": {
        const { requestId, publishedAtMs, matchedSubscriptions } = reply;
        settlePublication(requestId, ok({ publishedAtMs, matchedSubscriptions }));
        return;
      }
      case "refused":
        settlePublication(reply.requestId, fail(reply.code, reply.message));
        return;
      case "trouble":
        troubles.set(reply.topic, { code: "NOT_AVAILABLE", message: `${reply.topic}: ${reply.message}` });
        reviewNotices();
    }
  }

  function deliver(batch: Extract<HostReply, { kind: "messages" }>): void {
    let offset = 0;
    batch.lengths.forEach((length, index) => {
      const bytes = batch.bytes.subarray(offset, offset + length);
      offset += length;
      const subscription = book.byId(batch.subscriptions[index] ?? -1);
      // Unsubscribed while it was on its way.
      if (subscription === null) return;
      const { topic, type } = subscription;
      listener?.onMessage({ topic, type, bytes, receivedAtMs: batch.receivedAtMs[index] ?? timers.wallMs() });
    });
  }

  function settlePublication(requestId: number, result: Result<PublishReceipt>): void {
    const settle = publications.get(requestId);
    publications.delete(requestId);
    settle?.(result);
  }

  async function end(): Promise<void> {
    const ending = pair;
    pair = null;
    cancelForget();
    forgetGraph();
    remembered = [];
    nodes = [];
    await ending?.stop();
  }

  /** Loading fails the same way every time: starting it again helps only after something was changed. */
  function giveUp(message: string): void {
    enter("down", `${options.description} does not load: ${message}. \`./lydlr ros2 doctor\` says more.`);
    void end();
  }

  return {
    async start(next) {
      if (listener !== null) throw new Error("the ROS 2 link was started twice");
      listener = next;
      await Promise.resolve();
      if (listener !== next) return;
      launch();
    },

    async stop() {
      if (listener === null) return;
      listener = null;
      await end();
      status = statusOf("down", "The ROS 2 link was stopped.");
    },

    status: () => status,

    graph() {
      const known = new Map<string, TopicEndpoint>();
      for (const endpoint of [...endpoints, ...remembered]) {
        const { topic, type, role, nodeName } = endpoint;
        // While the host looks around, what it has found already is there once.
        const key = remembered.length === 0 ? String(known.size) : `${role} ${topic} ${type} ${nodeName}`;
        known.set(key, portEndpoint(endpoint));
      }
      return [...known.values()];
    },

    subscribe: (subscription: Subscription) => book.subscribe(subscription),

    async publish(message: OutboundMessage) {
      const requestId = nextRequestId++;
      // Named one by one: an edge's message carries more than crosses here.
      const { topic, type, qos, bytes, awaitSubscriptionMs } = message;
      const request = { kind: "publish", requestId, topic, type, qos, bytes, awaitSubscriptionMs } as const;
      if (listener === null || pair?.post(request) !== true) return linkDown();
      return new Promise((resolve) => {
        const cancel = timers.after(message.awaitSubscriptionMs + PUBLISH_GRACE_MS, () => {
          settlePublication(requestId, fail("PUBLISH_FAILED", "The ROS 2 process did not say that the message was published."));
        });
        publications.set(requestId, (result) => {
          cancel();
          resolve(result);
        });
      });
    },

    advertise({ topic, type, qos }) {
      const request = { kind: "advertise", topic, type, qos } as const;
      advertised.set(topic, request);
      pair?.post(request);
    },

    async rejoin(graph) {
      around = options.surroundings(graph);
      enter("starting", `ROS 2 is started again, for domain ${String(around.domainId)} and discovery range ${around.discoveryRange}.`);
      book.clear();
      await end();
      // Told to join yet another graph, or to try again, while the old hosts left: that has been done already.
      if (listener === null || pair !== null) return;
      listener.onGraphChange();
      launch();
    },

    retry() {
      if (listener === null) return;
      if (pair === null) launch();
      else pair.retry();
    },

    processes: () => pair?.statuses() ?? [],
  };
}
