import { existsSync } from "node:fs";
import * as v from "valibot";
import { DamagedBody, readBody } from "./body";
import { addToFact, bytesAt, inTransaction, numberAt, openForReading, readFact, rows, SAMPLES_FACT, SLOTS_PER_HOUR, writeFact, type HistoryDatabase } from "./tables";

/** Rows that are copied in one step: some milliseconds. */
const COPIED_AT_ONCE = 40;
/** Where nothing can be read, so many rows are tried one by one; then each try is twice as far on. */
const TRIED_ONE_BY_ONE = 500;
/** After so many tries in vain a table has no more to give. */
const MOST_FAILURES = 530;
/** The fact that keeps how far it is: it goes on where a crash ended it. */
const STATE_FACT = "recovering";

/** Small tables, copied at once when the new file is begun. */
const NAMES = ["series", "origins", "epochs", "changes"] as const;
/** Tables of bodies, copied beside the work. */
const TABLES = ["fresh", "blocks", "tens", "minutes", "hours"] as const;
type Table = (typeof TABLES)[number];

const COLUMNS: Readonly<Record<Table, string>> = {
  fresh: "epoch, slot, to_ms, count, body",
  blocks: "series, slot, epoch, count, body",
  tens: "series, slot, epoch, count, body",
  minutes: "series, slot, epoch, count, body",
  hours: "series, slot, epoch, count, body",
};

const stateSchema = v.strictObject({
  /** The damaged file. */
  path: v.string(),
  table: v.picklist(TABLES),
  /** The last row that was looked at. `hours` has its key instead of an id. */
  id: v.number(),
  series: v.number(),
  slot: v.number(),
  /** The last row that could be read. */
  goodId: v.number(),
  /** Tries in vain since then. */
  failures: v.number(),
  copied: v.number(),
  lost: v.number(),
});

type State = v.InferOutput<typeof stateSchema>;

/** What came out of a damaged file. */
export interface Recovered {
  readonly path: string;
  /** Packed stretches of a node. */
  readonly copied: number;
  /** Those that were there and could not be read. What could not even be found is not in it. */
  readonly lost: number;
}

