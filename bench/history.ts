import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openThread } from "../electron/history/calls";
import { INVENTED_FLEET, inventedNode, SampleInventor } from "../electron/history/invented-samples";
import { HistoryKeeper } from "../electron/history/keeper";
import { openPlainRows, type PlainRows } from "../electron/history/plain-rows";
import type { WriterCalls } from "../electron/history/protocol";
import { HistoryReader } from "../electron/history/reading";
import { openForReading, openForWriting, rows } from "../electron/history/tables";
import { DEFAULT_RETENTION } from "../shared/contract/history";
import type { CommandIo } from "../electron/commands/command";
import { readOptions, reportOn, rounded, type Benchmark, type Report } from "./benchmark";
import { median } from "./statistics";

const HELP = `usage: ./lydlr bench history [--hours H] [--nodes N] [--charts N] [--full] [--json]

Makes a history of N nodes (50) at 2 Hz over H hours (6), through the code that the application writes with, and the same
samples as plain rows with an index by node and time. Prints the size of a sample, median times of N charts (15) of
one node side by side with the same chart on the plain rows, the processor time of writing 100 samples a second
for an hour and a quarter, and how long the thread takes to start with that file and with none. Values are as hard to pack
as samples can be: all bits of a double.

  --full  seven days: 60 million samples, some 10 GB of disk for both, some 20 minutes
`;

const SLOT_MS = 300_000;
const HOUR_MS = 3_600_000;
const BEGIN_MS = 1_700_002_800_000;
const MAX_POINTS = 300;

interface Scale {
  readonly nodes: number;
  readonly hours: number;
  readonly charts: number;
}

function keeperOf(path: string): HistoryKeeper {
  return new HistoryKeeper({ path, retention: { ...DEFAULT_RETENTION, rawDays: 60, maxBytes: 1e12 }, tell: () => undefined });
}

function workOff(keeper: HistoryKeeper, nowMs: number): void {
  while (keeper.step(nowMs));
}

/** Writes the same samples into both; resolves to how many. The driver frees its statements between turns of the loop. */
async function fill(path: string, plain: PlainRows, { nodes, hours }: Scale, progress: (sentence: string) => void): Promise<number> {
  const keeper = keeperOf(path);
  const inventor = new SampleInventor({ nodes, periodMs: 500, seed: 7 });
  let samples = 0;
  for (let fromMs = BEGIN_MS; fromMs < BEGIN_MS + hours * HOUR_MS; fromMs += SLOT_MS) {
    const batch = inventor.batch(fromMs, SLOT_MS);
    const written = keeper.append([batch], fromMs + SLOT_MS);
    if (!written.ok) throw new Error(written.error.message);
    workOff(keeper, fromMs + SLOT_MS);
    plain.append(batch.rows);
    samples += written.value.samples;
    await nextTurn();
    if ((fromMs - BEGIN_MS) % (12 * HOUR_MS) === 0) progress(`${((fromMs - BEGIN_MS) / HOUR_MS).toFixed(0)} of ${hours} h written`);
  }
  workOff(keeper, BEGIN_MS + hours * HOUR_MS + 60_000);
  keeper.close();
  return samples;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function timed(work: () => void): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}

/** Median ms of charts of one length, of another node each time, in turn on the history and on the plain rows. */
function charts(report: Report, reader: HistoryReader, plain: PlainRows, scale: Scale, lengthMs: number, name: string): void {
  const endMs = BEGIN_MS + scale.hours * HOUR_MS;
  const [historyMs, plainMs]: [number[], number[]] = [[], []];
  const plainCharts = Math.min(scale.charts, lengthMs > 24 * HOUR_MS ? 3 : 7);
  let level = "";
  for (let chart = 0; chart < scale.charts; chart += 1) {
    const node = (chart * 7) % scale.nodes;
    const toMs = endMs - ((chart * 977_000) % Math.max(1, scale.hours * HOUR_MS - lengthMs + 1));
    historyMs.push(
      timed(() => {
        const answer = reader.range({ fleet: INVENTED_FLEET, nodeId: inventedNode(node), fromMs: toMs - lengthMs, toMs, maxPoints: MAX_POINTS, nowMs: endMs });
        if (!answer.ok) throw new Error(answer.error.message);
        level = answer.value.level;
      }),
    );
    if (chart < plainCharts) plainMs.push(timed(() => plain.chart(node, toMs - lengthMs, toMs, MAX_POINTS)));
  }
  const [ours, theirs] = [median(historyMs), median(plainMs)];
  report.line(
    { type: "chart", length: name, level, historyMs: rounded(ours, 2), maxHistoryMs: rounded(Math.max(...historyMs), 2), plainMs: rounded(theirs, 2), ratio: rounded(theirs / ours, 1) },
    `a chart of ${name} of one node: ${ours.toFixed(1)} ms (slowest ${Math.max(...historyMs).toFixed(1)}) from ${level}, ${theirs.toFixed(1)} ms on plain rows: ${(theirs / ours).toFixed(1)} times (medians)`,
  );
}

/** Processor time of writing 100 samples a second, a batch a second, with packing and a roll-up, as a share of a core. */
function writeCost(folder: string): { readonly percent: number; readonly packPercent: number } {
  const keeper = keeperOf(join(folder, "cost.db"));
  const inventor = new SampleInventor({ nodes: 50, periodMs: 500, seed: 3 });
  const seconds = 4_500;
  const batches = Array.from({ length: seconds }, (_, second) => inventor.batch(BEGIN_MS + second * 1_000, 1_000));
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const beganMs = cpuMs();
  let workMs = 0;
  for (const [second, batch] of batches.entries()) {
    const nowMs = BEGIN_MS + (second + 1) * 1_000;
    const written = keeper.append([batch], nowMs);
    if (!written.ok) throw new Error(written.error.message);
    const before = cpuMs();
    workOff(keeper, nowMs);
    workMs += cpuMs() - before;
  }
  const spentMs = cpuMs() - beganMs;
  keeper.close();
  return { percent: spentMs / seconds / 10, packPercent: workMs / seconds / 10 };
}

