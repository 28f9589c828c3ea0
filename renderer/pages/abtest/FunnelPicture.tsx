import type { ReactNode } from "react";
import type { AbTestMetric } from "../../../shared/contract/abtest";
import { valueTicks } from "../../charts/axis-ticks";
import { hatchPath } from "../../charts/hatch";
import type { PlotMargin } from "../../charts/plot";
import type { Scale } from "../../charts/scales";
import type { BoxSize } from "../../charts/use-size";
import { ValueGrid } from "../../charts/ValueGrid";
import { formatNumber } from "../../format/number";
import { bandPath, edgePath, effectScale, isMoreBetter, pairScale, type FunnelPlot } from "./funnel";
import { sizeText, unitAfter } from "./metric-texts";

const MARGIN: PlotMargin = { top: 10, right: 18, bottom: 24, left: 58 };
/** Px that the words of the prediction need beside the line of now. */
const PREDICTED_PX = 130;

/** What a funnel is drawn from. */
export interface FunnelPictureProps {
  readonly size: BoxSize;
  readonly metric: AbTestMetric;
  readonly pairsNeeded: number;
  readonly longestPairs: number;
  readonly smallestDifference: number;
  readonly isOver: boolean;
}

interface Frame extends FunnelPlot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

/** A frame whose values are not held inside the plot: what is beyond is cut by the picture's own edge. */
function frameOf({ size, metric, pairsNeeded, longestPairs, smallestDifference, isOver }: FunnelPictureProps): Frame {
  const x = pairScale(metric.pairs, longestPairs, isOver);
  const y = effectScale(metric.history, pairsNeeded, metric.role === "primary" ? smallestDifference : (metric.allowed ?? 0));
  const [left, right, top, bottom] = [MARGIN.left, size.width - MARGIN.right, MARGIN.top, size.height - MARGIN.bottom];
  return {
    left,
    right,
    top,
    bottom,
    x,
    y,
    xOf: (pairs) => left + ((pairs - x.min) / (x.max - x.min)) * (right - left),
    yOf: (value) => bottom - ((value - y.min) / (y.max - y.min || 1)) * (bottom - top),
  };
}

/** The funnel: its interval, the band of no difference or what a guardrail allows, and what is predicted. */
export function FunnelPicture(props: FunnelPictureProps): ReactNode {
  const { size, metric, pairsNeeded, isOver } = props;
  const frame = frameOf(props);
  const { left, right, top, bottom, xOf } = frame;
  const verdictX = Math.min(right, xOf(pairsNeeded));
  const signed = (value: number, decimals: number): string => `${value > 0 ? "+" : ""}${formatNumber(value, decimals)}`;
  const isUpB = isMoreBetter(metric.metric);
  return (
    <svg className="chart-layer ab-svg" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      <path className="ab-hatch ab-hatch-early" d={hatchPath(left, top, verdictX, bottom)} />
      <Inside frame={frame}>
        {metric.role === "primary" ? <Band {...props} frame={frame} /> : <Forbidden metric={metric} frame={frame} />}
      </Inside>
      <ValueGrid plot={{ left, right, yOf: frame.yOf }} scale={frame.y} count={5} format={signed} />
      <Inside frame={frame}>
        <path className="ab-zero" d={`M${left} ${frame.yOf(0)}H${right}`} />
        <Interval metric={metric} frame={frame} isOver={isOver} />
      </Inside>
      <PairAxis frame={frame} />
      <text className={`arm-text-${isUpB ? "b" : "a"}`} x={left + 6} y={top + 14}>
        {isUpB ? "B" : "A"} better ↑
      </text>
      <text className={`arm-text-${isUpB ? "a" : "b"}`} x={left + 6} y={bottom - 8}>
        {isUpB ? "A" : "B"} better ↓
      </text>
      {verdictX - left > 150 ? (
        <text className="chart-note" x={verdictX - 6} y={bottom - 8} textAnchor="end">
          no verdict before {pairsNeeded} pairs
        </text>
      ) : null}
      <Labels {...props} frame={frame} />
    </svg>
  );
}

/** Draws inside of the plot alone: an svg in an svg cuts what leaves it. Its coordinates are those of the picture. */
function Inside({ frame, children }: { readonly frame: Frame; readonly children: ReactNode }): ReactNode {
  const { left, right, top, bottom } = frame;
  const [width, height] = [right - left, bottom - top];
  return (
    <svg x={left} y={top} width={width} height={height} viewBox={`${left} ${top} ${width} ${height}`}>
      {children}
    </svg>
  );
}

function Band({ smallestDifference, frame }: FunnelPictureProps & { readonly frame: Frame }): ReactNode {
  const top = frame.yOf(smallestDifference);
  return <rect className="ab-band" x={frame.left} y={top} width={frame.right - frame.left} height={frame.yOf(-smallestDifference) - top} />;
}

