import type { HistoryRange, RangeLevel } from "../../shared/contract/history";
import { inTimeOrder, joinSamples, samplesBetween, unpackSamples, type SampleColumns } from "../../shared/history/block";
import { levelFor, seriesOfRollUps, seriesOfSamples, type RangeQuestion, type VersionChange } from "../../shared/history/range";
import { joinRollUps, ROLL_UP_MS, rollUp, unpackRollUps, type RollUpLevel, type RollUps } from "../../shared/history/roll-up";
import { fail, ok, type Result } from "../../shared/result";
import { columnsBySeries, ROW_FIELDS, rowsOfBytes, type SeriesName } from "./batch";
import { DamagedBody, readBody } from "./body";
import { bytesAt, firstOf, HOUR_MS, inOneView, numberAt, rows, SLOT_MS, SLOTS_PER_HOUR, textAt, type HistoryDatabase } from "./tables";
import { lastSampleBefore } from "./upkeep";

/** A chart's question of a node of a fleet. */
export interface RangeRequest extends RangeQuestion {
  readonly fleet: string;
  /** Now, Unix ms. */
  readonly nowMs: number;
}

/** Rows that arrived and are not packed yet, by their id. They do not change once they are there. */
type FreshRows = Map<number, { readonly epoch: number; readonly slot: number; readonly rows: Float64Array }>;

/** Reads the history beside whoever writes it. Every question sees one state of the file. */
export class HistoryReader {
  private fresh: FreshRows = new Map();
  private unreadable = 0;

  constructor(private readonly database: HistoryDatabase) {}

  close(): void {
    this.database.close();
  }

  /** A range of a node for a chart. @returns UNKNOWN_NODE where nothing of it is kept. */
  range(request: RangeRequest): Result<HistoryRange> {
    return inOneView(this.database, () => {
      const series = this.seriesOf(request);
      if (series === null) return fail("UNKNOWN_NODE", `The history has nothing of ${request.nodeId}.`);
      this.unreadable = 0;
      const level = levelFor(request.fromMs, request.toMs, (one) => this.reachOf(series, one));
      const { changes, before } = this.changesOf(series, request);
      const facts = { changes, nowMs: request.nowMs };
      if (level === "raw") {
        const samples = this.samplesOf(series, request.fromMs, request.toMs);
        return ok({ series: seriesOfSamples(request, samples, facts), level, samples: samples.length, versionBefore: before, unreadable: this.unreadable });
      }
      const rolled = this.rollUpsOf(series, level, request.fromMs, request.toMs);
      const counted = rolled.count.reduce((sum, count) => sum + count, 0);
      return ok({ series: seriesOfRollUps(request, rolled, level, facts), level, samples: counted, versionBefore: before, unreadable: this.unreadable });
    });
  }

  /** The number of a node's series; null where nothing of it is kept. */
  private seriesOf({ fleet, nodeId }: SeriesName): number | null {
    const found = firstOf(rows(this.database, "SELECT id FROM series WHERE fleet = ? AND node_id = ?", fleet, nodeId));
    return typeof found === "number" ? found : null;
  }

  /** Since when a level is whole; null where nothing of it was deleted, as far as the coarser levels know. */
  private reachOf(series: number, level: RangeLevel): number | null {
    const oldest = (table: string, slotMs: number): number | null => {
      const slot = firstOf(rows(this.database, `SELECT min(slot) FROM ${table} WHERE series = ?`, series));
      return typeof slot === "number" ? slot * slotMs : null;
    };
    const held = oldest(level === "raw" ? "blocks" : level, level === "raw" ? SLOT_MS : HOUR_MS);
    const everMs = oldest("hours", HOUR_MS);
    if (held === null) return everMs === null || level === "hours" ? null : Infinity;
    return everMs === null || held < everMs + HOUR_MS ? null : held;
  }

  private changesOf(series: number, { fromMs, toMs }: RangeQuestion): { readonly changes: readonly VersionChange[]; readonly before: string | null } {
    const changes = rows(this.database, "SELECT at_ms, version FROM changes WHERE series = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms, id", series, fromMs, toMs);
    const [before] = rows(this.database, "SELECT version FROM changes WHERE series = ? AND at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT 1", series, fromMs);
    const all = changes.map((row) => ({ atMs: numberAt(row, 0), version: textAt(row, 1) }));
    // What it began with is no change.
    return { changes: before === undefined ? all.slice(1) : all, before: before === undefined ? (all[0]?.version ?? null) : textAt(before, 0) };
  }

  /** Samples of a stretch in the order of time. */
  private samplesOf(series: number, fromMs: number, toMs: number): SampleColumns {
    const stored = rows(this.database, "SELECT body FROM blocks WHERE series = ? AND slot BETWEEN ? AND ? ORDER BY slot, epoch", series, Math.floor(fromMs / SLOT_MS), Math.floor(toMs / SLOT_MS));
    const packed = stored.flatMap((row) => this.readable(() => unpackSamples(readBody(bytesAt(row, 0)))));
    return inTimeOrder(joinSamples([...packed, this.freshOf(series)].map((part) => samplesBetween(part, fromMs, toMs))));
  }

