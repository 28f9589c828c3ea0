import { deflateSync, inflateSync } from "node:zlib";
import * as v from "valibot";
import type { CameraImage, SensorFrame } from "../../../shared/codec/sensor-frame";
import { fail, ok, type Result } from "../../../shared/result";
import { decodeFrame, encodeFrame, type DecodedFrame } from "../../edge/codec/frame-codec";
import { cropTo, type ModelSession } from "../../edge/codec/picture-codec";
import { createSensorRig } from "../../edge/sensors/rig";
import { sha256Of } from "../hashing";

/**
 * Golden frames: bitstreams that a version made where it was made, with what they decode to. Symbols and
 * signals are integers times a step, so they must come out bit for bit on every machine. The picture is
 * computed by a network in floating point, whose last bit may differ between processors: where it is not the
 * same byte for byte it must be within two grey levels everywhere, and the verification says so.
 */

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const base64 = v.pipe(v.string(), v.base64(), v.maxLength(2_000_000));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512));

const frameSchema = v.strictObject({
  /** What it shows, for sentences. */
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  bitstream: base64,
  /** Of the quantised latents in the order in which the synthesis gets them, 32-bit floats, little-endian. */
  latentsSha256: sha256,
  /** Of lidar, IMU, audio and motor command, one after another. */
  signalsSha256: sha256,
  width: side,
  height: side,
  /** The decoded picture, 3 bytes a pixel, deflated. */
  picture: base64,
});

const fileSchema = v.strictObject({ schemaVersion: v.literal(1), frames: v.pipe(v.array(frameSchema), v.minLength(1), v.maxLength(16)) });

/** The content of a version's golden file. */
export type GoldenFile = v.InferOutput<typeof fileSchema>;

/** The largest difference of a grey level that another processor's rounding explains. */
const ROUNDING_LEVELS = 2;

/** Parses a golden file; BAD_MANIFEST names the fault. */
export function parseGolden(json: string): Result<GoldenFile, "BAD_MANIFEST"> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return fail("BAD_MANIFEST", "The golden file is not JSON.");
  }
  const parsed = v.safeParse(fileSchema, value);
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  return fail("BAD_MANIFEST", `The golden file is not valid at ${v.getDotPath(issue) ?? "its root"}: ${issue.message}.`);
}

