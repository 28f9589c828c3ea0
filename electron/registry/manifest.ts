import * as v from "valibot";
import { VERSION_PATTERN } from "../../shared/codec/container";
import { fail, ok, type Result } from "../../shared/result";

/** A file's name: no separator and no leading dot, so that it cannot leave its folder. */
export const FILE_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000_000));
const file = v.strictObject({ path: v.pipe(v.string(), v.regex(FILE_NAME_PATTERN, "it is no plain file name and could reach outside of its folder")), sha256: v.pipe(v.string(), v.regex(SHA256_HEX)), bytes: count });
const tensor = v.strictObject({
  name: text,
  dtype: v.picklist(["uint8", "float32"]),
  shape: v.array(v.union([v.pipe(v.number(), v.integer(), v.minValue(1)), text])),
});
/** `prediction` is the second input of a graph that codes what a picture has beyond its prediction. */
const graph = v.strictObject({ input: tensor, prediction: v.exactOptional(tensor), output: tensor });
const level = v.strictObject({
  level: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
  stepMultiplier: v.pipe(v.number(), v.minValue(0.001), v.maxValue(1000)),
  /** Of a picture by itself, 320x240. */
  expectedCameraBytes: count,
  /** Of a picture predicted from the one before; only where the version predicts. */
  expectedPredictedBytes: v.exactOptional(count),
});
/** How frames lean on each other; a version without it codes every frame by itself. */
const stream = v.strictObject({
  /** At most this many frames from one that stands alone to the next. */
  keyframeInterval: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
  /** What is coded jointly, conditioned on the motion. */
  fuses: v.array(v.picklist(["camera", "lidar", "imu", "audio", "twist"])),
});

const manifestSchema = v.pipe(
  v.strictObject({
    schemaVersion: v.literal(1),
    version: v.pipe(v.string(), v.regex(VERSION_PATTERN)),
    family: text,
    description: text,
    drill: v.boolean(),
    /** `golden` holds bitstreams with the hash of what they must decode to. */
    files: v.strictObject({ analysis: file, synthesis: file, entropy: file, golden: v.exactOptional(file) }),
    patch: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
    analysis: graph,
    synthesis: graph,
    latents: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256)),
    quantiser: text,
    levels: v.pipe(v.array(level), v.minLength(1), v.maxLength(64)),
    defaultLevel: v.pipe(v.number(), v.integer()),
    stream: v.exactOptional(stream),
    training: v.strictObject({ recipe: text, seed: v.pipe(v.number(), v.integer()), steps: count, torch: text, data: text }),
    licence: text,
    intendedUse: text,
  }),
  v.check((manifest) => manifest.levels.some((each) => each.level === manifest.defaultLevel), "defaultLevel is none of the levels"),
  v.check(
    ({ analysis, synthesis, stream }) => [analysis.prediction, synthesis.prediction].every((each) => (each === undefined) === (stream === undefined)),
    "a version that predicts needs `stream` and a prediction into both of its graphs",
  ),
);

/**
 * What a model version says of itself: files with their SHA-256, tensors, levels, how it was trained and
 * what it is for. `drill` marks a version that is worse on purpose.
 */
export type ModelManifest = v.InferOutput<typeof manifestSchema>;

/** One of the files that every manifest names. */
export type ModelFileRole = Exclude<keyof ModelManifest["files"], "golden">;

/**
 * Parses a manifest's text.
 *
 * @returns BAD_MANIFEST with the place and the reason of the first fault.
 */
export function parseManifest(json: string): Result<ModelManifest, "BAD_MANIFEST"> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return fail("BAD_MANIFEST", "The manifest is not JSON.");
  }
  const parsed = v.safeParse(manifestSchema, value);
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  const place = v.getDotPath(issue) ?? "the manifest";
  return fail("BAD_MANIFEST", `The manifest is not valid at ${place}: ${issue.message}.`);
}
