import type Database from "libsql";
import * as v from "valibot";
import { NO_HASH, sealNext, segmentHash, type Checkpoint, type Segment, type StoredEvent } from "./chain";

/** 1: events and facts. 2: the chain and what decisions were made on. */
export const SCHEMA_VERSION = 2;

/**
 * FULL: a commit is on the disk when it returns. EXCLUSIVE: a second application on the same folder is
 * told so instead of mixing its decisions with ours.
 */
const OPENING = [
  "PRAGMA locking_mode = EXCLUSIVE",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = FULL",
] as const;

const EVENTS = `CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY,
  t_ms REAL NOT NULL,
  event TEXT NOT NULL,
  node_id TEXT,
  actor TEXT NOT NULL,
  sentence TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT`;

const CHAIN = [
  "ALTER TABLE events ADD COLUMN basis BLOB",
  "ALTER TABLE events ADD COLUMN hash BLOB",
  "CREATE INDEX events_by_kind ON events (event)",
  `CREATE TABLE segments (
     number INTEGER PRIMARY KEY, after_id INTEGER NOT NULL, t_ms REAL NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
     sealed_events INTEGER NOT NULL, sealed_hash BLOB NOT NULL, hash BLOB NOT NULL
   ) STRICT`,
  `CREATE TABLE checkpoints (
     number INTEGER PRIMARY KEY, event_id INTEGER NOT NULL, event_hash BLOB NOT NULL, events INTEGER NOT NULL,
     t_ms REAL NOT NULL, hash BLOB NOT NULL
   ) STRICT`,
  `CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), event_id INTEGER NOT NULL, events INTEGER NOT NULL, hash BLOB NOT NULL) STRICT`,
  ...["events", "segments", "checkpoints"].flatMap((table) =>
    ["UPDATE", "DELETE"].map(
      (verb) =>
        `CREATE TRIGGER IF NOT EXISTS ${table}_stay${verb === "DELETE" ? "_whole" : ""} BEFORE ${verb} ON ${table}
         BEGIN SELECT RAISE(ABORT, '${table} are append-only'); END`,
    ),
  ),
] as const;

/** The driver gives bytes as a Buffer for one row and as an ArrayBuffer for many. */
export const bytesSchema = v.pipe(
  v.union([v.instance(Uint8Array), v.instance(ArrayBuffer)]),
  v.transform((value) => new Uint8Array(value)),
);
const idSchema = v.pipe(v.number(), v.safeInteger());

const segmentRow = v.object({
  number: idSchema,
  after_id: idSchema,
  t_ms: v.number(),
  actor: v.string(),
  reason: v.string(),
  sealed_events: idSchema,
  sealed_hash: bytesSchema,
  hash: bytesSchema,
});

const checkpointRow = v.object({
  number: idSchema,
  event_id: idSchema,
  event_hash: bytesSchema,
  events: idSchema,
  t_ms: v.number(),
  hash: bytesSchema,
});

const headRow = v.object({ event_id: idSchema, events: idSchema, hash: bytesSchema });

/** Where the chain ends. */
export interface Head {
  /** The newest event; 0 of none. */
  readonly eventId: number;
  /** How many events there are. */
  readonly events: number;
  /** The hash that the next event follows. */
  readonly hash: Uint8Array;
}

/** A stored event and its stored hash; null where it was written before the chain. */
export interface EventRow extends StoredEvent {
  readonly hash: Uint8Array | null;
}

const columns = "id, t_ms, event, node_id, actor, sentence, detail, basis, hash";

