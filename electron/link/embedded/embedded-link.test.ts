import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../shared/fleet/ids";
import type { MetricSample } from "../../../shared/fleet/sample";
import { decodeFloat32MultiArray, decodeUInt8MultiArray } from "../../../shared/wire/cdr";
import { encodeDeploy } from "../../../shared/wire/deploy";
import { parseFleetMessage } from "../../../shared/wire/message";
import {
  COMPRESSED_SUBSCRIPTION_QOS,
  METRICS_SUBSCRIPTION_QOS,
  SEED_ERA_QOS,
  topicName,
  topicType,
  type TopicKind,
} from "../../../shared/wire/topics";
import { fakeRig } from "../../edge/fake-encoder";
import type { EdgeIncident } from "../../edge/node";
import { virtualTimers } from "../../time/virtual-timers";
import { linkContract } from "../contract";
import type { InboundMessage, LinkListener, LinkStatus } from "../port";
import { FAKE_VERSIONS, fakeFleet } from "./fake-fleet";

const KINDS: readonly TopicKind[] = ["lydt-metrics", "legacy-metrics", "heartbeat", "compressed"];

const nobody: LinkListener = { onMessage: () => undefined, onStatus: () => undefined, onGraphChange: () => undefined };

function nodeIds(count: number): readonly NodeId[] {
  return Array.from({ length: count }, (_, index) => `node_${String(index)}` as NodeId);
}

async function setUp({ nodes = 6, seed = 7 } = {}) {
  const timers = virtualTimers();
  const incidents: EdgeIncident[] = [];
  const fleet = fakeFleet(timers, { nodes, seed, onIncident: (incident) => incidents.push(incident) });
  const { link } = fleet;
  const messages: InboundMessage[] = [];
  const statuses: LinkStatus[] = [];
  const graphs: number[] = [];
  for (const nodeId of nodeIds(nodes)) {
    for (const kind of KINDS) {
      const qos = kind === "compressed" ? COMPRESSED_SUBSCRIPTION_QOS : METRICS_SUBSCRIPTION_QOS;
      link.subscribe({ topic: topicName(kind, nodeId), type: topicType(kind), qos });
    }
  }
  await link.start({
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
    onGraphChange: () => graphs.push(link.graph().length),
  });

  function of(kind: TopicKind, nodeId: string): InboundMessage[] {
    return messages.filter((message) => message.topic === topicName(kind, nodeId as NodeId));
  }
  function samples(nodeId: string): MetricSample[] {
    return of("lydt-metrics", nodeId).flatMap((message) => {
      const parsed = parseFleetMessage(message);
      return parsed.ok && parsed.value.kind === "metrics" ? [parsed.value.sample] : [];
    });
  }
  /** What came while `ms` passed. */
  async function during(ms: number): Promise<void> {
    messages.length = 0;
    await timers.advanceSettled(ms);
  }
  return { ...fleet, timers, messages, statuses, graphs, incidents, of, samples, during };
}

linkContract("embedded", FAKE_VERSIONS, () => {
  const timers = virtualTimers();
  const { link, encoder } = fakeFleet(timers);
  return Promise.resolve({
    link,
    nodeId: "node_0" as NodeId,
    otherNodeId: "node_5" as NodeId,
    pass: (ms) => timers.advanceSettled(ms),
    timersLeft: () => timers.pendingCount() - encoder.inFlight(),
    dispose: () => Promise.resolve(),
  });
});

