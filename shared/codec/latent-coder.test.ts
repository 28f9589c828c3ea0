import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePictureEntropyModel, type PictureEntropyModel } from "./entropy-model";
import { decodeLatents, dequantise, encodeLatents, MAX_SYMBOL, quantise } from "./latent-coder";

const TOTAL = 1 << 14;

/** A small but whole model: two channels, the second with three classes; prediction and all weights in use. */
function document(): Record<string, unknown> {
  const narrow = [-1, 2000, TOTAL - 2000 - 2000 - 1, 2000, 1];
  const wide = [-3, 1000, 2000, 3000, TOTAL - 12000 - 2, 3000, 2000, 1000, 2];
  return {
    schemaVersion: 1,
    latents: 2,
    precisionBits: 14,
    predictionBits: 6,
    prediction: [
      [40, 30, -10],
      [0, 5, 0],
    ],
    weights: [
      [20, 3, 0],
      [10, 2, 30],
    ],
    levels: [
      { level: 1, steps: [0.5, 0.25], thresholds: [[], [40, 200]], tables: [[wide], [narrow, narrow, wide]] },
      { level: 2, steps: [1, 0.5], thresholds: [[60], [40, 200]], tables: [[narrow, wide], [narrow, narrow, wide]] },
    ],
  };
}

function model(): PictureEntropyModel {
  const parsed = parsePictureEntropyModel(document());
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function levelOf(entropy: PictureEntropyModel, index: number): PictureEntropyModel["levels"][number] {
  const level = entropy.levels[index];
  if (level === undefined) throw new Error("no such level");
  return level;
}

describe("the coder of latents", () => {
  it("gives back every symbol, near and far outside of its tables", () => {
    const entropy = model();
    const sizes = fc.record({ rows: fc.integer({ min: 1, max: 7 }), columns: fc.integer({ min: 1, max: 7 }), level: fc.nat({ max: 1 }) });
    const symbol = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -2, max: 2 }) },
      { weight: 1, arbitrary: fc.integer({ min: -400, max: 400 }) },
      { weight: 1, arbitrary: fc.constantFrom(MAX_SYMBOL, -MAX_SYMBOL) },
    );
    fc.assert(
      fc.property(
        sizes.chain((size) => fc.tuple(fc.constant(size), fc.array(symbol, { minLength: 2 * size.rows * size.columns, maxLength: 2 * size.rows * size.columns }))),
        ([{ rows, columns, level }, values]) => {
          const symbols = Int32Array.from(values);
          const tables = levelOf(entropy, level);
          const bytes = encodeLatents(entropy, tables, symbols, rows, columns);
          expect([...decodeLatents(entropy, tables, bytes, rows, columns)]).toEqual([...symbols]);
        },
      ),
    );
  });

  it("spends little on what it expects and more on what it does not", () => {
    const entropy = model();
    const tables = levelOf(entropy, 1);
    const quiet = new Int32Array(2 * 20 * 20);
    const loud = Int32Array.from(quiet, (_, i) => (i * 7919) % 5);
    const quietBytes = encodeLatents(entropy, tables, quiet, 20, 20).length;
    expect(quietBytes).toBeLessThan(0.6 * (quiet.length / 8));
    expect(encodeLatents(entropy, tables, loud, 20, 20).length).toBeGreaterThan(4 * quietBytes);
  });

  it("reads random bytes as symbols in range, without throwing", () => {
    const entropy = model();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const symbols = decodeLatents(entropy, levelOf(entropy, 0), bytes, 6, 5);
        expect(symbols.length).toBe(60);
        expect(symbols.every((symbol) => Math.abs(symbol) <= MAX_SYMBOL)).toBe(true);
      }),
    );
  });

  it("quantises to the nearest step, and what a broken model gives to something finite", () => {
    const tables = levelOf(model(), 0);
    const symbols = quantise(Float32Array.of(0.74, -0.76, 0.13, Number.NaN, Infinity, -Infinity), { ...tables, steps: Float32Array.of(0.5, 0.25) });
    expect([...symbols]).toEqual([1, -2, 0, 0, MAX_SYMBOL, -MAX_SYMBOL]);
    expect([...dequantise(Int32Array.of(1, -2, 3, 4), { ...tables, steps: Float32Array.of(0.5, 0.25) })]).toEqual([0.5, -1, 0.75, 1]);
  });
});

describe("an entropy file", () => {
  it("is refused with a reason where anything in it cannot be used", () => {
    const breaks: readonly ((value: Record<string, unknown>) => void)[] = [
      (value) => (value["schemaVersion"] = 2),
      (value) => (value["latents"] = 3),
      (value) => (value["precisionBits"] = 30),
      (value) => (value["levels"] = []),
      (value) => (value["prediction"] = [[1, 2]]),
      (value) => (value["weights"] = "none"),
      (value) => (value["levels"] = [{ level: 1, steps: [0, 1], thresholds: [[], []], tables: [[], []] }]),
      (value) => (value["levels"] = [{ level: 1, steps: [1, 1], thresholds: [[5, 5], []], tables: [[], []] }]),
      (value) => (value["levels"] = [{ level: 1, steps: [1, 1], thresholds: [[], []], tables: [[[0, 1, 2]], [[0, 1, 2]]] }]),
    ];
    for (const damage of breaks) {
      const value = document();
      damage(value);
      const parsed = parsePictureEntropyModel(value);
      expect(parsed.ok ? "accepted" : parsed.error.code).toBe("BAD_MANIFEST");
    }
  });

  it("never throws on any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parsePictureEntropyModel(value).ok).toBe(false);
      }),
    );
  });
});
