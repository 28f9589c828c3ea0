import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SensorFrame } from "../shared/codec/sensor-frame";
import type { EventView } from "../shared/contract/snapshot";
import { seededRandom, type Random } from "../shared/random";
import { ok } from "../shared/result";
import type { Timers } from "../shared/time";
import type { FrameEncoder } from "../electron/edge/encoder";
import { startEngine, type Engine } from "../electron/engine";
import { forkedProcess } from "../electron/supervision/forked-process";
import { fasterTimers } from "../electron/time/faster-timers";
import { systemTimers } from "../electron/time/system-timers";
import { readOptions, reportOn, rounded, type Benchmark, type Report } from "./benchmark";
import { slope } from "./statistics";

const HELP = `usage: ./lydlr bench shift [--hours H] [--speed X] [--nodes N] [--seed N] [--json]

A shift of H hours (24) of an embedded fleet of N nodes (6) at a clock that runs X times as fast (10), so that a day takes
2 h 24 min. The engine is the product's: nodes, wire formats, judge, guard, journal, alerts. The encoder
behind the nodes is a stand-in whose latency, size and quality scatter like a real one's, since no machine
compresses ten times as fast.

Every ten minutes of the shift a fault comes and goes: a drill version, a silent node, a crash, metrics that are NaN, a lossy
link. Measured every quarter of an hour, with garbage collected: the heap and the process's memory. Counted: ticks
that never came, faults that had to raise an alert and did not, commands without an end.

Exit 1 where after the first quarter memory grows by 2 MB an hour of the shift or more, more than 1 tick in 10 000
was missed, or an alert or a command was lost.
`;

const MEGABYTE = 1_000_000;
const HOUR_MS = 3_600_000;
const TICK_MS = 500;
const FAULT_EVERY_MS = 600_000;
const LOOK_EVERY_MS = 900_000;
/** A fault lasts so long; what it did is over long before the next. */
const FAULT_MS = 90_000;
const WARM_UP_SHARE = 0.25;
const MOST_MB_PER_HOUR = 2;
const MOST_MISSED = 1 / 10_000;
const FIRST = "1.0.0";
const DRILL = "1.2.0";

const KINDS = ["drill", "silent", "crash", "nan-metrics", "lossy-link"] as const;
type Kind = (typeof KINDS)[number];
/** Of these a person has to be told, by an alert about the node. */
const ALERTING: ReadonlySet<Kind> = new Set<Kind>(["drill", "silent", "crash", "nan-metrics"]);

/** The size of a healthy compressed frame, bytes, and what latency (ms) and quality a healthy one has. */
const HEALTHY = { bytes: 900, latencyMs: 8, quality: 0.9 };
const DRILL_QUALITY = 0.6;

/** What encodes here: nothing is compressed, so that a fleet can be ten times as fast. */
function standIn(random: Random): (timers: Timers) => FrameEncoder<SensorFrame> {
  return (timers) => ({
    load: () => Promise.resolve(ok(null)),
    encode({ camera }, version, _level, repeats) {
      const latencyMs = HEALTHY.latencyMs * repeats * Math.exp(0.06 * random.normal());
      const quality = (version === DRILL ? DRILL_QUALITY : HEALTHY.quality) * (1 + 0.01 * random.normal());
      const payload = new Uint8Array(Math.round(HEALTHY.bytes * (1 + 0.03 * random.normal())));
      return new Promise((resolve) => {
        timers.after(latencyMs, () => {
          resolve(ok({ payload, bytesIn: camera.rgb.length, latencyMs, qualityScore: Math.min(1, quality), modalities: [] }));
        });
      });
    },
  });
}