function bytesOf(values: ArrayBufferView | null): Uint8Array {
  return values === null ? new Uint8Array(0) : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

interface Decoded {
  readonly latentsSha256: string;
  readonly signalsSha256: string;
  readonly camera: CameraImage;
}

function signalsOf({ lidar, imu, audio, twist }: DecodedFrame): string {
  return sha256Of(Buffer.concat([lidar, imu, audio, twist].map(bytesOf)));
}

/** Decodes a frame and looks over the decoder's shoulder at what it hands to the synthesis. */
async function decode(session: ModelSession, bytes: Uint8Array): Promise<Result<Decoded, "BAD_BITSTREAM">> {
  const seen: Uint8Array[] = [];
  const watched: ModelSession = {
    ...session,
    synthesise: (latents, ...rest) => {
      seen.push(bytesOf(latents).slice());
      return session.synthesise(latents, ...rest);
    },
  };
  const decoded = await decodeFrame(watched, bytes);
  if (!decoded.ok) return decoded;
  return ok({ latentsSha256: sha256Of(Buffer.concat(seen)), signalsSha256: signalsOf(decoded.value), camera: decoded.value.camera });
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
}

/** The picture that the file holds; null where it is not whole. Never more than it says is unpacked. */
function pictureOf({ picture, width, height }: GoldenFile["frames"][number]): Uint8Array | null {
  const size = width * height * 3;
  try {
    const rgb = inflateSync(Buffer.from(picture, "base64"), { maxOutputLength: size });
    return rgb.length === size ? rgb : null;
  } catch {
    return null;
  }
}

/**
 * Decodes every golden frame and compares.
 *
 * @returns a sentence that says how exact it was; GOLDEN_MISMATCH names the frame and what differs.
 */
export async function checkGolden(session: ModelSession, golden: GoldenFile): Promise<Result<string, "GOLDEN_MISMATCH">> {
  let largest = 0;
  for (const frame of golden.frames) {
    const decoded = await decode(session, Buffer.from(frame.bitstream, "base64"));
    if (!decoded.ok) return fail("GOLDEN_MISMATCH", `The golden frame "${frame.name}" could not be decoded: ${decoded.error.message}`);
    const { latentsSha256, signalsSha256, camera } = decoded.value;
    if (latentsSha256 !== frame.latentsSha256) return fail("GOLDEN_MISMATCH", `The golden frame "${frame.name}" decodes to other symbols than recorded.`);
    if (signalsSha256 !== frame.signalsSha256) return fail("GOLDEN_MISMATCH", `The golden frame "${frame.name}" decodes to other signals than recorded.`);
    const recorded = pictureOf(frame);
    if (recorded === null || camera.width !== frame.width || camera.height !== frame.height) {
      return fail("GOLDEN_MISMATCH", `The golden frame "${frame.name}" decodes to a picture of another size than recorded.`);
    }
    const difference = largestDifference(recorded, camera.rgb);
    if (difference > ROUNDING_LEVELS) {
      return fail("GOLDEN_MISMATCH", `The golden frame "${frame.name}" decodes to another picture than recorded: it differs by up to ${difference} grey levels.`);
    }
    largest = Math.max(largest, difference);
  }
  const count = `${golden.frames.length} golden frames`;
  if (largest === 0) return ok(`${count} decode bit for bit to what was recorded.`);
  return ok(`${count} decode to the recorded symbols and signals bit for bit; pictures are within ${largest} grey level${largest === 1 ? "" : "s"}, the rounding of another processor.`);
}

/** Seeds of halls that no training and no measurement uses. */
const GOLDEN_SEED = 390_000;

/** What golden frames show: small pictures, one of them no multiple of any patch, of both kinds of node. */
const SCENES = [
  { vertical: "drone", frameIndex: 12, width: 96, height: 64 },
  { vertical: "iot", frameIndex: 3, width: 61, height: 45 },
  { vertical: "drone", frameIndex: 57, width: 64, height: 96 },
] as const;

function sceneOf(index: number): SensorFrame | null {
  const scene = SCENES[index];
  if (scene === undefined) return null;
  const frame = createSensorRig({ seed: GOLDEN_SEED + index, vertical: scene.vertical }).sample(scene.frameIndex);
  return { ...frame, camera: cropTo(frame.camera, scene.width, scene.height) };
}

/**
 * Makes the golden frames of a version: its default, its first and its last level.
 *
 * @returns BAD_BITSTREAM or BAD_REQUEST where the version does not decode what it encodes.
 */
export async function makeGolden(session: ModelSession, levels: readonly number[]): Promise<Result<GoldenFile>> {
  const frames: GoldenFile["frames"] = [];
  const chosen = [session.defaultLevel, levels[0] ?? session.defaultLevel, levels.at(-1) ?? session.defaultLevel];
  for (const [index, level] of chosen.entries()) {
    const scene = sceneOf(index);
    if (scene === null) break;
    const encoded = await encodeFrame(session, scene, level, () => 0);
    if (!encoded.ok) return encoded;
    const decoded = await decode(session, encoded.value.bytes);
    if (!decoded.ok) return decoded;
    const { latentsSha256, signalsSha256, camera } = decoded.value;
    frames.push({
      name: `${scene.vertical} ${camera.width}x${camera.height}, level ${level}`,
      bitstream: Buffer.from(encoded.value.bytes).toString("base64"),
      latentsSha256,
      signalsSha256,
      width: camera.width,
      height: camera.height,
      picture: deflateSync(camera.rgb, { level: 9 }).toString("base64"),
    });
  }
  return ok({ schemaVersion: 1, frames });
}
