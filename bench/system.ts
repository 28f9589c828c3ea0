import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { libraryPort } from "../electron/system/library-port";
import { systemPort } from "../electron/system/linux-port";
import { ownCpuMs } from "../electron/system/own-cpu";
import type { SystemPort } from "../electron/system/port";
import { startSampler } from "../electron/system/sampler";
import { systemTimers } from "../electron/time/system-timers";
import { NotAvailable, readOptions, reportOn, rounded, type Benchmark } from "./benchmark";

const HELP = `usage: ./lydlr bench system [--settle S] [--measure S] [--json]

Runs three processes side by side for S seconds (60), after S seconds (10) to settle: one that does nothing but
wake up once a second, one that samples this machine as the application does, and one that asks systeminformation
for everything once a second. Prints the processor time of each, with that of the programs that it started.
`;

/** How this program knows that it is one of the three. */
const ROLE = "LYDLR_BENCH_SYSTEM_ROLE";
const ROLES = ["bare", "sampler", "library"] as const;
type Role = (typeof ROLES)[number];

const TICK_MS = 10;

/** Processor time of this process and of the programs that it started and that ended, ms (proc(5)). */
function cpuWithChildrenMs(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const children = (fields[13] ?? 0) + (fields[14] ?? 0);
  return ownCpuMs() + children * TICK_MS;
}

async function askForEverything(port: SystemPort): Promise<void> {
  await Promise.all([port.cores(), port.memory(), port.disk("/"), port.diskIo(), port.network(), port.temperatures(), port.gpus(), port.battery()]);
}

/** Does its role until it is ended; says how much it has used each second. */
function play(role: Role): void {
  const wake = setInterval(() => {
    process.stdout.write(`${cpuWithChildrenMs()}\n`);
    if (role === "library") void askForEverything(libraryPort());
  }, 1_000);
  const processes = () => [{ pid: process.pid, kind: "main" }, ...(process.ppid > 1 ? [{ pid: process.ppid, kind: "parent" }] : [])];
  if (role === "sampler") {
    startSampler({ timers: systemTimers, port: systemPort(), dataDir: "/", processes, cpuMs: ownCpuMs, onSample: () => undefined });
  }
  process.once("SIGTERM", () => {
    clearInterval(wake);
    process.exit(0);
  });
}

/** Percent of a core that a role takes. */
async function measure(role: Role, settleS: number, measureS: number): Promise<number> {
  const child = spawn(process.execPath, [process.argv[1] ?? "", "system"], { env: { ...process.env, [ROLE]: role }, stdio: ["ignore", "pipe", "inherit"] });
  const readings: { readonly atMs: number; readonly cpuMs: number }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => readings.push({ atMs: performance.now(), cpuMs: Number(line) }));
  await new Promise((resolve) => setTimeout(resolve, (settleS + measureS) * 1_000 + 500));
  child.kill("SIGTERM");
  const last = readings.at(-1);
  const first = last === undefined ? undefined : readings.find(({ atMs }) => atMs >= last.atMs - measureS * 1_000 - 100);
  if (first === undefined || last === undefined || first === last) throw new NotAvailable(`the process "${role}" said nothing`);
  return ((last.cpuMs - first.cpuMs) / (last.atMs - first.atMs)) * 100;
}

/** What watching this machine costs. */
export const systemBenchmark: Benchmark = {
  name: "system",
  summary: "processor time of the machine's sampler, next to a bare process and to systeminformation alone",
  help: HELP,
  async run(args, io) {
    const role = ROLES.find((each) => each === process.env[ROLE]);
    if (role !== undefined) {
      play(role);
      return new Promise(() => undefined);
    }
    if (process.platform !== "linux") throw new NotAvailable("it reads /proc, which only Linux has");
    const { isJson, numbers } = readOptions(args, { settle: 10, measure: 60 });
    const report = reportOn(io, isJson);
    report.progress(`three processes for ${numbers.settle + numbers.measure} s`);
    const [bare = Number.NaN, sampler = Number.NaN, library = Number.NaN] = await Promise.all(ROLES.map((each) => measure(each, numbers.settle, numbers.measure)));
    const words = { bare: "a bare process", sampler: "the sampler", library: "systeminformation for everything, once a second" };
    for (const [each, percent] of [["bare", bare], ["sampler", sampler], ["library", library]] as const) {
      report.line({ type: "process", what: each, cpuPercent: rounded(percent, 3) }, `${words[each].padEnd(48)} ${percent.toFixed(2).padStart(6)} % of a core`);
    }
    report.line(
      { type: "summary", samplerCpuPercent: rounded(sampler - bare, 3), libraryCpuPercent: rounded(library - bare, 3), underOnePercent: sampler - bare < 1 },
      `the sampler takes ${(sampler - bare).toFixed(2)} % of a core above the bare process; systeminformation alone would take ${(library - bare).toFixed(1)} %`,
    );
    return sampler - bare < 1 ? 0 : 1;
  },
};
