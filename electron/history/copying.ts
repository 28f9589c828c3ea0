import { readBody } from "./body";
import { bytesAt, firstOf, inTransaction, numberAt, rows, type HistoryDatabase } from "./tables";

/** Rows that are read at once: some megabytes. */
const AT_ONCE = 200;

/** Tables with a body and an id. */
const BODIES = ["fresh", "blocks", "tens", "minutes"] as const;
/** Tables that are small enough to be copied at once. */
const WHOLE = ["meta", "series", "origins", "epochs", "changes", "hours", "pending"] as const;

function countOf(database: HistoryDatabase, table: string): number {
  return Number(firstOf(rows(database, `SELECT count(*) FROM ${table}`)));
}

function insertInto(target: HistoryDatabase, table: string, found: readonly (readonly unknown[])[]): void {
  const places = (found[0] ?? []).map(() => "?").join(", ");
  if (places === "") return;
  const insert = target.prepare(`INSERT INTO ${table} VALUES (${places})`);
  for (const row of found) insert.run(row);
}

/**
 * Copies one state of the file into another that has the tables and nothing in them, some rows at a time.
 * @param progress told how many of how many rows are copied.
 */
export function copyHistory(source: HistoryDatabase, target: HistoryDatabase, progress: (done: number, total: number) => void): number {
  source.exec("BEGIN");
  try {
    const total = BODIES.reduce((sum, table) => sum + countOf(source, table), 0);
    let done = 0;
    inTransaction(target, () => {
      for (const table of WHOLE) insertInto(target, table, rows(source, `SELECT * FROM ${table}`));
    });
    for (const table of BODIES) {
      for (let id = 0; ; ) {
        const found = rows(source, `SELECT * FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`, id, AT_ONCE);
        const last = found.at(-1);
        if (last === undefined) break;
        inTransaction(target, () => {
          insertInto(target, table, found);
        });
        id = numberAt(last, 0);
        done += found.length;
        progress(done, total);
      }
    }
    return done;
  } finally {
    source.exec("COMMIT");
  }
}

/** What a check of the whole file found. */
export interface Checked {
  readonly whole: boolean;
  readonly sentence: string;
}

/**
 * Reads every row of the file, compares the checksum of every body, and counts each table by its index too.
 * @throws where SQLite says that the file is damaged.
 */
export function checkHistory(database: HistoryDatabase, progress: (done: number, total: number) => void): Checked {
  database.exec("BEGIN");
  try {
    const tables = [...BODIES, "hours"] as const;
    const total = tables.reduce((sum, table) => sum + countOf(database, table), 0);
    let done = 0;
    const damaged: string[] = [];
    for (const table of tables) {
      const before = done;
      for (const { name, body } of bodiesOf(database, table)) {
        try {
          readBody(body);
        } catch {
          damaged.push(name);
        }
        done += 1;
        if (done % AT_ONCE === 0) progress(done, total);
      }
      const byIndex = table === "fresh" || table === "hours" ? done - before : Number(firstOf(rows(database, `SELECT count(*) FROM ${table} INDEXED BY ${table}_by_node WHERE series >= 0`)));
      if (byIndex !== done - before) damaged.push(`the index of ${table}, which has ${byIndex} of ${done - before}`);
    }
    if (damaged.length === 0) return { whole: true, sentence: `The history is whole: ${done} packed stretches were read and their checksums hold.` };
    return { whole: false, sentence: `${damaged.length} of ${done} packed stretches are damaged and left out of charts and exports: ${damaged.slice(0, 3).join("; ")}${damaged.length > 3 ? "; ..." : ""}.` };
  } finally {
    database.exec("COMMIT");
  }
}

function* bodiesOf(database: HistoryDatabase, table: (typeof BODIES)[number] | "hours"): Generator<{ readonly name: string; readonly body: Uint8Array }> {
  if (table === "hours") {
    for (const [series] of rows(database, "SELECT id FROM series")) {
      for (const row of rows(database, "SELECT slot, body FROM hours WHERE series = ?", Number(series))) yield { name: `hour ${numberAt(row, 0)}`, body: bytesAt(row, 1) };
    }
    return;
  }
  for (let id = 0; ; ) {
    const found = rows(database, `SELECT id, body FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`, id, AT_ONCE);
    const last = found.at(-1);
    if (last === undefined) return;
    for (const row of found) yield { name: `${table} ${numberAt(row, 0)}`, body: bytesAt(row, 1) };
    id = numberAt(last, 0);
  }
}
