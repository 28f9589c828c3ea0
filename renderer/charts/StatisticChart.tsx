import { useMemo, type ReactNode } from "react";
import { Tag } from "../design";
import { formatNumber } from "../format/number";
import { formatClock, formatUtcInstant, type ClockKind } from "../format/time";
import { ChartPanel } from "./ChartPanel";
import { ChartClock } from "./ChartMarks";
import { PLOT_MARGIN_PX, plotFrame, type PlotFrame } from "./plot-frame";
import { scaleFromZero } from "./plot";
import type { Emphasis, Scale } from "./scales";
import { statisticSpan, type Crossing } from "./statistic-span";
import type { TimeSpan } from "./chart-view";
import { useSize, type BoxSize } from "./use-size";
import { ValueGrid } from "./ValueGrid";
import "./statistic-chart.css";

/** What is drawn of a statistic. */
export interface StatisticChartProps {
  readonly title: string;
  /** What it is computed with: "CUSUM, k = 0.5". */
  readonly fact: string;
  /** Unix ms, ascending. */
  readonly atMs: Float64Array;
  /** As long as `atMs`; NaN where the chart was not armed. */
  readonly values: Float64Array;
  /** Null while it is not armed. */
  readonly limit: number | null;
  /** What happens at the limit: "rolls back at". */
  readonly limitWord: string;
  readonly emphasis: Emphasis;
  /** When the change began, Unix ms; from there the line is in colour. */
  readonly onsetMs: number | null;
  /** Where it crosses its limit if the slope holds; null where it does not rise, or lies in the past. */
  readonly crossing: Crossing | null;
  readonly clock: ClockKind;
  readonly className?: string;
}

/** The path of a statistic against its limit; what is predicted of it is dotted and says so. */
export function StatisticChart(props: StatisticChartProps): ReactNode {
  const { values, limit, crossing } = props;
  const newest = values.at(-1) ?? Number.NaN;
  return (
    <ChartPanel
      className={`statistic-chart emphasis-${props.emphasis} ${props.className ?? ""}`}
      title={props.title}
      fact={props.fact}
      figure={
        <span className="statistic-figure">
          <strong>{Number.isNaN(newest) ? "none" : formatNumber(newest, 1)}</strong> {limit === null ? "no limit yet" : `of ${formatNumber(limit, 1)}`}
        </span>
      }
      summary={summaryOf(props)}
      table={<PathTable {...props} />}
    >
      {(summaryId) => <Plot {...props} summaryId={summaryId} crossing={crossing} />}
    </ChartPanel>
  );
}

function summaryOf({ title, atMs, values, limit, limitWord, crossing, clock }: StatisticChartProps): string {
  const known = [...values].filter((value) => !Number.isNaN(value));
  const newest = known.at(-1);
  const [from, to] = [atMs[0], atMs.at(-1)];
  if (newest === undefined || from === undefined || to === undefined) return `${title}: not computed yet.`;
  const greatest = known.reduce((one, other) => Math.max(one, other));
  const held = limit === null ? "It has no limit yet." : `It ${limitWord} ${formatNumber(limit, 1)}.`;
  const ahead = crossing === null ? "" : ` Predicted: ${crossing.sentence}`;
  return `${title} from ${formatClock(from, clock)} to ${formatClock(to, clock)}: now ${formatNumber(newest, 1)}, at most ${formatNumber(greatest, 1)}. ${held}${ahead}`;
}

function Plot(props: StatisticChartProps & { readonly summaryId: string }): ReactNode {
  const [sizeRef, size] = useSize();
  return (
    <div className="statistic-plot" role="img" aria-label={props.title} aria-describedby={props.summaryId}>
      <div ref={sizeRef} className="chart-box">
        {size === null || size.width < 80 || size.height < 60 ? null : <Picture {...props} size={size} />}
      </div>
    </div>
  );
}

/** Px that the words of a prediction need beside the line of now. */
const WORDS_PX = 150;

/** What is ahead, in words, inside the stretch that it is about. */
function Ahead({ crossing, left, size }: { readonly crossing: Crossing; readonly left: number; readonly size: BoxSize }): ReactNode {
  const isWide = size.width - PLOT_MARGIN_PX.right - left >= WORDS_PX;
  return (
    <div className="statistic-ahead" style={{ left: left + 8 }} aria-hidden="true">
      <Tag name="PREDICTED" />
      {isWide ? <p className="note">{crossing.sentence}</p> : null}
    </div>
  );
}

