import { _electron, type CDPSession, type ElectronApplication, type Page } from "playwright";
import { readOptions, reportOn, rounded, type Benchmark } from "./benchmark";
import { readFootprint } from "./footprint";
import { median, slope } from "./statistics";
import { electronPath, electronSwitches, leaveFirstStart, passed, PROJECT, withDataDir } from "./windows";

const HELP = `usage: ./lydlr bench leak [--minutes N] [--json]

Runs the window with six nodes for N minutes (10), going from the fleet to a node's charts and back every
15 s, and measures after each round, with garbage collected: the heaps and the anonymous memory of window
and main process, and the window's DOM nodes and event listeners. The first quarter warms up. Fails when a memory
grows by more than 2 MB a minute, or when nodes or listeners keep growing.
`;

const ROUND_MS = 15_000;
const WARM_UP_SHARE = 0.25;
const MOST_MB_PER_MINUTE = 2;
const MEGABYTE = 1_000_000;

/** One look at what the application holds. */
interface Look {
  readonly atMinutes: number;
  readonly windowHeapMb: number;
  readonly windowMemoryMb: number;
  readonly mainHeapMb: number;
  readonly mainMemoryMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

const MEMORIES = ["windowHeapMb", "windowMemoryMb", "mainHeapMb", "mainMemoryMb"] as const;
const COUNTS = ["nodes", "listeners"] as const;

async function mainHeapBytes(electron: ElectronApplication): Promise<number> {
  return electron.evaluate(() => {
    const v8 = process.getBuiltinModule("node:v8");
    const vm = process.getBuiltinModule("node:vm");
    v8.setFlagsFromString("--expose-gc");
    const collect = vm.runInNewContext("gc") as () => void;
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  });
}

async function look(electron: ElectronApplication, session: CDPSession, beganAtMs: number): Promise<Look> {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  const mainHeapMb = (await mainHeapBytes(electron)) / MEGABYTE;
  const processes = readFootprint(electron.process().pid ?? 0);
  const memoryMb = (kind: string): number => (processes.find((one) => one.kind === kind)?.anonymousBytes ?? Number.NaN) / MEGABYTE;
  return {
    atMinutes: (performance.now() - beganAtMs) / 60_000,
    windowHeapMb: value("JSHeapUsedSize") / MEGABYTE,
    windowMemoryMb: memoryMb("renderer"),
    mainHeapMb,
    mainMemoryMb: memoryMb("main"),
    nodes: value("Nodes"),
    listeners: value("JSEventListeners"),
  };
}

/** Half a round on a node's page, half on the fleet page. */
async function goRound(page: Page, round: number): Promise<void> {
  await page.getByRole("button", { name: `node_${round % 6}, open` }).first().click();
  await page.locator(".metric-chart").first().waitFor();
  await passed(ROUND_MS / 2);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: /Fleet/ }).click();
  await page.getByRole("article").first().waitFor();
  await page.mouse.move(2, 2);
  await passed(ROUND_MS / 2);
}

/** Whether a count is higher throughout the last third than anywhere in the first. */
function keepsGrowing(values: readonly number[]): boolean {
  const third = Math.floor(values.length / 3);
  if (third < 2) return false;
  return Math.min(...values.slice(-third)) > Math.max(...values.slice(0, third));
}

/** Whether the window and the main process keep what they no longer need. */
export const leakBenchmark: Benchmark = {
  name: "leak",
  summary: "memory, DOM nodes and listeners over ten minutes of use; fails when they grow",
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { minutes: 10 });
    const report = reportOn(io, isJson);
    const looks: Look[] = [];
    await withDataDir(async (dataDir) => {
      await leaveFirstStart(dataDir);
      const electron = await _electron.launch({
        executablePath: electronPath(),
        chromiumSandbox: !electronSwitches().includes("--no-sandbox"),
        args: [...electronSwitches(), PROJECT, "--data-dir", dataDir],
      });
      electron.process().once("exit", (code, signal) => {
        report.progress(`the application ended: ${signal ?? `exit code ${String(code)}`}`);
      });
      try {
        const page = await electron.firstWindow();
        await page.getByRole("article").first().waitFor({ timeout: 60_000 });
        const session = await page.context().newCDPSession(page);
        await session.send("Performance.enable");
        const beganAtMs = performance.now();
        for (let round = 0; performance.now() - beganAtMs < numbers.minutes * 60_000; round += 1) {
          await goRound(page, round);
          const seen = await look(electron, session, beganAtMs);
          looks.push(seen);
          report.line(
            { type: "look", ...Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, rounded(Number(value), 2)])) },
            `${seen.atMinutes.toFixed(1).padStart(4)} min: window heap ${seen.windowHeapMb.toFixed(1)} MB of ${seen.windowMemoryMb.toFixed(0)} MB, main heap ${seen.mainHeapMb.toFixed(1)} MB of ${seen.mainMemoryMb.toFixed(0)} MB, ${seen.nodes} nodes, ${seen.listeners} listeners`,
          );
        }
      } finally {
        await electron.close();
      }
    });
    const warm = looks.slice(Math.floor(looks.length * WARM_UP_SHARE));
    const slopes = MEMORIES.map((name) => [name, slope(warm.map((one) => ({ x: one.atMinutes, y: one[name] })))] as const);
    const growing = COUNTS.filter((name) => keepsGrowing(warm.map((one) => one[name])));
    const steep = slopes.filter(([, perMinute]) => !(perMinute <= MOST_MB_PER_MINUTE)).map(([name]) => name);
    const leaks = [...steep, ...growing];
    report.line(
      {
        type: "summary",
        minutes: numbers.minutes,
        looks: warm.length,
        mbPerMinute: Object.fromEntries(slopes.map(([name, perMinute]) => [name, rounded(perMinute, 3)])),
        nodes: median(warm.map((one) => one.nodes)),
        listeners: median(warm.map((one) => one.listeners)),
        leaks,
      },
      `after warm-up, MB a minute: ${slopes.map(([name, perMinute]) => `${name.replace("Mb", "")} ${perMinute.toFixed(2)}`).join(", ")}; ${leaks.length === 0 ? "nothing leaks" : `growing: ${leaks.join(", ")}`}`,
    );
    return leaks.length === 0 ? 0 : 1;
  },
};
