import { memo, useMemo, type ReactElement, type ReactNode } from "react";
import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { formatNumber } from "../format/number";
import { valueTicks } from "./axis-ticks";
import type { ChartRow } from "./chart-rows";
import type { TimeSpan } from "./chart-view";
import { PLOT_MARGIN_PX } from "./plot-frame";
import type { Scale } from "./scales";
import type { BoxSize } from "./use-size";

/** The parts of a line with its value axis. */
export interface ChartLineProps {
  readonly rows: readonly ChartRow[];
  readonly size: BoxSize;
  readonly span: TimeSpan;
  readonly scale: Scale;
  /** The end of the line is drawn again in the colour of the emphasis. */
  readonly hasOffending: boolean;
}

/** Whole axis of time: the points' share of it, so that the axis stays the same while time goes on. */
const TIME_DOMAIN: [number, number] = [0, 1];
const MARGIN = { top: PLOT_MARGIN_PX.top, right: PLOT_MARGIN_PX.right, bottom: PLOT_MARGIN_PX.bottom, left: 0 };

/** A point as recharts takes it. */
interface PlottedRow {
  readonly share: number;
  readonly value: number | null;
  readonly offending: number | null;
}

/**
 * Line, grid and value axis of one metric. It renders only with new samples: what moves with the pointer,
 * and the clock, are drawn over it by its parent. recharts is given a fixed size and axes that do not
 * change from tick to tick, has no tooltip, no animation and no events, and the line is drawn by
 * `LinePath`: its own measures the length of the path in every update, for an animation that is off.
 */
export const ChartLine = memo(function ChartLine({ rows, size, span, scale, hasOffending }: ChartLineProps): ReactNode {
  const plotted = useMemo(() => rows.map((row) => plottedRow(row, span)), [rows, span]);
  const valueAxis = useMemo(() => valueAxisOf(scale), [scale]);
  return (
    <LineChart
      className="chart-line"
      width={size.width}
      height={size.height}
      data={plotted}
      margin={MARGIN}
      accessibilityLayer={false}
    >
      {GRID}
      {TIME_AXIS}
      {valueAxis}
      {VALUE_LINE}
      {hasOffending ? OFFENDING_LINE : null}
    </LineChart>
  );
});

function plottedRow({ atMs, value, offending }: ChartRow, { fromMs, toMs }: TimeSpan): PlottedRow {
  return { share: (atMs - fromMs) / Math.max(1, toMs - fromMs), value, offending };
}

const GRID = <CartesianGrid vertical={false} />;

const TIME_AXIS = <XAxis dataKey="share" type="number" domain={TIME_DOMAIN} allowDataOverflow hide />;

function valueAxisOf(scale: Scale): ReactElement {
  const ticks = valueTicks(scale);
  return (
    <YAxis
      type="number"
      domain={[scale.min, scale.max]}
      allowDataOverflow
      ticks={ticks.values}
      tickFormatter={(value: number) => formatNumber(value, ticks.decimals)}
      interval={0}
      width={PLOT_MARGIN_PX.left}
      axisLine={false}
      tickLine={false}
      tickMargin={6}
    />
  );
}

const VALUE_LINE = (
  <Line className="chart-values" dataKey="value" dot={false} activeDot={false} isAnimationActive={false} shape={LinePath} />
);

const OFFENDING_LINE = (
  <Line
    className="chart-offending"
    dataKey="offending"
    dot={false}
    activeDot={false}
    isAnimationActive={false}
    shape={LinePath}
  />
);

/** What recharts gives to a line's shape, as far as it is used. */
interface LinePathProps {
  readonly points?: readonly { readonly x: number | null; readonly y: number | null }[] | undefined;
  readonly clipPath?: string | undefined;
}

/** The line through all points, broken where one has no value. */
function LinePath({ points = [], clipPath }: LinePathProps): ReactElement {
  let path = "";
  let isPenDown = false;
  for (const { x, y } of points) {
    if (x === null || y === null) {
      isPenDown = false;
      continue;
    }
    path += `${isPenDown ? "L" : "M"}${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
    isPenDown = true;
  }
  return <path className="recharts-line-curve" fill="none" clipPath={clipPath} d={path} />;
}
