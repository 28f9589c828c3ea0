import { readContainer, writeContainer, type Container } from "../../../shared/codec/container";
import { msSsim } from "../../../shared/codec/ms-ssim";
import { frameBytes, totalBytes, type CameraImage, type Modality, type SensorFrame } from "../../../shared/codec/sensor-frame";
import {
  ACCELERATION_STEP,
  COMMAND_STEP,
  decodeAudio,
  decodeTuples,
  encodeAudio,
  encodeTuples,
  LIDAR_STEP_M,
  TURNING_STEP,
} from "../../../shared/codec/signals";
import { fail, ok, type Result } from "../../../shared/result";
import { sectionBytes, type CompressedFrame, type DecodedFrame, type MonotonicMs } from "./compressed-frame";
import { decodePicture, encodePicture, isPictureSession, levelOf, type ModelSession, type PictureSession } from "./picture-codec";
import { decodeStreamFrame, encodeStreamFrame, encodeStreamPicture } from "./stream-codec";

export type { CompressedFrame, DecodedFrame, MonotonicMs } from "./compressed-frame";

const LIDAR_STEPS = [LIDAR_STEP_M, LIDAR_STEP_M, LIDAR_STEP_M] as const;
const IMU_STEPS = [ACCELERATION_STEP, ACCELERATION_STEP, ACCELERATION_STEP, TURNING_STEP, TURNING_STEP, TURNING_STEP] as const;
const TWIST_STEPS = [COMMAND_STEP, COMMAND_STEP, COMMAND_STEP, COMMAND_STEP, COMMAND_STEP, COMMAND_STEP] as const;

/**
 * Compresses a whole sensor frame so that it can be decoded without another one.
 *
 * @param level a level of the model; BAD_REQUEST for one that it lacks.
 */
export async function encodeFrame(
  session: ModelSession,
  frame: SensorFrame,
  level: number,
  nowMs: MonotonicMs,
): Promise<Result<CompressedFrame, "BAD_REQUEST">> {
  if (isPictureSession(session)) return encodeAlone(session, frame, level, nowMs);
  const encoded = await encodeStreamFrame(session, frame, level, null, nowMs);
  return encoded.ok ? ok(encoded.value.compressed) : encoded;
}

async function encodeAlone(
  session: PictureSession,
  frame: SensorFrame,
  level: number,
  nowMs: MonotonicMs,
): Promise<Result<CompressedFrame, "BAD_REQUEST">> {
  const tables = levelOf(session, level);
  if (!tables.ok) return tables;
  const startMs = nowMs();
  const sections = new Map<Modality, Uint8Array>();
  sections.set("camera", await encodePicture(session, frame.camera, tables.value));
  sections.set("lidar", encodeTuples(frame.lidar, LIDAR_STEPS));
  sections.set("imu", encodeTuples(frame.imu, IMU_STEPS));
  sections.set("audio", encodeAudio(frame.audio));
  if (frame.twist !== null) sections.set("twist", encodeTuples(frame.twist, TWIST_STEPS));
  const bytes = writeContainer({
    content: frame.vertical,
    version: session.version,
    level,
    width: frame.camera.width,
    height: frame.camera.height,
    frameIndex: frame.frameIndex,
    sections,
    stream: null,
  });
  const encodeMs = nowMs() - startMs;
  const modalityBytesIn = frameBytes(frame);
  return ok({ bytes, bytesIn: totalBytes(modalityBytesIn), modalityBytesIn, modalityBytesOut: sectionBytes(sections), encodeMs });
}

/** Compresses one picture alone. The same path as a frame's camera. */
export async function encodePictureFile(
  session: ModelSession,
  image: CameraImage,
  level: number,
): Promise<Result<Uint8Array, "BAD_REQUEST">> {
  if (!isPictureSession(session)) return encodeStreamPicture(session, image, level);
  const tables = levelOf(session, level);
  if (!tables.ok) return tables;
  const camera = await encodePicture(session, image, tables.value);
  const { width, height } = image;
  const sections = new Map<Modality, Uint8Array>([["camera", camera]]);
  return ok(writeContainer({ content: "picture", version: session.version, level, width, height, frameIndex: 0, sections, stream: null }));
}

