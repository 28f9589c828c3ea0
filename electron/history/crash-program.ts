import { writeSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { DEFAULT_RETENTION } from "../../shared/contract/history";
import { ok } from "../../shared/result";
import { openJournal } from "../journal/sqlite-journal";
import { systemTimers } from "../time/system-timers";
import { copyHistory } from "./copying";
import { openHistory } from "./desk";
import { BEGIN_MS, FLEET, sampleAt } from "./history-fixture";
import { INVENTED_FLEET, SampleInventor } from "./invented-samples";
import { HistoryKeeper } from "./keeper";
import { writeSamplesCsv } from "./samples-file";
import { openForReading, openForWriting, type HistoryDatabase } from "./tables";
import { SampleWalk } from "./walk";

/**
 * A program of the tests alone: writes a history and kills itself with SIGKILL at a given point. The database is
 * wrapped from outside; the history knows nothing of it.
 */

/** What the test passes as the first argument, in JSON. */
export const crashOptionsSchema = v.object({
  folder: v.string(),
  /** The bundle of the threads; for `live` alone. */
  entry: v.string(),
  /** `live`: the desk in real time. Else the statement at which it dies, the how many-th time, before it or after. */
  at: v.union([v.literal("live"), v.object({ statement: v.string(), time: v.number(), when: v.picklist(["before", "after"]) })]),
  then: v.picklist(["write", "export", "backup"]),
});

/** What the test passes. */
export type CrashOptions = v.InferOutput<typeof crashOptionsSchema>;

/** Seconds that are written: an hour and a half, so that everything comes due; and those of a batch. */
const SECONDS = 5_400;
const BATCH_S = 10;
const NODES = 4;

function die(): void {
  process.kill(process.pid, "SIGKILL");
  // It takes a moment to arrive; nothing more may happen until then.
  for (;;);
}

function tell(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** A database that kills its process at a statement. */
function mined(database: HistoryDatabase, at: Exclude<CrashOptions["at"], "live">): HistoryDatabase {
  let seen = 0;
  const around = <Value>(sql: string, work: () => Value): Value => {
    const isIt = sql.startsWith(at.statement) && (seen += 1) === at.time;
    if (isIt && at.when === "before") die();
    const value = work();
    if (isIt) die();
    return value;
  };
  /** The methods of an object, those of a name around `wrap`. */
  const wrapped = <Target extends object>(target: Target, wrap: (name: string | symbol, method: (...given: unknown[]) => unknown) => (...given: unknown[]) => unknown): Target =>
    new Proxy(target, {
      get(_target, name) {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? wrap(name, value.bind(target) as (...given: unknown[]) => unknown) : value;
      },
    });
  return wrapped(database, (name, method) => (...given) => {
    const sql = String(given[0]);
    if (name === "exec") return around(sql, () => method(...given));
    if (name !== "prepare") return method(...given);
    return wrapped(method(...given) as object, (inner, run) => (inner === "run" ? (...values) => around(sql, () => run(...values)) : run));
  });
}

/** Writes a batch after the other; says how many samples are acknowledged. */
function write({ folder, at, then }: CrashOptions & { readonly at: Exclude<CrashOptions["at"], "live"> }): void {
  const path = join(folder, "history.db");
  const keeper = new HistoryKeeper({ path, retention: DEFAULT_RETENTION, tell: () => undefined, open: (where) => (then === "write" ? mined(openForWriting(where), at) : openForWriting(where)) });
  const inventor = new SampleInventor({ nodes: NODES, periodMs: 500, seed: 5 });
  let acknowledged = 0;
  for (let second = 0; second < SECONDS; second += BATCH_S) {
    const nowMs = BEGIN_MS + (second + BATCH_S) * 1_000;
    const written = keeper.append([inventor.batch(BEGIN_MS + second * 1_000, BATCH_S * 1_000)], nowMs);
    if (!written.ok) throw new Error(written.error.message);
    acknowledged += written.value.samples;
    tell({ acknowledged });
    while (keeper.step(nowMs));
  }
  // So little is kept then that deletion and giving back come due too.
  keeper.setRetention({ ...DEFAULT_RETENTION, maxBytes: 900_000 });
  if (then === "write") while (keeper.step(BEGIN_MS + 2 * SECONDS * 1_000));
  if (then === "backup") {
    copyHistory(openForReading(path), mined(openForWriting(join(folder, "copy.db.part")), at), () => undefined);
  } else if (then === "export") {
    const walk = new SampleWalk(openForReading(path), { fleet: INVENTED_FLEET, nodeIds: [], fromMs: 0, toMs: 4e12 });
    let steps = 0;
    writeSamplesCsv(walk, join(folder, "samples.csv.part"), () => {
      if ((steps += 1) === at.time) die();
    });
  }
  tell({ ended: true });
}

/** The desk, its threads and a journal in real time: four seconds, then it dies. */
function live({ folder, entry }: CrashOptions): void {
  const journal = openJournal({ path: join(folder, "journal.db"), clock: systemTimers });
  const history = openHistory({
    dataDir: folder,
    entry,
    timers: systemTimers,
    fleet: () => FLEET,
    isDrill: () => false,
    facts: { readFact: () => null, writeFact: () => ok(undefined) },
    tell: () => undefined,
  });
  let samples = 0;
  const sample = (): void => {
    const nowMs = systemTimers.wallMs();
    history.take(FLEET, sampleAt("node_0", nowMs));
    samples += 1;
    if (samples % 50 === 0) {
      const id = samples / 50;
      const written = journal.append([{ id, tMs: nowMs, event: "node-live", nodeId: "node_0", actor: "engine", sentence: "Live.", detail: {} }]);
      if (written.ok) tell({ decision: id });
    }
    if (samples === 400) {
      tell({ newestMs: nowMs, samples });
      die();
    }
    systemTimers.after(10, sample);
  };
  sample();
}

function main(): void {
  const options = v.parse(crashOptionsSchema, JSON.parse(process.argv[2] ?? ""));
  const { at } = options;
  if (at === "live") live(options);
  else write({ ...options, at });
}

main();
