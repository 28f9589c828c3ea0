import { quantile } from "../quantiles";

/** A processor is busy from here on, and where it was busy anyway, from so much more, percent. */
const BUSY_PERCENT = 70;
const RISE_PERCENT = 25;
/** A value counts as the median of so many around it: one second says nothing. */
const SMOOTHED_OVER = 5;
/** Of fewer samples nothing is said. */
const LEAST_SAMPLES = 15;
/** So many samples in a row on the other side end a stretch. */
const SAMPLES_THAT_END = 6;

/** A stretch up to now: `sinceMs` is when it began, Unix ms; null where it is as old as what was looked at. */
export interface Stretch {
  readonly sinceMs: number | null;
}

/** What rose, if anything; null where nothing is above, or nothing is known. */
export interface Coincidence {
  readonly cpu: Stretch | null;
  readonly latency: Stretch | null;
}

/**
 * Since when the machine's processor is busy and since when the fleet is slow: side by side, so that a person sees
 * which came first. It says what came when, not what caused what.
 *
 * @param samples times (Unix ms, ascending), the processor's percent, the fleet's median latency (ms); NaN is a gap.
 * @param maxLatencyMs the fleet's limit.
 */
export function coincidenceOf(
  samples: { readonly atMs: Float64Array; readonly cpuPercent: Float64Array; readonly latencyMs: Float64Array },
  maxLatencyMs: number,
): Coincidence {
  if (samples.atMs.length < LEAST_SAMPLES) return { cpu: null, latency: null };
  const cpu = smoothed(samples.cpuPercent);
  const calm = quantile(cpu.filter((value) => !Number.isNaN(value)), 0.25);
  const rise = Math.min(95, Math.max(BUSY_PERCENT, calm + RISE_PERCENT));
  const always = cpu.every((value) => Number.isNaN(value) || value >= BUSY_PERCENT);
  return {
    cpu: stretchAbove(samples.atMs, cpu, always ? BUSY_PERCENT : rise),
    latency: stretchAbove(samples.atMs, smoothed(samples.latencyMs), maxLatencyMs),
  };
}

/** The median of each value and those around it; a gap stays one. */
function smoothed(values: Float64Array): readonly number[] {
  const reach = (SMOOTHED_OVER - 1) / 2;
  return Array.from(values, (value, index) => {
    if (Number.isNaN(value)) return value;
    const around = values.subarray(Math.max(0, index - reach), index + reach + 1).filter((each) => !Number.isNaN(each));
    return quantile([...around], 0.5);
  });
}

/** The stretch above a level that lasts until now, over short returns below it. */
function stretchAbove(atMs: Float64Array, values: readonly number[], level: number): Stretch | null {
  let onset: number | null = null;
  let below = 0;
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    below = value > level ? 0 : below + 1;
    if (below === 0) onset = index;
    if (below >= SAMPLES_THAT_END) return onset === null ? null : { sinceMs: atMs[onset] ?? null };
  }
  // As far back as anything is known it lies above, or only the few samples before do not.
  return onset === null ? null : { sinceMs: below > 0 ? (atMs[onset] ?? null) : null };
}
