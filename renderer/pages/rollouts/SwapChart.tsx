import { useState, type ReactNode } from "react";
import type { RolloutEvidence, RolloutView } from "../../../shared/contract/rollouts";
import { valueTicks } from "../../charts/axis-ticks";
import { QUALITY_FLOOR, type Scale } from "../../charts/scales";
import { useSize } from "../../charts/use-size";
import { Button, Segmented } from "../../design";
import { countOf, formatLimitValue, formatMetric, formatNumber, limitOf, nameOf } from "../../format/number";
import { go } from "../../state/navigation";
import { useFleet } from "../../state/store";
import { showMetric, useDesk, type SwapMetric } from "./desk";
import { linePath, scaleOf, traceFacts, type Trace } from "./swap-lines";
import { allNodes } from "./words";

const HEIGHT = 190;
const LEFT = 44;
const RIGHT = 12;
const TOP = 18;
const BOTTOM = 22;
const FROM_MS = -20_000;

const METRICS = [
  { value: "compressionRatio", label: "Ratio" },
  { value: "latencyMs", label: "Latency" },
  { value: "qualityScore", label: "Quality" },
] as const;

/** Every swapped node's samples from its own swap: what left the others is labelled. */
export function SwapChart({ view, evidence }: { readonly view: RolloutView; readonly evidence: RolloutEvidence }): ReactNode {
  const metric = useDesk((desk) => desk.metric);
  const [isTable, setIsTable] = useState(false);
  const left = leftNodes(view);
  const unit = metric === "latencyMs" ? ", ms" : "";
  return (
    <div className="swap-chart">
      <div className="swap-head">
        <h3>
          {nameOf(metric)}
          {unit}, every judged node from its own swap
        </h3>
        <span className="note">{summary(evidence, left.size)}</span>
        <Segmented label="Metric of the chart" value={metric} segments={METRICS} onChange={showMetric} />
        <Button kind="quiet" size="small" onPress={() => setIsTable(!isTable)}>
          {isTable ? "Show as chart" : "Show as table"}
        </Button>
      </div>
      {isTable ? <SwapTable traces={evidence.traces} metric={metric} left={left} /> : <Plot view={view} traces={evidence.traces} metric={metric} left={left} />}
    </div>
  );
}

/** Nodes that failed or were taken back: they are drawn in colour and named. */
function leftNodes(view: RolloutView): ReadonlySet<string> {
  return new Set(allNodes(view).filter(({ state }) => state === "rolled-back" || state === "failed" || state === "inconsistent").map(({ nodeId }) => nodeId));
}

function summary({ traces }: RolloutEvidence, left: number): string {
  const grey = traces.length - Math.min(left, traces.length);
  return left === 0 ? `grey: ${countOf(grey, "node")}` : `grey: ${countOf(grey, "node")} · labelled: ${left === 1 ? "the one that failed" : `${left} that failed`}`;
}

interface PlotProps {
  readonly traces: readonly Trace[];
  readonly metric: SwapMetric;
  readonly left: ReadonlySet<string>;
}

function Plot({ view, traces, metric, left }: PlotProps & { readonly view: RolloutView }): ReactNode {
  const [boxRef, size] = useSize();
  const limits = useFleet(({ fleet }) => fleet?.meta.limits);
  const width = size?.width ?? 0;
  return (
    <div ref={boxRef} className="swap-plot" style={{ height: HEIGHT }}>
      {width < 100 || limits === undefined ? null : <Drawing view={view} traces={traces} metric={metric} left={left} width={width} limit={limitOf(metric, limits).limit} side={limitOf(metric, limits).side} />}
    </div>
  );
}

/** Quality from 0.6 to 1, or lower where it was; the others from 0, with the limit where it is not far above them. */
function axisOf(metric: SwapMetric, values: readonly number[], limit: number): Scale {
  const { min, max } = scaleOf(values, 0) ?? { min: 0, max: 1 };
  if (metric === "qualityScore") return { min: Math.min(QUALITY_FLOOR, Math.floor(min * 10) / 10), max: 1 };
  return { min: 0, max: limit > max && limit < max * 1.6 ? limit * 1.05 : max * 1.08 };
}

