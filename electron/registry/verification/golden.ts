import { deflateSync, inflateSync } from "node:zlib";
import * as v from "valibot";
import type { CameraImage, SensorFrame } from "../../../shared/codec/sensor-frame";
import { fail, ok, type Result } from "../../../shared/result";
import { decodeFrame, encodeFrame, type DecodedFrame } from "../../edge/codec/frame-codec";
import { cropTo, isPictureSession, type ModelSession } from "../../edge/codec/picture-codec";
import { decodeStreamFrame, encodeStreamFrame } from "../../edge/codec/stream-codec";
import type { StreamReference } from "../../edge/codec/stream-state";
import { createSensorRig } from "../../edge/sensors/rig";
import { sha256Of } from "../hashing";

/**
 * Golden frames: bitstreams that a version made where it was made, with what they decode to. Symbols and
 * signals are integers times a step, so they must come out bit for bit on every machine. The picture is
 * computed by a network in floating point, whose last bit may differ between processors: where it is not the
 * same byte for byte it must be within two grey levels everywhere, and the verification says so. A version that
 * codes streams has a short one too, decoded in order: what its predicted frames lean on is part of what is held.
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

const fileSchema = v.strictObject({
  schemaVersion: v.literal(1),
  /** Each decoded by itself. */
  frames: v.pipe(v.array(frameSchema), v.minLength(1), v.maxLength(16)),
  /** A key frame and the frames predicted after it, in order; only of a version that codes streams. */
  stream: v.exactOptional(v.pipe(v.array(frameSchema), v.minLength(2), v.maxLength(16))),
});

/** The content of a version's golden file. */
export type GoldenFile = v.InferOutput<typeof fileSchema>;

type GoldenFrame = GoldenFile["frames"][number];

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

/** Decodes the next frame of a golden file. */
type Decoder = (bytes: Uint8Array) => Promise<Result<Decoded, "BAD_BITSTREAM">>;

function signalsOf({ lidar, imu, audio, twist }: DecodedFrame): string {
  return sha256Of(Buffer.concat([lidar, imu, audio, twist].map(bytesOf)));
}

/** Looks over a decoder's shoulder at what it hands to the synthesis. */
function watching(session: ModelSession, decodeWith: (watched: ModelSession, bytes: Uint8Array) => Promise<Result<DecodedFrame, "BAD_BITSTREAM">>): Decoder {
  return async (bytes) => {
    const seen: Uint8Array[] = [];
    const watched: ModelSession = {
      ...session,
      synthesise: (latents, rows, columns, prediction) => {
        seen.push(bytesOf(latents).slice());
        return session.synthesise(latents, rows, columns, prediction);
      },
    };
    const decoded = await decodeWith(watched, bytes);
    if (!decoded.ok) return decoded;
    return ok({ latentsSha256: sha256Of(Buffer.concat(seen)), signalsSha256: signalsOf(decoded.value), camera: decoded.value.camera });
  };
}

/** Each frame by itself. */
function frameDecoder(session: ModelSession): Decoder {
  return watching(session, decodeFrame);
}

/** One frame after another, each on what the one before left. */
function streamDecoder(session: ModelSession): Decoder {
  let reference: StreamReference | null = null;
  return watching(session, async (watched, bytes) => {
    const decoded = await decodeStreamFrame(watched, bytes, reference);
    if (!decoded.ok) return decoded;
    reference = decoded.value.reference;
    return ok(decoded.value.frame);
  });
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
}

/** The picture that the file holds; null where it is not whole. Never more than it says is unpacked. */
function pictureOf({ picture, width, height }: GoldenFrame): Uint8Array | null {
  const size = width * height * 3;
  try {
    const rgb = inflateSync(Buffer.from(picture, "base64"), { maxOutputLength: size });
    return rgb.length === size ? rgb : null;
  } catch {
    return null;
  }
}

/** Decodes one frame and compares. @returns the largest difference of a grey level. */
async function checkFrame(decode: Decoder, frame: GoldenFrame): Promise<Result<number, "GOLDEN_MISMATCH">> {
  const name = `The golden frame "${frame.name}"`;
  const decoded = await decode(Buffer.from(frame.bitstream, "base64"));
  if (!decoded.ok) return fail("GOLDEN_MISMATCH", `${name} could not be decoded: ${decoded.error.message}`);
  const { latentsSha256, signalsSha256, camera } = decoded.value;
  if (latentsSha256 !== frame.latentsSha256) return fail("GOLDEN_MISMATCH", `${name} decodes to other symbols than recorded.`);
  if (signalsSha256 !== frame.signalsSha256) return fail("GOLDEN_MISMATCH", `${name} decodes to other signals than recorded.`);
  const recorded = pictureOf(frame);
  if (recorded === null || camera.width !== frame.width || camera.height !== frame.height) {
    return fail("GOLDEN_MISMATCH", `${name} decodes to a picture of another size than recorded.`);
  }
  const difference = largestDifference(recorded, camera.rgb);
  if (difference > ROUNDING_LEVELS) {
    return fail("GOLDEN_MISMATCH", `${name} decodes to another picture than recorded: it differs by up to ${difference} grey levels.`);
  }
  return ok(difference);
}

