import type { CameraImage } from "../../shared/codec/sensor-frame";
import type { ReferenceCodecName } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";

/** A codec that an engineer would use otherwise. */
export interface ReferenceCodec {
  readonly codec: ReferenceCodecName;
  /** Of the library that does it. */
  readonly libraryVersion: string;
  /** Its own quality settings, from few bytes to many. */
  readonly qualities: readonly number[];
  encode(image: CameraImage, quality: number): Promise<Uint8Array>;
  decode(bytes: Uint8Array, image: CameraImage): Promise<CameraImage>;
}

const QUALITIES: Readonly<Record<ReferenceCodecName, readonly number[]>> = {
  jpeg: [10, 20, 35, 50, 70, 85, 93],
  webp: [1, 10, 25, 45, 65, 80, 90],
};

/**
 * JPEG and WebP as libvips writes them, on one thread, with its default chroma subsampling.
 *
 * @returns NOT_AVAILABLE where the development dependency that does it is not installed, as in a packed
 * application.
 */
export async function loadReferenceCodecs(): Promise<Result<readonly ReferenceCodec[], "NOT_AVAILABLE">> {
  const loaded = await import("sharp").catch(() => null);
  if (loaded === null) {
    return fail("NOT_AVAILABLE", "JPEG and WebP were not measured: the development dependency sharp is not installed.");
  }
  const sharp = loaded.default;
  sharp.concurrency(1);
  return ok(
    (["jpeg", "webp"] as const).map((codec) => ({
      codec,
      libraryVersion: sharp.versions.vips,
      qualities: QUALITIES[codec],
      encode: async ({ rgb, width, height }, quality) => {
        const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
        return (codec === "jpeg" ? picture.jpeg({ quality }) : picture.webp({ quality })).toBuffer();
      },
      decode: async (bytes, { width, height }) => ({ width, height, rgb: await sharp(bytes).removeAlpha().raw().toBuffer() }),
    })),
  );
}
