import type { Metric } from "../../shared/fleet/sample";
import { niceStep } from "./axis-ticks";
import { QUALITY_FLOOR, type Scale } from "./scales";

/** Intervals of a value axis. */
const INTERVALS = 5;
/** Room above the largest value, as a factor. */
const HEADROOM = 1.1;
/** The axis of a metric of which nothing is known yet. */
const BANDWIDTH_AT_FIRST_KBPS = 100;

function fromZero(largest: number): Scale {
  const step = niceStep(largest / INTERVALS);
  return { min: 0, max: Number((Math.ceil(largest / step - 1e-9) * step).toFixed(6)) };
}

/** A quality axis down to a tenth below `smallest`, at least down to 0.6. */
function qualityDownTo(smallest: number): Scale {
  return { min: Math.max(0, Math.min(QUALITY_FLOOR, Math.floor(smallest * 10 + 1e-9) / 10)), max: 1 };
}

/**
 * The value axis of a chart as it opens: ratio, latency and bandwidth from 0, quality from 0.6 to 1;
 * the limit always has room.
 * @param limit null where the metric has none.
 */
export function firstScale(metric: Metric, limit: number | null): Scale {
  switch (metric) {
    case "compressionRatio":
      return fromZero((limit ?? 5) * 1.6);
    case "latencyMs":
      return fromZero((limit ?? 50) * 1.2);
    case "qualityScore":
      return qualityDownTo(limit === null ? QUALITY_FLOOR : limit - 0.1);
    case "bandwidthKbps":
      return fromZero(limit === null ? BANDWIDTH_AT_FIRST_KBPS : limit * 1.2);
  }
}

/**
 * The axis with room for all values: it grows in round steps and never shrinks, so that the picture
 * stays put while a page is open. NaN is ignored; the same object comes back where nothing is beyond.
 */
export function withRoomFor(metric: Metric, scale: Scale, values: ArrayLike<number>): Scale {
  let smallest = scale.min;
  let largest = scale.max;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  if (metric === "qualityScore") return smallest < scale.min ? qualityDownTo(smallest) : scale;
  return largest > scale.max ? fromZero(largest * HEADROOM) : scale;
}
