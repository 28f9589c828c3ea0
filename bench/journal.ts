import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventView } from "../shared/contract/snapshot";
import { openUnchained } from "../electron/journal/unchained";
import { openJournal } from "../electron/journal/sqlite-journal";
import { verifyJournal } from "../electron/journal/offline";
import { systemTimers } from "../electron/time/system-timers";
import { readOptions, reportOn, rounded, type Benchmark } from "./benchmark";
import { median } from "./statistics";

const HELP = `usage: ./lydlr bench journal [--writes N] [--events N] [--json]

Writes N events (400), each synced on its own as a command's are, in turn into the journal and into the same table
without chain, and prints the ratio of the times; the same in batches of 100, as a tick's are. Then makes a journal
of N events (1000000) and prints how long it takes to verify all of them, and to open it.
`;

function event(id: number): EventView {
  return { id, tMs: 1_700_000_000_000 + id * 500, event: "node-stale", nodeId: `node_${id % 50}`, actor: "engine", sentence: "Stale: no sample for 5.0 s.", detail: { before: "live", silentForMs: 5_000 } };
}

function timed(work: () => void): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}

/** Median ms of a commit of `batch` events, chained and unchained, taken in turn. */
function compare(folder: string, writes: number, batch: number): { readonly chainedMs: number; readonly unchainedMs: number } {
  const chained = openJournal({ path: join(folder, `chained-${batch}.db`), clock: systemTimers });
  const unchained = openUnchained(join(folder, `unchained-${batch}.db`));
  const [chainedMs, unchainedMs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < writes; turn += 1) {
    const events = Array.from({ length: batch }, (_, index) => event(turn * batch + index + 1));
    const one = (): void => void chainedMs.push(timed(() => void chained.append(events)));
    const other = (): void => void unchainedMs.push(timed(() => unchained.append(events)));
    for (const write of turn % 2 === 0 ? [one, other] : [other, one]) write();
  }
  if (chained.lastEventId() !== writes * batch) throw new Error(chained.status().sentence);
  chained.close();
  unchained.close();
  return { chainedMs: median(chainedMs), unchainedMs: median(unchainedMs) };
}

function fill(path: string, count: number): void {
  const journal = openJournal({ path, clock: systemTimers });
  for (let from = 1; from <= count; from += 1_000) {
    const written = journal.append(Array.from({ length: Math.min(1_000, count - from + 1) }, (_, index) => event(from + index)));
    if (!written.ok) throw new Error(written.error.message);
  }
  journal.close();
}

/** What the chain costs, and how long it takes to check. */
export const journalBenchmark: Benchmark = {
  name: "journal",
  summary: "a chained write next to an unchained one, and the time to verify a million events",
  help: HELP,
  run(args, io) {
    const { isJson, numbers } = readOptions(args, { writes: 400, events: 1_000_000 });
    const report = reportOn(io, isJson);
    const folder = mkdtempSync(join(tmpdir(), "lydlr-bench-"));
    try {
      for (const batch of [1, 100]) {
        const { chainedMs, unchainedMs } = compare(folder, batch === 1 ? numbers.writes : Math.ceil(numbers.writes / 4), batch);
        const ratio = chainedMs / unchainedMs;
        report.line(
          { type: "write", events: batch, chainedMs: rounded(chainedMs, 4), unchainedMs: rounded(unchainedMs, 4), ratio: rounded(ratio, 3) },
          `a synced write of ${batch}: chained ${chainedMs.toFixed(3)} ms, unchained ${unchainedMs.toFixed(3)} ms, ratio ${ratio.toFixed(2)} (medians)`,
        );
      }
      report.progress(`writing ${numbers.events} events`);
      const path = join(folder, "million.db");
      fill(path, numbers.events);
      const beganMs = performance.now();
      const verified = verifyJournal(path);
      const verifyMs = performance.now() - beganMs;
      const whole = verified.ok && verified.value.broken === null && verified.value.checked === numbers.events;
      const openMs = timed(() => {
        openJournal({ path, clock: systemTimers }).close();
      });
      report.line(
        { type: "summary", events: numbers.events, whole, verifyMs: rounded(verifyMs, 1), openMs: rounded(openMs, 1) },
        `${numbers.events} events: verified in ${(verifyMs / 1000).toFixed(2)} s (${whole ? "whole" : "BROKEN"}), opened with the check since the newest checkpoint in ${openMs.toFixed(0)} ms`,
      );
      return Promise.resolve(whole ? 0 : 1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