function Drawing(props: PlotProps & { readonly view: RolloutView; readonly width: number; readonly limit: number; readonly side: "min" | "max" }): ReactNode {
  const { view, traces, metric, left, width, limit, side } = props;
  const values = traces.flatMap((trace) => [...trace[metric]]);
  const scale = axisOf(metric, values, limit);
  const isNear = limit >= scale.min && limit <= scale.max;
  const longestMs = Math.max(20_000, ...traces.map((trace) => trace.sinceSwapMs.at(-1) ?? 0));
  const x = (sinceMs: number): number => LEFT + ((sinceMs - FROM_MS) / (longestMs - FROM_MS)) * (width - LEFT - RIGHT);
  const y = (value: number): number => TOP + ((scale.max - value) / (scale.max - scale.min)) * (HEIGHT - TOP - BOTTOM);
  const ticks = valueTicks(scale, 4);
  const stepMs = longestMs > 60_000 ? 20_000 : 10_000;
  const times = Array.from({ length: Math.floor(longestMs / stepMs) }, (_, index) => (index + 1) * stepMs);
  const label = `${nameOf(metric)} of ${countOf(traces.length, "node")} from 20 s before to ${formatNumber(longestMs / 1000, 0)} s after their own swap to ${view.version}`;
  const back = traces.find((trace) => left.has(trace.nodeId) && trace.rolledBackAtMs !== null);
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={label} className="swap-svg">
      {ticks.values.map((value) => (
        <g key={value}>
          <path className="swap-grid" d={`M${LEFT} ${y(value)}H${width - RIGHT}`} />
          <text x={LEFT - 6} y={y(value) + 4} textAnchor="end">
            {formatNumber(value, ticks.decimals)}
          </text>
        </g>
      ))}
      {isNear ? (
        <>
          <path className="swap-limit" d={`M${LEFT} ${y(limit)}H${width - RIGHT}`} />
          <text x={LEFT + 6} y={y(limit) + (side === "min" ? -5 : 13)} className="swap-limit-text">
            {side} {formatLimitValue(metric, limit)}
          </text>
        </>
      ) : null}
      {traces.map((trace) => (
        <path key={trace.nodeId} className={left.has(trace.nodeId) ? "swap-line swap-line-left" : "swap-line"} d={linePath(trace, metric, x, y)} />
      ))}
      <path className="swap-mark" d={`M${x(0)} ${TOP - 6}V${HEIGHT - BOTTOM}`} />
      <text x={x(0) + 5} y={TOP - 5} className="mono">
        {view.version}
      </text>
      {back?.rolledBackAtMs == null ? null : <BackMark x={x(back.rolledBackAtMs - back.swappedAtMs)} />}
      {traces
        .filter(({ nodeId }) => left.has(nodeId))
        .slice(0, 4)
        .map((trace, index) => (
          <text key={trace.nodeId} x={width - RIGHT - 4} y={TOP + 8 + index * 14} textAnchor="end" className="swap-name mono">
            {trace.nodeId}
          </text>
        ))}
      <text x={x(FROM_MS)} y={HEIGHT - 6}>
        {formatNumber(FROM_MS / 1000, 0)} s
      </text>
      <text x={x(0)} y={HEIGHT - 6} textAnchor="middle">
        swap
      </text>
      {times.map((timeMs, index) => (
        <text key={timeMs} x={x(timeMs)} y={HEIGHT - 6} textAnchor={index === times.length - 1 ? "end" : "middle"}>
          {timeMs / 1000}
          {index === times.length - 1 ? " s" : ""}
        </text>
      ))}
    </svg>
  );
}

function BackMark({ x }: { readonly x: number }): ReactNode {
  return (
    <>
      <path className="swap-mark swap-mark-back" d={`M${x} ${TOP - 6}V${HEIGHT - BOTTOM}`} />
      <text x={x + 5} y={TOP - 5} className="mono">
        back
      </text>
    </>
  );
}

function SwapTable({ traces, metric, left }: PlotProps): ReactNode {
  const text = (value: number): string => (Number.isFinite(value) ? formatMetric(metric, value) : "none");
  return (
    <div className="swap-table" tabIndex={0} role="region" aria-label={`${nameOf(metric)} by node`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col" className="numeric">Last before the swap</th>
            <th scope="col" className="numeric">Least since</th>
            <th scope="col" className="numeric">Greatest since</th>
            <th scope="col" className="numeric">Last</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => {
            const facts = traceFacts(trace, metric);
            return (
              <tr key={trace.nodeId}>
                <th scope="row">
                  <Button kind="quiet" size="small" onPress={() => go({ page: "node", nodeId: trace.nodeId })}>
                    <span className="mono">{trace.nodeId}</span>
                  </Button>
                </th>
                <td className="numeric">{text(facts.before)}</td>
                <td className="numeric">{text(facts.least)}</td>
                <td className="numeric">{text(facts.greatest)}</td>
                <td className="numeric">{text(facts.last)}</td>
                <td>{left.has(trace.nodeId) ? "failed" : "with the others"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
