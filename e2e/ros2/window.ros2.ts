import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../shared/contract/snapshot";
import { freshRequestId, invoke, openFleet, snapshot } from "../app/fleet";
import { launchOps, type OpsApp } from "../app/ops-app";
import { graphVariables } from "./graph";
import { startPeers, type Peers } from "./peers";

const NODES = ["win_0", "win_1", "win_2"];
const WITHIN = { timeout: 20_000, interval: 100 };

let app: OpsApp;
let peers: Peers;

beforeAll(async () => {
  peers = await startPeers("--nodes", NODES.join(","));
  const dataHome = process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share");
  app = await launchOps({ args: ["--link", "ros2"], env: { ...graphVariables, XDG_DATA_HOME: dataHome } });
  await openFleet(app.page);
}, 60_000);

afterAll(async () => {
  const left = await app.quit();
  await peers.stop();
  expect(left).toEqual([]);
});

function live({ nodes }: Snapshot): readonly string[] {
  return nodes.filter(({ state }) => state === "live").map(({ nodeId }) => nodeId);
}

describe("the window with real ROS 2 nodes behind it", () => {
  it("shows exactly the nodes that are there", async () => {
    await expect.poll(async () => live(await snapshot(app.page)), WITHIN).toEqual(NODES);
    for (const nodeId of NODES) {
      await expect.poll(() => app.page.getByRole("article", { name: nodeId, exact: true }).isVisible(), WITHIN).toBe(true);
    }
    expect((await snapshot(app.page)).link).toMatchObject({ kind: "ros2", state: "up" });
    expect(app.troubles()).toEqual([]);
  });

  it("deploys by a click's request, and calls it done on the node's own report", async () => {
    const asked = await invoke(app.page, "fleet/deploy", { nodeId: "win_1", version: "1.1.0", expectedVersion: "1.0.0", requestId: freshRequestId() });
    expect(asked).toMatchObject({ ok: true });
    const phase = async () => (await snapshot(app.page)).nodes.find(({ nodeId }) => nodeId === "win_1")?.command?.phase;
    await expect.poll(phase, WITHIN).toBe("verified");
    expect(peers.lines).toContainEqual({ event: "deploy", node: "win_1", topic: "/lydlr/win_1/command/deploy", version: "1.1.0" });
  });

  it("lives on when its ROS 2 process is killed: another one takes over, and the dead one comes back to stand by", async () => {
    const processNamed = async (wanted: string) => (await snapshot(app.page)).processes.find(({ name }) => name === wanted);
    await expect.poll(async () => (await processNamed("ros2-standby"))?.state, WITHIN).toBe("up");
    const pid = (await processNamed("ros2"))?.pid ?? 0;
    process.kill(pid, "SIGKILL");
    await expect.poll(async () => (await processNamed("ros2"))?.pid, WITHIN).not.toBe(pid);
    await expect.poll(async () => (await processNamed("ros2-standby"))?.restarts, WITHIN).toBe(1);
    await expect.poll(async () => (await snapshot(app.page)).link.state, WITHIN).toBe("up");
    const upAtMs = Date.now();
    await expect.poll(async () => (await snapshot(app.page)).nodes.every(({ latest }) => (latest?.receivedAtMs ?? 0) > upAtMs), WITHIN).toBe(true);
    expect(await app.page.getByRole("heading", { name: "Fleet", level: 1, exact: true }).isVisible()).toBe(true);
    expect(app.troubles()).toEqual([]);
  });
});
