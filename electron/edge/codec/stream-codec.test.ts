import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readContainer } from "../../../shared/codec/container";
import type { SensorFrame } from "../../../shared/codec/sensor-frame";
import { createSensorRig } from "../sensors/rig";
import { fakeStreamSession } from "./fake-session";
import { decodeFrame, encodeFrame, encodePictureFile, measureQuality } from "./frame-codec";
import { decodeStreamFrame, encodeStreamFrame, type EncodedStreamFrame } from "./stream-codec";
import type { StreamReference } from "./stream-state";

const session = fakeStreamSession();
const still = (): number => 0;

function smaller(frame: SensorFrame): SensorFrame {
  const [width, height] = [72, 44];
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) rgb.set(frame.camera.rgb.subarray(3 * (y + 90) * 320, 3 * ((y + 90) * 320 + width)), 3 * y * width);
  return { ...frame, camera: { width, height, rgb } };
}

const rig = createSensorRig({ seed: 5, vertical: "drone" });
const FRAMES = Array.from({ length: 12 }, (_, index) => smaller(rig.sample(index)));
const iotRig = createSensorRig({ seed: 6, vertical: "iot" });
const IOT_FRAMES = Array.from({ length: 6 }, (_, index) => smaller(iotRig.sample(index)));

async function encodeAll(frames: readonly SensorFrame[], levelOf: (index: number) => number = () => 1): Promise<readonly EncodedStreamFrame[]> {
  const all: EncodedStreamFrame[] = [];
  for (const [index, frame] of frames.entries()) {
    const encoded = await encodeStreamFrame(session, frame, levelOf(index), all.at(-1)?.reference ?? null, still);
    if (!encoded.ok) throw new Error(encoded.error.message);
    all.push(encoded.value);
  }
  return all;
}

