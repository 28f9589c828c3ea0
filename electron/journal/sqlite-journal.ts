import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import * as v from "valibot";
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from "../../shared/contract/settings";
import { eventViewSchema, type EventView } from "../../shared/contract/snapshot";
import { fail, ok, type Result } from "../../shared/result";
import type { Clock } from "../../shared/time";
import type { Journal, JournalStatus } from "./port";

const SCHEMA_VERSION = 1;

/**
 * FULL: a commit is on the disk when it returns. EXCLUSIVE: a second application on the same folder is
 * told so instead of mixing its decisions with ours.
 */
const OPENING = [
  "PRAGMA locking_mode = EXCLUSIVE",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = FULL",
  `CREATE TABLE IF NOT EXISTS events (
     id INTEGER PRIMARY KEY,
     t_ms REAL NOT NULL,
     event TEXT NOT NULL,
     node_id TEXT,
     actor TEXT NOT NULL,
     sentence TEXT NOT NULL,
     detail TEXT NOT NULL
   ) STRICT`,
  "CREATE TRIGGER IF NOT EXISTS events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
  "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
  `PRAGMA user_version = ${SCHEMA_VERSION}`,
] as const;

const CLOSING = [
  "PRAGMA journal_mode = DELETE",
  "PRAGMA locking_mode = NORMAL",
  "SELECT count(*) FROM facts",
] as const;

const rowSchema = v.object({
  id: v.number(),
  t_ms: v.number(),
  event: v.string(),
  node_id: v.nullable(v.string()),
  actor: v.string(),
  sentence: v.string(),
  detail: v.string(),
});

/** How a journal is opened. */
export interface JournalOptions {
  /** Path of the database file; its folder is made. */
  readonly path: string;
  readonly clock: Clock;
  /** Largest size in pages of 4 KiB, to try out a full disk. */
  readonly maxPages?: number;
}

function reasonOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_FULL") || code === "ENOSPC") return "the disk is full";
  if (code.startsWith("SQLITE_BUSY")) return "another Lydlr Ops uses this folder";
  if (code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT")) return "the file is damaged";
  if (code.startsWith("SQLITE_CANTOPEN") || code === "ENOENT" || code === "EACCES" || code === "EROFS" || code === "ENOTDIR") {
    return "the folder cannot be written to";
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Makes a folder and those above it. Not by mkdir's own `recursive`: where a folder exists and refuses
 * with ENOENT, as /proc does, Node 20 tries again for ever.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function eventOf(row: unknown): EventView {
  const { t_ms, node_id, detail, ...rest } = v.parse(rowSchema, row);
  return v.parse(eventViewSchema, { ...rest, tMs: t_ms, nodeId: node_id, detail: JSON.parse(detail) as unknown });
}

class SqliteJournal implements Journal {
  private problem: string | null = null;
  private lastWriteAtMs: number | null = null;

  constructor(
    private readonly database: Database.Database,
    private readonly options: JournalOptions,
  ) {}

  append(events: readonly EventView[]): Result<void, "JOURNAL_UNAVAILABLE"> {
    return this.write(() => {
      const insert = this.database.prepare(
        "INSERT INTO events (id, t_ms, event, node_id, actor, sentence, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
      );
      for (const { id, tMs, event, nodeId, actor, sentence, detail } of events) {
        insert.run(id, tMs, event, nodeId, actor, sentence, JSON.stringify(detail));
      }
    });
  }

  status(): JournalStatus {
    const { problem, lastWriteAtMs } = this;
    if (problem === null) {
      return { state: "written", sentence: `Every decision is written to ${this.options.path}.`, lastWriteAtMs };
    }
    return { state: "unavailable", sentence: unavailable(problem), lastWriteAtMs };
  }

  recent(limit: number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.select("SELECT * FROM events ORDER BY id DESC LIMIT ?", limit);
  }

  ofKind(event: string): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.select("SELECT * FROM events WHERE event = ? ORDER BY id", event);
  }

  lastEventId(): number {
    const row = this.database.prepare("SELECT coalesce(max(id), 0) AS id FROM events").get();
    return v.parse(v.object({ id: v.number() }), row).id;
  }

  readSettings(): Settings {
    const text = this.readFact("settings");
    if (text === null) return DEFAULT_SETTINGS;
    const stored = JSON.parse(text) as unknown;
    const known = v.safeParse(v.partial(v.object(settingsSchema.entries)), stored);
    const given = known.success ? Object.entries(known.output).filter(([, value]) => value !== undefined) : [];
    return { ...DEFAULT_SETTINGS, ...Object.fromEntries(given) };
  }

  writeSettings(settings: Settings): Result<void, "JOURNAL_UNAVAILABLE"> {
    return this.writeFact("settings", JSON.stringify(settings));
  }

  readFact(name: string): string | null {
    const row = this.database.prepare("SELECT value FROM facts WHERE name = ?").get(name);
    return row === undefined ? null : v.parse(v.object({ value: v.string() }), row).value;
  }

  writeFact(name: string, value: string): Result<void, "JOURNAL_UNAVAILABLE"> {
    return this.write(() => {
      this.database
        .prepare("INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .run(name, value);
    });
  }

  /**
   * The driver lets go of the file only once its statements are collected, so the lock is given up by hand:
   * out of WAL first, since an exclusive WAL cannot change its locking mode.
   */
  close(): void {
    try {
      for (const statement of CLOSING) this.database.exec(statement);
    } catch (error) {
      // All that was committed is in the write-ahead log; the lock goes with the process.
      this.problem = reasonOf(error);
    }
    this.database.close();
  }

  private select(statement: string, parameter: string | number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    try {
      return ok(this.database.prepare(statement).all(parameter).map(eventOf));
    } catch (error) {
      return fail("JOURNAL_UNAVAILABLE", `The journal cannot be read: ${reasonOf(error)}.`);
    }
  }

  private write(work: () => void): Result<void, "JOURNAL_UNAVAILABLE"> {
    try {
      this.inTransaction(work);
      this.problem = null;
      this.lastWriteAtMs = this.options.clock.wallMs();
      return ok(undefined);
    } catch (error) {
      this.problem = reasonOf(error);
      return fail("JOURNAL_UNAVAILABLE", unavailable(this.problem));
    }
  }

  /** All of the work or nothing. SQLite itself rolls back on a full disk, so ours must not hide that error. */
  private inTransaction(work: () => void): void {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.database.exec("COMMIT");
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }
}

function unavailable(problem: string): string {
  return `The journal cannot be written: ${problem}. Deploys, rollbacks and tests are refused until it can.`;
}

/** Stands in where no journal could be opened: everything is refused, and it says why. */
function closedJournal(problem: string): Journal {
  const refuse = (): Result<never, "JOURNAL_UNAVAILABLE"> => fail("JOURNAL_UNAVAILABLE", unavailable(problem));
  return {
    append: refuse,
    status: () => ({ state: "unavailable", sentence: unavailable(problem), lastWriteAtMs: null }),
    recent: refuse,
    ofKind: refuse,
    lastEventId: () => 0,
    readSettings: () => DEFAULT_SETTINGS,
    writeSettings: refuse,
    readFact: () => null,
    writeFact: refuse,
    close: () => undefined,
  };
}

/**
 * Opens the journal at `path`, or one that refuses every write and says why: the application then shows
 * the fleet and changes nothing on it.
 */
export function openJournal(options: JournalOptions): Journal {
  try {
    makeFolder(dirname(options.path));
    const database = new Database(options.path, { timeout: 500 });
    for (const statement of OPENING) database.exec(statement);
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(options.maxPages)}`);
    return new SqliteJournal(database, options);
  } catch (error) {
    return closedJournal(reasonOf(error));
  }
}
