import { containerChecksum, readContainer, writeContainer, type Container } from "../../../shared/codec/container";
import { createBitContexts, createBitDecoder, createBitEncoder, type BitContexts } from "../../../shared/codec/bit-coder";
import { dequantise } from "../../../shared/codec/latent-coder";
import { encodeLatents } from "../../../shared/codec/latent-encoder";
import { compensate, type MotionField } from "../../../shared/codec/motion";
import { estimateMotion } from "../../../shared/codec/motion-search";
import { codeMotion } from "../../../shared/codec/motion-coder";
import { guessVectors } from "../../../shared/codec/motion-guess";
import { frameBytes, totalBytes, type CameraImage, type Modality, type SensorFrame, type Vertical } from "../../../shared/codec/sensor-frame";
import { codeLatents, movedPositions, type BeforeContext, type SymbolMagnitudes } from "../../../shared/codec/stream-latents";
import { SIGNAL_CONTEXTS, type FrameKind, type StreamLevel, type StreamModel } from "../../../shared/codec/stream-model";
import { fail, ok, type Result } from "../../../shared/result";
import { SENSOR_PROFILES } from "../sensors/profile";
import { sectionBytes, type CompressedFrame, type DecodedFrame, type MonotonicMs } from "./compressed-frame";
import { cropTo, levelIndexOf, padToPatches, type ModelSession } from "./picture-codec";
import { ALL_FEATURES, type StreamFeatures } from "./stream-features";
import { codeSignals, sectionDecoders, sectionEncoders, type CodedSignals } from "./stream-signals";
import { freshSignals, latentContextsFor, type StreamReference } from "./stream-state";

/** What predicts every colour value of a picture that has no other prediction. */
const FLAT = 128;
/** Frames further apart than this do not lean on each other. */
const LONGEST_INTERVAL_MS = 2_000;

/** A frame of a stream as bytes, and what the frame after may lean on. */
export interface EncodedStreamFrame {
  readonly compressed: CompressedFrame;
  readonly kind: FrameKind;
  /** The frame exactly as every decoder will see it. */
  readonly decoded: DecodedFrame;
  readonly reference: StreamReference;
}

/** A frame out of a stream, and what the frame after may lean on. */
export interface DecodedStreamFrame {
  readonly frame: DecodedFrame;
  readonly kind: FrameKind;
  readonly reference: StreamReference;
}

interface Coding {
  readonly session: ModelSession;
  readonly model: StreamModel;
  readonly level: StreamLevel;
  readonly levelIndex: number;
  readonly kind: FrameKind;
  /** Null for a key frame. */
  readonly reference: StreamReference | null;
  readonly features: StreamFeatures;
}

function streamModelOf(session: ModelSession): StreamModel {
  if (session.entropy.schemaVersion !== 2) throw new Error(`model ${session.version} is of family 1`);
  return session.entropy;
}

function levelOf(model: StreamModel, kind: FrameKind, index: number): StreamLevel {
  const level = model.kinds[kind].levels[index];
  if (level === undefined) throw new Error("a level that was found is not there");
  return level;
}

function flatPicture({ width, height }: { readonly width: number; readonly height: number }): CameraImage {
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(FLAT) };
}

function intervalMs(vertical: Vertical, frames: number): number {
  return Math.round((1000 * frames) / SENSOR_PROFILES[vertical].rateHz);
}

/** Whether a frame may lean on a reference. */
function fits(session: ModelSession, frame: SensorFrame, reference: StreamReference): boolean {
  const frames = frame.frameIndex - reference.frameIndex;
  return (
    reference.version === session.version &&
    reference.vertical === frame.vertical &&
    reference.width === frame.camera.width &&
    reference.height === frame.camera.height &&
    reference.sinceKey + 1 < session.keyframeInterval &&
    frames >= 1 &&
    intervalMs(frame.vertical, frames) <= LONGEST_INTERVAL_MS
  );
}

interface CodedPicture {
  /** As it is decoded, in whole patches. */
  readonly picture: CameraImage;
  readonly magnitudes: SymbolMagnitudes;
  readonly latents: BitContexts;
  readonly vectors: BitContexts;
}

