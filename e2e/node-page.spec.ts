import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type ElectronApplication } from "@playwright/test";
import { invoke, openLiveFleet, openNode, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();
const CHARTS = ["Compression ratio", "Latency", "Quality", "Bandwidth"];

/** Answers the next dialogs for a file name with `path`, or as cancelled. */
async function answerSaveDialog(electron: ElectronApplication, path: string | null): Promise<void> {
  await electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: filePath === null, filePath: filePath ?? "" });
  }, path);
}

test("four charts share one time axis and show the newest values", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await openNode(page, "node_0");
  for (const title of CHARTS) await expect(page.getByRole("region", { name: title })).toBeVisible();
  await expect(page.locator(".recharts-wrapper")).toHaveCount(4);
  const figure = page.getByRole("region", { name: "Bandwidth" }).locator(".metric-chart-figure");
  const shown = await figure.innerText();
  await expect(figure).not.toHaveText(shown);
  await expect(page.getByRole("radio", { name: "1 min", exact: true })).toBeChecked();
  await page.keyboard.press("]");
  await expect(page.getByRole("radio", { name: "10 min" })).toBeChecked();
  await page.keyboard.press("]");
  await expect(page.getByRole("radio", { name: "1 h", exact: true })).toBeChecked();
  // Beyond ten minutes the charts come from the history, which a thread writes and another reads.
  const { atMs } = await snapshot(page);
  const asked = { nodeId: "node_0", fromMs: atMs - 3_600_000, toMs: atMs, maxPoints: 600 };
  const samples = async (): Promise<number> => {
    const answer = await invoke(page, "history/range", asked);
    return answer.ok ? answer.value.samples : 0;
  };
  await expect.poll(samples).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Show Latency as a table" }).click();
  await expect(page.getByRole("region", { name: "Latency" }).getByRole("row").nth(1)).toContainText(/\d/);
  await page.getByRole("button", { name: "Show Latency as a chart" }).click();
  for (const name of ["10 min", "1 min"]) {
    await page.keyboard.press("[");
    await expect(page.getByRole("radio", { name, exact: true })).toBeChecked();
  }
});

test("pause freezes the picture and not the engine", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await openNode(page, "node_0");
  await page.keyboard.press(" ");
  await expect(page.getByRole("button", { name: /^Resume/ })).toBeVisible();
  const figure = page.getByRole("region", { name: "Bandwidth" }).locator(".metric-chart-figure");
  const frozen = await figure.innerText();
  const { tick } = await snapshot(page);
  await expect(page.locator(".charts-line-state")).toHaveText(/^Paused at \d\d:\d\d:\d\d, [3-9] s behind/);
  expect((await snapshot(page)).tick).toBeGreaterThan(tick);
  expect(await figure.innerText()).toBe(frozen);
  await page.getByRole("button", { name: /^Resume/ }).click();
  await expect(figure).not.toHaveText(frozen);
});

test("the arrow keys step through the samples and every chart reads out the same instant", async () => {
  const { page } = app();
  await openLiveFleet(page);
  await openNode(page, "node_0");
  await page.keyboard.press(" ");
  const plot = page.getByRole("slider", { name: "Latency, cursor" });
  await plot.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(plot).toHaveAttribute("aria-valuetext", /^at \d\d:\d\d:\d\d [\d.]+/);
  const first = await plot.getAttribute("aria-valuenow");
  await page.keyboard.press("ArrowLeft");
  await expect(plot).not.toHaveAttribute("aria-valuenow", first ?? "");
  const readOuts = await page.locator(".metric-chart-readout").allInnerTexts();
  expect(readOuts).toHaveLength(4);
  const times = new Set(readOuts.map((text) => /at (\d\d:\d\d:\d\d)/.exec(text)?.[1]));
  expect(times.size, readOuts.join(" | ")).toBe(1);
  await page.getByRole("button", { name: "Show Latency as a table" }).click();
  await expect(page.getByRole("region", { name: "Latency, table of samples" }).getByRole("row").nth(2)).toContainText(/within|beyond/);
});

test("CSV: a header and as many rows as said, and a path that cannot be written is a sentence in the window", async () => {
  const { page, electron } = app();
  await openLiveFleet(page);
  await openNode(page, "node_0");
  await expect
    .poll(async () => {
      const history = await invoke(page, "node/history", { nodeId: "node_0", window: 100 });
      return history.ok ? history.value.filter(({ count }) => count > 0).length : 0;
    }, { timeout: 20_000 })
    .toBeGreaterThan(10);
  const folder = mkdtempSync(join(tmpdir(), "lydlr-csv-"));
  try {
    const path = join(folder, "node_0.csv");
    const button = page.getByRole("button", { name: "Export CSV of node_0" });
    await answerSaveDialog(electron, path);
    await button.click();
    const done = page.locator(".node-export-done");
    await expect(done).toContainText(path);
    const rows = Number(/^([\d\u2009]+) rows/.exec(await done.innerText())?.[1]?.replaceAll("\u2009", ""));
    const [header = "", ...lines] = readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
    for (const column of ["node", "ratio", "latency", "quality", "version"]) expect(header.toLowerCase()).toContain(column);
    expect(lines).toHaveLength(rows);
    expect(rows).toBeGreaterThan(10);
    for (const line of lines) expect(line.split(",")).toHaveLength(header.split(",").length);
    expect(lines.join("\n")).not.toMatch(/NaN|Infinity|undefined/);

    await answerSaveDialog(electron, join(folder, "missing", "node_0.csv"));
    await button.click();
    await expect(page.getByRole("alert")).toContainText("FILE_WRITE_FAILED");
    await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();

    await answerSaveDialog(electron, null);
    await button.click();
    await expect(page.getByRole("alert"), "a change of mind is no error").toHaveCount(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a report of the node is written as PDF and as a page, and says where it lies; a change of mind writes none", async () => {
  const { page, electron } = app();
  await openLiveFleet(page);
  await openNode(page, "node_0");
  const folder = mkdtempSync(join(tmpdir(), "lydlr-report-"));
  try {
    await page.getByRole("button", { name: "Report of node_0…" }).click();
    const dialog = page.getByRole("dialog", { name: "Write a report" });
    await expect(dialog.getByRole("checkbox", { name: "node_0" })).toBeChecked();
    await dialog.getByRole("radio", { name: "Last 15 min" }).click();
    const write = dialog.getByRole("button", { name: "Write to a file…" });
    await answerSaveDialog(electron, null);
    await write.click();
    await expect(page.getByRole("alert")).toHaveCount(0);
    for (const [choice, name, begin] of [["PDF", "report.pdf", "%PDF-"], ["Web page", "report.html", "<!doctype html>"]] as const) {
      const path = join(folder, name);
      await dialog.getByText(choice, { exact: true }).click();
      await answerSaveDialog(electron, path);
      await write.click();
      await expect(dialog.getByRole("region", { name: "The report that was written" })).toContainText(path, { timeout: 20_000 });
      await expect(dialog.getByRole("button", { name: "Show in folder" })).toBeVisible();
      expect(readFileSync(path, "latin1").slice(0, begin.length)).toBe(begin);
    }
    expect(readdirSync(folder).sort()).toEqual(["report.html", "report.pdf"]);
    await page.keyboard.press("Escape");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
