import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { AbTestView } from "../../shared/contract/abtest";
import { run as ctlCommand } from "../commands/ctl";
import { controlHandlers } from "../control/control-handlers";
import { openControlServer } from "../control/control-server";
import { TestBench } from "./bench-fixture";
import type { AbTestOptions } from "./order";

/** Short blocks: a command is verified 3.2 s after its acknowledgement. */
const SHORT: AbTestOptions = { blockMs: 5_000, washOutMs: 1_000, longestMs: 100_000, smallestDifference: 0.5, guardrails: [{ metric: "latencyMs", allowed: 1 }] };
const WARM_UP_S = 13;

describe("an A/B test in the engine", () => {
  let bench: TestBench;
  afterEach(async () => {
    await bench.stop();
  });

  async function open(nodes = 2, seconds = WARM_UP_S): Promise<void> {
    bench = new TestBench(nodes);
    await bench.start();
    await bench.run(seconds);
  }
  const begin = (options: AbTestOptions = {}, versionB = "1.1.0") => bench.operations.setupAbTest("node_0", "node_1", "1.0.0", versionB, { ...SHORT, ...options });
  function seen(testId?: string): AbTestView {
    const results = bench.operations.getAbTestResults(testId);
    if (!results.ok) throw new Error(results.error.message);
    return results.value;
  }
  async function until(what: () => boolean, seconds?: number): Promise<void> {
    const isSo = await bench.until(what, seconds);
    const { state, verdict, restore, happened } = seen();
    expect(isSo, JSON.stringify([state, verdict.sentence, restore, happened])).toBe(true);
  }
  const isOver = (): boolean => seen().state === "ended";

  test("finds the better version by exchanging both on both nodes, puts back what ran and promotes it", async () => {
    await open(3, 40);
    const preview = await bench.operations.abTests.preview({ nodesA: ["node_0"], nodesB: ["node_1"], versionA: "1.0.0", versionB: "1.1.0", design: null, primary: "compressionRatio", smallestDifference: null, guardrails: null, alpha: 0.05, blockMs: 5_000, washOutMs: 1_000, longestMs: 100_000, endAtWinner: false, restoreVersion: null });
    expect(preview.refusals).toEqual([]);
    expect(preview.designs.find(({ isChosen }) => isChosen)?.design).toBe("crossover");
    expect(preview.smallestDifference).toBe(1);
    expect(preview.guardrails.map(({ metric }) => metric)).toEqual(["latencyMs", "qualityScore"]);
    expect(preview.conditions.slice(0, 2).map(({ met, sentence }) => `${met ? "met" : "not met"}: ${sentence}`)).toEqual([
      "met: Every file of 1.0.0 is the one that its manifest names",
      "met: Every file of 1.1.0 is the one that its manifest names",
    ]);
    expect(preview.prediction.decisionMs).toBe(preview.firstVerdictMs);
    expect(await begin({ requestId: "request-1" })).toEqual({ ok: true, value: { testId: "ab-0001" } });
    expect(await begin({ requestId: "request-1" }), "the same request twice is one").toEqual({ ok: true, value: { testId: "ab-0001" } });
    expect(await begin()).toMatchObject({ error: { code: "AB_TEST_RUNNING" } });
    await bench.run(12);
    expect(seen()).toMatchObject({ state: "running", verdict: { kind: "collecting" } });
    expect(bench.operations.abTests.promote("ab-0001", undefined)).toMatchObject({ error: { code: "NO_WINNER" } });
    await until(() => seen().verdict.kind === "b-better");
    const { metrics, blocks, counts } = seen();
    expect(metrics[0]?.effect).toBeCloseTo(1, 0);
    expect(metrics[0]?.history.length).toBe(7);
    expect(metrics[1]?.standing).toBe("holds");
    expect(counts.isAsPlanned).toBe(true);
    // A block counts from the last node's own report, 0.3 to 0.5 s after it was sent.
    expect(blocks.slice(1).every(({ fromAtMs }, place) => fromAtMs - (blocks[place]?.toAtMs ?? 0) >= 300)).toBe(true);
    expect(blocks.slice(0, 3).map(({ isSwapped }) => isSwapped)).toEqual([blocks[0]?.isSwapped, blocks[0]?.isSwapped !== true, blocks[0]?.isSwapped]);
    const click = await bench.operations.abTests.promotion("ab-0001");
    if (!click.ok) throw new Error(click.error.message);
    const shown = click.value.preview.phases.map(({ name, nodeIds }) => `${name} ${nodeIds.join(" ")}`);
    expect(shown, "as it will be once the test has freed its nodes").toEqual(["canary node_0", "share ", "all node_1 node_2"]);
    expect(bench.operations.abTests.promote("ab-0001", click.value.plan).ok).toBe(true);
    expect(await bench.operations.abTests.promotion("ab-0001"), "it is on its way").toMatchObject({ error: { code: "NO_WINNER" } });
    await until(isOver);
    expect(seen().restore.map(({ state, version }) => `${state} ${version}`)).toEqual(["confirmed 1.0.0", "confirmed 1.0.0"]);
    expect(seen().promotion).toMatchObject({ state: "started", rolloutId: "r-0001", version: "1.1.0" });
    const [rollout] = bench.operations.rollouts.list();
    expect(rollout).toMatchObject({ version: "1.1.0", rolloutId: "r-0001", plan: { nodeIds: ["node_0", "node_1", "node_2"], soakMs: 300_000 } });
    expect(rollout?.phases.map(({ name, nodes }) => `${name} ${nodes.map(({ nodeId }) => nodeId).join(" ")}`), "what was shown").toEqual(shown);
    expect(bench.operations.abTests.reproduce("ab-0001")).toMatchObject({ value: { isSame: true } });
    const traces = bench.operations.abTests.traces("ab-0001", 1_000);
    expect(traces.ok && traces.value.nodes.map(({ atMs }) => atMs.length > 80)).toEqual([true, true]);
    const report = bench.operations.abTests.report("ab-0001");
    expect(report.ok ? (JSON.parse(report.value) as unknown) : null).toMatchObject({ testId: "ab-0001", verdict: { kind: "b-better" }, result: { verdict: { kind: "b-better" } } });
  });

  test("mirrors its result exactly when nodes and versions change lanes", async () => {
    const histories: (readonly (readonly number[])[])[] = [];
    for (const isMirrored of [false, true]) {
      await open();
      await (isMirrored ? bench.operations.setupAbTest("node_1", "node_0", "1.1.0", "1.0.0", SHORT) : begin());
      await until(() => seen().pairs >= 8);
      histories.push(seen().metrics.flatMap(({ history }) => history.map(({ effect, low, high }) => (isMirrored ? [0 - effect, 0 - high, 0 - low] : [effect, low, high]))));
      if (!isMirrored) await bench.stop();
    }
    expect(histories[1]).toEqual(histories[0]);
  });

  test("names no winner between identical versions, though the nodes differ, and takes no missing metric for a zero", async () => {
    await open();
    bench.hasNoQuality = true;
    await begin({ guardrails: [{ metric: "qualityScore", allowed: 0.02 }] }, "1.0.0");
    await until(isOver, 200);
    expect(["a-better", "b-better"]).not.toContain(seen().verdict.kind);
    expect(seen().metrics[1]).toMatchObject({ effect: null, low: null, high: null, medianA: null, medianB: null });
    expect(bench.sent, "nothing had to be sent").toEqual([]);
  });

  test("a breach ends it as harmful, and every node gets back what ran before", async () => {
    await open();
    await begin({}, "1.2.0");
    await until(isOver);
    const { verdict, restore } = seen();
    expect(verdict.kind).toBe("harmful");
    expect(verdict).toMatchObject({ metric: "qualityScore", sentence: expect.stringMatching(/^Harmful: the judge took 1\.2\.0 back from node_\d\. Quality/) as string });
    expect(restore.map(({ state }) => state)).toEqual(["confirmed", "confirmed"]);
    expect([...bench.running.values()]).toEqual(["1.0.0", "1.0.0"]);
    expect(bench.operations.abTests.reproduce("ab-0001")).toMatchObject({ value: { isSame: true } });
  });

  test("nobody else deploys to its nodes; a person's rollback ends it, and that choice stays", async () => {
    await open();
    await begin();
    await until(() => seen().blocks.length >= 2 && seen().state === "running");
    await bench.run(4);
    const expectedVersion = bench.running.get("node_0") ?? "";
    expect(await bench.operations.deployModel({ nodeId: "node_0", version: "1.2.0", expectedVersion, requestId: "click-0001" })).toMatchObject({ error: { code: "AB_TEST_RUNNING" } });
    expect(bench.operations.changeSettings({ theme: "light" }).ok).toBe(true);
    expect(await bench.operations.rollbackModel({ nodeId: "node_0", expectedVersion, requestId: "click-0002" })).toMatchObject({ ok: true });
    const chosen = expectedVersion === "1.0.0" ? "1.1.0" : "1.0.0";
    await until(isOver);
    expect(seen().verdict).toMatchObject({ kind: "invalid", sentence: expect.stringContaining("node_0 was rolled back") as string });
    expect(bench.running.get("node_0")).toBe(chosen);
    expect(bench.running.get("node_1")).toBe("1.0.0");
    expect(seen().restore.map(({ state }) => state)).toEqual(["left", "confirmed"]);
  });

  test("a node that restarts invalidates it; ending puts back, and says which node did not confirm", async () => {
    await open();
    await begin();
    await until(() => seen().blocks.length === 3 && seen().state === "running");
    const alerts = bench.openAlerts();
    bench.deaf.add(bench.running.get("node_0") === "1.1.0" ? "node_0" : "node_1");
    bench.restartNode("node_1");
    await bench.run(1);
    expect(seen()).toMatchObject({ state: "ending", verdict: { kind: "invalid", sentence: expect.stringContaining("node_1 restarted") as string } });
    await until(isOver);
    expect(seen().restore.map(({ state }) => state).toSorted()).toEqual(["confirmed", "left"]);
    expect(seen().restore.find(({ state }) => state === "left")?.sentence).toContain("It runs 1.1.0.");
    expect(seen().note).toContain("Not put back");
    const told = alerts.view().open.filter(({ ruleId }) => ruleId.startsWith("abtest-"));
    expect(told.map(({ ruleId, severity, count }) => `${ruleId} ${severity} ${count}`), "the worst first, each once").toEqual(["abtest-left critical 1", "abtest-invalid warning 1"]);
  });

  test("a lost node, the link and a new policy pause it and the block is run again; longer than 10 min is too long", async () => {
    await open();
    await begin();
    await until(() => seen().state === "running");
    const pauses = async (what: () => void, back: () => void): Promise<string | null> => {
      what();
      await until(() => seen().state === "paused", 20);
      const reason = seen().stateReason;
      back();
      await until(() => seen().state === "running", 30);
      return reason;
    };
    expect(await pauses(() => bench.silent.add("node_1"), () => bench.silent.delete("node_1"))).toBe("Node_1 was lost.");
    expect(await pauses(() => bench.link.change({ state: "down" }), () => bench.link.change({ state: "up" }))).toBe("The link was lost.");
    const { revision } = bench.operations.policy.current();
    expect(await pauses(() => bench.operations.changePolicy({ policy: { trial: { commitSamples: 24 } }, reason: "for a test", expectedRevision: revision, by: "ada", via: "window" }), () => undefined)).toBe("The policy changed.");
    expect(seen().blocks.filter(({ isWhole }) => !isWhole).length).toBeGreaterThanOrEqual(2);
    expect(seen().verdict.kind).toBe("collecting");
    const alerts = bench.openAlerts();
    const raised = (): string[] => alerts.view().open.flatMap(({ ruleId, inhibitedBy }) => (ruleId.startsWith("abtest-") ? [`${ruleId}${inhibitedBy === null ? "" : ", explained"}`] : []));
    bench.link.change({ state: "down" });
    for (let each = 0; each < 5; each += 1) await bench.timers.advanceSettled(25_000);
    expect(raised(), "the link is told of already").toEqual(["abtest-paused, explained"]);
    for (let each = 0; each < 21; each += 1) await bench.timers.advanceSettled(30_000);
    expect(seen().verdict).toMatchObject({ kind: "invalid", sentence: expect.stringContaining("paused for more than 10 min") as string });
    expect(raised()).toEqual(["abtest-invalid"]);
    bench.link.change({ state: "up" });
    await until(isOver);
    expect(seen().restore.map(({ state }) => state)).toEqual(["confirmed", "confirmed"]);
  });

  test("a node that falls silent with the new version proves nothing: its rollback invalidates the test", async () => {
    await open();
    await begin();
    await until(() => seen().state === "running" && [...bench.running.values()].includes("1.1.0"));
    bench.silent.add(bench.running.get("node_0") === "1.1.0" ? "node_0" : "node_1");
    await until(() => seen().state === "ending", 60);
    expect(seen().verdict).toMatchObject({ kind: "invalid", sentence: expect.stringMatching(/node_. was rolled back/) as string });
  });

  test("goes on after a crash at any moment, puts everything back, and its journal gives the same result", async () => {
    await open();
    await begin({ endAtWinner: true, longestMs: 200_000 });
    let crashes = 0;
    while (crashes < 6 && !isOver()) {
      await bench.run(9 + crashes * 3.7);
      await bench.kill();
      await bench.run(0.5);
      await bench.start();
      crashes += 1;
    }
    await until(isOver);
    expect(crashes).toBeGreaterThanOrEqual(5);
    expect(seen().verdict.kind).toBe("b-better");
    expect([...bench.running.values()]).toEqual(["1.0.0", "1.0.0"]);
    expect(bench.operations.abTests.reproduce("ab-0001")).toMatchObject({ value: { isSame: true } });
    await bench.run(12);
    expect(await begin()).toEqual({ ok: true, value: { testId: "ab-0002" } });
  });

  test.each([
    ["before", "started"],
    ["after", "started"],
    ["before", "block"],
    ["after", "block"],
    ["before", "ending"],
    ["after", "ending"],
    ["before", "node-back"],
    ["after", "node-back"],
    ["before", "ended"],
    ["after", "ended"],
  ] as const)("killed %s %s is on disk, it leaves no node with the wrong version", async (when, type) => {
    await open();
    bench.dieAt = { when, event: `ab-test-${type}` };
    await begin();
    await bench.run(8);
    if (bench.operations.abTests.list().length > 0 && !bench.isDead) void bench.operations.abTests.stop("ab-0001");
    expect(await bench.until(() => bench.isDead, 20)).toBe(true);
    await bench.kill();
    await bench.start();
    await bench.run(9);
    const wasStarted = bench.operations.abTests.list().length > 0;
    expect(wasStarted).toBe(type !== "started" || when === "after");
    if (wasStarted && seen().state !== "ended") {
      await bench.operations.abTests.stop("ab-0001");
      await until(isOver);
    }
    expect([...bench.running.values()]).toEqual(["1.0.0", "1.0.0"]);
    if (wasStarted) expect(bench.operations.abTests.reproduce("ab-0001")).toMatchObject({ value: { isSame: true } });
  });

  test("killed at any moment of a promotion, a test has one roll-out in the end, and never two", async () => {
    await open(3);
    await begin();
    await until(() => seen().verdict.kind === "b-better");
    const again = await bench.keep();
    for (const [when, event] of [
      ["before", "ab-test-promoting"],
      ["after", "ab-test-promoting"],
      ["before", "ab-test-ending"],
      ["after", "ab-test-ended"],
      ["before", "rollout-started"],
      ["after", "rollout-started"],
      ["before", "ab-test-promotion"],
    ] as const) {
      await again();
      await bench.run(6);
      bench.dieAt = { when, event };
      bench.operations.abTests.promote("ab-0001", undefined);
      expect(await bench.until(() => bench.isDead, 40), `${when} ${event}`).toBe(true);
      await bench.kill();
      bench.isUnseen = event === "ab-test-ended";
      await bench.start();
      if (bench.isUnseen) {
        bench.link.change({ state: "down" });
        await bench.run(20);
        expect(seen().promotion, "it waits for the link, and says so").toMatchObject({ state: "waiting", sentence: expect.stringContaining("It waits: The link is down") as string });
        bench.link.change({ state: "up" });
        await bench.run(3);
        bench.link.join(bench.nodeIds);
        bench.isUnseen = false;
      }
      await bench.run(6);
      const wasTaken = seen().promotion !== null;
      expect(wasTaken, `${when} ${event}`).toBe(!(event === "ab-test-promoting" && when === "before"));
      if (wasTaken) expect(seen().stateReason, "it is not run on after the click").toBe("Ended by operator: 1.1.0 is promoted.");
      else expect(bench.operations.abTests.promote("ab-0001", undefined).ok).toBe(true);
      await until(() => seen().promotion?.state === "started", 60);
      expect(seen()).toMatchObject({ state: "ended", verdict: { kind: "b-better" }, promotion: { rolloutId: "r-0001" } });
      const rollouts = bench.operations.rollouts.list();
      expect(rollouts.map(({ rolloutId, version }) => `${rolloutId} ${version}`), `${when} ${event}`).toEqual(["r-0001 1.1.0"]);
      expect(rollouts[0]?.phases.flatMap(({ nodes }) => nodes).length, "no node is left out because it was not seen yet").toBe(3);
      await bench.kill();
    }
    await again();
  });

  test("replicated arms of three nodes each run one version and are never exchanged", async () => {
    await open(6);
    const more = { moreNodesA: ["node_1", "node_2"], moreNodesB: ["node_4", "node_5"] };
    const answer = await bench.operations.setupAbTest("node_0", "node_3", "1.0.0", "1.1.0", { ...SHORT, ...more, longestMs: 50_000 });
    expect(answer.ok).toBe(true);
    await until(isOver, 120);
    expect(seen()).toMatchObject({ design: "replicated", pairs: 10 });
    // The nodes of arm B lie 4.5 higher by themselves, and spread so much that nothing can be said of the versions.
    expect(seen().verdict.kind).not.toBe("a-better");
    expect(bench.sent.map(({ nodeId, version }) => `${nodeId} ${version}`).toSorted()).toEqual(["node_3 1.0.0", "node_3 1.1.0", "node_4 1.0.0", "node_4 1.1.0", "node_5 1.0.0", "node_5 1.1.0"]);
    expect(seen().blocks.every(({ isSwapped }) => !isSwapped)).toBe(true);
  });

  test("a calibrated test runs a common version first, and then one version a node", async () => {
    await open();
    expect((await begin({ design: "parallel", longestMs: 45_000 })).ok).toBe(true);
    await until(() => seen().verdict.kind === "b-better", 300);
    // 40 blocks of calibration, then 8 of the test.
    expect(seen().blocks.filter(({ phase }) => phase === "calibration").length).toBe(40);
    expect(bench.sent).toEqual([{ nodeId: "node_1", version: "1.1.0" }]);
    expect(seen().metrics[0]?.effect).toBeCloseTo(1, 0);
    await until(isOver);
    expect([...bench.running.values()]).toEqual(["1.0.0", "1.0.0"]);
  });

  test("a stop puts back a version that was chosen at the end, and a test that ended is not ended again", async () => {
    await open();
    await begin();
    await bench.run(7);
    bench.check = () => ({ ok: false, error: { code: "HASH_MISMATCH", message: "Not what its manifest names." } });
    expect(await bench.operations.abTests.stop("ab-0001", "1.1.0")).toMatchObject({ error: { code: "HASH_MISMATCH" } });
    bench.check = () => ({ ok: true, value: undefined });
    expect(await bench.operations.abTests.stop("ab-0001", "1.1.0")).toEqual({ ok: true, value: { testId: "ab-0001" } });
    await until(isOver);
    expect([...bench.running.values()]).toEqual(["1.1.0", "1.1.0"]);
    expect(seen().verdict.kind).toBe("inconclusive");
    expect(await bench.operations.abTests.stop("ab-0001")).toMatchObject({ error: { code: "AB_TEST_ENDED" } });
    expect(await bench.operations.abTests.stop("ab-0009")).toMatchObject({ error: { code: "UNKNOWN_AB_TEST" } });
  });

  test("is started, read and stopped from the command line", async () => {
    await open();
    const folder = mkdtempSync(join(tmpdir(), "lydlr-ab-"));
    const server = await openControlServer({ path: join(folder, "control.sock"), handlers: controlHandlers(bench.operations, { write: () => expect.unreachable("no report is asked for"), onChange: () => expect.unreachable("no report is asked for") }, () => expect.unreachable("no alert is asked for")), onTrouble: (sentence) => expect.unreachable(sentence) });
    const ctl = async (...args: readonly string[]): Promise<string> => {
      let text = "";
      await ctlCommand(["ab", ...args, "--data-dir", folder], { stdout: (more) => (text += more), stderr: (more) => (text += more) });
      return text;
    };
    const started = await ctl("start", "--node-a", "node_0", "--node-b", "node_1", "--version-a", "1.0.0", "--version-b", "1.1.0", "--block-s", "5", "--wash-out-s", "1", "--difference", "0.5", "--minutes", "2");
    expect(started).toMatch(/^ab-0001 starting: 1\.0\.0 against 1\.1\.0, crossover, on node_0, node_1\nCollecting: 0 of 8 pairs, no verdict yet\.\n/);
    await bench.run(8);
    const line = JSON.parse(await ctl("results", "--json")) as { readonly type: string; readonly state: string; readonly blocks: readonly unknown[] };
    expect([line.type, line.state, line.blocks.length]).toEqual(["ab-test", "running", 2]);
    expect(await ctl("stop")).toContain("ab-0001 ending");
    await until(isOver);
    expect(await ctl("stop")).toMatch(/^AB_TEST_ENDED: /);
    if (server.ok) await server.value.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("refuses what cannot be identified, and nodes that cannot take part, each with its reason", async () => {
    await open();
    const refusal = async (change: AbTestOptions & { readonly versionB?: string; readonly nodeB?: string }) => {
      const { versionB = "1.1.0", nodeB = "node_1", ...options } = change;
      const answer = await bench.operations.setupAbTest("node_0", nodeB, "1.0.0", versionB, { ...SHORT, ...options });
      return answer.ok ? "started" : answer.error.code;
    };
    expect(await refusal({ design: "replicated" })).toBe("NOT_IDENTIFIED");
    expect(await refusal({ nodeB: "node_0" })).toBe("NOT_IDENTIFIED");
    expect(await refusal({ nodeB: "node_7" })).toBe("UNKNOWN_NODE");
    expect(await refusal({ smallestDifference: -1 })).toBe("IMPOSSIBLE_VALUE");
    expect(await refusal({ blockMs: 4_000 })).toBe("IMPOSSIBLE_VALUE");
    bench.link.change({ state: "down" });
    expect(await refusal({})).toBe("LINK_DOWN");
    bench.link.change({ state: "up" });
    bench.silent.add("node_1");
    await bench.run(6);
    expect(await refusal({})).toBe("NODE_SILENT");
    expect(bench.events.filter(({ event }) => event === "ab-test-started")).toEqual([]);
  });
});
