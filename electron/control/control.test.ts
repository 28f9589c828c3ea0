import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RolloutView } from "../../shared/contract/rollouts";
import { alertFixture } from "../../shared/alerts/alerts-fixture";
import type { AlertsView } from "../../shared/contract/alerts";
import type { CommandView, Snapshot } from "../../shared/contract/snapshot";
import { fail, ok } from "../../shared/result";
import { run } from "../commands/ctl";
import { askControl } from "./control-client";
import { controlHandlers, type ControlledEngine } from "./control-handlers";
import { openControlServer, type ControlServer } from "./control-server";
import { socketPlace } from "./socket-place";

const COMMAND: CommandView = {
  commandId: "c-0001",
  nodeId: "node_0",
  kind: "deploy",
  actor: "operator",
  placedBy: { kind: "ctl" },
  version: "1.1.0",
  fromVersion: "1.0.0",
  phase: "requested",
  attempts: 0,
  verifySamples: 0,
  verifySamplesNeeded: 12,
  steps: [{ phase: "requested", atMs: 1, note: "by operator" }],
  sentence: "Deploy 1.1.0: requested by operator.",
};

const rolloutNode = (nodeId: string, state: "committed" | "trial" | "left-out") => ({ nodeId, state, fromVersion: "1.0.0", passed: 0, needed: 0, atMs: 2, note: "" });
const ROLLOUT: RolloutView = {
  rolloutId: "r-0001",
  version: "1.1.0",
  fromVersions: ["1.0.0"],
  state: "running",
  stateReason: null,
  actor: "operator",
  startedAtMs: 1,
  endedAtMs: null,
  plan: { version: "1.1.0", canary: 1, share: 0.5, atOnce: 1, soakMs: 0, stop: { leastFailures: 1, failureShare: 0.5, leastJudged: 1 } },
  policyRevision: 0,
  phases: [{ name: "canary", state: "running", nodes: [rolloutNode("node_0", "committed"), rolloutNode("node_1", "trial")], gate: [], gateOpensAtMs: null }],
  leftOut: [rolloutNode("node_2", "left-out")],
  failures: 0,
  judged: 1,
  failuresToStop: 1,
  commonCause: { degrading: 0, watched: 0 },
  sentence: "Canary: 1 committed, 1 on trial.",
  next: "Next: gate 1.",
  happened: [],
};
const ALERTS: AlertsView = { atMs: 5_000, open: [alertFixture({ count: 3, isFlapping: true })], ended: [], silences: [], rulesRevision: 0 };

function stepped(phase: CommandView["phase"], steps: number): CommandView {
  return { ...COMMAND, phase, steps: Array.from({ length: steps }, () => ({ phase, atMs: 2, note: "" })), sentence: `${phase}.` };
}

/** An engine with one node whose command goes where the test says. */
class ScriptedEngine implements ControlledEngine {
  command: CommandView | null = null;
  readonly asked: unknown[] = [];
  private readonly listeners = new Set<(snapshot: Snapshot) => void>();

  get listening(): number {
    return this.listeners.size;
  }

  advance(command: CommandView | null): void {
    this.command = command;
    for (const listener of this.listeners) listener(this.snapshot());
  }

