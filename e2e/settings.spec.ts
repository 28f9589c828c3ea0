import { expect, test } from "@playwright/test";
import { invoke, openFleet, openLiveFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

test("the theme is dark, light or the desktop's, at once and everywhere", async () => {
  const { page, electron } = app();
  await openFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  await page.getByRole("tab", { name: "Appearance" }).click();
  const theme = page.getByRole("radiogroup", { name: "Theme" });
  const canvas = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await theme.getByRole("radio", { name: "Dark" }).click();
  await expect.poll(canvas).toBe("rgb(15, 17, 20)");
  expect(await electron.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe("dark");
  await theme.getByRole("radio", { name: "Light" }).click();
  await expect.poll(canvas).toBe("rgb(227, 229, 231)");
  expect(await electron.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe("light");
  await theme.getByRole("radio", { name: "System" }).click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  expect(await electron.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe("system");
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  await expect.poll(canvas).toBe(isDark ? "rgb(15, 17, 20)" : "rgb(227, 229, 231)");
});

test("new limits mark the metrics that are beyond them, and taking them back unmarks them", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  const ratio = page.getByRole("textbox", { name: "Compression ratio, limit" });
  const save = async (reason: string): Promise<void> => {
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog", { name: /^Save as revision/ });
    await dialog.getByRole("textbox").fill(reason);
    await dialog.getByRole("button", { name: /^Save as revision/ }).click();
    await expect(dialog).toBeHidden();
  };
  await ratio.fill("900");
  await ratio.press("Tab");
  await save("Nothing compresses so much.");
  await expect.poll(async () => (await snapshot(page)).limits.minCompressionRatio).toBe(900);
  await expect
    .poll(async () => (await snapshot(page)).nodes.every(({ state, beyond }) => state === "failing" && beyond.includes("compressionRatio")), { timeout: 20_000 })
    .toBe(true);
  await openFleet(page);
  await expect(page.getByRole("region", { name: "Needs a person" }).getByRole("article")).toHaveCount(6);
  await expect(page.locator(".emphasis-text-high").first()).toBeVisible();

  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Fill in revision 0" }).click();
  await save("Back to the defaults.");
  await expect.poll(async () => (await snapshot(page)).limits.minCompressionRatio).toBe(5);
  await expect
    .poll(async () => (await snapshot(page)).nodes.filter(({ state }) => state === "live").length, { timeout: 25_000 })
    .toBe(6);
  const { policyRevision } = await snapshot(page);
  const policy = { limits: { minCompressionRatio: -1 } };
  expect((await invoke(page, "policy/save", { policy, reason: "no limit at all", expectedRevision: policyRevision })).ok).toBe(false);
});

test("the self-test computes published values in a process of its own, and the fleet ticks on", async () => {
  test.setTimeout(180_000);
  const { page } = app();
  await openFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  await page.getByRole("tab", { name: "Self-test" }).click();
  await page.getByRole("button", { name: "Run the self-test" }).click();
  await expect(page.getByRole("progressbar", { name: "Computed" })).toBeVisible({ timeout: 20_000 });
  const before = await snapshot(page);
  await expect.poll(async () => (await snapshot(page)).tick).toBeGreaterThan(before.tick + 2);
  await expect(page.getByRole("status").filter({ hasText: /All \d+ values agree/ })).toBeVisible({ timeout: 150_000 });
  const group = page.getByRole("region", { name: "CUSUM run lengths" });
  await group.getByText("CUSUM run lengths").click();
  await expect(group.getByRole("row").filter({ hasText: "one-sided CUSUM k=0.5 h=3, mean 1.5" })).toContainText(/agrees.*3\.75/);
});

test("domain and discovery range are set in the Link section, and said to wait for ROS 2 while it is not in use", async () => {
  const { page } = app();
  await openFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  await page.getByRole("tab", { name: "Link" }).click();
  const save = page.getByRole("button", { name: "Save for the next start with ROS 2" });
  await expect(save).toBeDisabled();
  const domain = page.getByRole("textbox", { name: "Domain id" });
  await domain.fill("42");
  await domain.press("Tab");
  await page.getByRole("radio", { name: "This machine" }).click();
  await expect(page.getByText("2 changes, not applied")).toBeVisible();
  await save.click();
  await expect(save).toBeDisabled();
  const kept = async () => {
    const hello = await invoke(page, "app/hello", {});
    return hello.ok ? hello.value.settings.ros2 : hello.error.code;
  };
  await expect.poll(kept).toEqual({ domainId: 42, discoveryRange: "LOCALHOST" });
  await expect(page.getByText("none: ROS 2 is not in use in this run")).toHaveCount(2);
  await domain.fill("");
  await domain.press("Tab");
  await save.click();
  await expect.poll(kept).toEqual({ domainId: null, discoveryRange: "LOCALHOST" });
  for (const domainId of [-1, 233, 1.5]) {
    const refused = await invoke(page, "settings/change", { ros2: { domainId, discoveryRange: null } });
    expect(refused, `domain ${String(domainId)}`).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
  }
});
