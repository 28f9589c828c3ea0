import { memo, type ReactNode } from "react";
import type { Emphasis, LimitSide, Scale } from "./scales";
import { trailPaths, UNITS_PER_PX } from "./trail-path";
import "./sparkline.css";

/** A sparkline's properties. */
export interface SparklineProps {
  /** One value a tick, oldest first, at most 100; NaN is a gap. A new array is a new picture. */
  readonly values: Float32Array;
  readonly limit: number | null;
  readonly limitSide: LimitSide;
  /** Ticks since the change began that the verdict is about; null where it is not about this metric. */
  readonly onsetTicks?: number | null;
  readonly emphasis: Emphasis;
  /** Px. */
  readonly width: number;
  /** Px. */
  readonly height: number;
  readonly scale: Scale;
  /** Says for screen readers what is drawn; the values stand beside it as text. */
  readonly label: string;
}

const MARK_RADIUS = 2.2 * UNITS_PER_PX;

/** The last 100 samples as one line: gaps hatched, limit dotted, newest value marked (hollow when stale). */
export const Sparkline = memo(function Sparkline(props: SparklineProps): ReactNode {
  const { width, height, emphasis } = props;
  const { line, offending, hatch, limitY, last } = trailPaths(props);
  const isUrgent = emphasis === "medium" || emphasis === "high";
  return (
    <svg
      className={`sparkline emphasis-${emphasis}`}
      width={width}
      height={height}
      viewBox={`0 0 ${width * UNITS_PER_PX} ${height * UNITS_PER_PX}`}
      role="img"
      aria-label={props.label}
    >
      {hatch === "" ? null : <path className="sparkline-hatch" d={hatch} />}
      {limitY === null ? null : <path className="sparkline-limit" d={`M0 ${limitY}H${width * UNITS_PER_PX}`} />}
      <path className="sparkline-line" d={line} />
      {isUrgent && offending !== "" ? <path className="sparkline-offending" d={offending} /> : null}
      {last === null ? null : <circle className="sparkline-mark" cx={last.x} cy={last.y} r={MARK_RADIUS} />}
    </svg>
  );
}, isSamePicture);

function isSamePicture(before: SparklineProps, after: SparklineProps): boolean {
  return (
    before.values === after.values &&
    before.emphasis === after.emphasis &&
    before.onsetTicks === after.onsetTicks &&
    before.limit === after.limit &&
    before.limitSide === after.limitSide &&
    before.width === after.width &&
    before.height === after.height &&
    before.scale.min === after.scale.min &&
    before.scale.max === after.scale.max &&
    before.label === after.label
  );
}
