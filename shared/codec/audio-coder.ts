import { codeNumber, MAX_NUMBER, NUMBER_CONTEXTS, type BitCoder, type BitContexts } from "./bit-coder";
import { cosineTransform } from "./cosine-transform";

/**
 * Sound by its cosine transform: a frame's samples as one long block, or as eight short ones where something
 * sudden happens. A long block may be predicted by the frame before, louder or softer as the node's motion
 * says: the hum of motors goes on from frame to frame. What is coded is whole steps; the hiss between them is
 * left out. Only exact operations are used, so that every machine decodes the same samples.
 */

/** Steps by level in units of a 16-bit sample. A cosine transform of this scale keeps the rms of an error. */
const STEPS = [96, 150, 230, 340, 500] as const;
/** What is below this share of a step beyond a whole one rounds down: hiss costs more than it gives. */
const ROUNDING = 0.36;
const LONGEST_BLOCK = 4096;
const SHORT_BLOCKS = 8;
const SHORTEST_BLOCK = 64;
const BANDS = 8;
const NEAR = 5;
const BEFORE = 3;
const ZERO_CONTEXTS = BANDS * NEAR * BEFORE;
const SIZE_BASE = ZERO_CONTEXTS;
const SIZES = 3;
const FLAG_BASE = SIZE_BASE + SIZES * NUMBER_CONTEXTS;

/** Contexts of a frame's sound: those of splitting and predicting are the last two. */
export const AUDIO_CONTEXTS = FLAG_BASE + 2;

/** What the frame after needs of a frame's sound. */
export interface AudioReference {
  readonly length: number;
  /** The coefficients of its long blocks as decoded, block after block. */
  readonly coefficients: Float64Array;
  /** The whole steps that were coded for them. */
  readonly steps: Int32Array;
}

/** Sound as it is decoded, and what the frame after needs; null after short blocks. */
export interface CodedAudio {
  readonly samples: Int16Array<ArrayBuffer>;
  readonly reference: AudioReference | null;
}

function blockLength(count: number): number {
  let length = SHORTEST_BLOCK;
  while (length < count && length < LONGEST_BLOCK) length *= 2;
  return length;
}

function stepOf(levelIndex: number): number {
  return STEPS[Math.min(levelIndex, STEPS.length - 1)] ?? 500;
}

/** The cosine transform of each block; the last one is filled up with its last sample. */
function transformed(samples: Int16Array, length: number): Float64Array<ArrayBuffer> {
  const blocks = Math.ceil(samples.length / length);
  const result = new Float64Array(blocks * length);
  const block = new Float64Array(length);
  const last = samples.at(-1) ?? 0;
  for (let b = 0; b < blocks; b++) {
    for (let i = 0; i < length; i++) block[i] = samples[b * length + i] ?? last;
    result.set(cosineTransform(length).forward(block), b * length);
  }
  return result;
}

/** About how many bits coefficients take; only the encoder asks. */
function estimatedBits(values: Float64Array, prediction: Float64Array | null, gain: number, step: number): number {
  let bits = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs((values[i] ?? 0) - (prediction === null ? 0 : gain * (prediction[i] ?? 0))) / step;
    if (size > 0.64) bits += 4 + 2 * Math.log2(size + 0.36);
  }
  return bits;
}

function quantised(value: number, step: number): number {
  const size = Math.min(MAX_NUMBER, Math.floor(Math.abs(value) / step + ROUNDING));
  return value < 0 ? -size : size;
}

/** What coefficients have beyond their prediction, in whole steps. */
function wholeSteps(values: Float64Array, prediction: Float64Array | null, gain: number, step: number): Int32Array<ArrayBuffer> {
  const steps = new Int32Array(values.length);
  for (let i = 0; i < steps.length; i++) steps[i] = quantised((values[i] ?? 0) - (prediction === null ? 0 : gain * (prediction[i] ?? 0)), step);
  return steps;
}

/** 0 for the lowest frequencies of a block, BANDS - 1 for the upper half. */
function bandOf(k: number, length: number): number {
  return Math.max(0, BANDS - 1 - (Math.clz32(k | 1) - Math.clz32(length - 1)));
}

