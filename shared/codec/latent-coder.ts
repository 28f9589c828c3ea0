import type { EntropyLevel, PictureEntropyModel } from "./entropy-model";
import { createRangeDecoder, createRangeEncoder, type RangeDecoder, type RangeEncoder } from "./range-coder";

/** Symbols are clipped to this magnitude before coding. */
export const MAX_SYMBOL = 32767;
/** Magnitudes count up to this in a context, which bounds every score to 32 bits. */
const MAGNITUDE_LIMIT = 255;
const ESCAPE_LENGTH_BITS = 5;

/**
 * What is known about latents already coded, with a border of zeros: values and capped magnitudes by
 * position and channel, and each position's sum of magnitudes.
 */
interface Known {
  readonly values: Int32Array;
  readonly magnitudes: Int32Array;
  readonly activity: Int32Array;
}

function emptyKnown(latents: number, rows: number, columns: number): Known {
  const positions = (rows + 1) * (columns + 2);
  return {
    values: new Int32Array(positions * latents),
    magnitudes: new Int32Array(positions * latents),
    activity: new Int32Array(positions),
  };
}

/** Codes one residual, given its table. */
type CodeResidual = (table: number, expected: number, at: number) => number;

/**
 * Visits every latent in coding order (row by row, all channels of a position in turn) and gives its
 * prediction and table, which depend only on what was coded before. `code` returns the latent's value.
 */
function visit(model: PictureEntropyModel, level: EntropyLevel, rows: number, columns: number, code: CodeResidual): void {
  const { latents, prediction, weights, predictionBits } = model;
  const { values, magnitudes, activity } = emptyKnown(latents, rows, columns);
  const stride = columns + 2;
  const half = 1 << (predictionBits - 1);
  const area = rows * columns;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const position = (row + 1) * stride + column + 1;
      const here = position * latents;
      const left = here - latents;
      const up = here - stride * latents;
      const upLeft = up - latents;
      const upRight = up + latents;
      const around = (activity[position - 1] ?? 0) + (activity[position - stride] ?? 0);
      let earlier = 0;
      for (let channel = 0; channel < latents; channel++) {
        const w = 3 * channel;
        const expected =
          ((prediction[w] ?? 0) * (values[left + channel] ?? 0) +
            (prediction[w + 1] ?? 0) * (values[up + channel] ?? 0) +
            (prediction[w + 2] ?? 0) * (values[upLeft + channel] ?? 0) +
            half) >>
          predictionBits;
        const same =
          2 * ((magnitudes[left + channel] ?? 0) + (magnitudes[up + channel] ?? 0)) +
          (magnitudes[upLeft + channel] ?? 0) +
          (magnitudes[upRight + channel] ?? 0);
        const score = (weights[w] ?? 0) * same + (weights[w + 1] ?? 0) * around + (weights[w + 2] ?? 0) * earlier;
        const bounds = level.thresholds[channel];
        let table = level.firstTable[channel] ?? 0;
        if (bounds !== undefined) {
          for (let k = 0; k < bounds.length && score >= (bounds[k] ?? 0); k++) table++;
        }
        const value = code(table, expected, channel * area + row * columns + column);
        const magnitude = Math.min(MAGNITUDE_LIMIT, Math.abs(value));
        values[here + channel] = value;
        magnitudes[here + channel] = magnitude;
        earlier += magnitude;
      }
      activity[position] = earlier;
    }
  }
}

/** Escape: the excess beyond the table, folded to positive, by its bit length and then its bits. */
function encodeEscape(encoder: RangeEncoder, residual: number): void {
  const folded = residual < 0 ? -2 * residual : 2 * residual + 1;
  const length = 32 - Math.clz32(folded);
  encoder.encodeBits(length, ESCAPE_LENGTH_BITS);
  const rest = length - 1;
  if (rest > 12) encoder.encodeBits(folded >>> 12, rest - 12);
  encoder.encodeBits(folded, Math.min(12, rest));
}

function decodeEscape(decoder: RangeDecoder): number {
  const length = Math.max(1, Math.min(25, decoder.decodeBits(ESCAPE_LENGTH_BITS)));
  const rest = length - 1;
  let folded = 1;
  if (rest > 12) folded = folded * (1 << (rest - 12)) + decoder.decodeBits(rest - 12);
  const count = Math.min(12, rest);
  folded = folded * (1 << count) + decoder.decodeBits(count);
  return (folded & 1) === 1 ? (folded - 1) / 2 : -(folded / 2);
}

