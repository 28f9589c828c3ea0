import { frameBytes, MODALITIES, totalBytes, type Modality, type Vertical } from "../../shared/codec/sensor-frame";
import { measureQuality } from "../edge/codec/frame-codec";
import { isPictureSession } from "../edge/codec/picture-codec";
import { encodeStreamFrame } from "../edge/codec/stream-codec";
import { ALL_FEATURES, type StreamFeatures } from "../edge/codec/stream-features";
import type { StreamReference } from "../edge/codec/stream-state";
import { createSensorRig } from "../edge/sensors/rig";
import type { OpenModel } from "../inference/onnx-session";
import type { CommandIo } from "./command";
import { HELD_OUT_FIRST_SEED, quantile } from "./measure";

/** Bytes and qualities of a modality, summed over frames. */
interface ModalitySum {
  bytesIn: number;
  bytesOut: number;
  quality: number;
}

/** What streams of a model took and gave at one level. */
export interface StreamMeasurement {
  readonly frames: number;
  readonly bytesIn: number;
  /** Whole containers. */
  readonly bytesOut: number;
  readonly modalities: ReadonlyMap<Modality, Readonly<ModalitySum>>;
  readonly encodeMs: readonly number[];
  /** Processor time of the same encodes: what a core of their own takes, on a machine that has other work too. */
  readonly encodeCpuMs: readonly number[];
}

/** Which scenes are streamed. */
export interface StreamScenes {
  readonly scenes: number;
  readonly framesEach: number;
  /** Null for a drone, a drone and an iot node in turn. */
  readonly vertical: Vertical | null;
  readonly camera?: { readonly width: number; readonly height: number };
}

/** Far into the node's time, so that the scenes are none that a picture's measurement has seen. */
const FIRST_FRAME = 300;

/** Encodes held-out scenes frame after frame and measures every modality of every frame. */
export async function streamAll(session: OpenModel, level: number, wanted: StreamScenes, features: StreamFeatures): Promise<StreamMeasurement> {
  const modalities = new Map<Modality, ModalitySum>(MODALITIES.map((modality) => [modality, { bytesIn: 0, bytesOut: 0, quality: 0 }]));
  const encodeMs: number[] = [];
  const encodeCpuMs: number[] = [];
  let bytesIn = 0;
  let bytesOut = 0;
  for (let scene = 0; scene < wanted.scenes; scene++) {
    const vertical = wanted.vertical ?? (scene % 3 === 2 ? "iot" : "drone");
    const rig = createSensorRig({ seed: HELD_OUT_FIRST_SEED + scene, vertical, ...(wanted.camera === undefined ? {} : { camera: wanted.camera }) });
    let reference: StreamReference | null = null;
    for (let index = 0; index < wanted.framesEach; index++) {
      const frame = rig.sample(FIRST_FRAME + index);
      const processor = process.cpuUsage();
      const encoded = await encodeStreamFrame(session, frame, level, reference, () => performance.now(), features);
      if (!encoded.ok) throw new Error(encoded.error.message);
      const { user, system } = process.cpuUsage(processor);
      const { compressed, decoded } = encoded.value;
      reference = encoded.value.reference;
      const quality = measureQuality(frame, decoded);
      const before = frameBytes(frame);
      for (const [modality, sum] of modalities) {
        sum.bytesIn += before[modality];
        sum.bytesOut += compressed.modalityBytesOut[modality];
        sum.quality += quality[modality];
      }
      bytesIn += totalBytes(before);
      bytesOut += compressed.bytes.length;
      encodeMs.push(compressed.encodeMs);
      encodeCpuMs.push((user + system) / 1000);
    }
  }
  return { frames: encodeMs.length, bytesIn, bytesOut, modalities, encodeMs, encodeCpuMs };
}

function print(io: CommandIo, isJson: boolean, line: Readonly<Record<string, unknown>>, text: string): void {
  io.stdout(isJson ? `${JSON.stringify(line)}\n` : `${text}\n`);
}

const LARGE = { width: 640, height: 480 } as const;
const WARM_UP_FRAMES = 3;

