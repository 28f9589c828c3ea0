import { inTimeOrder, joinSamples, unpackSamples, type SampleColumns } from "../../shared/history/block";
import { packRollUps, ROLL_UP_LEVELS, ROLL_UP_MS, rollUp } from "../../shared/history/roll-up";
import type { Retention } from "../../shared/contract/history";
import { DamagedBody, readBody, storeBody } from "./body";
import { addToFact, bytesAt, firstOf, HOUR_MS, inTransaction, numberAt, pragma, readFact, rows, SAMPLES_FACT, SLOT_MS, SLOTS_PER_HOUR, writeFact, type HistoryDatabase } from "./tables";
import type { HistoryWriter } from "./writer";

/** An hour is rolled up this long after its end. */
const SETTLED_MS = 20_000;
/** Rows that are deleted in one step: some milliseconds. */
const DELETED_AT_ONCE = 20;
/** Pages that are given back in one step. */
const VACUUMED_AT_ONCE = 400;
/** Free pages that are kept for what comes next: giving them back and asking for them again is work for nothing. */
const KEPT_FREE_SHARE = 0.1;
const KEPT_FREE_PAGES = 64;
const DAY_MS = 86_400_000;

/** What is left after an hour's deletion, so that the next sample does not delete again. */
const SIZE_MARGIN = 0.98;

/**
 * What the file needs beside the samples: packing, roll-ups, deletion, giving back space. One step at a time, each a
 * transaction of its own of some milliseconds, so that samples never wait and a crash between two steps does no harm.
 */
export class Upkeep {
  private deletedHour: number | null = null;
  /** Bodies that could not be read while rolling up. */
  damaged = 0;

  constructor(
    private readonly writer: HistoryWriter,
    private retention: Retention,
  ) {}

  /** Other limits; looked at with the next step. */
  setRetention(retention: Retention): void {
    this.retention = retention;
    this.deletedHour = null;
  }

  /** Takes one step. @returns false where nothing is left to do now. */
  step(nowMs: number): boolean {
    return this.writer.packOldest(nowMs) || this.rollUpOldest(nowMs) || this.deleteOld(nowMs) || this.giveBack();
  }

  private get database(): HistoryDatabase {
    return this.writer.database;
  }

  private rollUpOldest(nowMs: number): boolean {
    const hourNow = Math.floor((nowMs - SETTLED_MS) / HOUR_MS);
    const [due] = rows(
      this.database,
      `SELECT series, slot, epoch FROM pending
       WHERE (slot < ? OR epoch < (SELECT max(id) FROM epochs))
         AND NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.epoch = pending.epoch AND fresh.slot / ${SLOTS_PER_HOUR} = pending.slot) LIMIT 1`,
      hourNow,
    );
    if (due === undefined) return false;
    const key = { series: numberAt(due, 0), hour: numberAt(due, 1), epoch: numberAt(due, 2) };
    inTransaction(this.database, () => {
      this.rollUpHour(key);
      this.database.prepare("DELETE FROM pending WHERE series = ? AND slot = ? AND epoch = ?").run(key.series, key.hour, key.epoch);
    });
    return true;
  }

  private rollUpHour({ series, hour, epoch }: { readonly series: number; readonly hour: number; readonly epoch: number }): void {
    const first = hour * SLOTS_PER_HOUR;
    const blocks = rows(this.database, "SELECT body FROM blocks WHERE series = ? AND slot >= ? AND slot < ? AND epoch = ? ORDER BY slot", series, first, first + SLOTS_PER_HOUR, epoch);
    const parts = blocks.flatMap((row) => this.unpacked(bytesAt(row, 0)));
    if (parts.length === 0) return;
    const samples = inTimeOrder(joinSamples(parts));
    const previousMs = lastSampleBefore(this.database, series, first);
    for (const level of ROLL_UP_LEVELS) {
      const body = storeBody(packRollUps(rollUp(samples, ROLL_UP_MS[level], previousMs)));
      this.database
        .prepare(`INSERT INTO ${level} (series, slot, epoch, count, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (series, slot, epoch) DO UPDATE SET count = excluded.count, body = excluded.body`)
        .run(series, hour, epoch, samples.length, body);
    }
  }

  private unpacked(body: Uint8Array): readonly SampleColumns[] {
    try {
      return [unpackSamples(readBody(body))];
    } catch (error) {
      if (!(error instanceof DamagedBody)) throw error;
      this.damaged += 1;
      return [];
    }
  }

