import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import * as v from "valibot";

/** A connection to the file of the history. */
export type HistoryDatabase = Database.Database;

/** Raw samples are packed by node and stretches of this length, on multiples of it, ms. */
export const SLOT_MS = 300_000;
/** Roll-ups are packed by node and hour, on whole hours, ms. */
export const HOUR_MS = 3_600_000;
/** Slots of an hour. */
export const SLOTS_PER_HOUR = HOUR_MS / SLOT_MS;

/** 1: the first. */
const SCHEMA_VERSION = 1;

/**
 * Decision 061. `fresh` takes what just arrived, a row a second; `blocks` has it packed by node and slot, `pending`
 * says which hours are not rolled up yet. An epoch is a stretch in which the clock did not go back.
 */
const SCHEMA = [
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE TABLE series (id INTEGER PRIMARY KEY, fleet TEXT NOT NULL, node_id TEXT NOT NULL, UNIQUE (fleet, node_id)) STRICT",
  "CREATE TABLE origins (id INTEGER PRIMARY KEY, version TEXT, dialect TEXT NOT NULL, vertical TEXT) STRICT",
  "CREATE TABLE epochs (id INTEGER PRIMARY KEY, from_ms REAL NOT NULL, before_ms REAL) STRICT",
  "CREATE TABLE changes (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, at_ms REAL NOT NULL, version TEXT) STRICT",
  "CREATE INDEX changes_by_node ON changes (series, at_ms)",
  // Ids are not used again: a reader keeps what it has read by them.
  "CREATE TABLE fresh (id INTEGER PRIMARY KEY AUTOINCREMENT, epoch INTEGER NOT NULL, slot INTEGER NOT NULL, to_ms REAL NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL) STRICT",
  ...["blocks", "tens", "minutes"].flatMap((table) => [
    `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, slot INTEGER NOT NULL, epoch INTEGER NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL) STRICT`,
    `CREATE UNIQUE INDEX ${table}_by_node ON ${table} (series, slot, epoch)`,
  ]),
  "CREATE TABLE hours (series INTEGER NOT NULL, slot INTEGER NOT NULL, epoch INTEGER NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (series, slot, epoch)) STRICT, WITHOUT ROWID",
  "CREATE TABLE pending (series INTEGER NOT NULL, slot INTEGER NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (series, slot, epoch)) STRICT, WITHOUT ROWID",
  `PRAGMA user_version = ${SCHEMA_VERSION}`,
];

/** Waits this long for another connection of this application, ms. */
const BUSY_MS = 5_000;

/**
 * Opens the file for writing and makes its tables where it is new. A commit is not synced on its own: what a
 * crash of this application loses is what was not committed; what a crash of the machine loses may be a little more.
 * @param maxPages largest size in pages of 4 KiB, to try out a full disk.
 * @throws what SQLite says: SQLITE_CORRUPT and SQLITE_NOTADB for a damaged file.
 */
export function openForWriting(path: string, maxPages?: number): HistoryDatabase {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path, { timeout: BUSY_MS });
  try {
    database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL");
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(maxPages)}`);
    const version = pragma(database, "user_version");
    if (version > SCHEMA_VERSION) throw new Error(`it was written by a newer Lydlr Ops (schema ${version})`);
    if (version < SCHEMA_VERSION) inTransaction(database, () => SCHEMA.forEach((statement) => database.exec(statement)));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens the file for reading beside whoever writes it. Throws what SQLite says. */
export function openForReading(path: string): HistoryDatabase {
  return new Database(path, { readonly: true, timeout: BUSY_MS });
}

/** All of the work or nothing. SQLite itself rolls back on a full disk, so ours must not hide that error. */
export function inTransaction<Value>(database: HistoryDatabase, work: () => Value): Value {
  database.exec("BEGIN IMMEDIATE");
  try {
    const value = work();
    database.exec("COMMIT");
    return value;
  } catch (error) {
    if (database.open && database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** One view of the file for several readings. */
export function inOneView<Value>(database: HistoryDatabase, work: () => Value): Value {
  database.exec("BEGIN");
  try {
    return work();
  } finally {
    if (database.open && database.inTransaction) database.exec("COMMIT");
  }
}

const numberSchema = v.number();

/** A number that SQLite keeps of a file. */
export function pragma(database: HistoryDatabase, name: "user_version" | "page_count" | "page_size" | "freelist_count"): number {
  return v.parse(numberSchema, firstOf(rows(database, `PRAGMA ${name}`)));
}

/** Rows of a query, each as its values. Parameters go as one array: the driver takes a lone null or blob for names and ends the process. */
export function rows(database: HistoryDatabase, sql: string, ...parameters: readonly (string | number | null)[]): readonly (readonly unknown[])[] {
  return database.prepare(sql).raw(true).all(parameters) as readonly (readonly unknown[])[];
}

/** The first value of the first row; undefined of none. */
export function firstOf(found: readonly (readonly unknown[])[]): unknown {
  return found[0]?.[0];
}

/** A value of a row that must be a number. @throws TypeError where it is not: the file is damaged. */
export function numberAt(row: readonly unknown[], index: number): number {
  const value = row[index];
  if (typeof value !== "number") throw new TypeError(`column ${index} of the history holds no number`);
  return value;
}

/** A value of a row that must be text or nothing. @throws TypeError where it is not. */
export function textAt(row: readonly unknown[], index: number): string | null {
  const value = row[index];
  if (value === null || typeof value === "string") return value;
  throw new TypeError(`column ${index} of the history holds no text`);
}

/** A value of a row that must be bytes. @throws TypeError where it is not. */
export function bytesAt(row: readonly unknown[], index: number): Uint8Array {
  const value = row[index];
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError(`column ${index} of the history holds no bytes`);
}

/** Reads a small named fact; null where it was never written. */
export function readFact(database: HistoryDatabase, name: string): string | null {
  const value = firstOf(rows(database, "SELECT value FROM meta WHERE name = ?", name));
  return typeof value === "string" ? value : null;
}

/** Writes a small named fact. */
export function writeFact(database: HistoryDatabase, name: string, value: string): void {
  database.prepare("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value").run(name, value);
}

/** Adds to a number that is kept as a fact. */
export function addToFact(database: HistoryDatabase, name: string, by: number): void {
  writeFact(database, name, String(Number(readFact(database, name) ?? 0) + by));
}

/** How many packed raw samples the file holds. */
export const SAMPLES_FACT = "samples";

/** Whether an error says that the file itself is damaged. */
export function isDamage(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_NOTADB");
}
