import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import Database from "libsql";
import * as v from "valibot";
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from "../../shared/contract/settings";
import { eventViewSchema, type EventView } from "../../shared/contract/snapshot";
import { fail, ok, type Result } from "../../shared/result";
import { decisionBasisSchema, type DecisionBasis } from "../../shared/rollout/basis";
import type { Clock } from "../../shared/time";
import { checkpointHash, eventHash, NO_HASH, storableText, type Checkpoint, type StoredEvent } from "./chain";
import { ChainCheck, type ChainBreak, type CheckProgress } from "./chain-check";
import { addSearchIndexes, eventPage, eventTally, newestOfNode } from "./event-search";
import type { EventPage, EventQuery, EventTally, Journal, JournalEntry, JournalStatus } from "./port";
import { bytesSchema, lock, migrate, readCheckpoints, release, writeHead, type Head } from "./tables";

/** Events between two checkpoints: what a start has to check at most, some tens of milliseconds. */
const CHECKPOINT_EVERY = 5_000;

/** The fact that keeps a break until a person acknowledges it. */
export const BREAK_FACT = "journal-break";

const breakSchema = v.object({ eventId: v.nullable(v.number()), tMs: v.nullable(v.number()), sentence: v.string() });

/** What is stored beside an event that is no decision. */
const keptSchema = v.strictObject({ kept: v.unknown() });

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

