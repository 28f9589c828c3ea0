import { expect, test } from "@playwright/test";
import type { ProcessView } from "../shared/contract/snapshot";
import { fleetHeading, invoke, openLiveFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";
import { readProcess } from "./app/processes";
import type { Page } from "@playwright/test";

const app = groupWithApp();

async function inferenceNow(page: Page): Promise<ProcessView> {
  const found = (await snapshot(page)).processes.find(({ name }) => name === "inference");
  if (found === undefined) throw new Error("no process named inference is supervised");
  return found;
}

async function pidNow(page: Page): Promise<number> {
  const { pid } = await inferenceNow(page);
  if (pid === null) throw new Error("the inference process has no pid");
  return pid;
}

test("the inference process is killed: the window lives, says so, and metrics return", async () => {
  const { page, processes } = app();
  await openLiveFleet(page);
  const before = await inferenceNow(page);
  const pid = await pidNow(page);
  expect(processes().map((fact) => fact.pid), "it is a process of this application").toContain(pid);
  expect(pid, "and not the main one").not.toBe(app().electron.process().pid);
  const samplesBefore = (await snapshot(page)).samples;
  const killedAtMs = (await snapshot(page)).atMs;

  process.kill(pid, "SIGKILL");

  await expect.poll(async () => (await inferenceNow(page)).restarts).toBe(before.restarts + 1);
  const happened = page.getByRole("region", { name: "Last 10 minutes" }).getByRole("listitem");
  await expect(happened.filter({ hasText: /inference .*restart \d of 5 follows/ }).first()).toBeVisible();
  await expect.poll(async () => (await inferenceNow(page)).state, { timeout: 30_000 }).toBe("up");
  expect(await pidNow(page)).not.toBe(pid);
  expect(readProcess(pid), "the killed one is gone and waited for").toBeNull();
  await expect(fleetHeading(page)).toBeVisible();

  await expect.poll(async () => (await snapshot(page)).samples, { timeout: 30_000 }).toBeGreaterThan(samplesBefore + 20);
  await expect
    .poll(async () => (await snapshot(page)).nodes.every(({ state, latest }) => state === "live" && (latest?.receivedAtMs ?? 0) > killedAtMs), { timeout: 30_000 })
    .toBe(true);
  await expect(page.locator(".banners").getByRole("status").filter({ hasText: /inference/i })).toHaveCount(0);

  const after = await inferenceNow(page);
  expect(after.restarts, "it was restarted once").toBe(before.restarts + 1);
  const restarts = (await snapshot(page)).events.filter(({ event, tMs }) => event === "inference-up" && tMs >= killedAtMs);
  expect(restarts).toHaveLength(1);
});

test("killed again and again, it waits longer each time and comes back; the time without metrics is a gap", async () => {
  const { page } = app();
  await openLiveFleet(page);
  const beganAtMs = (await snapshot(page)).atMs;
  for (const round of [1, 2, 3]) {
    const { restarts } = await inferenceNow(page);
    process.kill(await pidNow(page), "SIGKILL");
    // The first restart is at once; from the second on there is time to say what is going on.
    if (round > 1) await expect(page.locator(".banners").getByRole("status").filter({ hasText: /inference/i }).first()).toBeVisible();
    await expect.poll(async () => (await inferenceNow(page)).restarts, { message: `round ${round}` }).toBeGreaterThan(restarts);
    await expect.poll(async () => (await inferenceNow(page)).state, { timeout: 40_000 }).toBe("up");
  }
  // A silence ends with the sample after it: a node still counts as live before that, and the gap has no end yet.
  const upAgainAtMs = (await snapshot(page)).atMs;
  await expect
    .poll(async () => (await snapshot(page)).nodes.filter(({ state, latest }) => state === "live" && (latest?.receivedAtMs ?? 0) > upAgainAtMs).length, { timeout: 30_000 })
    .toBe(6);
  const series = await invoke(page, "node/series", { nodeId: "node_0", rangeMs: 60_000, maxPoints: 600 });
  if (!series.ok) throw new Error(series.error.message);
  const gaps = series.value.gaps.filter(({ fromMs, toMs }) => toMs > beganAtMs && toMs - fromMs > 1_000);
  expect(gaps.length, "a back-off of a second or more is a gap of node_0").toBeGreaterThan(0);
  for (const { fromMs, toMs } of gaps) {
    const inside = series.value.atMs.findIndex((atMs) => atMs > fromMs && atMs < toMs);
    expect(inside < 0 || Number.isNaN(series.value.compressionRatio[inside]), "nothing is drawn across it").toBe(true);
  }
});
