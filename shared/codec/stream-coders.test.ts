import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIO_CONTEXTS, audioStart, codeAudio, type AudioReference } from "./audio-coder";
import { codeNumber, createBitContexts, createBitDecoder, createBitEncoder, MAX_NUMBER, NUMBER_CONTEXTS } from "./bit-coder";
import { cosineTransform } from "./cosine-transform";
import { codeCommand, codeReadings, COMMAND_CONTEXTS, expectedReadings, NO_LEFTOVER, READING_CONTEXTS, readingsOf, wholeReadings } from "./inertial-coder";
import { codeScan, LIDAR_CONTEXTS, pointsOf, rangeStepMm, scanOf } from "./lidar-coder";
import { compensate, MAX_VECTOR, stillField, VECTOR_UNITS } from "./motion";
import { codeMotion, MOTION_CONTEXTS } from "./motion-coder";
import { estimateMotion } from "./motion-search";

describe("adaptive numbers", () => {
  it("come back as they were, small and large", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -MAX_NUMBER, max: MAX_NUMBER })), { maxLength: 80 }), (numbers) => {
        const encoder = createBitEncoder();
        const written = createBitContexts(NUMBER_CONTEXTS);
        for (const number of numbers) codeNumber(encoder, written, 0, number);
        const decoder = createBitDecoder(encoder.finish());
        const read = createBitContexts(NUMBER_CONTEXTS);
        expect(numbers.map(() => codeNumber(decoder, read, 0, 0))).toEqual(numbers);
        expect(read).toEqual(written);
      }),
    );
  });

  it("take hardly any bytes where they are always the same", () => {
    const encoder = createBitEncoder();
    const contexts = createBitContexts(NUMBER_CONTEXTS);
    for (let i = 0; i < 4000; i++) codeNumber(encoder, contexts, 0, 0);
    expect(encoder.finish().length).toBeLessThan(20);
  });
});

describe("the cosine transform", () => {
  it("gives back what it was given, keeps its energy, and puts a constant into one coefficient", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 64, maxLength: 64 }), (samples) => {
        const transform = cosineTransform(64);
        const coefficients = transform.forward(Float64Array.from(samples));
        transform.inverse(coefficients).forEach((value, i) => expect(Math.abs(value - (samples[i] ?? 0))).toBeLessThan(1e-5));
        const energy = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value * value, 0);
        expect(Math.abs(energy(coefficients) - energy(samples))).toBeLessThan(1e-6 * (1 + energy(samples)));
      }),
    );
    const flat = cosineTransform(256).forward(new Float64Array(256).fill(3));
    expect(flat[0]).toBeCloseTo(48, 6);
    expect(Math.max(...flat.slice(1).map(Math.abs))).toBeLessThan(1e-6);
  });
});

const picture = (width: number, height: number, seed: number) => {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (128 + 60 * Math.sin((x + seed) / 5) + 50 * Math.cos(y / 7 + x / 11)) & 255;
  });
  return { width, height, rgb };
};

