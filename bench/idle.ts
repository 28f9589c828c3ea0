import { readOptions, reportOn, rounded, type Benchmark, type Report } from "./benchmark";
import { readFootprint, TICKS_PER_SECOND, type ProcessFootprint } from "./footprint";
import { leaveFirstStart, passed, startWindow, withDataDir } from "./windows";

const HELP = `usage: ./lydlr bench idle [--settle S] [--measure S] [--json]

Lets a bare Electron window, then the application with six nodes, run untouched for S seconds (30) and
measures memory and processor time of all their processes over the next S seconds (20). Memory is the
proportional set size: pages shared by n processes count 1/n in each.
`;

interface Measured {
  readonly processes: readonly (ProcessFootprint & { readonly cpuPercent: number })[];
  readonly pssBytes: number;
  readonly cpuPercent: number;
}

const MEGABYTE = 1_000_000;

async function measure(what: "app" | "bare", dataDir: string, settleS: number, measureS: number): Promise<Measured> {
  const window = startWindow({ what, dataDir, isWatched: false });
  try {
    await passed(settleS * 1000);
    const before = new Map(readFootprint(window.pid).map((one) => [one.pid, one.cpuTicks]));
    const beganAtMs = performance.now();
    await passed(measureS * 1000);
    const seconds = (performance.now() - beganAtMs) / 1000;
    const processes = readFootprint(window.pid).map((one) => ({
      ...one,
      cpuPercent: ((one.cpuTicks - (before.get(one.pid) ?? 0)) / TICKS_PER_SECOND / seconds) * 100,
    }));
    const sum = (of: (one: (typeof processes)[number]) => number): number => processes.reduce((total, one) => total + of(one), 0);
    return { processes, pssBytes: sum((one) => one.pssBytes), cpuPercent: sum((one) => one.cpuPercent) };
  } finally {
    await window.stop();
  }
}

function tell(report: Report, what: "app" | "bare", measured: Measured): void {
  for (const { kind, pssBytes, rssBytes, cpuPercent } of measured.processes) {
    const [pss, rss] = [pssBytes / MEGABYTE, rssBytes / MEGABYTE];
    report.line(
      { type: "process", what, kind, pssMb: rounded(pss, 1), rssMb: rounded(rss, 1), cpuPercent: rounded(cpuPercent, 2) },
      `${what.padEnd(4)} ${kind.padEnd(10)} ${pss.toFixed(1).padStart(7)} MB (resident ${rss.toFixed(1).padStart(6)} MB) ${cpuPercent.toFixed(2).padStart(6)} % of a core`,
    );
  }
}

/** What the application takes while nobody touches it, next to a bare window. */
export const idleBenchmark: Benchmark = {
  name: "idle",
  summary: "memory and processor time of all processes with 6 nodes, next to a bare Electron window",
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { settle: 30, measure: 20 });
    const report = reportOn(io, isJson);
    const measured = await withDataDir((bareDir) =>
      withDataDir(async (appDir) => {
        await leaveFirstStart(appDir);
        report.progress("the bare window");
        const bare = await measure("bare", bareDir, numbers.settle, numbers.measure);
        report.progress("the application with 6 nodes");
        return { bare, app: await measure("app", appDir, numbers.settle, numbers.measure) };
      }),
    );
    const { bare, app } = measured;
    tell(report, "bare", bare);
    tell(report, "app", app);
    const ratio = app.pssBytes / bare.pssBytes;
    const window = app.processes.find(({ kind }) => kind === "renderer")?.cpuPercent ?? Number.NaN;
    report.line(
      {
        type: "summary",
        barePssMb: rounded(bare.pssBytes / MEGABYTE, 1),
        pssMb: rounded(app.pssBytes / MEGABYTE, 1),
        memoryRatio: rounded(ratio, 3),
        bareCpuPercent: rounded(bare.cpuPercent, 2),
        cpuPercent: rounded(app.cpuPercent, 2),
        windowCpuPercent: rounded(window, 2),
      },
      `memory ${(app.pssBytes / MEGABYTE).toFixed(0)} MB, ${ratio.toFixed(2)} times the bare window's ${(bare.pssBytes / MEGABYTE).toFixed(0)} MB; processor ${app.cpuPercent.toFixed(1)} % of a core (the window alone ${window.toFixed(1)} %), bare window ${bare.cpuPercent.toFixed(1)} %`,
    );
    return 0;
  },
};
