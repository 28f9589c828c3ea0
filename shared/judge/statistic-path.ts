import { SeriesRing, type SeriesSlice } from "../series/series-ring";
import { LIMITED_METRICS, type LimitedMetric } from "./limits";
import type { Chart } from "./chart";
import type { NodeState } from "./node-judge";

/** The charts of a metric. */
export const CHART_NAMES = ["drift-slow", "drift-fast", "spread"] as const;
/** One of {@link CHART_NAMES}. */
export type ChartName = (typeof CHART_NAMES)[number];

type Column = `${LimitedMetric} ${ChartName}`;
const COLUMNS: readonly Column[] = LIMITED_METRICS.flatMap((metric) => CHART_NAMES.map((chart): Column => `${metric} ${chart}`));

/** Samples of a path: five minutes of a gateway, one of a drone. */
const KEPT = 600;

/** How the statistics of one node went, sample by sample, since its version runs. */
export class StatisticPath {
  private readonly ring = new SeriesRing<Column>(COLUMNS, KEPT);
  private version: string | null = null;

  /** Keeps where the charts stand after a sample at `atMs`. */
  note({ version, metrics }: Pick<NodeState, "version" | "metrics">, atMs: number): void {
    if (version !== this.version) this.ring.clear();
    this.version = version;
    const values = LIMITED_METRICS.flatMap((metric) => {
      const { slow, fast, spread } = metrics[metric].judge;
      return [statisticOf(slow), statisticOf(fast), statisticOf(spread)];
    });
    this.ring.push(atMs, values);
  }

  /** The last `count` samples of one metric, oldest first; NaN where a chart was not armed. */
  last(count: number): SeriesSlice<Column> {
    return this.ring.last(count);
  }
}

function statisticOf(chart: Chart | null): number {
  return chart === null || chart.limit === null ? Number.NaN : chart.statistic;
}