function decodeSignals(container: Container): Result<Pick<DecodedFrame, "lidar" | "imu" | "audio" | "twist">, "BAD_BITSTREAM"> {
  const { sections } = container;
  const tuples = (modality: Modality, steps: readonly number[]): Result<Float32Array | null, "BAD_BITSTREAM"> => {
    const bytes = sections.get(modality);
    return bytes === undefined ? ok(null) : decodeTuples(bytes, steps);
  };
  const lidar = tuples("lidar", LIDAR_STEPS);
  if (!lidar.ok) return lidar;
  const imu = tuples("imu", IMU_STEPS);
  if (!imu.ok) return imu;
  const twist = tuples("twist", TWIST_STEPS);
  if (!twist.ok) return twist;
  const audioBytes = sections.get("audio");
  const audio = audioBytes === undefined ? ok(null) : decodeAudio(audioBytes);
  if (!audio.ok) return audio;
  return ok({ lidar: lidar.value, imu: imu.value, audio: audio.value, twist: twist.value });
}

/**
 * Decodes a container with the model that made it. The symbols are exact everywhere; the picture is the
 * same wherever the synthesis network computes the same.
 *
 * @returns BAD_BITSTREAM for damaged bytes, bytes without a picture, a level that the model lacks, bytes of
 * another version, or a frame that cannot be decoded without the one before.
 */
export async function decodeFrame(session: ModelSession, bytes: Uint8Array): Promise<Result<DecodedFrame, "BAD_BITSTREAM">> {
  const read = readContainer(bytes);
  if (!read.ok) return read;
  const container = read.value;
  const { version, level, width, height } = container;
  if (version !== session.version) {
    return fail("BAD_BITSTREAM", `The bitstream was made by model ${version}, not by ${session.version}.`);
  }
  if (!isPictureSession(session)) {
    const decoded = await decodeStreamFrame(session, bytes, null);
    return decoded.ok ? ok(decoded.value.frame) : decoded;
  }
  if (container.stream !== null) return fail("BAD_BITSTREAM", `Model ${version} makes no frames of a stream.`);
  const tables = levelOf(session, level);
  if (!tables.ok) return fail("BAD_BITSTREAM", tables.error.message);
  const picture = container.sections.get("camera");
  if (picture === undefined) return fail("BAD_BITSTREAM", "The bitstream holds no picture.");
  const signals = decodeSignals(container);
  if (!signals.ok) return signals;
  const camera = await decodePicture(session, picture, tables.value, width, height);
  return ok({ content: container.content, version, level, frameIndex: container.frameIndex, camera, ...signals.value });
}

/** Quality of each modality of a frame, 0 to 1. */
export type ModalityQuality = Readonly<Record<Modality, number>>;

/** 1 - (rms of the error) / (rms of the values), at least 0: the share of a signal that survived. */
function signalQuality(before: ArrayLike<number>, after: ArrayLike<number> | null): number {
  if (after === null || after.length !== before.length) return 0;
  let error = 0;
  let power = 0;
  for (let i = 0; i < before.length; i++) {
    const value = before[i] ?? 0;
    // A ray without return is no number on either side, and so no error.
    if (!Number.isFinite(value)) continue;
    error += (value - (after[i] ?? 0)) ** 2;
    power += value ** 2;
  }
  if (error === 0) return 1;
  return power === 0 ? 0 : Math.max(0, 1 - Math.sqrt(error / power));
}

/** Compares a decoded frame with its original: MS-SSIM for the camera, the surviving share for the rest. */
export function measureQuality(frame: SensorFrame, decoded: DecodedFrame): ModalityQuality {
  return {
    camera: msSsim(frame.camera, decoded.camera),
    lidar: signalQuality(frame.lidar, decoded.lidar),
    imu: signalQuality(frame.imu, decoded.imu),
    audio: signalQuality(frame.audio, decoded.audio),
    twist: frame.twist === null ? 1 : signalQuality(frame.twist, decoded.twist),
  };
}
