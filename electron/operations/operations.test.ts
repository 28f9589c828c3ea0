import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NodeId } from "../../shared/fleet/ids";
import { node, version } from "../../shared/fleet/ids-fixture";
import type { EventView } from "../../shared/contract/snapshot";
import { fail, ok } from "../../shared/result";
import { encodeFloat32MultiArray, encodeString } from "../../shared/wire/cdr";
import { decodeDeploy } from "../../shared/wire/deploy";
import { encodeHeartbeatMessage, encodeLegacyMetricsMessage, encodeMetricsMessage } from "../../shared/wire/edge-messages";
import { encodeDiagnostics } from "../../shared/wire/diagnostics";
import { DIAGNOSTICS_TOPIC, DIAGNOSTICS_TYPE, FLEET_STATUS_TOPIC, FLEET_STATUS_TYPE, topicName } from "../../shared/wire/topics";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { virtualTimers, type VirtualTimers } from "../time/virtual-timers";
import { Operations } from "./operations";
import { ScriptedLink } from "./scripted-link";

const N0 = node("node_0");
const KNOWN = ["1.0.0", "1.1.0", "1.2.0"];

describe("the engine", () => {
  let folder = "";
  let timers: VirtualTimers;
  let link: ScriptedLink;
  let journal: Journal;
  let operations: Operations;
  let events: EventView[];
  let requests = 0;

  async function build(maxPages?: number): Promise<void> {
    timers = virtualTimers();
    link = new ScriptedLink();
    journal = openJournal({ path: join(folder, "journal.db"), clock: timers, ...(maxPages === undefined ? {} : { maxPages }) });
    operations = new Operations({
      link,
      journal,
      timers,
      processes: () => [],
      shelf: {
        isDrill: (text) => text === "1.2.0",
        check: (text) =>
          Promise.resolve(KNOWN.includes(text) ? ok(undefined) : fail("UNKNOWN_VERSION", `${text} is not in the registry.`)),
      },
    });
    events = [];
    operations.onEvent((event) => events.push(event));
    await operations.start();
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-engine-"));
    await build();
  });
  afterEach(async () => {
    await operations.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Values {
    readonly running?: string;
    readonly quality?: number;
    readonly latencyMs?: number;
  }

  function metrics(nodeId: NodeId, { running = "1.0.0", quality = 0.95, latencyMs = 12 }: Values = {}): void {
    link.deliver({
      topic: topicName("lydt-metrics", nodeId),
      type: "std_msgs/msg/UInt8MultiArray",
      receivedAtMs: timers.wallMs(),
      bytes: encodeMetricsMessage({
        nodeId,
        vertical: "iot",
        modelVersion: version(running),
        sentAtMs: timers.wallMs(),
        sequence: 1,
        compressionRatio: 20,
        latencyMs,
        compressionLevel: 0.5,
        qualityScore: quality,
        bandwidthKbps: 100,
        bytesIn: 20_000,
        bytesOut: 1_000,
        modalities: [],
      }),
    });
  }

  function heartbeat(nodeId: NodeId, running = "1.0.0"): void {
    link.deliver({
      topic: topicName("heartbeat", nodeId),
      type: "std_msgs/msg/UInt8MultiArray",
      receivedAtMs: timers.wallMs(),
      bytes: encodeHeartbeatMessage({ nodeId, vertical: "iot", modelVersion: version(running), sentAtMs: timers.wallMs() }),
    });
  }

  /** Half a second at a time, one sample each, as an iot node sends them. */
  async function run(seconds: number, values: Values | null = {}): Promise<void> {
    for (let half = 0; half < seconds * 2; half += 1) {
      if (values !== null) metrics(N0, values);
      await timers.advanceSettled(500);
    }
  }

  const seen = () => operations.snapshot().nodes[0];
  const names = (): string[] => events.map((event) => event.event);
  function requestId(): string {
    requests += 1;
    return `request-${String(requests).padStart(4, "0")}`;
  }
  const deploy = (text: string, expectedVersion: string | null = "1.0.0") =>
    operations.deployModel({ nodeId: "node_0", version: text, expectedVersion, requestId: requestId() });

  describe("discovery", () => {
    test("makes nodes of publishers of metrics or heartbeats alone", () => {
      link.setGraph([
        { topic: "/lydlr/node_1/heartbeat", type: "std_msgs/msg/UInt8MultiArray", role: "publisher", nodeName: "edge" },
        { topic: "/node_2/metrics", type: "std_msgs/msg/Float32MultiArray", role: "publisher", nodeName: "edge" },
        { topic: "/lydlr/node_3/transport/metrics", type: "std_msgs/msg/UInt8MultiArray", role: "subscription", nodeName: "hub" },
        { topic: "/lydlr/fleet/status", type: "std_msgs/msg/String", role: "publisher", nodeName: "hub" },
        { topic: "/lydlr/ground/uplink/metrics", type: "std_msgs/msg/UInt8MultiArray", role: "publisher", nodeName: "relay" },
        { topic: "/coordinator/metrics", type: "std_msgs/msg/Float32MultiArray", role: "publisher", nodeName: "c" },
        { topic: "/node_4/metrics", type: "sensor_msgs/msg/Image", role: "publisher", nodeName: "camera" },
        { topic: "/node_5/camera", type: "sensor_msgs/msg/Image", role: "publisher", nodeName: "camera" },
      ]);
      expect(operations.snapshot().nodes.map(({ nodeId }) => nodeId)).toEqual(["node_1", "node_2"]);
      expect([...link.subscribed].toSorted()).toEqual(["/lydlr/fleet/status", "/lydlr/node_1/heartbeat", "/node_2/metrics"]);
    });

    test("asks for what is a node's among a thousand other topics, and for nothing else", () => {
      const other = (index: number) => ({ topic: `/robot_${String(index)}/scan`, type: "sensor_msgs/msg/LaserScan", role: "publisher", nodeName: "robot" }) as const;
      const node = { topic: "/lydlr/node_1/transport/metrics", type: "std_msgs/msg/UInt8MultiArray", role: "publisher", nodeName: "edge" } as const;
      link.setGraph([...Array.from({ length: 500 }, (_, index) => other(index)), node, ...Array.from({ length: 500 }, (_, index) => other(500 + index))]);
      expect(operations.snapshot().nodes.map(({ nodeId }) => nodeId)).toEqual(["node_1"]);
      expect([...link.subscribed].every((topic) => topic.startsWith("/lydlr/node_1/"))).toBe(true);
      expect(link.subscribed.size).toBeGreaterThan(0);
    });

    test("happens at once on a graph change and every 5 s without one", async () => {
      link.join([N0]);
      expect(seen()?.nodeId).toBe("node_0");
      const quiet = link.graph();
      link.graph = () => [
        ...quiet,
        { topic: "/lydlr/iot_gateway_01/heartbeat", type: "std_msgs/msg/UInt8MultiArray", role: "publisher", nodeName: "e" },
      ];
      await timers.advanceSettled(5_500);
      expect(operations.snapshot().nodes.map(({ nodeId }) => nodeId)).toEqual(["iot_gateway_01", "node_0"]);
    });
  });

  test("another graph has other nodes: those of the old one are forgotten, and found again where they are there too", async () => {
    link.join([N0]);
    await run(1);
    expect(seen()?.nodeId).toBe(N0);
    operations.forgetFleet("Another graph.");
    expect(operations.snapshot().nodes).toEqual([]);
    expect(names()).toContain("fleet-forgotten");
    await run(6);
    expect(seen()?.latest?.compressionRatio).toBe(20);
  });

  describe("presence", () => {
    test("is told by the policy's times, and says them", async () => {
      const silence = { policy: { trial: { staleAfterMs: 2_000, lostAfterMs: 4_000 } }, reason: "for a test", expectedRevision: 0, by: "ada", via: "window" } as const;
      expect(operations.changePolicy(silence).ok).toBe(true);
      link.join([N0]);
      await run(10);
      await run(3, null);
      expect(seen()).toMatchObject({ state: "stale" });
      expect(seen()?.sentence).toMatch(/\(stale after 2 s, lost after 4 s\)/);
      await run(2, null);
      expect(seen()).toMatchObject({ state: "lost" });
      expect(seen()?.sentence).toContain("(lost after 4 s)");
    });

    test("goes from joining over live to stale and lost, with times, and back with its history", async () => {
      link.join([N0]);
      expect(seen()).toMatchObject({ state: "joining", attention: "none" });
      await run(10);
      expect(seen()).toMatchObject({ state: "live", sampleRateHz: 2, modelVersion: "1.0.0" });
      await run(6, null);
      expect(seen()).toMatchObject({ state: "stale", attention: "low", sampleRateHz: null });
      expect(seen()?.sentence).toMatch(/^No sample for 6\.\d s \(stale after 5 s, lost after 30 s\)\. It is not healthy/);
      await run(25, null);
      expect(seen()).toMatchObject({ state: "lost", attention: "medium" });
      link.setGraph([]);
      link.join([N0]);
      await run(2);
      expect(seen()).toMatchObject({ state: "live" });
      const history = operations.getNodePerformanceHistory("node_0", 100);
      expect(history.ok && history.value.filter(({ count }) => count > 0).length).toBe(24);
      expect(history.ok && history.value.some(({ count, latencyMs }) => count === 0 && latencyMs === null)).toBe(true);
      expect(names()).toEqual(expect.arrayContaining(["node-joined", "node-live", "node-stale", "node-lost"]));
    });

    test("tells alive without metrics from silent", async () => {
      link.join([N0]);
      for (let beat = 0; beat < 8; beat += 1) {
        heartbeat(N0);
        await timers.advanceSettled(1_000);
      }
      expect(seen()).toMatchObject({ state: "no-metrics", modelVersion: "1.0.0", latest: null });
    });

    test("keeps the unchanged view of a node the same object", async () => {
      link.join([N0]);
      await run(2);
      expect(seen()).toBe(operations.snapshot().nodes[0]);
    });
  });

  describe("what cannot be read", () => {
    test("is counted by node, kept with its code, and never shown as a number", async () => {
      link.join([N0]);
      await run(1);
      const before = seen()?.latest;
      metrics(N0, { quality: NaN });
      link.deliver({ topic: topicName("lydt-metrics", N0), type: "std_msgs/msg/UInt8MultiArray", receivedAtMs: timers.wallMs(), bytes: new Uint8Array([1, 2, 3]) });
      await timers.advanceSettled(500);
      expect(operations.snapshot().malformed).toBe(2);
      expect(seen()).toMatchObject({ malformed: 2, latest: before });
      expect(operations.malformed().map(({ code, nodeId }) => [code, nodeId])).toEqual([
        ["BAD_CDR", "node_0"],
        ["NOT_FINITE", "node_0"],
      ]);
    });

    test("leaves a quality outside of 0 to 1 out and keeps the rest of the sample", async () => {
      link.join([N0]);
      metrics(N0, { quality: 128 });
      await timers.advanceSettled(500);
      expect(seen()?.latest).toMatchObject({ compressionRatio: 20, qualityScore: null });
    });
  });

  describe("what others say about the nodes", () => {
    const hub = { topic: FLEET_STATUS_TOPIC, type: FLEET_STATUS_TYPE, role: "publisher", nodeName: "hub" } as const;
    const both = ["coordination", "legacy-coordination"] as const;
    const say = (text: string): void => {
      link.deliver({ topic: FLEET_STATUS_TOPIC, type: FLEET_STATUS_TYPE, receivedAtMs: timers.wallMs(), bytes: encodeString(text) });
    };
    const status = (nodeId: string, running: string, alive = true): string =>
      JSON.stringify({ fleet_profile: "mixed", nodes: [{ node_id: nodeId, alive, vertical: "iot", model_version: running }] });
    const allot = (numbers: readonly number[]): void => {
      link.deliver({
        topic: topicName("legacy-coordination", N0),
        type: "std_msgs/msg/Float32MultiArray",
        receivedAtMs: timers.wallMs(),
        bytes: encodeFloat32MultiArray(numbers),
      });
    };

    test("is heard only where somebody publishes it about a node that is here", () => {
      link.join([N0]);
      expect([...link.subscribed]).not.toContain(FLEET_STATUS_TOPIC);
      const quiet = link.graph();
      link.setGraph([...quiet, hub, { ...hub, topic: "/lydlr/node_9/coordination", type: "std_msgs/msg/UInt8MultiArray" }]);
      expect([...link.subscribed]).toContain(FLEET_STATUS_TOPIC);
      expect([...link.subscribed]).not.toContain("/lydlr/node_9/coordination");
      expect(operations.snapshot().nodes).toHaveLength(1);
      link.setGraph(quiet);
      expect([...link.subscribed]).not.toContain(FLEET_STATUS_TOPIC);
    });

    test("gives a node what the coordinator allots it, once for both dialects, and counts what cannot be read", async () => {
      link.join([N0], ["lydt-metrics", ...both]);
      await run(1);
      expect(seen()?.coordination).toBeNull();
      allot([0.8, 0.5, 6, 18, 0.9]);
      await run(1);
      expect(seen()?.coordination).toMatchObject({ dialect: "legacy", allocatedMbps: 0.5, signals: 1 });
      allot([0.8, -1, 6, 18, 0.9]);
      await run(1);
      expect(seen()).toMatchObject({ malformed: 1, coordination: { allocatedMbps: 0.5, signals: 1 } });
      expect(operations.malformed()).toMatchObject([{ topic: "/node_0/coordination", nodeId: "node_0", code: "OUT_OF_RANGE" }]);
    });

    test("is told where the hub goes on saying otherwise than a node itself, and only while the hub is heard", async () => {
      link.join([N0]);
      link.setGraph([...link.graph(), hub]);
      const notices = () => operations.snapshot().link.notices.map(({ code }) => code);
      say(status("node_0", "1.1.0"));
      await run(4);
      expect(operations.snapshot().hub).toMatchObject({ profile: "mixed", listed: 1, alive: 1, nodes: [{ difference: null }] });
      expect(notices()).toEqual([]);
      say(status("node_0", "1.1.0"));
      await run(4);
      expect(notices(), "it may be a swap").toEqual([]);
      say(status("node_0", "1.1.0"));
      await run(2);
      expect(operations.snapshot().link.notices).toEqual([
        {
          code: "HUB_DISAGREES",
          message: "The fleet hub says otherwise than the nodes themselves: node_0 runs 1.1.0 for the hub and 1.0.0 by its own report.",
        },
      ]);
      expect(events.filter(({ detail }) => detail["code"] === "HUB_DISAGREES")).toHaveLength(1);
      await run(5);
      expect(notices(), "a hub that is silent says nothing").toEqual([]);
      await run(30);
      expect(operations.snapshot().hub).toBeNull();
      say('{"nodes":[{"node_id":"<b>"}]}');
      await run(1);
      expect(operations.malformed()).toMatchObject([{ topic: FLEET_STATUS_TOPIC, nodeId: null, code: "BAD_NODE_ID" }]);
    });

    test("hears /diagnostics of anybody while somebody publishes it, and counts what cannot be read", () => {
      link.join([N0]);
      expect([...link.subscribed]).not.toContain(DIAGNOSTICS_TOPIC);
      link.setGraph([...link.graph(), { topic: DIAGNOSTICS_TOPIC, type: DIAGNOSTICS_TYPE, role: "publisher", nodeName: "lidar" }]);
      const deliver = (bytes: Uint8Array): void => link.deliver({ topic: DIAGNOSTICS_TOPIC, type: DIAGNOSTICS_TYPE, receivedAtMs: timers.wallMs(), bytes });
      const told = { message: "", hardwareId: "orin", values: [] } as const;
      deliver(encodeDiagnostics({ sentAtMs: 0, statuses: [{ ...told, level: "error", name: "lidar: driver" }, { ...told, level: "ok", name: "node_0: machine" }] }));
      expect(operations.diagnostics()).toMatchObject({ hidden: 0, shown: [{ name: "node_0: machine", nodeId: "node_0" }, { name: "lidar: driver", level: "error", nodeId: null }] });
      deliver(encodeString("no diagnostics"));
      expect(operations.malformed()).toMatchObject([{ topic: DIAGNOSTICS_TOPIC, nodeId: null, code: "BAD_CDR" }]);
      operations.forgetFleet("Another graph.");
      expect(operations.diagnostics().shown).toEqual([]);
    });

    test("says which node is alive for the hub and not here", async () => {
      link.setGraph([hub]);
      for (let second = 0; second < 7; second += 1) {
        say(status("node_7", "1.0.0"));
        await timers.advanceSettled(1_000);
      }
      expect(operations.snapshot().link.notices[0]?.message).toContain("node_7 is alive for the hub and is not here");
      expect(operations.snapshot().nodes).toEqual([]);
    });
  });

  describe("a deploy", () => {
    beforeEach(async () => {
      link.join([N0]);
      await run(10);
    });

    test("is on disk before it is published, and verified by the node's report and its samples", async () => {
      expect(await deploy("1.1.0")).toMatchObject({ ok: true, value: { commandId: "c-0001" } });
      expect(journal.recent(2)).toMatchObject({ ok: true, value: [{ event: "deploy-publishing" }, { event: "deploy-requested" }] });
      await timers.advanceSettled(0);
      const [message] = link.published;
      expect(message?.topic).toBe("/lydlr/node_0/command/deploy");
      expect(message?.qos).toEqual({ reliability: "reliable", durability: "transient-local", depth: 1 });
      expect(message === undefined ? null : decodeDeploy(message.bytes)).toEqual({ ok: true, value: "1.1.0" });
      await run(1);
      expect(seen()?.command?.phase).toBe("sent");
      await run(10, { running: "1.1.0" });
      expect(seen()?.command).toMatchObject({ phase: "verified" });
      expect(seen()?.rollback).toMatchObject({ offered: true, version: "1.0.0" });
      expect(operations.getDeploymentStatus().nodes[0]).toMatchObject({ modelVersion: "1.1.0", rollbackVersion: "1.0.0" });
    });

    test("is acknowledged by frames of the new version, not by a heartbeat that overtakes the old one's", async () => {
      await deploy("1.1.0");
      await timers.advanceSettled(100);
      heartbeat(N0, "1.1.0");
      metrics(N0);
      await timers.advanceSettled(400);
      expect(seen()).toMatchObject({ modelVersion: "1.0.0", command: { phase: "sent" } });
      await run(10, { running: "1.1.0" });
      expect(seen()).toMatchObject({ command: { phase: "verified" } });
      expect(seen()?.history.map((span) => span.version)).toEqual(["1.1.0", "1.0.0"]);
    });

    test.each([
      ["an unknown version", "9.9.9", "1.0.0", "UNKNOWN_VERSION"],
      ["a version that is a path", "../1.1.0", "1.0.0", "BAD_VERSION"],
      ["what runs already", "1.0.0", "1.0.0", "ALREADY_RUNNING"],
      ["an outdated look", "1.1.0", "0.9.0", "STALE_VERSION"],
    ])("of %s is refused with a code", async (_what, text, expected, code) => {
      expect(await deploy(text, expected)).toMatchObject({ ok: false, error: { code } });
      expect(link.published).toEqual([]);
    });

    test("of a node id with a slash or a newline, or a node never seen, is refused with a code", async () => {
      const to = (nodeId: string) => operations.deployModel({ nodeId, version: "1.1.0", expectedVersion: null, requestId: requestId() });
      expect(await to("node/0")).toMatchObject({ error: { code: "BAD_NODE_ID" } });
      expect(await to("node_0\n")).toMatchObject({ error: { code: "BAD_NODE_ID" } });
      expect(await to("node_9")).toMatchObject({ error: { code: "UNKNOWN_NODE" } });
    });

    test("waits for the one before, and the same request twice is one command", async () => {
      const request = { nodeId: "node_0", version: "1.1.0", expectedVersion: "1.0.0", requestId: requestId() };
      expect(await operations.deployModel(request)).toEqual({ ok: true, value: { commandId: "c-0001" } });
      expect(await operations.deployModel(request)).toEqual({ ok: true, value: { commandId: "c-0001" } });
      expect(await deploy("1.2.0")).toMatchObject({ error: { code: "ALREADY_IN_FLIGHT" } });
      await timers.advanceSettled(0);
      expect(link.published).toHaveLength(1);
    });

    test("is refused while the link is down or the node is silent", async () => {
      await run(6, null);
      expect(await deploy("1.1.0")).toMatchObject({ error: { code: "NODE_SILENT" } });
      link.change({ state: "down" });
      expect(await deploy("1.1.0")).toMatchObject({ error: { code: "LINK_DOWN" } });
    });

    test("keeps the application in its ROS 2 graph until it has ended", async () => {
      link.change({ kind: "ros2" });
      const ros2 = { domainId: 42, discoveryRange: null };
      await deploy("1.1.0");
      expect(operations.changeSettings({ ros2 })).toMatchObject({ error: { code: "ALREADY_IN_FLIGHT" } });
      expect(journal.readSettings().ros2.domainId).toBeNull();
      await run(8);
      expect(operations.changeSettings({ ros2 })).toMatchObject({ ok: true, value: { ros2 } });
    });

    test("to a deaf node is sent three times and fails", async () => {
      await deploy("1.1.0");
      await run(8);
      expect(link.published).toHaveLength(3);
      expect(seen()?.command).toMatchObject({ phase: "failed", attempts: 3 });
    });
  });

  describe("a rollback", () => {
    test("goes to the last good version by the same path, and not back again", async () => {
      const byHand = { policy: { engine: { rollBackOnFail: false } }, reason: "by hand", expectedRevision: 0, by: "ada", via: "window" } as const;
      operations.changePolicy(byHand);
      link.join([N0]);
      await run(10);
      await deploy("1.2.0");
      await run(12, { running: "1.2.0", quality: 0.5 });
      expect(seen()).toMatchObject({ state: "failing", attention: "high", drill: true, command: { phase: "failed" }, guard: { hold: { code: "NOT_ALLOWED" } } });
      expect(seen()?.sentence).toMatch(/^Quality 0\.500, \d+ of \d+ samples beyond 0\.70\. The policy lets nothing be rolled back alone\./);
      const answered = await operations.rollbackModel({ nodeId: "node_0", expectedVersion: "1.2.0", requestId: requestId() });
      expect(answered).toMatchObject({ ok: true });
      await run(12);
      expect(seen()).toMatchObject({ state: "live", modelVersion: "1.0.0", command: { kind: "rollback", phase: "verified" } });
      expect(seen()?.rollback).toMatchObject({ offered: false, code: "NO_GOOD_VERSION" });
    });

    test("without anything good before is refused", async () => {
      link.join([N0]);
      await run(3);
      const answered = await operations.rollbackModel({ nodeId: "node_0", expectedVersion: "1.0.0", requestId: requestId() });
      expect(answered).toEqual({ ok: false, error: { code: "NO_GOOD_VERSION", message: "Nothing good ran on node_0 before 1.0.0." } });
    });
  });

  test("a node of the legacy dialect is shown, and a deploy to it ends unconfirmed", async () => {
    link.join([N0], ["legacy-metrics"]);
    const bytes = encodeLegacyMetricsMessage({ compressionRatio: 9, latencyMs: 20, compressionLevel: 0.8, qualityScore: 0.9, bandwidthKbps: 512 });
    const legacy = async (seconds: number): Promise<void> => {
      for (let half = 0; half < seconds * 2; half += 1) {
        link.deliver({ topic: "/node_0/metrics", type: "std_msgs/msg/Float32MultiArray", receivedAtMs: timers.wallMs(), bytes });
        await timers.advanceSettled(500);
      }
    };
    await legacy(3);
    expect(seen()).toMatchObject({ dialect: "legacy", modelVersion: null, state: "live", rollback: { offered: false } });
    expect(await deploy("1.1.0", null)).toMatchObject({ ok: true });
    await legacy(8);
    expect(link.published[0]?.topic).toBe("/node_0/model/deploy");
    expect(seen()).toMatchObject({ state: "unconfirmed", command: { phase: "unconfirmed", attempts: 3 } });
  });

  test("nothing is published when the journal cannot be written", async () => {
    await operations.stop();
    journal.close();
    rmSync(join(folder, "journal.db"));
    await build(8);
    link.join([N0]);
    await run(3);
    for (let notes = 0; operations.snapshot().journal.state === "written"; notes += 1) {
      expect(notes).toBeLessThan(20);
      operations.note({ event: "filler", nodeId: null, actor: "engine", sentence: "x".repeat(4_000), detail: {} });
      await run(0.5);
    }
    expect(await deploy("1.1.0")).toMatchObject({ ok: false, error: { code: "JOURNAL_UNAVAILABLE" } });
    await timers.advanceSettled(0);
    expect(link.published).toEqual([]);
    expect(operations.snapshot().journal).toMatchObject({ state: "unavailable" });
    expect(seen()?.command).toBeNull();
  });

  test("the summary of a node covers the version that it runs, and gaps are no values", async () => {
    link.join([N0]);
    await run(5);
    await run(5, { running: "1.1.0", latencyMs: 30 });
    const performance = operations.getNodePerformance("node_0");
    expect(performance).toMatchObject({
      ok: true,
      value: { modelVersion: "1.1.0", samples: 10, latencyMs: { latest: 30, mean: 30, min: 30, max: 30, p95: 30 } },
    });
    const history = operations.getNodePerformanceHistory("node_0");
    expect(history.ok && history.value.length).toBe(20);
  });

  test("a chart gets every sample, the version change and the gap", async () => {
    link.join([N0]);
    await run(5);
    await run(3, null);
    await run(2, { running: "1.1.0" });
    const series = operations.getSeries("node_0", 60_000, 300);
    if (!series.ok) throw new Error(series.error.message);
    expect(series.value.gaps).toHaveLength(1);
    expect(series.value.changes).toMatchObject([{ version: "1.1.0", drill: false }]);
    expect(series.value.atMs.length).toBe(15);
    expect([...series.value.latencyMs].filter(Number.isNaN)).toHaveLength(1);
  });

  test("a link that was lost and is back at once leaves a gap all the same", async () => {
    link.join([N0]);
    await run(4);
    link.change({ state: "starting", sentence: "ros2 was ended by SIGKILL" });
    link.change({ state: "up", sentence: "ROS 2." });
    await run(4);
    const series = operations.getSeries("node_0", 10_000, 100);
    if (!series.ok) throw new Error(series.error.message);
    expect(series.value.gaps).toEqual([{ fromMs: expect.any(Number) as number, toMs: expect.any(Number) as number }]);
    expect([...series.value.compressionRatio].filter(Number.isNaN)).toHaveLength(1);
    expect(names()).toContain("link-starting");
  });

  describe("a policy", () => {
    const limits = { minCompressionRatio: 6, maxLatencyMs: 40, minQualityScore: 0.8 };
    const change = { policy: { limits }, reason: "drones fly higher", expectedRevision: 0, by: "ada", via: "window" } as const;

    test("that was saved holds at once, is on disk with who and why, and refuses a change made from an older one", () => {
      expect(operations.changePolicy(change)).toMatchObject({ ok: true, value: { revision: 1, by: "ada", reason: "drones fly higher" } });
      expect(operations.snapshot()).toMatchObject({ limits, policyRevision: 1 });
      expect(journal.ofKind("policy-changed")).toMatchObject({ ok: true, value: [{ detail: { revision: 1, by: "ada", via: "window" } }] });
      expect(operations.changePolicy(change)).toMatchObject({ ok: false, error: { code: "STALE_REVISION" } });
      expect(operations.policy.history().map(({ revision }) => revision)).toEqual([1, 0]);
    });

    test("takes over the limits that an older version kept in the settings, once", async () => {
      journal.writeFact("settings", JSON.stringify({ theme: "dark", limits }));
      for (const revisions of [[1, 0], [1, 0]]) {
        await operations.stop();
        journal.close();
        await build();
        expect(operations.policy.history().map(({ revision }) => revision)).toEqual(revisions);
        expect(operations.policy.current()).toMatchObject({ policy: { limits }, reason: "taken over from the settings" });
        expect(operations.settings().theme).toBe("dark");
      }
    });
  });
});