function copyNames(source: HistoryDatabase, target: HistoryDatabase): void {
  for (const table of NAMES) {
    try {
      const found = rows(source, `SELECT * FROM ${table} ORDER BY id`);
      const places = (found[0] ?? []).map(() => "?").join(", ");
      if (found.length === 0) continue;
      const insert = target.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${places})`);
      for (const row of found) insert.run(row);
    } catch {
      // What this table said is lost; blocks of a series that nobody knows are left out.
    }
  }
}

/**
 * Begins to recover: names at once, so that the new file counts on where the old one ended; the rest step by step.
 * To be called before anything is written into the new file.
 */
export function beginRecovery(target: HistoryDatabase, path: string): void {
  inTransaction(target, () => {
    let source: HistoryDatabase | null = null;
    try {
      source = openForReading(path);
      copyNames(source, target);
    } catch {
      // Not even its first page: the steps will find nothing.
    } finally {
      source?.close();
    }
    const state: State = { path, table: TABLES[0], id: 0, series: 0, slot: 0, goodId: 0, failures: 0, copied: 0, lost: 0 };
    writeFact(target, STATE_FACT, JSON.stringify(state));
  });
}

/** Copies what can be read of a damaged file into the new one, beside the work. */
export class Recovery {
  private source: HistoryDatabase | null = null;

  constructor(private readonly target: HistoryDatabase) {}

  /** Takes one step. @returns null where nothing is to be recovered, what came out once all was looked at, else false. */
  step(): Recovered | false | null {
    const text = readFact(this.target, STATE_FACT);
    if (text === null) return null;
    const state = v.parse(stateSchema, JSON.parse(text));
    const next = this.copySome(state);
    if (next !== null) return false;
    this.close();
    return { path: state.path, copied: state.copied, lost: state.lost };
  }

  close(): void {
    this.source?.close();
    this.source = null;
  }

  /** Copies some rows, and notes in the same transaction how far it is; null at the end. */
  private copySome(state: State): State | null {
    const found = this.read(state);
    return inTransaction(this.target, () => {
      const next = found === "unreadable" ? leapt(state) : found.length === 0 ? tableAfter(state) : this.copy(state, found);
      if (next === null) this.target.prepare("DELETE FROM meta WHERE name = ?").run(STATE_FACT);
      else writeFact(this.target, STATE_FACT, JSON.stringify(next));
      return next;
    });
  }

  private read(state: State): readonly (readonly unknown[])[] | "unreadable" {
    const { path, table, id, series, slot, failures } = state;
    if (!existsSync(path)) return [];
    // After a failure one row at a time: those around the damage are still there.
    const limit = failures > 0 ? 1 : COPIED_AT_ONCE;
    try {
      this.source ??= openForReading(path);
      if (table === "hours") return rows(this.source, `SELECT 0, ${COLUMNS.hours} FROM hours WHERE (series, slot) > (?, ?) ORDER BY series, slot LIMIT ?`, series, slot, limit);
      return rows(this.source, `SELECT id, ${COLUMNS[table]} FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`, id, limit);
    } catch {
      return "unreadable";
    }
  }

  private copy(state: State, found: readonly (readonly unknown[])[]): State {
    const { table } = state;
    const insert = this.target.prepare(`INSERT OR IGNORE INTO ${table} (${COLUMNS[table]}) VALUES (?, ?, ?, ?, ?)`);
    const pend = this.target.prepare("INSERT OR IGNORE INTO pending (series, slot, epoch) VALUES (?, ?, ?)");
    let { copied, lost } = state;
    const first = numberAt(found[0] ?? [], 0);
    if (state.failures > 0) lost += table === "hours" ? state.failures : Math.max(0, first - state.goodId - 1);
    for (const row of found) {
      const values = valuesOf(row, this.target, table);
      if (values === null) {
        lost += 1;
        continue;
      }
      const { changes } = insert.run(values);
      if (changes === 0) continue;
      copied += 1;
      // Whether it was rolled up is not asked: it is done again where the roll-up does not come too.
      if (table === "blocks") {
        pend.run(values[0], Math.floor(values[1] / SLOTS_PER_HOUR), values[2]);
        addToFact(this.target, SAMPLES_FACT, values[3]);
      }
    }
    const last = found.at(-1) ?? [];
    return { ...state, copied, lost, failures: 0, id: numberAt(last, 0), goodId: numberAt(last, 0), series: numberAt(last, 1), slot: numberAt(last, 2) };
  }
}

/** A row's values if its body is what was written and its series is known; null else. */
function valuesOf(row: readonly unknown[], target: HistoryDatabase, table: Table): readonly [number, number, number, number, Uint8Array] | null {
  try {
    const body = bytesAt(row, 5);
    readBody(body);
    if (table !== "fresh" && rows(target, "SELECT 1 FROM series WHERE id = ?", numberAt(row, 1)).length === 0) return null;
    return [numberAt(row, 1), numberAt(row, 2), numberAt(row, 3), numberAt(row, 4), body];
  } catch (error) {
    if (error instanceof DamagedBody || error instanceof TypeError) return null;
    throw error;
  }
}

function tableAfter(state: State): State | null {
  const table = TABLES[TABLES.indexOf(state.table) + 1];
  return table === undefined ? null : { ...state, table, id: 0, series: 0, slot: 0, goodId: 0, failures: 0 };
}

/** Over what cannot be read. What a table has after its last readable row is not known; it counts as one. */
function leapt(state: State): State | null {
  if (state.failures >= MOST_FAILURES) return tableAfter({ ...state, lost: state.lost + 1 });
  const by = state.failures < TRIED_ONE_BY_ONE ? 1 : 2 ** (state.failures - TRIED_ONE_BY_ONE);
  return { ...state, failures: state.failures + 1, id: state.id + by, slot: state.slot + by };
}