describe("an embedded fleet", () => {
  it("has 2 drones at 10 Hz and 4 iot gateways at 2 Hz by default, and parses without a fault", async () => {
    const { messages, samples, during, link } = await setUp();
    await during(1_000);
    await during(10_000);
    expect(nodeIds(6).map((nodeId) => samples(nodeId).length)).toEqual([100, 100, 20, 20, 20, 20]);
    expect(nodeIds(6).map((nodeId) => samples(nodeId)[0]?.vertical)).toEqual([
      "drone", "drone", "iot", "iot", "iot", "iot",
    ]);
    for (const message of messages) expect(parseFleetMessage(message)).toMatchObject({ ok: true });
    expect(link.status()).toMatchObject({
      kind: "embedded",
      state: "up",
      seed: 7,
      domainId: null,
      discoveryRange: null,
      notices: [],
      sentence: "6 nodes run inside this application: 2 drone and 4 iot, seed 7.",
    });
  });

  it("starts its nodes staggered, not in bursts", async () => {
    const { during, samples } = await setUp();
    await during(3_000);
    const phases = nodeIds(6).map((nodeId) => (samples(nodeId).at(-1)?.sentAtMs ?? 0) % 500);
    expect(new Set(phases.map(Math.round)).size).toBe(6);
  });

  it("renders at most one frame in a turn of the event loop, also when all are due at once", async () => {
    const timers = virtualTimers();
    let turn = 0;
    const rendered: number[] = [];
    const fleet = fakeFleet(
      {
        ...timers,
        after: (delayMs, callback) =>
          timers.after(delayMs, () => {
            turn += 1;
            callback();
          }),
      },
      {
        nodes: 30,
        createRig: (plan) => ({
          ...fakeRig(plan.seed),
          sample(frameIndex) {
            rendered.push(turn);
            return fakeRig(plan.seed).sample(frameIndex);
          },
        }),
      },
    );
    await fleet.link.start(nobody);
    await timers.advanceSettled(3_000);
    timers.sleep(5_000);
    await timers.advanceSettled(100);
    await fleet.link.stop();
    expect(rendered.length).toBeGreaterThan(60);
    expect(new Set(rendered).size).toBe(rendered.length);
  });

  it("replays message by message with the same seed, and differs with another", async () => {
    async function record(seed: number): Promise<string[]> {
      const { timers, link, messages, during } = await setUp({ seed });
      await timers.advanceSettled(2_000);
      link.faults.set("node_0", "lossy-link", 0.4);
      link.faults.set("node_1", "noisy-camera", 30);
      link.faults.set("node_2", "crash", 2);
      void link.publish({ ...encodeDeploy("node_3" as NodeId, "lydt", FAKE_VERSIONS.deployable), awaitSubscriptionMs: 0 });
      await during(8_000);
      return messages.map((message) => `${message.topic} ${Buffer.from(message.bytes).toString("base64")}`);
    }
    const once = await record(7);
    expect(await record(7)).toEqual(once);
    expect(await record(8)).not.toEqual(once);
    expect(once.length).toBeGreaterThan(300);
  });

  it("hears nothing on a topic whose QoS does not match, as on ROS 2", async () => {
    const timers = virtualTimers();
    const { link } = fakeFleet(timers);
    const topics: string[] = [];
    const node = "node_0" as NodeId;
    for (const [kind, qos] of [
      ["lydt-metrics", SEED_ERA_QOS],
      ["legacy-metrics", METRICS_SUBSCRIPTION_QOS],
    ] as const) {
      link.subscribe({ topic: topicName(kind, node), type: topicType(kind), qos });
    }
    await link.start({ ...nobody, onMessage: (message) => topics.push(message.topic) });
    await timers.advanceSettled(2_000);
    await link.stop();
    expect(new Set(topics)).toEqual(new Set(["/node_0/metrics"]));
  });

  it("reports a deploy that a node could not take as a notice for a minute and as an incident", async () => {
    const { timers, link, statuses, incidents, samples } = await setUp();
    await timers.advanceSettled(1_000);
    await link.publish({ ...encodeDeploy("node_0" as NodeId, "lydt", FAKE_VERSIONS.unknown), awaitSubscriptionMs: 0 });
    await timers.advanceSettled(1_000);
    const notice = { code: "UNKNOWN_VERSION", message: "node_0 could not take 9.9.9: 9.9.9 is broken. It keeps 1.0.0." };
    expect(link.status().notices).toEqual([notice]);
    expect(statuses.at(-1)?.notices).toEqual([notice]);
    expect(incidents).toEqual([{ ...notice, nodeId: "node_0" }]);
    expect(samples("node_0").at(-1)?.modelVersion).toBe("1.0.0");
    await timers.advanceSettled(61_000);
    expect(link.status().notices).toEqual([]);
    expect(statuses.at(-1)?.notices).toEqual([]);
  });

  it("is alive without metrics while inference is away, says so, and goes on when it returns", async () => {
    const { timers, link, setInferenceUp, during, of } = await setUp();
    await timers.advanceSettled(2_000);
    setInferenceUp(false);
    await timers.advanceSettled(50);
    await during(6_000);
    expect(of("lydt-metrics", "node_0")).toEqual([]);
    expect(of("heartbeat", "node_0")).toHaveLength(3);
    expect(link.status().notices).toMatchObject([{ code: "INFERENCE_DOWN" }]);
    setInferenceUp(true);
    await during(2_000);
    expect(of("lydt-metrics", "node_0").length).toBeGreaterThan(15);
    expect(link.status().notices).toEqual([]);
  });

  it("says when inference has not come up within 5 s of its start", async () => {
    const timers = virtualTimers();
    const fleet = fakeFleet(timers);
    fleet.encoder.isDown = true;
    await fleet.link.start(nobody);
    await timers.advanceSettled(4_500);
    expect(fleet.link.status().notices).toEqual([]);
    await timers.advanceSettled(1_000);
    expect(fleet.link.status().notices).toMatchObject([{ code: "INFERENCE_DOWN" }]);
    fleet.setInferenceUp(true);
    expect(fleet.link.status().notices).toEqual([]);
    await fleet.link.stop();
  });
});

