import type { BitCoder, BitContexts } from "./bit-coder";
import { MAX_SYMBOL } from "./latent-coder";
import { MOTION_BLOCK, VECTOR_UNITS, type MotionField } from "./motion";
import { CLASS_CONTEXTS, CLASSES, PREDICTION_WEIGHTS, SCORE_WEIGHTS, SIGN_CONTEXTS, type StreamKind, type StreamLevel, type StreamModel } from "./stream-model";

/** Magnitudes count up to this in a context, which bounds every score to 32 bits. */
const MAGNITUDE_LIMIT = 255;
/** Magnitudes beyond this are coded by their length. */
const UNARY_LIMIT = 14;
const ESCAPE_LENGTHS = 18;

/** How many adaptive probabilities the latents of a model take. */
export function latentContexts(latents: number): number {
  return latents * (CLASSES * CLASS_CONTEXTS + SIGN_CONTEXTS) + ESCAPE_LENGTHS;
}

/** Where the probabilities of a level begin; those of the escapes at even odds. */
export function latentStart(model: StreamModel, level: StreamLevel): Uint16Array {
  const start = new Uint16Array(latentContexts(model.latents)).fill(32768);
  start.set(level.start);
  return start;
}

/**
 * Magnitudes of a coded frame's symbols: of each position all channels in turn, and their sum. Positions have a
 * border that is 0 above, to the left and to the right: row r, column c is at (r + 1) (columns + 2) + c + 1.
 */
export interface SymbolMagnitudes {
  readonly byChannel: Uint8Array;
  readonly sums: Int32Array;
}

/**
 * For each position of a frame, row by row, where the magnitudes of the frame before have the one that its motion
 * leads to: the block's vector rounded to whole patches, kept inside the picture.
 *
 * @param patch side of a patch in pixels; a divisor of MOTION_BLOCK.
 */
export function movedPositions(field: MotionField, patch: number, rows: number, columns: number): Int32Array {
  const perBlock = MOTION_BLOCK / patch;
  const units = patch * VECTOR_UNITS;
  const stride = columns + 2;
  const moved = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = Math.floor(row / perBlock) * field.blockColumns + Math.floor(column / perBlock);
      const x = column + Math.round((field.vectors[2 * block] ?? 0) / units);
      const y = row + Math.round((field.vectors[2 * block + 1] ?? 0) / units);
      moved[row * columns + column] = (Math.max(0, Math.min(rows - 1, y)) + 1) * stride + Math.max(0, Math.min(columns - 1, x)) + 1;
    }
  }
  return moved;
}

/** Codes what a magnitude exceeds the unary limit by. */
function codeEscape(coder: BitCoder, contexts: BitContexts, base: number, excess: number): number {
  const wanted = 32 - Math.clz32(excess + 1);
  let length = 1;
  while (length < ESCAPE_LENGTHS && coder.bit(contexts, base + length - 1, wanted > length ? 1 : 0) === 1) length++;
  let value = 1;
  let rest = length - 1;
  while (rest > 0) {
    const count = Math.min(rest, 12);
    rest -= count;
    value = value * (1 << count) + coder.bits((excess + 1) >>> rest, count);
  }
  return value - 1;
}

/** The frame before, as a context. */
export interface BeforeContext {
  readonly magnitudes: SymbolMagnitudes;
  /** See {@link movedPositions}. */
  readonly moved: Int32Array;
}

/** Of each channel its prediction weights, score weights, and bounds with one behind them that nothing reaches. */
const FIRST_BOUND = PREDICTION_WEIGHTS + SCORE_WEIGHTS;
const TABLE_STRIDE = FIRST_BOUND + CLASSES;
const UNREACHED = 0x7fffffff;

/** All that the contexts of a level take from the model, in the order in which it is read. */
function contextTable({ prediction, weights }: StreamKind, { thresholds }: StreamLevel, latents: number): Int32Array {
  const table = new Int32Array(latents * TABLE_STRIDE).fill(UNREACHED);
  for (let channel = 0; channel < latents; channel++) {
    const at = channel * TABLE_STRIDE;
    table.set(prediction.subarray(PREDICTION_WEIGHTS * channel, PREDICTION_WEIGHTS * (channel + 1)), at);
    table.set(weights.subarray(SCORE_WEIGHTS * channel, SCORE_WEIGHTS * (channel + 1)), at + PREDICTION_WEIGHTS);
    table.set(thresholds.subarray((CLASSES - 1) * channel, (CLASSES - 1) * (channel + 1)), at + FIRST_BOUND);
  }
  return table;
}

/**
 * Codes quantised latents, row by row, all channels of a position in turn. Every expectation and probability
 * depends only on what was coded before, in integers.
 *
 * @param contexts as many as {@link latentContexts}; they adapt.
 * @param symbols latents x rows x columns whole numbers, channel by channel, magnitude at most MAX_SYMBOL. They
 * are read when encoding and written when decoding.
 * @param before the frame before where there is one of the same size.
 * @returns the magnitudes, for the frame after.
 */