  /** Roll-ups of a stretch in the order of time; hours that are not rolled up yet are rolled up now. */
  private rollUpsOf(series: number, level: RollUpLevel, fromMs: number, toMs: number): RollUps {
    const stored = rows(
      this.database,
      `SELECT body FROM ${level} AS held WHERE series = ? AND slot BETWEEN ? AND ?
         AND NOT EXISTS (SELECT 1 FROM pending WHERE pending.series = held.series AND pending.slot = held.slot AND pending.epoch = held.epoch)
       ORDER BY slot, epoch`,
      series,
      Math.floor(fromMs / HOUR_MS),
      Math.floor(toMs / HOUR_MS),
    );
    const parts = stored.flatMap((row) => this.readable(() => unpackRollUps(readBody(bytesAt(row, 0)))));
    const open = this.notRolledUp(series, fromMs, toMs);
    const previousMs = open.length === 0 ? null : lastSampleBefore(this.database, series, Math.floor((open.columns.atMs[0] ?? 0) / SLOT_MS));
    const all = joinRollUps([...parts, rollUp(open, ROLL_UP_MS[level], previousMs)]);
    return betweenInOrder(all, Math.floor(fromMs / ROLL_UP_MS[level]) * ROLL_UP_MS[level], toMs);
  }

  private notRolledUp(series: number, fromMs: number, toMs: number): SampleColumns {
    const hours = rows(this.database, "SELECT slot, epoch FROM pending WHERE series = ? AND slot BETWEEN ? AND ? ORDER BY slot, epoch", series, Math.floor(fromMs / HOUR_MS), Math.floor(toMs / HOUR_MS));
    const packed = hours.flatMap((hour) => {
      const first = numberAt(hour, 0) * SLOTS_PER_HOUR;
      const stored = rows(this.database, "SELECT body FROM blocks WHERE series = ? AND slot >= ? AND slot < ? AND epoch = ? ORDER BY slot", series, first, first + SLOTS_PER_HOUR, numberAt(hour, 1));
      return stored.flatMap((row) => this.readable(() => unpackSamples(readBody(bytesAt(row, 0)))));
    });
    return inTimeOrder(joinSamples([...packed, samplesBetween(this.freshOf(series), fromMs, toMs)]));
  }

  /** What arrived of a node and is not packed yet. */
  private freshOf(series: number): SampleColumns {
    this.readFresh();
    const parts: Float64Array[] = [];
    for (const { rows: numbers } of this.fresh.values()) {
      for (let at = 0; at < numbers.length; at += ROW_FIELDS) if (numbers[at] === series) parts.push(numbers.subarray(at, at + ROW_FIELDS));
    }
    return columnsBySeries(parts).get(series) ?? joinSamples([]);
  }

  /** Rows that came since the last look are read; those that were packed since are forgotten. */
  private readFresh(): void {
    const next: FreshRows = new Map();
    for (const row of rows(this.database, "SELECT id, epoch, slot FROM fresh ORDER BY id")) {
      const id = numberAt(row, 0);
      const known = this.fresh.get(id) ?? this.freshRow(id, numberAt(row, 1), numberAt(row, 2));
      if (known !== null) next.set(id, known);
    }
    this.fresh = next;
  }

  private freshRow(id: number, epoch: number, slot: number): { readonly epoch: number; readonly slot: number; readonly rows: Float64Array } | null {
    const body = bytesAt(rows(this.database, "SELECT body FROM fresh WHERE id = ?", id)[0] ?? [], 0);
    const [numbers] = this.readable(() => rowsOfBytes(readBody(body)));
    return numbers === undefined ? null : { epoch, slot, rows: numbers };
  }

  /** What can be read; a body that is damaged is counted and left out. */
  private readable<Value>(read: () => Value): readonly Value[] {
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof DamagedBody) && !(error instanceof RangeError)) throw error;
      this.unreadable += 1;
      return [];
    }
  }
}

/** Roll-ups of a stretch by time: those of an epoch after the clock went back may lie between others. */
function betweenInOrder(rolled: RollUps, fromMs: number, toMs: number): RollUps {
  const order = Array.from({ length: rolled.length }, (_, row) => row).filter((row) => (rolled.atMs[row] ?? 0) >= fromMs && (rolled.atMs[row] ?? 0) < toMs);
  const isWhole = order.length === rolled.length && order.every((row, index) => index === 0 || (rolled.atMs[row] ?? 0) >= (rolled.atMs[row - 1] ?? 0));
  if (isWhole) return rolled;
  order.sort((one, other) => (rolled.atMs[one] ?? 0) - (rolled.atMs[other] ?? 0));
  const pick = (column: Float64Array): Float64Array => Float64Array.from(order, (row) => column[row] ?? Number.NaN);
  const metrics = Object.fromEntries(
    Object.entries(rolled.metrics).map(([metric, statistics]) => [metric, Object.fromEntries(Object.entries(statistics).map(([name, column]) => [name, pick(column)]))]),
  ) as RollUps["metrics"];
  return { length: order.length, atMs: pick(rolled.atMs), count: pick(rolled.count), gapMs: pick(rolled.gapMs), gapEndMs: pick(rolled.gapEndMs), metrics };
}