describe("more nodes than the machine can compress", () => {
  it("run at one lower rate that is measured, said with numbers, and without invented metrics", async () => {
    const { timers, link, encoder, during, samples, messages } = await setUp({ nodes: 60 });
    encoder.encodeMs = 25;
    await timers.advanceSettled(10_000);
    // 20 drones at 10 Hz and 40 gateways at 2 Hz; 40 encodes fit into a second, 85 % of them are used.
    expect(link.status().notices).toEqual([
      {
        code: "FRAME_RATE_LOWERED",
        message:
          "This machine compresses about 34 frames/s; 60 nodes ask for 280. Every node runs at 12 % of its rate.",
      },
    ]);
    await during(20_000);
    const rates = nodeIds(60).map((nodeId) => samples(nodeId).length / 20);
    for (const rate of rates.slice(0, 20)) expect(rate).toBeCloseTo(1.2, 0);
    for (const rate of rates.slice(20)) expect(rate).toBeCloseTo(0.24, 0);
    const metrics = messages.filter((message) => message.topic.endsWith("/transport/metrics")).length;
    const compressed = messages.filter((message) => message.topic.endsWith("/transport/compressed")).length;
    expect(metrics).toBe(compressed);
  });

  it("return to their full rate when there is room, and do not swing", async () => {
    const { timers, link, encoder, statuses } = await setUp({ nodes: 12 });
    encoder.encodeMs = 50;
    await timers.advanceSettled(10_000);
    expect(link.status().notices).toMatchObject([{ code: "FRAME_RATE_LOWERED" }]);
    const lowered = statuses.length;
    await timers.advanceSettled(30_000);
    expect(statuses).toHaveLength(lowered);
    encoder.encodeMs = 2;
    await timers.advanceSettled(12_000);
    expect(link.status().notices).toEqual([]);
  });

  it("a start that takes the machine for a second lowers nothing", async () => {
    const { timers, encoder, link, statuses } = await setUp();
    encoder.encodeMs = 60;
    await timers.advanceSettled(2_500);
    encoder.encodeMs = 10;
    await timers.advanceSettled(30_000);
    expect(link.status().notices).toEqual([]);
    expect(statuses).toHaveLength(1);
  });
});