/** What the process holds, MB, once garbage is collected. */
interface Look {
  readonly atHours: number;
  readonly heapMb: number;
  readonly memoryMb: number;
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/** What came of one fault. */
interface Fault {
  readonly kind: Kind;
  readonly nodeId: string;
  readonly isAlerted: boolean;
}

/** A shift under way. */
interface Shift {
  readonly engine: Engine;
  readonly timers: Timers;
  readonly random: Random;
  readonly events: EventView[];
  pass(ms: number): Promise<void>;
}

async function tryFault({ engine, timers, random, events, pass }: Shift, kind: Kind, nodeIds: readonly string[]): Promise<Fault> {
  const nodeId = nodeIds[random.nextInt(nodeIds.length)] ?? "node_0";
  const fromMs = timers.wallMs();
  if (kind === "drill") {
    for (const { scope, version } of engine.operations.quarantine()) {
      const lifted = engine.operations.liftQuarantine(scope.kind === "node" ? scope : { kind: "class", nodeClass: scope.vertical }, version, "the next drill");
      if (!lifted.ok) throw new Error(lifted.error.message);
    }
    const asked = await engine.operations.deployModel({ nodeId, version: DRILL, expectedVersion: FIRST, requestId: `drill-${Math.round(fromMs)}` });
    if (!asked.ok) throw new Error(`${asked.error.code}: ${asked.error.message}`);
    await pass(FAULT_MS);
  } else {
    const level = kind === "lossy-link" ? 0.2 : kind === "crash" ? 60 : 1;
    engine.faults?.set(nodeId, kind, level);
    await pass(FAULT_MS);
    engine.faults?.set(nodeId, kind, 0);
  }
  const isAlerted = events.some((event) => /^alert-(raised|again)$/.test(event.event) && event.tMs >= fromMs && (event.nodeId === nodeId || `${event.detail["nodeIds"] ?? ""}`.split(" ").includes(nodeId)));
  return { kind, nodeId, isAlerted };
}

/** Keeps in `open` the commands that were requested and have not come to an end. */
function follow(open: Set<string>, events: readonly EventView[]): void {
  for (const { event, detail } of events) {
    const commandId = detail["commandId"];
    if (typeof commandId !== "string") continue;
    if (event.endsWith("-requested")) open.add(commandId);
    if (/-(verified|failed|unconfirmed|inconsistent|superseded)$/.test(event)) open.delete(commandId);
  }
}

async function work(shift: Shift, hours: number, report: Report): Promise<{ readonly looks: readonly Look[]; readonly faults: readonly Fault[]; readonly lost: number }> {
  const { engine, timers, events, pass } = shift;
  const collect = collector();
  const beganMs = timers.monotonicMs();
  const sinceMs = (): number => timers.monotonicMs() - beganMs;
  const looks: Look[] = [];
  const faults: Fault[] = [];
  const open = new Set<string>();
  const nodeIds = engine.operations.snapshot().nodes.map(({ nodeId }) => nodeId);
  for (let round = 1; round * FAULT_EVERY_MS <= hours * HOUR_MS; round += 1) {
    await pass(Math.max(0, round * FAULT_EVERY_MS - FAULT_MS - sinceMs()));
    faults.push(await tryFault(shift, KINDS[round % KINDS.length] ?? "drill", nodeIds));
    follow(open, events.splice(0));
    if (looks.length >= Math.floor((round * FAULT_EVERY_MS) / LOOK_EVERY_MS)) continue;
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    const seen: Look = { atHours: rounded(sinceMs() / HOUR_MS, 2), heapMb: rounded(heapUsed / MEGABYTE, 1), memoryMb: rounded(rss / MEGABYTE, 1) };
    looks.push(seen);
    report.line({ type: "look", ...seen }, `${seen.atHours.toFixed(2).padStart(5)} h: heap ${seen.heapMb.toFixed(1)} MB, process ${seen.memoryMb.toFixed(0)} MB, ${faults.length} faults, ${faults.filter(isLost).length} alerts lost`);
  }
  await pass(FAULT_MS);
  follow(open, events.splice(0));
  return { looks, faults, lost: open.size };
}

function isLost({ kind, isAlerted }: Fault): boolean {
  return ALERTING.has(kind) && !isAlerted;
}

/** Whether a day of work leaves anything behind, misses a tick, or loses an alert. */
export const shiftBenchmark: Benchmark = {
  name: "shift",
  summary: "a day's shift at ten times the clock, with faults: memory, missed ticks, lost alerts",
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { hours: 24, speed: 10, nodes: 6, seed: 1 });
    const report = reportOn(io, isJson);
    const random = seededRandom(numbers.seed);
    const timers = fasterTimers(systemTimers, numbers.speed);
    const dataDir = mkdtempSync(join(tmpdir(), "lydlr-shift-"));
    const none = join(__dirname, "none.cjs");
    const started = await startEngine({
      options: { link: "embedded", nodes: numbers.nodes, seed: numbers.seed, dataDir, domainId: null, recording: null },
      modelsDir: join(__dirname, "..", "models"),
      inferenceEntry: none,
      verifierEntry: none,
      ros2Entry: none,
      historyEntry: join(__dirname, "history-thread.cjs"),
      spawn: forkedProcess,
      environment: {},
      machine: timers,
      encoder: standIn(random.fork(1)),
    });
    if (!started.ok) throw new Error(started.error.message);
    const engine = started.value;
    try {
      const events: EventView[] = [];
      engine.operations.onEvent((event) => events.push(event));
      const pass = (ms: number): Promise<void> => new Promise((resolve) => void timers.after(ms, resolve));
      await pass(60_000);
      const from = { tick: engine.operations.snapshot().tick, atMs: timers.monotonicMs() };
      const { looks, faults, lost } = await work({ engine, timers, random, events, pass }, numbers.hours, report);
      const due = (timers.monotonicMs() - from.atMs) / TICK_MS;
      const missed = Math.max(0, Math.round(due - (engine.operations.snapshot().tick - from.tick)));
      const warm = looks.slice(Math.floor(looks.length * WARM_UP_SHARE));
      const perHour = (pick: (look: Look) => number): number => rounded(slope(warm.map((look) => ({ x: look.atHours, y: pick(look) }))), 3);
      const heapMbPerHour = perHour(({ heapMb }) => heapMb);
      const memoryMbPerHour = perHour(({ memoryMb }) => memoryMb);
      const alertsLost = faults.filter(isLost);
      const summary = {
        type: "summary",
        hours: numbers.hours,
        speed: numbers.speed,
        nodes: numbers.nodes,
        encoder: "stand-in",
        ticks: Math.round(due),
        missedTicks: missed,
        heapMbPerHour,
        memoryMbPerHour,
        faults: faults.length,
        alertsLost: alertsLost.map(({ kind, nodeId }) => `${kind} ${nodeId}`),
        commandsLost: lost,
      };
      const passed = missed / due <= MOST_MISSED && heapMbPerHour < MOST_MB_PER_HOUR && memoryMbPerHour < MOST_MB_PER_HOUR && alertsLost.length === 0 && lost === 0;
      report.line(
        { ...summary, passed },
        `${numbers.hours} h at ${numbers.speed} times the clock: heap ${heapMbPerHour.toFixed(2)} MB an hour, process ${memoryMbPerHour.toFixed(2)} MB an hour, ${missed} of ${Math.round(due)} ticks missed, ${faults.length} faults, ${alertsLost.length} alerts lost, ${lost} commands lost: ${passed ? "passed" : "FAILED"}`,
      );
      return passed ? 0 : 1;
    } finally {
      await engine.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};
