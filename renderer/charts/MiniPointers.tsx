import { memo, type ReactNode } from "react";
import type { Limits } from "../../shared/contract/settings";
import { limitOf, type JudgedMetric } from "../format/number";
import { isBeyond, scaleOf, shareOf, type Scale } from "./scales";
import "./mini-pointers.css";

/** The properties of a tile's three pointers. */
export interface MiniPointersProps {
  /** Newest value of each metric; null where there is none: that bar has no pointer. */
  readonly ratio: number | null;
  readonly latency: number | null;
  readonly quality: number | null;
  readonly limits: Limits;
  /** The scale of each bar; those that the limits alone give where nothing is said. */
  readonly scales?: Readonly<Record<JudgedMetric, Scale>>;
  /** Pointers are hollow: the values are the last known, not the present ones. */
  readonly stale: boolean;
  /** Px for all three bars; 72 where nothing is said. The height is 10. */
  readonly width?: number;
}

const HEIGHT_PX = 10;
const GAP_PX = 4;
const TRACK_TOP_PX = 6;
const TRACK_BOTTOM_PX = 9;
const POINTER_PX = 2.5;

/**
 * Ratio, latency and quality of a matrix tile as three pointers on bars with their limits. Hidden from
 * screen readers: the tile's own text says the state and the values.
 */
export const MiniPointers = memo(function MiniPointers(props: MiniPointersProps): ReactNode {
  const width = props.width ?? 72;
  const barPx = (width - 2 * GAP_PX) / 3;
  let tracks = "";
  let limitTicks = "";
  let pointers = "";
  let beyondPointers = "";
  const addBar = (metric: JudgedMetric, value: number | null, position: number): void => {
    const left = position * (barPx + GAP_PX);
    const scale = props.scales?.[metric] ?? scaleOf(metric, props.limits);
    const { limit, side } = limitOf(metric, props.limits);
    const xOf = (of: number): number =>
      Math.round((left + POINTER_PX + shareOf(of, scale) * (barPx - 2 * POINTER_PX)) * 10) / 10;
    tracks += `M${round(left)} ${TRACK_TOP_PX}H${round(left + barPx)}V${TRACK_BOTTOM_PX}H${round(left)}Z`;
    limitTicks += `M${xOf(limit)} ${TRACK_TOP_PX - 1}V${HEIGHT_PX}`;
    if (value === null) return;
    const x = xOf(value);
    const pointer = `M${round(x - POINTER_PX)} .5H${round(x + POINTER_PX)}L${x} 5Z`;
    if (!props.stale && isBeyond(value, limit, side)) beyondPointers += pointer;
    else pointers += pointer;
  };
  addBar("compressionRatio", props.ratio, 0);
  addBar("latencyMs", props.latency, 1);
  addBar("qualityScore", props.quality, 2);
  return (
    <svg
      className={props.stale ? "mini-pointers mini-stale" : "mini-pointers"}
      width={width}
      height={HEIGHT_PX}
      viewBox={`0 0 ${width} ${HEIGHT_PX}`}
      aria-hidden="true"
      focusable="false"
    >
      <path className="mini-track" d={tracks} />
      <path className="mini-limit" d={limitTicks} />
      {pointers === "" ? null : <path className="mini-pointer" d={pointers} />}
      {beyondPointers === "" ? null : <path className="mini-beyond" d={beyondPointers} />}
    </svg>
  );
});

function round(px: number): number {
  return Math.round(px * 10) / 10;
}
