import type { Page } from "playwright";
import { readOptions, reportOn, rounded, type Benchmark } from "./benchmark";
import { median } from "./statistics";
import { leaveFirstStart, startWindow, withDataDir } from "./windows";

const HELP = `usage: ./lydlr bench start [--rounds N] [--json]

Starts a bare Electron window and the application in turn, N times (5) after one round that is not
counted, and prints the time from the start of the process to the first paint, and to the first live
metric in the window, as a ratio to the bare window.
`;

interface Times {
  readonly firstPaintMs: number;
  readonly firstMetricMs: number | null;
}

/** From the process's start to the window's first contentful paint, by the window's own clock. */
async function firstPaint(page: Page, spawnedAtMs: number): Promise<number> {
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0, null, { timeout: 60_000 });
  const paintedAtMs = await page.evaluate(
    () => performance.timeOrigin + (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN),
  );
  return paintedAtMs - spawnedAtMs;
}

async function firstMetric(page: Page, spawnedAtMs: number): Promise<number> {
  const shown = await page.waitForFunction(
    () => (document.querySelector(".metric-value") === null ? false : performance.timeOrigin + performance.now()),
    null,
    { polling: "raf", timeout: 60_000 },
  );
  return Number(await shown.jsonValue()) - spawnedAtMs;
}

async function once(what: "app" | "bare", dataDir: string): Promise<Times> {
  const window = startWindow({ what, dataDir, isWatched: true });
  try {
    const page = await window.page();
    const firstPaintMs = await firstPaint(page, window.spawnedAtMs);
    return { firstPaintMs, firstMetricMs: what === "app" ? await firstMetric(page, window.spawnedAtMs) : null };
  } finally {
    await window.stop();
  }
}

/** How long a start takes, next to a bare window. */
export const startBenchmark: Benchmark = {
  name: "start",
  summary: "to the first paint and to the first live metric, next to a bare Electron window",
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { rounds: 5 });
    const report = reportOn(io, isJson);
    const bare: number[] = [];
    const app: number[] = [];
    const metric: number[] = [];
    await withDataDir((bareDir) =>
      withDataDir(async (appDir) => {
        await leaveFirstStart(appDir);
        await once("bare", bareDir);
        for (let round = 1; round <= numbers.rounds; round += 1) {
          report.progress(`round ${round} of ${numbers.rounds}`);
          const bareTimes = await once("bare", bareDir);
          const appTimes = await once("app", appDir);
          bare.push(bareTimes.firstPaintMs);
          app.push(appTimes.firstPaintMs);
          metric.push(appTimes.firstMetricMs ?? Number.NaN);
          report.line(
            { type: "start", round, bareFirstPaintMs: rounded(bareTimes.firstPaintMs, 1), firstPaintMs: rounded(appTimes.firstPaintMs, 1), firstMetricMs: rounded(appTimes.firstMetricMs ?? Number.NaN, 1) },
            `round ${round}: bare window ${bareTimes.firstPaintMs.toFixed(0)} ms, first paint ${appTimes.firstPaintMs.toFixed(0)} ms, first live metric ${appTimes.firstMetricMs?.toFixed(0) ?? "none"} ms`,
          );
        }
      }),
    );
    const bareMs = median(bare);
    const [paintRatio, metricRatio] = [median(app) / bareMs, median(metric) / bareMs];
    report.line(
      {
        type: "summary",
        rounds: numbers.rounds,
        bareFirstPaintMs: rounded(bareMs, 1),
        firstPaintMs: rounded(median(app), 1),
        firstMetricMs: rounded(median(metric), 1),
        firstPaintRatio: rounded(paintRatio, 3),
        firstMetricRatio: rounded(metricRatio, 3),
      },
      `medians: bare window ${bareMs.toFixed(0)} ms; first paint ${median(app).toFixed(0)} ms, ${paintRatio.toFixed(2)} times it; first live metric ${median(metric).toFixed(0)} ms, ${metricRatio.toFixed(2)} times it`,
    );
    return 0;
  },
};
