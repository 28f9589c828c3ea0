import { expect, test, type Locator, type Page } from "@playwright/test";
import type { FaultView, PerformanceSample } from "../shared/contract/channels";
import type { NodeView } from "../shared/contract/snapshot";
import { card, choose, invoke, nodeNow, openFleet, openLiveFleet, openNode, releaseOrder, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

/** Opens the fault console on a node. */
async function openConsole(page: Page, nodeId: string): Promise<Locator> {
  const dialog = page.getByRole("dialog", { name: "Fault console" });
  if (!(await dialog.isVisible())) await page.keyboard.press("F9");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: /Node/ }).first().click();
  await page.getByRole("option", { name: new RegExp(`^${nodeId}\\b`) }).click();
  return dialog;
}

async function toggle(page: Page, nodeId: string, fault: string): Promise<void> {
  const dialog = await openConsole(page, nodeId);
  await choose(dialog, "switch", new RegExp(`^${fault}`));
}

async function closeConsole(page: Page): Promise<void> {
  await page.getByRole("dialog", { name: "Fault console" }).getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("dialog", { name: "Fault console" })).toHaveCount(0);
  await releaseOrder(page);
}

async function faultsOn(page: Page, nodeId: string): Promise<readonly FaultView[]> {
  const list = await invoke(page, "faults/list", {});
  if (!list.ok) throw new Error(list.error.message);
  return list.value.filter((fault) => fault.nodeId === nodeId);
}

async function untilLive(page: Page, nodeId: string): Promise<void> {
  await expect(card(page, nodeId)).toHaveAttribute("data-state", "live", { timeout: 30_000 });
}

/** When the first version that is known to have run on a node began, Unix ms. */
function firstRanMs(node: NodeView): number {
  return Math.min(...node.history.map(({ fromMs }) => fromMs));
}

/** The newest ticks of a node that have a sample, oldest first. */
async function recentSamples(page: Page, nodeId: string, ticks = 100): Promise<readonly PerformanceSample[]> {
  const history = await invoke(page, "node/history", { nodeId, window: ticks });
  if (!history.ok) throw new Error(history.error.message);
  return history.value.filter(({ count }) => count > 0);
}

/** Mean latency over the newest ticks, ms. */
async function recentLatencyMs(page: Page, nodeId: string, ticks: number): Promise<number> {
  const samples = await recentSamples(page, nodeId, ticks);
  return samples.reduce((sum, { latencyMs }) => sum + (latencyMs ?? Number.NaN), 0) / samples.length;
}

test("a silent node goes stale after 5 s, in words, and offers nothing that it could not confirm", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await toggle(page, "node_3", "Silent node");
  await closeConsole(page);
  await expect(card(page, "node_3")).toHaveAttribute("data-state", "stale", { timeout: 15_000 });
  const stale = await nodeNow(page, "node_3");
  expect(stale.livenessSinceMs - stale.lastHeardAtMs, "stale 5 s after its last word").toBeGreaterThanOrEqual(4_900);
  expect(stale.livenessSinceMs - stale.lastHeardAtMs).toBeLessThan(6_500);
  await expect(card(page, "node_3")).toContainText(/No sample for [\d.]+ s \(stale after 5 s, lost after 30 s\)\. It is not healthy, it is unknown\./);
  await expect(card(page, "node_3")).toContainText("Stale");
  await expect(card(page, "node_3").getByRole("button", { name: /Roll back/ })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Needs a person" }).getByRole("article", { name: "node_3" })).toBeVisible();
});

