import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readContainer } from "../../shared/codec/container";
import { msSsim } from "../../shared/codec/ms-ssim";
import { decodeFrame, encodeFrame } from "../edge/codec/frame-codec";
import { decodeStreamFrame, encodeStreamFrame } from "../edge/codec/stream-codec";
import type { StreamReference } from "../edge/codec/stream-state";
import { createSensorRig } from "../edge/sensors/rig";
import { readModel, type VerifiedModel } from "../registry/registry";
import { openModel, type OpenModel } from "./onnx-session";

const MODELS = join(__dirname, "..", "..", "models");
const VERSIONS = ["1.0.0", "1.1.0", "1.2.0", "2.0.0"] as const;

/** Frames of halls that no training has seen. */
const FRAMES = [
  createSensorRig({ seed: 300_500, vertical: "drone" }).sample(20),
  createSensorRig({ seed: 300_501, vertical: "iot" }).sample(9),
  createSensorRig({ seed: 300_502, vertical: "drone" }).sample(77),
];

async function verified(version: string): Promise<VerifiedModel> {
  const model = await readModel(MODELS, version);
  if (!model.ok) throw new Error(model.error.message);
  return model.value;
}

describe("the models in the runtime", { timeout: 60_000 }, () => {
  const sessions = new Map<string, OpenModel>();
  beforeAll(async () => {
    for (const version of VERSIONS) {
      const opened = await openModel(await verified(version));
      if (!opened.ok) throw new Error(opened.error.message);
      sessions.set(version, opened.value);
    }
  }, 60_000);
  afterAll(async () => {
    for (const session of sessions.values()) await session.close();
  });

  /** Mean ratio of whole frames and mean quality of their pictures at the default level. */
  async function measure(version: string, level?: number): Promise<{ readonly ratio: number; readonly quality: number; readonly cameraBytes: number }> {
    const session = sessions.get(version);
    if (session === undefined) throw new Error("not open");
    let ratio = 0;
    let quality = 0;
    let cameraBytes = 0;
    for (const frame of FRAMES) {
      const encoded = await encodeFrame(session, frame, level ?? session.defaultLevel, () => 0);
      if (!encoded.ok) throw new Error(encoded.error.message);
      const decoded = await decodeFrame(session, encoded.value.bytes);
      if (!decoded.ok) throw new Error(decoded.error.message);
      ratio += encoded.value.bytesIn / encoded.value.bytes.length / FRAMES.length;
      quality += msSsim(frame.camera, decoded.value.camera) / FRAMES.length;
      cameraBytes += encoded.value.modalityBytesOut.camera / FRAMES.length;
    }
    return { ratio, quality, cameraBytes };
  }

  it("make 1.1.0 good: ratio above 5 and quality above 0.95 on scenes that it never saw", async () => {
    const { ratio, quality } = await measure("1.1.0");
    expect(ratio).toBeGreaterThan(20);
    expect(quality).toBeGreaterThan(0.95);
  });

  it("make 1.1.0 better than 1.0.0 and 1.2.0 worse than both, in bytes and in quality", async () => {
    const first = await measure("1.0.0");
    const better = await measure("1.1.0");
    const drill = await measure("1.2.0");
    expect(better.cameraBytes).toBeLessThan(0.95 * first.cameraBytes);
    expect(better.quality).toBeGreaterThan(first.quality);
    expect(drill.quality).toBeLessThan(0.7);
    expect(drill.cameraBytes).toBeGreaterThan(first.cameraBytes);
  });

  it("make fewer bytes and less quality at every further level", async () => {
    const points = [];
    for (const level of [1, 3, 5]) points.push(await measure("1.1.0", level));
    const [fine, middle, coarse] = points;
    expect((fine?.cameraBytes ?? 0) > (middle?.cameraBytes ?? 0) && (middle?.cameraBytes ?? 0) > (coarse?.cameraBytes ?? 0)).toBe(true);
    expect((fine?.quality ?? 0) > (middle?.quality ?? 0) && (middle?.quality ?? 0) > (coarse?.quality ?? 0)).toBe(true);
  });

  it("make streams of 2.0.0 a third smaller than frames of 1.1.0 at about the same quality, and decode them exactly", async () => {
    const [stream, alone] = [sessions.get("2.0.0"), sessions.get("1.1.0")];
    if (stream === undefined || alone === undefined) throw new Error("not open");
    const rig = createSensorRig({ seed: 300_510, vertical: "drone" });
    const sums = { stream: 0, alone: 0, streamQuality: 0, aloneQuality: 0 };
    let encoding: StreamReference | null = null;
    let decoding: StreamReference | null = null;
    for (let index = 0; index < 6; index++) {
      const frame = rig.sample(index);
      const encoded = await encodeStreamFrame(stream, frame, 3, encoding, () => 0);
      if (!encoded.ok) throw new Error(encoded.error.message);
      encoding = encoded.value.reference;
      const decoded = await decodeStreamFrame(stream, encoded.value.compressed.bytes, decoding);
      if (!decoded.ok) throw new Error(decoded.error.message);
      decoding = decoded.value.reference;
      expect(Buffer.compare(decoded.value.frame.camera.rgb, encoded.value.decoded.camera.rgb)).toBe(0);
      const before = await encodeFrame(alone, frame, 3, () => 0);
      if (!before.ok) throw new Error(before.error.message);
      const beforeDecoded = await decodeFrame(alone, before.value.bytes);
      if (!beforeDecoded.ok) throw new Error(beforeDecoded.error.message);
      sums.stream += encoded.value.compressed.bytes.length;
      sums.alone += before.value.bytes.length;
      sums.streamQuality += msSsim(frame.camera, decoded.value.frame.camera);
      sums.aloneQuality += msSsim(frame.camera, beforeDecoded.value.camera);
    }
    expect(sums.stream).toBeLessThan(0.7 * sums.alone);
    expect(sums.streamQuality).toBeGreaterThan(sums.aloneQuality - 0.01 * 6);
  });

  it("give the same bytes for the same frame, also from a session opened again", async () => {
    const frame = FRAMES[0];
    const session = sessions.get("1.1.0");
    const again = await openModel(await verified("1.1.0"));
    if (frame === undefined || session === undefined || !again.ok) throw new Error("not open");
    const first = await encodeFrame(session, frame, 3, () => 0);
    const second = await encodeFrame(again.value, frame, 3, () => 0);
    await again.value.close();
    expect(first.ok && second.ok && first.value.bytes).toEqual(second.ok && second.value.bytes);
    expect(first.ok && readContainer(first.value.bytes).ok).toBe(true);
  });

  it("refuse to load what is no graph, and leave the open ones working", async () => {
    const model = await verified("1.0.0");
    const cut = await openModel({ ...model, synthesis: model.synthesis.slice(0, 1000) });
    expect(cut.ok ? "" : cut.error.code).toBe("MODEL_LOAD_FAILED");
    const garbage = await openModel({ ...model, analysis: new Uint8Array(500).fill(7) });
    expect(garbage.ok ? "" : garbage.error.code).toBe("MODEL_LOAD_FAILED");
    // A whole graph that is another than the manifest says is found out by trying it.
    const swapped = await openModel({ ...model, analysis: model.synthesis });
    expect(swapped.ok ? "" : swapped.error.code).toBe("MODEL_LOAD_FAILED");
    expect((await measure("1.0.0")).quality).toBeGreaterThan(0.9);
  });
});
