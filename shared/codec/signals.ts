import { fail, ok, type Result } from "../result";
import { createIntegerModel, MAX_CODED_MAGNITUDE } from "./integer-model";
import { createRangeDecoder, createRangeEncoder } from "./range-coder";

/**
 * Coding of the modalities that are not pictures. Each is quantised to a step that stays at or below the
 * sensor's own noise, predicted from what came before, and its residuals coded adaptively. Each stream
 * stands alone: no frame needs another.
 */

/** Metres: a lidar of this class measures to 1 cm (one sigma). The largest error is half of it. */
export const LIDAR_STEP_M = 0.02;
/** m/s^2 for the three accelerations: a fifth of a small inertial unit's noise. */
export const ACCELERATION_STEP = 0.01;
/** rad/s for the three turning rates. */
export const TURNING_STEP = 0.001;
/** m/s and rad/s: motor commands come in steps of 1 mm/s and 1 mrad/s, which this keeps. */
export const COMMAND_STEP = 0.001;
/** Sound, in units of a 16-bit sample: its rounding noise (37 rms) stays under the hiss of a motor's microphone. */
export const AUDIO_STEP = 128;

/** The most values one stream may hold. */
export const MAX_SIGNAL_VALUES = 65535;
/** Stands for a value that is no number: a lidar ray without return, an unset command. */
const NO_VALUE = 4194303;
const LARGEST = NO_VALUE - 1;
const COUNT_BYTES = 2;

function badSignal(why: string): Result<never, "BAD_BITSTREAM"> {
  return fail("BAD_BITSTREAM", `A signal's section is damaged: ${why}.`);
}

function withCount(count: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  if (count > MAX_SIGNAL_VALUES) throw new Error("a signal has too many values");
  const bytes = new Uint8Array(COUNT_BYTES + payload.length);
  bytes[0] = count & 255;
  bytes[1] = count >>> 8;
  bytes.set(payload, COUNT_BYTES);
  return bytes;
}

function readCount(bytes: Uint8Array): number | null {
  if (bytes.length < COUNT_BYTES) return null;
  return (bytes[0] ?? 0) + 256 * (bytes[1] ?? 0);
}

function toStep(value: number, step: number): number {
  if (!Number.isFinite(value)) return NO_VALUE;
  return Math.max(-LARGEST, Math.min(LARGEST, Math.round(value / step)));
}

function fromStep(whole: number, step: number): number {
  return whole === NO_VALUE ? Number.POSITIVE_INFINITY : whole * step;
}

/**
 * Codes floats that come in tuples (a lidar's points: 3). Each value is predicted by the same place of the
 * tuple before. What is not finite is kept as "no value".
 *
 * @param steps one step for each place of the tuple.
 */
export function encodeTuples(values: Float32Array, steps: readonly number[]): Uint8Array<ArrayBuffer> {
  const encoder = createRangeEncoder();
  const models = steps.map(() => createIntegerModel());
  const before = new Int32Array(steps.length);
  for (let i = 0; i < values.length; i++) {
    const place = i % steps.length;
    const whole = toStep(values[i] ?? 0, steps[place] ?? 1);
    models[place]?.encode(encoder, whole - (before[place] ?? 0));
    before[place] = whole;
  }
  return withCount(values.length, encoder.finish());
}

/**
 * Reads tuples back, each value within half a step of what it was; "no value" becomes +Infinity.
 *
 * @returns BAD_BITSTREAM if the stream is too short to name its count.
 */
export function decodeTuples(bytes: Uint8Array, steps: readonly number[]): Result<Float32Array<ArrayBuffer>, "BAD_BITSTREAM"> {
  const count = readCount(bytes);
  if (count === null) return badSignal("its count is cut");
  const decoder = createRangeDecoder(bytes.subarray(COUNT_BYTES));
  const models = steps.map(() => createIntegerModel());
  const before = new Int32Array(steps.length);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const place = i % steps.length;
    const whole = Math.max(-NO_VALUE, Math.min(NO_VALUE, (before[place] ?? 0) + (models[place]?.decode(decoder) ?? 0)));
    before[place] = whole;
    values[i] = fromStep(whole, steps[place] ?? 1);
  }
  return ok(values);
}

const TAPS = 16;
const WEIGHT_ONE = 1 << 14;
/** How far a weight moves at each sample. */
const WEIGHT_MOVE = 24;

/**
 * A linear predictor that adapts by the signs of its error and its inputs, in integers alone (sign-sign
 * LMS; R. Lucky, 1966). Encoder and decoder run the same one over the same past.
 */
function createPredictor(): { predict(): number; learn(actual: number): void } {
  const past = new Int32Array(TAPS);
  const weights = new Int32Array(TAPS);
  // It starts as the line of least squares through the past, carried on by one sample.
  for (let tap = 0; tap < TAPS; tap++) {
    weights[tap] = Math.round((WEIGHT_ONE * (4 * TAPS + 2 - 6 * (tap + 1))) / (TAPS * (TAPS - 1)));
  }
  let predicted = 0;
  return {
    predict: () => {
      let sum = WEIGHT_ONE / 2;
      for (let tap = 0; tap < TAPS; tap++) sum += (weights[tap] ?? 0) * (past[tap] ?? 0);
      predicted = Math.floor(sum / WEIGHT_ONE);
      return predicted;
    },
    learn: (actual) => {
      const direction = Math.sign(actual - predicted) * WEIGHT_MOVE;
      for (let tap = 0; tap < TAPS; tap++) {
        const moved = (weights[tap] ?? 0) + direction * Math.sign(past[tap] ?? 0);
        weights[tap] = Math.max(-2 * WEIGHT_ONE, Math.min(2 * WEIGHT_ONE, moved));
      }
      past.copyWithin(1, 0, TAPS - 1);
      past[0] = actual;
    },
  };
}

/** Codes 16-bit sound, quantised to {@link AUDIO_STEP}. */
export function encodeAudio(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const encoder = createRangeEncoder();
  const model = createIntegerModel();
  const predictor = createPredictor();
  for (let i = 0; i < samples.length; i++) {
    const whole = Math.round((samples[i] ?? 0) / AUDIO_STEP);
    model.encode(encoder, whole - predictor.predict());
    predictor.learn(whole);
  }
  return withCount(samples.length, encoder.finish());
}

/**
 * Reads sound back, each sample within half of {@link AUDIO_STEP} of what it was.
 *
 * @returns BAD_BITSTREAM if the stream is too short to name its count.
 */
export function decodeAudio(bytes: Uint8Array): Result<Int16Array<ArrayBuffer>, "BAD_BITSTREAM"> {
  const count = readCount(bytes);
  if (count === null) return badSignal("its count is cut");
  const decoder = createRangeDecoder(bytes.subarray(COUNT_BYTES));
  const model = createIntegerModel();
  const predictor = createPredictor();
  const samples = new Int16Array(count);
  for (let i = 0; i < count; i++) {
    const sum = predictor.predict() + model.decode(decoder);
    const whole = Math.max(-MAX_CODED_MAGNITUDE, Math.min(MAX_CODED_MAGNITUDE, sum));
    predictor.learn(whole);
    samples[i] = Math.max(-32768, Math.min(32767, whole * AUDIO_STEP));
  }
  return ok(samples);
}
