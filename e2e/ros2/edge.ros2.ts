import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
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
  });

  it("obeys a deploy", async () => {
    await engine.deploy("gateway_7", "1.1.0");
    await engine.until("the report", () => engine.node("gateway_7")?.modelVersion === "1.1.0");
    // How well it then does is the machine's business; that it runs the version is its own report.
    expect(["acknowledged", "settling", "verifying", "verified"]).toContain(engine.node("gateway_7")?.command?.phase);
  });
});