/** Ms from the beginning of the thread until it has written its first batch. */
async function startMs(path: string): Promise<number> {
  const beganMs = performance.now();
  const thread = openThread<WriterCalls>({ entry: join(__dirname, "history-thread.cjs"), data: { role: "writer", path, retention: { ...DEFAULT_RETENTION, rawDays: 60, maxBytes: 1e12 }, nowMs: BEGIN_MS } });
  const nowMs = BEGIN_MS + 8 * 24 * HOUR_MS;
  const batch = new SampleInventor({ nodes: 6, periodMs: 500, seed: Math.round(beganMs) }).batch(nowMs, 1_000);
  const written = await thread.call("append", { batches: [{ ...batch, token: `start:${beganMs}` }], nowMs });
  const tookMs = performance.now() - beganMs;
  if (!written.ok) throw new Error(written.error.message);
  await thread.call("close", null);
  await thread.end();
  return tookMs;
}

function tellSizes(report: Report, path: string, plain: PlainRows, samples: number): void {
  const database = openForWriting(path);
  rows(database, "PRAGMA wal_checkpoint(TRUNCATE)");
  const raw = Number(rows(database, "SELECT sum(length(body)) FROM blocks")[0]?.[0]);
  const rolled = ["tens", "minutes", "hours"].reduce((sum, table) => sum + Number(rows(database, `SELECT coalesce(sum(length(body)), 0) FROM ${table}`)[0]?.[0]), 0);
  database.close();
  const bytes = statSync(path).size;
  const isWhole = samples >= 60e6;
  const week = (60.48e6 * bytes) / samples;
  report.line(
    {
      type: "size",
      samples,
      bytes,
      bytesPerSample: rounded(bytes / samples, 2),
      rawBytesPerSample: rounded(raw / samples, 2),
      rollUpBytesPerSample: rounded(rolled / samples, 2),
      plainBytesPerSample: rounded(plain.bytes() / samples, 2),
      ...(isWhole ? { measuredWeekBytes: bytes } : { extrapolatedWeekBytes: Math.round(week) }),
    },
    `${samples} samples in ${(bytes / 1e6).toFixed(1)} MB: ${(bytes / samples).toFixed(1)} bytes a sample (packed ${(raw / samples).toFixed(1)}, roll-ups ${(rolled / samples).toFixed(1)}, the rest is pages and indexes), plain rows ${(plain.bytes() / samples).toFixed(1)}; 7 days of 50 nodes: ${((isWhole ? bytes : week) / 1e9).toFixed(2)} GB, ${isWhole ? "measured" : "extrapolated"}`,
  );
}

async function measure(scale: Scale, report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lydlr-bench-"));
  const path = join(folder, "history.db");
  const plain = openPlainRows(join(folder, "plain.db"));
  try {
    report.progress(`writing ${scale.hours} h of ${scale.nodes} nodes, twice`);
    const samples = await fill(path, plain, scale, (sentence) => report.progress(sentence));
    tellSizes(report, path, plain, samples);
    const reader = new HistoryReader(openForReading(path));
    charts(report, reader, plain, scale, HOUR_MS, "an hour");
    if (scale.hours >= 12) charts(report, reader, plain, scale, 12 * HOUR_MS, "half a day");
    if (scale.hours >= 24) charts(report, reader, plain, scale, 24 * HOUR_MS, "a day");
    charts(report, reader, plain, scale, scale.hours * HOUR_MS, scale.hours === 168 ? "7 days" : `${scale.hours} h`);
    reader.close();
    const cost = writeCost(folder);
    report.line(
      { type: "write", samplesPerSecond: 100, percentOfACore: rounded(cost.percent, 3), ofThatPackingPercent: rounded(cost.packPercent, 3) },
      `writing 100 samples a second: ${cost.percent.toFixed(2)} % of a core, of that ${cost.packPercent.toFixed(2)} % packing and rolling up`,
    );
    const [emptyMs, fullMs]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < 5; turn += 1) {
      emptyMs.push(await startMs(join(folder, `empty-${turn}.db`)));
      fullMs.push(await startMs(path));
    }
    report.line(
      { type: "summary", samples, startWithoutMs: rounded(median(emptyMs), 1), startWithMs: rounded(median(fullMs), 1), longerMs: rounded(median(fullMs) - median(emptyMs), 1) },
      `start of the thread to its first written batch: ${median(emptyMs).toFixed(0)} ms without a file, ${median(fullMs).toFixed(0)} ms with this one (medians); the application waits for neither`,
    );
  } finally {
    plain.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Size, charts, write cost and start of the history, next to plain rows. */
export const historyBenchmark: Benchmark = {
  name: "history",
  summary: "size, chart times and write cost of the history of samples, next to plain rows",
  help: HELP,
  async run(args: readonly string[], io: CommandIo) {
    const isFull = args.includes("--full");
    const { isJson, numbers } = readOptions(args.filter((word) => word !== "--full"), { hours: isFull ? 168 : 6, nodes: 50, charts: 15 });
    await measure(numbers, reportOn(io, isJson));
    return 0;
  },
};
