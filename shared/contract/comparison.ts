import * as v from "valibot";
import { MODALITIES } from "../codec/sensor-frame";

/**
 * Two versions measured on the same frames: what crosses from the process that measures to the window.
 * Everything here was measured; what follows from it is computed in `shared/comparison`.
 */

const version = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const share = v.pipe(finite, v.minValue(0), v.maxValue(1));
const level = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255));
const nothing = v.strictObject({});
// v.instance would ask for arrays over an ArrayBuffer; over which buffer they lie makes no difference here.
const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, "not bytes");

/** Which of the two versions. */
export const sideSchema = v.picklist(["a", "b"]);
export type Side = v.InferOutput<typeof sideSchema>;

/** One frame at one level of one version. */
export const levelPointSchema = v.strictObject({
  level,
  /** Bytes of the picture with the head and checksum of its frame, so that they compare with a JPEG file's. */
  cameraBytes: v.pipe(count, v.minValue(1)),
  /** Bytes of the whole frame, all modalities. */
  totalBytes: v.pipe(count, v.minValue(1)),
  /** Null where the pictures are equal. */
  psnrDb: v.nullable(finite),
  msSsim: share,
});
export type LevelPoint = v.InferOutput<typeof levelPointSchema>;

/** The codecs that the versions are put beside. */
export const referenceCodecSchema = v.picklist(["jpeg", "webp"]);
export type ReferenceCodecName = v.InferOutput<typeof referenceCodecSchema>;

/** One frame by a reference codec at one quality setting. */
export const referencePointSchema = v.strictObject({
  codec: referenceCodecSchema,
  quality: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  bytes: v.pipe(count, v.minValue(1)),
  msSsim: share,
});
export type ReferencePoint = v.InferOutput<typeof referencePointSchema>;

/** One frame that both versions met. */
export const comparedFrameSchema = v.strictObject({
  /** What it shows: a scene and its moment, or a file's name. */
  name: v.string(),
  /** Frames of one scene follow each other and resemble each other; scenes are independent. */
  scene: v.string(),
  width: count,
  height: count,
  /** Bytes of the picture before coding. */
  cameraBytesIn: count,
  a: v.array(levelPointSchema),
  b: v.array(levelPointSchema),
  references: v.array(referencePointSchema),
});
export type ComparedFrame = v.InferOutput<typeof comparedFrameSchema>;

/** One modality at one level, summed over all frames that carry it. */
export const modalityTotalsSchema = v.strictObject({
  level,
  modality: v.picklist(MODALITIES),
  frames: count,
  /** Fewest and most values of a frame: points, samples, axes. */
  fewestValues: count,
  mostValues: count,
  /** Values that have an error: a lidar ray without return has none. */
  values: count,
  bytesIn: count,
  bytesOut: count,
  squaredError: finite,
  squaredSignal: finite,
});
export type ModalityTotals = v.InferOutput<typeof modalityTotalsSchema>;

/** One of the two versions. */
export const comparedVersionSchema = v.strictObject({
  version,
  family: v.string(),
  /** SHA-256 of the manifest. */
  hash: v.string(),
  drill: v.boolean(),
  levels: v.array(level),
  defaultLevel: level,
  /** Processor time of encodes at the default level, ms: frame after frame, round after round. */
  encodeMs: v.instance(Float64Array),
  modalities: v.array(modalityTotalsSchema),
});
export type ComparedVersion = v.InferOutput<typeof comparedVersionSchema>;

/** Where the frames come from. `held-out`: procedural scenes by seeds that no training has seen. */
export const frameSourceSchema = v.picklist(["held-out", "images"]);
export type FrameSource = v.InferOutput<typeof frameSourceSchema>;

/** How many frames. */
export const comparisonSizeSchema = v.picklist(["quick", "standard", "thorough"]);
export type ComparisonSize = v.InferOutput<typeof comparisonSizeSchema>;

/** A finished comparison. */
export const comparisonSchema = v.strictObject({
  source: frameSourceSchema,
  a: comparedVersionSchema,
  b: comparedVersionSchema,
  frames: v.array(comparedFrameSchema),
  /** Why JPEG and WebP were not measured; null where they were. */
  noReferences: v.nullable(v.string()),
  /** Wall time of the timed encodes over their processor time: about 1 on a core of their own, more on a busy machine. */
  wallShare: v.pipe(finite, v.minValue(0)),
});
export type Comparison = v.InferOutput<typeof comparisonSchema>;

/** One version's picture of a frame. */
export const shownSideSchema = v.strictObject({
  point: levelPointSchema,
  /** width x height x 3 bytes. */
  rgb: bytes,
});
export type ShownSide = v.InferOutput<typeof shownSideSchema>;

/** A frame and what both versions make of it. */
export const shownFrameSchema = v.strictObject({
  frame: count,
  name: v.string(),
  width: count,
  height: count,
  original: bytes,
  a: shownSideSchema,
  b: shownSideSchema,
});
export type ShownFrame = v.InferOutput<typeof shownFrameSchema>;

const asked = {
  comparisonId: v.string(),
  versionA: version,
  versionB: version,
  source: frameSourceSchema,
} as const;

/** Where the comparison of this window stands. */
export const comparisonViewSchema = v.variant("phase", [
  v.strictObject({ phase: v.literal("none") }),
  v.strictObject({ phase: v.literal("measuring"), ...asked, done: count, total: count, doing: v.string() }),
  v.strictObject({ phase: v.literal("done"), ...asked, comparison: comparisonSchema }),
  v.strictObject({ phase: v.literal("failed"), ...asked, code: v.string(), message: v.string() }),
  v.strictObject({ phase: v.literal("cancelled"), ...asked }),
]);
export type ComparisonView = v.InferOutput<typeof comparisonViewSchema>;

/** The requests of the comparison. */
export const COMPARISON_REQUESTS = {
  /** Begins to measure in a process of its own; one comparison at a time. `images`: those chosen last. */
  "comparison/start": {
    body: v.strictObject({ versionA: version, versionB: version, source: frameSourceSchema, size: comparisonSizeSchema }),
    reply: v.strictObject({ comparisonId: v.string() }),
  },
  /** Ends the measuring at once; harmless where nothing is measured. */
  "comparison/cancel": { body: nothing, reply: nothing },
  "comparison/state": { body: nothing, reply: comparisonViewSchema },
  /** The pictures of one frame of the finished comparison. */
  "comparison/frame": {
    body: v.strictObject({ comparisonId: v.string(), frame: count, levelA: level, levelB: level }),
    reply: shownFrameSchema,
  },
  /** Asks for a folder of pictures. */
  "comparison/choose-images": { body: nothing, reply: v.strictObject({ folder: v.string(), pictures: count }) },
  /** Asks for a file name and writes the whole comparison as JSON. */
  "comparison/export": { body: nothing, reply: v.strictObject({ path: v.string() }) },
} as const;

/** The pushes of the comparison: its state, at every change and twice a second while it measures. */
export const COMPARISON_PUSHES = { "push/comparison": comparisonViewSchema } as const;
