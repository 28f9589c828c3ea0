import { emptyColumns, inTimeOrder, joinSamples, SAMPLE_COLUMNS, samplesBetween, unpackSamples, type SampleColumns } from "../../shared/history/block";
import { columnsBySeries, rowsOfBytes, type Origin } from "./batch";
import { DamagedBody, readBody } from "./body";
import { bytesAt, inOneView, numberAt, rows, SLOT_MS, type HistoryDatabase } from "./tables";

/** node_10 after node_9. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/** Which samples a walk goes over. */
export interface WalkQuestion {
  readonly fleet: string;
  /** Empty: all. */
  readonly nodeIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** One stretch of five minutes of all nodes. */
export interface WalkStep {
  readonly nodeIds: readonly string[];
  readonly node: Uint32Array;
  readonly samples: SampleColumns;
  readonly afterClockWentBack: boolean;
  readonly progress: number;
  /** Bodies of this stretch that could not be read. */
  readonly unreadable: number;
}

interface Stretch {
  readonly epoch: number;
  readonly slot: number;
}

/** Nodes of a fleet that something is kept of, by number. */
export function nodesOf(database: HistoryDatabase, fleet: string): readonly string[] {
  return rows(database, "SELECT node_id FROM series WHERE fleet = ?", fleet).map((row) => String(row[0])).sort((one, other) => BY_NUMBER.compare(one, other));
}

/** The series of the nodes that are asked for, by number. */
export function seriesOf(database: HistoryDatabase, { fleet, nodeIds }: WalkQuestion): readonly { readonly id: number; readonly nodeId: string }[] {
  const all = rows(database, "SELECT id, node_id FROM series WHERE fleet = ?", fleet).map((row) => ({ id: numberAt(row, 0), nodeId: String(row[1]) }));
  const wanted = nodeIds.length === 0 ? all : all.filter(({ nodeId }) => nodeIds.includes(nodeId));
  return wanted.sort((one, other) => BY_NUMBER.compare(one.nodeId, other.nodeId));
}

/** The stretches that hold anything of the range, in the order of arrival. */
function stretchesOf(database: HistoryDatabase, series: readonly number[], firstSlot: number, lastSlot: number): readonly Stretch[] {
  const found = new Map<string, Stretch>();
  const note = (row: readonly unknown[]): void => {
    const stretch = { epoch: numberAt(row, 0), slot: numberAt(row, 1) };
    found.set(`${stretch.epoch} ${stretch.slot}`, stretch);
  };
  for (const one of series) rows(database, "SELECT epoch, slot FROM blocks WHERE series = ? AND slot BETWEEN ? AND ?", one, firstSlot, lastSlot).forEach(note);
  rows(database, "SELECT DISTINCT epoch, slot FROM fresh WHERE slot BETWEEN ? AND ?", firstSlot, lastSlot).forEach(note);
  return [...found.values()].sort((one, other) => one.epoch - other.epoch || one.slot - other.slot);
}

/** Samples of several nodes in the order of time; of the same time in the order of the nodes. */
function merged(parts: readonly { readonly node: number; readonly samples: SampleColumns }[]): { readonly node: Uint32Array; readonly samples: SampleColumns } {
  const total = parts.reduce((sum, { samples }) => sum + samples.length, 0);
  const nodes = new Uint32Array(total);
  let at = 0;
  for (const { node, samples } of parts) nodes.fill(node, at, (at += samples.length));
  const joined = joinSamples(parts.map(({ samples }) => samples));
  const order = Array.from({ length: total }, (_, index) => index).sort((one, other) => (joined.columns.atMs[one] ?? 0) - (joined.columns.atMs[other] ?? 0));
  const sorted = emptyColumns(total);
  for (const [row, index] of order.entries()) {
    sorted.origin[row] = joined.origin[index] ?? 0;
    for (const name of SAMPLE_COLUMNS) sorted.columns[name][row] = joined.columns[name][index] ?? Number.NaN;
  }
  return { node: Uint32Array.from(order, (index) => nodes[index] ?? 0), samples: sorted };
}

/** Goes over every sample of nodes and a range, a stretch of five minutes at a time. */
export class SampleWalk {
  private readonly series: readonly { readonly id: number; readonly nodeId: string }[];
  private readonly stretches: readonly Stretch[];
  private next = 0;
  private lastEpoch: number | null = null;

  constructor(
    private readonly database: HistoryDatabase,
    private readonly question: WalkQuestion,
  ) {
    this.series = seriesOf(database, question);
    const { fromMs, toMs } = question;
    this.stretches = stretchesOf(database, this.series.map(({ id }) => id), Math.floor(fromMs / SLOT_MS), Math.floor(toMs / SLOT_MS));
  }

  /** Nodes that were asked for by name and of which nothing is kept. */
  get unknownNodes(): readonly string[] {
    return this.question.nodeIds.filter((nodeId) => !this.series.some((one) => one.nodeId === nodeId));
  }

  /** Every origin by its number. */
  origins(): ReadonlyMap<number, Origin> {
    return originsOf(this.database);
  }

  /** The next stretch that holds samples; null at the end. */
  step(): WalkStep | null {
    for (;;) {
      const stretch = this.stretches[this.next];
      if (stretch === undefined) return null;
      this.next += 1;
      const read = inOneView(this.database, () => this.read(stretch));
      if (read.samples.length === 0 && read.unreadable === 0) continue;
      const afterClockWentBack = this.lastEpoch !== null && this.lastEpoch !== stretch.epoch;
      this.lastEpoch = stretch.epoch;
      return { ...read, nodeIds: this.series.map(({ nodeId }) => nodeId), afterClockWentBack, progress: this.next / this.stretches.length };
    }
  }

  private read({ epoch, slot }: Stretch): { readonly node: Uint32Array; readonly samples: SampleColumns; readonly unreadable: number } {
    let unreadable = 0;
    const readable = <Value>(read: () => Value): readonly Value[] => {
      try {
        return [read()];
      } catch (error) {
        if (!(error instanceof DamagedBody) && !(error instanceof RangeError)) throw error;
        unreadable += 1;
        return [];
      }
    };
    const fresh = columnsBySeries(
      rows(this.database, "SELECT body FROM fresh WHERE epoch = ? AND slot = ? ORDER BY id", epoch, slot).flatMap((row) => readable(() => rowsOfBytes(readBody(bytesAt(row, 0))))),
    );
    const { fromMs, toMs } = this.question;
    const parts = this.series.map(({ id }, node) => {
      const stored = rows(this.database, "SELECT body FROM blocks WHERE series = ? AND slot = ? AND epoch = ?", id, slot, epoch);
      const packed = stored.flatMap((row) => readable(() => unpackSamples(readBody(bytesAt(row, 0)))));
      const late = fresh.get(id);
      return { node, samples: inTimeOrder(samplesBetween(joinSamples(late === undefined ? packed : [...packed, late]), fromMs, toMs)) };
    });
    return { ...merged(parts), unreadable };
  }
}

/** Every origin of a file by its number. */
export function originsOf(database: HistoryDatabase): ReadonlyMap<number, Origin> {
  return new Map(
    rows(database, "SELECT id, version, dialect, vertical FROM origins").map((row) => {
      const [, version, dialect, vertical] = row;
      return [
        numberAt(row, 0),
        {
          version: typeof version === "string" ? version : null,
          dialect: dialect === "legacy" ? "legacy" : "lydt",
          vertical: vertical === "drone" || vertical === "iot" ? vertical : null,
        },
      ];
    }),
  );
}