/** The frame before as a context of the symbols, after the vectors that were coded; null for a key frame. */
function beforeContext({ reference, session }: Coding, field: MotionField | null, rows: number, columns: number): BeforeContext | null {
  if (reference === null || field === null) return null;
  return { magnitudes: reference.magnitudes, moved: movedPositions(field, session.patch, rows, columns) };
}

function guessFor(coding: Coding, signals: CodedSignals | null, width: number, height: number): Int16Array | null {
  if (coding.reference === null || signals === null || !coding.features.fusion) return null;
  return guessVectors(coding.model.motion, signals.motion, signals.state.scan, signals.lidar, width, height);
}

function vectorContexts(coding: Coding, signals: CodedSignals | null): BitContexts {
  return signals?.state.contexts.vectors ?? createBitContexts(SIGNAL_CONTEXTS.vectors, coding.model.starts.vectors);
}

async function synthesised({ session }: Coding, latents: Float32Array, prediction: CameraImage): Promise<CameraImage> {
  const { width, height } = prediction;
  const rgb = await session.synthesise(latents, height / session.patch, width / session.patch, prediction);
  return { width, height, rgb };
}

async function encodeCamera(coding: Coding, camera: CameraImage, signals: CodedSignals | null): Promise<CodedPicture & { readonly section: Uint8Array }> {
  const { session, reference, model, kind, level, levelIndex, features } = coding;
  const padded = padToPatches(camera, session.patch);
  const { width, height } = padded;
  const [rows, columns] = [height / session.patch, width / session.patch];
  const guess = guessFor(coding, signals, width, height);
  const field = reference === null ? null : estimateMotion(padded, reference.picture, guess);
  const prediction = reference === null || field === null ? flatPicture(padded) : compensate(reference.picture, field);
  const coder = createBitEncoder();
  const vectors = vectorContexts(coding, signals);
  if (field !== null) codeMotion(coder, vectors, width, height, field, guess);
  const latents = latentContextsFor(model, level, levelIndex, reference);
  const before = beforeContext(coding, field, rows, columns);
  const values = await session.analyse(padded, prediction);
  const wantsSymbols = features.observe !== undefined;
  const { magnitudes, symbols } = encodeLatents(coder, latents, model, model.kinds[kind], level, values, rows, columns, before, wantsSymbols);
  if (symbols !== null) features.observe?.({ symbols, before, field });
  const picture = await synthesised(coding, values, prediction);
  return { section: coder.finish(), picture, magnitudes, latents, vectors };
}

async function decodeCamera(coding: Coding, section: Uint8Array, pictureWidth: number, pictureHeight: number, signals: CodedSignals | null): Promise<CodedPicture> {
  const { session, reference, model, kind, level, levelIndex, features } = coding;
  const [rows, columns] = [Math.ceil(pictureHeight / session.patch), Math.ceil(pictureWidth / session.patch)];
  const [width, height] = [columns * session.patch, rows * session.patch];
  const guess = guessFor(coding, signals, width, height);
  const coder = createBitDecoder(section);
  const vectors = vectorContexts(coding, signals);
  const field = reference === null ? null : codeMotion(coder, vectors, width, height, null, guess);
  const latents = latentContextsFor(model, level, levelIndex, reference);
  const before = beforeContext(coding, field, rows, columns);
  const symbols = new Int32Array(model.latents * rows * columns);
  const magnitudes = codeLatents(coder, latents, model, model.kinds[kind], level, symbols, rows, columns, before);
  features.observe?.({ symbols, before, field });
  const prediction = reference === null || field === null ? flatPicture({ width, height }) : compensate(reference.picture, field);
  const picture = await synthesised(coding, dequantise(symbols, level), prediction);
  return { picture, magnitudes, latents, vectors };
}

interface Place {
  readonly vertical: Vertical;
  readonly frameIndex: number;
  readonly width: number;
  readonly height: number;
}

function referenceAfter(coding: Coding, place: Place, checksum: number, coded: CodedPicture, signals: CodedSignals): StreamReference {
  const { reference, kind } = coding;
  return {
    ...place,
    version: coding.session.version,
    checksum,
    sinceKey: reference === null ? 0 : reference.sinceKey + 1,
    picture: coded.picture,
    levelIndex: coding.levelIndex,
    magnitudes: coded.magnitudes,
    // Key frames have probabilities of their own, which no predicted frame can go on with.
    latents: kind === "key" ? null : coded.latents,
    signals: signals.state,
  };
}

