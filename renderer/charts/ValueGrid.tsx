import type { ReactNode } from "react";
import { formatNumber } from "../format/number";
import { valueTicks } from "./axis-ticks";
import type { Scale } from "./scales";
import "./value-grid.css";

/** Lines at round values across a plot, each with its value at the left. Inside of an svg. */
export function ValueGrid(props: {
  readonly plot: { readonly left: number; readonly right: number; yOf(value: number): number };
  readonly scale: Scale;
  /** So many ticks, about. */
  readonly count: number;
  /** How a value is written; absent: as a plain number. */
  readonly format?: (value: number, decimals: number) => string;
}): ReactNode {
  const { plot, scale, format = formatNumber } = props;
  const ticks = valueTicks(scale, props.count);
  return ticks.values.map((value) => (
    <g key={value}>
      <path className="value-grid" d={`M${plot.left} ${plot.yOf(value)}H${plot.right}`} />
      <text className="chart-note" x={plot.left - 8} y={plot.yOf(value) + 4} textAnchor="end">
        {format(value, ticks.decimals)}
      </text>
    </g>
  ));
}
