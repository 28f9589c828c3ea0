import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBitContexts, createBitDecoder, createBitEncoder } from "./bit-coder";
import { dequantise, quantise } from "./latent-coder";
import { encodeLatents } from "./latent-encoder";
import { codeLatents, latentContexts, type BeforeContext } from "./stream-latents";
import { CLASS_CONTEXTS, CLASSES, PREDICTION_WEIGHTS, SCORE_WEIGHTS, SIGN_CONTEXTS, type StreamKind, type StreamLevel, type StreamModel } from "./stream-model";

interface Case {
  readonly model: StreamModel;
  readonly kind: StreamKind;
  readonly level: StreamLevel;
  readonly rows: number;
  readonly columns: number;
  readonly latents: Float32Array;
  readonly before: BeforeContext | null;
}

const NO_MOTION = { yawShift: 0, yawBend: 0, spread: 0, bearing: 0, plane: 0, loudness: [0, 0, 0] } as const;
const NO_STARTS = { vectors: new Uint16Array(), command: new Uint16Array(), readings: new Uint16Array(), lidar: new Uint16Array(), audio: new Uint16Array() };

/** Mostly small, as latents are; some of every other kind that a broken network may give. */
const value = fc.oneof(
  { weight: 12, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) },
  { weight: 3, arbitrary: fc.float({ min: -300, max: 300, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0.5, -0.5, 1.5, -1.5, Math.fround(0.49999997), Number.NaN, Infinity, -Infinity, 3e38, -7e5, 7e5, 32767.5) },
);

const coding: fc.Arbitrary<Case> = fc
  .record({ channels: fc.integer({ min: 1, max: 20 }), rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 6 }), hasBefore: fc.boolean(), predictionBits: fc.integer({ min: 3, max: 12 }) })
  .chain(({ channels, rows, columns, hasBefore, predictionBits }) => {
    const integers = (count: number, min: number, max: number): fc.Arbitrary<number[]> => fc.array(fc.integer({ min, max }), { minLength: count, maxLength: count });
    const place = fc.integer({ min: 0, max: rows * columns - 1 });
    return fc.record({
      prediction: integers(channels * PREDICTION_WEIGHTS, -(1 << predictionBits), 1 << predictionBits),
      weights: integers(channels * SCORE_WEIGHTS, 0, 4096),
      bounds: integers(channels * (CLASSES - 1), 0, 60_000),
      start: integers(channels * (CLASSES * CLASS_CONTEXTS + SIGN_CONTEXTS), 64, 65472),
      steps: fc.array(fc.float({ min: Math.fround(0.05), max: 4, noNaN: true }), { minLength: channels, maxLength: channels }),
      latents: fc.array(value, { minLength: channels * rows * columns, maxLength: channels * rows * columns }),
      magnitudes: integers(channels * rows * columns, 0, 255),
      places: fc.array(place, { minLength: rows * columns, maxLength: rows * columns }),
    }).map(({ prediction, weights, bounds, start, steps, latents, magnitudes, places }) => {
      const thresholds = Int32Array.from({ length: channels }, (_, i) => i).reduce((all, channel) => {
        all.set(bounds.slice(channel * (CLASSES - 1), (channel + 1) * (CLASSES - 1)).sort((a, b) => a - b), channel * (CLASSES - 1));
        return all;
      }, new Int32Array(bounds.length));
      const level: StreamLevel = { level: 1, steps: Float32Array.from(steps), thresholds, start: Uint16Array.from(start) };
      const kind: StreamKind = { prediction: Int32Array.from(prediction), weights: Int32Array.from(weights), levels: [level] };
      const model: StreamModel = { schemaVersion: 2, levels: [{ level: 1 }], latents: channels, predictionBits, kinds: { key: kind, predicted: kind }, motion: NO_MOTION, starts: NO_STARTS };
      const before = hasBefore ? beforeOf(channels, rows, columns, magnitudes, places) : null;
      return { model, kind, level, rows, columns, latents: Float32Array.from(latents), before };
    });
  });

function beforeOf(channels: number, rows: number, columns: number, magnitudes: readonly number[], places: readonly number[]): BeforeContext {
  const stride = columns + 2;
  const at = (place: number): number => (Math.floor(place / columns) + 1) * stride + (place % columns) + 1;
  const byChannel = new Uint8Array((rows + 1) * stride * channels);
  const sums = new Int32Array((rows + 1) * stride);
  for (let place = 0; place < rows * columns; place++) {
    const own = magnitudes.slice(place * channels, (place + 1) * channels);
    // A picture whose symbols are all 0 has no sum.
    if (place % 3 === 0) continue;
    byChannel.set(own, at(place) * channels);
    sums[at(place)] = own.reduce((sum, each) => sum + each, 0);
  }
  return { magnitudes: { byChannel, sums }, moved: Int32Array.from(places, at) };
}

describe("latents that the kernels encode", () => {
  it("are the bytes of the plain coder, after bytes of another kind too, and leave the same behind", () => {
    fc.assert(
      fc.property(coding, fc.array(fc.nat(1), { maxLength: 40 }), ({ model, kind, level, rows, columns, latents, before }, others) => {
        const [one, other] = [createBitEncoder(), createBitEncoder()];
        for (const encoder of [one, other]) {
          const contexts = createBitContexts(1);
          for (const bit of others) encoder.bit(contexts, 0, bit);
        }
        const contextsOf = () => createBitContexts(latentContexts(model.latents), level.start);
        const [contexts, plainContexts] = [contextsOf(), contextsOf()];
        const symbols = quantise(latents, level);
        const plain = codeLatents(other, plainContexts, model, kind, level, symbols, rows, columns, before);
        const values = latents.slice();
        const encoded = encodeLatents(one, contexts, model, kind, level, values, rows, columns, before, true);
        const bytes = one.finish();
        expect(bytes).toEqual(other.finish());
        expect(encoded).toEqual({ magnitudes: plain, symbols });
        expect(contexts).toEqual(plainContexts);
        expect(values).toEqual(dequantise(symbols, level));

        const read = new Int32Array(symbols.length);
        const decoder = createBitDecoder(bytes);
        const first = createBitContexts(1);
        for (const bit of others) expect(decoder.bit(first, 0, 0)).toBe(bit);
        codeLatents(decoder, contextsOf(), model, kind, level, read, rows, columns, before);
        expect(read).toEqual(symbols);
      }),
      { numRuns: 150 },
    );
  });
});
