import type { EntropyLevel, EntropyModel } from "../../../shared/codec/entropy-model";
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
  /** Latents (channels x rows x columns, channel by channel) of a picture whose sides are multiples of the patch. */
  analyse(image: CameraImage): Promise<Float32Array>;
  /** The picture of latents: rows x patch high, columns x patch wide, 3 bytes a pixel. */
  synthesise(latents: Float32Array, rows: number, columns: number): Promise<Uint8Array>;
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

/** The tables of a level; BAD_REQUEST for one that the model lacks. */
export function levelOf(session: ModelSession, level: number): Result<EntropyLevel, "BAD_REQUEST"> {
  const found = session.entropy.levels.find((each) => each.level === level);
  if (found !== undefined) return ok(found);
  const known = session.entropy.levels.map((each) => each.level).join(", ");
  return fail("BAD_REQUEST", `Model ${session.version} has no level ${String(level)}; it has ${known}.`);
}

/** The level of a model for a compression level of 0 to 1: 0 is its finest, 1 its most aggressive. */
export function levelForCompression(session: ModelSession, compressionLevel: number): number {
  const { levels } = session.entropy;
  const index = Math.round(Math.max(0, Math.min(1, compressionLevel)) * (levels.length - 1));
  return levels[index]?.level ?? session.defaultLevel;
}

/** Compresses a picture to the bytes of its section. */
export async function encodePicture(session: ModelSession, image: CameraImage, level: EntropyLevel): Promise<Uint8Array> {
  const padded = padToPatches(image, session.patch);
  const latents = await session.analyse(padded);
  const rows = padded.height / session.patch;
  const columns = padded.width / session.patch;
  return encodeLatents(session.entropy, level, quantise(latents, level), rows, columns);
}

/** Rebuilds a picture from the bytes of its section; its size comes from the container's head. */
export async function decodePicture(
  session: ModelSession,
  bytes: Uint8Array,
  level: EntropyLevel,
  width: number,
  height: number,
): Promise<CameraImage> {
  const rows = Math.ceil(height / session.patch);
  const columns = Math.ceil(width / session.patch);
  const symbols = decodeLatents(session.entropy, level, bytes, rows, columns);
  const rgb = await session.synthesise(dequantise(symbols, level), rows, columns);
  return cropTo({ width: columns * session.patch, height: rows * session.patch, rgb }, width, height);
}
