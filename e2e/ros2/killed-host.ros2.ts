import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./engine";
import { startPeers, type Peers } from "./peers";

const KILLS = 20;
const NODES = [...Array(10).keys()].map((index) => `load${String(index)}`);
/** Kills between two readings of the memory: what the first ones allocate for good is no leak. */
const MEASURED_KILLS = 15;
/** What may be left of a kill in this process. Far below what one lost host, its batches or its subscriptions hold. */
const LEFT_OF_A_KILL_KB = 200;

let engine: TestEngine;
let peers: Peers;

beforeAll(async () => {
  engine = await startTestEngine();
  peers = await startPeers("--nodes", "load*10");
  for (const nodeId of NODES) await engine.live(nodeId);
});

afterAll(async () => {
  await engine.stop();
  await peers.stop();
});

function hostPid(): number | null {
  return engine.operations.snapshot().processes.find(({ name }) => name === "ros2")?.pid ?? null;
}

/** The state letter of every child of this process, as /proc has it. */
function children(): readonly { readonly pid: number; readonly state: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, state = "", parent = ""] = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /, ") ").split(" ");
        return Number(parent) === process.pid ? [{ pid: Number(name), state }] : [];
      } catch {
        return []; // it ended between the listing and the look
      }
    });
}

/** Shared memory of Fast DDS that lies about: a killed process would leave its own for ever. */
function sharedMemory(): number {
  return readdirSync("/dev/shm").filter((name) => name.startsWith("fastrtps")).length;
}

/** Bytes in use on the heap and beside it, after a collection. */
function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The application's nodes that somebody else sees in the graph. */
async function ownNodesInGraph(): Promise<readonly string[]> {
  const before = peers.lines.length;
  process.kill(peers.pid, "SIGUSR2");
  const isTold = () => peers.lines.slice(before).findLast(({ event }) => event === "graph");
  await expect.poll(isTold, { timeout: 10_000 }).toBeDefined();
  return (isTold()?.["names"] as readonly string[]).filter((name) => name.startsWith("lydlr_ops"));
}

async function killAndHearEverybody(): Promise<void> {
  const pid = hostPid();
  if (pid === null) throw new Error("there is no ROS 2 process to kill");
  const killedAtMs = Date.now();
  process.kill(pid, "SIGKILL");
  await engine.until("the end", () => hostPid() !== pid);
  await engine.until(
    "the link, and every node heard",
    ({ link, nodes }) => {
      // Given up after five in a row, as it should be: the operator's button starts it again.
      if (link.state === "down") engine.retryLink();
      return link.state === "up" && nodes.every(({ latest }) => (latest?.receivedAtMs ?? 0) > killedAtMs + 50);
    },
    30_000,
  );
}

describe("a ROS 2 process that is killed twenty times in a row", () => {
  it("costs no decision, leaves no zombie, no memory and no participant, and is up again each time", async () => {
    await engine.until("the standby", ({ processes }) => processes.some(({ name, state }) => name === "ros2-standby" && state === "up"));
    const before = children().length;
    const decisionsBefore = engine.operations.totals().decisions;
    const eventsBefore = engine.events.length;
    const sharedBefore = sharedMemory();
    let measuredFrom = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (kill === KILLS - MEASURED_KILLS) measuredFrom = bytesInUse();
      await killAndHearEverybody();
    }
    const leftKb = (bytesInUse() - measuredFrom) / 1024 / MEASURED_KILLS;
    expect(leftKb).toBeLessThan(LEFT_OF_A_KILL_KB);
    await engine.until(
      "both processes",
      ({ processes }) => {
        if (processes.some(({ state }) => state === "down")) engine.retryLink();
        return processes.length === 2 && processes.every(({ state }) => state === "up");
      },
      60_000,
    );
    expect(children().filter(({ state }) => state === "Z")).toEqual([]);
    expect(children()).toHaveLength(before);
    expect(sharedMemory()).toBe(sharedBefore);
    expect(engine.operations.totals().decisions - decisionsBefore).toBe(engine.events.length - eventsBefore);
    expect(engine.events.filter(({ event }) => event === "link-up").length).toBeGreaterThanOrEqual(KILLS);
    expect(engine.operations.snapshot().nodes.map(({ nodeId }) => nodeId)).toEqual(NODES);
    // A killed participant is forgotten after its lease of 5 s.
    await expect.poll(ownNodesInGraph, { timeout: 20_000 }).toHaveLength(2);
  }, 600_000);
});
