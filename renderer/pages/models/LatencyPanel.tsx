import type { ReactNode } from "react";
import { quantile } from "../../../shared/quantiles";
import { densityOf, type Density } from "../../../shared/comparison/latency";
import type { ComparisonSummary } from "../../../shared/comparison/summary";
import type { Comparison, Side } from "../../../shared/contract/comparison";
import { valueTicks } from "../../charts/axis-ticks";
import { useSize, type BoxSize } from "../../charts/use-size";
import { formatNumber } from "../../format/number";
import { ChartPanel } from "../../charts/ChartPanel";
import { lineThrough, plotIn, type Plot } from "../../charts/plot";

/** The chart's parts. */
export interface LatencyPanelProps {
  readonly comparison: Comparison;
  readonly summary: ComparisonSummary;
  readonly names: Readonly<Record<Side, string>>;
  readonly maxLatencyMs: number;
}

const MARGIN = { top: 18, right: 14, bottom: 24, left: 14 } as const;
const SIDES: readonly Side[] = ["a", "b"];
const HEIGHTS = 160;
/** Px that a label of a p95 needs. */
const LABEL_PX = 64;

/** How long encodes took, both versions in turns, with p95 and the limit. */
export function LatencyPanel(props: LatencyPanelProps): ReactNode {
  const { comparison, summary, names } = props;
  const levels = comparison.a.defaultLevel === comparison.b.defaultLevel ? `level ${comparison.a.defaultLevel}` : "default levels";
  const text = (side: Side): string =>
    `${names[side]}: median ${formatNumber(summary.latency[side].p50Ms, 1)} ms, p95 ${formatNumber(summary.latency[side].p95Ms, 1)} ms`;
  return (
    <ChartPanel
      className="latency-panel"
      title="Encode latency"
      fact={`processor time, ${summary.latency.a.count} each, in turns, ${levels}`}
      summary={`${text("a")}. ${text("b")}. The limit is ${formatNumber(props.maxLatencyMs, 0)} ms.`}
      table={<LatencyTable {...props} />}
    >
      {(summaryId) => <LatencyPlot {...props} summaryId={summaryId} />}
    </ChartPanel>
  );
}

function LatencyPlot(props: LatencyPanelProps & { readonly summaryId: string }): ReactNode {
  const [sizeRef, size] = useSize();
  return (
    <div className="compare-plot latency-plot" role="img" aria-label="Distribution of encode latency" aria-describedby={props.summaryId}>
      <div ref={sizeRef} className="chart-box">
        {size === null ? null : <LatencyPicture {...props} size={size} />}
      </div>
    </div>
  );
}

function LatencyPicture({ comparison, summary, maxLatencyMs, size }: LatencyPanelProps & { readonly size: BoxSize }): ReactNode {
  const values = { a: [...comparison.a.encodeMs], b: [...comparison.b.encodeMs] };
  const longest = Math.max(quantile(values.a, 0.99), quantile(values.b, 0.99), summary.latency.a.p95Ms, summary.latency.b.p95Ms);
  const range = { from: 0, to: Math.max(1.06 * maxLatencyMs, 1.05 * longest) };
  const densities = { a: densityOf(values.a, range, HEIGHTS), b: densityOf(values.b, range, HEIGHTS) };
  const highest = Math.max(1e-9, ...densities.a.heights, ...densities.b.heights);
  const plot = plotIn(size, MARGIN, { min: range.from, max: range.to }, { min: 0, max: highest });
  const ticks = valueTicks({ min: range.from, max: range.to }, 6);
  const limitX = plot.xOf(maxLatencyMs);
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {SIDES.map((side) => (
        <DensityArea key={side} side={side} density={densities[side]} plot={plot} />
      ))}
      <path className="chart-floor" d={`M${plot.left} ${plot.bottom}H${plot.right}`} />
      {ticks.values.map((value) => (
        <text key={value} className="chart-note" x={plot.xOf(value)} y={plot.bottom + 17} textAnchor="middle">
          {formatNumber(value, ticks.decimals)}
          {value === ticks.values.at(-1) ? " ms" : ""}
        </text>
      ))}
      <path className="chart-limit" d={`M${limitX} ${plot.top - 12}V${plot.bottom}`} />
      <text className="chart-label" x={limitX - 5} y={plot.top - 4} textAnchor="end">
        max {formatNumber(maxLatencyMs, 0)} ms
      </text>
      <P95Marks summary={summary} plot={plot} limitX={limitX} />
    </svg>
  );
}

function DensityArea({ side, density, plot }: { readonly side: Side; readonly density: Density; readonly plot: Plot }): ReactNode {
  const points = density.heights.map((height, i) => ({ x: plot.xOf(density.from + i * density.step), y: plot.yOf(height) }));
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const line = lineThrough(points);
  return (
    <g className={`density arm-stroke-${side}`}>
      <path className="density-fill" d={`${line}L${last.x} ${plot.bottom}L${first.x} ${plot.bottom}Z`} />
      <path className="density-line" d={line} />
    </g>
  );
}

/** The lower p95 is labelled above the higher one, so that their words never meet. */
function P95Marks({ summary, plot, limitX }: { readonly summary: ComparisonSummary; readonly plot: Plot; readonly limitX: number }): ReactNode {
  const height = plot.bottom - plot.top;
  const order = SIDES.toSorted((one, other) => summary.latency[one].p95Ms - summary.latency[other].p95Ms);
  return order.map((side, index) => {
    const { p95Ms } = summary.latency[side];
    const x = plot.xOf(p95Ms);
    const top = plot.top + (index === 0 ? 0.12 : 0.42) * height;
    const isLeft = x + LABEL_PX > plot.right || (x < limitX && x + LABEL_PX > limitX);
    return (
      <g key={side} className={`p95-mark arm-stroke-${side}`}>
        <path d={`M${x} ${top}V${plot.bottom}`} />
        <text className={`arm-text-${side}`} x={isLeft ? x - 5 : x + 5} y={top + 8} textAnchor={isLeft ? "end" : "start"}>
          p95 {formatNumber(p95Ms, 1)}
        </text>
      </g>
    );
  });
}

function LatencyTable({ comparison, summary, names }: LatencyPanelProps): ReactNode {
  const rows = [
    { name: "median", q: 0.5 },
    { name: "p95", q: 0.95 },
    { name: "p99", q: 0.99 },
    { name: "longest", q: 1 },
  ] as const;
  const difference = summary.latency.p95Difference;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Processor time, ms</th>
          {SIDES.map((side) => (
            <th key={side} scope="col" className="numeric mono">
              {names[side]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, q }) => (
          <tr key={name}>
            <td>{name}</td>
            {SIDES.map((side) => (
              <td key={side} className="numeric">
                {formatNumber(quantile([...comparison[side].encodeMs], q), 1)}
              </td>
            ))}
          </tr>
        ))}
        <tr>
          <td>Clock to processor</td>
          <td className="numeric" colSpan={2}>
            {formatNumber(comparison.wallShare, 2)} times
          </td>
        </tr>
        <tr>
          <td>B over A at p95</td>
          <td className="numeric" colSpan={2}>
            {difference === null
              ? "none"
              : `${formatNumber(difference.value, 1)}, between ${formatNumber(difference.low, 1)} and ${formatNumber(difference.high, 1)} (95 %)`}
          </td>
        </tr>
      </tbody>
    </table>
  );
}