describe("a stream of frames", () => {
  it("decodes from its bytes to exactly what the encoder says it will be, every sensor", async () => {
    for (const frames of [FRAMES, IOT_FRAMES]) {
      let reference: StreamReference | null = null;
      for (const { compressed, decoded } of await encodeAll(frames, (index) => 1 + (index >> 2) % 2)) {
        const read = await decodeStreamFrame(session, compressed.bytes, reference);
        if (!read.ok) throw new Error(read.error.message);
        expect(read.value.frame).toEqual(decoded);
        reference = read.value.reference;
      }
    }
  });

  it("keeps every sensor close to what it was", async () => {
    const all = await encodeAll(FRAMES);
    all.forEach(({ decoded }, index) => {
      const frame = FRAMES[index];
      if (frame === undefined) throw new Error("a frame is missing");
      const quality = measureQuality(frame, decoded);
      expect(quality.lidar).toBeGreaterThan(0.99);
      expect(quality.imu).toBeGreaterThan(0.99);
      expect(quality.audio).toBeGreaterThan(0.9);
      expect(quality.twist).toBeGreaterThan(0.9999);
    });
  });

  it("begins with a key frame and makes another one at the interval, when frames are missing, and for another picture size", async () => {
    const all = await encodeAll(FRAMES);
    expect(all.map(({ kind }) => (kind === "key" ? "K" : "p")).join("")).toBe("KppppKppppKp");
    const last = all[3]?.reference ?? null;
    const kindOf = async (frame: SensorFrame): Promise<string> => {
      const encoded = await encodeStreamFrame(session, frame, 1, last, still);
      return encoded.ok ? encoded.value.kind : encoded.error.code;
    };
    const next = FRAMES[4] ?? FRAMES[0];
    if (next === undefined) throw new Error("a frame is missing");
    expect(await kindOf(next)).toBe("predicted");
    expect(await kindOf({ ...next, frameIndex: 40 })).toBe("key");
    expect(await kindOf({ ...next, frameIndex: 2 })).toBe("key");
    expect(await kindOf({ ...next, camera: { width: 8, height: 8, rgb: new Uint8Array(192) } })).toBe("key");
  });

  it("takes fewer bytes for a predicted frame than for the same frame by itself", async () => {
    const sum = (bytes: readonly number[]): number => bytes.reduce((total, each) => total + each, 0);
    const predicted = sum((await encodeAll(FRAMES)).map(({ compressed }) => compressed.bytes.length));
    const alone: number[] = [];
    for (const frame of FRAMES) {
      const encoded = await encodeFrame(session, frame, 1, still);
      if (!encoded.ok) throw new Error(encoded.error.message);
      alone.push(encoded.value.bytes.length);
    }
    expect(predicted).toBeLessThan(0.95 * sum(alone));
  });

  it("refuses a frame whose reference was lost, and heals at the next key frame", async () => {
    const all = await encodeAll(FRAMES);
    let reference: StreamReference | null = null;
    const seen: string[] = [];
    for (const [index, { compressed, decoded }] of all.entries()) {
      if (index === 2) continue;
      const read = await decodeStreamFrame(session, compressed.bytes, reference);
      if (read.ok) {
        expect(read.value.frame).toEqual(decoded);
        reference = read.value.reference;
      }
      seen.push(read.ok ? "ok" : read.error.code);
    }
    expect(seen.join(" ")).toBe("ok ok BAD_BITSTREAM BAD_BITSTREAM ok ok ok ok ok ok ok");
  });

  it("never decodes against another reference of the same place", async () => {
    const all = await encodeAll(FRAMES);
    const others = await encodeAll(FRAMES, () => 2);
    const read = await decodeStreamFrame(session, all[2]?.compressed.bytes ?? new Uint8Array(0), others[1]?.reference ?? null);
    expect(read).toMatchObject({ ok: false, error: { code: "BAD_BITSTREAM" } });
  });

  it("leaves a reference as it is, so that an encode can be repeated", async () => {
    const all = await encodeAll(FRAMES.slice(0, 3));
    const before = all[1]?.reference ?? null;
    const next = FRAMES[2];
    if (next === undefined) throw new Error("a frame is missing");
    for (let run = 0; run < 2; run++) {
      const again = await encodeStreamFrame(session, next, 1, before, still);
      expect(again.ok && Buffer.compare(again.value.compressed.bytes, all[2]?.compressed.bytes ?? new Uint8Array(0))).toBe(0);
    }
  });

  it("gives an error for every flipped bit and every cut, and for bytes made up, in bounded time", async () => {
    const all = await encodeAll(FRAMES.slice(0, 2));
    for (const [index, { compressed }] of all.entries()) {
      const reference = index === 0 ? null : (all[0]?.reference ?? null);
      const { bytes } = compressed;
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
          const flipped = Uint8Array.from(bytes);
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect((await decodeStreamFrame(session, flipped, reference)).ok).toBe(false);
        }),
        { numRuns: 60 },
      );
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
          expect((await decodeStreamFrame(session, bytes.subarray(0, length), reference)).ok).toBe(false);
        }),
        { numRuns: 30 },
      );
    }
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => !(await decodeStreamFrame(session, bytes, null)).ok));
  });

  it("decodes sections of nonsense under a right checksum to something of the right size", async () => {
    const [first] = await encodeAll(FRAMES.slice(0, 1));
    if (first === undefined) throw new Error("nothing was encoded");
    const read = readContainer(first.compressed.bytes);
    if (!read.ok) throw new Error(read.error.message);
    const container = read.value;
    const { writeContainer } = await import("../../../shared/codec/container");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 5, maxLength: 5 }), async (payloads) => {
        const sections = new Map([...container.sections.keys()].map((modality, i) => [modality, payloads[i] ?? new Uint8Array(0)]));
        const decoded = await decodeStreamFrame(session, writeContainer({ ...container, sections }), null);
        expect(decoded.ok && decoded.value.frame.camera.rgb.length).toBe(72 * 44 * 3);
      }),
      { numRuns: 25 },
    );
  });

  it("codes a picture alone as a file that needs nothing else", async () => {
    const camera = FRAMES[0]?.camera;
    if (camera === undefined) throw new Error("a frame is missing");
    const bytes = await encodePictureFile(session, camera, 1);
    if (!bytes.ok) throw new Error(bytes.error.message);
    const decoded = await decodeFrame(session, bytes.value);
    expect(decoded).toMatchObject({ ok: true, value: { content: "picture", lidar: null, imu: null, audio: null, twist: null } });
    const predicted = (await encodeAll(FRAMES.slice(0, 2)))[1];
    expect(await decodeFrame(session, predicted?.compressed.bytes ?? new Uint8Array(0))).toMatchObject({ ok: false, error: { code: "BAD_BITSTREAM" } });
  });

  it("refuses a level that the model lacks", async () => {
    const frame = FRAMES[0];
    if (frame === undefined) throw new Error("a frame is missing");
    expect(await encodeStreamFrame(session, frame, 9, null, still)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
  });
});