export function codeLatents(
  coder: BitCoder,
  contexts: BitContexts,
  model: StreamModel,
  kind: StreamKind,
  level: StreamLevel,
  symbols: Int32Array,
  rows: number,
  columns: number,
  before: BeforeContext | null,
): SymbolMagnitudes {
  const { latents, predictionBits } = model;
  const table = contextTable(kind, level, latents);
  const stride = columns + 2;
  // Values are needed of this row and of the one above: rows take turns.
  const rowValues = stride * latents;
  const values = new Int32Array(2 * rowValues);
  const byChannel = new Uint8Array((rows + 1) * rowValues);
  const sums = new Int32Array((rows + 1) * stride);
  const half = 1 << (predictionBits - 1);
  const mask = (1 << predictionBits) - 1;
  const near = 1 << (predictionBits - 2);
  const area = rows * columns;
  const signBase = latents * CLASSES * CLASS_CONTEXTS;
  const escapeBase = signBase + latents * SIGN_CONTEXTS;
  const beforeMagnitudes = before?.magnitudes.byChannel ?? byChannel;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const position = (row + 1) * stride + column + 1;
      const here = position * latents;
      const up = here - rowValues;
      const valueHere = (row & 1) * rowValues + (column + 1) * latents;
      const valueUp = ((row + 1) & 1) * rowValues + (column + 1) * latents;
      const sumLeft = sums[position - 1] ?? 0;
      const sumUp = sums[position - stride] ?? 0;
      const around = sumLeft + sumUp;
      const was = before === null ? 0 : (before.moved[row * columns + column] ?? 0);
      const wasSum = before === null ? 0 : (before.magnitudes.sums[was] ?? 0);
      const wasAt = was * latents;
      let earlier = 0;
      let at = row * columns + column;
      for (let channel = 0, t = 0; channel < latents; channel++, t += TABLE_STRIDE) {
        const left = valueHere + channel - latents;
        const above = valueUp + channel;
        const fine =
          Math.imul(table[t] ?? 0, values[left] ?? 0) +
          Math.imul(table[t + 1] ?? 0, values[above] ?? 0) +
          Math.imul(table[t + 2] ?? 0, values[above - latents] ?? 0) +
          half;
        const same =
          2 * ((byChannel[here + channel - latents] ?? 0) + (byChannel[up + channel] ?? 0)) +
          (byChannel[up + channel - latents] ?? 0) +
          (byChannel[up + channel + latents] ?? 0);
        let score = Math.imul(table[t + 3] ?? 0, same) + Math.imul(table[t + 4] ?? 0, around) + Math.imul(table[t + 5] ?? 0, earlier);
        if (wasSum !== 0) score += Math.imul(table[t + 6] ?? 0, beforeMagnitudes[wasAt + channel] ?? 0) + Math.imul(table[t + 7] ?? 0, wasSum);
        const expected = fine >> predictionBits;
        // How far the expectation lies from the whole number, -half to half.
        const offset = (fine & mask) - half;
        // Behind the last bound there is one that no score reaches.
        let bound = t + FIRST_BOUND;
        while (score >= (table[bound] ?? 0)) bound++;
        const base = (CLASSES * channel + bound - t - FIRST_BOUND) * CLASS_CONTEXTS;
        const wanted = (symbols[at] ?? 0) - expected;
        let value = expected;
        if (coder.bit(contexts, base + (offset > near || offset < -near ? 1 : 0), wanted === 0 ? 0 : 1) === 1) {
          const sign = SIGN_CONTEXTS * channel + (offset < -(near >> 1) ? 0 : offset > near >> 1 ? 2 : 1);
          const negative = coder.bit(contexts, signBase + sign, wanted < 0 ? 1 : 0);
          const magnitude = Math.abs(wanted);
          let size = 1;
          while (size < UNARY_LIMIT && coder.bit(contexts, base + 1 + Math.min(3, size), magnitude > size ? 1 : 0) === 1) size++;
          if (size === UNARY_LIMIT) size += codeEscape(coder, contexts, escapeBase, magnitude - size);
          value = Math.max(-MAX_SYMBOL, Math.min(MAX_SYMBOL, negative === 1 ? expected - size : expected + size));
        }
        symbols[at] = value;
        at += area;
        const counted = value < 0 ? -value : value;
        const capped = counted > MAGNITUDE_LIMIT ? MAGNITUDE_LIMIT : counted;
        values[valueHere + channel] = value;
        byChannel[here + channel] = capped;
        earlier += capped;
      }
      sums[position] = earlier;
    }
  }
  return { byChannel, sums };
}
