import { memo, type ReactNode } from "react";
import { hatchPath } from "./hatch";
import { shareOf, type Emphasis, type LimitSide, type Scale } from "./scales";
import "./analog-bar.css";

/** An analog bar's properties. */
export interface AnalogBarProps {
  /** Null where the node reports none: no pointer. */
  readonly value: number | null;
  readonly limit: number;
  readonly limitSide: LimitSide;
  readonly scale: Scale;
  readonly emphasis: Emphasis;
  /** Px; the height is 16. */
  readonly width: number;
  /** Says for screen readers what is drawn, value and limit included. */
  readonly label: string;
}

const HEIGHT_PX = 16;
const TRACK_TOP_PX = 10;
const TRACK_BOTTOM_PX = 15;
/** Half the pointer's width: at the scale's ends the pointer still stands whole. */
const POINTER_PX = 4;

/** A value on its scale: the forbidden side hatched, a tick at the limit, a pointer (hollow when stale). */
export const AnalogBar = memo(function AnalogBar(props: AnalogBarProps): ReactNode {
  const { value, limit, limitSide, scale, emphasis, width } = props;
  const xOf = (of: number): number => Math.round((POINTER_PX + shareOf(of, scale) * (width - 2 * POINTER_PX)) * 10) / 10;
  const limitX = xOf(limit);
  const [forbiddenFrom, forbiddenTo] = limitSide === "min" ? [0, limitX] : [limitX, width];
  return (
    <svg
      className={`analog-bar emphasis-${emphasis}`}
      width={width}
      height={HEIGHT_PX}
      viewBox={`0 0 ${width} ${HEIGHT_PX}`}
      role="img"
      aria-label={props.label}
    >
      <path
        className="analog-track"
        d={`M${limitSide === "min" ? limitX : 0} ${TRACK_TOP_PX}H${limitSide === "min" ? width : limitX}V${TRACK_BOTTOM_PX}H${limitSide === "min" ? limitX : 0}Z`}
      />
      <path className="analog-forbidden" d={hatchPath(forbiddenFrom, TRACK_TOP_PX, forbiddenTo, TRACK_BOTTOM_PX)} />
      <path className="analog-limit" d={`M${limitX} ${TRACK_TOP_PX - 2}V${HEIGHT_PX}`} />
      {value === null ? null : <path className="analog-pointer" d={pointerPath(xOf(value))} />}
    </svg>
  );
}, isSamePicture);

function pointerPath(x: number): string {
  return `M${x - POINTER_PX} 1.5H${x + POINTER_PX}L${x} 8.5Z`;
}

function isSamePicture(before: AnalogBarProps, after: AnalogBarProps): boolean {
  return (
    before.value === after.value &&
    before.limit === after.limit &&
    before.limitSide === after.limitSide &&
    before.scale.min === after.scale.min &&
    before.scale.max === after.scale.max &&
    before.emphasis === after.emphasis &&
    before.width === after.width &&
    before.label === after.label
  );
}
