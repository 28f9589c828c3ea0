import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIO_STEP, decodeAudio, decodeTuples, encodeAudio, encodeTuples, LIDAR_STEP_M } from "./signals";

const STEPS = [LIDAR_STEP_M, LIDAR_STEP_M, LIDAR_STEP_M];

describe("signals", () => {
  it("keep every float within half a step", () => {
    const floats = fc.float32Array({ min: -500, max: 500, noNaN: true, maxLength: 200 });
    fc.assert(
      fc.property(floats, (values) => {
        const decoded = decodeTuples(encodeTuples(values, STEPS), STEPS);
        expect(decoded.ok).toBe(true);
        if (!decoded.ok) return;
        expect(decoded.value.length).toBe(values.length);
        values.forEach((value, i) => {
          expect(Math.abs((decoded.value[i] ?? 0) - value)).toBeLessThanOrEqual(LIDAR_STEP_M / 2 + 1e-4);
        });
      }),
    );
  });

  it("keep what is no number as no number, and what lies around it as it was", () => {
    const decoded = decodeTuples(encodeTuples(Float32Array.of(1, Number.POSITIVE_INFINITY, 2, 3, Number.NaN, 4), STEPS), STEPS);
    expect(decoded.ok ? [...decoded.value].map((value) => Math.round(value)) : []).toEqual([1, Infinity, 2, 3, Infinity, 4]);
  });

  it("keep every sound sample within half a step, within 16 bits", () => {
    fc.assert(
      fc.property(fc.int16Array({ maxLength: 600 }), (samples) => {
        const decoded = decodeAudio(encodeAudio(samples));
        expect(decoded.ok).toBe(true);
        if (!decoded.ok) return;
        expect(decoded.value.length).toBe(samples.length);
        samples.forEach((sample, i) => {
          expect(Math.abs((decoded.value[i] ?? 0) - sample)).toBeLessThanOrEqual(AUDIO_STEP / 2);
        });
      }),
    );
  });

  it("take a hum to less than a fifth of its bytes", () => {
    const hum = Int16Array.from({ length: 4096 }, (_, i) => Math.round(2500 * Math.sin(i / 60) + 700 * Math.sin(i / 17)));
    expect(encodeAudio(hum).length).toBeLessThan(hum.byteLength / 5);
  });

  it("read random bytes without throwing, in bounded time and size", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        for (const decoded of [decodeAudio(bytes), decodeTuples(bytes, STEPS)]) {
          if (decoded.ok) expect(decoded.value.length).toBeLessThanOrEqual(65535);
          else expect(decoded.error.code).toBe("BAD_BITSTREAM");
        }
      }),
      { numRuns: 15 },
    );
  });
});
