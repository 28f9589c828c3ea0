import { describe, expect, it } from "vitest";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import type { Heartbeat, MetricSample } from "../../shared/fleet/sample";
import { encodeString } from "../../shared/wire/cdr";
import { encodeDeploy } from "../../shared/wire/deploy";
import { parseFleetMessage } from "../../shared/wire/message";
import { FLEET_DEPLOY_TOPIC } from "../../shared/wire/topics";
import { virtualTimers } from "../time/virtual-timers";
import { fakeEncoder, fakeRig, type FakeFrame } from "./fake-encoder";
import { startEdgeNode, type EdgeIncident, type EdgeMessage, type EdgeNodeOptions } from "./node";

const NODE = "node_0" as NodeId;
const V1_0 = "1.0.0" as ModelVersion;
const V1_1 = "1.1.0" as ModelVersion;
const V1_2 = "1.2.0" as ModelVersion;

function setUp(options: Partial<EdgeNodeOptions<FakeFrame>> = {}) {
  const timers = virtualTimers();
  const encoder = fakeEncoder(timers);
  const messages: (EdgeMessage & { readonly atMs: number })[] = [];
  const incidents: EdgeIncident[] = [];
  const node = startEdgeNode({
    nodeId: NODE,
    vertical: "drone",
    timers,
    rig: fakeRig(0),
    encoder,
    initialVersion: V1_0,
    compressionLevel: 0.5,
    phaseMs: 0,
    publish: (message) => messages.push({ ...message, atMs: timers.monotonicMs() }),
    onIncident: (incident) => incidents.push(incident),
    ...options,
  });
  function samples(dialect: "lydt" | "legacy" = "lydt"): MetricSample[] {
    return messages.flatMap((message) => {
      const parsed = parseFleetMessage({ ...message, receivedAtMs: timers.wallMs() });
      if (!parsed.ok) throw new Error(parsed.error.message);
      return parsed.value.kind === "metrics" && parsed.value.sample.dialect === dialect ? [parsed.value.sample] : [];
    });
  }
  function heartbeats(): Heartbeat[] {
    return messages.flatMap((message) => {
      const parsed = parseFleetMessage({ ...message, receivedAtMs: timers.wallMs() });
      return parsed.ok && parsed.value.kind === "heartbeat" ? [parsed.value.heartbeat] : [];
    });
  }
  function deploy(version: ModelVersion): void {
    const message = encodeDeploy(NODE, "lydt", version);
    node.receive(message.topic, message.bytes);
  }
  return { timers, encoder, node, messages, incidents, samples, heartbeats, deploy };
}

