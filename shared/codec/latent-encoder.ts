import type { BitContexts, BitEncoder } from "./bit-coder";
import { withKernels, type Kernels } from "./kernels/kernels";
import type { BeforeContext, SymbolMagnitudes } from "./stream-latents";
import { CLASSES, PREDICTION_WEIGHTS, SCORE_WEIGHTS, type StreamKind, type StreamLevel, type StreamModel } from "./stream-model";

/** A symbol takes at most 42: fourteen decisions and its length at ten bits each, and its magnitude as it is. */
const MOST_BYTES_A_SYMBOL = 64;
const WEIGHT_TABLES = PREDICTION_WEIGHTS + SCORE_WEIGHTS;
const UNREACHED = 0x7fffffff;
/** Places in the state of a range encoder. */
const STATE_NUMBERS = 5;
const FULL_BYTES = 4;

/** Latents as they were coded. */
export interface EncodedLatents {
  readonly magnitudes: SymbolMagnitudes;
  /** Latents x rows x columns, channel by channel; null where nobody asked for them. */
  readonly symbols: Int32Array | null;
}

/** Weights one table after the other, channels filled up to a multiple of eight. */
function weightTables({ prediction, weights }: StreamKind, latents: number, stride: number): Int32Array {
  const tables = new Int32Array(WEIGHT_TABLES * stride);
  for (let channel = 0; channel < latents; channel++) {
    for (let i = 0; i < PREDICTION_WEIGHTS; i++) tables[i * stride + channel] = prediction[PREDICTION_WEIGHTS * channel + i] ?? 0;
    for (let i = 0; i < SCORE_WEIGHTS; i++) tables[(PREDICTION_WEIGHTS + i) * stride + channel] = weights[SCORE_WEIGHTS * channel + i] ?? 0;
  }
  return tables;
}

/** Of each channel its bounds, and one behind them that no score reaches. */
function boundTables({ thresholds }: StreamLevel, latents: number): Int32Array {
  const tables = new Int32Array(latents * CLASSES).fill(UNREACHED);
  const bounds = CLASSES - 1;
  for (let channel = 0; channel < latents; channel++) tables.set(thresholds.subarray(channel * bounds, (channel + 1) * bounds), channel * CLASSES);
  return tables;
}

function quantise(kernels: Kernels, { steps }: StreamLevel, latents: number, symbols: number, area: number): void {
  steps.forEach((step, channel) => {
    kernels.quantiseLatents(latents + 4 * channel * area, area, step, symbols + 4 * channel * area);
  });
}

function dequantise(kernels: Kernels, { steps }: StreamLevel, symbols: number, latents: number, area: number): void {
  steps.forEach((step, channel) => {
    kernels.dequantiseLatents(symbols + 4 * channel * area, area, step, latents + 4 * channel * area);
  });
}

/** Codes the rows, each to a place of its own size, and gives the coder what it needs to go on. */
function encodeRows(kernels: Kernels, { encoder }: BitEncoder, rows: number, rowBytes: number, to: number): void {
  const state = new Uint32Array(kernels.memory.buffer, kernels.coderState.value, STATE_NUMBERS);
  state.set(encoder.state);
  for (let row = 0; row < rows; row++) {
    // Bytes that wait for a carry are written with those of the row; there may be more of them than ever came.
    if ((state[FULL_BYTES] ?? 0) > rowBytes) throw new Error("more bytes wait for a carry than a row has room for");
    const end = kernels.encodeRow(row, to);
    encoder.append(new Uint8Array(kernels.memory.buffer, to, end - to));
  }
  encoder.state.set(state);
}

/**
 * Quantises latents to the nearest multiples of their channels' steps and codes them as `codeLatents` does, which
 * reads them back.
 *
 * @param contexts as many as `latentContexts`; they adapt.
 * @param latents latents x rows x columns, channel by channel; they become what their symbols stand for.
 * @param before the frame before where there is one of the same size.
 * @param wantsSymbols whether the symbols are handed out too.
 */
export function encodeLatents(
  coder: BitEncoder,
  { estimates }: BitContexts,
  model: StreamModel,
  kind: StreamKind,
  level: StreamLevel,
  latents: Float32Array,
  rows: number,
  columns: number,
  before: BeforeContext | null,
  wantsSymbols: boolean,
): EncodedLatents {
  const channels = model.latents;
  const area = rows * columns;
  const stride = columns + 2;
  const weightStride = (channels + 7) & -8;
  const magnitudeCount = (rows + 1) * stride * channels;
  const sumCount = (rows + 1) * stride;
  const rowBytes = MOST_BYTES_A_SYMBOL * columns * channels;
  const valueBytes = 8 * stride * channels;
  const sizes = [4 * WEIGHT_TABLES * weightStride, 4 * channels * CLASSES, 4 * estimates.length, 4 * latents.length, 4 * latents.length];
  const written = [valueBytes, magnitudeCount, 4 * sumCount];
  const seen = before === null ? [0, 0, 0] : [4 * area, magnitudeCount, 4 * sumCount];
  return withKernels([...sizes, ...written, ...seen, 2 * rowBytes], (kernels, places) => {
    const [weights = 0, bounds = 0, contexts = 0, values = 0, symbols = 0, rowValues = 0, magnitudes = 0, sums = 0, moved = 0, magnitudesBefore = 0, sumsBefore = 0, to = 0] = places;
    const { buffer } = kernels.memory;
    const bytes = new Uint8Array(buffer);
    const words = new Int32Array(buffer);
    const floats = new Float32Array(buffer);
    words.set(weightTables(kind, channels, weightStride), weights >> 2);
    words.set(boundTables(level, channels), bounds >> 2);
    words.set(estimates, contexts >> 2);
    floats.set(latents, values >> 2);
    bytes.fill(0, rowValues, sums + 4 * sumCount);
    if (before !== null) {
      words.set(before.moved, moved >> 2);
      bytes.set(before.magnitudes.byChannel, magnitudesBefore);
      words.set(before.magnitudes.sums, sumsBefore >> 2);
    }
    quantise(kernels, level, values, symbols, area);
    const movedPlace = before === null ? 0 : moved;
    kernels.beginLatents(channels, model.predictionBits, columns, rows, weights, bounds, contexts, symbols, rowValues, magnitudes, sums, movedPlace, magnitudesBefore, sumsBefore);
    encodeRows(kernels, coder, rows, rowBytes, to);
    dequantise(kernels, level, symbols, values, area);
    estimates.set(words.subarray(contexts >> 2, (contexts >> 2) + estimates.length));
    latents.set(floats.subarray(values >> 2, (values >> 2) + latents.length));
    return {
      magnitudes: { byChannel: bytes.slice(magnitudes, magnitudes + magnitudeCount), sums: words.slice(sums >> 2, (sums >> 2) + sumCount) },
      symbols: wantsSymbols ? words.slice(symbols >> 2, (symbols >> 2) + latents.length) : null,
    };
  });
}
