import { expect, test } from "@playwright/test";
import { card, fleetHeading, invoke, openFleet, openLiveFleet } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

test("the palette opens by Ctrl+K, names what it acts on, and runs it", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search or run" });
  await expect(palette).toBeVisible();
  const results = palette.getByRole("menuitem");
  await page.keyboard.type("deploy node_2");
  await expect(results.first()).toContainText(/^Deploy 1\.\d\.\d on node_2…/);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("node_3");
  await expect(results.first()).toContainText("node_3");
  await page.keyboard.press("Enter");
  await expect(palette).toHaveCount(0);
  await expect(page.locator("#node-title")).toHaveText("node_3");
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(fleetHeading(page)).toBeVisible();
});

test("G F, G S, / and ? lead where the list of keys says", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(fleetHeading(page)).toBeVisible();
  await page.keyboard.press("/");
  const filter = page.getByRole("searchbox", { name: /Filter nodes/ });
  await expect(filter).toBeFocused();
  await page.keyboard.type("g?");
  await expect(filter, "letters are letters in a text field").toHaveValue("g?");
  await page.keyboard.press("Escape");
  await expect(filter).toHaveValue("");
  await page.locator("body").click({ position: { x: 640, y: 100 } });
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys).toContainText("Fault console of the embedded fleet");
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
});

test("arrows move between nodes and Enter opens the one under the focus", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await openFleet(page);
  await card(page, "node_0").getByRole("button", { name: "node_0, open" }).focus();
  await page.keyboard.press("ArrowDown");
  const focused = page.locator(".node-link:focus");
  await expect(focused).toHaveCount(1);
  await expect(focused).not.toHaveText("node_0");
  const nodeId = await focused.innerText();
  await page.keyboard.press("Enter");
  await expect(page.locator("#node-title")).toHaveText(nodeId);

  await openFleet(page);
  await page.getByRole("radio", { name: "Table" }).click();
  const rows = page.getByRole("grid", { name: "Nodes" }).locator("tbody").getByRole("row");
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(1)).toBeFocused();
  const second = (await rows.nth(1).getAttribute("data-node-id")) ?? "";
  await page.keyboard.press("Enter");
  await expect(page.locator("#node-title")).toHaveText(second);
  await openFleet(page);
  await page.getByRole("radio", { name: "Cards" }).click();
  await expect(page.getByRole("article")).toHaveCount(6);
});

test("every control of the fleet page can be reached by Tab and shows where the focus is", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await openFleet(page);
  await page.locator("body").press("Home");
  const seen = new Set<string>();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const ringed = element.closest("[data-focus-visible], :focus-visible") !== null;
      return { name: element.getAttribute("aria-label") ?? element.textContent, ringed, outline: style.outlineStyle, width: box.width, height: box.height };
    });
    if (at === null) continue;
    expect(at.ringed, `${at.name} shows its focus`).toBe(true);
    seen.add(at.name);
  }
  for (const wanted of [/Search or run/, /Fleet/, /Settings/, /Deploy a version/, /node_0, open/, /node_5, open/]) {
    expect([...seen].some((name) => wanted.test(name)), `${String(wanted)} among ${[...seen].join(" | ")}`).toBe(true);
  }
});

test("single letters do nothing once they are switched off; combinations still work", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.getByRole("tab", { name: "Keyboard" }).click();
  await page.getByText("Single-key shortcuts").click();
  await expect.poll(async () => (await invoke(page, "app/hello", {}))).toMatchObject({ ok: true, value: { settings: { singleKeyShortcuts: false } } });
  await openFleet(page);
  await page.keyboard.press("?");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.keyboard.press("d");
  await page.keyboard.press("F9");
  await expect(page.getByRole("dialog"), "F9 is no letter").toHaveCount(1);
  await expect(page.getByRole("dialog", { name: "Fault console" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(fleetHeading(page)).toBeVisible();
  await invoke(page, "settings/change", { singleKeyShortcuts: true });
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
});

test("a key that is pressed while a closed dialog still fades is not lost", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("F9");
  await expect(page.getByRole("dialog", { name: "Fault console" })).toBeVisible();
  await page.keyboard.press("Escape");
});
