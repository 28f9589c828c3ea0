import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./engine";
import { startPeers, startScript, type Peers } from "./peers";

/** Messages of an hour: metrics in both dialects at 10 Hz, a heartbeat every 2 s, coordination in both at 2 Hz. */
const OF_A_NODE = 2 * 36_000 + 1_800 + 2 * 7_200;
/** The fleet's status comes once a second. */
const OF_THE_FLEET = 3_600;

let engine: TestEngine;
let noise: Peers;
let peers: Peers;

beforeAll(async () => {
  engine = await startTestEngine();
  peers = await startPeers("--nodes", "calm");
  await engine.live("calm");
  noise = await startScript("noise.py", ["--node", "noise_0"]);
});

afterAll(async () => {
  await engine.stop();
  await noise.stop();
  await peers.stop();
});

describe("an hour's worth of random bytes on every topic that is listened to", () => {
  it("crashes nothing and is never shown as a metric, while another node goes on", async () => {
    const processes = engine.operations.snapshot().processes.map(({ pid }) => pid);
    // As fast as it comes; the hour is in the number of messages.
    await engine.until(
      "the hour",
      ({ nodes, malformed }) => {
        const ofNode = nodes.find(({ nodeId }) => nodeId === "noise_0")?.malformed ?? 0;
        return ofNode >= OF_A_NODE && malformed - ofNode >= OF_THE_FLEET;
      },
      480_000,
    );
    const snapshot = engine.operations.snapshot();
    const noisy = snapshot.nodes.find(({ nodeId }) => nodeId === "noise_0");
    expect(noisy).toMatchObject({ latest: null, modelVersion: null, sampleRateHz: null });
    expect([...(noisy?.trail.compressionRatio ?? [])].filter((value) => !Number.isNaN(value))).toEqual([]);
    expect(noisy?.coordination).toBeNull();
    expect(snapshot.nodes.find(({ nodeId }) => nodeId === "calm")).toMatchObject({ liveness: "live", malformed: 0 });
    expect(snapshot.nodes).toHaveLength(2);
    expect(snapshot.processes.slice(0, processes.length).map(({ pid, restarts }) => ({ pid, restarts }))).toEqual(
      processes.map((pid) => ({ pid, restarts: 0 })),
    );
    // Each was counted with a reason that a person can look at.
    const codes = new Set(engine.operations.malformed().map(({ code }) => code));
    expect(codes.size).toBeGreaterThan(2);
  }, 600_000);
});