/** What an error of SQLite or of the file system means, as a clause. */
export function damageOf(error: unknown): string {
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
  private head: Head;
  private found: ChainBreak | null;
  private newest: { readonly number: number; readonly events: number; readonly hash: Uint8Array };
  private fullCheck: ChainCheck | null = null;

  constructor(
    private readonly database: Database.Database,
    private readonly options: JournalOptions,
  ) {
    this.found = readBreak(database);
    const checked = new ChainCheck(database, "checkpoint").finish();
    if (checked.state === "broken") this.noteBreak(checked.break);
    this.head = checked.state === "whole" ? checked.head : endOf(database);
    const checkpoint = this.found === null ? readCheckpoints(database).at(-1) : undefined;
    this.newest = checkpoint ?? { number: 0, events: 0, hash: NO_HASH };
    if (this.head.events - this.newest.events >= CHECKPOINT_EVERY) this.write(() => undefined);
  }

  append(entries: readonly JournalEntry[]): Result<void, "JOURNAL_UNAVAILABLE"> {
    let head = this.head;
    const written = this.write(() => {
      const insert = this.database.prepare(
        "INSERT INTO events (id, t_ms, event, node_id, actor, sentence, detail, basis, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      );
      for (const entry of entries) {
        const row = rowOf(entry);
        const hash = eventHash(head.hash, row);
        insert.run(row.id, row.tMs, row.event, row.nodeId, row.actor, row.sentence, row.detail, row.basis, hash);
        head = { eventId: row.id, events: head.events + 1, hash };
      }
      writeHead(this.database, head);
      return head;
    });
    return written;
  }

  status(): JournalStatus {
    const { problem, lastWriteAtMs } = this;
    if (problem !== null) return { state: "unavailable", sentence: unavailable(problem), lastWriteAtMs };
    if (this.found !== null) return { state: "broken", sentence: brokenSentence(this.found), lastWriteAtMs };
    return { state: "written", sentence: `Every decision is written to ${this.options.path}.`, lastWriteAtMs };
  }

  mayCommand(): Result<void, "JOURNAL_BROKEN"> {
    return this.found === null ? ok(undefined) : fail("JOURNAL_BROKEN", brokenSentence(this.found));
  }

  broken(): ChainBreak | null {
    return this.found;
  }

  check(limit: number): CheckProgress | null {
    this.fullCheck ??= new ChainCheck(this.database, "start");
    const progress = this.fullCheck.next(limit);
    if (progress.state === "broken") this.noteBreak(progress.break);
    return progress;
  }

  recent(limit: number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.select("ORDER BY id DESC LIMIT ?", [limit]);
  }

  ofKind(event: string): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.ofKinds([event]);
  }

  ofKinds(kinds: readonly string[]): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.select(`WHERE event IN (${kinds.map(() => "?").join(", ")}) ORDER BY id`, kinds);
  }

  between({ fromMs, toMs, afterId, throughId }: Parameters<Journal["between"]>[0]): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.select("WHERE id > ? AND id <= ? AND t_ms >= ? AND t_ms <= ? ORDER BY id", [afterId, throughId, fromMs, toMs]);
  }

  eventOf(eventId: number): Result<EventView | null, "JOURNAL_UNAVAILABLE"> {
    const found = this.select("WHERE id = ?", [eventId]);
    return found.ok ? ok(found.value[0] ?? null) : found;
  }

  page(query: EventQuery): Result<EventPage, "JOURNAL_UNAVAILABLE"> {
    return this.read(() => eventPage(this.database, query, eventOf));
  }

  newestOfNode(nodeId: string, event: string, toMs: number, limit: number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    return this.read(() => newestOfNode(this.database, nodeId, event, toMs, limit, eventOf));
  }

  tally(range: Parameters<Journal["tally"]>[0]): Result<EventTally, "JOURNAL_UNAVAILABLE"> {
    return this.read(() => eventTally(this.database, range));
  }

  basisOf(eventId: number): Result<DecisionBasis | null, "JOURNAL_UNAVAILABLE"> {
    return this.unpack(eventId, (value) => (value === null || v.is(keptSchema, value) ? null : v.parse(decisionBasisSchema, value)));
  }

  keptOf(eventId: number): Result<unknown, "JOURNAL_UNAVAILABLE"> {
    return this.unpack(eventId, (value) => (v.is(keptSchema, value) ? value.kept : null));
  }

  /** Ids of a tail that was cut off are not used again. */
  lastEventId(): number {
    return this.head.eventId;
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
    return this.write((): undefined => {
      this.database
        .prepare("INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .run(name, value);
    });
  }

  close(): void {
    const trouble = release(this.database);
    if (trouble !== null) this.problem = damageOf(trouble);
  }

  private unpack<Value>(eventId: number, read: (value: unknown) => Value): Result<Value, "JOURNAL_UNAVAILABLE"> {
    try {
      const row = this.database.prepare("SELECT basis FROM events WHERE id = ?").get(eventId);
      const packed = row === undefined ? null : v.parse(v.object({ basis: v.nullable(bytesSchema) }), row).basis;
      return ok(read(packed === null ? null : (JSON.parse(inflateRawSync(packed).toString("utf8")) as unknown)));
    } catch (error) {
      return fail("JOURNAL_UNAVAILABLE", `What event ${eventId} was decided on cannot be read: ${damageOf(error)}.`);
    }
  }

  private select(rest: string, parameters: readonly (string | number)[]): Result<readonly EventView[], "JOURNAL_UNAVAILABLE"> {
    const columns = "id, t_ms, event, node_id, actor, sentence, detail";
    return this.read(() => this.database.prepare(`SELECT ${columns} FROM events ${rest}`).all(parameters).map(eventOf));
  }

  private read<Value>(work: () => Value): Result<Value, "JOURNAL_UNAVAILABLE"> {
    try {
      return ok(work());
    } catch (error) {
      return fail("JOURNAL_UNAVAILABLE", `The journal cannot be read: ${damageOf(error)}.`);
    }
  }

  /** Writes in one transaction; the chain's head moves on only once it is on the disk. */
  private write(work: () => Head | undefined): Result<void, "JOURNAL_UNAVAILABLE"> {
    try {
      let moved: Head | undefined;
      let newest = this.newest;
      this.inTransaction(() => {
        moved = work();
        newest = this.addCheckpoint(moved ?? this.head) ?? this.newest;
      });
      this.head = moved ?? this.head;
      this.newest = newest;
      this.problem = null;
      this.lastWriteAtMs = this.options.clock.wallMs();
      return ok(undefined);
    } catch (error) {
      this.problem = damageOf(error);
      return fail("JOURNAL_UNAVAILABLE", unavailable(this.problem));
    }
  }

  private addCheckpoint(head: Head): SqliteJournal["newest"] | null {
    if (this.found !== null || head.events - this.newest.events < CHECKPOINT_EVERY) return null;
    const tMs = this.options.clock.wallMs();
    const { eventId, events } = head;
    const checkpoint: Checkpoint = { number: this.newest.number + 1, eventId, eventHash: head.hash, events, tMs };
    const hash = checkpointHash(this.newest.hash, checkpoint);
    this.database
      .prepare("INSERT INTO checkpoints (number, event_id, event_hash, events, t_ms, hash) VALUES (?, ?, ?, ?, ?, ?)")
      .run(checkpoint.number, eventId, head.hash, events, tMs, hash);
    return { number: checkpoint.number, events, hash };
  }

  /** Keeps the first break that was found: what is written next must not cover it up. */
  private noteBreak(found: ChainBreak): void {
    if (this.found !== null) return;
    this.found = found;
    const written = this.writeFact(BREAK_FACT, JSON.stringify(found));
    if (!written.ok) this.problem ??= "what is broken in it could not be noted";
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

/** An entry as it is stored. */
function rowOf({ id, tMs, event, nodeId, actor, sentence, detail, basis, kept }: JournalEntry): StoredEvent {
  const packed = kept === undefined ? basis : { kept };
  return {
    id,
    tMs,
    event: storableText(event),
    nodeId: nodeId === null ? null : storableText(nodeId),
    actor,
    sentence: storableText(sentence),
    detail: JSON.stringify(detail),
    basis: packed === undefined ? null : deflateRawSync(JSON.stringify(packed)),
  };
}

/** The break that was found before and not acknowledged yet; null of none. */
export function readBreak(database: Database.Database): ChainBreak | null {
  const row = database.prepare("SELECT value FROM facts WHERE name = ?").get(BREAK_FACT);
  if (row === undefined) return null;
  return v.parse(breakSchema, JSON.parse(v.parse(v.object({ value: v.string() }), row).value));
}

/** Where a broken chain goes on: after the newest event that is there, under an id that was never used. */
function endOf(database: Database.Database): Head {
  const schema = v.object({ id: v.number(), events: v.number(), used: v.number(), hash: v.nullable(bytesSchema) });
  const row = database
    .prepare(
      `SELECT coalesce(max(id), 0) AS id, count(*) AS events, coalesce((SELECT max(event_id) FROM head), 0) AS used,
         (SELECT hash FROM events ORDER BY id DESC LIMIT 1) AS hash FROM events`,
    )
    .get();
  const { id, events, used, hash } = v.parse(schema, row);
  return { eventId: Math.max(id, used), events, hash: hash ?? NO_HASH };
}

function brokenSentence({ sentence }: ChainBreak): string {
  return `The journal was changed after it was written. ${sentence} Deploys, rollbacks and tests are refused until a person has looked: ./lydlr journal verify, then ./lydlr journal acknowledge --reason "...".`;
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
    mayCommand: () => ok(undefined),
    broken: () => null,
    check: () => null,
    recent: refuse,
    ofKind: refuse,
    ofKinds: refuse,
    between: refuse,
    eventOf: refuse,
    page: refuse,
    tally: refuse,
    newestOfNode: refuse,
    basisOf: refuse,
    keptOf: refuse,
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
  let database: Database.Database | null = null;
  try {
    makeFolder(dirname(options.path));
    database = new Database(options.path, { timeout: 500 });
    lock(database);
    migrate(database, options.clock.wallMs());
    addSearchIndexes(database);
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(options.maxPages)}`);
    return new SqliteJournal(database, options);
  } catch (error) {
    if (database !== null) release(database);
    return closedJournal(damageOf(error));
  }
}
