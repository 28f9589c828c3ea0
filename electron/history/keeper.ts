import { renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HistoryStatus, Retention } from "../../shared/contract/history";
import { fail, ok, type Result } from "../../shared/result";
import type { SampleBatch } from "./batch";
import { beginRecovery, Recovery } from "./recovery";
import { firstOf, isDamage, openForWriting, readFact, rows, SAMPLES_FACT, SLOT_MS, type HistoryDatabase } from "./tables";
import { Upkeep } from "./upkeep";
import { HistoryWriter, type Appended } from "./writer";

/** Something that an operator should hear of. */
export interface HistoryNews {
  readonly event: "history-set-aside" | "history-recovered" | "history-clock-jumped" | "history-full";
  readonly sentence: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/** How the file is kept. */
export interface KeeperOptions {
  readonly path: string;
  readonly retention: Retention;
  readonly tell: (news: HistoryNews) => void;
  /** Opens the file; replaced where a crash or a full disk is tried out. */
  readonly open?: (path: string) => HistoryDatabase;
}

/** What the keeper says of its file. */
export type KeeperStatus = Pick<HistoryStatus, "state" | "sentence" | "code" | "bytes" | "samples" | "oldestMs" | "newestMs" | "unreadable" | "retention">;

interface Opened {
  readonly database: HistoryDatabase;
  readonly writer: HistoryWriter;
  readonly upkeep: Upkeep;
  readonly recovery: Recovery;
}

/**
 * The one that writes the file of the history, in a thread of its own. A file that is damaged is kept aside under a
 * name with the time, a new one is begun, and what can be read comes over. What cannot be written is said and tried
 * again with the next samples.
 */
export class HistoryKeeper {
  private opened: Opened | null = null;
  private problem: string | null = null;
  private setAside: string | null = null;
  private isFull = false;
  private retention: Retention;

  constructor(private readonly options: KeeperOptions) {
    this.retention = options.retention;
  }

  /** Writes batches; one that was written before is left out. On HISTORY_UNAVAILABLE nothing of them is written. */
  append(batches: readonly SampleBatch[], nowMs: number): Result<Appended, "HISTORY_UNAVAILABLE"> {
    try {
      const { writer } = this.open(nowMs);
      const appended = writer.append(batches);
      this.problem = null;
      for (const { fromMs, toMs } of appended.jumps) {
        const hours = (Math.abs(toMs - fromMs) / 3_600_000).toFixed(1);
        this.options.tell({
          event: "history-clock-jumped",
          sentence: `Samples are ${hours} h ${toMs < fromMs ? "before" : "after"} those before them: this machine's clock was set, or it was off. Nothing is lost; nothing is deleted by age for a day.`,
          detail: { fromMs: Math.round(fromMs), toMs: Math.round(toMs) },
        });
      }
      return ok(appended);
    } catch (error) {
      return this.failed(error, nowMs);
    }
  }

  /** One step of what the file needs beside the samples. @returns false where nothing is left to do now. */
  step(nowMs: number): boolean {
    if (this.opened === null) return false;
    try {
      const { upkeep, recovery, database } = this.opened;
      const recovered = recovery.step();
      if (recovered === false) return true;
      if (recovered !== null) {
        const { path, copied, lost } = recovered;
        this.options.tell({
          event: "history-recovered",
          sentence: `${copied} stretches of samples came over from ${path}; ${lost === 0 ? "none that was found is lost" : `${lost} could not be read`}.`,
          detail: { path, copied, lost },
        });
      }
      const goesOn = upkeep.step(nowMs);
      this.noteSize(database);
      return goesOn;
    } catch (error) {
      this.failed(error, nowMs);
      return false;
    }
  }

  /** Keeps the file aside because somebody found it damaged, and begins a new one. */
  distrust(nowMs: number): void {
    this.keepAside(nowMs);
  }

  setRetention(retention: Retention): void {
    this.retention = retention;
    this.opened?.upkeep.setRetention(retention);
  }

  /** Opens the file if it is not open. The first append does too. */
  begin(nowMs: number): Result<void, "HISTORY_UNAVAILABLE"> {
    try {
      this.open(nowMs);
      return ok(undefined);
    } catch (error) {
      return this.failed(error, nowMs);
    }
  }

