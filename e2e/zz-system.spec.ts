import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { invoke, openLiveFleet } from "./app/fleet";
import { groupWithApp } from "./app/group";
const app = groupWithApp();
test("look", async () => {
  test.setTimeout(300_000);
  const { page, electron } = app();
  page.on("console", (m) => console.log("console", m.text()));
  await openLiveFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("y");
  await expect(page.getByRole("heading", { name: "System", level: 1 })).toBeVisible();
  await page.waitForTimeout(Number(process.env["WAIT"] ?? 30_000));
  for (const [w, h] of [[1280, 800], [1920, 1080]] as const) {
    await electron.evaluate(({ BrowserWindow }, [width, height]) => { BrowserWindow.getAllWindows()[0]?.setContentSize(width, height); }, [w, h] as const);
    for (const theme of ["dark", "light"] as const) {
      await invoke(page, "settings/change", { theme });
      await page.waitForTimeout(800);
      writeFileSync(`/tmp/shots/system-${w}-${theme}.png`, await app().picture());
    }
    const row = page.locator("tr[data-component]").first();
    await page.getByRole("button", { name: /^Values of/ }).first().click();
    await row.scrollIntoViewIfNeeded();
    await page.locator(".system-scroll").evaluate((e) => e.scrollTo(0, 100000));
    await page.getByRole("slider").first().focus();
    await page.keyboard.press("ArrowLeft");
    await page.locator(".system-scroll").evaluate((e) => e.scrollTo(0, 100000));
    await page.waitForTimeout(300);
    writeFileSync(`/tmp/shots/system-${w}-bottom.png`, await app().picture());
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Values of/ }).first().click();
    await page.locator(".system-scroll").evaluate((e) => e.scrollTo(0, 0));
  }
  const now = await invoke(page, "system/now", {});
  console.log(JSON.stringify(now.ok ? { ...now.value, diagnostics: now.value.diagnostics.slice(0, 2) } : now, null, 1));
  console.log(app().troubles());
});
