import { hatchPath } from "./hatch";
import { isBeyond, shareOf, type LimitSide, type Scale } from "./scales";

/**
 * Coordinates are whole tenths of a px: whole numbers become text several times faster than fractions,
 * and fifty nodes draw fifteen thousand of them in every tick.
 */
export const UNITS_PER_PX = 10;

/** A trail holds this many ticks when it is full; a shorter one stands at the right. */
export const TRAIL_TICKS = 100;

/** Room for the mark on the last point, px. */
const MARK_PX = 4;
/** Half the thickest line, px: the extreme values are not cut. */
const EDGE_PX = 2;
/** So many ticks within limits in a row end an offending stretch: 3 s at 2 Hz. */
const TICKS_THAT_END = 6;

/** What a sparkline is drawn from. */
export interface TrailInput {
  /** One value a tick, oldest first; NaN is a gap. */
  readonly values: Float32Array;
  readonly limit: number | null;
  readonly limitSide: LimitSide;
  /** Ticks since the change began that the verdict is about; null or absent where it is not about this metric. */
  readonly onsetTicks?: number | null;
  readonly scale: Scale;
  readonly width: number;
  readonly height: number;
}

/** The paths of a sparkline, in tenths of a px. Empty where there is nothing to draw. */
export interface TrailPaths {
  readonly line: string;
  /** The end of the line, from where it went beyond its limit; part of `line` too. */
  readonly offending: string;
  readonly hatch: string;
  /** Height of the limit; null where there is none or it is off the scale. */
  readonly limitY: number | null;
  /** The newest value; null where there is none. */
  readonly last: { readonly x: number; readonly y: number } | null;
}

/** Draws a trail. Values beyond the scale stay at its ends. */
export function trailPaths({ values, limit, limitSide, onsetTicks = null, scale, width, height }: TrailInput): TrailPaths {
  const stepPx = (width - MARK_PX) / (TRAIL_TICKS - 1);
  const xOf = (index: number): number =>
    Math.round((width - MARK_PX - (values.length - 1 - index) * stepPx) * UNITS_PER_PX);
  const yOf = (value: number): number =>
    Math.round((height - EDGE_PX - shareOf(value, scale) * (height - 2 * EDGE_PX)) * UNITS_PER_PX);
  const beyond = limit === null ? values.length : offendingFrom(values, limit, limitSide);
  const onset = onsetTicks === null ? beyond : Math.min(beyond, Math.max(0, values.length - 1 - onsetTicks));
  let line = "";
  let offending = "";
  let hatch = "";
  let last: TrailPaths["last"] = null;
  let previous = -1;
  const addGap = (from: number, to: number): void => {
    hatch += hatchPath(xOf(from) / UNITS_PER_PX, 0, xOf(to) / UNITS_PER_PX, height, UNITS_PER_PX);
  };
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const isAfterGap = previous >= 0 && index - previous > 1;
    if (isAfterGap) addGap(previous, index);
    const x = xOf(index);
    const y = yOf(value);
    line += `${previous < 0 || isAfterGap ? "M" : "L"}${x} ${y}`;
    if (index >= onset) offending += `${offending === "" || isAfterGap ? "M" : "L"}${x} ${y}`;
    last = { x, y };
    previous = index;
  }
  if (previous >= 0 && previous < values.length - 1) addGap(previous, values.length - 1);
  const isLimitShown = limit !== null && limit >= scale.min && limit <= scale.max;
  return { line, offending, hatch, limitY: isLimitShown ? yOf(limit) : null, last };
}

/**
 * The index from which the trail's end is beyond its limit; as long as the trail where it is not. The
 * stretch reaches back over short returns, so that noise around the limit does not make it flicker.
 */
function offendingFrom(values: Float32Array, limit: number, side: LimitSide): number {
  let onset = values.length;
  let within = 0;
  for (let index = values.length - 1; index >= 0 && within < TICKS_THAT_END; index -= 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (isBeyond(value, limit, side)) {
      onset = index;
      within = 0;
    } else {
      within += 1;
    }
  }
  return onset;
}
