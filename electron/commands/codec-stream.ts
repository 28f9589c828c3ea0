import { createHash } from "node:crypto";
import type { SensorFrame, Vertical } from "../../shared/codec/sensor-frame";
import { readContainer } from "../../shared/codec/container";
import { fail, ok, type Result } from "../../shared/result";
import type { DecodedFrame } from "../edge/codec/frame-codec";
import { levelIndexOf } from "../edge/codec/picture-codec";
import { readBytes, writeBytes } from "../edge/codec/picture-files";
import { decodeStreamFrame, encodeStreamFrame } from "../edge/codec/stream-codec";
import type { StreamReference } from "../edge/codec/stream-state";
import { createSensorRig } from "../edge/sensors/rig";
import { openModel, type OpenModel } from "../inference/onnx-session";
import { readModel, type ModelPlaces } from "../registry/registry";
import { refuse } from "./arguments";
import type { CommandIo, ExitCode } from "./command";

/**
 * A stream in a file: each frame's container behind its length, 4 bytes little-endian. What it decodes to is told
 * by SHA-256, so that two processes can be held against each other.
 */
const LENGTH_BYTES = 4;

/** What is encoded into a stream file: frames of a procedural hall. */
export interface StreamRecording {
  readonly seed: number;
  readonly frames: number;
  readonly vertical: Vertical;
  readonly width: number;
  readonly height: number;
}

async function openStreamModel(folder: ModelPlaces, version: string): Promise<Result<OpenModel>> {
  const model = await readModel(folder, version);
  if (!model.ok) return model;
  if (model.value.entropy.schemaVersion !== 2) return fail("BAD_USAGE", `Model ${version} is of family 1, whose frames each stand alone.`);
  return openModel(model.value);
}

/** The hash of all that a frame decoded to, in the order of the modalities. */
function hashOf({ frameIndex, level, camera, lidar, imu, audio, twist }: DecodedFrame): string {
  const hash = createHash("sha256").update(`${String(frameIndex)} ${String(level)} ${String(camera.width)}x${String(camera.height)}`).update(camera.rgb);
  for (const each of [lidar, imu, audio, twist]) {
    hash.update(each === null ? "none" : new Uint8Array(each.buffer, each.byteOffset, each.byteLength));
  }
  return hash.digest("hex");
}

function withLength(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(LENGTH_BYTES + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length, true);
  framed.set(bytes, LENGTH_BYTES);
  return framed;
}

/** Encodes a recording to a file: one JSON line a frame with its kind, bytes and the hash of what it will decode to. */
export async function encodeStreamFile(
  folder: ModelPlaces,
  version: string,
  level: number,
  to: string,
  recording: StreamRecording,
  io: CommandIo,
): Promise<ExitCode> {
  const opened = await openStreamModel(folder, version);
  if (!opened.ok) return refuse(io, opened.error);
  const session = opened.value;
  try {
    const known = levelIndexOf(session, level);
    if (!known.ok) return refuse(io, { code: "BAD_USAGE", message: known.error.message });
    const { seed, vertical, width, height } = recording;
    const rig = createSensorRig({ seed, vertical, camera: { width, height } });
    const parts: Uint8Array[] = [];
    let reference: StreamReference | null = null;
    for (let index = 0; index < recording.frames; index++) {
      const frame: SensorFrame = rig.sample(index);
      const encoded = await encodeStreamFrame(session, frame, level, reference, () => performance.now());
      if (!encoded.ok) return refuse(io, encoded.error);
      const { kind, compressed, decoded } = encoded.value;
      reference = encoded.value.reference;
      parts.push(withLength(compressed.bytes));
      io.stdout(`${JSON.stringify({ frameIndex: index, kind, bytes: compressed.bytes.length, sha256: hashOf(decoded) })}\n`);
    }
    const written = await writeBytes(to, Buffer.concat(parts));
    return written.ok ? 0 : refuse(io, written.error);
  } finally {
    await session.close();
  }
}

/** Takes a stream file apart, trusting no length in it; what is cut is a frame that no decoder will take. */
function framesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + LENGTH_BYTES <= bytes.length ? view.getUint32(at, true) : bytes.length;
    frames.push(bytes.subarray(at + LENGTH_BYTES, Math.min(bytes.length, at + LENGTH_BYTES + length)));
    at += LENGTH_BYTES + length;
  }
  return frames;
}

function firstVersion(frames: readonly Uint8Array[]): Result<string> {
  for (const frame of frames) {
    const container = readContainer(frame);
    if (container.ok) return ok(container.value.version);
  }
  return fail("BAD_BITSTREAM", "The file holds no undamaged frame.");
}

/**
 * Decodes a stream file: one JSON line a frame, with its hash, or `damaged` and why. Frames that lean on a damaged
 * one are damaged too, until the next key frame. Exits with 1 if any was.
 */
export async function decodeStreamFile(folder: ModelPlaces, from: string, io: CommandIo): Promise<ExitCode> {
  const bytes = await readBytes(from);
  if (!bytes.ok) return refuse(io, bytes.error);
  const frames = framesOf(bytes.value);
  const version = firstVersion(frames);
  if (!version.ok) return refuse(io, version.error);
  const opened = await openStreamModel(folder, version.value);
  if (!opened.ok) return refuse(io, opened.error);
  let damaged = 0;
  try {
    let reference: StreamReference | null = null;
    for (const frame of frames) {
      const decoded = await decodeStreamFrame(opened.value, frame, reference);
      if (!decoded.ok) {
        damaged += 1;
        io.stdout(`${JSON.stringify({ status: "damaged", code: decoded.error.code, why: decoded.error.message })}\n`);
        continue;
      }
      reference = decoded.value.reference;
      io.stdout(`${JSON.stringify({ status: "ok", frameIndex: decoded.value.frame.frameIndex, kind: decoded.value.kind, sha256: hashOf(decoded.value.frame) })}\n`);
    }
  } finally {
    await opened.value.close();
  }
  if (damaged === 0) return 0;
  return refuse(io, { code: "BAD_BITSTREAM", message: `${String(damaged)} of ${String(frames.length)} frames are damaged; they are marked, and none of them was decoded.` });
}