describe("an edge node", () => {
  it("compresses at its profile's rate without drift and reports what it measured, in both dialects", async () => {
    const { timers, node, samples } = setUp();
    await timers.advanceSettled(10_050);
    const lydt = samples();
    // The deadline at 0 falls into the loading of the model.
    expect(lydt).toHaveLength(100);
    expect(lydt.map((sample) => sample.sequence)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(lydt[0]).toMatchObject({
      nodeId: "node_0",
      modelVersion: "1.0.0",
      vertical: "drone",
      latencyMs: 10,
      compressionRatio: 8_000 / 1_000,
      bytesIn: 8_000,
      bytesOut: 1_000,
      compressionLevel: 0.5,
    });
    expect(samples("legacy").map((sample) => sample.compressionRatio)).toEqual(
      lydt.map((sample) => Math.fround(sample.compressionRatio)),
    );
    expect(node.frames()).toEqual({ sampled: 100, putOut: 100, skipped: 0 });
  });

  it("puts out compressed bytes of the size that its metrics name, under the same sequence", async () => {
    const { timers, messages, samples } = setUp();
    await timers.advanceSettled(500);
    const compressed = messages.flatMap((message) => {
      const parsed = parseFleetMessage({ ...message, receivedAtMs: 0 });
      return parsed.ok && parsed.value.kind === "compressed" ? [parsed.value] : [];
    });
    expect(compressed.length).toBeGreaterThan(2);
    expect(compressed.map(({ sequence, bytes }) => [sequence, bytes.length])).toEqual(
      samples().map(({ sequence, bytesOut }) => [sequence, bytesOut]),
    );
  });

  it("reports the bandwidth of the bytes put out over the last second", async () => {
    const { timers, samples } = setUp();
    await timers.advanceSettled(3_000);
    const last = samples().slice(-10);
    const bytes = last.reduce((sum, sample) => sum + (sample.bytesOut ?? 0), 0);
    expect(last.at(-1)?.bandwidthKbps).toBeCloseTo((bytes * 8) / 1000, 6);
    // From the first frame on: one frame of 1 000 bytes in a period of 100 ms.
    expect(samples()[0]?.bandwidthKbps).toBeCloseTo(80, 6);
  });

  it("skips deadlines while a frame is under way, and never has two under way", async () => {
    const { timers, encoder, node, samples } = setUp();
    encoder.encodeMs = 260;
    await timers.advanceSettled(3_000);
    expect(samples().length).toBeGreaterThanOrEqual(9);
    expect(samples().length).toBeLessThanOrEqual(11);
    expect(node.frames().skipped).toBeGreaterThanOrEqual(16);
    expect(encoder.inFlight()).toBeLessThanOrEqual(1);
  });

  it("loses a frame now and then, not every second one, when frames take a little longer than the period", async () => {
    const { timers, encoder, samples } = setUp();
    encoder.encodeMs = 105;
    await timers.advanceSettled(10_000);
    expect(samples().length).toBeGreaterThan(85);
    expect(samples().length).toBeLessThanOrEqual(95);
  });

  it("leaves out what a sleep swallowed and keeps its deadlines where they were", async () => {
    const { timers, node, messages } = setUp();
    await timers.advanceSettled(1_000);
    const before = node.frames();
    timers.sleep(60_040);
    await timers.advanceSettled(1_000);
    expect(node.frames().sampled - before.sampled).toBeLessThanOrEqual(11);
    const frames = messages.filter((message) => message.kind === "lydt-metrics");
    expect((frames.at(-1)?.atMs ?? 0) % 100).toBe(10);
  });

  it("sends a heartbeat every 2 s from the start, with no version before a model is loaded", async () => {
    const { timers, heartbeats, messages } = setUp();
    await timers.advanceSettled(6_000);
    expect(heartbeats().map((heartbeat) => heartbeat.modelVersion)).toEqual([null, "1.0.0", "1.0.0", "1.0.0"]);
    expect(messages.filter((message) => message.kind === "heartbeat").map((message) => message.atMs)).toEqual([
      0, 2_000, 4_000, 6_000,
    ]);
  });

  it("samples less often when it is told to, on the same deadlines", async () => {
    const { timers, node, samples } = setUp();
    await timers.advanceSettled(1_050);
    const before = samples().length;
    node.setRateFactor(0.25);
    await timers.advanceSettled(4_000);
    expect(samples().length - before).toBe(10);
    const [one, two] = samples().slice(-2);
    expect((two?.sentAtMs ?? 0) - (one?.sentAtMs ?? 0)).toBeCloseTo(400, 3);
    expect(two?.bandwidthKbps).toBeCloseTo((1_000 * 8 * 3) / 1_200, -1);
  });

  it("publishes nothing once it was stopped, and leaves no timer behind", async () => {
    const { timers, node, messages } = setUp();
    await timers.advanceSettled(305);
    node.stop();
    const count = messages.length;
    await timers.advanceSettled(5_000);
    expect(messages).toHaveLength(count);
    expect(timers.pendingCount()).toBe(0);
  });
});

describe("a hot swap", () => {
  it("loads beside the running version and swaps between two frames without a gap", async () => {
    const { timers, encoder, node, samples, deploy } = setUp();
    await timers.advanceSettled(1_000);
    encoder.loadMs = 450;
    deploy(V1_1);
    await timers.advanceSettled(1_000);
    const all = samples();
    const sequences = all.map((sample) => sample.sequence);
    expect(sequences).toEqual(sequences.map((_, at) => at));
    const times = all.map((sample) => sample.sentAtMs ?? 0);
    expect(Math.max(...times.slice(1).map((time, at) => time - (times[at] ?? 0)))).toBeCloseTo(100, 3);
    const versions = all.map((sample) => sample.modelVersion);
    expect(versions.slice(versions.indexOf(V1_1))).toEqual(Array(5).fill("1.1.0"));
    expect(node.modelVersion()).toBe("1.1.0");
  });

  it("names with each frame the version that made it, also one under way during the swap", async () => {
    const { timers, encoder, samples, deploy } = setUp();
    encoder.encodeMs = 80;
    encoder.loadMs = 50;
    await timers.advanceSettled(1_000);
    deploy(V1_1);
    await timers.advanceSettled(1_000);
    for (const sample of samples()) {
      const step = sample.modelVersion === V1_1 ? 100 : 0;
      expect(Math.floor(((sample.bytesOut ?? 0) - 1_000) / 100) * 100).toBe(step);
    }
    expect(new Set(samples().map((sample) => sample.modelVersion))).toEqual(new Set(["1.0.0", "1.1.0"]));
  });

  it.each(["HASH_MISMATCH", "MODEL_LOAD_FAILED", "UNKNOWN_VERSION"] as const)(
    "leaves the old version running and says so on %s",
    async (code) => {
      const { timers, encoder, node, samples, incidents, deploy } = setUp();
      encoder.broken.set(V1_1, code);
      await timers.advanceSettled(1_000);
      deploy(V1_1);
      await timers.advanceSettled(2_000);
      expect(node.modelVersion()).toBe("1.0.0");
      expect(new Set(samples().map((sample) => sample.modelVersion))).toEqual(new Set(["1.0.0"]));
      expect(incidents).toEqual([
        { nodeId: "node_0", code, message: "node_0 could not take 1.1.0: 1.1.0 is broken. It keeps 1.0.0." },
      ]);
    },
  );

  it("lets the newest of two deploys win, whichever loads first", async () => {
    const { timers, encoder, node, samples, deploy } = setUp();
    await timers.advanceSettled(1_000);
    encoder.loadMs = 500;
    deploy(V1_1);
    await timers.advanceSettled(100);
    encoder.loadMs = 200;
    deploy(V1_2);
    await timers.advanceSettled(2_000);
    expect(node.modelVersion()).toBe("1.2.0");
    expect(new Set(samples().map((sample) => sample.modelVersion))).toEqual(new Set(["1.0.0", "1.2.0"]));
  });

  it("stays where it is when the running version is deployed while another is loading", async () => {
    const { timers, encoder, node, deploy } = setUp();
    await timers.advanceSettled(1_000);
    encoder.loadMs = 500;
    deploy(V1_1);
    await timers.advanceSettled(100);
    deploy(V1_0);
    await timers.advanceSettled(2_000);
    expect(node.modelVersion()).toBe("1.0.0");
  });

  it("takes a deploy that comes on both topics as one", async () => {
    const { timers, encoder, node } = setUp();
    await timers.advanceSettled(1_000);
    for (const dialect of ["lydt", "legacy"] as const) {
      const message = encodeDeploy(NODE, dialect, V1_1);
      node.receive(message.topic, message.bytes);
    }
    await timers.advanceSettled(1_000);
    expect(encoder.calls.filter((call) => call === "load 1.1.0")).toHaveLength(1);
    expect(node.modelVersion()).toBe("1.1.0");
  });

  it("takes a fleet deploy that names it or all, and no other", async () => {
    const { timers, node } = setUp();
    await timers.advanceSettled(1_000);
    node.receive(FLEET_DEPLOY_TOPIC, encodeString("node_1:1.1.0"));
    await timers.advanceSettled(1_000);
    expect(node.modelVersion()).toBe("1.0.0");
    node.receive(FLEET_DEPLOY_TOPIC, encodeString("node_0:1.1.0"));
    await timers.advanceSettled(1_000);
    expect(node.modelVersion()).toBe("1.1.0");
    node.receive(FLEET_DEPLOY_TOPIC, encodeString("*:1.2.0"));
    await timers.advanceSettled(1_000);
    expect(node.modelVersion()).toBe("1.2.0");
  });

  it("reports a deploy that it cannot read and goes on", async () => {
    const { timers, node, incidents } = setUp();
    await timers.advanceSettled(1_000);
    node.receive("/lydlr/node_0/command/deploy", encodeString("../../etc/passwd"));
    node.receive("/lydlr/node_0/command/deploy", Uint8Array.of(1, 2, 3));
    node.receive(FLEET_DEPLOY_TOPIC, encodeString("1.1.0"));
    await timers.advanceSettled(1_000);
    expect(incidents.map((incident) => incident.code)).toEqual(["BAD_VERSION", "BAD_CDR", "BAD_NODE_ID"]);
    expect(node.modelVersion()).toBe("1.0.0");
  });
});

describe("without inference", () => {
  it("a node is alive without metrics, and they return with it", async () => {
    const { timers, encoder, node, samples, heartbeats, incidents } = setUp();
    await timers.advanceSettled(2_000);
    const before = samples().length;
    encoder.isDown = true;
    await timers.advanceSettled(4_000);
    expect(samples()).toHaveLength(before);
    expect(heartbeats().at(-1)).toMatchObject({ modelVersion: "1.0.0" });
    expect(heartbeats().length).toBe(4);
    expect(incidents).toEqual([]);

    encoder.isDown = false;
    node.inferenceCameUp();
    await timers.advanceSettled(1_000);
    expect(samples().length).toBeGreaterThan(before + 8);
    const sequences = samples().map((sample) => sample.sequence);
    expect(sequences).toEqual(sequences.map((_, at) => at));
  });

  it("a node that starts first loads its model once inference is there", async () => {
    const timers = virtualTimers();
    const encoder = fakeEncoder(timers);
    encoder.isDown = true;
    const kinds: string[] = [];
    const node = startEdgeNode({
      nodeId: NODE,
      vertical: "iot",
      timers,
      rig: fakeRig(0),
      encoder,
      initialVersion: V1_0,
      compressionLevel: 0.5,
      phaseMs: 0,
      publish: (message) => kinds.push(message.kind),
      onIncident: () => undefined,
    });
    await timers.advanceSettled(1_900);
    expect(kinds).toEqual(["heartbeat", "diagnostics"]);
    encoder.isDown = false;
    node.inferenceCameUp();
    await timers.advanceSettled(1_000);
    expect(kinds).toContain("lydt-metrics");
  });

  it("a deploy that met no inference is taken up when it returns", async () => {
    const { timers, encoder, node, deploy, incidents } = setUp();
    await timers.advanceSettled(1_000);
    encoder.isDown = true;
    deploy(V1_1);
    await timers.advanceSettled(1_000);
    expect(node.modelVersion()).toBe("1.0.0");
    encoder.isDown = false;
    node.inferenceCameUp();
    await timers.advanceSettled(1_000);
    expect(node.modelVersion()).toBe("1.1.0");
    expect(incidents).toEqual([]);
  });
});
