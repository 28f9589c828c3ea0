import type { CameraImage, Modality, ModalityBytes } from "../../shared/codec/sensor-frame";
import { ok, type Result } from "../../shared/result";
import { decodeFrame, encodeFrame, encodePictureFile, type CompressedFrame, type DecodedFrame, type MonotonicMs } from "../edge/codec/frame-codec";
import { isPictureSession, type ModelSession } from "../edge/codec/picture-codec";
import { decodeStreamFrame, encodeStreamFrame } from "../edge/codec/stream-codec";
import type { StreamReference } from "../edge/codec/stream-state";
import type { ComparedInput } from "./frame-sets";

/** A frame as bytes. */
export interface EncodedInput {
  readonly bytes: Uint8Array;
  /** Bytes of each modality's section; 0 for what the input lacks. */
  readonly sectionBytes: ModalityBytes;
  /** Wall time of the encode, ms. */
  readonly encodeMs: number;
}

/**
 * One version at one level working through the frames of one scene in their order, on both ends of the line:
 * whatever a codec remembers from frame to frame lives here.
 */
export interface CodecStream {
  encode(input: ComparedInput): Promise<Result<EncodedInput>>;
  /** Decodes the bytes of the frame that follows the one decoded last. */
  decode(bytes: Uint8Array): Promise<Result<DecodedFrame>>;
}

/** Begins a scene: its first frame leans on nothing. */
export function openStream(session: ModelSession, level: number, nowMs: MonotonicMs): CodecStream {
  return isPictureSession(session) ? openSingleFrames(session, level, nowMs) : openLeaningFrames(session, level, nowMs);
}

/** A family whose frames stand alone. */
function openSingleFrames(session: ModelSession, level: number, nowMs: MonotonicMs): CodecStream {
  return {
    async encode(input) {
      if (input.kind === "picture") return encodeAlone(session, input.image, level, nowMs);
      const encoded = await encodeFrame(session, input.frame, level, nowMs);
      return encoded.ok ? ok(encodedInput(encoded.value)) : encoded;
    },
    decode: (bytes) => decodeFrame(session, bytes),
  };
}

/** A family whose frames lean on the one before: each end of the line keeps its own reference. */
function openLeaningFrames(session: ModelSession, level: number, nowMs: MonotonicMs): CodecStream {
  let sent: StreamReference | null = null;
  let received: StreamReference | null = null;
  return {
    async encode(input) {
      if (input.kind === "picture") return encodeAlone(session, input.image, level, nowMs);
      const encoded = await encodeStreamFrame(session, input.frame, level, sent, nowMs);
      if (!encoded.ok) return encoded;
      sent = encoded.value.reference;
      return ok(encodedInput(encoded.value.compressed));
    },
    async decode(bytes) {
      const decoded = await decodeStreamFrame(session, bytes, received);
      if (!decoded.ok) return decoded;
      received = decoded.value.reference;
      return ok(decoded.value.frame);
    },
  };
}

function encodedInput({ bytes, modalityBytesOut, encodeMs }: CompressedFrame): EncodedInput {
  return { bytes, sectionBytes: modalityBytesOut, encodeMs };
}

async function encodeAlone(session: ModelSession, image: CameraImage, level: number, nowMs: MonotonicMs): Promise<Result<EncodedInput>> {
  const startMs = nowMs();
  const encoded = await encodePictureFile(session, image, level);
  const encodeMs = nowMs() - startMs;
  if (!encoded.ok) return encoded;
  const bytes = encoded.value;
  return ok({ bytes, sectionBytes: { camera: bytes.length, lidar: 0, imu: 0, audio: 0, twist: 0 }, encodeMs });
}

/** The camera's picture of an input. */
export function pictureOf(input: ComparedInput): CameraImage {
  return input.kind === "frame" ? input.frame.camera : input.image;
}

/** The values of a modality that is no picture; null where the input has none. */
export function signalOf(input: ComparedInput, modality: Exclude<Modality, "camera">): Float32Array | Int16Array | null {
  return input.kind === "frame" ? input.frame[modality] : null;
}

/** Bytes that the picture of an encoded input costs: all that no other modality's section holds. */
export function cameraBytesOf({ bytes, sectionBytes }: EncodedInput): number {
  return bytes.length - sectionBytes.lidar - sectionBytes.imu - sectionBytes.audio - sectionBytes.twist;
}
