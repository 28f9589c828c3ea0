import { memo, type ReactNode } from "react";
import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { formatNumber } from "../format/number";
import { formatClock, type ClockKind } from "../format/time";
import { timeTicks, valueTicks } from "./axis-ticks";
import type { ChartRow } from "./chart-rows";
import type { TimeSpan } from "./chart-view";
import { PLOT_MARGIN_PX } from "./plot-frame";
import type { Scale } from "./scales";
import type { BoxSize } from "./use-size";

/** Room that a clock label needs, px. */
const LABEL_PX = 66;

/** The parts of a line with its axes. */
export interface ChartLineProps {
  readonly rows: readonly ChartRow[];
  readonly size: BoxSize;
  readonly span: TimeSpan;
  readonly scale: Scale;
  readonly clock: ClockKind;
  /** The end of the line is drawn again in the colour of the emphasis. */
  readonly hasOffending: boolean;
}

/**
 * Line, grid and axes of one metric. Everything that moves with the pointer is drawn over it by its
 * parent, so that this renders only with new samples. It never animates, has no tooltip, and its size is
 * given, so recharts measures nothing and reacts to no event.
 */
export const ChartLine = memo(function ChartLine(props: ChartLineProps): ReactNode {
  const { rows, size, span, scale, clock, hasOffending } = props;
  const clockTicks = timeTicks(span.fromMs, span.toMs, Math.max(2, Math.floor(size.width / LABEL_PX)));
  const ticks = valueTicks(scale);
  return (
    <LineChart
      className="chart-line"
      width={size.width}
      height={size.height}
      data={rows}
      margin={{ top: PLOT_MARGIN_PX.top, right: PLOT_MARGIN_PX.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} />
      <XAxis
        dataKey="atMs"
        type="number"
        domain={[span.fromMs, span.toMs]}
        allowDataOverflow
        ticks={clockTicks.atMs}
        tickFormatter={(atMs: number) => formatClock(atMs, clock).slice(0, clockTicks.isFine ? 8 : 5)}
        interval={0}
        height={PLOT_MARGIN_PX.bottom}
        tickLine={false}
        tickMargin={6}
      />
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
      <Line
        className="chart-values"
        dataKey="value"
        type="linear"
        dot={false}
        activeDot={false}
        isAnimationActive={false}
        connectNulls={false}
      />
      {hasOffending ? (
        <Line
          className="chart-offending"
          dataKey="offending"
          type="linear"
          dot={false}
          activeDot={false}
          isAnimationActive={false}
          connectNulls={false}
        />
      ) : null}
    </LineChart>
  );
});
