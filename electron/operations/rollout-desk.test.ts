import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RolloutPlan, RolloutView } from "../../shared/contract/rollouts";
import type { EventView } from "../../shared/contract/snapshot";
import { node, version } from "../../shared/fleet/ids-fixture";
import { fail, ok, type Result } from "../../shared/result";
import { decodeDeploy } from "../../shared/wire/deploy";
import { encodeMetricsMessage } from "../../shared/wire/edge-messages";
import { topicName } from "../../shared/wire/topics";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { virtualTimers, type VirtualTimers } from "../time/virtual-timers";
import { Operations } from "./operations";
import { ScriptedLink } from "./scripted-link";

/** Nodes that take every deploy that is published, and are bad with 1.2.0. */
const NODES = ["node_0", "node_1", "node_2", "node_3"].map(node);
const PLAN: RolloutPlan = { version: "1.1.0", canary: 1, share: 0.5, atOnce: 1, soakMs: 2_000, stop: { leastFailures: 2, failureShare: 0.25, leastJudged: 3 } };

describe("a phased roll-out in the engine", () => {
  let folder = "";
  let timers: VirtualTimers;
  let link: ScriptedLink;
  let journal: Journal;
  let operations: Operations;
  let events: EventView[];
  let running: Map<string, string>;
  let silent: Set<string>;
  let samples = 0;
  /** Nodes that something was published to, over all runs. */
  let published: string[] = [];
  let check: () => Result<void>;

  async function start(): Promise<void> {
    link = new ScriptedLink();
    const { publish } = link;
    link.publish = (message) => {
      const deployed = decodeDeploy(message.bytes);
      const nodeId = /node_\d/.exec(message.topic)?.[0];
      if (nodeId !== undefined) published.push(nodeId);
      if (deployed.ok && nodeId !== undefined && !silent.has(nodeId)) running.set(nodeId, deployed.value);
      return publish.call(link, message);
    };
    journal = openJournal({ path: join(folder, "journal.db"), clock: timers });
    operations = new Operations({ link, journal, timers, processes: () => [], shelf: { isDrill: () => false, check: () => Promise.resolve(check()) } });
    operations.onEvent((event) => events.push(event));
    await operations.start();
    link.join(NODES);
  }

  /** Ends without a last write, as kill -9 does, and begins again. */
  async function crash(): Promise<void> {
    journal.close();
    await operations.stop();
    await start();
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-rollout-"));
    timers = virtualTimers();
    events = [];
    running = new Map(NODES.map((nodeId) => [nodeId, "1.0.0"]));
    silent = new Set();
    published = [];
    check = () => ok(undefined);
    await start();
    const policy = { trial: { commitSamples: 12 } };
    expect(operations.changePolicy({ policy, reason: "for a test", expectedRevision: operations.policy.current().revision, by: "ada", via: "window" }).ok).toBe(true);
    await run(20);
  });
  afterEach(async () => {
    await operations.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(seconds: number): Promise<void> {
    for (let each = 0; each < seconds * 10; each += 1) {
      samples += 1;
      for (const [index, nodeId] of NODES.entries()) {
        if (silent.has(nodeId)) continue;
        const runs = running.get(nodeId) ?? "1.0.0";
        const wobble = 1 + 0.01 * Math.sin(samples * 1.7 + index);
        link.deliver({
          topic: topicName("lydt-metrics", nodeId),
          type: "std_msgs/msg/UInt8MultiArray",
          receivedAtMs: timers.wallMs(),
          bytes: encodeMetricsMessage({
            nodeId, vertical: "drone", modelVersion: version(runs), sentAtMs: timers.wallMs(), sequence: samples, compressionRatio: (runs === "1.1.0" ? 24 : 20) * wobble,
            latencyMs: 12 * wobble, compressionLevel: 0.5, qualityScore: (runs === "1.2.0" ? 0.5 : 0.95) * wobble, bandwidthKbps: 100, bytesIn: 20_000, bytesOut: 1_000, modalities: [],
          }),
        });
      }
      await timers.advanceSettled(100);
    }
  }

  const begin = (change: Partial<RolloutPlan> = {}, requestId = "request-00000001") => operations.rollouts.start({ ...PLAN, ...change }, requestId);
  const seen = (): RolloutView => {
    const [newest] = operations.rollouts.list();
    if (newest === undefined) throw new Error("there is no roll-out");
    return newest;
  };
  const statesOf = (view: RolloutView): string[] => [...view.phases.flatMap(({ nodes }) => nodes), ...view.leftOut].map(({ nodeId, state }) => `${nodeId} ${state}`);
  async function until(what: () => boolean, seconds = 120): Promise<void> {
    for (let each = 0; each < seconds * 2 && !what(); each += 1) await run(0.5);
    expect(what(), JSON.stringify([seen().sentence, seen().next, statesOf(seen())])).toBe(true);
  }

  test("goes over canary, share and all to its end, by one command a node, each on disk", async () => {
    expect(await operations.rollouts.preview(PLAN)).toEqual({
      phases: [{ name: "canary", nodeIds: ["node_0"] }, { name: "share", nodeIds: ["node_1"] }, { name: "all", nodeIds: ["node_2", "node_3"] }],
      leftOut: [],
      withoutWayBack: [],
      refusal: null,
    });
    expect(await begin()).toEqual({ ok: true, value: { rolloutId: "r-0001" } });
    expect(await begin(), "the same request twice is one").toEqual({ ok: true, value: { rolloutId: "r-0001" } });
    expect(await begin({}, "request-00000002")).toMatchObject({ error: { code: "ROLLOUT_RUNNING" } });
    await until(() => seen().state === "completed");
    expect(statesOf(seen())).toEqual(["node_0 committed", "node_1 committed", "node_2 committed", "node_3 committed"]);
    expect(published).toEqual(["node_0", "node_1", "node_2", "node_3"]);
    expect(events.filter(({ event }) => event === "rollout-gate-passed")).toHaveLength(2);
    expect(events.filter(({ event }) => event === "deploy-requested").map(({ detail }) => detail["requestId"])).toEqual(["r-0001-node_0-1", "r-0001-node_1-1", "r-0001-node_2-1", "r-0001-node_3-1"]);
    const evidence = operations.rollouts.evidence("r-0001");
    expect(evidence).toMatchObject({ ok: true, value: { nodes: 4, traces: { length: 4 } } });
    if (!evidence.ok) return;
    expect(evidence.value.medians.compressionRatio.before).toBeCloseTo(20, 0);
    expect(evidence.value.medians.compressionRatio.after).toBeCloseTo(24, 0);
    expect(Math.min(...(evidence.value.traces[0]?.sinceSwapMs ?? []))).toBeLessThan(-10_000);
  });

  test("stops at a canary that fails: the class is in quarantine, nothing else gets it", async () => {
    await begin({ version: "1.2.0" });
    await until(() => seen().state === "stopped");
    await run(20);
    expect(running.get("node_0")).toBe("1.0.0");
    expect(statesOf(seen())).toEqual(["node_0 rolled-back", "node_1 waiting", "node_2 waiting", "node_3 waiting"]);
    expect(seen().stateReason).toBe("The only canary failed.");
    expect(operations.quarantine().map(({ scope }) => scope.kind)).toContain("class");
    expect(new Set(published)).toEqual(new Set(["node_0"]));
    expect(await begin({ version: "1.2.0" }, "request-00000002")).toMatchObject({ error: { code: "QUARANTINED" } });
    await crash();
    await run(10);
    expect(seen().state).toBe("stopped");
    expect(operations.quarantine().map(({ scope }) => scope.kind), "the quarantine is made again from the journal").toContain("class");
  });

  test("goes on after a crash at any moment, and sends no node what it was sent before", async () => {
    await begin();
    let crashes = 0;
    while (crashes < 12 && seen().state !== "completed") {
      await run(crashes % 2 === 0 ? 3.5 : 9);
      await crash();
      crashes += 1;
    }
    await run(25);
    await until(() => seen().state === "completed");
    const sent = events.filter(({ event }) => event === "deploy-requested").map(({ detail }) => String(detail["requestId"]));
    expect(new Set(sent).size, sent.join()).toBe(sent.length);
    expect([...running.values()]).toEqual(["1.1.0", "1.1.0", "1.1.0", "1.1.0"]);
    expect(published.length).toBe(4);
  });

  test("pauses by itself while the link is down, and goes on when it is back", async () => {
    await begin();
    link.change({ state: "down", sentence: "Down." });
    await run(3);
    expect(seen()).toMatchObject({ state: "paused" });
    expect(published).toEqual([]);
    link.change({ state: "up" });
    await until(() => seen().phases[0]?.state === "committed");
    expect(operations.rollouts.pause("r-0001").ok).toBe(true);
    const before = published.length;
    await run(60);
    expect(seen()).toMatchObject({ state: "paused", stateReason: "Paused by operator." });
    expect(published.length, "what was on its way is no new command").toBe(before);
    expect(operations.rollouts.resume("r-0001").ok).toBe(true);
    await until(() => seen().state === "completed");
  });

  test("an abort with return takes back what it changed, verified by the nodes' own reports", async () => {
    await begin();
    await until(() => seen().phases[1]?.nodes[0]?.state === "committed");
    expect(operations.rollouts.abort("r-0001", true).ok).toBe(true);
    await until(() => seen().state === "aborted");
    expect([...running.values()]).toEqual(["1.0.0", "1.0.0", "1.0.0", "1.0.0"]);
    expect(statesOf(seen()).slice(0, 2)).toEqual(["node_0 returned", "node_1 returned"]);
    expect(operations.rollouts.abort("r-0001", true)).toMatchObject({ error: { code: "ROLLOUT_ENDED" } });
    expect(operations.rollouts.pause("r-0009")).toMatchObject({ error: { code: "UNKNOWN_ROLLOUT" } });
  });

  test("is paused for a person when its version is refused after the start", async () => {
    await begin();
    check = () => fail("HASH_MISMATCH", "1.1.0 is not what its manifest names.");
    await until(() => seen().state === "paused");
    expect(seen().stateReason).toContain("HASH_MISMATCH");
    expect(published).toEqual([]);
    check = () => ok(undefined);
    await run(5);
    expect(seen().state).toBe("paused");
    operations.rollouts.resume("r-0001");
    await until(() => seen().state === "completed");
  });
});