  status(): KeeperStatus {
    const { retention, problem, setAside, options } = this;
    const unknown = { bytes: sizeOf(options.path), samples: 0, oldestMs: null, newestMs: null, unreadable: 0, retention };
    if (problem !== null || this.opened === null) {
      return { state: problem === null ? "starting" : "unavailable", sentence: problem === null ? "The history is being opened." : unavailable(problem), code: problem === null ? null : "HISTORY_UNAVAILABLE", ...unknown };
    }
    const { database, writer, upkeep } = this.opened;
    const fresh = Number(firstOf(rows(database, "SELECT coalesce(sum(count), 0) FROM fresh")));
    const slots = rows(database, "SELECT id FROM series").flatMap(([series]) => {
      const slot = firstOf(rows(database, "SELECT min(slot) FROM blocks WHERE series = ?", Number(series)));
      return typeof slot === "number" ? [slot] : [];
    });
    const freshSlot = firstOf(rows(database, "SELECT min(slot) FROM fresh"));
    const all = typeof freshSlot === "number" ? [...slots, freshSlot] : slots;
    return {
      state: "written",
      sentence: setAside === null ? `Every sample is written to ${options.path}.` : `The file was damaged and is kept as ${setAside}. Samples are written to ${options.path}.`,
      code: setAside === null ? null : "HISTORY_DAMAGED",
      ...unknown,
      samples: Number(readFact(database, SAMPLES_FACT) ?? 0) + fresh,
      oldestMs: all.length === 0 ? null : Math.min(...all) * SLOT_MS,
      newestMs: writer.newestMs,
      unreadable: upkeep.damaged,
    };
  }

  close(): void {
    this.opened?.recovery.close();
    this.opened?.database.close();
    this.opened = null;
  }

  private open(nowMs: number): Opened {
    if (this.opened !== null) return this.opened;
    try {
      return this.openFile();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.keepAside(nowMs);
      return this.openFile();
    }
  }

  private openFile(): Opened {
    const database = (this.options.open ?? openForWriting)(this.options.path);
    try {
      if (this.setAside !== null && rows(database, "SELECT 1 FROM series LIMIT 1").length === 0) beginRecovery(database, this.setAside);
      const writer = new HistoryWriter(database);
      this.opened = { database, writer, upkeep: new Upkeep(writer, this.retention), recovery: new Recovery(database) };
      return this.opened;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private failed(error: unknown, nowMs: number): Result<never, "HISTORY_UNAVAILABLE"> {
    if (isDamage(error)) this.keepAside(nowMs);
    this.problem = reasonOf(error);
    return fail("HISTORY_UNAVAILABLE", unavailable(this.problem));
  }

  /** The damaged file and its write-ahead log get a name with the time; nothing of them is deleted. */
  private keepAside(nowMs: number): void {
    this.close();
    const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const kept = join(dirname(this.options.path), `history.damaged-${stamp}.db`);
    for (const suffix of ["", "-wal"]) {
      try {
        renameSync(this.options.path + suffix, kept + suffix);
      } catch {
        // There was none.
      }
    }
    rmSync(`${this.options.path}-shm`, { force: true });
    this.setAside = kept;
    this.options.tell({
      event: "history-set-aside",
      sentence: `HISTORY_DAMAGED: the file of the history is damaged. It is kept as ${kept}, a new one was begun, and what can be read comes over. Decisions are in the journal and not affected.`,
      detail: { path: kept },
    });
  }

  /** Says once that the size, not the age, decides what goes. */
  private noteSize(database: HistoryDatabase): void {
    if (this.isFull || readFact(database, "deleted-by-size") === null) return;
    this.isFull = true;
    this.options.tell({
      event: "history-full",
      sentence: `The history reached its size of ${(this.retention.maxBytes / 1e9).toFixed(1)} GB: the oldest samples go before their time.`,
      detail: { maxBytes: this.retention.maxBytes },
    });
  }
}

function sizeOf(path: string): number {
  return [path, `${path}-wal`].reduce((sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function unavailable(problem: string): string {
  return `The history cannot be written: ${problem}. Sampling and decisions go on; samples wait in memory for ten minutes.`;
}

function reasonOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_FULL") || code === "ENOSPC") return "the disk is full";
  if (isDamage(error)) return "its file is damaged";
  if (code.startsWith("SQLITE_BUSY")) return "another program has its file";
  if (code.startsWith("SQLITE_CANTOPEN") || code === "EACCES" || code === "EROFS" || code === "ENOENT" || code === "ENOTDIR") return "its folder cannot be written to";
  return error instanceof Error ? error.message : String(error);
}