  snapshot(): Snapshot {
    const link = { kind: "embedded", state: "up", sinceMs: 0, sentence: "", notices: [], seed: 7, domainId: null, discoveryRange: null } as const;
    // Only what a line of status is made of is looked at.
    return { atMs: 5_000, link: { ...link, notices: [] }, nodes: [] } as unknown as Snapshot;
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  getDeploymentStatus(): ReturnType<ControlledEngine["getDeploymentStatus"]> {
    return { atMs: 5_000, nodes: [{ nodeId: "node_0", modelVersion: "1.0.0", rollbackVersion: null, command: this.command }] };
  }

  getNodePerformance(nodeId: string): ReturnType<ControlledEngine["getNodePerformance"]> {
    return fail("UNKNOWN_NODE", `No node ${nodeId} has been seen.`);
  }

  getNodePerformanceHistory(nodeId: string): ReturnType<ControlledEngine["getNodePerformanceHistory"]> {
    return fail("UNKNOWN_NODE", `No node ${nodeId} has been seen.`);
  }

  readonly rollouts: ControlledEngine["rollouts"] = {
    list: () => [ROLLOUT],
    abort: (rolloutId, isReturning) => {
      this.asked.push({ rolloutId, isReturning });
      return rolloutId === ROLLOUT.rolloutId ? ok({ rolloutId }) : fail("UNKNOWN_ROLLOUT", `There is no roll-out ${rolloutId}.`);
    },
  };

  deployModel(request: unknown): ReturnType<ControlledEngine["deployModel"]> {
    this.asked.push(request);
    this.command = COMMAND;
    return Promise.resolve(ok({ commandId: "c-0001" }));
  }

  rollbackModel(request: unknown): ReturnType<ControlledEngine["rollbackModel"]> {
    this.asked.push(request);
    return Promise.resolve(fail("NO_GOOD_VERSION", "nothing good ran on node_0 before 1.0.0."));
  }

  readonly abTests: ControlledEngine["abTests"] = { stop: (testId) => Promise.resolve(fail("UNKNOWN_AB_TEST", `There is no A/B test ${testId}.`)) };

  setupAbTest(...asked: unknown[]): ReturnType<ControlledEngine["setupAbTest"]> {
    this.asked.push(asked);
    return Promise.resolve(fail("NOT_IDENTIFIED", "One node per arm and no swapping: version and node cannot be told apart."));
  }

  getAbTestResults(): ReturnType<ControlledEngine["getAbTestResults"]> {
    return fail("UNKNOWN_AB_TEST", "There is no A/B test yet.");
  }
}

const NO_REPORTS = { write: () => Promise.resolve(fail("NOT_AVAILABLE", "no reports here")), onChange: () => () => undefined };

describe("the control socket", () => {
  let folder = "";
  let path = "";
  let engine = new ScriptedEngine();
  let server: ControlServer | null = null;
  const troubles: string[] = [];

  async function open(handlers = controlHandlers(engine, NO_REPORTS, () => ALERTS)): Promise<ControlServer> {
    const opened = await openControlServer({ path, handlers, onTrouble: (sentence) => troubles.push(sentence) });
    if (!opened.ok) throw new Error(opened.error.message);
    server = opened.value;
    return opened.value;
  }

  async function ctl(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    let out = "";
    let err = "";
    const code = await run([...args, "--data-dir", folder], { stdout: (more) => (out += more), stderr: (more) => (err += more) });
    return { code, out, err };
  }

  /** Sends raw bytes and resolves with the first line that comes back. */
  function firstLineAfter(bytes: string | Buffer): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      let text = "";
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.includes("\n")) return;
        socket.destroy();
        resolve(JSON.parse(text.slice(0, text.indexOf("\n"))) as unknown);
      });
      socket.on("error", reject);
      socket.write(bytes);
    });
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "control-"));
    path = join(folder, "control.sock");
    engine = new ScriptedEngine();
    troubles.length = 0;
  });
  afterEach(async () => {
    await server?.close();
    server = null;
    rmSync(folder, { recursive: true, force: true });
  });

  it("lists the open alerts, a line each, and as JSON Lines with a count at the end", async () => {
    await open();
    const { code, out } = await ctl("alerts");
    expect(code).toBe(0);
    expect(out).toBe("1 alert open\na-0001 medium, 3 times, since 2023-11-14T22:13:20.000Z: Latency above 50 ms on node_3. Latency 63.0 ms, median of the newest 5 s; limit 50 ms.\n");
    const lines = (await ctl("alerts", "--json")).out.trim().split("\n").map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([{ type: "alert", ...ALERTS.open[0] }, { type: "alerts", tMs: 5_000, open: 1, silences: 0 }]);
    expect((await ctl("alerts", "--to", "1.0.0")).code).toBe(2);
  });

  it("can be opened by its user alone", async () => {
    await open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("answers a status as headless mode prints it, with what each node could go back to", async () => {
    await open();
    expect(await ctl("status", "--json")).toEqual({ code: 0, err: "", out: '{"type":"status","tMs":5000,"link":"embedded","linkState":"up","nodes":[]}\n' });
  });

  it("follows a deploy step by step to its end, and its exit code is that end", async () => {
    await open();
    const ended = ctl("deploy", "node_0", "1.1.0", "--json");
    await expect.poll(() => engine.listening).toBe(1);
    engine.advance(stepped("sent", 2));
    engine.advance(stepped("sent", 2));
    engine.advance(stepped("failed", 3));
    const { code, out } = await ended;
    const phases = out.trimEnd().split("\n").map((line) => (JSON.parse(line) as { readonly phase: string }).phase);
    expect([code, phases]).toEqual([1, ["requested", "sent", "failed"]]);
    expect(engine.listening, "it listens no more").toBe(0);
    expect(engine.asked[0]).toMatchObject({ nodeId: "node_0", version: "1.1.0", expectedVersion: "1.0.0" });
  });

  it("ends with 0 once a deploy is verified", async () => {
    await open();
    const ended = ctl("deploy", "node_0", "1.1.0");
    await expect.poll(() => engine.listening).toBe(1);
    engine.advance(stepped("verified", 2));
    expect(await ended).toMatchObject({ code: 0, out: "c-0001 requested: Deploy 1.1.0: requested by operator.\nc-0001 verified: verified.\n" });
  });

  it("does not wait when told not to", async () => {
    await open();
    expect(await ctl("deploy", "node_0", "1.1.0", "--no-wait", "--expect", "0.9.0")).toMatchObject({ code: 0 });
    expect(engine.asked[0]).toMatchObject({ expectedVersion: "0.9.0" });
  });

  it("stops listening when the command that waits is ended", async () => {
    await open();
    const socket = connect(path);
    socket.write(`${JSON.stringify({ request: "deploy", body: { nodeId: "node_0", version: "1.1.0", requestId: "abcdefgh", wait: true } })}\n`);
    await expect.poll(() => engine.listening).toBe(1);
    socket.destroy();
    await expect.poll(() => engine.listening).toBe(0);
  });

  it("tells of roll-outs, one line each, and aborts one as a click does", async () => {
    await open();
    const all = await ctl("rollout", "status");
    expect(all).toMatchObject({ code: 0, out: "r-0001 1.1.0 running, 1 of 3 committed, 0 failed: Canary: 1 committed, 1 on trial. Next: gate 1.\n" });
    expect(JSON.parse((await ctl("rollout", "status", "r-0001", "--json")).out)).toMatchObject({ type: "rollout", rolloutId: "r-0001", nodes: { all: 3, committed: 1, failed: 0 } });
    expect(await ctl("rollout", "status", "r-0002")).toMatchObject({ code: 1, err: "UNKNOWN_ROLLOUT: There is no roll-out r-0002.\n" });
    expect(await ctl("rollout", "abort", "r-0001", "--return")).toMatchObject({ code: 0 });
    expect(await ctl("rollout", "abort", "r-0002")).toMatchObject({ code: 1, err: "UNKNOWN_ROLLOUT: There is no roll-out r-0002.\n" });
    expect(engine.asked).toEqual([{ rolloutId: "r-0001", isReturning: true }, { rolloutId: "r-0002", isReturning: false }]);
    for (const wrong of [["abort"], ["status", "r-0001", "--return"], ["start", "r-0001"], []]) expect((await ctl("rollout", ...wrong)).code).toBe(2);
  });

  it("says with the engine's own code and sentence what is refused", async () => {
    await open();
    expect(await ctl("rollback", "node_0", "--to", "0.9.0")).toEqual({ code: 1, out: "", err: "NO_GOOD_VERSION: nothing good ran on node_0 before 1.0.0.\n" });
    expect(await ctl("node", "node_9", "--json")).toEqual({ code: 1, out: "", err: "UNKNOWN_NODE: No node node_9 has been seen.\n" });
  });

  it("asks for an A/B test with what was typed, and refuses what no test could be", async () => {
    await open();
    const asked = ["ab", "start", "--node-a", "node_0", "--node-b", "node_1", "--version-a", "1.0.0", "--version-b", "1.1.0"];
    expect(await ctl(...asked, "--metric", "latency", "--difference", "2", "--minutes", "5", "--until-winner")).toMatchObject({ code: 1, err: expect.stringMatching(/^NOT_IDENTIFIED: /) as string });
    expect(engine.asked[0]).toEqual(["node_0", "node_1", "1.0.0", "1.1.0", expect.objectContaining({ primary: "latencyMs", smallestDifference: 2, longestMs: 300_000, endAtWinner: true, blockMs: 15_000, restoreVersion: null })]);
    expect(await ctl("ab", "results", "--json")).toEqual({ code: 1, out: "", err: "UNKNOWN_AB_TEST: There is no A/B test yet.\n" });
    expect(await ctl("ab", "start", "--node-a", "node_0")).toMatchObject({ code: 2, err: expect.stringContaining("--version-b") as string });
    for (const wrong of [["--design", "guess"], ["--metric", "mood"], ["--minutes", "soon"], ["--block-s", "0.1"]]) expect((await ctl(...asked, ...wrong)).code, wrong.join(" ")).toBe(2);
    expect(await ctl("ab", "results", "--node-a", "node_0")).toMatchObject({ code: 2, err: "BAD_USAGE: ctl ab results takes no --node-a.\n" });
    expect((await ctl("ab", "pause")).code).toBe(2);
  });

  it("refuses what follows no schema, and goes on", async () => {
    await open();
    const lines = ["no json\n", '{"request":"shutdown","body":{}}\n', '{"request":"deploy","body":{"nodeId":"n"}}\n', '{"request":"status","body":{"more":1}}\n'];
    for (const line of lines) expect(await firstLineAfter(line)).toMatchObject({ type: "failure", code: "BAD_REQUEST" });
    expect(await firstLineAfter(Buffer.alloc((1 << 20) + 1, 0x61))).toMatchObject({ type: "failure", code: "BAD_REQUEST" });
    expect((await ctl("status")).code).toBe(0);
  });

  it("tells a bug as INTERNAL and logs it", async () => {
    await open({
      ...controlHandlers(engine, NO_REPORTS, () => ALERTS),
      status: () => {
        throw new Error("broken on purpose");
      },
    });
    expect(await ctl("status")).toMatchObject({ code: 1, out: "" });
    expect(troubles).toEqual([expect.stringContaining("broken on purpose")]);
  });

  it("replaces a socket that a killed application left, and never that of a running one", async () => {
    const first = await open();
    const second = await openControlServer({ path, handlers: controlHandlers(engine, NO_REPORTS, () => ALERTS), onTrouble: () => undefined });
    expect(second).toMatchObject({ ok: false, error: { code: "NOT_AVAILABLE" } });
    expect((await ctl("status")).code, "the first one still answers").toBe(0);
    await first.close();
    server = null;
    await leaveSocketBehind(path);
    await open();
    expect((await ctl("status")).code).toBe(0);
  });

  it("does not take away a file that is no socket", async () => {
    writeFileSync(path, "kept");
    const opened = await openControlServer({ path, handlers: controlHandlers(engine, NO_REPORTS, () => ALERTS), onTrouble: () => undefined });
    expect(opened.ok).toBe(false);
    expect(statSync(path).size).toBe(4);
  });

  it("goes without where there can be no folder", async () => {
    writeFileSync(join(folder, "file"), "");
    const opened = await openControlServer({ path: join(folder, "file", "control.sock"), handlers: controlHandlers(engine, NO_REPORTS, () => ALERTS), onTrouble: () => undefined });
    expect(opened).toMatchObject({ ok: false, error: { code: "NOT_AVAILABLE" } });
  });

  it("says that nobody runs, and what it takes", async () => {
    expect(await ctl("status")).toMatchObject({ code: 1, err: expect.stringMatching(/^NOT_AVAILABLE: No Lydlr Ops is running/) as unknown });
    for (const args of [[], ["node"], ["node", "a", "b"], ["deploy", "a"], ["status", "--to", "1"], ["node", "a", "--window", "0"], ["fly"], ["status", "--wrong"]]) {
      expect([args, (await ctl(...args)).code]).toEqual([args, 2]);
    }
    expect((await ctl("--help")).out).toContain("usage:");
  });

  it("says so when the application ends before it answers", async () => {
    const deaf = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => deaf.listen(path, resolve));
    const answered = await askControl(path, "status", {}, () => undefined);
    expect(answered).toMatchObject({ ok: false, error: { code: "NOT_AVAILABLE" } });
    await new Promise((resolve) => deaf.close(resolve));
  });
});

