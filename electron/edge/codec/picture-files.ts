import { readFile, stat, writeFile } from "node:fs/promises";
import { decode as decodeJpeg } from "jpeg-js";
import { PNG } from "pngjs";
import { MAX_PICTURE_SIDE } from "../../../shared/codec/container";
import type { CameraImage } from "../../../shared/codec/sensor-frame";
import { fail, ok, type Result } from "../../../shared/result";

const MAX_FILE_BYTES = 128 * 1024 * 1024;
const PNG_HEAD = [0x89, 0x50, 0x4e, 0x47] as const;

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error && "code" in thrown) return String(thrown.code);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * Reads a file.
 *
 * @returns FILE_READ_FAILED with the system's reason.
 */
export async function readBytes(path: string): Promise<Result<Uint8Array, "FILE_READ_FAILED">> {
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) return fail("FILE_READ_FAILED", `${path} is larger than 128 MiB.`);
    return ok(await readFile(path));
  } catch (thrown) {
    return fail("FILE_READ_FAILED", `${path} could not be read (${reasonOf(thrown)}).`);
  }
}

/**
 * Writes a file.
 *
 * @returns FILE_WRITE_FAILED with the system's reason.
 */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<Result<null, "FILE_WRITE_FAILED">> {
  try {
    await writeFile(path, bytes);
    return ok(null);
  } catch (thrown) {
    return fail("FILE_WRITE_FAILED", `${path} could not be written (${reasonOf(thrown)}).`);
  }
}

/** Drops the alpha channel; a see-through pixel is laid over black. */
function withoutAlpha(rgba: Uint8Array, width: number, height: number): CameraImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = rgba[4 * pixel + 3] ?? 255;
    for (let channel = 0; channel < 3; channel++) {
      rgb[3 * pixel + channel] = Math.round(((rgba[4 * pixel + channel] ?? 0) * alpha) / 255);
    }
  }
  return { width, height, rgb };
}

/**
 * Reads a PNG or JPEG picture.
 *
 * @returns FILE_READ_FAILED, or BAD_IMAGE for what is neither or is too large.
 */
export async function readPicture(path: string): Promise<Result<CameraImage, "FILE_READ_FAILED" | "BAD_IMAGE">> {
  const bytes = await readBytes(path);
  if (!bytes.ok) return bytes;
  try {
    const isPng = PNG_HEAD.every((byte, i) => bytes.value[i] === byte);
    const { width, height, data } = isPng
      ? PNG.sync.read(Buffer.from(bytes.value))
      : decodeJpeg(bytes.value, { useTArray: true, maxResolutionInMP: 32, maxMemoryUsageInMB: 512 });
    if (width > MAX_PICTURE_SIDE || height > MAX_PICTURE_SIDE) {
      return fail("BAD_IMAGE", `${path} is ${String(width)}x${String(height)}; at most ${String(MAX_PICTURE_SIDE)} pixels a side can be coded.`);
    }
    return ok(withoutAlpha(data, width, height));
  } catch (thrown) {
    return fail("BAD_IMAGE", `${path} is not a PNG or JPEG picture that can be read (${reasonOf(thrown)}).`);
  }
}

/** Writes a picture as PNG; FILE_WRITE_FAILED where the file cannot be written. */
export async function writePng(path: string, image: CameraImage): Promise<Result<null, "FILE_WRITE_FAILED">> {
  const png = new PNG({ width: image.width, height: image.height, colorType: 2, inputColorType: 2, inputHasAlpha: false });
  png.data = Buffer.from(image.rgb);
  return writeBytes(path, PNG.sync.write(png, { colorType: 2, inputColorType: 2, inputHasAlpha: false }));
}