function Picture(props: StatisticChartProps & { readonly size: BoxSize }): ReactNode {
  const { atMs, values, limit, size, crossing, clock } = props;
  const span = useMemo(() => statisticSpan(atMs, crossing), [atMs, crossing]);
  const scale = useMemo(() => scaleFromZero([...values, limit ?? 1].filter((value) => !Number.isNaN(value)).map((value) => value * 1.05)), [values, limit]);
  const frame = plotFrame(size, span, scale);
  return (
    <>
      <ValueAxis frame={frame} size={size} scale={scale} />
      <Path {...props} frame={frame} span={span} />
      <ChartClock frame={frame} size={size} span={span} clock={clock} />
      {crossing === null ? null : <Ahead crossing={crossing} left={frame.xOf(atMs.at(-1) ?? span.toMs)} size={size} />}
    </>
  );
}

function ValueAxis({ frame, size, scale }: { readonly frame: PlotFrame; readonly size: BoxSize; readonly scale: Scale }): ReactNode {
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      <ValueGrid plot={frame} scale={scale} count={size.height < 130 ? 2 : 4} />
    </svg>
  );
}

/** The line through the known values from a time on; broken where the chart was not armed. */
function pathFrom({ atMs, values }: Pick<StatisticChartProps, "atMs" | "values">, frame: PlotFrame, fromMs: number): string {
  let path = "";
  let isPenDown = false;
  for (let index = 0; index < atMs.length; index += 1) {
    const at = atMs[index] ?? Number.NaN;
    const value = values[index] ?? Number.NaN;
    if (at < fromMs || Number.isNaN(value)) {
      isPenDown = false;
      continue;
    }
    path += `${isPenDown ? "L" : "M"}${Math.round(frame.xOf(at) * 10) / 10} ${Math.round(frame.yOf(value) * 10) / 10}`;
    isPenDown = true;
  }
  return path;
}

function Path(props: StatisticChartProps & { readonly frame: PlotFrame; readonly size: BoxSize; readonly span: TimeSpan }): ReactNode {
  const { atMs, values, limit, limitWord, emphasis, onsetMs, crossing, frame, size, span } = props;
  const limitY = limit === null ? null : frame.yOf(limit);
  const nowMs = atMs.at(-1) ?? span.toMs;
  const newest = values.at(-1) ?? Number.NaN;
  const isUrgent = emphasis === "high" || emphasis === "medium";
  const nowX = frame.xOf(nowMs);
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {crossing === null ? null : <rect className="statistic-future" x={nowX} y={frame.top} width={frame.right - nowX} height={frame.bottom - frame.top} />}
      <path className="statistic-line" d={pathFrom(props, frame, Number.NEGATIVE_INFINITY)} />
      {isUrgent && onsetMs !== null ? <path className="statistic-offending" d={pathFrom(props, frame, onsetMs)} /> : null}
      {limitY === null ? null : (
        <>
          <path className="chart-limit" d={`M${frame.left} ${limitY}H${frame.right}`} />
          <text className="chart-label" x={frame.left + 5} y={limitY + 14}>
            {limitWord} {formatNumber(limit ?? 0, 1)}
          </text>
        </>
      )}
      {crossing === null || limitY === null || Number.isNaN(newest) ? null : (
        <>
          <path className="statistic-now" d={`M${nowX} ${frame.top}V${frame.bottom}`} />
          <text className="chart-version" x={nowX - 5} y={frame.bottom - 6} textAnchor="end">
            now
          </text>
          <path className="statistic-predicted" d={`M${nowX} ${frame.yOf(newest)}L${frame.xOf(nowMs + crossing.inMs)} ${limitY}`} />
          <circle className="statistic-crossing" cx={frame.xOf(nowMs + crossing.inMs)} cy={limitY} r={4} />
        </>
      )}
    </svg>
  );
}

function PathTable({ title, atMs, values, limit, clock }: StatisticChartProps): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col" className="numeric">
            {title}
          </th>
          <th scope="col">{limit === null ? "Limit: none yet" : `Limit: ${formatNumber(limit, 1)}`}</th>
        </tr>
      </thead>
      <tbody>
        {[...atMs.keys()].toReversed().map((index) => {
          const value = values[index] ?? Number.NaN;
          const at = atMs[index] ?? 0;
          return (
            <tr key={index}>
              <td title={formatUtcInstant(at)}>{formatClock(at, clock)}</td>
              <td className="numeric">{Number.isNaN(value) ? "not armed" : formatNumber(value, 2)}</td>
              <td>{limit === null || Number.isNaN(value) ? "" : value >= limit ? "crossed" : "below"}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