/** Binds a socket and takes only its listener away, as a killed process does. */
async function leaveSocketBehind(path: string): Promise<void> {
  const { spawn } = await import("node:child_process");
  const program = "require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  const child = spawn(process.execPath, ["-e", program, path], { stdio: "ignore" });
  await new Promise((resolve) => child.once("close", resolve));
}

describe("the place of the control socket", () => {
  it("is beside the journal, or under a short name where that path is too long for a socket", () => {
    expect(socketPlace("/data", {}, "linux")).toEqual(ok("/data/control.sock"));
    const runtime = mkdtempSync(join(tmpdir(), "run-"));
    const long = socketPlace(`/data/${"x".repeat(120)}`, { XDG_RUNTIME_DIR: runtime }, "linux");
    expect(long.ok && long.value.startsWith(`${runtime}/`) && long.value.length < 100).toBe(true);
    expect(socketPlace(`/data/${"y".repeat(120)}`, { XDG_RUNTIME_DIR: runtime }, "linux")).not.toEqual(long);
    rmSync(runtime, { recursive: true });
    expect(socketPlace("C:\\data", {}, "win32")).toMatchObject({ ok: true, value: expect.stringMatching(/^\\\\\.\\pipe\\lydlr-ops-/) as unknown });
  });

  it("is refused in a folder that others can open", () => {
    const open = mkdtempSync(join(tmpdir(), "open-"));
    const place = (): unknown => socketPlace(`/data/${"x".repeat(120)}`, { XDG_RUNTIME_DIR: open }, "linux");
    expect(place()).toMatchObject({ ok: true });
    rmSync(open, { recursive: true });
    writeFileSync(open, "");
    expect(place()).toMatchObject({ ok: false, error: { code: "NOT_AVAILABLE" } });
    rmSync(open);
  });
});
