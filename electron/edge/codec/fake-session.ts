import { parseEntropyModel, type EntropyModel } from "../../../shared/codec/entropy-model";
import type { ModelSession } from "./picture-codec";

const TOTAL = 1 << 14;
const PATCH = 8;

function fakeEntropy(): EntropyModel {
  const table = [-8, ...new Array<number>(17).fill(Math.floor(TOTAL / 20)), TOTAL - 17 * Math.floor(TOTAL / 20)];
  const level = (number: number, step: number): object => ({
    level: number,
    steps: [step, step, step],
    thresholds: [[], [], []],
    tables: [[table], [table], [table]],
  });
  const parsed = parseEntropyModel({
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

/**
 * A model without a network: the latents of a patch are its mean colour. Deterministic, and as honest as a
 * codec of 8x8 blocks can be.
 */
export function fakeSession(version = "0.0.1"): ModelSession & { close(): Promise<void>; isClosed(): boolean } {
  let isClosed = false;
  return {
    version,
    patch: PATCH,
    entropy: fakeEntropy(),
    defaultLevel: 1,
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
    analyse: ({ width, height, rgb }) => {
      const columns = width / PATCH;
      const rows = height / PATCH;
      const latents = new Float32Array(3 * rows * columns);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          for (let channel = 0; channel < 3; channel++) {
            const at = channel * rows * columns + Math.floor(y / PATCH) * columns + Math.floor(x / PATCH);
            latents[at] = (latents[at] ?? 0) + (rgb[3 * (y * width + x) + channel] ?? 0) / (PATCH * PATCH);
          }
        }
      }
      return Promise.resolve(latents);
    },
    synthesise: (latents, rows, columns) => {
      const width = columns * PATCH;
      const rgb = new Uint8ClampedArray(rows * PATCH * width * 3);
      for (let y = 0; y < rows * PATCH; y++) {
        for (let x = 0; x < width; x++) {
          for (let channel = 0; channel < 3; channel++) {
            const at = channel * rows * columns + Math.floor(y / PATCH) * columns + Math.floor(x / PATCH);
            rgb[3 * (y * width + x) + channel] = latents[at] ?? 0;
          }
        }
      }
      return Promise.resolve(new Uint8Array(rgb.buffer));
    },
  };
}
