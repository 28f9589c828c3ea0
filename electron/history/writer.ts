import { joinSamples, packSamples, unpackSamples, type SampleColumns } from "../../shared/history/block";
import { columnsBySeries, ROW_FIELDS, rowBytes, rowsOfBytes, type Origin, type SampleBatch, type SeriesName } from "./batch";
import { DamagedBody, readBody, storeBody } from "./body";
import { addToFact, bytesAt, firstOf, HOUR_MS, inTransaction, numberAt, readFact, rows, SAMPLES_FACT, SLOT_MS, textAt, writeFact, type HistoryDatabase } from "./tables";

/** Samples that are a little late, as two processes may stamp them, are no clock that went back. */
const LATE_MS = 60_000;
/** A slot is packed this long after its end, so that late samples are in it. */
const SETTLED_MS = 10_000;
/** A jump of the clock by more than this may be a wrong clock: nothing is deleted by age for {@link TRUST_AFTER_MS}. */
const GREAT_JUMP_MS = 86_400_000;
/** How long a clock that jumped must run on before anything is deleted by its word, ms. */
const TRUST_AFTER_MS = 86_400_000;

/** The clock jumped between two samples. */
export interface ClockJump {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which samples of which batch were written. */
export interface Appended {
  readonly samples: number;
  /** Where the clock went back, or went on by more than a day. */
  readonly jumps: readonly ClockJump[];
}

/**
 * Writes samples: what arrives goes into one row a batch, and once its five minutes are over into a packed block for
 * each node. Both in transactions: a crash loses what was not committed and leaves nothing half-written.
 */
export class HistoryWriter {
  private readonly seriesIds = new Map<string, number>();
  private readonly originIds = new Map<string, number>();
  /** The newest version of each series; absent where none was seen. */
  private readonly versions = new Map<number, string | null>();
  private epoch: number;
  private lastMs: number | null;

  constructor(readonly database: HistoryDatabase) {
    for (const row of rows(database, "SELECT id, fleet, node_id FROM series")) this.seriesIds.set(`${String(row[1])}\n${String(row[2])}`, numberAt(row, 0));
    for (const row of rows(database, "SELECT id, version, dialect, vertical FROM origins")) {
      this.originIds.set(originKey({ version: textAt(row, 1), dialect: String(row[2]), vertical: textAt(row, 3) }), numberAt(row, 0));
    }
    for (const row of rows(database, "SELECT series, version, max(id) FROM changes GROUP BY series")) this.versions.set(numberAt(row, 0), textAt(row, 1));
    this.epoch = Number(firstOf(rows(database, "SELECT max(id) FROM epochs")) ?? 0);
    const packedMs = readFact(database, "last-ms");
    const fresh = firstOf(rows(database, "SELECT max(to_ms) FROM fresh WHERE epoch = ?", this.epoch));
    this.lastMs = packedMs === null && typeof fresh !== "number" ? null : Math.max(Number(packedMs ?? -Infinity), typeof fresh === "number" ? fresh : -Infinity);
  }

  /** Writes batches in one transaction; one that was written before is left out. Throws what SQLite says. */
  append(batches: readonly SampleBatch[]): Appended {
    const before = { epoch: this.epoch, lastMs: this.lastMs };
    const jumps: ClockJump[] = [];
    try {
      const samples = inTransaction(this.database, () => {
        const known = readFact(this.database, "token");
        // Tokens come in order: all up to the one that is known were written.
        const written = batches.findIndex(({ token }) => token === known);
        let count = 0;
        for (const batch of batches.slice(written + 1)) {
          count += this.appendBatch(batch, jumps);
          writeFact(this.database, "token", batch.token);
        }
        return count;
      });
      return { samples, jumps };
    } catch (error) {
      this.epoch = before.epoch;
      this.lastMs = before.lastMs;
      this.forgetUncommitted();
      throw error;
    }
  }

  /** When the newest sample arrived, Unix ms; null of none. */
  get newestMs(): number | null {
    return this.lastMs;
  }