/**
 * Prints, for each model of family 2: bytes, ratio and quality of every modality at every level, the gain against
 * coding each sensor by itself, and the time of the whole encode of 640x480 frames.
 *
 * @param framesEach frames of each of four scenes.
 */
export async function measureStreams(sessions: readonly OpenModel[], framesEach: number, isJson: boolean, io: CommandIo): Promise<void> {
  for (const session of sessions) {
    if (isPictureSession(session)) continue;
    const { version } = session;
    for (const vertical of ["drone", "iot"] as const) {
      for (const { level } of session.entropy.levels) {
        const scenes: StreamScenes = { scenes: 2, framesEach, vertical };
        const fused = await streamAll(session, level, scenes, ALL_FEATURES);
        const alone = await streamAll(session, level, scenes, { temporal: true, fusion: false });
        for (const [modality, { bytesIn, bytesOut, quality }] of fused.modalities) {
          if (bytesIn === 0) continue;
          const independent = alone.modalities.get(modality)?.bytesOut ?? 0;
          const line = {
            type: "modality",
            version,
            vertical,
            level,
            modality,
            bytesIn: bytesIn / fused.frames,
            bytesOut: bytesOut / fused.frames,
            ratio: bytesIn / bytesOut,
            quality: quality / fused.frames,
            independentBytesOut: independent / alone.frames,
            fusionGainPercent: 100 * (1 - bytesOut / independent),
          };
          const text = `${line.bytesOut.toFixed(1)} bytes a frame, ratio ${line.ratio.toFixed(1)}, quality ${line.quality.toFixed(4)}; by itself ${line.independentBytesOut.toFixed(1)} bytes: gain ${line.fusionGainPercent.toFixed(1)} %`;
          print(io, isJson, line, `${version} ${vertical} level ${String(level)} ${modality}: ${text}`);
        }
      }
    }
  }
  await measureEncodeTimes(sessions, framesEach, isJson, io);
}

/**
 * Prints, for each model of family 2 and each level, the time of the whole encode of 640x480 frames of a drone: all
 * sensors, from what they say to the container and to what the next frame leans on. By the clock, and of the
 * processor with what the runtime does beside it (collecting, compiling). Frames before are not measured: they run
 * code that is not compiled yet.
 *
 * @param framesEach frames of each of two scenes, at least 10; the first of each is a key frame.
 */
export async function measureEncodeTimes(sessions: readonly OpenModel[], framesEach: number, isJson: boolean, io: CommandIo): Promise<void> {
  for (const session of sessions) {
    if (isPictureSession(session)) continue;
    const { version } = session;
    const large: StreamScenes = { scenes: 2, framesEach: Math.max(10, framesEach), vertical: "drone", camera: LARGE };
    for (const { level } of session.entropy.levels) await streamAll(session, level, { ...large, scenes: 1, framesEach: WARM_UP_FRAMES }, ALL_FEATURES);
    for (const { level } of session.entropy.levels) {
      const measured = await streamAll(session, level, large, ALL_FEATURES);
      const quality = (measured.modalities.get("camera")?.quality ?? 0) / measured.frames;
      const line = {
        type: "encode",
        version,
        level,
        ...LARGE,
        frames: measured.frames,
        ratio: measured.bytesIn / measured.bytesOut,
        quality,
        encodeP50Ms: quantile(measured.encodeMs, 0.5),
        encodeP95Ms: quantile(measured.encodeMs, 0.95),
        encodeCpuP50Ms: quantile(measured.encodeCpuMs, 0.5),
        encodeCpuP95Ms: quantile(measured.encodeCpuMs, 0.95),
      };
      print(
        io,
        isJson,
        line,
        `${version} level ${String(level)}: whole encode of 640x480 frames, all sensors, one core: ${line.encodeP50Ms.toFixed(1)} ms, p95 ${line.encodeP95Ms.toFixed(1)} ms (processor time ${line.encodeCpuP50Ms.toFixed(1)} ms, p95 ${line.encodeCpuP95Ms.toFixed(1)} ms); ratio ${line.ratio.toFixed(1)}, quality ${quality.toFixed(4)}`,
      );
    }
  }
}
