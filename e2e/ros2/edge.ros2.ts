import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpus, hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./engine";
import { graphVariables } from "./graph";

const COMMANDS = join(import.meta.dirname, "..", "..", "dist", "commands.cjs");

let engine: TestEngine;
let edges: readonly ChildProcess[] = [];

beforeAll(async () => {
  engine = await startTestEngine();
  edges = [
    ["--node-id", "drone_7"],
    ["--node-id", "gateway_7", "--vertical", "iot"],
  ].map((args) => spawn(process.execPath, [COMMANDS, "edge", ...args], { env: { ...process.env, ...graphVariables }, stdio: "ignore" }));
});

afterAll(async () => {
  const ended = edges.map((edge) => once(edge, "exit"));
  for (const edge of edges) edge.kill("SIGTERM");
  await Promise.all(ended);
  await engine.stop();
});

describe("./lydlr edge", () => {
  it("is a node that compresses real frames, in a process of its own", async () => {
    await engine.live("drone_7");
    await engine.live("gateway_7");
    expect(engine.node("drone_7")).toMatchObject({ vertical: "drone", dialect: "lydt", modelVersion: "1.0.0" });
    expect(engine.node("gateway_7")).toMatchObject({ vertical: "iot", dialect: "lydt", modelVersion: "1.0.0" });
    expect(engine.node("drone_7")?.latest?.compressionRatio).toBeGreaterThan(1);
    // Each tells of itself and of its machine, which is this one.
    const component = (name: string) => engine.operations.diagnostics().shown.find((each) => each.name === name);
    await engine.until("the machines", () => component("gateway_7: machine")?.values.some(({ key }) => key === "process_cpu_percent") === true);
    expect(component("drone_7: edge node")).toMatchObject({ nodeId: "drone_7", isEmbedded: false, level: "ok" });
    expect(component("gateway_7: machine")).toMatchObject({ hardwareId: hostname(), nodeId: "gateway_7" });
    expect(component("gateway_7: machine")?.values).toContainEqual({ key: "cpu_count", value: String(cpus().length) });
  });

  it("obeys a deploy", async () => {
    await engine.deploy("gateway_7", "1.1.0");
    await engine.until("the report", () => engine.node("gateway_7")?.modelVersion === "1.1.0");
    // How well it then does is the machine's business; that it runs the version is its own report.
    expect(["acknowledged", "settling", "verifying", "verified"]).toContain(engine.node("gateway_7")?.command?.phase);
  });
});
