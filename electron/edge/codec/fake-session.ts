import { parsePictureEntropyModel, type PictureEntropyModel } from "../../../shared/codec/entropy-model";
import {
  CLASS_CONTEXTS,
  CLASSES,
  parseStreamModel,
  PREDICTION_WEIGHTS,
  SCORE_WEIGHTS,
  SIGN_CONTEXTS,
  SIGNAL_CONTEXTS,
  type StreamModel,
} from "../../../shared/codec/stream-model";
import type { CameraImage } from "../../../shared/codec/sensor-frame";
import type { ModelSession, PictureSession } from "./picture-codec";

const TOTAL = 1 << 14;
const PATCH = 8;

function fakeEntropy(): PictureEntropyModel {
  const table = [-8, ...new Array<number>(17).fill(Math.floor(TOTAL / 20)), TOTAL - 17 * Math.floor(TOTAL / 20)];
  const level = (number: number, step: number): object => ({
    level: number,
    steps: [step, step, step],
    thresholds: [[], [], []],
    tables: [[table], [table], [table]],
  });
  const parsed = parsePictureEntropyModel({
    schemaVersion: 1,
    latents: 3,
    precisionBits: 14,
    predictionBits: 6,
    prediction: new Array<number[]>(3).fill([60, 0, 0]),
    weights: new Array<number[]>(3).fill([0, 0, 0]),
    levels: [level(1, 2), level(2, 16)],
  });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const CHANNELS = 3;

/** The mean colour of each patch, less that of its prediction if there is one. */
function patchMeans({ width, height, rgb }: CameraImage, prediction: CameraImage | null): Float32Array {
  const columns = width / PATCH;
  const rows = height / PATCH;
  const latents = new Float32Array(CHANNELS * rows * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        const at = channel * rows * columns + Math.floor(y / PATCH) * columns + Math.floor(x / PATCH);
        const pixel = 3 * (y * width + x) + channel;
        latents[at] = (latents[at] ?? 0) + ((rgb[pixel] ?? 0) - (prediction?.rgb[pixel] ?? 0)) / (PATCH * PATCH);
      }
    }
  }
  return latents;
}

/** Patches of one colour, on top of their prediction if there is one. */
function paintedPatches(latents: Float32Array, rows: number, columns: number, prediction: CameraImage | null): Uint8Array {
  const width = columns * PATCH;
  const rgb = new Uint8ClampedArray(rows * PATCH * width * CHANNELS);
  for (let y = 0; y < rows * PATCH; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        const at = channel * rows * columns + Math.floor(y / PATCH) * columns + Math.floor(x / PATCH);
        const pixel = CHANNELS * (y * width + x) + channel;
        rgb[pixel] = (latents[at] ?? 0) + (prediction?.rgb[pixel] ?? 0);
      }
    }
  }
  return new Uint8Array(rgb.buffer);
}

/**
 * A model of family 1 without a network: the latents of a patch are its mean colour. Deterministic, and as
 * honest as a codec of 8x8 blocks can be.
 */
export function fakeSession(version = "0.0.1"): PictureSession & { close(): Promise<void>; isClosed(): boolean } {
  let isClosed = false;
  return {
    version,
    patch: PATCH,
    entropy: fakeEntropy(),
    defaultLevel: 1,
    keyframeInterval: 1,
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
    analyse: (image) => Promise.resolve(patchMeans(image, null)),
    synthesise: (latents, rows, columns) => Promise.resolve(paintedPatches(latents, rows, columns, null)),
  };
}

/** The integers of {@link fakeStreamSession}: two levels, tables that begin at even odds. */
export function fakeStreamModel(): StreamModel {
  const count = CHANNELS * (CLASSES * CLASS_CONTEXTS + SIGN_CONTEXTS);
  const thresholds = Array.from({ length: CHANNELS * (CLASSES - 1) }, (_, i) => 8 * (1 + (i % (CLASSES - 1))));
  const level = (number: number, step: number): object => ({
    level: number,
    steps: new Array<number>(CHANNELS).fill(step),
    thresholds,
    start: new Array<number>(count).fill(32768),
  });
  const kind = {
    prediction: Array.from({ length: CHANNELS * PREDICTION_WEIGHTS }, (_, i) => (i % PREDICTION_WEIGHTS === 0 ? 50 : 7)),
    weights: new Array<number>(CHANNELS * SCORE_WEIGHTS).fill(2),
    levels: [level(1, 2), level(2, 16)],
  };
  const starts = Object.fromEntries(Object.entries(SIGNAL_CONTEXTS).map(([name, contexts]) => [name, new Array<number>(contexts).fill(32768)]));
  const parsed = parseStreamModel({
    schemaVersion: 2,
    latents: CHANNELS,
    predictionBits: 6,
    key: kind,
    predicted: kind,
    motion: { yawShift: 766958, yawBend: 766958, spread: 65536, bearing: 46811, plane: 650, loudness: [65536, 16, 1000] },
    starts,
  });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** A model of family 2 without a network: what a patch has beyond the mean colour of its prediction. */
export function fakeStreamSession(version = "0.0.2", keyframeInterval = 5): ModelSession & { close(): Promise<void>; isClosed(): boolean } {
  let isClosed = false;
  return {
    version,
    patch: PATCH,
    entropy: fakeStreamModel(),
    defaultLevel: 1,
    keyframeInterval,
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
    analyse: (image, prediction) => Promise.resolve(patchMeans(image, prediction)),
    synthesise: (latents, rows, columns, prediction) => Promise.resolve(paintedPatches(latents, rows, columns, prediction)),
  };
}
