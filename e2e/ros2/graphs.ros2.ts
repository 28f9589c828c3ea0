import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./engine";
import { domainId, graphVariables, otherDomainId } from "./graph";
import { startPeers, startScript, type Peers } from "./peers";

const COMMANDS = join(import.meta.dirname, "..", "..", "dist", "commands.cjs");

let engine: TestEngine;
let here: Peers;
let elsewhere: Peers;

beforeAll(async () => {
  engine = await startTestEngine();
  here = await startPeers("--nodes", "here_a,here_b", "--rate", "20");
  elsewhere = await startScript("edge_node.py", ["--nodes", "elsewhere"], otherDomainId);
});

afterAll(async () => {
  await engine.stop();
  await here.stop();
  await elsewhere.stop();
});

function nodeIds(): readonly string[] {
  return engine.operations.snapshot().nodes.map(({ nodeId }) => nodeId);
}

describe("the graph of the operator's choice", () => {
  it("is joined when it is set, and the nodes of the one before are no longer shown", async () => {
    await engine.live("here_a");
    expect(nodeIds()).toEqual(["here_a", "here_b"]);
    const changed = engine.operations.changeSettings({ ros2: { domainId: otherDomainId, discoveryRange: "LOCALHOST" } });
    expect(changed).toMatchObject({ ok: true });
    expect(nodeIds()).toEqual([]);
    await engine.live("elsewhere");
    expect(nodeIds()).toEqual(["elsewhere"]);
    expect(engine.operations.snapshot().link).toMatchObject({ domainId: otherDomainId, discoveryRange: "LOCALHOST", state: "up" });
    engine.operations.changeSettings({ ros2: { domainId: null, discoveryRange: null } });
    await engine.live("here_b");
    expect(engine.operations.snapshot().link).toMatchObject({ domainId, discoveryRange: "LOCALHOST" });
  });
});

describe("./lydlr start --link ros2 --headless --json", () => {
  it("lists exactly the nodes that are there, at their rates", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "lydlr-headless-"));
    const args = ["start", "--headless", "--link", "ros2", "--for", "16s", "--json", "--data-dir", dataDir];
    const child = spawn(process.execPath, [COMMANDS, ...args], { env: { ...process.env, ...graphVariables }, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    const [code] = (await once(child, "close")) as [number];
    rmSync(dataDir, { recursive: true, force: true });
    expect(code).toBe(0);
    const lines = text.trim().split("\n").map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const last = lines.findLast(({ type }) => type === "status") as { readonly nodes: readonly { readonly nodeId: string; readonly sampleRateHz: number }[] };
    expect(last).toMatchObject({ link: "ros2", linkState: "up" });
    expect(last.nodes.map(({ nodeId }) => nodeId)).toEqual(["here_a", "here_b"]);
    for (const { sampleRateHz } of last.nodes) expect(Math.abs(sampleRateHz / 20 - 1)).toBeLessThan(0.05);
    expect(lines.at(-1)).toMatchObject({ type: "summary", malformed: 0 });
  });
});
