import { joinRollUps, unpackRollUps, type RollUpLevel, type RollUps } from "../../shared/history/roll-up";
import { DamagedBody, readBody } from "./body";
import { bytesAt, HOUR_MS, inOneView, rows, type HistoryDatabase } from "./tables";
import { seriesOf, type WalkQuestion } from "./walk";

/** Hours that are read at once. */
const HOURS_AT_ONCE = 24;

/** Goes over the roll-ups of nodes and a range, a node and a day at a time, in the order of nodes and times. */
export class RollUpWalk {
  private readonly series: readonly { readonly id: number; readonly nodeId: string }[];
  private node = 0;
  private hour: number;

  constructor(
    private readonly database: HistoryDatabase,
    private readonly question: WalkQuestion,
    private readonly level: RollUpLevel,
  ) {
    this.series = seriesOf(database, question);
    this.hour = Math.floor(question.fromMs / HOUR_MS);
  }

  /** Nodes that were asked for by name and of which nothing is kept. */
  get unknownNodes(): readonly string[] {
    return this.question.nodeIds.filter((nodeId) => !this.series.some((one) => one.nodeId === nodeId));
  }

  /** The next day that holds anything; null at the end. Hours that are not rolled up yet are not in it. */
  step(): { readonly nodeId: string; readonly rolled: RollUps; readonly unreadable: number } | null {
    const lastHour = Math.floor(this.question.toMs / HOUR_MS);
    for (;;) {
      const series = this.series[this.node];
      if (series === undefined) return null;
      if (this.hour > lastHour) {
        this.node += 1;
        this.hour = Math.floor(this.question.fromMs / HOUR_MS);
        continue;
      }
      const until = Math.min(lastHour + 1, this.hour + HOURS_AT_ONCE);
      const read = inOneView(this.database, () => this.read(series.id, this.hour, until));
      this.hour = until;
      if (read.rolled.length > 0 || read.unreadable > 0) return { nodeId: series.nodeId, ...read };
    }
  }

  private read(series: number, from: number, until: number): { readonly rolled: RollUps; readonly unreadable: number } {
    let unreadable = 0;
    const parts = rows(this.database, `SELECT body FROM ${this.level} WHERE series = ? AND slot >= ? AND slot < ? ORDER BY slot, epoch`, series, from, until).flatMap((row) => {
      try {
        return [unpackRollUps(readBody(bytesAt(row, 0)))];
      } catch (error) {
        if (!(error instanceof DamagedBody) && !(error instanceof RangeError)) throw error;
        unreadable += 1;
        return [];
      }
    });
    return { rolled: joinRollUps(parts), unreadable };
  }
}
