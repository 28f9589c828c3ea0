import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "../../../shared/contract/errors";
import { modelBenchmarkSchema, verificationCheckSchema, verificationStepSchema } from "../../../shared/contract/models";

/**
 * What crosses between the desktop and the process that verifies one model and then ends. Both sides parse:
 * the process has a model inside that nobody trusts yet.
 */

const errorCodes = Object.keys(ERROR_CODES) as readonly ErrorCode[];
const frames = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000));

const taskSchema = v.strictObject({
  target: v.variant("kind", [
    /** A version in a models folder. */
    v.strictObject({ kind: v.literal("model"), folder: v.string(), version: v.string() }),
    /** A folder of the original project. */
    v.strictObject({ kind: v.literal("original-bundle"), folder: v.string() }),
  ]),
  /** What to do with it: all checks and a short benchmark of the default level, or a benchmark of every level. */
  work: v.variant("kind", [
    v.strictObject({ kind: v.literal("verify"), frames }),
    v.strictObject({ kind: v.literal("benchmark"), frames }),
  ]),
});
/** What a verifier process is told, once. */
export type VerifierTask = v.InferOutput<typeof taskSchema>;

const reportSchema = v.variant("kind", [
  /** A step begins. */
  v.strictObject({ kind: v.literal("step"), step: verificationStepSchema }),
  /** A step ended. */
  v.strictObject({ kind: v.literal("check"), check: verificationCheckSchema }),
  /** A level was measured. */
  v.strictObject({ kind: v.literal("benchmark"), line: modelBenchmarkSchema }),
  /** All went well; nothing follows. */
  v.strictObject({ kind: v.literal("done"), sentence: v.string() }),
  /** It must not be used; nothing follows. */
  v.strictObject({ kind: v.literal("refused"), code: v.picklist(errorCodes), message: v.string() }),
]);
/** What a verifier process says. */
export type VerifierReport = v.InferOutput<typeof reportSchema>;

/** Parses a task; null for anything else. */
export function parseVerifierTask(message: unknown): VerifierTask | null {
  const parsed = v.safeParse(taskSchema, message);
  return parsed.success ? parsed.output : null;
}

/** Parses a report; null for anything else. */
export function parseVerifierReport(message: unknown): VerifierReport | null {
  const parsed = v.safeParse(reportSchema, message);
  return parsed.success ? parsed.output : null;
}