function decodedFrame(coding: Coding, place: Place, coded: CodedPicture, signals: CodedSignals): DecodedFrame {
  return {
    content: place.vertical,
    version: coding.session.version,
    level: coding.level.level,
    frameIndex: place.frameIndex,
    camera: cropTo(coded.picture, place.width, place.height),
    lidar: signals.lidar,
    imu: signals.imu,
    audio: signals.audio,
    twist: signals.twist,
  };
}

/**
 * Compresses the next frame of a stream, all sensors together: the command, what it explains of the inertial
 * unit, the lidar beyond the scan before moved by it, the sound, and the picture beyond the one before moved by
 * all of these.
 *
 * @param level a level of the model; BAD_REQUEST for one that it lacks. It may change at any frame.
 * @param reference what the frame before left; null, or one that does not fit, makes a key frame.
 * @returns also the frame as it will be decoded, exactly.
 */
export async function encodeStreamFrame(
  session: ModelSession,
  frame: SensorFrame,
  level: number,
  reference: StreamReference | null,
  nowMs: MonotonicMs,
  features: StreamFeatures = ALL_FEATURES,
): Promise<Result<EncodedStreamFrame, "BAD_REQUEST">> {
  const model = streamModelOf(session);
  const index = levelIndexOf(session, level);
  if (!index.ok) return index;
  const startMs = nowMs();
  const leansOn = features.temporal && reference !== null && fits(session, frame, reference) ? reference : null;
  const kind: FrameKind = leansOn === null ? "key" : "predicted";
  const coding: Coding = { session, model, level: levelOf(model, kind, index.value), levelIndex: index.value, kind, reference: leansOn, features };
  const sections = new Map<Modality, Uint8Array>();
  const before = leansOn?.signals ?? freshSignals(model);
  const elapsedMs = leansOn === null ? 0 : intervalMs(frame.vertical, frame.frameIndex - leansOn.frameIndex);
  const signals = codeSignals(sectionEncoders(sections), model, frame, frame.twist !== null, before, elapsedMs, index.value, features);
  const { section, ...coded } = await encodeCamera(coding, frame.camera, signals);
  sections.set("camera", section);
  const place: Place = { vertical: frame.vertical, frameIndex: frame.frameIndex, width: frame.camera.width, height: frame.camera.height };
  const bytes = writeContainer({
    content: frame.vertical,
    version: session.version,
    level,
    width: place.width,
    height: place.height,
    frameIndex: place.frameIndex,
    sections,
    stream: { kind, reference: leansOn?.checksum ?? 0 },
  });
  const after = referenceAfter(coding, place, containerChecksum(bytes), coded, signals);
  const decoded = decodedFrame(coding, place, coded, signals);
  const encodeMs = nowMs() - startMs;
  const modalityBytesIn = frameBytes(frame);
  const compressed = { bytes, bytesIn: totalBytes(modalityBytesIn), modalityBytesIn, modalityBytesOut: sectionBytes(sections), encodeMs };
  return ok({ compressed, kind, decoded, reference: after });
}

/** Compresses one picture alone, as a key frame without other sensors. */
export async function encodeStreamPicture(session: ModelSession, image: CameraImage, level: number): Promise<Result<Uint8Array, "BAD_REQUEST">> {
  const model = streamModelOf(session);
  const index = levelIndexOf(session, level);
  if (!index.ok) return index;
  const coding: Coding = {
    session,
    model,
    level: levelOf(model, "key", index.value),
    levelIndex: index.value,
    kind: "key",
    reference: null,
    features: ALL_FEATURES,
  };
  const { section } = await encodeCamera(coding, image, null);
  return ok(
    writeContainer({
      content: "picture",
      version: session.version,
      level,
      width: image.width,
      height: image.height,
      frameIndex: 0,
      sections: new Map<Modality, Uint8Array>([["camera", section]]),
      stream: { kind: "key", reference: 0 },
    }),
  );
}

