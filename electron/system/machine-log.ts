import { appendFile, mkdir, readdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { SYSTEM_COLUMNS, type SystemColumn } from "../../shared/contract/system";
import type { HostBatch } from "../../shared/report/host";

/** A row as it is kept: its wall time as a double, then a 32-bit float for each column; NaN is what was not known. */
const ROW_BYTES = 8 + 4 * SYSTEM_COLUMNS.length;
/** Rows wait so long in memory before they are written: what a kill -9 loses, ms. */
const FLUSH_MS = 10_000;
/** Rows that wait while nothing can be written: an hour. The oldest go first. */
const MOST_WAITING = 3_600;
/** Days that are kept, as the raw samples are; by their count, so that a clock that is set wrong deletes nothing at once. */
const DAYS_KEPT = 8;
/** Rows of a batch that is read. */
const BATCH_ROWS = 4_096;
/** Another number for other columns: a file is read by the build whose columns it has. */
const LAYOUT = 1;
const NAME = new RegExp(`^\\d{4}-\\d{2}-\\d{2}\\.v${LAYOUT}\\.rows$`);

/** A row of the machine's history: a value for every column that has one. */
export type MachineRow = Readonly<Partial<Record<SystemColumn, number>>>;

/** What is recorded of this machine, one row a second, so that a report can tell of a shift that is over. */
export interface MachineLog {
  /** Takes a row. `atMs` is wall time. */
  push(atMs: number, row: MachineRow): void;
  /** Every row between two wall times, both included, in the order in which they were recorded. */
  read(fromMs: number, toMs: number): AsyncGenerator<HostBatch>;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Keeps rows in a file for each day (UTC), which is only appended to. A folder that cannot be written keeps an hour in memory. */
export function openMachineLog(folder: string): MachineLog {
  return new DailyFiles(folder);
}

interface Row {
  readonly atMs: number;
  readonly bytes: Buffer;
}

function nameOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 10)}.v${LAYOUT}.rows`;
}

function bytesOf(atMs: number, row: MachineRow): Buffer {
  const bytes = Buffer.allocUnsafe(ROW_BYTES);
  bytes.writeDoubleLE(atMs, 0);
  for (const [index, column] of SYSTEM_COLUMNS.entries()) bytes.writeFloatLE(row[column] ?? NaN, 8 + 4 * index);
  return bytes;
}

class DailyFiles implements MachineLog {
  private waiting: Row[] = [];
  private flushedMs: number | null = null;
  private writing: Promise<void> = Promise.resolve();
  /** Files whose end was looked at: a killed application may have left a part of a row. */
  private readonly whole = new Set<string>();

  constructor(private readonly folder: string) {}

  push(atMs: number, row: MachineRow): void {
    this.waiting.push({ atMs, bytes: bytesOf(atMs, row) });
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    this.flushedMs ??= atMs;
    if (atMs - this.flushedMs < FLUSH_MS && atMs >= this.flushedMs) return;
    this.flushedMs = atMs;
    void this.flush();
  }

  async *read(fromMs: number, toMs: number): AsyncGenerator<HostBatch> {
    await this.flush();
    for (const name of (await this.names()).filter((each) => each >= nameOf(fromMs) && each <= nameOf(toMs))) {
      const bytes = await readFile(join(this.folder, name)).catch(() => Buffer.alloc(0));
      for (let row = 0; row + 1 <= bytes.length / ROW_BYTES; row += BATCH_ROWS) {
        yield rowsBetween(bytes.subarray(row * ROW_BYTES, (row + BATCH_ROWS) * ROW_BYTES), fromMs, toMs);
      }
    }
    // What could not be written is told all the same.
    const unwritten = this.waiting.map(({ bytes }) => bytes);
    if (unwritten.length > 0) yield rowsBetween(Buffer.concat(unwritten), fromMs, toMs);
  }

  close(): Promise<void> {
    return this.flush();
  }

  private flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write()).catch(() => undefined);
    return this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const name = nameOf(this.waiting[0]?.atMs ?? 0);
      const rows = this.waiting.slice(0, this.ofOneDay(name));
      await this.prepare(name);
      await appendFile(join(this.folder, name), Buffer.concat(rows.map(({ bytes }) => bytes)));
      const written = new Set(rows);
      this.waiting = this.waiting.filter((row) => !written.has(row));
    }
  }

  private ofOneDay(name: string): number {
    const next = this.waiting.findIndex(({ atMs }) => nameOf(atMs) !== name);
    return next === -1 ? this.waiting.length : next;
  }

  /** Once for each file: its last row is whole, and the oldest days are gone. */
  private async prepare(name: string): Promise<void> {
    if (this.whole.has(name)) return;
    await mkdir(this.folder, { recursive: true });
    const path = join(this.folder, name);
    const size = await stat(path).then((found) => found.size, () => 0);
    if (size % ROW_BYTES !== 0) await truncate(path, size - (size % ROW_BYTES));
    const kept = [...new Set([...(await this.names()), name])].sort();
    for (const old of kept.slice(0, -DAYS_KEPT)) await rm(join(this.folder, old), { force: true });
    this.whole.add(name);
  }

  private async names(): Promise<readonly string[]> {
    return (await readdir(this.folder).catch(() => [])).filter((name) => NAME.test(name)).sort();
  }
}

/** Whole rows of a range as columns. */
function rowsBetween(bytes: Buffer, fromMs: number, toMs: number): HostBatch {
  const starts: number[] = [];
  for (let at = 0; at + ROW_BYTES <= bytes.length; at += ROW_BYTES) {
    const atMs = bytes.readDoubleLE(at);
    if (atMs >= fromMs && atMs <= toMs) starts.push(at);
  }
  const columns = Object.fromEntries(
    SYSTEM_COLUMNS.map((column, index) => [column, Float64Array.from(starts, (at) => bytes.readFloatLE(at + 8 + 4 * index))]),
  ) as Record<SystemColumn, Float64Array>;
  return { length: starts.length, atMs: Float64Array.from(starts, (at) => bytes.readDoubleLE(at)), columns };
}
