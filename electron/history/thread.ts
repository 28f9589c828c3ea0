import { statSync } from "node:fs";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { fail, ok, type Result } from "../../shared/result";
import { serveCalls, tellDesk } from "./calls";
import { checkHistory, copyHistory } from "./copying";
import { HistoryKeeper } from "./keeper";
import type { ReaderCalls, ThreadData, WalkCalls, WriterCalls } from "./protocol";
import { HistoryReader } from "./reading";
import { RollUpWalk } from "./roll-up-walk";
import { writeSamplesCsv } from "./samples-file";
import { isDamage, openForReading, openForWriting, type HistoryDatabase } from "./tables";
import { nodesOf, originsOf, SampleWalk } from "./walk";

/** The threads of the history: one writes, one answers charts, and one for each walk, check, backup or export. */

/** What SQLite says, as a failure. */
function attempt<Value>(work: () => Result<Value>): Result<Value> {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return isDamage(error) ? fail("HISTORY_DAMAGED", `The file of the history is damaged: ${message}.`) : fail("HISTORY_UNAVAILABLE", `The history cannot be read: ${message}.`);
  }
}

function write(port: MessagePort, { path, retention, nowMs }: ThreadData & { readonly role: "writer" }): void {
  const keeper = new HistoryKeeper({ path, retention, tell: (news) => tellDesk(port, news) });
  let latestMs = nowMs;
  let isWorking = false;
  const work = (): void => {
    isWorking = keeper.step(latestMs);
    // Behind whatever samples came meanwhile.
    if (isWorking) setImmediate(work);
  };
  keeper.begin(nowMs);
  serveCalls<WriterCalls>(
    port,
    {
      append: (ask) => {
        latestMs = ask.nowMs;
        return keeper.append(ask.batches, ask.nowMs);
      },
      retain: (retention) => {
        keeper.setRetention(retention);
        return ok(undefined);
      },
      distrust: (ask) => {
        keeper.distrust(ask.nowMs);
        const begun = keeper.begin(ask.nowMs);
        return begun.ok ? ok(undefined) : begun;
      },
      status: () => attempt(() => ok(keeper.status())),
      close: () => {
        keeper.close();
        return ok(undefined);
      },
    },
    () => {
      if (!isWorking) {
        isWorking = true;
        setImmediate(work);
      }
    },
  );
}

/** Opens the file at the first question: it may not be there before. */
function opener(path: string): () => HistoryDatabase {
  let database: HistoryDatabase | null = null;
  return () => (database ??= openForReading(path));
}

function read(port: MessagePort, path: string): void {
  const open = opener(path);
  let reader: HistoryReader | null = null;
  const opened = (): HistoryReader => (reader ??= new HistoryReader(open()));
  serveCalls<ReaderCalls>(port, {
    range: (ask) => attempt(() => opened().range(ask)),
    nodes: ({ fleet }) => attempt(() => ok(nodesOf(open(), fleet))),
  });
}

function walk(port: MessagePort, path: string): void {
  const open = opener(path);
  let samples: SampleWalk | null = null;
  let rollUps: RollUpWalk | null = null;
  serveCalls<WalkCalls>(port, {
    samples: (question) =>
      attempt(() => {
        samples = new SampleWalk(open(), question);
        return ok({ unknownNodes: samples.unknownNodes, origins: samples.origins() });
      }),
    nextSamples: () => attempt(() => ok(samples?.step() ?? null)),
    rollUps: ({ level, ...question }) =>
      attempt(() => {
        rollUps = new RollUpWalk(open(), question, level);
        return ok({ unknownNodes: rollUps.unknownNodes, origins: originsOf(open()) });
      }),
    nextRollUps: () => attempt(() => ok(rollUps?.step() ?? null)),
  });
}

/** Some progress a second is enough. */
function teller(port: MessagePort): (done: number, total: number) => void {
  let told = -1;
  return (done, total) => {
    const hundredth = total === 0 ? 0 : Math.floor((100 * done) / total);
    if (hundredth === told) return;
    told = hundredth;
    tellDesk(port, { progress: { done, total } });
  };
}

function backUp(port: MessagePort, { path, target }: ThreadData & { readonly role: "backup" }): Result<unknown> {
  const copy = openForWriting(target);
  copy.exec("PRAGMA synchronous = OFF");
  const copied = copyHistory(openForReading(path), copy, teller(port));
  copy.exec("PRAGMA synchronous = FULL");
  // One file without a log beside it.
  copy.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  copy.exec("PRAGMA journal_mode = DELETE");
  copy.close();
  return ok({ rows: copied, bytes: statSync(target).size });
}

function exportSamples(port: MessagePort, { path, target, question }: ThreadData & { readonly role: "export" }): Result<unknown> {
  const going = new SampleWalk(openForReading(path), question);
  const [unknown] = going.unknownNodes;
  if (unknown !== undefined) return fail("UNKNOWN_NODE", `The history has nothing of ${unknown}.`);
  const written = writeSamplesCsv(going, target, teller(port));
  return ok({ rows: written, bytes: statSync(target).size });
}

/** Does one piece of work, tells how it ended, and ends. */
function workOn(port: MessagePort, work: () => Result<unknown>): void {
  tellDesk(port, { end: attempt(work) });
}

function main(port: MessagePort, data: ThreadData): void {
  switch (data.role) {
    case "writer":
      write(port, data);
      return;
    case "reader":
      read(port, data.path);
      return;
    case "walk":
      walk(port, data.path);
      return;
    case "check":
      workOn(port, () => ok(checkHistory(openForReading(data.path), teller(port))));
      return;
    case "backup":
      workOn(port, () => backUp(port, data));
      return;
    case "export":
      workOn(port, () => exportSamples(port, data));
      return;
  }
}

// One build has both ends: the data is what the desk made.
if (parentPort !== null) main(parentPort, workerData as ThreadData);