/** Undefined for what is neither bytes nor null. */
function bytesOrNull(value: unknown): Uint8Array | null | undefined {
  if (value === null || value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/**
 * Reads the next events after `afterId`, at most `limit`, in order.
 * @throws where the database is damaged; a row whose types are wrong ends the stretch as `unreadable`.
 */
export function readEvents(
  database: Database.Database,
  afterId: number,
  limit: number,
): { readonly rows: readonly EventRow[]; readonly unreadable: boolean } {
  const rows: EventRow[] = [];
  const found = database.prepare(`SELECT ${columns} FROM events WHERE id > ? ORDER BY id LIMIT ?`).raw(true).all(afterId, limit);
  for (const row of found) {
    if (!Array.isArray(row)) return { rows, unreadable: true };
    const [id, tMs, event, nodeId, actor, sentence, detail, packed, link] = row as readonly unknown[];
    const basis = bytesOrNull(packed);
    const hash = bytesOrNull(link);
    const isWhole =
      typeof id === "number" &&
      typeof tMs === "number" &&
      typeof event === "string" &&
      (nodeId === null || typeof nodeId === "string") &&
      typeof actor === "string" &&
      typeof sentence === "string" &&
      typeof detail === "string" &&
      basis !== undefined &&
      hash !== undefined;
    if (!isWhole) return { rows, unreadable: true };
    rows.push({ id, tMs, event, nodeId, actor, sentence, detail, basis, hash });
  }
  return { rows, unreadable: false };
}

/** All segments, oldest first, with their stored hashes. Throws where they cannot be read. */
export function readSegments(database: Database.Database): readonly (Segment & { readonly hash: Uint8Array })[] {
  return database.prepare("SELECT * FROM segments ORDER BY number").all().map((row) => {
    const { after_id, t_ms, sealed_events, sealed_hash, ...rest } = v.parse(segmentRow, row);
    return { ...rest, afterId: after_id, tMs: t_ms, sealedEvents: sealed_events, sealedHash: sealed_hash };
  });
}

/** All checkpoints, oldest first, with their stored hashes. Throws where they cannot be read. */
export function readCheckpoints(database: Database.Database): readonly (Checkpoint & { readonly hash: Uint8Array })[] {
  return database.prepare("SELECT * FROM checkpoints ORDER BY number").all().map((row) => {
    const { event_id, event_hash, t_ms, ...rest } = v.parse(checkpointRow, row);
    return { ...rest, eventId: event_id, eventHash: event_hash, tMs: t_ms };
  });
}

/** What the journal says is its newest event; null where the entry is missing. */
export function readHead(database: Database.Database): Head | null {
  const row = database.prepare("SELECT * FROM head WHERE one = 1").get();
  if (row === undefined) return null;
  const { event_id, ...rest } = v.parse(headRow, row);
  return { ...rest, eventId: event_id };
}

/** Notes where the chain ends now. */
export function writeHead(database: Database.Database, { eventId, events, hash }: Head): void {
  database
    .prepare(
      `INSERT INTO head (one, event_id, events, hash) VALUES (1, ?, ?, ?)
       ON CONFLICT (one) DO UPDATE SET event_id = excluded.event_id, events = excluded.events, hash = excluded.hash`,
    )
    .run(eventId, events, hash);
}

/** Which events there are, and the seal over all of them. */
export function sealAll(database: Database.Database): { readonly events: number; readonly lastId: number; readonly hash: Uint8Array } {
  let seal = { events: 0, lastId: 0, hash: NO_HASH };
  for (;;) {
    const { rows, unreadable } = readEvents(database, seal.lastId, 1_000);
    for (const row of rows) {
      seal = { events: seal.events + 1, lastId: row.id, hash: sealNext(seal.hash, row, row.hash) };
    }
    if (unreadable) throw new Error(`the event after ${seal.lastId} cannot be read`);
    if (rows.length === 0) return seal;
  }
}

/** Begins a segment after all that there is, and seals that. To be called within a transaction. */
export function beginSegment(database: Database.Database, tMs: number, actor: string, reason: string): Head {
  const before = readSegments(database).at(-1);
  const seal = sealAll(database);
  const segment: Segment = {
    number: (before?.number ?? 0) + 1,
    afterId: Math.max(seal.lastId, before?.afterId ?? 0),
    tMs,
    actor,
    reason,
    sealedEvents: seal.events,
    sealedHash: seal.hash,
  };
  const hash = segmentHash(before?.hash ?? NO_HASH, segment);
  database
    .prepare("INSERT INTO segments (number, after_id, t_ms, actor, reason, sealed_events, sealed_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    .run(segment.number, segment.afterId, tMs, actor, reason, segment.sealedEvents, segment.sealedHash, hash);
  const head = { eventId: segment.afterId, events: seal.events, hash };
  writeHead(database, head);
  return head;
}

/** The schema version of a file; 0 of a new one. */
export function schemaVersion(database: Database.Database): number {
  return v.parse(v.object({ user_version: v.number() }), database.prepare("PRAGMA user_version").get()).user_version;
}

const CLOSING = ["PRAGMA journal_mode = DELETE", "PRAGMA locking_mode = NORMAL", "SELECT count(*) FROM facts"] as const;

/**
 * Closes a database. The driver lets go of the file only once its statements are collected, so the lock is given up
 * by hand: out of WAL first, since an exclusive WAL cannot change its locking mode.
 * @returns what kept it from that; all that was committed is in the write-ahead log then. Null where nothing did.
 */
export function release(database: Database.Database): unknown {
  let trouble: unknown = null;
  try {
    for (const statement of CLOSING) database.exec(statement);
  } catch (error) {
    trouble = error;
  }
  database.close();
  return trouble;
}

/** Takes the lock and asks for synced writes. Throws SQLITE_BUSY where another application has it. */
export function lock(database: Database.Database): void {
  for (const statement of OPENING) database.exec(statement);
}

/**
 * Makes the tables, or brings those of an older version up to date. The chain of a journal that had none
 * begins with an entry that says so and seals what was there.
 * @throws where the file is of a newer version, and whatever SQLite says.
 */
export function migrate(database: Database.Database, tMs: number): void {
  const version = schemaVersion(database);
  if (version > SCHEMA_VERSION) throw new Error(`it was written by a newer Lydlr Ops (schema ${version})`);
  if (version === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(EVENTS);
    database.exec("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
    for (const statement of CHAIN) database.exec(statement);
    const isNew = database.prepare("SELECT 1 FROM events LIMIT 1").get() === undefined;
    const reason = isNew
      ? "A new journal: the chain begins here."
      : "The events before this were written before there was a chain. They are sealed as they stood now; what happened to them until now cannot be known.";
    beginSegment(database, tMs, "engine", reason);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
