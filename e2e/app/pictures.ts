import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import sharp from "sharp";
import { invoke, snapshot } from "./fleet";
import { PROJECT, type OpsApp } from "./ops-app";

/**
 * Set to 1, the pictures of README and docs are made anew, also of what other tests walk through. Else no picture is
 * made: each screen is only seen to fit.
 */
export const IS_FOR_DOCS = process.env["LYDLR_SCREENSHOTS"] === "1";
const RESULTS = join(PROJECT, "test-results", "screenshots");
const DOCS = join(PROJECT, "docs", "screenshots");
/** Screens that name folders and the system of the machine that made the picture: not for docs. */
const PRIVATE = new Set(["settings-about", "settings-store"]);
/** Screens that docs also show large. */
const LARGE_IN_DOCS = new Set(["fleet-cards", "fleet-table", "fleet-needs-a-person", "fleet-24-matrix", "node", "node-failing", "models", "compare"]);
const SMALL = { width: 1280, height: 800 };
const LARGE = { width: 1920, height: 1080 };
const SIZES = IS_FOR_DOCS ? [SMALL, LARGE] : [SMALL];
/** Both fit alike. */
const THEMES = IS_FOR_DOCS ? (["dark", "light"] as const) : (["dark"] as const);

async function resize({ electron, page }: OpsApp, size: typeof SMALL): Promise<void> {
  await electron.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, size);
  await expect.poll(() => page.evaluate(() => [innerWidth, innerHeight])).toEqual([size.width, size.height]);
}

/** Where a picture goes. */
function folderFor(name: string, size: typeof SMALL): string {
  const isInDocs = !PRIVATE.has(name) && (size === SMALL || LARGE_IN_DOCS.has(name));
  return isInDocs ? DOCS : RESULTS;
}

/** For docs the fleet should run at its full rate; a busy machine may need a while. */
export async function untilFullRate(page: Page): Promise<void> {
  if (IS_FOR_DOCS) await expect.poll(async () => (await snapshot(page)).link.notices, { timeout: 100_000 }).toEqual([]);
}

/** Pictures of what is on screen, in both themes and every size, where they are for docs. Nothing may stick out sideways. */
export async function shoot(app: OpsApp, name: string): Promise<void> {
  const { page } = app;
  for (const size of SIZES) {
    await resize(app, size);
    for (const theme of THEMES) {
      await invoke(page, "settings/change", { theme });
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      // Dialogs and menus fade in.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)).then(() => undefined));
      // Two frames: the change of theme and size is drawn.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect.soft(overflow, `${name} at ${size.width} sticks out by px`).toBeLessThanOrEqual(0);
      if (!IS_FOR_DOCS) continue;
      const folder = folderFor(name, size);
      mkdirSync(folder, { recursive: true });
      const png = await sharp(await app.picture()).png({ palette: true, quality: 90, compressionLevel: 9, effort: 4 }).toBuffer();
      writeFileSync(join(folder, `${name}-${size.width}-${theme}.png`), png);
    }
  }
  await resize(app, SMALL);
}
