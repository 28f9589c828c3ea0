import type { EntropyLevel, EntropyModel, PictureEntropyModel } from "../../../shared/codec/entropy-model";
import { decodeLatents, dequantise, encodeLatents, quantise } from "../../../shared/codec/latent-coder";
import type { CameraImage } from "../../../shared/codec/sensor-frame";
import { fail, ok, type Result } from "../../../shared/result";

/**
 * A loaded model as the codec sees it. Tests put a fake in its place.
 */
export interface ModelSession {
  readonly version: string;
  /** Side of a patch in pixels: pictures are extended to multiples of it. */
  readonly patch: number;
  readonly entropy: EntropyModel;
  /** The level used where none is asked for. */
  readonly defaultLevel: number;
  /** At most this many frames from one that stands alone to the next; 1 where every frame does. */
  readonly keyframeInterval: number;
  /**
   * Latents (channels x rows x columns, channel by channel) of a picture whose sides are multiples of the patch.
   *
   * @param prediction a picture of the same size for a version of family 2; null for one of family 1.
   */
  analyse(image: CameraImage, prediction: CameraImage | null): Promise<Float32Array>;
  /** The picture of latents, beyond the same prediction: rows x patch high, columns x patch wide, 3 bytes a pixel. */
  synthesise(latents: Float32Array, rows: number, columns: number, prediction: CameraImage | null): Promise<Uint8Array>;
}

/** A model of family 1, which codes each picture by itself. */
export type PictureSession = ModelSession & { readonly entropy: PictureEntropyModel };

/** Whether a model is of family 1. */
export function isPictureSession(session: ModelSession): session is PictureSession {
  return session.entropy.schemaVersion === 1;
}

/** Extends a picture to multiples of `patch` by repeating its last row and column; itself if it fits. */
export function padToPatches(image: CameraImage, patch: number): CameraImage {
  const width = Math.ceil(image.width / patch) * patch;
  const height = Math.ceil(image.height / patch) * patch;
  if (width === image.width && height === image.height) return image;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = Math.min(y, image.height - 1) * image.width * 3;
    const to = y * width * 3;
    rgb.set(image.rgb.subarray(from, from + image.width * 3), to);
    const last = from + (image.width - 1) * 3;
    for (let x = image.width; x < width; x++) rgb.set(image.rgb.subarray(last, last + 3), to + 3 * x);
  }
  return { width, height, rgb };
}

/** Cuts a picture back to its own size. */
export function cropTo(image: CameraImage, width: number, height: number): CameraImage {
  if (width === image.width && height === image.height) return image;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = y * image.width * 3;
    rgb.set(image.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
}

/** The place of a level among those of a model, finest first; BAD_REQUEST for one that it lacks. */
export function levelIndexOf(session: ModelSession, level: number): Result<number, "BAD_REQUEST"> {
  const index = session.entropy.levels.findIndex((each) => each.level === level);
  if (index >= 0) return ok(index);
  const known = session.entropy.levels.map((each) => each.level).join(", ");
  return fail("BAD_REQUEST", `Model ${session.version} has no level ${String(level)}; it has ${known}.`);
}

/** The tables of a level of family 1; BAD_REQUEST for one that the model lacks. */
export function levelOf(session: PictureSession, level: number): Result<EntropyLevel, "BAD_REQUEST"> {
  const index = levelIndexOf(session, level);
  if (!index.ok) return index;
  const found = session.entropy.levels[index.value];
  if (found === undefined) throw new Error("a level that was found is not there");
  return ok(found);
}

/** The level of a model for a compression level of 0 to 1: 0 is its finest, 1 its most aggressive. */
export function levelForCompression(session: ModelSession, compressionLevel: number): number {
  const { levels } = session.entropy;
  const index = Math.round(Math.max(0, Math.min(1, compressionLevel)) * (levels.length - 1));
  return levels[index]?.level ?? session.defaultLevel;
}

/** Compresses a picture to the bytes of its section. */
export async function encodePicture(session: PictureSession, image: CameraImage, level: EntropyLevel): Promise<Uint8Array> {
  const padded = padToPatches(image, session.patch);
  const latents = await session.analyse(padded, null);
  const rows = padded.height / session.patch;
  const columns = padded.width / session.patch;
  return encodeLatents(session.entropy, level, quantise(latents, level), rows, columns);
}

/** Rebuilds a picture from the bytes of its section; its size comes from the container's head. */
export async function decodePicture(
  session: PictureSession,
  bytes: Uint8Array,
  level: EntropyLevel,
  width: number,
  height: number,
): Promise<CameraImage> {
  const rows = Math.ceil(height / session.patch);
  const columns = Math.ceil(width / session.patch);
  const symbols = decodeLatents(session.entropy, level, bytes, rows, columns);
  const rgb = await session.synthesise(dequantise(symbols, level), rows, columns, null);
  return cropTo({ width: columns * session.patch, height: rows * session.patch, rgb }, width, height);
}
