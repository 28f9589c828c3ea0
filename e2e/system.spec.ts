import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { expectAccessible } from "./app/axe";
import { openLiveFleet } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

test("the machine, its processes and the embedded nodes are seen beside the fleet's latency, and reported", async () => {
  const { page, electron } = app();
  await openLiveFleet(page);
  await page.keyboard.press("g");
  await page.keyboard.press("y");
  await expect(page.getByRole("heading", { name: "System", level: 1 })).toBeVisible();

  // What the window shows is what the main process measured of the processes that really run.
  const processes = page.getByRole("region", { name: "This app" }).getByRole("row");
  const main = await electron.evaluate(() => process.pid);
  await expect(processes.filter({ hasText: String(main) })).toContainText("Main");
  await expect(processes.filter({ hasText: "Inference" })).toBeVisible();
  await expect(page.getByRole("list", { name: "This machine now" }).getByRole("listitem").filter({ hasText: "CPU" })).toContainText(/\d\s*%/);

  // Every embedded node tells its own state, and says that it is embedded.
  const components = page.getByRole("region", { name: "Components" });
  await expect(components.getByText("EMBEDDED")).toHaveCount(6);
  await page.getByRole("button", { name: "Values of node_0: edge node" }).click();
  await expect(components.getByText("encode_percent")).toBeVisible();

  // One cursor over all charts.
  const charts = page.getByRole("slider", { name: /, cursor$/ });
  await expect(charts).toHaveCount(2);
  await charts.first().press("ArrowLeft");
  for (const chart of await charts.all()) await expect(chart).toHaveAttribute("aria-valuetext", /^at \d\d:\d\d:\d\d: /);

  await expectAccessible(page, "system");
  await page.getByRole("button", { name: "Show CPU and fleet latency on one time axis as a table" }).click();
  await expect(page.getByRole("columnheader", { name: /Fleet latency, median/ })).toBeVisible();

  const folder = mkdtempSync(join(tmpdir(), "lydlr-report-"));
  await electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, join(folder, "report.json"));
  await page.getByRole("button", { name: "Export report…" }).click();
  await expect(page.getByRole("status").filter({ hasText: "report.json" })).toBeVisible();
  const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as { readonly node_ids: readonly string[]; readonly compression_history: readonly object[] };
  expect(readdirSync(folder)).toEqual(["report.json"]);
  expect(report.node_ids).toEqual(["node_0", "node_1", "node_2", "node_3", "node_4", "node_5"]);
  expect(report.compression_history.length).toBeGreaterThan(5);
  rmSync(folder, { recursive: true, force: true });
});
