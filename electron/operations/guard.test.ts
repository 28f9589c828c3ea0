import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventView } from "../../shared/contract/snapshot";
import { node, version } from "../../shared/fleet/ids-fixture";
import type { Policy } from "../../shared/policy/policy";
import { fail, ok } from "../../shared/result";
import { encodeMetricsMessage } from "../../shared/wire/edge-messages";
import { topicName } from "../../shared/wire/topics";
import { decodeDeploy } from "../../shared/wire/deploy";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { virtualTimers, type VirtualTimers } from "../time/virtual-timers";
import { Operations } from "./operations";
import { ScriptedLink } from "./scripted-link";

/** Nodes that take every deploy that is published, and are bad with 1.2.0 alone. */
const NODES = ["node_0", "node_1", "node_2", "node_3"].map(node);

describe("the guard in the engine", () => {
  let folder = "";
  let timers: VirtualTimers;
  let link: ScriptedLink;
  let journal: Journal;
  let operations: Operations;
  let events: EventView[];
  let running: Map<string, string>;
  let requests = 0;
  /** What a version does to the quality of a node's frames. */
  let qualityOf: (version: string, nodeId: string) => number | null;

  async function start(): Promise<void> {
    timers = virtualTimers();
    link = new ScriptedLink();
    const { publish } = link;
    link.publish = (message) => {
      const deployed = decodeDeploy(message.bytes);
      const nodeId = /node_\d/.exec(message.topic)?.[0];
      if (deployed.ok && nodeId !== undefined) running.set(nodeId, deployed.value);
      return publish.call(link, message);
    };
    journal = openJournal({ path: join(folder, "journal.db"), clock: timers });
    operations = new Operations({ link, journal, timers, processes: () => [], shelf: { isDrill: () => false, check: () => Promise.resolve(ok(undefined)) } });
    events = [];
    operations.onEvent((event) => events.push(event));
    await operations.start();
    link.join(NODES);
  }

  /** Ends without a last write, as kill -9 does. */
  async function crash(): Promise<void> {
    journal.close();
    await operations.stop();
    await start();
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-guard-"));
    running = new Map(NODES.map((nodeId) => [nodeId, "1.1.0"]));
    qualityOf = (running_) => (running_ === "1.2.0" ? 0.5 : 0.95);
    await start();
  });
  afterEach(async () => {
    await operations.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(seconds: number): Promise<void> {
    for (let half = 0; half < seconds * 2; half += 1) {
      for (const [index, nodeId] of NODES.entries()) {
        const runs = running.get(nodeId) ?? "1.1.0";
        const qualityScore = qualityOf(runs, nodeId);
        if (qualityScore === null) continue;
        const wobble = 1 + 0.01 * Math.sin(half * 1.7 + index);
        link.deliver({
          topic: topicName("lydt-metrics", nodeId),
          type: "std_msgs/msg/UInt8MultiArray",
          receivedAtMs: timers.wallMs(),
          bytes: encodeMetricsMessage({
            nodeId, vertical: index < 3 ? "drone" : "iot", modelVersion: version(runs), sentAtMs: timers.wallMs(), sequence: half, compressionRatio: 20 * wobble,
            latencyMs: 12 * wobble, compressionLevel: 0.5, qualityScore: qualityScore * wobble, bandwidthKbps: 100, bytesIn: 20_000, bytesOut: 1_000, modalities: [],
          }),
        });
      }
      await timers.advanceSettled(500);
    }
  }

  const seen = (nodeId = "node_0") => operations.snapshot().nodes.find((each) => each.nodeId === nodeId);
  const named = (name: string, nodeId?: string): EventView[] => events.filter((each) => each.event === name && (nodeId === undefined || each.nodeId === nodeId));
  const deploy = (nodeId: string, wanted: string, more: { readonly undoes?: string } = {}) => {
    requests += 1;
    return operations.deployModel({ nodeId, version: wanted, expectedVersion: running.get(nodeId) ?? null, requestId: `request-${String(requests).padStart(5, "0")}`, ...more });
  };
  const setPolicy = (policy: Policy) => operations.changePolicy({ policy, reason: "for a test", expectedRevision: operations.policy.current().revision, by: "ada", via: "window" });

  test("takes a bad version back within 8 s, by the path of a click, verified within 20 s, and the deploy ends superseded", async () => {
    await run(70);
    const atMs = timers.wallMs();
    await deploy("node_0", "1.2.0");
    await run(22);
    const [request, ...more] = named("rollback-requested");
    expect(more).toEqual([]);
    expect(request).toMatchObject({ nodeId: "node_0", actor: "policy", detail: { version: "1.1.0", fromVersion: "1.2.0", target: "1.1.0", metric: "qualityScore", reason: "relative", limit: 0.7, isByVerdict: true } });
    expect((request?.tMs ?? Infinity) - atMs).toBeLessThanOrEqual(8_000);
    expect(request?.sentence).toMatch(/^Quality: 0\.\d+ now, baseline 0\.95\d \(−4\d %\), \d+ of \d+ samples more than 30 % worse\. Rolling back to 1\.1\.0\.$/);
    expect(named("deploy-failed")).toMatchObject([{ detail: { note: "superseded" } }]);
    const [verified] = named("rollback-verified");
    expect((verified?.tMs ?? Infinity) - atMs).toBeLessThanOrEqual(20_000);
    expect(seen()).toMatchObject({ state: "live", modelVersion: "1.1.0", command: { actor: "policy", phase: "verified" }, guard: { quarantined: ["1.2.0"], hold: null } });
    const written = journal.ofKinds(["verdict", "rollback-requested"]);
    const ofNode = written.ok ? written.value.filter(({ nodeId }) => nodeId === "node_0") : [];
    const requestedAt = ofNode.findIndex(({ event }) => event === "rollback-requested");
    expect(ofNode[requestedAt - 1], "the verdict is on disk before its effect").toMatchObject({ event: "verdict", detail: { outcome: "fail" } });
  });

  test("refuses a quarantined version until a person lifts it with a reason, which is on disk", async () => {
    await run(20);
    await deploy("node_0", "1.2.0");
    await run(20);
    expect(await deploy("node_0", "1.2.0")).toMatchObject({ ok: false, error: { code: "QUARANTINED" } });
    const scope = { kind: "node", nodeId: "node_0" } as const;
    expect(operations.quarantine()).toMatchObject([{ version: "1.2.0", scope }]);
    expect(operations.liftQuarantine(scope, "1.3.0", "typo")).toMatchObject({ error: { code: "NOT_QUARANTINED" } });
    expect(operations.liftQuarantine(scope, "1.2.0", "camera was covered")).toEqual({ ok: true, value: [] });
    expect(journal.ofKind("quarantine-lifted")).toMatchObject({ ok: true, value: [{ nodeId: "node_0", detail: { version: "1.2.0", reason: "camera was covered" } }] });
    expect(await deploy("node_0", "1.2.0")).toMatchObject({ ok: true });
  });

  test("takes a version off every node of a class once it failed on two of it, on trial or not yet deployed", async () => {
    qualityOf = (runs, nodeId) => (runs === "1.2.0" && nodeId !== "node_2" ? 0.5 : 0.95);
    await run(20);
    for (const nodeId of ["node_0", "node_1", "node_2"]) await deploy(nodeId, "1.2.0");
    await run(25);
    expect(named("rollback-requested").map(({ nodeId, detail }) => `${nodeId ?? ""} ${String(detail["reason"])}`)).toEqual(["node_0 hard", "node_1 hard", "node_2 class"]);
    expect(named("version-quarantined").map(({ detail }) => detail["scope"])).toEqual(["node", "node", "class", "node"]);
    expect([seen("node_0"), seen("node_1"), seen("node_2")].map((each) => each?.modelVersion)).toEqual(["1.1.0", "1.1.0", "1.1.0"]);
    expect(seen("node_3")?.guard?.quarantined, "another class").toEqual([]);
    expect(operations.liftQuarantine({ kind: "class", nodeClass: "drone" }, "1.2.0", "fixed upstream")).toMatchObject({ ok: true });
  });

  test("holds when nodes that did not change get worse together", async () => {
    await run(90);
    await deploy("node_0", "1.3.0");
    await run(10);
    qualityOf = () => 0.5;
    await run(20);
    expect(named("rollback-requested")).toEqual([]);
    expect(named("rollback-held", "node_0")).toMatchObject([{ detail: { code: "COMMON_CAUSE" } }]);
    expect(seen()).toMatchObject({ state: "failing", attention: "high", guard: { hold: { code: "COMMON_CAUSE", target: "1.1.0" } } });
    qualityOf = () => 0.95;
    await run(20);
    expect(seen()).toMatchObject({ state: "live", guard: { hold: null } });
  });

  test("calls a person when a rollback did not help, and sends nothing more", async () => {
    await run(20);
    qualityOf = (_runs, nodeId) => (nodeId === "node_0" ? 0.5 : 0.95);
    await deploy("node_0", "1.2.0");
    await run(60);
    expect(named("rollback-requested")).toHaveLength(1);
    expect(named("rollback-escalated")).toMatchObject([{ nodeId: "node_0", detail: { code: "NOT_RECOVERED", target: "1.1.0" } }]);
    expect(seen()).toMatchObject({ attention: "high", guard: { hold: { code: "NOT_RECOVERED" } } });
  });

  test("leaves a node that was rolled back twice in an hour, across a restart", async () => {
    await run(20);
    for (const bad of ["1.2.0", "1.4.0"]) {
      qualityOf = (runs) => (runs === "1.1.0" ? 0.95 : 0.5);
      await deploy("node_0", bad);
      await run(22);
    }
    expect(named("rollback-requested")).toHaveLength(2);
    await crash();
    await run(2);
    await deploy("node_0", "1.5.0");
    await run(20);
    expect(named("rollback-requested")).toEqual([]);
    expect(named("rollback-held")).toMatchObject([{ detail: { code: "ROLLBACKS_FROZEN" } }]);
  });

  test("knows after a crash what is good, in quarantine and on trial, and asks for nothing twice", async () => {
    await run(20);
    await deploy("node_0", "1.2.0");
    await run(22);
    qualityOf = () => 0.95;
    await deploy("node_1", "1.3.0");
    await run(15);
    await crash();
    expect(operations.quarantine()).toMatchObject([{ version: "1.2.0", scope: { kind: "node", nodeId: "node_0" } }]);
    await run(3);
    expect(seen("node_1")?.guard?.trial).toMatchObject({ phase: "trial", hasSwapped: true });
    expect(seen("node_1")?.guard?.trial.commitByMs).not.toBeNull();
    expect(seen("node_1")?.rollback).toMatchObject({ offered: true, version: "1.1.0" });
    expect(await deploy("node_0", "1.2.0")).toMatchObject({ ok: false, error: { code: "QUARANTINED" } });
    expect(link.published).toEqual([]);
  });

  test("takes a version back that did not commit in time", async () => {
    expect(setPolicy({ trial: { commitWithinMs: 30_000 } })).toMatchObject({ ok: true });
    await run(20);
    qualityOf = () => 0.95;
    await deploy("node_0", "1.3.0");
    await run(40);
    expect(named("rollback-requested")).toMatchObject([{ nodeId: "node_0", detail: { reason: "uncommitted", target: "1.1.0" } }]);
    await run(60);
    expect(named("rollback-requested"), "what it went back to has nothing to prove in time").toHaveLength(1);
  });

  test("keeps baselines when the policy changes, and judges by the new limits from the next sample on", async () => {
    await run(70);
    expect(seen()?.guard?.baselineSamples).toBe(120);
    setPolicy({ limits: { minQualityScore: 0.98 }, engine: { rollBackOnFail: false } });
    await run(30);
    expect(seen()).toMatchObject({ state: "failing", guard: { verdict: { reason: "hard", limit: 0.98 } }, limits: { minQualityScore: 0.98 } });
    setPolicy({});
    await run(12);
    expect(seen()).toMatchObject({ state: "live" });
    expect(seen()?.guard?.baselineSamples).toBeGreaterThanOrEqual(120);
  });

  test("asks nothing of the fleet while the journal cannot be written, says so, and does it once it can", async () => {
    await run(20);
    await deploy("node_0", "1.2.0");
    const { append } = journal;
    journal.append = () => fail("JOURNAL_UNAVAILABLE", "The disk is full.");
    const sent = link.published.length;
    await run(15);
    expect(link.published).toHaveLength(sent);
    expect(seen()).toMatchObject({ state: "failing", guard: { hold: { code: "REFUSED" } } });
    expect(seen()?.sentence).toContain("JOURNAL_UNAVAILABLE: The disk is full.");
    journal.append = (entries) => append.call(journal, entries);
    await run(20);
    expect(seen()).toMatchObject({ state: "live", modelVersion: "1.1.0", command: { actor: "policy", phase: "verified" } });
  });

  test("lets the Undo of a click lift what the click put into quarantine, and nothing else do", async () => {
    await run(20);
    await deploy("node_0", "1.3.0");
    await run(12);
    const click = await operations.rollbackModel({ nodeId: "node_0", expectedVersion: "1.3.0", requestId: "request-click" });
    if (!click.ok) throw new Error(click.error.message);
    await run(12);
    expect(seen()).toMatchObject({ modelVersion: "1.1.0", guard: { quarantined: ["1.3.0"] } });
    expect(await deploy("node_0", "1.3.0")).toMatchObject({ ok: false, error: { code: "QUARANTINED" } });
    expect(await deploy("node_0", "1.3.0", { undoes: "c-9999" })).toMatchObject({ ok: false, error: { code: "QUARANTINED" } });
    expect(await deploy("node_0", "1.3.0", { undoes: click.value.commandId })).toMatchObject({ ok: true });
    expect(named("quarantine-lifted")).toMatchObject([{ detail: { version: "1.3.0", reason: `Undo of ${click.value.commandId}` } }]);
  });

  test("tells what a verdict is made of, and keeps it with the decision", async () => {
    await run(90);
    qualityOf = (_runs, nodeId) => (nodeId === "node_0" ? 0.87 : 0.95);
    await run(8);
    const judgement = operations.getJudgement("node_0");
    if (!judgement.ok) throw new Error(judgement.error.message);
    const { guard, metrics, why, whyNot } = judgement.value;
    expect(guard.verdict).toMatchObject({ outcome: "fail", metric: "qualityScore" });
    const quality = metrics.find(({ metric }) => metric === "qualityScore");
    expect(quality?.path.driftSlow.at(-1)).toBeGreaterThan(0);
    expect(why.join("; ")).toMatch(/[Dd]rift [\d.]+ of [\d.]+, n = \d+/);
    expect(whyNot.join("; ")).toContain("3 more with 1.1.0 pass");
    expect(whyNot.join("; ")).toContain("Limit 0.70: 0 of ");
    const [decision] = named("verdict", "node_0").slice(-1);
    const inspected = operations.inspectDecision(decision?.id ?? 0);
    if (!inspected.ok) throw new Error(inspected.error.message);
    expect(inspected.value).toMatchObject({ metric: "qualityScore", policyRevision: 0, policy: "{}", baseline: { n: 120 } });
    expect(inspected.value.samples.qualityScore.length).toBeGreaterThan(50);
    const { statistic } = inspected.value;
    expect(statistic?.values.at(-1)).toBeGreaterThanOrEqual(statistic?.limit ?? Infinity);
    expect(operations.inspectDecision(999_999)).toMatchObject({ error: { code: "UNKNOWN_DECISION" } });
  });
});
