import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { SystemSeries } from "../../../shared/contract/system";
import { timeTicks } from "../../charts/axis-ticks";
import { plotIn, type Plot } from "../../charts/plot";
import type { Scale } from "../../charts/scales";
import { useSize } from "../../charts/use-size";
import { ValueGrid } from "../../charts/ValueGrid";
import { formatClock, type ClockKind } from "../../format/time";
import { bandPath, laneScale, linePath, newestRow, rowAt, valuesAt, type Lane } from "./lanes";

/** Room of a lane for its axis at the left and its values at the right, px. */
const LEFT_PX = 44;
const RIGHT_PX = 112;
const TOP_PX = 10;
/** Between two lanes, and under the last one for the clock. */
const BETWEEN_PX = 22;
const CLOCK_PX = 24;
const CLOCK_LABEL_PX = 66;
/** Samples of a Page Up or Page Down. */
const PAGE_SAMPLES = 10;

/** Something that began at a time. */
export interface LaneMark {
  readonly lane: Lane["key"];
  readonly atMs: number;
  readonly label: string;
}

/** Lanes under each other on one time axis. */
export interface LaneStackProps {
  readonly label: string;
  readonly lanes: readonly Lane[];
  readonly series: SystemSeries;
  /** In the unit of its lane. */
  readonly limits: Readonly<Partial<Record<Lane["key"], { readonly value: number; readonly label: string }>>>;
  readonly marks: readonly LaneMark[];
  /** The page's one cursor, Unix ms. */
  readonly cursorMs: number | null;
  readonly onCursor: (atMs: number | null) => void;
  readonly clock: ClockKind;
  readonly summaryId: string;
}

/**
 * Lanes on one time axis with one cursor. For assistive technology a slider over the samples: arrow keys step, and
 * each step is said with its time and values.
 */
export function LaneStack(props: LaneStackProps): ReactNode {
  const { lanes, series, cursorMs, onCursor, clock } = props;
  const [sizeRef, size] = useSize();
  const boxRef = useRef<HTMLDivElement>(null);
  const scales = useGrowingScales(props);
  const row = cursorMs === null ? newestRow(series) : rowAt(series, cursorMs);
  const right = size === null ? 0 : Math.max(LEFT_PX + 1, size.width - RIGHT_PX);
  const onPointerMove = (event: PointerEvent): void => {
    const box = boxRef.current?.getBoundingClientRect();
    if (box === undefined) return;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - LEFT_PX) / (right - LEFT_PX)));
    const near = rowAt(series, series.fromMs + share * (series.toMs - series.fromMs));
    onCursor(near === null ? null : (series.atMs[near] ?? null));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const next = stepped(event.key, series, cursorMs);
    if (next === undefined) return;
    onCursor(next);
    event.preventDefault();
    event.stopPropagation();
  };
  const said = lanes.map((lane) => `${lane.title} ${valuesAt(lane, series, row).map((value) => (value === null ? "no data" : `${lane.text(value)} ${lane.unit}`)).join(", ")}`);
  return (
    <div
      ref={boxRef}
      className="lane-stack"
      role="slider"
      tabIndex={0}
      aria-label={`${props.label}, cursor`}
      aria-describedby={props.summaryId}
      aria-valuemin={series.fromMs}
      aria-valuemax={series.toMs}
      aria-valuenow={cursorMs ?? series.toMs}
      aria-valuetext={cursorMs === null ? "no cursor" : `at ${formatClock(cursorMs, clock)}: ${said.join("; ")}`}
      onPointerMove={onPointerMove}
      onPointerLeave={() => onCursor(null)}
      onKeyDown={onKeyDown}
    >
      <div ref={sizeRef} className="chart-box">
        {size === null || size.width < 160 || size.height < 60 * lanes.length ? null : (
          <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
            {lanes.map((lane, index) => {
              const each = (size.height - CLOCK_PX - TOP_PX - BETWEEN_PX * (lanes.length - 1)) / lanes.length;
              const top = TOP_PX + index * (each + BETWEEN_PX);
              const scale = scales[index] ?? lane.least;
              const plot = plotIn(size, { left: LEFT_PX, right: RIGHT_PX, top, bottom: size.height - top - each }, { min: series.fromMs, max: series.toMs }, scale);
              return <LanePicture key={lane.key} {...props} lane={lane} plot={plot} scale={scale} row={row} />;
            })}
            <Clock series={series} right={right} bottom={size.height - CLOCK_PX} clock={clock} />
          </svg>
        )}
      </div>
    </div>
  );
}

function stepped(key: string, { atMs }: SystemSeries, cursorMs: number | null): number | null | undefined {
  if (key === "Escape") return cursorMs === null ? undefined : null;
  const last = atMs.length - 1;
  if (last < 0) return undefined;
  const here = cursorMs === null ? last + 1 : Math.max(0, atMs.findIndex((each) => each >= cursorMs));
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: -PAGE_SAMPLES, PageDown: PAGE_SAMPLES, Home: -Infinity, End: Infinity }[key];
  return step === undefined ? undefined : (atMs[Math.min(last, Math.max(0, here + step))] ?? null);
}

