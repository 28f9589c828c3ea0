import type { ReactNode } from "react";
import type { AbTestBlock, AbTestView } from "../../../shared/contract/abtest";
import type { LimitedMetric } from "../../../shared/judge/limits";
import { timeTicks, valueTicks } from "../../charts/axis-ticks";
import { gapPath } from "../../charts/gap-path";
import { hatchPath } from "../../charts/hatch";
import type { Scale } from "../../charts/scales";
import { formatNumber } from "../../format/number";
import { formatClock } from "../../format/time";
import { useSettings } from "../../state/store";
import { within, type DrawnBlocks, type NodeTrace } from "./blocks";
import { armIn } from "./block-times";

/** Height of one node's row, and the room for its axis and at its right, px. */
export const ROW_HEIGHT_PX = 76;
export const BLOCK_LEFT_PX = 46;
export const BLOCK_RIGHT_PX = 14;
/** A block that is narrower has no letter. */
const LETTER_PX = 16;
/** A clock label needs so much, px. */
const CLOCK_PX = 84;
/** A gap longer than so many periods is a gap. */
const GAP_PERIODS = 2.5;

/** One node's blocks and values. */
export interface BlockRowProps {
  readonly node: NodeTrace;
  readonly view: AbTestView;
  readonly drawn: DrawnBlocks;
  readonly scale: Scale;
  readonly metric: LimitedMetric;
  readonly width: number;
  readonly top: number;
}

/** The row of one node: tinted by the arm whose version it runs, wash-out hatched, its values over it. */
export function BlockRow(props: BlockRowProps): ReactNode {
  const { node, view, drawn, scale, metric, width, top } = props;
  const right = width - BLOCK_RIGHT_PX;
  const bottom = top + ROW_HEIGHT_PX;
  const x = (ms: number): number => BLOCK_LEFT_PX + ((ms - drawn.fromMs) / (drawn.toMs - drawn.fromMs)) * (right - BLOCK_LEFT_PX);
  const y = (value: number): number => bottom - 4 - ((value - scale.min) / (scale.max - scale.min)) * (ROW_HEIGHT_PX - 8);
  const lane = node.arm === "A" ? "a" : "b";
  const ticks = valueTicks(scale, 2);
  return (
    <g>
      <rect className="ab-row-ground" x={BLOCK_LEFT_PX} y={top} width={right - BLOCK_LEFT_PX} height={ROW_HEIGHT_PX} />
      {drawn.blocks.map((block) => (
        <BlockGround key={`${block.index} ${block.fromAtMs}`} block={block} arm={armIn(block, lane)} x={x} top={top} toMs={drawn.toMs} />
      ))}
      {view.pauses.filter(({ fromAtMs, toAtMs }) => (toAtMs ?? drawn.toMs) > drawn.fromMs && fromAtMs < drawn.toMs).map(({ fromAtMs, toAtMs }) => (
        <path key={fromAtMs} className="ab-hatch" d={hatchPath(Math.max(BLOCK_LEFT_PX, x(fromAtMs)), top, Math.min(right, x(toAtMs ?? drawn.toMs)), bottom)} />
      ))}
      {ticks.values.map((value) => (
        <text key={value} className="chart-note" x={BLOCK_LEFT_PX - 8} y={Math.min(bottom - 2, Math.max(top + 9, y(value) + 4))} textAnchor="end">
          {formatNumber(value, ticks.decimals)}
        </text>
      ))}
      <svg x={BLOCK_LEFT_PX} y={top} width={right - BLOCK_LEFT_PX} height={ROW_HEIGHT_PX} viewBox={`${BLOCK_LEFT_PX} ${top} ${right - BLOCK_LEFT_PX} ${ROW_HEIGHT_PX}`}>
        {drawn.blocks.map((block) => {
          const part = within(node, metric, block.fromAtMs, block.toAtMs ?? drawn.toMs);
          const path = gapPath(part.atMs, part.values, x, y, view.periodMs * GAP_PERIODS);
          return path === "" ? null : <path key={`${block.index} ${block.fromAtMs}`} className={`ab-trace arm-stroke-${armIn(block, lane)}`} d={path} />;
        })}
      </svg>
      <text className="chart-version" x={right - 6} y={bottom - 7} textAnchor="end">
        {node.nodeId}
      </text>
    </g>
  );
}

function BlockGround(props: { readonly block: AbTestBlock; readonly arm: "a" | "b"; readonly x: (ms: number) => number; readonly top: number; readonly toMs: number }): ReactNode {
  const { block, arm, x, top, toMs } = props;
  const from = x(block.fromAtMs);
  const to = x(block.toAtMs ?? toMs);
  const bottom = top + ROW_HEIGHT_PX;
  return (
    <>
      <rect className={`ab-ground ab-ground-${arm}${block.isWhole ? "" : " ab-ground-cut"}`} x={from} y={top} width={Math.max(0.5, to - from - 1)} height={ROW_HEIGHT_PX} />
      <path className="ab-hatch" d={hatchPath(from, top, Math.min(to, x(block.washedOutAtMs)), bottom)} />
      {to - from < LETTER_PX ? null : (
        <text className={`arm-text-${arm}`} x={from + 4} y={top + 12}>
          {arm.toUpperCase()}
        </text>
      )}
    </>
  );
}

/** The clock under all rows. */
export function TimeAxis({ fromMs, toMs, left, right, y }: { readonly fromMs: number; readonly toMs: number; readonly left: number; readonly right: number; readonly y: number }): ReactNode {
  const { clock } = useSettings();
  const { atMs } = timeTicks(fromMs, toMs, Math.max(2, Math.floor((right - left) / CLOCK_PX)));
  return atMs.map((ms) => (
    <text key={ms} className="chart-note" x={left + ((ms - fromMs) / (toMs - fromMs)) * (right - left)} y={y} textAnchor="middle">
      {formatClock(ms, clock)}
    </text>
  ));
}
