import { expect, test, type Locator, type Page } from "@playwright/test";
import { accessibilityFaults } from "./app/axe";
import { changePolicy, openLiveFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

/** Two drones, one for each arm, and two IoT gateways. */
const FLEET = 4;
const DRONES = ["node_0", "node_1"] as const;
const app = groupWithApp({ args: ["--nodes", String(FLEET)] });

/** Nine blocks of 4.5 s with a swap between them, and as long again on a machine that drops some of them. */
const DECIDED_WITHIN_MS = 150_000;
const ENDS_WITHIN_MS = 90_000;

/** Types into a number field as a person does, and leaves it by Tab. */
async function typeNumber(page: Page, field: Locator, text: string): Promise<void> {
  await field.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
}

/** How busy this machine is must not decide the test, and the trial of a roll-out is short here. */
async function openQuietFleet(page: Page): Promise<void> {
  await openLiveFleet(page, FLEET);
  const limits = { minCompressionRatio: 5, maxLatencyMs: 5_000, minQualityScore: 0.5 };
  await changePolicy(page, { limits, roles: { latencyMs: "muted" }, trial: { commitSamples: 12 } });
  const drones = async () => (await snapshot(page)).nodes.filter(({ nodeId }) => DRONES.some((each) => each === nodeId));
  // A node that has nothing good to go back to is not rolled back; and what is suggested comes from samples.
  await expect.poll(async () => (await drones()).map(({ history }) => history.some(({ good }) => good)), { timeout: 40_000 }).toEqual([true, true]);
}

test("by keys alone: 1.0.0 against 1.1.0 is set up, finds the better one, and takes it to the fleet by a roll-out", async () => {
  test.setTimeout(DECIDED_WITHIN_MS + ENDS_WITHIN_MS + 120_000);
  const { page } = app();
  await openQuietFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page.getByText("No versions were tested against each other on this fleet.")).toBeVisible();
  await page.getByRole("button", { name: "Set up a test…" }).press("Enter");
  await expect(page.getByText("Put a node into each arm.")).toBeVisible();
  for (const [nodeId, key] of [[DRONES[0], "a"], [DRONES[1], "b"]] as const) {
    await page.getByRole("row", { name: nodeId }).focus();
    await page.keyboard.press(key);
    await expect(page.getByRole("grid", { name: `Nodes of arm ${key.toUpperCase()}` }).getByRole("row", { name: nodeId }), "the chip keeps the focus").toBeFocused();
  }
  await page.getByRole("button", { name: /Version of arm B/ }).press("Enter");
  await page.getByRole("option", { name: /^1\.1\.0/ }).press("Enter");
  await page.getByRole("button", { name: /Primary metric/ }).press("Enter");
  await page.getByRole("option", { name: /^Quality/ }).press("Enter");
  const difference = page.getByRole("textbox", { name: "Smallest difference that matters" });
  await expect(difference, "suggested for the quality").toHaveValue("0.01");
  await typeNumber(page, difference, "0.002");
  await page.getByRole("checkbox", { name: "Latency" }).press("Space");
  await page.getByRole("button", { name: "Blocks, time and error" }).press("Enter");
  await typeNumber(page, page.getByRole("textbox", { name: "Wash-out after a swap" }), "0.5");
  await typeNumber(page, page.getByRole("textbox", { name: "Block" }), "4.5");
  await typeNumber(page, page.getByRole("textbox", { name: "Ends by itself after" }), "4");
  await expect(page.getByRole("radio", { name: /^Crossover/ })).toBeChecked();
  await expect(page.getByRole("button", { name: /^Start the test/ })).toBeEnabled();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Control+Enter");

  await expect(page.getByRole("heading", { name: "Test 1", level: 1 })).toBeVisible();
  const verdict = page.getByRole("region", { name: "Verdict" });
  await expect(verdict).toContainText("no verdict yet");
  await expect(verdict).toHaveAttribute("data-verdict", "b-better", { timeout: DECIDED_WITHIN_MS });
  await expect(verdict).toContainText(/B is better: 1\.1\.0 keeps more quality\. Quality \+0\.\d{3}, between \+0\.\d{3} and \+0\.\d{3}/);
  expect(await accessibilityFaults(page)).toEqual([]);

  const promotion = page.getByRole("region", { name: "Promote 1.1.0" });
  await expect(promotion, "says what the click does, before the click").toContainText(/Before it the test ends, and its nodes get 1\.0\.0 back\..*Canarynode_0\. Goes on 5 min after its commit\..*Then allnode_1, node_2 and node_3, 2 at once\./);
  await promotion.getByRole("button", { name: "Promote 1.1.0" }).press("Enter");
  await expect(promotion).toBeHidden();
  await page.getByRole("button", { name: /^Open roll-out/ }).press("Enter", { timeout: ENDS_WITHIN_MS });
  // The first of its nodes is enough here: the roll-outs have tests of their own.
  await expect(page.locator(`[data-phase-name="canary"]`)).toContainText("committed", { timeout: ENDS_WITHIN_MS });
  expect((await snapshot(page)).nodes[0]?.modelVersion).toBe("1.1.0");

  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await page.getByRole("button", { name: "Open test 1" }).press("Enter");
  await page.getByRole("button", { name: "Compute again" }).press("Enter");
  await expect(page.locator(".said")).toContainText("same");
});
