import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { expectAccessible } from "./app/axe";
import { invoke, openLiveFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

async function openModels(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Models" }).click();
  await expect(page.getByRole("heading", { name: "Models", level: 1 })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Versions" })).toBeVisible({ timeout: 60_000 });
}

/** Compares 1.0.0 with 1.1.0 on the fewest scenes, unless that is on the screen already. */
async function openComparison(page: Page): Promise<void> {
  await openModels(page);
  await page.getByRole("button", { name: "Compare two versions" }).click();
  await expect(page.getByRole("heading", { name: "Compare models", level: 1 })).toBeVisible();
  if (await page.getByRole("region", { name: "Verdict" }).isVisible()) return;
  await chooseB(page, "1.1.0");
  await page.getByRole("radio", { name: "Quick" }).click();
  await expectAccessible(page, "set-up of a comparison");
  await page.getByRole("button", { name: "Compare 1.0.0 with 1.1.0" }).click();
  await expect(page.getByRole("region", { name: "Verdict" })).toBeVisible({ timeout: 240_000 });
  await expect(page.getByRole("slider", { name: /^Divider/ })).toBeVisible({ timeout: 60_000 });
}

/** Chooses the version that is compared with what the fleet runs. */
async function chooseB(page: Page, version: string): Promise<void> {
  await page.getByRole("button", { name: /Version B/ }).click();
  await page.getByRole("option", { name: version, exact: true }).click();
}

/** Drops files onto the window as a file manager does; Playwright cannot, the debugger can. */
async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
    if (type === "dragOver") await expect(page.getByText("Drop to import into the registry")).toBeVisible();
  }
  await session.detach();
}

test("G M opens the registry: versions, what is proven of them, where they run", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  const table = page.getByRole("grid", { name: "Versions" });
  await expect(table).toBeVisible({ timeout: 60_000 });
  const first = table.getByRole("row").filter({ hasText: "1.0.0" });
  await expect(first).toContainText("node_0 to node_5");
  await expect(table.getByRole("row").filter({ hasText: "1.2.0" })).toContainText("DRILL");
  await first.focus();
  await page.keyboard.press("ArrowDown");
  const detail = page.getByRole("region", { name: "Selected: 1.1.0" });
  await expect(detail).toContainText("Where it ran, since the start");
  await expect(detail).toContainText("On no node.");
  await expectAccessible(page, "models");
});

