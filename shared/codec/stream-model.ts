import { fail, ok, type Result } from "../result";
import { AUDIO_CONTEXTS } from "./audio-coder";
import { COMMAND_CONTEXTS, READING_CONTEXTS } from "./inertial-coder";
import { LIDAR_CONTEXTS } from "./lidar-coder";
import { MOTION_CONTEXTS } from "./motion-coder";

/** How a frame is coded: by itself, or beyond a prediction from the one before. */
export type FrameKind = "key" | "predicted";

/** In the order of the tables. */
export const FRAME_KINDS: readonly FrameKind[] = ["key", "predicted"];

/** Classes of surroundings that a latent can have. */
export const CLASSES = 12;
/** Decisions of a class: is it 0 (near, and far from, the middle of two values), larger than 1, than 2, than more. */
export const CLASS_CONTEXTS = 5;
/** Signs of a channel: expected below, at, above a whole number. */
export const SIGN_CONTEXTS = 3;
/** Integers a channel: weights of its left, upper and upper left neighbour. */
export const PREDICTION_WEIGHTS = 3;
/**
 * Integers a channel: weights of magnitudes of the same channel around, of all channels left and up, of
 * earlier channels here, of the same channel and of all channels in the frame before.
 */
export const SCORE_WEIGHTS = 5;

/** Tables of one level and kind. */
export interface StreamLevel {
  readonly level: number;
  /** Step of each channel: a latent is coded as the nearest multiple. */
  readonly steps: Float32Array;
  /** CLASSES - 1 rising bounds for each channel; a score at or above bound k belongs to class k + 1 or higher. */
  readonly thresholds: Int32Array;
  /** Where the adaptive probabilities begin, by channel, class and decision; then by channel and sign. */
  readonly start: Uint16Array;
}

/** What is learned about one kind of frame. */
export interface StreamKind {
  readonly prediction: Int32Array;
  readonly weights: Int32Array;
  readonly levels: readonly StreamLevel[];
}

/** What the node's motion tells of the other sensors, learned from recordings; all in integers. */
export interface MotionModel {
  /** Pixels of a picture one pixel wide that a turn of 1 mrad moves its middle, times 2^30. */
  readonly yawShift: number;
  /** The same, times the square of the distance from the middle in widths. */
  readonly yawBend: number;
  /** Pixels a pixel from the middle that 1 mm ahead moves at 1 mm of depth, times 2^16. */
  readonly spread: number;
  /** Widths from the middle of the picture for a tangent of 1 to the left, times 2^16. */
  readonly bearing: number;
  /** Depth in mm of floor and ceiling at one width below and above the horizon. */
  readonly plane: number;
  /** Loudness of the motors: at rest, for each mm/s, and the speed in mm/s from which it stays; times 2^16. */
  readonly loudness: readonly [rest: number, slope: number, limit: number];
}

/** The integers behind a version that codes frames as a stream. */
export interface StreamModel {
  readonly schemaVersion: 2;
  /** The levels that both kinds have, finest first. */
  readonly levels: readonly { readonly level: number }[];
  readonly latents: number;
  readonly predictionBits: number;
  readonly kinds: Readonly<Record<FrameKind, StreamKind>>;
  readonly motion: MotionModel;
  /** Where the probabilities of what is no picture begin, learned from recordings. */
  readonly starts: Readonly<Record<SignalStart, Uint16Array>>;
}

/** What has learned starts beside the latents. */
export type SignalStart = keyof typeof SIGNAL_CONTEXTS;

/** How many contexts each of them has. */
export const SIGNAL_CONTEXTS = {
  vectors: MOTION_CONTEXTS,
  command: COMMAND_CONTEXTS,
  readings: READING_CONTEXTS,
  lidar: LIDAR_CONTEXTS,
  audio: AUDIO_CONTEXTS,
} as const;

const MAX_LATENTS = 256;
const LARGEST = 0x7fffffff;