test("NaN metrics are counted and listed, and never shown as a number", async () => {
  const { page } = app();
  await openFleet(page);
  await untilLive(page, "node_4");
  const before = await snapshot(page);
  await toggle(page, "node_4", "NaN metrics");
  await closeConsole(page);
  await expect.poll(async () => (await snapshot(page)).malformed).toBeGreaterThan(before.malformed + 4);
  const node = await nodeNow(page, "node_4");
  expect(node.malformed).toBeGreaterThan(4);
  expect(node.latest === null || Object.values(node.latest).every((value) => value === null || Number.isFinite(value))).toBe(true);
  expect(await page.locator("body").innerText()).not.toMatch(/\bNaN\b|Infinity|undefined|\[object/);
  for (const label of await page.locator("svg[aria-label], [aria-valuetext]").evaluateAll((all) => all.map((one) => one.outerHTML))) {
    expect(label).not.toMatch(/NaN|Infinity|undefined/);
  }

  await page.getByRole("button", { name: /^Malformed/ }).click();
  const list = page.getByRole("dialog", { name: "Malformed messages" });
  const row = list.getByRole("row").filter({ hasText: "/lydlr/node_4/transport/metrics" });
  await expect(row).toContainText("NOT_FINITE");
  const counted = async (): Promise<number> => Number((await row.getByRole("cell").first().innerText()).replaceAll(/\s/g, ""));
  const once = await counted();
  expect(once).toBeGreaterThan(0);
  await expect.poll(counted, { message: "it goes on counting while it is open" }).toBeGreaterThan(once);
  await list.getByRole("button", { name: /Node/ }).click();
  await page.getByRole("option", { name: "node_4" }).click();
  // The list of nodes fades; an Escape meanwhile would be its own.
  await expect(page.getByRole("listbox")).toHaveCount(0);
  await expect(list.getByRole("row")).toHaveCount(1 + (await list.getByRole("row").filter({ hasText: "node_4" }).count()));
  await page.keyboard.press("Escape");
  await expect(list).toHaveCount(0);
  await openNode(page, "node_4");
  await page.getByRole("button", { name: /messages since the start/ }).click();
  await expect(list.getByRole("button", { name: /Node/ })).toContainText("node_4");
  await page.keyboard.press("Escape");
  await expect(list).toHaveCount(0);
  await openFleet(page);
  await toggle(page, "node_4", "NaN metrics");
  await closeConsole(page);
  await expect(card(page, "node_4")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  const settled = (await nodeNow(page, "node_4")).malformed;
  await expect.poll(async () => (await nodeNow(page, "node_4")).revision).toBeGreaterThan(node.revision + 3);
  expect((await nodeNow(page, "node_4")).malformed).toBe(settled);
});

test("a crashed node restarts by itself and joins again with its history", async () => {
  const { page } = app();
  await openFleet(page);
  await untilLive(page, "node_5");
  const before = await nodeNow(page, "node_5");
  const answer = await invoke(page, "faults/set", { nodeId: "node_5", fault: "crash", level: 7 });
  expect(answer.ok).toBe(true);
  await expect(card(page, "node_5")).toHaveAttribute("data-state", "stale", { timeout: 15_000 });
  await expect(card(page, "node_5")).toHaveAttribute("data-state", "live", { timeout: 25_000 });
  const back = await nodeNow(page, "node_5");
  expect(firstRanMs(back), "what ran before is still known").toBe(firstRanMs(before));
  expect(back.modelVersion).toBe(before.modelVersion);
  expect(await faultsOn(page, "node_5"), "the crash ends by itself").toEqual([]);
});

test("a noisy camera is harder to compress: ratio or quality falls below all that was seen before", async () => {
  const { page } = app();
  await openFleet(page);
  await untilLive(page, "node_2");
  await expect.poll(async () => (await recentSamples(page, "node_2")).length, { timeout: 20_000 }).toBeGreaterThan(10);
  const before = await recentSamples(page, "node_2");
  const setAtMs = (await snapshot(page)).atMs;
  expect((await invoke(page, "faults/set", { nodeId: "node_2", fault: "noisy-camera", level: 60 })).ok).toBe(true);
  await expect(async () => {
    // The frame that was under way when the fault came on is still a clean one.
    const after = (await recentSamples(page, "node_2")).filter(({ tMs }) => tMs > setAtMs + 1_000);
    expect(after.length).toBeGreaterThan(5);
    const falls = (metric: "compressionRatio" | "qualityScore"): boolean =>
      Math.max(...after.map((sample) => sample[metric] ?? Number.NaN)) < Math.min(...before.map((sample) => sample[metric] ?? Number.NaN));
    expect(falls("compressionRatio") || falls("qualityScore"), JSON.stringify({ before: before.at(-1), after: after.at(-1) })).toBe(true);
  }).toPass({ timeout: 25_000, intervals: [1_000] });
  expect((await invoke(page, "faults/set", { nodeId: "node_2", fault: "noisy-camera", level: 0 })).ok).toBe(true);
});

test("a slow CPU raises the latency that is measured", async () => {
  const { page } = app();
  await openFleet(page);
  await untilLive(page, "node_2");
  const before = await recentLatencyMs(page, "node_2", 20);
  await toggle(page, "node_2", "Slow CPU");
  const slider = page.getByRole("dialog", { name: "Fault console" }).getByRole("slider", { name: "Slow CPU, level" });
  await slider.focus();
  await page.keyboard.press("End");
  await closeConsole(page);
  await expect.poll(() => faultsOn(page, "node_2")).toEqual([{ nodeId: "node_2", fault: "slow-cpu", level: 20 }]);
  await expect.poll(() => recentLatencyMs(page, "node_2", 4), { timeout: 40_000 }).toBeGreaterThan(5 * before);
  await toggle(page, "node_2", "Slow CPU");
  await closeConsole(page);
  await expect.poll(() => recentLatencyMs(page, "node_2", 4), { timeout: 40_000 }).toBeLessThan(3 * before);
});

test("a silent node is lost after 30 s, in words, and comes back with its history and a gap", async () => {
  const { page } = app();
  await openFleet(page);
  await expect(card(page, "node_3")).toHaveAttribute("data-state", /live|stale|lost/, { timeout: 30_000 });
  // It has been silent since the first test, unless that was in another application.
  await invoke(page, "faults/set", { nodeId: "node_3", fault: "silent", level: 1 });
  await expect(card(page, "node_3")).toHaveAttribute("data-state", "lost", { timeout: 45_000 });
  const lost = await nodeNow(page, "node_3");
  expect(lost.livenessSinceMs - lost.lastHeardAtMs, "lost 30 s after its last word").toBeGreaterThanOrEqual(29_900);
  expect(lost.livenessSinceMs - lost.lastHeardAtMs).toBeLessThan(31_500);
  await expect(card(page, "node_3")).toContainText(/No sample for \d+ (s|min \d+ s) \(lost after 30 s\)\. What it does now is unknown\./);
  const refused = await invoke(page, "fleet/deploy", {
    nodeId: "node_3",
    version: "1.2.0",
    expectedVersion: lost.modelVersion,
    requestId: crypto.randomUUID(),
  });
  expect(refused).toMatchObject({ ok: false, error: { code: "NODE_SILENT" } });

  await toggle(page, "node_3", "Silent node");
  await closeConsole(page);
  await expect(card(page, "node_3")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  const back = await nodeNow(page, "node_3");
  expect(firstRanMs(back), "what ran before is still known").toBe(firstRanMs(lost));
  const gaps = [...back.trail.compressionRatio].filter(Number.isNaN).length;
  expect(gaps, "the silence is a gap of 30 s and more").toBeGreaterThan(50);
});

test("Escape closes the console also right after All off, whose button has had its work done", async () => {
  const { page } = app();
  await openFleet(page);
  await untilLive(page, "node_4");
  await toggle(page, "node_4", "Lossy link");
  const dialog = page.getByRole("dialog", { name: "Fault console" });
  const off = dialog.getByRole("button", { name: "All off" });
  await off.click();
  await expect(dialog).toContainText("no fault is on");
  expect(await faultsOn(page, "node_4")).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});
