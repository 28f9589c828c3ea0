import { expect, test } from "@playwright/test";
import { openFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

const NODES = 24;
const app = groupWithApp({ args: ["--nodes", String(NODES)] });

test("asked for more nodes than the machine can compress, it lowers frame rates, says so, and invents nothing", async () => {
  test.setTimeout(100_000);
  const { page } = app();
  await openFleet(page);
  await expect
    .poll(async () => (await snapshot(page)).link.notices.map(({ code }) => code), { timeout: 60_000 })
    .toContain("FRAME_RATE_LOWERED");
  await expect(page.getByRole("status").filter({ hasText: "FRAME_RATE_LOWERED" })).toContainText(/\d+ nodes ask for \d+/);
  await expect
    .poll(async () => (await snapshot(page)).nodes.filter(({ state }) => state === "live").length, { timeout: 60_000 })
    .toBe(NODES);

  const before = await snapshot(page);
  await expect.poll(async () => (await snapshot(page)).tick).toBeGreaterThan(before.tick + 20);
  const after = await snapshot(page);
  expect(after.malformed).toBe(0);
  const rate = (after.samples - before.samples) / ((after.atMs - before.atMs) / 1000);
  const asked = after.nodes.reduce((sum, { profileRateHz }) => sum + (profileRateHz ?? 0), 0);
  expect(rate, `${rate} messages a second of the ${asked} that the profiles ask for`).toBeLessThan(0.95 * asked);
  expect(rate).toBeGreaterThan(1);
  for (const { nodeId, latest } of after.nodes) {
    for (const value of Object.values(latest ?? {})) expect(value === null || Number.isFinite(value), `${nodeId}: ${String(value)}`).toBe(true);
  }
  await expect(page.getByRole("grid", { name: "Nodes" }), "more than 12 nodes are a table").toBeVisible();
  await expect(page.getByRole("grid", { name: "Nodes" }).locator("tbody").getByRole("row")).toHaveCount(NODES);
});