describe("block motion", () => {
  it("finds a shift and predicts the picture by it", () => {
    for (const shift of [3, -6, 11]) {
      const [before, now] = [picture(96, 64, 0), picture(96, 64, shift)];
      const field = estimateMotion(now, before, null);
      // The block in the middle is far from every border.
      const middle = 2 * (2 * field.blockColumns + 3);
      expect([field.vectors[middle], field.vectors[middle + 1]].every((each) => Math.abs(each ?? 99) <= MAX_VECTOR)).toBe(true);
      const error = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length;
      expect(error(compensate(before, field).rgb, now.rgb)).toBeLessThan(0.35 * error(before.rgb, now.rgb));
    }
  });

  it("moves nothing without motion, and stays inside the picture whatever the vectors are", () => {
    const before = picture(40, 24, 2);
    expect(compensate(before, stillField(40, 24)).rgb).toEqual(before.rgb);
    const vector = fc.integer({ min: -MAX_VECTOR, max: MAX_VECTOR });
    fc.assert(
      fc.property(fc.array(vector, { minLength: 12, maxLength: 12 }), (vectors) => {
        const field = { ...stillField(40, 24), vectors: Int16Array.from(vectors) };
        expect(compensate(before, field).rgb.length).toBe(before.rgb.length);
        const encoder = createBitEncoder();
        const guess = Int16Array.from(vectors, (each, i) => (i % 3 === 0 ? each : 0));
        codeMotion(encoder, createBitContexts(MOTION_CONTEXTS), 40, 24, field, guess);
        const decoded = codeMotion(createBitDecoder(encoder.finish()), createBitContexts(MOTION_CONTEXTS), 40, 24, null, guess);
        expect(decoded.vectors).toEqual(field.vectors);
      }),
    );
  });

  it("moves every pixel as the weights of the four around say, whatever lies beside it", () => {
    const [width, height] = [40, 24];
    const before = picture(width, height, 9);
    const at = (x: number, y: number, channel: number): number =>
      before.rgb[3 * (Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))) + channel] ?? 0;
    // Small vectors too, so that neighbours move alike and sources lie inside.
    const vector = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -MAX_VECTOR, max: MAX_VECTOR }));
    fc.assert(
      fc.property(fc.array(vector, { minLength: 12, maxLength: 12 }), (vectors) => {
        const field = { ...stillField(width, height), vectors: Int16Array.from(vectors) };
        const expected = Uint8Array.from(before.rgb, (_, i) => {
          const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
          const block = 2 * ((y >> 4) * field.blockColumns + (x >> 4));
          const [dx, dy] = [vectors[block] ?? 0, vectors[block + 1] ?? 0];
          const [fx, fy] = [dx & 3, dy & 3];
          const [left, top] = [x + (dx >> 2), y + (dy >> 2)];
          const upper = (4 - fx) * at(left, top, i % 3) + fx * at(left + 1, top, i % 3);
          const lower = (4 - fx) * at(left, top + 1, i % 3) + fx * at(left + 1, top + 1, i % 3);
          return ((4 - fy) * upper + fy * lower + 8) >> 4;
        });
        expect(compensate(before, field).rgb).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("interpolates between pixels", () => {
    const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => 8 * (Math.floor(i / 3) % 16));
    const moved = compensate({ width: 16, height: 16, rgb }, { ...stillField(16, 16), vectors: Int16Array.of(VECTOR_UNITS / 2, 0) });
    expect(moved.rgb[3 * 5]).toBe(44);
  });
});

describe("a scan of the lidar", () => {
  const points = Float32Array.from({ length: 96 }, (_, i) => {
    const angle = (2 * Math.PI * Math.floor(i / 3)) / 32;
    return [4 * Math.cos(angle), 4 * Math.sin(angle), -0.4][i % 3] ?? 0;
  });

  it("comes back within half a step, whatever the level, and rays without return as such", () => {
    const some = Float32Array.from(points);
    some.fill(Number.POSITIVE_INFINITY, 30, 33);
    for (const level of [0, 2, 4]) {
      const encoder = createBitEncoder();
      const scan = codeScan(encoder, createBitContexts(LIDAR_CONTEXTS), scanOf(some), 32, null, null, level);
      const read = codeScan(createBitDecoder(encoder.finish()), createBitContexts(LIDAR_CONTEXTS), null, 32, null, null, level);
      expect(read).toEqual(scan);
      pointsOf(read).forEach((value, i) => {
        if (Number.isFinite(some[i])) expect(Math.abs(value - (some[i] ?? 0))).toBeLessThan(rangeStepMm(level) / 2000 + 0.004);
        else expect(value).toBe(Number.POSITIVE_INFINITY);
      });
    }
  });

  it("takes few bytes where the motion explains it", () => {
    const contexts = createBitContexts(LIDAR_CONTEXTS);
    const first = codeScan(createBitEncoder(), contexts, scanOf(points), 32, null, null, 2);
    const encoder = createBitEncoder();
    codeScan(encoder, contexts, scanOf(points), 32, first, { aheadMm: 0, leftMm: 0, turnMrad: 0 }, 2);
    expect(encoder.finish().length).toBeLessThan(12);
  });
});