  /** Packs the oldest slot that is over. @returns false where there is none. */
  packOldest(nowMs: number): boolean {
    const [oldest] = rows(this.database, "SELECT epoch, slot FROM fresh ORDER BY epoch, slot LIMIT 1");
    if (oldest === undefined) return false;
    const epoch = numberAt(oldest, 0);
    const slot = numberAt(oldest, 1);
    const isOver = epoch !== this.epoch || Math.max(nowMs, this.lastMs ?? nowMs) >= (slot + 1) * SLOT_MS + SETTLED_MS;
    if (!isOver) return false;
    inTransaction(this.database, () => {
      this.pack(epoch, slot);
    });
    return true;
  }

  private appendBatch({ series, origins, rows: numbers }: SampleBatch, jumps: ClockJump[]): number {
    const seriesIds = series.map((name) => this.seriesId(name));
    const originIds = origins.map((origin) => this.originId(origin));
    const mapped = Float64Array.from(numbers);
    let begun = 0;
    let key: { readonly epoch: number; readonly slot: number } | null = null;
    for (let at = 0; at <= mapped.length; at += ROW_FIELDS) {
      const next = at === mapped.length ? null : this.place(mapped, at, { seriesIds, originIds, origins }, jumps);
      if (key !== null && (next === null || next.epoch !== key.epoch || next.slot !== key.slot)) {
        this.insertFresh(key, mapped.subarray(begun, at));
        begun = at;
      }
      key = next;
    }
    return mapped.length / ROW_FIELDS;
  }

  /** Numbers a row by the file's own series and origin, and says where it belongs. */
  private place(
    mapped: Float64Array,
    at: number,
    { seriesIds, originIds, origins }: { readonly seriesIds: readonly number[]; readonly originIds: readonly number[]; readonly origins: readonly Origin[] },
    jumps: ClockJump[],
  ): { readonly epoch: number; readonly slot: number } {
    const origin = mapped[at + 1] ?? 0;
    const seriesId = seriesIds[mapped[at] ?? 0] ?? 0;
    mapped[at] = seriesId;
    mapped[at + 1] = originIds[origin] ?? 0;
    const atMs = mapped[at + 2] ?? 0;
    this.followClock(atMs, jumps);
    this.noteVersion(seriesId, origins[origin]?.version ?? null, atMs);
    return { epoch: this.epoch, slot: Math.floor(atMs / SLOT_MS) };
  }

  private followClock(atMs: number, jumps: ClockJump[]): void {
    const { lastMs } = this;
    const isBack = lastMs !== null && atMs < lastMs - LATE_MS;
    const isFar = lastMs !== null && atMs > lastMs + GREAT_JUMP_MS;
    if (isBack || isFar) {
      jumps.push({ fromMs: lastMs, toMs: atMs });
      writeFact(this.database, "delete-from-ms", String(atMs + TRUST_AFTER_MS));
    }
    if (isBack || this.epoch === 0) {
      // The number is also a time, so that the epochs of a file that was begun anew are not those of the one before.
      this.epoch = Math.max(this.epoch + 1, Math.floor(atMs / 1_000));
      this.database.prepare("INSERT INTO epochs (id, from_ms, before_ms) VALUES (?, ?, ?)").run(this.epoch, atMs, lastMs);
      this.lastMs = atMs;
      return;
    }
    this.lastMs = Math.max(lastMs ?? atMs, atMs);
  }

  private noteVersion(series: number, version: string | null, atMs: number): void {
    if (this.versions.has(series) && this.versions.get(series) === version) return;
    this.versions.set(series, version);
    this.database.prepare("INSERT INTO changes (series, at_ms, version) VALUES (?, ?, ?)").run(series, atMs, version);
  }