class Malformed extends Error {}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(`${name} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function integers(value: unknown, name: string, length: number, low: number, high: number): readonly number[] {
  if (!Array.isArray(value) || value.length !== length) throw new Malformed(`${name} has not ${String(length)} entries`);
  for (const each of value as readonly unknown[]) {
    if (typeof each !== "number" || !Number.isInteger(each) || each < low || each > high) {
      throw new Malformed(`an entry of ${name} is not an integer from ${String(low)} to ${String(high)}`);
    }
  }
  return value as readonly number[];
}

function integer(value: unknown, name: string, low: number, high: number): number {
  return integers([value], name, 1, low, high)[0] ?? 0;
}

function parseLevel(value: unknown, latents: number): StreamLevel {
  const source = record(value, "a level");
  const steps = source["steps"];
  if (!Array.isArray(steps) || steps.length !== latents) throw new Malformed("steps are not one for each channel");
  for (const step of steps as readonly unknown[]) {
    if (typeof step !== "number" || !Number.isFinite(step) || step < 1e-6 || step > 1e6) throw new Malformed("a step is out of range");
  }
  const bounds = CLASSES - 1;
  const thresholds = Int32Array.from(integers(source["thresholds"], "thresholds", latents * bounds, 0, LARGEST));
  if (thresholds.some((bound, i) => i % bounds > 0 && bound < (thresholds[i - 1] ?? 0))) throw new Malformed("thresholds fall");
  const count = latents * (CLASSES * CLASS_CONTEXTS + SIGN_CONTEXTS);
  return {
    level: integer(source["level"], "level", 1, 255),
    steps: Float32Array.from(steps as readonly number[]),
    thresholds,
    start: Uint16Array.from(integers(source["start"], "start", count, 64, 65472)),
  };
}

function parseKind(value: unknown, latents: number): StreamKind {
  const source = record(value, "a kind");
  const levels = source["levels"];
  if (!Array.isArray(levels) || levels.length === 0 || levels.length > 64) throw new Malformed("there is no level");
  return {
    prediction: Int32Array.from(integers(source["prediction"], "prediction", latents * PREDICTION_WEIGHTS, -4096, 4096)),
    weights: Int32Array.from(integers(source["weights"], "weights", latents * SCORE_WEIGHTS, 0, 4096)),
    levels: (levels as readonly unknown[]).map((level) => parseLevel(level, latents)),
  };
}

function parseMotion(value: unknown): MotionModel {
  const source = record(value, "motion");
  const of = (name: string): number => integer(source[name], name, -LARGEST, LARGEST);
  const [rest = 0, slope = 0, limit = 0] = integers(source["loudness"], "loudness", 3, 0, LARGEST);
  return {
    yawShift: of("yawShift"),
    yawBend: of("yawBend"),
    spread: of("spread"),
    bearing: of("bearing"),
    plane: of("plane"),
    loudness: [rest, slope, limit],
  };
}

function parseStarts(value: unknown): StreamModel["starts"] {
  const source = record(value, "starts");
  const of = (name: SignalStart): Uint16Array => Uint16Array.from(integers(source[name], name, SIGNAL_CONTEXTS[name], 64, 65472));
  return { vectors: of("vectors"), command: of("command"), readings: of("readings"), lidar: of("lidar"), audio: of("audio") };
}

/**
 * Checks the parsed JSON of a stream's entropy file.
 *
 * @returns BAD_MANIFEST with the first thing that is wrong.
 */
export function parseStreamModel(value: unknown): Result<StreamModel, "BAD_MANIFEST"> {
  try {
    const source = record(value, "the entropy file");
    integer(source["schemaVersion"], "schemaVersion", 2, 2);
    const latents = integer(source["latents"], "latents", 1, MAX_LATENTS);
    const key = parseKind(source["key"], latents);
    const predicted = parseKind(source["predicted"], latents);
    const levelsOf = (kind: StreamKind): string => kind.levels.map((level) => level.level).join(",");
    if (levelsOf(key) !== levelsOf(predicted)) throw new Malformed("the kinds have different levels");
    return ok({
      schemaVersion: 2,
      levels: key.levels.map(({ level }) => ({ level })),
      latents,
      predictionBits: integer(source["predictionBits"], "predictionBits", 3, 12),
      kinds: { key, predicted },
      motion: parseMotion(source["motion"]),
      starts: parseStarts(source["starts"]),
    });
  } catch (thrown) {
    if (thrown instanceof Malformed) return fail("BAD_MANIFEST", `The entropy file is not valid: ${thrown.message}.`);
    throw thrown;
  }
}
