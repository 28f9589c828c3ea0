import type { Scale } from "./scales";

/** Steps of a time axis that people count in, ms. */
const TIME_STEPS_MS = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_200_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000, 172_800_000,
] as const;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The marks of an axis, ascending, all of them between its ends. */
export interface ValueTicks {
  readonly values: readonly number[];
  /** Decimals that tell two neighbouring marks apart. */
  readonly decimals: number;
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `least` (> 0). */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 2.5, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals += 1) {
    if (Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) < 1e-6) return decimals;
  }
  return 6;
}

/** Marks of a value axis at round numbers, at most `atMost` intervals. */
export function valueTicks({ min, max }: Scale, atMost = 5): ValueTicks {
  const step = niceStep((max - min) / atMost);
  const decimals = decimalsOf(step);
  const values: number[] = [];
  for (let index = Math.ceil(min / step - 1e-6); index * step <= max + step * 1e-6; index += 1) {
    values.push(Number((index * step).toFixed(decimals)));
  }
  return { values, decimals };
}

/** The marks of a clock axis. */
export interface TimeTicks {
  /** Unix ms. */
  readonly atMs: readonly number[];
  /** Whether the labels need their seconds. */
  readonly isFine: boolean;
  /** Whether the labels are days, not times of a day. */
  readonly isDaily: boolean;
}

/** Marks of a clock axis at round times, at most `atMost` of them. */
export function timeTicks(fromMs: number, toMs: number, atMost: number): TimeTicks {
  const spanMs = toMs - fromMs;
  const stepMs = TIME_STEPS_MS.find((step) => spanMs / step <= atMost) ?? DAY_MS * Math.ceil(spanMs / DAY_MS / atMost);
  const atMs: number[] = [];
  for (let at = Math.ceil(fromMs / stepMs) * stepMs; at <= toMs; at += stepMs) atMs.push(at);
  return { atMs, isFine: stepMs < MINUTE_MS, isDaily: stepMs >= DAY_MS };
}
