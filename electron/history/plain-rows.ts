import Database from "libsql";
import { METRICS } from "../../shared/fleet/sample";
import { decimateColumns, type DecimatedColumns } from "../../shared/series/decimate";
import type { Metric } from "../../shared/fleet/sample";
import { ROW_FIELDS } from "./batch";
import { inTransaction, numberAt, rows } from "./tables";

/** Rows of one statement: the driver's own time a statement would be most of it else. */
const ROWS_AT_ONCE = 100;
const FIELDS = 2 + METRICS.length;

/** Samples as a table has them, a row each with an index by node and time: what the benchmark compares with. */
export interface PlainRows {
  /** Rows of {@link ROW_FIELDS} numbers, as batches carry them. */
  append(numbers: Float64Array): void;
  /** A chart of a node, decimated as the history's are. */
  chart(node: number, fromMs: number, toMs: number, maxPoints: number): DecimatedColumns<Metric>;
  bytes(): number;
  close(): void;
}

/** Opens a table of plain rows. For benchmarks alone. */
export function openPlainRows(path: string): PlainRows {
  const database = new Database(path, { timeout: 5_000 });
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE samples (node INTEGER NOT NULL, at_ms REAL NOT NULL, ratio REAL, latency REAL, quality REAL, bandwidth REAL) STRICT");
  database.exec("CREATE INDEX samples_by_node ON samples (node, at_ms)");
  const one = `(${"?, ".repeat(FIELDS - 1)}?)`;
  const insertOf = (count: number): Database.Statement => database.prepare(`INSERT INTO samples VALUES ${Array.from({ length: count }, () => one).join(", ")}`);
  const insertMany = insertOf(ROWS_AT_ONCE);
  return {
    append(numbers) {
      inTransaction(database, () => {
        const count = numbers.length / ROW_FIELDS;
        for (let from = 0; from < count; from += ROWS_AT_ONCE) {
          const taken = Math.min(ROWS_AT_ONCE, count - from);
          const values: (number | null)[] = [];
          for (let row = from; row < from + taken; row += 1) {
            const at = row * ROW_FIELDS;
            values.push(numbers[at] ?? 0);
            for (let field = 2; field < 2 + METRICS.length + 1; field += 1) {
              const value = numbers[at + field] ?? Number.NaN;
              values.push(Number.isNaN(value) ? null : value);
            }
          }
          (taken === ROWS_AT_ONCE ? insertMany : insertOf(taken)).run(...values);
        }
      });
    },
    chart(node, fromMs, toMs, maxPoints) {
      const found = rows(database, "SELECT at_ms, ratio, latency, quality, bandwidth FROM samples WHERE node = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms", node, fromMs, toMs);
      const column = (index: number): Float64Array => Float64Array.from(found, (row) => (row[index] === null ? Number.NaN : numberAt(row, index)));
      const columns = { compressionRatio: column(1), latencyMs: column(2), qualityScore: column(3), bandwidthKbps: column(4) };
      return decimateColumns({ atMs: column(0), columns }, maxPoints);
    },
    bytes() {
      rows(database, "PRAGMA wal_checkpoint(TRUNCATE)");
      return Number(rows(database, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")[0]?.[0]);
    },
    close() {
      database.close();
    },
  };
}