test("comparing 1.0.0 with 1.1.0 gives a verdict, curves, latencies and modalities, and the tick goes on", async () => {
  test.setTimeout(400_000);
  const { page } = app();
  await openLiveFleet(page);
  const before = (await snapshot(page)).tick;
  const startedAtMs = (await snapshot(page)).atMs;
  await openComparison(page);
  const after = await snapshot(page);
  const periodMs = (after.atMs - startedAtMs) / (after.tick - before);
  expect(periodMs, "ticks come every 500 ms while it measures").toBeGreaterThan(490);
  expect(periodMs).toBeLessThan(510);
  const verdict = page.getByRole("region", { name: "Verdict" });
  await expect(verdict).toContainText(/1\.1\.0 needs \d+ % fewer bytes for the same picture \(BD-rate −\d+\.\d % on MS-SSIM/);
  await expect(page.getByText("20 held-out frames of 5 scenes, none used in training")).toBeVisible();

  const modalities = page.getByRole("table", { name: "Modalities" });
  await expect(modalities.getByRole("row")).toHaveCount(6);
  await page.getByRole("button", { name: "Show Rate and distortion as a table" }).click();
  const curves = page.getByRole("region", { name: "Rate and distortion, table" });
  await expect(curves.getByRole("row").filter({ hasText: "1.1.0" })).toHaveCount(5);
  await page.getByRole("button", { name: "Show Rate and distortion as a chart" }).click();
  await expect(page.getByRole("img", { name: "Distribution of encode latency" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Deploy 1.1.0…" })).toBeVisible();
});

test("both reconstructions in every look, and the charts as tables, can be read by everybody", async () => {
  test.setTimeout(400_000);
  const { page } = app();
  await openComparison(page);
  for (const look of ["Side by side", "Difference ×4", "Slider"]) {
    await page.getByRole("radio", { name: look }).click();
    await expectAccessible(page, `comparison, ${look.toLowerCase()}`);
  }
  const charts = ["Rate and distortion", "Encode latency"];
  for (const chart of charts) await page.getByRole("button", { name: `Show ${chart} as a table` }).click();
  await expectAccessible(page, "comparison with tables");
  for (const chart of charts) await page.getByRole("button", { name: `Show ${chart} as a chart` }).click();
});

test("the divider, the magnified part and the level go by keys", async () => {
  test.setTimeout(400_000);
  const { page } = app();
  await openComparison(page);
  const divider = page.getByRole("slider", { name: "Divider between 1.0.0 and 1.1.0" });
  await divider.focus();
  await expect(divider).toHaveAttribute("aria-valuenow", "50");
  await page.keyboard.press("ArrowRight");
  await expect(divider).toHaveAttribute("aria-valuenow", "52");
  await page.keyboard.press("PageDown");
  await expect(divider).toHaveAttribute("aria-valuenow", "42");
  await page.keyboard.press("Home");
  await expect(divider).toHaveAttribute("aria-valuetext", "0 % 1.0.0, 100 % 1.1.0");
  await page.keyboard.press("End");
  await expect(divider).toHaveAttribute("aria-valuenow", "100");

  const crop = page.getByRole("group", { name: /^Magnified part, 5\.0 times/ });
  await crop.focus();
  await page.keyboard.press("+");
  await expect(page.getByRole("group", { name: /^Magnified part, 6\.3 times/ })).toBeFocused();

  const level = page.getByRole("slider", { name: "Level of 1.0.0" });
  await level.focus();
  await page.keyboard.press("Home");
  await expect(level).toHaveAttribute("aria-valuetext", /^1\.0\.0 level 1: /);
  await expect(page.getByText(/ · level 1$/)).toHaveCount(2);
});

test("pictures differ from each other and from the original, and the next frame is another one", async () => {
  test.setTimeout(400_000);
  const { page } = app();
  await openComparison(page);
  const brightness = (name: string): Promise<number> =>
    page.getByRole("img", { name, exact: true }).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      // A copy is read: reading a canvas of the page would change how it is kept.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy?.drawImage(canvas, 0, 0);
      const data = copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
      return data.reduce((sum, value, index) => sum + (index % 4 === 3 ? 0 : value * ((index % 251) + 1)), 0);
    });
  const names = ["Original, magnified", "1.0.0, magnified", "1.1.0, magnified"];
  const sums: number[] = [];
  for (const name of names) sums.push(await brightness(name));
  expect(new Set(sums).size).toBe(3);
  expect(Math.min(...sums)).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Next frame" }).click();
  await expect(page.getByRole("group", { name: "Frame" })).toContainText("2 of 20");
  await expect.poll(() => brightness("Original, magnified")).not.toBe(sums[0]);
  await page.getByRole("button", { name: "Swap A and B" }).click();
  await expect(page.getByRole("slider", { name: "Divider between 1.1.0 and 1.0.0" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("1.1.0 needs");
  await page.getByRole("button", { name: "Swap A and B" }).click();
});

test("a comparison that is cancelled ends its process and keeps nothing", async () => {
  test.setTimeout(400_000);
  const { page, processes } = app();
  await openComparison(page);
  await page.getByRole("button", { name: "Compare again…" }).click();
  await page.getByRole("radio", { name: "Thorough" }).click();
  await page.getByRole("button", { name: "Compare 1.0.0 with 1.1.0" }).click();
  await expect(page.getByRole("progressbar", { name: "Measured" })).toBeVisible();
  await expect(page.getByText(/steps, \d+ %/)).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page, "comparison in progress");
  const running = processes().length;
  await page.getByRole("button", { name: "Cancel the comparison" }).click();
  await expect(page.getByText("The comparison of 1.0.0 and 1.1.0 was cancelled. Nothing of it was kept.")).toBeVisible();
  await expect.poll(() => processes().filter(({ isZombie }) => !isZombie).length).toBeLessThan(running);
});

test("what is dropped on the window is imported or refused with a code and a sentence", async () => {
  const { page } = app();
  await openModels(page);
  const rows = page.getByRole("grid", { name: "Versions" }).getByRole("row");
  const before = await rows.count();
  const folder = mkdtempSync(join(tmpdir(), "drop-"));
  try {
    const bundle = join(folder, "jumble");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "manifest.json"), "{ this is no manifest");
    const text = join(folder, "letter.zip");
    writeFileSync(text, "no archive at all");
    await drop(page, [bundle, text]);
    const panel = page.getByRole("region", { name: "Import" });
    await expect(panel.getByRole("alert")).toHaveCount(2, { timeout: 60_000 });
    await expect(panel).toContainText("BAD_MANIFEST");
    await expect(panel).toContainText("BAD_ARCHIVE");
    await expect(panel).toContainText("0 bundles imported, 2 refused");
    await expect(rows, "nothing of it is in the registry").toHaveCount(before);
    await panel.getByRole("button", { name: "Dismiss" }).click();
    await expect(panel).toHaveCount(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a version that cannot be opened says why, with its code", async () => {
  const { page } = app();
  await openModels(page);
  const answer = await invoke(page, "comparison/start", { versionA: "1.0.0", versionB: "9.9.9", source: "held-out", size: "quick" });
  expect(answer.ok).toBe(true);
  await page.getByRole("button", { name: "Compare two versions" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "UNKNOWN_VERSION" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: /^Compare 1\.0\.0 with/ }), "another one can be set up at once").toBeVisible();
});
