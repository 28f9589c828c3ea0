import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./engine";
import { startPeers, startScript, type Peers } from "./peers";

/** Between two heartbeats of a peer, ms. */
const HEARTBEAT_MS = 2_000;

/** How long Fast DDS may take until everybody knows a new participant: its period of announcements and a little. */
const STANDBY_FOUND_MS = 4_000;

let engine: TestEngine;
let running: Peers[] = [];

async function peers(...options: readonly string[]): Promise<Peers> {
  const started = await startPeers(...options);
  running.push(started);
  return started;
}

/** When the first sample of a node after `sinceMs` came, Unix ms. */
function firstAfter(nodeId: string, sinceMs: number): number {
  const series = engine.operations.getSeries(nodeId, 10_000, 600);
  if (!series.ok) throw new Error(series.error.message);
  return [...series.value.atMs].find((atMs, index) => atMs > sinceMs && !Number.isNaN(series.value.compressionRatio[index])) ?? Infinity;
}

function phaseOf(nodeId: string): string | undefined {
  return engine.node(nodeId)?.command?.phase;
}

beforeAll(async () => {
  engine = await startTestEngine();
  await engine.until("the link", ({ link }) => link.state === "up");
});

afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
});

afterAll(async () => {
  await engine.stop();
});

describe("an engine on a ROS 2 graph", () => {
  it("finds exactly the nodes that publish metrics or heartbeats, each at its rate, among 200 other topics", async () => {
    await peers("--nodes", "n*3", "--dialect", "lydt");
    await peers("--nodes", "both_eras", "--dialect", "both", "--rate", "20");
    await peers("--nodes", "seed_era", "--dialect", "legacy", "--rate", "5", "--foreign-topics", "200", "--ghosts");
    const nodes = ["n0", "n1", "n2", "both_eras", "seed_era"];
    for (const nodeId of nodes) await engine.live(nodeId);
    // Rates are of the last 10 s.
    const rates: Readonly<Record<string, number>> = { n0: 10, n1: 10, n2: 10, both_eras: 20, seed_era: 5 };
    const snapshot = await engine.until("the rates", (each) =>
      each.nodes.every(({ nodeId, sampleRateHz }) => Math.abs((sampleRateHz ?? 0) / (rates[nodeId] ?? NaN) - 1) < 0.1),
    );
    expect(snapshot.nodes.map(({ nodeId }) => nodeId).toSorted()).toEqual(nodes.toSorted());
    expect(snapshot.nodes.find(({ nodeId }) => nodeId === "seed_era")).toMatchObject({ dialect: "legacy", modelVersion: null });
    expect(snapshot.nodes.find(({ nodeId }) => nodeId === "both_eras")).toMatchObject({ dialect: "lydt", modelVersion: "1.0.0" });
    expect(snapshot.malformed).toBe(0);
  });

  it("hears reliable and best-effort publishers alike", async () => {
    await peers("--nodes", "sure", "--qos", "reliable");
    await peers("--nodes", "unsure", "--qos", "best-effort", "--dialect", "both");
    await engine.live("sure");
    await engine.live("unsure");
  });

  it("reads /diagnostics of any program in the graph, and which node a status is about", async () => {
    await peers("--nodes", "warm_1", "--diagnostics");
    await engine.live("warm_1");
    const shown = () => engine.operations.diagnostics().shown;
    await engine.until("the diagnostics", () => shown().length === 2);
    expect(shown()).toMatchObject([
      { name: "warm_1: machine", nodeId: "warm_1", level: "warn", hardwareId: "orin-7", isEmbedded: false, values: [{ key: "cpu_percent", value: "91.5" }, { key: "temperature_celsius", value: "84.0" }] },
      { name: "lidar_front: driver", nodeId: null, level: "error", message: "no packets for 2.0 s", values: [] },
    ]);
  });

  it("tells nodes with the same ROS node name apart by their topics", async () => {
    await peers("--nodes", "twin_a,twin_b", "--node-name", "edge_compressor");
    await engine.live("twin_a");
    await engine.live("twin_b");
  });

  it("confirms a deploy by the node's own report, within a heartbeat and half a second", async () => {
    const edge = await peers("--nodes", "willing");
    await engine.live("willing");
    const clickedAtMs = Date.now();
    await engine.deploy("willing", "1.1.0");
    await engine.until("the acknowledgement", () => phaseOf("willing") !== "requested" && phaseOf("willing") !== "sent");
    const acknowledged = engine.events.findLast(({ event, nodeId }) => event === "deploy-acknowledged" && nodeId === "willing");
    expect((acknowledged?.tMs ?? Infinity) - clickedAtMs).toBeLessThan(HEARTBEAT_MS + 500);
    await engine.until("the verification", () => phaseOf("willing") === "verified");
    expect(engine.node("willing")?.modelVersion).toBe("1.1.0");
    expect(edge.lines).toContainEqual({ event: "deploy", node: "willing", topic: "/lydlr/willing/command/deploy", version: "1.1.0" });
  });

  it("ends a deploy to a node that never reports it as failed, after its tries", async () => {
    const edge = await peers("--nodes", "deaf", "--deaf");
    await engine.live("deaf");
    const commandId = await engine.deploy("deaf", "1.1.0");
    await engine.until("the end", () => phaseOf("deaf") === "failed");
    expect(edge.lines.filter((line) => line.event === "deploy")).toHaveLength(3);
    const phases = engine.events.filter((event) => event.detail["commandId"] === commandId).map(({ event }) => event);
    expect(phases.filter((event) => event !== "deploy-publishing")).toEqual(["deploy-requested", "deploy-sent", "deploy-failed"]);
    // Each publication is on disk before it is made.
    expect(phases.filter((event) => event === "deploy-publishing")).toHaveLength(3);
  });

  it("ends a deploy to a node that cannot report versions as unconfirmed", async () => {
    const edge = await peers("--nodes", "mute", "--dialect", "legacy");
    await engine.live("mute");
    await engine.deploy("mute", "1.1.0");
    await engine.until("the end", () => phaseOf("mute") === "unconfirmed");
    expect(engine.node("mute")?.command?.sentence).toContain("does not report a version");
    expect(edge.lines).toContainEqual({ event: "deploy", node: "mute", topic: "/mute/model/deploy", version: "1.1.0" });
  });

  it("tells that nodes of one era share a deploy topic, and never deploys on it", async () => {
    const edge = await peers("--nodes", "shared_a,shared_b", "--dialect", "legacy-global");
    await engine.live("shared_a");
    await engine.until("the notice", ({ link }) => link.notices.some(({ code }) => code === "SHARED_DEPLOY_TOPIC"));
    await engine.deploy("shared_a", "1.1.0");
    await engine.until("the end", () => phaseOf("shared_a") === "unconfirmed");
    expect(edge.lines.filter(({ event }) => event === "deploy")).toEqual([]);
  });

  it("never takes another version for the one that was deployed", async () => {
    await peers("--nodes", "stubborn", "--wrong-version", "9.9.9");
    await engine.live("stubborn");
    await engine.deploy("stubborn", "1.1.0");
    await engine.until("the end", () => ["failed", "inconsistent"].includes(phaseOf("stubborn") ?? ""));
    expect(engine.node("stubborn")?.modelVersion).toBe("9.9.9");
  });

  it("goes on with a node that was restarted", async () => {
    const edge = await peers("--nodes", "phoenix", "--restart-after", "4");
    await engine.live("phoenix");
    await engine.until("the restart", () => edge.lines.some((line) => line.event === "restarted"));
    const restartedAtMs = Date.now();
    await engine.until("new metrics", () => (engine.node("phoenix")?.latest?.receivedAtMs ?? 0) > restartedAtMs + 500);
  });

  it("says that a node with heartbeats alone has no metrics", async () => {
    await peers("--nodes", "quiet", "--no-metrics");
    await engine.until("the finding", () => engine.node("quiet")?.liveness === "no-metrics");
    expect(engine.node("quiet")?.latest).toBeNull();
  });

  it("counts NaN as malformed, and leaves out a quality that cannot be", async () => {
    const before = engine.operations.totals().malformed;
    await peers("--nodes", "lunatic", "--nan", "5");
    await peers("--nodes", "indices", "--quality", "127.5");
    await engine.live("lunatic");
    await engine.live("indices");
    await engine.until("malformed messages", () => (engine.node("lunatic")?.malformed ?? 0) >= 3);
    expect(engine.operations.totals().malformed).toBeGreaterThan(before);
    expect(engine.node("indices")?.latest?.qualityScore).toBeNull();
    const codes = new Set(engine.operations.malformed().map(({ nodeId, code }) => `${String(nodeId)} ${code}`));
    expect(codes).toContain("lunatic NOT_FINITE");
    expect(codes).toContain("indices OUT_OF_RANGE");
  });

  it("takes thousands of random bytes on every topic for what they are", async () => {
    await peers("--nodes", "noise*5", "--dialect", "both", "--garbage", "400", "--rate", "100");
    await engine.until("noise", () => [0, 1, 2, 3, 4].every((index) => (engine.node(`noise${String(index)}`)?.malformed ?? 0) > 300), 30_000);
    for (const index of [0, 1, 2, 3, 4]) expect(engine.node(`noise${String(index)}`)?.latest ?? null).toBeNull();
  });

  it("tells of a topic with another type, and of another program that deploys", async () => {
    await peers("--nodes", "orderly");
    // One participant cannot have both types; another program can.
    await peers("--nodes", "", "--type-clash", "/lydlr/orderly/heartbeat", "--competitor");
    const snapshot = await engine.until("the notices", ({ link }) => link.notices.length >= 2);
    expect(snapshot.link.notices.map(({ code }) => code).toSorted()).toEqual(["COMPETING_DEPLOYER", "TYPE_CLASH"]);
    expect(snapshot.link.notices.find(({ code }) => code === "TYPE_CLASH")?.message).toContain("/lydlr/orderly/heartbeat");
    await engine.live("orderly");
  });

  it("shows what the coordinator allots a node, and where the hub says otherwise than the node", async () => {
    await peers("--nodes", "led", "--dialect", "both");
    await engine.live("led");
    running.push(await startScript("ground_station.py", ["--allot", "led,nobody", "--mbps", "0.25", "--hub", "led:9.9.9,gone:1.0.0"]));
    const snapshot = await engine.until("the difference", ({ link }) => link.notices.some(({ code }) => code === "HUB_DISAGREES"));
    const message = snapshot.link.notices.find(({ code }) => code === "HUB_DISAGREES")?.message ?? "";
    expect(message).toContain("9.9.9");
    expect(message).toContain("gone");
    expect(engine.node("led")?.coordination).toMatchObject({ allocatedMbps: 0.25 });
    // Neither the coordinator's topics nor the hub's list make a node, and nothing of it was malformed.
    expect(snapshot.nodes.filter(({ nodeId }) => nodeId === "nobody" || nodeId === "gone")).toEqual([]);
    expect(engine.node("led")?.malformed).toBe(0);
  });

  it("tells of a node that demands a QoS which deploys do not have, by topic", async () => {
    await peers("--nodes", "strict", "--deploy-deadline", "2");
    await engine.live("strict");
    const snapshot = await engine.until("the notice", ({ link }) => link.notices.some(({ code }) => code === "QOS_MISMATCH"));
    expect(snapshot.link.notices.find(({ code }) => code === "QOS_MISMATCH")?.message).toContain("/lydlr/strict/command/deploy, deadline");
    await engine.deploy("strict", "1.1.0");
    await engine.until("the end", () => phaseOf("strict") === "failed");
  });

  it("hears every node again within 2 s after its ROS 2 process was killed", async () => {
    const nodes = [...Array(10).keys()].map((index) => `k${String(index)}`);
    await peers("--nodes", "k*10");
    for (const nodeId of nodes) await engine.live(nodeId);
    // The process that stands by and the nodes have been there long enough to have found each other
    // (docs/decisions/021-standby.md).
    const ready = await engine.until("the standby", ({ processes, nodes: all, atMs }) => {
      const standby = processes.find(({ name }) => name === "ros2-standby");
      const joinedAtMs = all.filter(({ nodeId }) => nodes.includes(nodeId)).map(({ history }) => history[0]?.fromMs ?? atMs);
      return standby?.state === "up" && atMs - Math.max(standby.sinceMs, ...joinedAtMs) > STANDBY_FOUND_MS;
    });
    const pid = ready.processes.find(({ name }) => name === "ros2")?.pid ?? 0;
    const killedAtMs = Date.now();
    process.kill(pid, "SIGKILL");
    const heardAgain = new Map<string, number>();
    await engine.until("metrics of every node", (snapshot) => {
      const up = engine.events.findLast(({ event }) => event === "link-up")?.tMs ?? 0;
      for (const { nodeId, latest } of snapshot.nodes) {
        const at = latest?.receivedAtMs ?? 0;
        if (up > killedAtMs && at > up && !heardAgain.has(nodeId)) heardAgain.set(nodeId, firstAfter(nodeId, up));
      }
      return nodes.every((nodeId) => heardAgain.has(nodeId));
    });
    for (const nodeId of nodes) expect((heardAgain.get(nodeId) ?? Infinity) - killedAtMs, nodeId).toBeLessThan(2_000);
    const away = engine.events.findLast(({ event }) => event === "link-starting");
    expect(away?.sentence).toContain("SIGKILL");
    expect(engine.operations.snapshot().link.sentence).toMatch(/was lost once, for \d\.\d s in all/);
    // What the nodes said meanwhile is counted as missed.
    for (const nodeId of nodes) expect(engine.node(nodeId)?.missedFrames.missed, nodeId).toBeGreaterThan(0);
    // The loss is a gap in every chart, not a line across it, however short it was.
    for (const nodeId of nodes) {
      const series = engine.operations.getSeries(nodeId, 30_000, 600);
      if (!series.ok) throw new Error(series.error.message);
      const lost = series.value.gaps.filter(({ fromMs, toMs }) => fromMs <= killedAtMs + 500 && toMs >= killedAtMs);
      expect(lost, nodeId).toHaveLength(1);
    }
  });
});
