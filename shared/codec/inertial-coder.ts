import { codeNumber, MAX_NUMBER, NUMBER_CONTEXTS, type BitCoder, type BitContexts } from "./bit-coder";

/**
 * Motor command and inertial readings, in whole steps. The command is carried on from the two before; the
 * readings are what the mechanics of a rigid body make of the command, and what they were beyond that.
 */

/** m/s and rad/s: motor commands come in steps of 1 mm/s and 1 mrad/s, which this keeps. */
export const COMMAND_STEP = 0.001;
/** Base steps of the readings: m/s^2 for the accelerations, rad/s for the turning rates. */
const READING_STEPS = [0.01, 0.01, 0.01, 0.001, 0.001, 0.001] as const;
/** Steps widen with the level; even the widest stays below the noise of a small inertial unit. */
const READING_WIDTHS = [1, 1, 2, 3, 4] as const;
/** Gravity in base steps of acceleration. */
const GRAVITY = 981;
/** Stands for a value that is no number. */
const NO_VALUE = 1 << 22;
/** How slowly what the mechanics leave over is followed: an eighth of the difference a frame. */
const FOLLOW = 8;
const AXES = 6;

/** Contexts of a command. */
export const COMMAND_CONTEXTS = AXES * NUMBER_CONTEXTS;
/** Contexts of readings. */
export const READING_CONTEXTS = AXES * NUMBER_CONTEXTS;

/** Six whole numbers in steps. */
export type Six = readonly number[];

/** The width of a reading's step at a level, in base steps; beyond the fifth level that of the fifth. */
function readingWidth(levelIndex: number): number {
  return READING_WIDTHS[Math.min(levelIndex, READING_WIDTHS.length - 1)] ?? 1;
}

function toWhole(value: number, step: number): number {
  if (!Number.isFinite(value)) return NO_VALUE;
  return Math.max(1 - NO_VALUE, Math.min(NO_VALUE - 1, Math.round(value / step)));
}

function fromWhole(whole: number, step: number): number {
  return whole === NO_VALUE ? Number.POSITIVE_INFINITY : Math.fround(whole * step);
}

function limited(whole: number): number {
  return Math.max(-MAX_NUMBER, Math.min(MAX_NUMBER, whole));
}

/** A command in whole steps. */
export function wholeCommand(twist: Float32Array): Six {
  return Array.from({ length: AXES }, (_, axis) => toWhole(twist[axis] ?? 0, COMMAND_STEP));
}

/** The command of whole steps. */
export function commandOf(whole: Six): Float32Array<ArrayBuffer> {
  return Float32Array.from(whole, (each) => fromWhole(each, COMMAND_STEP));
}

/**
 * Codes a command.
 *
 * @param command what to encode; null when decoding.
 * @param before the command before and the one before that; null where there is none.
 */
export function codeCommand(coder: BitCoder, contexts: BitContexts, command: Six | null, before: readonly [Six, Six] | null): Six {
  return Array.from({ length: AXES }, (_, axis) => {
    const last = before?.[0][axis] ?? 0;
    const expected = limited(2 * last - (before?.[1][axis] ?? last));
    return limited(expected + codeNumber(coder, contexts, axis * NUMBER_CONTEXTS, limited((command?.[axis] ?? 0) - expected)));
  });
}

/** Readings in base steps, rounded to the level's. */
export function wholeReadings(imu: Float32Array, levelIndex: number): Six {
  const width = readingWidth(levelIndex);
  return READING_STEPS.map((step, axis) => {
    const value = imu[axis] ?? 0;
    return Number.isFinite(value) ? Math.max(1 - NO_VALUE, Math.min(NO_VALUE - 1, Math.round(value / step / width) * width)) : NO_VALUE;
  });
}

/** The readings of base steps. */
export function readingsOf(whole: Six): Float32Array<ArrayBuffer> {
  return Float32Array.from(READING_STEPS, (step, axis) => fromWhole(whole[axis] ?? 0, step));
}

/** What a rigid body that follows the commands reads, in base steps: Newton in turning axes, with gravity. */
export function expectedReadings(command: Six, before: Six | null, intervalMs: number): Six {
  const [ahead = 0, left = 0, , , , yaw = 0] = command;
  // mm/s over ms is m/s^2, and mrad/s times mm/s is 1e-6 m/s^2.
  const change = (axis: number): number => (before === null ? 0 : (100 * ((command[axis] ?? 0) - (before[axis] ?? 0))) / intervalMs);
  return [
    Math.round(change(0) - (yaw * left) / 10_000),
    Math.round(change(1) + (yaw * ahead) / 10_000),
    Math.round(change(2) + GRAVITY),
    command[3] ?? 0,
    command[4] ?? 0,
    yaw,
  ].map(limited);
}

/** What readings were beyond the mechanics, followed slowly; in base steps times FOLLOW. */
export type Leftover = readonly number[];

/** Where following begins. */
export const NO_LEFTOVER: Leftover = [0, 0, 0, 0, 0, 0];

/** The leftover of a node without commands begins with gravity, which is in every reading. */
export const RESTING: Six = [0, 0, GRAVITY, 0, 0, 0];

/**
 * Codes readings.
 *
 * @param readings what to encode, in base steps; null when decoding.
 * @param expected what the mechanics make of the command; {@link RESTING} where there is none.
 * @returns the readings, and the leftover for the frame after.
 */
export function codeReadings(
  coder: BitCoder,
  contexts: BitContexts,
  readings: Six | null,
  expected: Six,
  leftover: Leftover,
  levelIndex: number,
): { readonly readings: Six; readonly leftover: Leftover } {
  const width = readingWidth(levelIndex);
  const followed: number[] = [];
  const coded = Array.from({ length: AXES }, (_, axis) => {
    const left = leftover[axis] ?? 0;
    // Expectations are rounded to the level's step, so that what is coded is a whole number of it.
    const center = Math.round(((expected[axis] ?? 0) + left / FOLLOW) / width) * width;
    const wanted = readings?.[axis] ?? 0;
    const isMissing = wanted === NO_VALUE ? 1 : 0;
    const code = isMissing === 1 ? NO_VALUE : limited(Math.round((wanted - center) / width));
    const difference = codeNumber(coder, contexts, axis * NUMBER_CONTEXTS, code);
    if (difference === NO_VALUE) {
      followed.push(left);
      return NO_VALUE;
    }
    const value = Math.max(1 - NO_VALUE, Math.min(NO_VALUE - 1, center + difference * width));
    followed.push(Math.max(-NO_VALUE, Math.min(NO_VALUE, left + Math.trunc(value - (expected[axis] ?? 0) - left / FOLLOW))));
    return value;
  });
  return { readings: coded, leftover: followed };
}