/** Checks that a container is one that can be decoded here and now. */
function decodingOf(
  session: ModelSession,
  container: Container,
  reference: StreamReference | null,
  features: StreamFeatures,
): Result<Coding, "BAD_BITSTREAM"> {
  const model = streamModelOf(session);
  const { stream, version, level, content } = container;
  if (version !== session.version) return fail("BAD_BITSTREAM", `The bitstream was made by model ${version}, not by ${session.version}.`);
  if (stream === null) return fail("BAD_BITSTREAM", `Model ${version} makes only frames of a stream.`);
  const index = levelIndexOf(session, level);
  if (!index.ok) return fail("BAD_BITSTREAM", index.error.message);
  const isKey = stream.kind === "key";
  if (!isKey && content === "picture") return fail("BAD_BITSTREAM", "A picture alone leans on no other frame.");
  const needed = isKey ? null : reference;
  if (!isKey && needed?.checksum !== stream.reference) {
    return fail("BAD_BITSTREAM", `Frame ${String(container.frameIndex)} cannot be decoded without the frame before it, which is missing; the next key frame can.`);
  }
  if (needed !== null && (needed.width !== container.width || needed.height !== container.height || needed.vertical !== content)) {
    return fail("BAD_BITSTREAM", "The frame has another size or other sensors than the one before it.");
  }
  return ok({ session, model, level: levelOf(model, stream.kind, index.value), levelIndex: index.value, kind: stream.kind, reference: needed, features });
}

/**
 * Decodes a frame of a stream.
 *
 * @param reference what the frame before left; a key frame needs none.
 * @returns BAD_BITSTREAM for damaged bytes, and for a predicted frame whose reference is another one or is
 * missing: it is never decoded against the wrong picture.
 */
export async function decodeStreamFrame(
  session: ModelSession,
  bytes: Uint8Array,
  reference: StreamReference | null,
  features: StreamFeatures = ALL_FEATURES,
): Promise<Result<DecodedStreamFrame, "BAD_BITSTREAM">> {
  const read = readContainer(bytes);
  if (!read.ok) return read;
  const container = read.value;
  const decoding = decodingOf(session, container, reference, features);
  if (!decoding.ok) return decoding;
  const coding = decoding.value;
  const { content, width, height, frameIndex, sections } = container;
  const section = sections.get("camera");
  if (section === undefined) return fail("BAD_BITSTREAM", "The bitstream holds no picture.");
  const fresh = freshSignals(coding.model);
  if (content === "picture") {
    const coded = await decodeCamera(coding, section, width, height, null);
    const signals: CodedSignals = { ...NO_SIGNALS, state: fresh };
    const place: Place = { vertical: "iot", frameIndex, width, height };
    const frame: DecodedFrame = { ...decodedFrame(coding, place, coded, signals), content, lidar: null, imu: null, audio: null };
    return ok({ frame, kind: "key", reference: referenceAfter(coding, place, containerChecksum(bytes), coded, signals) });
  }
  for (const modality of ["lidar", "imu", "audio"] as const) {
    if (!sections.has(modality)) return fail("BAD_BITSTREAM", `The frame holds no ${modality}.`);
  }
  const before = coding.reference?.signals ?? fresh;
  const elapsedMs = coding.reference === null ? 0 : intervalMs(content, frameIndex - coding.reference.frameIndex);
  if (coding.reference !== null && (elapsedMs <= 0 || elapsedMs > LONGEST_INTERVAL_MS)) return fail("BAD_BITSTREAM", "The frame's index does not follow the one before it.");
  const signals = codeSignals(sectionDecoders(sections), coding.model, null, sections.has("twist"), before, elapsedMs, coding.levelIndex, features);
  const coded = await decodeCamera(coding, section, width, height, signals);
  const place: Place = { vertical: content, frameIndex, width, height };
  const frame = decodedFrame(coding, place, coded, signals);
  return ok({ frame, kind: coding.kind, reference: referenceAfter(coding, place, containerChecksum(bytes), coded, signals) });
}

const NO_SIGNALS: Omit<CodedSignals, "state"> = {
  lidar: new Float32Array(0),
  imu: new Float32Array(6),
  audio: new Int16Array(0),
  twist: null,
  motion: { ahead: 0, left: 0, turn: 0, intervalMs: 0 },
};
