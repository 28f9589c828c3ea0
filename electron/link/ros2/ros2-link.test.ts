import { describe, expect, it } from "vitest";
import { METRICS_SUBSCRIPTION_QOS } from "../../../shared/wire/topics";
import { fakeSpawn, type FakeChild } from "../../supervision/fake-spawn";
import { virtualTimers } from "../../time/virtual-timers";
import type { InboundMessage, LinkStatus, OutboundMessage } from "../port";
import type { HostEndpoint, HostReply } from "./protocol";
import { createRos2Link } from "./ros2-link";

const METRICS = { topic: "/lydlr/node_0/transport/metrics", type: "std_msgs/msg/UInt8MultiArray", qos: METRICS_SUBSCRIPTION_QOS } as const;
const DEPLOY: OutboundMessage = {
  topic: "/lydlr/node_0/command/deploy",
  type: "std_msgs/msg/String",
  bytes: Uint8Array.of(0, 1, 0, 0),
  qos: { reliability: "reliable", durability: "transient-local", depth: 1 },
  awaitSubscriptionMs: 1_000,
};
const PUBLISHER: HostEndpoint = {
  topic: METRICS.topic,
  type: METRICS.type,
  role: "publisher",
  nodeName: "edge",
  reliability: "best-effort",
  durability: "volatile",
  timings: [],
};

async function setUp(standby = false) {
  const timers = virtualTimers();
  const fake = fakeSpawn();
  const link = createRos2Link({
    timers,
    spawn: fake.spawn,
    entry: "/ros2-host.cjs",
    rclnodejs: "/ros2/rclnodejs",
    addon: "/ros2/rclnodejs.node",
    graph: { domainId: 7, discoveryRange: null },
    surroundings: ({ domainId, discoveryRange }) => ({
      domainId: domainId ?? 0,
      discoveryRange: discoveryRange ?? "SUBNET",
      env: { ROS_DOMAIN_ID: String(domainId) },
    }),
    standby,
    description: "ROS 2 jazzy",
    nodeName: "ops",
  });
  const messages: InboundMessage[] = [];
  const statuses: LinkStatus[] = [];
  let graphChanges = 0;
  await link.start({
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
    onGraphChange: () => {
      graphChanges += 1;
    },
  });
  function child(index: number): FakeChild {
    const found = fake.children[index];
    if (found === undefined) throw new Error(`child ${String(index)} was never started`);
    return found;
  }
  function say(index: number, body: HostReply): void {
    child(index).say({ kind: "message", body });
  }
  function open(index: number): void {
    child(index).becomeReady();
    say(index, { kind: "opened", rmw: "rmw_fastrtps_cpp", rclnodejs: "1.9.0", domainId: 7 });
  }
  /** What the link asked of a host, without the supervision's own messages. */
  function asked(index: number): readonly unknown[] {
    return child(index).received.flatMap((message) => {
      const { kind, body } = message as { readonly kind: string; readonly body?: unknown };
      return kind === "message" ? [body] : [];
    });
  }
  /** Stops the link; its host takes its time to leave. Nothing may be left to come. */
  async function end(): Promise<void> {
    const stopped = link.stop();
    await timers.advanceSettled(1_000);
    await stopped;
    expect(timers.pendingCount()).toBe(0);
  }
  return { end, timers, link, messages, statuses, graphChanges: () => graphChanges, child, say, open, asked };
}