function codeBlock(coder: BitCoder, contexts: BitContexts, wanted: Int32Array | null, before: Int32Array | null, length: number): Int32Array<ArrayBuffer> {
  const steps = new Int32Array(length);
  // Magnitudes, at most 2, of the two steps before; and what the frame before had there, and above.
  let previous = 0;
  let secondPrevious = 0;
  let wasBelow = 0;
  let wasHere = before === null ? 0 : Math.abs(before[0] ?? 0);
  for (let k = 0; k < length; k++) {
    const around = previous + secondPrevious;
    const wasAbove = before === null || k + 1 >= length ? 0 : Math.abs(before[k + 1] ?? 0);
    const was = Math.min(2, 2 * wasHere + wasBelow + wasAbove);
    wasBelow = wasHere;
    wasHere = wasAbove;
    secondPrevious = previous;
    previous = 0;
    const zero = (bandOf(k, length) * NEAR + around) * BEFORE + was;
    const value = wanted?.[k] ?? 0;
    if (coder.bit(contexts, zero, value === 0 ? 0 : 1) === 0) continue;
    const negative = coder.bits(value < 0 ? 1 : 0, 1);
    const base = SIZE_BASE + Math.min(SIZES - 1, around >> 1) * NUMBER_CONTEXTS;
    const size = 1 + Math.abs(codeNumber(coder, contexts, base, Math.abs(value) - 1));
    steps[k] = negative === 1 ? -size : size;
    previous = Math.min(2, size);
  }
  return steps;
}

interface Plan {
  readonly isShort: boolean;
  readonly isPredicted: boolean;
  readonly steps: Int32Array;
}

/** What the encoder chooses: the cheaper of long, long and predicted, short. */
function plan(samples: Int16Array, length: number, before: AudioReference | null, gain: number, step: number): Plan {
  const long = transformed(samples, length);
  const alone = estimatedBits(long, null, 0, step);
  const predicted = before === null ? Number.POSITIVE_INFINITY : estimatedBits(long, before.coefficients, gain, step);
  const shortLength = length / SHORT_BLOCKS;
  if (shortLength >= SHORTEST_BLOCK / SHORT_BLOCKS) {
    const short = transformed(samples, shortLength);
    if (estimatedBits(short, null, 0, step) < 0.9 * Math.min(alone, predicted)) {
      return { isShort: true, isPredicted: false, steps: wholeSteps(short, null, 0, step) };
    }
  }
  const isPredicted = predicted < alone;
  const from = isPredicted ? before : null;
  return { isShort: false, isPredicted, steps: wholeSteps(long, from?.coefficients ?? null, gain, step) };
}

function samplesOf(coefficients: Float64Array, length: number, count: number): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(count);
  for (let start = 0; start < count; start += length) {
    const block = cosineTransform(length).inverse(coefficients.subarray(start, start + length));
    for (let i = 0; i < Math.min(length, count - start); i++) {
      samples[start + i] = Math.max(-32768, Math.min(32767, Math.round(block[i] ?? 0)));
    }
  }
  return samples;
}

/**
 * Codes a frame's sound.
 *
 * @param samples what to encode; null when decoding.
 * @param count how many samples there are.
 * @param before the sound of the frame before; null where there is none or nothing is to be predicted.
 * @param gain how much louder than the frame before the motion lets expect it.
 */
export function codeAudio(
  coder: BitCoder,
  contexts: BitContexts,
  samples: Int16Array | null,
  count: number,
  before: AudioReference | null,
  gain: number,
  levelIndex: number,
): CodedAudio {
  if (count === 0) return { samples: new Int16Array(0), reference: null };
  const step = stepOf(levelIndex);
  const length = blockLength(count);
  const usable = before !== null && before.length === count ? before : null;
  const planned = samples === null ? null : plan(samples, length, usable, gain, step);
  const isShort = coder.bit(contexts, FLAG_BASE, planned?.isShort === true ? 1 : 0) === 1;
  const isPredicted = !isShort && usable !== null && coder.bit(contexts, FLAG_BASE + 1, planned?.isPredicted === true ? 1 : 0) === 1;
  const block = isShort ? length / SHORT_BLOCKS : length;
  const total = Math.ceil(count / block) * block;
  const steps = new Int32Array(total);
  for (let start = 0; start < total; start += block) {
    const wanted = planned?.steps.subarray(start, start + block) ?? null;
    const was = isShort ? null : (usable?.steps.subarray(start, start + block) ?? null);
    steps.set(codeBlock(coder, contexts, wanted, was, block), start);
  }
  const from = isPredicted ? usable : null;
  const coefficients = new Float64Array(total);
  for (let i = 0; i < total; i++) coefficients[i] = (steps[i] ?? 0) * step + (from === null ? 0 : gain * (from.coefficients[i] ?? 0));
  return {
    samples: samplesOf(coefficients, block, count),
    reference: isShort ? null : { length: count, coefficients, steps },
  };
}

/** Where the probabilities of sound begin where none were learned: most coefficients are 0. */
export function audioStart(): Uint16Array<ArrayBuffer> {
  const start = new Uint16Array(AUDIO_CONTEXTS).fill(32768);
  for (let index = 0; index < ZERO_CONTEXTS; index++) start[index] = Math.floor(index / BEFORE) % NEAR === 0 ? 63000 : 45000;
  return start;
}
