import { ChartLine as ChartIcon, Table2 } from "lucide-react";
import { memo, useId, useMemo, useState, type ReactNode } from "react";
import type { Series } from "../../shared/contract/channels";
import type { Metric } from "../../shared/fleet/sample";
import { Button } from "../design";
import { formatClock, formatMoment, type ClockKind } from "../format/time";
import { chartRows, rowNear, type ChartRow, type Limit } from "./chart-rows";
import { spanOf, type ChartControl, type ChartView } from "./chart-view";
import { ChartPlot } from "./ChartPlot";
import { formatValue, METRIC_TITLES, summaryOf, type BaselineBand } from "./metric-words";
import { SampleTable } from "./SampleTable";
import type { Emphasis, Scale } from "./scales";
import { firstScale, withRoomFor } from "./value-scale";
import "./metric-chart.css";

/** A chart's properties. */
export interface MetricChartProps {
  readonly metric: Metric;
  /** Null until the first answer. */
  readonly series: Series | null;
  readonly view: ChartView;
  readonly limit: Limit | null;
  /** What it was like while it was healthy; null before that is known, and for a metric that is not judged. */
  readonly baseline: BaselineBand | null;
  /** When the change began that the verdict is about, Unix ms; null where the verdict is not about this metric. */
  readonly onsetMs: number | null;
  readonly emphasis: Emphasis;
  /** The newest value and its time (Unix ms), in the header; null where the node reports none. */
  readonly newest: number | null;
  readonly newestMs: number | null;
  readonly cursorMs: number | null;
  readonly clock: ClockKind;
  /** Another number fits the value axis to the data anew; otherwise it only grows. */
  readonly scaleEpoch: number;
  readonly control: ChartControl;
}

const NO_MARKS: Pick<Series, "gaps" | "changes"> = { gaps: [], changes: [] };
const NO_ROWS: readonly ChartRow[] = [];

/**
 * One metric over time: its line, its limit, the versions that ran and the stretches without data. The
 * read-out stands in the header; the arrow keys step through the samples; a table says the same.
 */
export function MetricChart(props: MetricChartProps): ReactNode {
  const { metric, series, view, limit, baseline, onsetMs, emphasis, newest, newestMs, cursorMs, clock } = props;
  const [isTable, setIsTable] = useState(false);
  const titleId = useId();
  const summaryId = useId();
  const scale = useValueScale(props);
  const { fromMs, toMs } = spanOf(view, series?.toMs ?? 0);
  const rows = useMemo(
    () => (series === null ? NO_ROWS : chartRows(series, metric, { fromMs, toMs }, limit, onsetMs)),
    [series, metric, fromMs, toMs, limit, onsetMs],
  );
  const span = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  const marks = series ?? NO_MARKS;
  const cursor = cursorMs === null ? null : { atMs: cursorMs, row: rowNear(rows, cursorMs, marks.gaps) };
  const { name, unit } = METRIC_TITLES[metric];
  return (
    <section className={`panel metric-chart emphasis-${emphasis}`} aria-labelledby={titleId}>
      <div className="metric-chart-head">
        <h2 id={titleId}>{name}</h2>
        <span className="metric-chart-unit">{unit}</span>
        <span className="metric-chart-figure">{newest === null ? "none" : formatValue(metric, newest)}</span>
        <span className="metric-chart-readout">
          {cursor !== null ? readOut(metric, cursor, clock, toMs - fromMs) : newestMs === null ? "" : `at ${formatClock(newestMs, clock)}`}
        </span>
        <TableToggle name={name} isTable={isTable} onToggle={setIsTable} />
      </div>
      <p id={summaryId} className="visually-hidden">
        {summaryOf(metric, rows, limit, marks, clock, baseline)}
      </p>
      {isTable ? (
        <SampleTable metric={metric} rows={rows} limit={limit} clock={clock} />
      ) : (
        <ChartPlot
          metric={metric}
          rows={rows}
          marks={marks}
          span={span}
          scale={scale}
          limit={limit}
          baseline={baseline}
          hasOffending={emphasis === "high" || emphasis === "medium"}
          cursor={cursor}
          clock={clock}
          label={name}
          valueText={cursor === null ? "no cursor" : readOut(metric, cursor, clock, toMs - fromMs)}
          summaryId={summaryId}
          control={props.control}
        />
      )}
    </section>
  );
}

/** Chart or table. A button of its own, because a button costs more to render than a header. */
const TableToggle = memo(function TableToggle(props: {
  readonly name: string;
  readonly isTable: boolean;
  readonly onToggle: (isTable: boolean) => void;
}): ReactNode {
  const { name, isTable, onToggle } = props;
  return (
    <Button
      kind="quiet"
      size="small"
      isSquare
      className="metric-chart-toggle"
      aria-label={isTable ? `Show ${name} as a chart` : `Show ${name} as a table`}
      onPress={() => onToggle(!isTable)}
    >
      {isTable ? (
        <ChartIcon size={16} strokeWidth={1.75} aria-hidden />
      ) : (
        <Table2 size={16} strokeWidth={1.75} aria-hidden />
      )}
    </Button>
  );
});

function readOut(metric: Metric, cursor: { readonly atMs: number; readonly row: ChartRow | null }, clock: ClockKind, stretchMs: number): string {
  const value = cursor.row?.value ?? null;
  return `at ${formatMoment(cursor.atMs, clock, stretchMs)} ${value === null ? "no data" : formatValue(metric, value)}`;
}

/** The value axis: it grows with the data and stays put otherwise, until another epoch begins. */
function useValueScale({ metric, series, limit, baseline, scaleEpoch }: MetricChartProps): Scale {
  const limitValue = limit?.value ?? null;
  const baselineValue = baseline?.median ?? null;
  const [kept, setKept] = useState({ epoch: scaleEpoch, scale: firstScale(metric, limitValue) });
  const base = kept.epoch === scaleEpoch ? kept.scale : firstScale(metric, limitValue);
  const grown = withRoomFor(metric, base, series?.[metric] ?? []);
  const marks = [limitValue, baselineValue].filter((value) => value !== null);
  const scale = withRoomFor(metric, grown, marks);
  if (scale !== kept.scale || kept.epoch !== scaleEpoch) setKept({ epoch: scaleEpoch, scale });
  return scale;
}