  /** Deletes what is older than it may be, once an hour, and what makes the file larger than it may be. */
  private deleteOld(nowMs: number): boolean {
    const hour = Math.floor(nowMs / HOUR_MS);
    if (this.deletedHour !== hour) {
      if (this.deleteByAge(nowMs)) return true;
      this.deletedHour = hour;
    }
    return this.deleteBySize();
  }

  private deleteByAge(nowMs: number): boolean {
    // A clock that jumped may be wrong: it must run on for a day before anything goes by its word.
    if (nowMs < Number(readFact(this.database, "delete-from-ms") ?? 0)) return false;
    const { rawDays, tensDays, minutesDays } = this.retention;
    const before = (days: number, slotMs: number): number => Math.floor((nowMs - days * DAY_MS) / slotMs);
    return (
      this.deleteBefore("blocks", before(rawDays, SLOT_MS)) ||
      this.deleteBefore("tens", before(tensDays, HOUR_MS)) ||
      this.deleteBefore("minutes", before(minutesDays, HOUR_MS)) ||
      this.deleteBefore("hours", before(minutesDays, HOUR_MS))
    );
  }

  private deleteBefore(table: "blocks" | "tens" | "minutes" | "hours", slot: number): boolean {
    for (const [series] of rows(this.database, "SELECT id FROM series")) {
      const [oldest] = rows(this.database, `SELECT slot FROM ${table} WHERE series = ? AND slot < ? ORDER BY slot LIMIT 1`, Number(series), slot);
      if (oldest === undefined) continue;
      // A few of this series at a time: the index is by series and slot.
      const until = Math.min(slot, numberAt(oldest, 0) + DELETED_AT_ONCE);
      this.deleteRows(table, "series = ? AND slot < ?", [Number(series), until]);
      return true;
    }
    return false;
  }

  private deleteBySize(): boolean {
    const mostPages = (this.retention.maxBytes * SIZE_MARGIN) / pragma(this.database, "page_size");
    if (pragma(this.database, "page_count") - pragma(this.database, "freelist_count") <= mostPages) return false;
    // By arrival, not by time: a wrong clock must not choose. What is not rolled up yet stays.
    for (const table of ["blocks", "tens", "minutes"] as const) {
      // The divisor stands in the statement: the driver binds every number as a real one.
      const kept = table === "blocks" ? `WHERE NOT EXISTS (SELECT 1 FROM pending WHERE pending.series = blocks.series AND pending.epoch = blocks.epoch AND pending.slot = blocks.slot / ${SLOTS_PER_HOUR})` : "";
      if (this.deleteRows(table, `id IN (SELECT id FROM ${table} ${kept} ORDER BY id LIMIT ?)`, [DELETED_AT_ONCE]) === 0) continue;
      writeFact(this.database, "deleted-by-size", "yes");
      return true;
    }
    return false;
  }

  /** @returns how many rows went. The count of samples goes with them. */
  private deleteRows(table: "blocks" | "tens" | "minutes" | "hours", where: string, parameters: readonly number[]): number {
    return inTransaction(this.database, () => {
      if (table === "blocks") addToFact(this.database, SAMPLES_FACT, -Number(firstOf(rows(this.database, `SELECT coalesce(sum(count), 0) FROM blocks WHERE ${where}`, ...parameters))));
      return this.database.prepare(`DELETE FROM ${table} WHERE ${where}`).run(parameters).changes;
    });
  }

  private giveBack(): boolean {
    const free = pragma(this.database, "freelist_count");
    if (free <= Math.max(KEPT_FREE_PAGES, KEPT_FREE_SHARE * pragma(this.database, "page_count"))) return false;
    this.database.exec(`PRAGMA incremental_vacuum(${VACUUMED_AT_ONCE})`);
    return pragma(this.database, "freelist_count") < free;
  }
}

/** When the sample before a slot arrived, Unix ms; null where none is kept. */
export function lastSampleBefore(database: HistoryDatabase, series: number, slot: number): number | null {
  const body = firstOf(rows(database, "SELECT body FROM blocks WHERE series = ? AND slot < ? ORDER BY slot DESC LIMIT 1", series, slot));
  if (body === undefined) return null;
  try {
    return unpackSamples(readBody(bytesAt([body], 0))).columns.atMs.reduce<number | null>((latest, atMs) => Math.max(latest ?? atMs, atMs), null);
  } catch (error) {
    if (error instanceof DamagedBody) return null;
    throw error;
  }
}
