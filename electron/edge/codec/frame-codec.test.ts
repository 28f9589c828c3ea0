import { describe, expect, it } from "vitest";
import { readContainer } from "../../../shared/codec/container";
import type { SensorFrame } from "../../../shared/codec/sensor-frame";
import { createSensorRig } from "../sensors/rig";
import { fakeSession } from "./fake-session";
import { decodeFrame, encodeFrame, encodePictureFile, measureQuality } from "./frame-codec";
import { cropTo, levelForCompression, padToPatches } from "./picture-codec";

function clock(stepMs: number): () => number {
  let nowMs = 0;
  return () => (nowMs += stepMs);
}

async function encoded(frame: SensorFrame, level = 1) {
  const result = await encodeFrame(fakeSession(), frame, level, clock(5));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe("the frame codec", () => {
  const drone = createSensorRig({ seed: 1, vertical: "drone" }).sample(4);
  const iot = createSensorRig({ seed: 1, vertical: "iot" }).sample(4);

  it("gives back all modalities of a frame, each within its step", async () => {
    const decoded = await decodeFrame(fakeSession(), (await encoded(drone)).bytes);
    expect(decoded.ok).toBe(true);
    if (!decoded.ok) return;
    const { content, version, level, frameIndex, camera, lidar, imu, audio, twist } = decoded.value;
    expect([content, version, level, frameIndex]).toEqual(["drone", "0.0.1", 1, 4]);
    expect([camera.width, camera.height, camera.rgb.length]).toEqual([320, 240, 320 * 240 * 3]);
    drone.lidar.forEach((value, i) => expect(Math.abs((lidar?.[i] ?? 99) - value)).toBeLessThan(0.0101));
    drone.imu.forEach((value, i) => expect(Math.abs((imu?.[i] ?? 99) - value)).toBeLessThan(0.0051));
    drone.audio.forEach((value, i) => expect(Math.abs((audio?.[i] ?? 9999) - value)).toBeLessThanOrEqual(64));
    drone.twist?.forEach((value, i) => expect(Math.abs((twist?.[i] ?? 99) - value)).toBeLessThan(0.00051));
    const quality = measureQuality(drone, decoded.value);
    for (const value of Object.values(quality)) {
      expect(value).toBeGreaterThan(0.5);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  it("counts every byte of the container in what goes out and every value of the sensors in what comes in", async () => {
    const { bytes, bytesIn, modalityBytesIn, modalityBytesOut, encodeMs } = await encoded(drone);
    expect(bytesIn).toBe(320 * 240 * 3 + 192 * 4 + 6 * 4 + 4096 * 2 + 6 * 4);
    expect(modalityBytesIn).toEqual({ camera: 230400, lidar: 768, imu: 24, audio: 8192, twist: 24 });
    const sections = Object.values(modalityBytesOut).reduce((sum, value) => sum + value, 0);
    // Head 16, version 5, count 1, checksum 4, and 5 a section.
    expect(bytes.length).toBe(sections + 16 + 5 + 1 + 4 + 5 * 5);
    expect(encodeMs).toBe(5);
  });

  it("leaves out what a node does not have", async () => {
    const { bytes, modalityBytesOut } = await encoded(iot);
    expect(modalityBytesOut.twist).toBe(0);
    const container = readContainer(bytes);
    expect(container.ok && [...container.value.sections.keys()]).toEqual(["camera", "lidar", "imu", "audio"]);
    const decoded = await decodeFrame(fakeSession(), bytes);
    expect(decoded.ok && decoded.value.twist).toBeNull();
  });

  it("makes the same bytes of the same frame, and fewer at a coarser level", async () => {
    expect((await encoded(iot)).bytes).toEqual((await encoded(iot)).bytes);
    expect((await encoded(iot, 2)).bytes.length).toBeLessThan((await encoded(iot, 1)).bytes.length);
  });

  it("refuses a level that the model lacks, damaged bytes, and bytes of another version", async () => {
    const refused = await encodeFrame(fakeSession(), iot, 9, clock(1));
    expect(refused.ok ? "" : refused.error.code).toBe("BAD_REQUEST");
    const { bytes } = await encoded(iot);
    const other = await decodeFrame(fakeSession("0.0.2"), bytes);
    expect(other.ok ? "" : other.error.code).toBe("BAD_BITSTREAM");
    const damaged = Uint8Array.from(bytes);
    damaged[100] = (damaged[100] ?? 0) ^ 4;
    const decoded = await decodeFrame(fakeSession(), damaged);
    expect(decoded.ok ? "" : decoded.error.code).toBe("BAD_BITSTREAM");
  });

  it("codes pictures of any size, extended to whole patches and cut back", async () => {
    const rgb = Uint8Array.from({ length: 13 * 9 * 3 }, (_, i) => (i * 5) % 256);
    const file = await encodePictureFile(fakeSession(), { width: 13, height: 9, rgb }, 1);
    if (!file.ok) throw new Error(file.error.message);
    const decoded = await decodeFrame(fakeSession(), file.value);
    expect(decoded.ok && [decoded.value.camera.width, decoded.value.camera.height]).toEqual([13, 9]);
    const padded = padToPatches({ width: 13, height: 9, rgb }, 8);
    expect([padded.width, padded.height]).toEqual([16, 16]);
    expect(padded.rgb.subarray(0, 13 * 3)).toEqual(rgb.subarray(0, 13 * 3));
    expect([...padded.rgb.subarray(15 * 3, 16 * 3)]).toEqual([...rgb.subarray(12 * 3, 13 * 3)]);
    expect(cropTo(padded, 13, 9).rgb).toEqual(rgb);
  });

  it("chooses the level of a compression between 0 and 1, and the ends for anything beyond", () => {
    const session = fakeSession();
    expect([-1, 0, 0.4, 0.6, 1, 7].map((value) => levelForCompression(session, value))).toEqual([1, 1, 1, 2, 2, 2]);
  });
});
