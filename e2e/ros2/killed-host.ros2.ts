import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./engine";
import { startPeers, type Peers } from "./peers";

const KILLS = 20;
const NODES = [...Array(10).keys()].map((index) => `load${String(index)}`);

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

describe("a ROS 2 process that is killed twenty times in a row", () => {
  it("costs no decision, leaves no zombie, and is up again each time", async () => {
    const before = children().length;
    const decisionsBefore = engine.operations.totals().decisions;
    const eventsBefore = engine.events.length;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const pid = hostPid();
      if (pid === null) throw new Error("there is no ROS 2 process to kill");
      const killedAtMs = Date.now();
      process.kill(pid, "SIGKILL");
      await engine.until("the end", () => hostPid() !== pid);
      // Given up after five in a row, as it should: the operator's button starts it again.
      if (engine.operations.snapshot().link.state === "down") engine.retryLink();
      await engine.until(
        "the link, and every node heard",
        ({ link, nodes }) => {
          if (link.state === "down") engine.retryLink();
          return link.state === "up" && nodes.every(({ latest }) => (latest?.receivedAtMs ?? 0) > killedAtMs + 50);
        },
        30_000,
      );
    }
    expect(children().filter(({ state }) => state === "Z")).toEqual([]);
    expect(children()).toHaveLength(before);
    expect(engine.operations.totals().decisions - decisionsBefore).toBe(engine.events.length - eventsBefore);
    expect(engine.events.filter(({ event }) => event === "link-up").length).toBeGreaterThanOrEqual(KILLS);
    expect(engine.operations.snapshot().nodes.map(({ nodeId }) => nodeId)).toEqual(NODES);
  }, 300_000);
});
