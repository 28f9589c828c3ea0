import { expect, test } from "@playwright/test";
import { expectAccessible } from "./app/axe";
import { changePolicy, firstStartButton, invoke, muteLatency, openFleet, openLiveFleet, openNode } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

test("the first-start page", async () => {
  const { page } = app();
  await expect(firstStartButton(page)).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page, "first start");
});

test("the fleet page as cards, table and matrix, with a node that needs a person", async () => {
  test.setTimeout(240_000);
  const { page } = app();
  await openLiveFleet(page);
  await muteLatency(page);
  const limits = { minCompressionRatio: 5, maxLatencyMs: 50, minQualityScore: 0.7 };
  await invoke(page, "faults/set", { nodeId: "node_5", fault: "silent", level: 1 });
  await expect(page.getByRole("region", { name: "Needs a person" })).toBeVisible({ timeout: 20_000 });
  for (const view of ["Cards", "Table", "Matrix"]) {
    await page.getByRole("radio", { name: view }).click();
    await expectAccessible(page, `fleet as ${view.toLowerCase()}`);
  }
  await page.getByRole("radio", { name: "Cards" }).click();
  await changePolicy(page, { limits: { ...limits, minCompressionRatio: 900 } });
  await expect(page.getByRole("article", { name: "node_0", exact: true })).toHaveAttribute("data-state", "failing", { timeout: 120_000 });
  await expectAccessible(page, "fleet with failing nodes");
  await changePolicy(page, { limits });
});

test("the page of a node, as charts and as a table", async () => {
  const { page } = app();
  await openFleet(page);
  await openNode(page, "node_0");
  await expectAccessible(page, "node");
  await page.getByRole("button", { name: "Show Latency as a table" }).click();
  await expectAccessible(page, "node with a table");
});

test("a policy that is changed for one node, with a value that it cannot have, and the question why", async () => {
  const { page } = app();
  await openFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  await expect(page.getByText(/to see a 30 % drop/)).toBeVisible({ timeout: 20_000 });
  await page.getByRole("radio", { name: "drone" }).click();
  const quality = page.getByRole("textbox", { name: "Quality, limit, inherited" });
  await quality.fill("2");
  await quality.press("Tab");
  await expect(page.getByText("Quality: A number from 0 to 1.")).toBeVisible();
  await expectAccessible(page, "policy with a value that it cannot have");
  await page.getByRole("textbox", { name: "Quality, limit" }).fill("0.6");
  await page.getByRole("textbox", { name: "Quality, limit" }).press("Tab");
  await page.getByRole("button", { name: "Show What the budget costs as a table" }).click();
  await page.getByRole("button", { name: /^Save as revision/ }).click();
  await expect(page.getByRole("dialog", { name: /^Save as revision/ })).toBeVisible();
  await expectAccessible(page, "why a policy is changed");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard" }).click();
});

test("what a decision was made of", async () => {
  const { page } = app();
  await openFleet(page);
  await page.getByRole("button", { name: /^Why: / }).first().click();
  const decision = page.getByRole("dialog", { name: "Why was this decided?" });
  await expect(decision.getByText(/policy revision|no policy was kept/)).toBeVisible();
  await expectAccessible(page, "a decision");
  await page.keyboard.press("Escape");
});

test("alerts, what is asked about them, and the timeline", async () => {
  const { page } = app();
  await openFleet(page);
  const rail = page.getByRole("navigation", { name: "Pages" });
  await rail.getByRole("button", { name: /Alerts$/ }).click();
  await expect(page.getByRole("region", { name: "Alerts", exact: true })).toBeVisible();
  await expect(page.getByRole("application", { name: /^Timeline of/ })).toBeVisible();
  await expectAccessible(page, "alerts");
  await page.getByRole("button", { name: "Silence…" }).first().click();
  await expect(page.getByRole("dialog", { name: "Silence" })).toBeVisible();
  await expectAccessible(page, "silence");
  await page.keyboard.press("Escape");
  await rail.getByRole("button", { name: "Timeline" }).click();
  await expect(page.getByRole("region", { name: "Events" }).getByRole("table")).toBeVisible();
  await expectAccessible(page, "timeline");
});

test("every section of the settings", async () => {
  const { page } = app();
  await openFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    await expectAccessible(page, `settings, ${await tab.innerText()}`);
  }
});

test("palette, list of keys, deploy and report dialog, fault console and malformed messages", async () => {
  const { page } = app();
  await openFleet(page);
  await openFleet(page);
  const dialogs = [
    { name: "Search or run", open: () => page.keyboard.press("Control+k") },
    { name: "Keys", open: () => page.keyboard.press("?") },
    { name: "Fault console", open: () => page.keyboard.press("F9") },
    { name: "Deploy a version", open: () => page.getByRole("button", { name: "Deploy a version…" }).first().click() },
    {
      name: "Write a report",
      open: async () => {
        await page.getByRole("button", { name: "Report…" }).first().click();
        const dialog = page.getByRole("dialog", { name: "Write a report" });
        for (const choice of ["From, to…", "Chosen nodes…", "Chosen versions…"]) await dialog.getByRole("radio", { name: choice }).click();
      },
    },
    { name: "Malformed messages", open: () => page.getByRole("button", { name: /^Malformed/ }).click() },
  ];
  for (const { name, open } of dialogs) {
    await open();
    const dialog = page.getByRole("dialog", { name });
    await expect(dialog).toBeVisible();
    await expectAccessible(page, name);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog"), "gone, with its fade").toHaveCount(0);
  }
});
