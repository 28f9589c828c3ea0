import * as v from "valibot";
import { MAX_PICTURE_SIDE } from "../../shared/codec/container";
import { ERROR_CODES, type ErrorCode } from "../../shared/contract/errors";
import { fail, ok, type Result } from "../../shared/result";

/**
 * What crosses between the desktop and its inference process. Both sides parse: a process that may die may
 * also talk nonsense first.
 */

const requestId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const versionText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const modelPlaces = v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(8), v.readonly())]);
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PICTURE_SIDE));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const byteCount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const errorCodes = Object.keys(ERROR_CODES) as readonly ErrorCode[];

// v.instance would ask for arrays over an ArrayBuffer; over which buffer they lie makes no difference here.
const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, "not bytes");
const floats = v.custom<Float32Array>((value) => value instanceof Float32Array, "not 32-bit floats");
const sixFloats = v.pipe(
  floats,
  v.check((values) => values.length === 6, "not six values"),
);
const samples = v.custom<Int16Array>((value) => value instanceof Int16Array, "not 16-bit samples");

const sensorFrame = v.pipe(
  v.strictObject({
    frameIndex: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    vertical: v.picklist(["drone", "iot"]),
    camera: v.strictObject({ width: side, height: side, rgb: bytes }),
    lidar: floats,
    imu: sixFloats,
    audio: samples,
    twist: v.nullable(sixFloats),
  }),
  v.check((frame) => frame.camera.rgb.length === frame.camera.width * frame.camera.height * 3, "the picture has not 3 bytes a pixel"),
  v.check((frame) => frame.lidar.length <= 65535 && frame.audio.length <= 65535, "a signal has too many values"),
);

const requestSchema = v.variant("kind", [
  /** Verifies and opens a version; answered with `loaded` or `failed`. Loading twice is harmless. */
  v.strictObject({ kind: v.literal("load"), requestId, modelsFolder: modelPlaces, version: versionText }),
  /** Closes a version; answered with `unloaded`, also when it was not open. */
  v.strictObject({ kind: v.literal("unload"), requestId, version: versionText }),
  /** Compresses, decodes and compares one frame; answered with `encoded` or `failed`. */
  v.strictObject({
    kind: v.literal("encode"),
    requestId,
    version: versionText,
    /** 0 to 1; 0 is the model's finest level, 1 its most aggressive. */
    compressionLevel: share,
    /** How often the encode is really run; the latency is that of all runs. */
    repeats: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
    /** Whose frame it is: a version of family 2 predicts it from the one before of the same stream. */
    stream: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    frame: sensorFrame,
  }),
  /** Answered with `stats`. */
  v.strictObject({ kind: v.literal("stats"), requestId }),
]);

const modality = v.strictObject({
  modality: v.picklist(["camera", "lidar", "imu", "audio", "motor"]),
  bytesIn: byteCount,
  bytesOut: byteCount,
  qualityScore: share,
});

const replySchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("loaded"), requestId, version: versionText, manifestSha256: v.string() }),
  v.strictObject({ kind: v.literal("unloaded"), requestId }),
  v.strictObject({
    kind: v.literal("encoded"),
    requestId,
    payload: bytes,
    bytesIn: v.pipe(byteCount, v.minValue(1)),
    latencyMs: v.pipe(v.number(), v.finite(), v.gtValue(0)),
    qualityScore: share,
    level: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
    modalities: v.array(modality),
  }),
  v.strictObject({
    kind: v.literal("stats"),
    requestId,
    versions: v.array(versionText),
    framesEncoded: byteCount,
    waiting: byteCount,
    rssBytes: byteCount,
  }),
  v.strictObject({ kind: v.literal("failed"), requestId, code: v.picklist(errorCodes), message: v.string() }),
]);

/** A message to the inference process. */
export type InferenceRequest = v.InferOutput<typeof requestSchema>;
/** A message from the inference process. */
export type InferenceReply = v.InferOutput<typeof replySchema>;

/** Parses a message that came in at the inference process; BAD_REQUEST names the place and the fault. */
export function parseInferenceRequest(message: unknown): Result<InferenceRequest, "BAD_REQUEST"> {
  const parsed = v.safeParse(requestSchema, message);
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  return fail("BAD_REQUEST", `The inference process got a bad request at ${v.getDotPath(issue) ?? "its root"}: ${issue.message}.`);
}

/** Parses a message that came from the inference process; null for anything else. */
export function parseInferenceReply(message: unknown): InferenceReply | null {
  const parsed = v.safeParse(replySchema, message);
  return parsed.success ? parsed.output : null;
}
