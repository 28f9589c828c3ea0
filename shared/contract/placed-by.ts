import * as v from "valibot";

/** Who asked for a command. */
export const placedBySchema = v.variant("kind", [
  /** A person at the window. */
  v.strictObject({ kind: v.literal("operator") }),
  /** A script or a person over ./lydlr ctl. */
  v.strictObject({ kind: v.literal("ctl") }),
  /** The policy, because of a verdict. */
  v.strictObject({ kind: v.literal("policy") }),
  v.strictObject({ kind: v.literal("rollout"), rolloutId: v.string() }),
  v.strictObject({ kind: v.literal("ab-test"), testId: v.string() }),
]);
/** See {@link placedBySchema}. */
export type PlacedBy = v.InferOutput<typeof placedBySchema>;
