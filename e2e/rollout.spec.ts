import { expect, test, type Page } from "@playwright/test";
import type { RolloutPlan, RolloutView } from "../shared/contract/rollouts";
import { accessibilityFaults } from "./app/axe";
import { changePolicy, choose, freshRequestId, invoke, openLiveFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

/** Three of them are drones: one for each phase. */
const FLEET = 7;
const app = groupWithApp({ args: ["--nodes", String(FLEET)] });

/** A drone has its first 120 samples after 12 s; three of them one after the other, on a busy machine. */
const ENDS_WITHIN_MS = 150_000;
const QUICK = { canary: 1, share: 0.5, atOnce: 1, soakMs: 500, stop: { leastFailures: 1, failureShare: 0.2, leastJudged: 1 } } as const;

/** The trial of a roll-out is short here, and how busy this machine is must not decide it. */
async function openQuickFleet(page: Page): Promise<readonly string[]> {
  await openLiveFleet(page, FLEET);
  const limits = { minCompressionRatio: 5, maxLatencyMs: 5_000, minQualityScore: 0.7 };
  await changePolicy(page, { limits, roles: { latencyMs: "muted" }, trial: { commitSamples: 12 } });
  const drones = async () => (await snapshot(page)).nodes.filter(({ vertical }) => vertical === "drone");
  // A node that has nothing good to go back to is not rolled back.
  const goesBackTo = async (): Promise<readonly boolean[]> => (await drones()).map(({ history }) => history.some(({ version, good }) => version === "1.0.0" && good));
  await expect.poll(goesBackTo, { timeout: 30_000 }).toEqual([true, true, true]);
  return (await drones()).map(({ nodeId }) => nodeId);
}

async function newest(page: Page): Promise<RolloutView> {
  const answer = await invoke(page, "rollouts/list", {});
  if (!answer.ok || answer.value[0] === undefined) throw new Error("there is no roll-out");
  return answer.value[0];
}

async function start(page: Page, plan: RolloutPlan): Promise<void> {
  expect(await invoke(page, "rollouts/start", { plan, requestId: freshRequestId() })).toMatchObject({ ok: true });
}

test("the page is reached by keys, and the dialog says what a roll-out would do before it is started", async () => {
  const { page } = app();
  await openQuickFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { name: "Roll-outs", level: 1 })).toBeVisible();
  await expect(page.getByText("No version was rolled out in phases")).toBeVisible();
  await page.getByRole("button", { name: "Start a roll-out…" }).first().press("Enter");
  const dialog = page.getByRole("dialog", { name: "Start a roll-out" });
  await expect(dialog.getByText("Choose a version.")).toBeVisible();
  await choose(dialog, "radio", /^1\.1\.0/);
  await expect(dialog.getByRole("region", { name: "What it would do now" })).toContainText("node_0");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("the drill is stopped at the canary, which is rolled back, and goes to nobody else", async () => {
  const { page } = app();
  const drones = await openQuickFleet(page);
  test.setTimeout(ENDS_WITHIN_MS + 60_000);
  await start(page, { ...QUICK, version: "1.2.0", nodeIds: [...drones] });
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Roll-outs" }).click();
  await page.getByRole("button", { name: /^Open roll-out/ }).first().click();
  await expect.poll(async () => (await newest(page)).state, { timeout: ENDS_WITHIN_MS }).toBe("stopped");
  await expect(page.getByRole("region", { name: "Where it stands" })).toContainText("The only canary failed.");
  await expect(page.locator(`[data-node-state="rolled-back"]`)).toHaveCount(1);
  const others = (await snapshot(page)).nodes.filter(({ nodeId }) => nodeId !== drones[0]);
  expect(others.every(({ command, modelVersion }) => command === null && modelVersion === "1.0.0")).toBe(true);
  await expect.poll(async () => (await snapshot(page)).nodes.find(({ nodeId }) => nodeId === drones[0])?.modelVersion, { timeout: 20_000 }).toBe("1.0.0");
  expect(await invoke(page, "rollouts/start", { plan: { ...QUICK, version: "1.2.0", nodeIds: [...drones] }, requestId: freshRequestId() })).toMatchObject({ ok: false, error: { code: "QUARANTINED" } });
});

test("a good version goes over canary, share and all to its end; it can be paused by a key", async () => {
  test.setTimeout(ENDS_WITHIN_MS + 60_000);
  const { page } = app();
  const drones = await openQuickFleet(page);
  await start(page, { ...QUICK, version: "1.1.0", nodeIds: [...drones] });
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Roll-outs" }).click();
  await page.getByRole("button", { name: /^Open roll-out/ }).first().click();
  await expect(page.getByRole("button", { name: /Pause before next node/ })).toBeVisible();
  await page.locator("h1").click();
  await page.keyboard.press("p");
  await expect(page.getByText("Paused by operator.").first()).toBeVisible();
  await page.getByRole("button", { name: "Abort…" }).click();
  const question = page.getByRole("alertdialog", { name: /^Abort roll-out/ });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: /^Resume/ }).click();
  await expect.poll(async () => (await newest(page)).state, { timeout: ENDS_WITHIN_MS }).toBe("completed");
  const view = await newest(page);
  expect(view.phases.flatMap(({ nodes }) => nodes.map(({ state }) => state))).toEqual(drones.map(() => "committed"));
  expect(view.phases.map(({ nodes }) => nodes.length)).toEqual([1, 1, 1]);
  expect(view.happened.filter(({ event }) => event === "rollout-gate-passed")).toHaveLength(2);
  await expect(page.getByRole("region", { name: "Where it stands" })).toContainText(`Completed: ${drones.length} of ${drones.length} committed.`);
  await expect(page.getByRole("table").first()).toContainText("Compression ratio");
  expect(await accessibilityFaults(page)).toEqual([]);
});