  private insertFresh({ epoch, slot }: { readonly epoch: number; readonly slot: number }, part: Float64Array): void {
    let toMs = -Infinity;
    for (let at = 2; at < part.length; at += ROW_FIELDS) toMs = Math.max(toMs, part[at] ?? -Infinity);
    this.database.prepare("INSERT INTO fresh (epoch, slot, to_ms, count, body) VALUES (?, ?, ?, ?, ?)").run(epoch, slot, toMs, part.length / ROW_FIELDS, storeBody(rowBytes(part)));
  }

  /** Samples that came late for a slot that is packed join those that are there. */
  private pack(epoch: number, slot: number): void {
    const fresh = rows(this.database, "SELECT body, to_ms FROM fresh WHERE epoch = ? AND slot = ? ORDER BY id", epoch, slot);
    const parts = fresh.flatMap((row) => {
      try {
        return [rowsOfBytes(readBody(bytesAt(row, 0)))];
      } catch (error) {
        if (error instanceof DamagedBody) return [];
        throw error;
      }
    });
    for (const [series, samples] of columnsBySeries(parts)) {
      this.writeBlock(series, slot, epoch, samples);
      this.database.prepare("INSERT OR IGNORE INTO pending (series, slot, epoch) VALUES (?, ?, ?)").run(series, Math.floor((slot * SLOT_MS) / HOUR_MS), epoch);
    }
    this.database.prepare("DELETE FROM fresh WHERE epoch = ? AND slot = ?").run(epoch, slot);
    if (epoch === this.epoch) writeFact(this.database, "last-ms", String(this.lastMs));
  }

  private writeBlock(series: number, slot: number, epoch: number, samples: SampleColumns): void {
    const present = rows(this.database, "SELECT body FROM blocks WHERE series = ? AND slot = ? AND epoch = ?", series, slot, epoch)[0];
    addToFact(this.database, SAMPLES_FACT, samples.length);
    const joined = present === undefined ? samples : joinSamples([...unpackedOrNothing(bytesAt(present, 0)), samples]);
    this.database
      .prepare("INSERT INTO blocks (series, slot, epoch, count, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (series, slot, epoch) DO UPDATE SET count = excluded.count, body = excluded.body")
      .run(series, slot, epoch, joined.length, storeBody(packSamples(joined)));
  }

  private seriesId({ fleet, nodeId }: SeriesName): number {
    const key = `${fleet}\n${nodeId}`;
    const known = this.seriesIds.get(key);
    if (known !== undefined) return known;
    const id = Number(this.database.prepare("INSERT INTO series (fleet, node_id) VALUES (?, ?)").run(fleet, nodeId).lastInsertRowid);
    this.seriesIds.set(key, id);
    return id;
  }

  private originId(origin: Origin): number {
    const key = originKey(origin);
    const known = this.originIds.get(key);
    if (known !== undefined) return known;
    const { version, dialect, vertical } = origin;
    const id = Number(this.database.prepare("INSERT INTO origins (version, dialect, vertical) VALUES (?, ?, ?)").run(version, dialect, vertical).lastInsertRowid);
    this.originIds.set(key, id);
    return id;
  }

  /** What a transaction that failed had added is not there: it is read anew. */
  private forgetUncommitted(): void {
    this.seriesIds.clear();
    this.originIds.clear();
    this.versions.clear();
    try {
      const anew = new HistoryWriter(this.database);
      for (const [key, id] of anew.seriesIds) this.seriesIds.set(key, id);
      for (const [key, id] of anew.originIds) this.originIds.set(key, id);
      for (const [series, version] of anew.versions) this.versions.set(series, version);
    } catch {
      // It cannot be read either: the caller hears of the first error, and the file is opened anew.
    }
  }
}

function originKey({ version, dialect, vertical }: { readonly version: string | null; readonly dialect: string; readonly vertical: string | null }): string {
  return `${version ?? ""}\n${dialect}\n${vertical ?? ""}`;
}

function unpackedOrNothing(body: Uint8Array): readonly SampleColumns[] {
  try {
    return [unpackSamples(readBody(body))];
  } catch (error) {
    if (error instanceof DamagedBody) return [];
    throw error;
  }
}
