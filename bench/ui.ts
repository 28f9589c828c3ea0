import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright";
import { NotAvailable, readOptions, reportOn, rounded, type Benchmark } from "./benchmark";
import { median, quantile } from "./statistics";
import { leaveFirstStart, PROJECT, startWindow, withDataDir } from "./windows";

const HELP = `usage: ./lydlr bench ui [--ticks N] [--warmup N] [--json]

Replays recorded wire frames as a fleet of 6, 24, 50 and 200 nodes and measures what one tick costs the
window: from the receipt of the snapshot until React has committed what changed, over N ticks (60) after
a warm-up (20); and all that its main thread did in that time, with style, layout and paint, for each tick.
`;

const NODE_COUNTS = [6, 24, 50, 200] as const;
const RECORDING = join(PROJECT, "assets", "recordings", "fleet.lydrec");

declare global {
  interface Window {
    opsTickCosts?: readonly number[];
  }
}

interface ThreadTimes {
  readonly taskMs: number;
  readonly scriptMs: number;
  readonly styleAndLayoutMs: number;
}

async function threadTimes(session: CDPSession): Promise<ThreadTimes> {
  const { metrics } = await session.send("Performance.getMetrics");
  const seconds = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    taskMs: seconds("TaskDuration") * 1000,
    scriptMs: seconds("ScriptDuration") * 1000,
    styleAndLayoutMs: (seconds("LayoutDuration") + seconds("RecalcStyleDuration")) * 1000,
  };
}

/** Waits until the window has counted so many more ticks. @returns their costs, ms. */
async function ticks(page: Page, count: number): Promise<readonly number[]> {
  const begin = await page.evaluate(() => performance.now());
  const costs = await page.waitForFunction(
    ([wanted, beganAtMs]) => {
      const at = (globalThis as { lydlrBench?: { beganAtMs: number; seen: readonly number[]; costs: number[] } }).lydlrBench;
      const state = at?.beganAtMs === beganAtMs ? at : { beganAtMs, seen: window.opsTickCosts ?? [], costs: [] };
      Object.assign(globalThis, { lydlrBench: state });
      // The window puts a new array there after each tick, so another array is another tick.
      if (window.opsTickCosts !== undefined && window.opsTickCosts !== state.seen) {
        state.seen = window.opsTickCosts;
        state.costs.push(window.opsTickCosts.at(-1) ?? Number.NaN);
      }
      return state.costs.length >= wanted ? state.costs : false;
    },
    [count, begin] as const,
    { timeout: 30_000 + 1_000 * count, polling: 100 },
  );
  return (await costs.jsonValue()) as readonly number[];
}

interface Measured extends ThreadTimes {
  readonly view: string;
  readonly costsMs: readonly number[];
}

async function measure(nodes: number, warmup: number, count: number): Promise<Measured> {
  return withDataDir(async (dataDir) => {
    await leaveFirstStart(dataDir);
    const window = startWindow({
      what: "app",
      dataDir,
      args: ["--recording", RECORDING, "--nodes", String(nodes)],
      env: { LYDLR_MEASURE: "1" },
      isWatched: true,
    });
    try {
      const page = await window.page();
      await page.waitForFunction(
        (wanted) => document.querySelectorAll("[data-node-id]").length > 0 && new RegExp(`^${wanted} nodes`).test(document.querySelector(".page-head-title p")?.textContent ?? ""),
        nodes,
        { timeout: 60_000 },
      );
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable");
      await ticks(page, warmup);
      const before = await threadTimes(session);
      const costsMs = await ticks(page, count);
      const after = await threadTimes(session);
      const view = await page.evaluate(() => document.querySelector("[role=radiogroup][aria-label=View] [aria-checked=true], [aria-label=View] [data-selected]")?.textContent ?? "unknown");
      return {
        view: view.toLowerCase(),
        costsMs,
        taskMs: (after.taskMs - before.taskMs) / count,
        scriptMs: (after.scriptMs - before.scriptMs) / count,
        styleAndLayoutMs: (after.styleAndLayoutMs - before.styleAndLayoutMs) / count,
      };
    } finally {
      await window.stop();
    }
  });
}

/** What one tick costs the window, by the number of nodes. */
export const uiBenchmark: Benchmark = {
  name: "ui",
  summary: "what one tick costs the window with 6, 24, 50 and 200 nodes, replayed from recorded frames",
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { ticks: 60, warmup: 20 });
    if (!existsSync(RECORDING)) throw new NotAvailable(`${RECORDING} is not there; assets/recordings/README.md says how it is made`);
    const report = reportOn(io, isJson);
    const summary: Record<string, number> = {};
    let ofSix = Number.NaN;
    for (const nodes of NODE_COUNTS) {
      report.progress(`${nodes} nodes`);
      const { view, costsMs, taskMs, scriptMs, styleAndLayoutMs } = await measure(nodes, numbers.warmup, numbers.ticks);
      const medianMs = median(costsMs);
      const p95Ms = quantile(costsMs, 0.95);
      if (nodes === 6) ofSix = medianMs;
      const ratio = medianMs / ofSix;
      summary[`ratio${nodes}`] = rounded(ratio, 2);
      report.line(
        {
          type: "ui",
          nodes,
          view,
          ticks: costsMs.length,
          medianMs: rounded(medianMs, 2),
          p95Ms: rounded(p95Ms, 2),
          ratioToSix: rounded(ratio, 2),
          mainThreadMs: rounded(taskMs, 2),
          scriptMs: rounded(scriptMs, 2),
          styleAndLayoutMs: rounded(styleAndLayoutMs, 2),
        },
        `${String(nodes).padStart(3)} nodes, ${view}: ${medianMs.toFixed(1)} ms a tick (p95 ${p95Ms.toFixed(1)}), ${ratio.toFixed(2)} times 6 nodes; whole main thread ${taskMs.toFixed(1)} ms a tick, of it script ${scriptMs.toFixed(1)}, style and layout ${styleAndLayoutMs.toFixed(1)}`,
      );
    }
    report.line({ type: "summary", ...summary }, `medians next to 6 nodes: ${NODE_COUNTS.map((nodes) => `${nodes}: ${String(summary[`ratio${nodes}`])}`).join(", ")}`);
    return 0;
  },
};