/**
 * Codes quantised latents.
 *
 * @param symbols latents x rows x columns whole numbers, channel by channel, magnitude at most MAX_SYMBOL.
 */
export function encodeLatents(
  model: PictureEntropyModel,
  level: EntropyLevel,
  symbols: Int32Array,
  rows: number,
  columns: number,
): Uint8Array<ArrayBuffer> {
  const encoder = createRangeEncoder();
  const { lowest, offsets, cumulated } = level;
  visit(model, level, rows, columns, (table, expected, at) => {
    const value = symbols[at] ?? 0;
    const residual = value - expected;
    const offset = offsets[table] ?? 0;
    const escape = (offsets[table + 1] ?? 0) - offset - 2;
    const entry = residual - (lowest[table] ?? 0);
    const isInside = entry >= 0 && entry < escape;
    const index = offset + (isInside ? entry : escape);
    const start = cumulated[index] ?? 0;
    encoder.encode(start, (cumulated[index + 1] ?? 0) - start, model.precisionBits);
    if (!isInside) encodeEscape(encoder, residual);
    return value;
  });
  return encoder.finish();
}

/**
 * Reads latents back: exactly the symbols that were coded. Bytes that are no such stream give some symbols
 * in range, in the same time; the container's checksum is what tells them.
 *
 * @returns latents x rows x columns, channel by channel.
 */
export function decodeLatents(
  model: PictureEntropyModel,
  level: EntropyLevel,
  bytes: Uint8Array,
  rows: number,
  columns: number,
): Int32Array<ArrayBuffer> {
  const decoder = createRangeDecoder(bytes);
  const symbols = new Int32Array(model.latents * rows * columns);
  const { lowest, offsets, cumulated } = level;
  visit(model, level, rows, columns, (table, expected, at) => {
    const offset = offsets[table] ?? 0;
    const last = (offsets[table + 1] ?? 0) - 2;
    const slot = decoder.peek(model.precisionBits);
    let low = offset;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((cumulated[middle] ?? 0) <= slot) low = middle;
      else high = middle - 1;
    }
    const start = cumulated[low] ?? 0;
    decoder.take(start, (cumulated[low + 1] ?? 0) - start, model.precisionBits);
    const residual = low === last ? decodeEscape(decoder) : low - offset + (lowest[table] ?? 0);
    const value = Math.max(-MAX_SYMBOL, Math.min(MAX_SYMBOL, expected + residual));
    symbols[at] = value;
    return value;
  });
  return symbols;
}

/** Quantises latents to the nearest multiple of their channel's step; not finite counts as 0. */
export function quantise(latents: Float32Array, level: { readonly steps: Float32Array }): Int32Array<ArrayBuffer> {
  const area = latents.length / level.steps.length;
  const symbols = new Int32Array(latents.length);
  for (let channel = 0; channel < level.steps.length; channel++) {
    const inverse = 1 / (level.steps[channel] ?? 1);
    for (let at = channel * area; at < (channel + 1) * area; at++) {
      const scaled = (latents[at] ?? 0) * inverse;
      // Most are: they are 0 already.
      if (scaled >= -0.5 && scaled < 0.5) continue;
      const symbol = Math.round(scaled);
      // The comparison is false for NaN too, which a broken model may give.
      symbols[at] = symbol >= -MAX_SYMBOL && symbol <= MAX_SYMBOL ? symbol : symbol > 0 ? MAX_SYMBOL : symbol < 0 ? -MAX_SYMBOL : 0;
    }
  }
  return symbols;
}

/**
 * The latents that symbols stand for: each symbol times its channel's step.
 *
 * @param latents where they are put: an array of as many that nobody needs any more, or a new one.
 */
export function dequantise(
  symbols: Int32Array,
  level: { readonly steps: Float32Array },
  latents: Float32Array = new Float32Array(symbols.length),
): Float32Array {
  const area = symbols.length / level.steps.length;
  for (let channel = 0; channel < level.steps.length; channel++) {
    const step = level.steps[channel] ?? 1;
    for (let at = channel * area; at < (channel + 1) * area; at++) latents[at] = (symbols[at] ?? 0) * step;
  }
  return latents;
}
