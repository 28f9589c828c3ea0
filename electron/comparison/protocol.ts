import * as v from "valibot";
import { comparisonSchema, comparisonSizeSchema, shownFrameSchema } from "../../shared/contract/comparison";
import { ERROR_CODES, type ErrorCode } from "../../shared/contract/errors";

/** What crosses between the desktop and the process that compares. Both sides parse. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const version = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const errorCodes = Object.keys(ERROR_CODES) as readonly ErrorCode[];

/** Which frames. */
const framesSchema = v.variant("source", [
  v.strictObject({ source: v.literal("held-out"), size: comparisonSizeSchema }),
  v.strictObject({ source: v.literal("images"), folder: v.string() }),
]);
export type ComparedFrames = v.InferOutput<typeof framesSchema>;

const jobSchema = v.strictObject({ places: v.array(v.string()), versionA: version, versionB: version, frames: framesSchema });
/** What one process compares as long as it lives. */
export type ComparisonJob = v.InferOutput<typeof jobSchema>;

const requestSchema = v.variant("kind", [
  /** Once, first: verifies and opens both versions and looks up the frames; answered with `opened` or `failed`. */
  v.strictObject({ kind: v.literal("open"), requestId: count, job: jobSchema }),
  /** Answered with `progress` again and again, then `measured` or `failed`. */
  v.strictObject({ kind: v.literal("measure"), requestId: count }),
  /** Answered with `shown` or `failed`, also while it measures. */
  v.strictObject({ kind: v.literal("show"), requestId: count, frame: count, levelA: count, levelB: count }),
]);
/** A message to the process that compares. */
export type ComparisonRequest = v.InferOutput<typeof requestSchema>;

const replySchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("opened"), requestId: count }),
  v.strictObject({ kind: v.literal("progress"), requestId: count, done: count, total: count, doing: v.string() }),
  v.strictObject({ kind: v.literal("measured"), requestId: count, comparison: comparisonSchema }),
  v.strictObject({ kind: v.literal("shown"), requestId: count, shown: shownFrameSchema }),
  v.strictObject({ kind: v.literal("failed"), requestId: count, code: v.picklist(errorCodes), message: v.string() }),
]);
/** A message from the process that compares. */
export type ComparisonReply = v.InferOutput<typeof replySchema>;

/** Parses a message to the process; null for anything else. */
export function parseComparisonRequest(message: unknown): ComparisonRequest | null {
  const parsed = v.safeParse(requestSchema, message);
  return parsed.success ? parsed.output : null;
}

/** Parses a message from the process; null for anything else. */
export function parseComparisonReply(message: unknown): ComparisonReply | null {
  const parsed = v.safeParse(replySchema, message);
  return parsed.success ? parsed.output : null;
}