describe("commands and readings", () => {
  it("come back within a step, missing values as missing", () => {
    const value = fc.oneof(fc.float({ min: -40, max: 40, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: 6, maxLength: 6 }), fc.array(fc.integer({ min: -9000, max: 9000 }), { minLength: 6, maxLength: 6 }), fc.nat(4), (imu, command, level) => {
        const expected = expectedReadings(command, null, 0);
        const wanted = wholeReadings(Float32Array.from(imu), level);
        const encoder = createBitEncoder();
        const written = codeReadings(encoder, createBitContexts(READING_CONTEXTS), wanted, expected, NO_LEFTOVER, level);
        const read = codeReadings(createBitDecoder(encoder.finish()), createBitContexts(READING_CONTEXTS), null, expected, NO_LEFTOVER, level);
        expect(read).toEqual(written);
        readingsOf(read.readings).forEach((each, i) => {
          const was = imu[i] ?? 0;
          if (Number.isNaN(was)) expect(each).toBe(Number.POSITIVE_INFINITY);
          else expect(Math.abs(each - was)).toBeLessThan(0.041);
        });
      }),
    );
  });

  it("carry commands exactly", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100_000, max: 100_000 }), { minLength: 6, maxLength: 6 }), (command) => {
        const before = [command.map((each) => each - 3), command.map((each) => each - 7)] as const;
        const encoder = createBitEncoder();
        codeCommand(encoder, createBitContexts(COMMAND_CONTEXTS), command, before);
        expect(codeCommand(createBitDecoder(encoder.finish()), createBitContexts(COMMAND_CONTEXTS), null, before)).toEqual(command);
      }),
    );
  });
});

describe("sound", () => {
  const hum = (count: number, loud: number): Int16Array => Int16Array.from({ length: count }, (_, i) => Math.round(loud * 3000 * Math.sin(i / 30) + 40 * Math.sin(i * i)));
  const code = (samples: Int16Array, before: AudioReference | null, gain: number) => {
    const encoder = createBitEncoder();
    const start = audioStart();
    const coded = codeAudio(encoder, createBitContexts(AUDIO_CONTEXTS, start), samples, samples.length, before, gain, 2);
    const bytes = encoder.finish();
    const decoded = codeAudio(createBitDecoder(bytes), createBitContexts(AUDIO_CONTEXTS, start), null, samples.length, before, gain, 2);
    expect(decoded).toEqual(coded);
    return { coded, bytes };
  };

  it("of any length decodes to what the encoder has, close to what it was", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), fc.double({ min: 0, max: 3, noNaN: true }), (count, loud) => {
        const samples = hum(count, loud);
        const { coded } = code(samples, null, 1);
        expect(coded.samples.length).toBe(count);
        const error = samples.reduce((sum, value, i) => sum + (value - (coded.samples[i] ?? 0)) ** 2, 0);
        // What is left out of a block may all lie in the few samples of one that was filled up to 64.
        expect(Math.sqrt(error / Math.max(64, count))).toBeLessThan(160);
      }),
    );
  });

  it("that goes on takes fewer bytes than sound that begins, and loses nothing to a click", () => {
    const samples = hum(1024, 1);
    const first = code(samples, null, 1);
    const second = code(hum(1024, 1.1), first.coded.reference, 1.1);
    expect(second.bytes.length).toBeLessThan(0.7 * first.bytes.length);
    const click = new Int16Array(1024);
    click[500] = 30_000;
    const { coded } = code(click, null, 1);
    expect(Math.abs((coded.samples[500] ?? 0) - 30_000)).toBeLessThan(2500);
  });
});