/**
 * Decodes every golden frame, and the golden stream in its order, and compares.
 *
 * @returns a sentence that says how exact it was; GOLDEN_MISMATCH names the frame and what differs.
 */
export async function checkGolden(session: ModelSession, golden: GoldenFile): Promise<Result<string, "GOLDEN_MISMATCH">> {
  const { frames, stream = [] } = golden;
  if (stream.length > 0 && isPictureSession(session)) {
    return fail("GOLDEN_MISMATCH", `The golden file holds a stream, which model ${session.version} cannot code.`);
  }
  let largest = 0;
  for (const [decode, each] of [[frameDecoder(session), frames], [streamDecoder(session), stream]] as const) {
    for (const frame of each) {
      const difference = await checkFrame(decode, frame);
      if (!difference.ok) return difference;
      largest = Math.max(largest, difference.value);
    }
  }
  const count = `${frames.length} golden frames${stream.length === 0 ? "" : ` and a stream of ${stream.length}`}`;
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

/** Records what a frame decodes to. */
async function recordOf(decode: Decoder, name: string, bytes: Uint8Array): Promise<Result<GoldenFrame>> {
  const decoded = await decode(bytes);
  if (!decoded.ok) return decoded;
  const { latentsSha256, signalsSha256, camera } = decoded.value;
  return ok({
    name,
    bitstream: Buffer.from(bytes).toString("base64"),
    latentsSha256,
    signalsSha256,
    width: camera.width,
    height: camera.height,
    picture: deflateSync(camera.rgb, { level: 9 }).toString("base64"),
  });
}

/** The golden stream: successive frames of a moving drone, the picture no multiple of a patch. */
const STREAM = { seed: GOLDEN_SEED + 50, firstFrameIndex: 30, frames: 4, width: 92, height: 60 } as const;

async function makeStream(session: ModelSession): Promise<Result<readonly GoldenFrame[]>> {
  const rig = createSensorRig({ seed: STREAM.seed, vertical: "drone" });
  const decode = streamDecoder(session);
  const stream: GoldenFrame[] = [];
  let reference: StreamReference | null = null;
  for (let at = 0; at < STREAM.frames; at++) {
    const whole = rig.sample(STREAM.firstFrameIndex + at);
    const frame = { ...whole, camera: cropTo(whole.camera, STREAM.width, STREAM.height) };
    const encoded: Awaited<ReturnType<typeof encodeStreamFrame>> = await encodeStreamFrame(session, frame, session.defaultLevel, reference, () => 0);
    if (!encoded.ok) return encoded;
    reference = encoded.value.reference;
    const record = await recordOf(decode, `drone ${STREAM.width}x${STREAM.height}, level ${session.defaultLevel}, ${encoded.value.kind}`, encoded.value.compressed.bytes);
    if (!record.ok) return record;
    stream.push(record.value);
  }
  return ok(stream);
}

/**
 * Makes the golden frames of a version: its default, its first and its last level, and a stream where it codes one.
 *
 * @returns BAD_BITSTREAM or BAD_REQUEST where the version does not decode what it encodes.
 */
export async function makeGolden(session: ModelSession, levels: readonly number[]): Promise<Result<GoldenFile>> {
  const frames: GoldenFrame[] = [];
  const chosen = [session.defaultLevel, levels[0] ?? session.defaultLevel, levels.at(-1) ?? session.defaultLevel];
  for (const [index, level] of chosen.entries()) {
    const scene = sceneOf(index);
    if (scene === null) break;
    const encoded = await encodeFrame(session, scene, level, () => 0);
    if (!encoded.ok) return encoded;
    const { width, height } = scene.camera;
    const record = await recordOf(frameDecoder(session), `${scene.vertical} ${width}x${height}, level ${level}`, encoded.value.bytes);
    if (!record.ok) return record;
    frames.push(record.value);
  }
  if (isPictureSession(session)) return ok({ schemaVersion: 1, frames });
  const stream = await makeStream(session);
  return stream.ok ? ok({ schemaVersion: 1, frames, stream: [...stream.value] }) : stream;
}