describe("the ROS 2 link", () => {
  it("is up only once its host has joined the graph", async () => {
    const { end, link, child, open, asked } = await setUp();
    child(0).becomeReady();
    expect(link.status().state).toBe("starting");
    expect(asked(0)).toEqual([{ kind: "open", rclnodejs: "/ros2/rclnodejs", addon: "/ros2/rclnodejs.node", nodeName: "ops_1" }]);
    open(0);
    expect(link.status()).toMatchObject({ state: "up", kind: "ros2", domainId: 7, discoveryRange: "SUBNET", sentence: "ROS 2 jazzy, domain 7." });
    await end();
  });

  it("asks a new host for everything that the killed one was asked for", async () => {
    const { end, link, timers, child, open, asked } = await setUp();
    link.subscribe(METRICS);
    link.advertise(DEPLOY);
    open(0);
    const wanted = [
      { kind: "watch" },
      { kind: "subscribe", id: 0, ...METRICS },
      { kind: "advertise", topic: DEPLOY.topic, type: DEPLOY.type, qos: DEPLOY.qos },
    ];
    expect(asked(0).slice(1)).toEqual(wanted);
    child(0).exit({ signal: "SIGKILL" });
    expect(link.status()).toMatchObject({ state: "starting" });
    timers.advance(0);
    open(1);
    expect(asked(1)).toEqual([expect.objectContaining({ kind: "open", nodeName: "ops_2" }), ...wanted]);
    expect(link.status()).toMatchObject({ state: "up" });
    expect(link.status().sentence).toContain("was lost once");
    await end();
  });

  it("takes a batch apart, and drops what nobody asks for any more", async () => {
    const { end, link, messages, say, open } = await setUp();
    const letGo = link.subscribe({ ...METRICS, topic: "/lydlr/node_1/transport/metrics" });
    link.subscribe(METRICS);
    open(0);
    letGo();
    say(0, { kind: "messages", subscriptions: [1, 0, 1], receivedAtMs: [10, 20, 30], lengths: [2, 1, 3], bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    expect(messages).toEqual([
      { topic: METRICS.topic, type: METRICS.type, bytes: Uint8Array.of(1, 2), receivedAtMs: 10 },
      { topic: METRICS.topic, type: METRICS.type, bytes: Uint8Array.of(4, 5, 6), receivedAtMs: 30 },
    ]);
    await end();
  });

  it("keeps its own hosts out of the graph, the killed one's ghost too", async () => {
    const { end, link, timers, child, say, open } = await setUp();
    open(0);
    child(0).exit({ signal: "SIGKILL" });
    timers.advance(0);
    open(1);
    const own = ["ops_1", "ops_2"].map((nodeName) => ({ ...PUBLISHER, role: "subscription" as const, nodeName }));
    say(1, { kind: "graph", endpoints: [PUBLISHER, ...own], nodes: ["edge", "ops_1", "ops_2"] });
    expect(link.graph()).toEqual([{ topic: METRICS.topic, type: METRICS.type, role: "publisher", nodeName: "edge" }]);
    await end();
  });

  it("remembers who was there while a new host looks around, and then no longer", async () => {
    const { end, link, timers, child, say, open } = await setUp();
    open(0);
    say(0, { kind: "graph", endpoints: [PUBLISHER], nodes: ["edge"] });
    child(0).exit({ signal: "SIGKILL" });
    timers.advance(0);
    open(1);
    say(1, { kind: "graph", endpoints: [], nodes: [] });
    expect(link.graph()).toHaveLength(1);
    timers.advance(3_000);
    expect(link.graph()).toEqual([]);
    await end();
  });

  it("answers a publication with the host's receipt, and with LINK_DOWN when the host dies first", async () => {
    const { end, link, child, say, open } = await setUp();
    expect(await link.publish(DEPLOY)).toMatchObject({ ok: false, error: { code: "LINK_DOWN" } });
    open(0);
    const first = link.publish(DEPLOY);
    say(0, { kind: "published", requestId: 1, publishedAtMs: 5, matchedSubscriptions: 1 });
    expect(await first).toEqual({ ok: true, value: { publishedAtMs: 5, matchedSubscriptions: 1 } });
    const second = link.publish(DEPLOY);
    child(0).exit({ signal: "SIGSEGV" });
    expect(await second).toMatchObject({ ok: false, error: { code: "LINK_DOWN" } });
    await end();
  });

  it("does not wait for a receipt for ever", async () => {
    const { end, link, timers, open } = await setUp();
    open(0);
    const published = link.publish(DEPLOY);
    // Longer than the wait for a subscription and its grace; the heartbeat is answered meanwhile.
    await timers.advanceSettled(6_000);
    expect(await published).toMatchObject({ ok: false, error: { code: "PUBLISH_FAILED" } });
    await end();
  });

  it("is down, and not started over and over, when ROS 2 does not load; a retry tries again", async () => {
    const { end, link, timers, child, say, open } = await setUp();
    child(0).becomeReady();
    say(0, { kind: "failed", message: "librcl.so: cannot open shared object file" });
    expect(link.status().state).toBe("down");
    expect(link.status().sentence).toContain("librcl.so");
    child(0).exit({ code: 0 });
    await timers.advanceSettled(10_000);
    expect(() => child(1)).toThrow();
    link.retry();
    open(1);
    expect(link.status().state).toBe("up");
    await end();
  });

  it("tells of another type on a topic of the fleet, and takes it back when it is over", async () => {
    const { end, link, say, open } = await setUp();
    open(0);
    say(0, { kind: "graph", endpoints: [PUBLISHER, { ...PUBLISHER, type: "std_msgs/msg/String", nodeName: "x" }], nodes: ["edge", "x"] });
    expect(link.status().notices).toMatchObject([{ code: "TYPE_CLASH" }]);
    say(0, { kind: "graph", endpoints: [PUBLISHER, { ...PUBLISHER, topic: "/other/metrics", type: "std_msgs/msg/String" }], nodes: ["edge"] });
    expect(link.status().notices).toEqual([]);
    await end();
  });

  it("hands over at once to a host that stands by, which was in the graph but asked for nothing", async () => {
    const { end, link, timers, child, say, open, asked, messages, statuses } = await setUp(true);
    link.subscribe(METRICS);
    open(0);
    timers.advance(1_000);
    open(1);
    expect(asked(1)).toEqual([expect.objectContaining({ kind: "open", nodeName: "ops_2" })]);
    expect(link.processes().map(({ name }) => name)).toEqual(["ros2", "ros2-standby"]);
    const standby = link.processes()[1]?.pid;
    child(0).exit({ signal: "SIGKILL" });
    expect(asked(1).slice(1)).toEqual([{ kind: "watch" }, { kind: "subscribe", id: 0, ...METRICS }]);
    expect(link.processes()[0]).toMatchObject({ name: "ros2", pid: standby });
    // The loss is told although it is over.
    expect(statuses.slice(-2).map(({ state }) => state)).toEqual(["starting", "up"]);
    expect(statuses.at(-2)?.sentence).toContain("SIGKILL");
    expect(link.status().sentence).toContain("was lost once, for 0.0 s in all");
    say(1, { kind: "messages", subscriptions: [0], receivedAtMs: [10], lengths: [1], bytes: Uint8Array.of(9) });
    expect(messages).toHaveLength(1);
    // The one that died comes back to stand by.
    timers.advance(0);
    open(2);
    expect(asked(2)).toEqual([expect.objectContaining({ kind: "open", nodeName: "ops_3" })]);
    child(1).exit({ signal: "SIGKILL" });
    expect(asked(2).slice(1)).toEqual([{ kind: "watch" }, { kind: "subscribe", id: 0, ...METRICS }]);
    await end();
  });

  it("does not listen to the host that stands by", async () => {
    const { end, link, timers, messages, graphChanges, say, open } = await setUp(true);
    link.subscribe(METRICS);
    open(0);
    timers.advance(1_000);
    open(1);
    say(1, { kind: "messages", subscriptions: [0], receivedAtMs: [10], lengths: [1], bytes: Uint8Array.of(9) });
    say(1, { kind: "graph", endpoints: [PUBLISHER], nodes: ["edge"] });
    expect(messages).toEqual([]);
    expect(graphChanges()).toBe(0);
    await end();
  });

  it("stays up when the host that stands by dies or cannot join", async () => {
    const { end, link, timers, child, say, open } = await setUp(true);
    open(0);
    timers.advance(1_000);
    open(1);
    child(1).exit({ signal: "SIGSEGV" });
    timers.advance(0);
    child(2).becomeReady();
    say(2, { kind: "failed", message: "out of memory" });
    expect(link.status()).toMatchObject({ state: "up", sentence: "ROS 2 jazzy, domain 7." });
    child(2).exit({ code: 0 });
    await timers.advanceSettled(2_000);
    expect(link.processes()).toMatchObject([{ name: "ros2", state: "up" }, { name: "ros2-standby", state: "down" }]);
    await end();
  });

  it("is down only once both hosts were given up, and starts both again on a retry", async () => {
    const { end, link, timers, child, open } = await setUp(true);
    open(0);
    timers.advance(1_000);
    let next = 0;
    // Neither ever listens again: each is started six times.
    for (; link.status().state !== "down"; next += 1) {
      child(next).exit({ signal: "SIGKILL" });
      // Longer than any pause before a restart, and too short for a start to time out.
      await timers.advanceSettled(5_000);
    }
    expect(next).toBe(12);
    expect(link.status().sentence).toContain("restarted 5 times in a row");
    link.retry();
    open(next);
    expect(link.status().state).toBe("up");
    await end();
  });

  it("joins another graph when it is told to, and lets go of what it had asked for", async () => {
    const { end, link, timers, child, say, open, asked, graphChanges } = await setUp();
    link.subscribe(METRICS);
    open(0);
    say(0, { kind: "graph", endpoints: [PUBLISHER], nodes: ["edge"] });
    const rejoined = link.rejoin({ domainId: 42, discoveryRange: "LOCALHOST" });
    expect(link.status()).toMatchObject({ state: "starting", domainId: 42 });
    child(0).exit({ code: 0 });
    await timers.advanceSettled(0);
    await rejoined;
    expect(link.graph()).toEqual([]);
    expect(graphChanges()).toBe(2);
    expect(child(1).options.env).toEqual({ ROS_DOMAIN_ID: "42" });
    open(1);
    expect(asked(1).slice(1)).toEqual([{ kind: "watch" }]);
    expect(link.status()).toMatchObject({ state: "up", domainId: 42, discoveryRange: "LOCALHOST" });
    await end();
  });

  it("told of two graphs in a row, joins the last one with one host", async () => {
    const { end, link, timers, child, open, asked } = await setUp();
    open(0);
    const first = link.rejoin({ domainId: 41, discoveryRange: null });
    const second = link.rejoin({ domainId: 42, discoveryRange: null });
    await second;
    link.subscribe(METRICS);
    child(0).exit({ code: 0 });
    await timers.advanceSettled(0);
    await first;
    expect(() => child(2)).toThrow();
    expect(child(1).options.env).toEqual({ ROS_DOMAIN_ID: "42" });
    open(1);
    expect(asked(1).slice(1)).toEqual([{ kind: "watch" }, { kind: "subscribe", id: 0, ...METRICS }]);
    expect(link.status()).toMatchObject({ state: "up", domainId: 42 });
    await end();
  });

  it("takes nonsense from its host for nonsense", async () => {
    const { end, link, messages, child, open, graphChanges } = await setUp();
    link.subscribe(METRICS);
    open(0);
    const lie = { kind: "messages", subscriptions: [0], receivedAtMs: [1], lengths: [99], bytes: Uint8Array.of(1) };
    for (const body of [null, "graph", { kind: "graph", endpoints: [{ topic: 7 }], nodes: [] }, lie]) child(0).say({ kind: "message", body });
    expect(messages).toEqual([]);
    expect(graphChanges()).toBe(0);
    await end();
  });
});