/** The side that a guardrail forbids. */
function Forbidden({ metric, frame }: { readonly metric: AbTestMetric; readonly frame: Frame }): ReactNode {
  if (metric.allowed === null) return null;
  const isAbove = !isMoreBetter(metric.metric);
  const y = frame.yOf(isAbove ? metric.allowed : -metric.allowed);
  return (
    <>
      <path className="ab-hatch" d={isAbove ? hatchPath(frame.left, frame.top, frame.right, y) : hatchPath(frame.left, y, frame.right, frame.bottom)} />
      <path className="chart-limit" d={`M${frame.left} ${y}H${frame.right}`} />
    </>
  );
}

function Interval({ metric, frame, isOver }: { readonly metric: AbTestMetric; readonly frame: Frame; readonly isOver: boolean }): ReactNode {
  const { history, predicted, better } = metric;
  const now = history.at(-1);
  const ahead = now === undefined || isOver ? [] : [now, ...predicted.filter(({ pairs }) => pairs > now.pairs)];
  return (
    <g className={`ab-interval ab-interval-${better === null ? "none" : better.toLowerCase()}`}>
      <path className="ab-interval-fill" d={bandPath(history, frame)} />
      <path className="ab-interval-edge" d={edgePath(history, ({ high }) => high, frame)} />
      <path className="ab-interval-edge" d={edgePath(history, ({ low }) => low, frame)} />
      {ahead.length < 2 ? null : (
        <>
          <path className="ab-predicted" d={edgePath(ahead, ({ high }) => high, frame)} />
          <path className="ab-predicted" d={edgePath(ahead, ({ low }) => low, frame)} />
        </>
      )}
      <path className="ab-interval-middle" d={edgePath(history, ({ effect }) => effect, frame)} />
      {now === undefined || isOver ? null : <path className="ab-now" d={`M${frame.xOf(now.pairs)} ${frame.top}V${frame.bottom}`} />}
    </g>
  );
}

function PairAxis({ frame }: { readonly frame: Frame }): ReactNode {
  const { x, left, right, bottom, xOf } = frame;
  const ticks = valueTicks(x, Math.max(2, Math.floor((right - left) / 80))).values.filter((value) => Number.isInteger(value) && value > 0);
  return (
    <>
      <path className="chart-floor" d={`M${left} ${bottom}H${right}`} />
      <text className="chart-note" x={left} y={bottom + 17} textAnchor="middle">
        start
      </text>
      {ticks.map((value) => (
        <text key={value} className="chart-note" x={xOf(value)} y={bottom + 17} textAnchor={xOf(value) > right - 20 ? "end" : "middle"}>
          {value}
          {value === ticks.at(-1) ? (value === 1 ? " pair" : " pairs") : ""}
        </text>
      ))}
    </>
  );
}

function Labels({ metric, smallestDifference, isOver, frame }: FunnelPictureProps & { readonly frame: Frame }): ReactNode {
  const now = metric.history.at(-1);
  const unit = unitAfter(metric.metric);
  const isPrimary = metric.role === "primary";
  const bandY = isPrimary ? frame.yOf(-smallestDifference) - 6 : frame.yOf(isMoreBetter(metric.metric) ? -(metric.allowed ?? 0) : (metric.allowed ?? 0)) + (isMoreBetter(metric.metric) ? 14 : -6);
  const words = isPrimary ? `no difference that matters, ±${sizeText(smallestDifference)}${unit}` : metric.allowed === null ? "" : `harmful beyond ${isMoreBetter(metric.metric) ? "−" : "+"}${sizeText(metric.allowed)}${unit}`;
  const nowX = now === undefined ? 0 : frame.xOf(now.pairs);
  return (
    <>
      <text className="chart-note" x={frame.right - 4} y={Math.min(frame.bottom - 6, Math.max(frame.top + 12, bandY))} textAnchor="end">
        {words}
      </text>
      {now === undefined || now.effect < frame.y.min || now.effect > frame.y.max ? null : <circle className="ab-mark-point" cx={nowX} cy={frame.yOf(now.effect)} r={4} />}
      {now === undefined || isOver ? null : (
        <>
          <path className="chart-flag" d={`M${nowX} ${frame.top}l6 4l-6 4Z`} />
          <text className="chart-version" x={nowX + 9} y={frame.top + 8}>
            now
          </text>
        </>
      )}
      {isOver || now === undefined || metric.predicted.length === 0 || frame.right - nowX < PREDICTED_PX + 40 ? null : (
        <text className="chart-note" x={frame.right - 4} y={Math.max(frame.top + 12, frame.yOf(now.high) - 8)} textAnchor="end">
          predicted, if the effect stays
        </text>
      )}
    </>
  );
}