/** Axes with room for all values: they grow and stay put otherwise, until another range is shown. */
function useGrowingScales({ lanes, series, limits }: LaneStackProps): readonly Scale[] {
  const rangeMs = Math.round((series.toMs - series.fromMs) / 1_000);
  const needed = lanes.map((lane) => laneScale(lane, series, limits[lane.key]?.value ?? null));
  const [kept, setKept] = useState<{ readonly rangeMs: number; readonly scales: readonly Scale[] }>({ rangeMs, scales: needed });
  const isSame = kept.rangeMs === rangeMs && kept.scales.length === needed.length;
  const scales = needed.map((scale, index) => {
    const before = isSame ? kept.scales[index] : undefined;
    return before !== undefined && before.max >= scale.max ? before : scale;
  });
  if (!isSame || scales.some((scale, index) => scale !== kept.scales[index])) setKept({ rangeMs, scales });
  return scales;
}

function LanePicture(props: LaneStackProps & { readonly lane: Lane; readonly plot: Plot; readonly scale: Scale; readonly row: number | null }): ReactNode {
  const { lane, plot, scale, series, row, cursorMs, marks, clock } = props;
  const limit = props.limits[lane.key];
  const values = valuesAt(lane, series, row);
  const own = marks.filter((mark) => mark.lane === lane.key);
  const rowMs = row === null ? null : (series.atMs[row] ?? null);
  const isTall = plot.bottom - plot.top > 90;
  return (
    <g className="lane">
      {own.map(({ atMs }) => (
        <rect key={atMs} className="lane-risen" x={plot.xOf(atMs)} y={plot.top} width={Math.max(0, plot.right - plot.xOf(atMs))} height={plot.bottom - plot.top} />
      ))}
      <ValueGrid plot={plot} scale={scale} count={isTall ? 4 : 2} />
      <path className="chart-floor" d={`M${plot.left} ${plot.bottom}H${plot.right}`} />
      {lane.band === null ? null : <path className="lane-band" d={bandPath(lane, series, plot.xOf, plot.yOf)} />}
      {lane.lines.map(({ column, isDashed }) => (
        <path key={column} className={isDashed ? "lane-line lane-line-dashed" : "lane-line"} d={linePath(lane, column, series, plot.xOf, plot.yOf)} />
      ))}
      {limit === undefined ? null : (
        <>
          <path className="chart-limit" d={`M${plot.left} ${plot.yOf(limit.value)}H${plot.right}`} />
          <text className="chart-label" x={plot.left + 5} y={plot.yOf(limit.value) - 5}>
            {limit.label}
          </text>
        </>
      )}
      {own.map(({ atMs, label }) => (
        <Flag key={atMs} x={plot.xOf(atMs)} plot={plot} label={`${label} ${formatClock(atMs, clock)}`} />
      ))}
      {cursorMs === null || rowMs === null ? null : <path className="chart-cursor" d={`M${plot.xOf(rowMs)} ${plot.top}V${plot.bottom}`} />}
      {cursorMs === null || rowMs === null
        ? null
        : values.map((value, index) => (value === null ? null : <circle key={lane.lines[index]?.column} className="chart-cursor-mark" cx={plot.xOf(rowMs)} cy={plot.yOf(value)} r={3.5} />))}
      <Values lane={lane} values={values} plot={plot} />
    </g>
  );
}

/** The values at the cursor, or the newest, beside the lane. */
function Values({ lane, values, plot }: { readonly lane: Lane; readonly values: readonly (number | null)[]; readonly plot: Plot }): ReactNode {
  const x = plot.right + 10;
  return (
    <>
      <text className="lane-title" x={x} y={plot.top + 8}>
        {lane.title}
      </text>
      {lane.lines.map(({ column, label, isDashed }, index) => {
        const value = values[index] ?? null;
        const y = plot.top + 24 + index * 29;
        return (
          <g key={column}>
            <text className="lane-value" x={x} y={y}>
              {value === null ? "no data" : `${lane.text(value)} ${lane.unit}`}
            </text>
            <text className="chart-note" x={x} y={y + 13}>
              {lane.lines.length === 1 ? label : `${isDashed ? "dashed: " : ""}${label}`}
            </text>
          </g>
        );
      })}
      {lane.band === null ? null : (
        <text className="chart-note" x={x} y={plot.top + 52}>
          {lane.band.label}
        </text>
      )}
    </>
  );
}

/** When something began: a line with its words on the side that has room. */
function Flag({ x, plot, label }: { readonly x: number; readonly plot: Plot; readonly label: string }): ReactNode {
  const isLeft = x - plot.left > label.length * 6.7 + 12;
  const side = isLeft ? -1 : 1;
  return (
    <>
      <path className="chart-change" d={`M${x} ${plot.top}V${plot.bottom}`} />
      <path className="chart-flag" d={`M${x} ${plot.top}l6 4l-6 4Z`} />
      <text className="chart-version" x={x + (isLeft ? -6 : 10)} y={plot.top + 8} textAnchor={side < 0 ? "end" : "start"}>
        {label}
      </text>
    </>
  );
}

function Clock({ series, right, bottom, clock }: { readonly series: SystemSeries; readonly right: number; readonly bottom: number; readonly clock: ClockKind }): ReactNode {
  const { atMs, isFine } = timeTicks(series.fromMs, series.toMs, Math.max(2, Math.floor((right - LEFT_PX) / CLOCK_LABEL_PX)));
  const xOf = (each: number): number => LEFT_PX + ((each - series.fromMs) / (series.toMs - series.fromMs)) * (right - LEFT_PX);
  return atMs.map((each) => (
    <text key={each} className="chart-note" x={xOf(each)} y={bottom + 17} textAnchor="middle">
      {formatClock(each, clock).slice(0, isFine ? 8 : 5)}
    </text>
  ));
}