describe("the fault console", () => {
  it("slows a node by really encoding more often, and leaves the others their rate", async () => {
    const { timers, link, encoder, during, samples } = await setUp();
    await timers.advanceSettled(3_000);
    link.faults.set("node_0", "slow-cpu", 8);
    await timers.advanceSettled(3_000);
    await during(10_000);
    expect(samples("node_0").at(-1)?.latencyMs).toBe(80);
    expect(encoder.calls.filter((call) => call.endsWith("x8")).length).toBeGreaterThan(20);
    expect(samples("node_0").length).toBeGreaterThan(20);
    expect(samples("node_1").length).toBeGreaterThanOrEqual(97);
    expect(link.status().notices).toEqual([]);
    link.faults.set("node_0", "slow-cpu", 0);
    await during(10_000);
    expect(samples("node_0").length).toBeGreaterThanOrEqual(98);
    expect(samples("node_0").at(-1)?.latencyMs).toBe(10);
  });

  it("loses the share of messages that was asked for, on the node that was asked for", async () => {
    const { timers, link, during, of } = await setUp();
    await timers.advanceSettled(1_000);
    link.faults.set("node_0", "lossy-link", 0.3);
    await during(60_000);
    const share = of("lydt-metrics", "node_0").length / 600;
    expect(share).toBeGreaterThan(0.64);
    expect(share).toBeLessThan(0.76);
    expect(of("lydt-metrics", "node_1")).toHaveLength(600);
  });

  it("adds noise to a camera, which costs bytes and quality", async () => {
    const { timers, link, during, samples } = await setUp();
    await timers.advanceSettled(2_000);
    const before = samples("node_0").at(-1);
    link.faults.set("node_0", "noisy-camera", 40);
    await during(2_000);
    const after = samples("node_0").at(-1);
    expect(after?.bytesOut ?? 0).toBeGreaterThan((before?.bytesOut ?? 0) + 30);
    expect(after?.qualityScore ?? 1).toBeLessThan((before?.qualityScore ?? 0) - 0.1);
  });

  it("silences a node that still computes and stays on the graph", async () => {
    const { timers, link, encoder, during, messages } = await setUp();
    await timers.advanceSettled(1_000);
    const graph = link.graph();
    link.faults.set("node_0", "silent", 1);
    await timers.advanceSettled(50);
    const encodes = encoder.calls.length;
    await during(5_000);
    expect(messages.filter((message) => message.topic.includes("node_0"))).toEqual([]);
    expect(messages.length).toBeGreaterThan(0);
    expect(encoder.calls.length - encodes).toBeGreaterThan(130);
    expect(link.graph()).toEqual(graph);
  });

  it("leaves a node its heartbeats without metrics", async () => {
    const { timers, link, during, messages } = await setUp();
    await timers.advanceSettled(1_000);
    link.faults.set("node_0", "no-metrics", 1);
    await timers.advanceSettled(50);
    await during(6_000);
    const topics = new Set(messages.map((message) => message.topic).filter((topic) => topic.includes("node_0")));
    expect(topics).toEqual(new Set(["/lydlr/node_0/heartbeat"]));
  });

  it("crashes a node off the graph and restarts it with its deployed version and a fresh sequence", async () => {
    const { timers, link, during, samples, messages, graphs } = await setUp();
    await timers.advanceSettled(1_000);
    await link.publish({
      ...encodeDeploy("node_0" as NodeId, "lydt", FAKE_VERSIONS.deployable),
      awaitSubscriptionMs: 0,
    });
    await timers.advanceSettled(2_000);
    const endpoints = link.graph().length;
    link.faults.set("node_0", "crash", 5);
    await during(4_900);
    expect(messages.filter((message) => message.topic.includes("node_0"))).toEqual([]);
    expect(link.graph().filter((endpoint) => endpoint.nodeName === "node_0")).toEqual([]);
    expect(link.faults.list()).toEqual([{ nodeId: "node_0", fault: "crash", level: 5 }]);
    expect(graphs.at(-1)).toBe(endpoints - 10);

    await during(2_100);
    expect(link.graph()).toHaveLength(endpoints);
    expect(graphs.at(-1)).toBe(endpoints);
    expect(link.faults.list()).toEqual([]);
    expect(samples("node_0")[0]).toMatchObject({ sequence: 0, modelVersion: "1.1.0" });
  });

  it("keeps a deploy waiting for a crashed node until it is back", async () => {
    const { timers, link, samples } = await setUp();
    await timers.advanceSettled(1_000);
    link.faults.set("node_0", "crash", 2);
    const receipt = link.publish({
      ...encodeDeploy("node_0" as NodeId, "lydt", FAKE_VERSIONS.deployable),
      awaitSubscriptionMs: 5_000,
    });
    await timers.advanceSettled(5_000);
    expect(await receipt).toMatchObject({ ok: true, value: { matchedSubscriptions: 1 } });
    expect(samples("node_0").at(-1)?.modelVersion).toBe("1.1.0");
  });

  it("makes a node report NaN as Python writes it, which the parser refuses with a code", async () => {
    const { timers, link, during, of } = await setUp();
    await timers.advanceSettled(1_000);
    link.faults.set("node_0", "nan-metrics", 1);
    await timers.advanceSettled(50);
    await during(1_000);
    const message = of("lydt-metrics", "node_0")[0];
    if (message === undefined) throw new Error("no metrics came");
    const frame = decodeUInt8MultiArray(message.bytes);
    expect(frame.ok && Buffer.from(frame.value).toString("latin1")).toContain('"latency_ms":NaN');
    expect(parseFleetMessage(message)).toMatchObject({ ok: false, error: { code: "NOT_FINITE" } });
    const legacy = of("legacy-metrics", "node_0")[0];
    const numbers = decodeFloat32MultiArray(legacy?.bytes ?? new Uint8Array());
    expect(numbers.ok && [...numbers.value].filter(Number.isNaN).length).toBe(4);
  });

  it("lists what is on, refuses what cannot be, and switches everything off at once", async () => {
    const { timers, link } = await setUp();
    await timers.advanceSettled(1_000);
    expect(link.faults.set("node_0", "slow-cpu", 3)).toEqual({
      ok: true,
      value: [{ nodeId: "node_0", fault: "slow-cpu", level: 3 }],
    });
    link.faults.set("node_1", "crash", 60);
    expect(link.faults.set("node_9", "silent", 1)).toMatchObject({ ok: false, error: { code: "UNKNOWN_NODE" } });
    expect(link.faults.set("node_0", "slow-cpu", 1)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
    expect(link.faults.set("node_0", "lossy-link", 1.5)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
    expect(link.faults.set("node_0", "crash", NaN)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
    expect(link.faults.list()).toHaveLength(2);
    expect(link.faults.allOff()).toEqual([]);
    expect(link.faults.list()).toEqual([]);
    expect(link.graph().some((endpoint) => endpoint.nodeName === "node_1")).toBe(true);
  });
});
