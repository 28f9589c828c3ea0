import * as v from "valibot";
import { selftestRowSchema } from "../../shared/contract/selftest";

/** What the process that computes the self-test tells. */
export const selftestReplySchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("row"), total: v.pipe(v.number(), v.integer(), v.minValue(1)), row: selftestRowSchema }),
  v.strictObject({ kind: v.literal("done"), tookMs: v.pipe(v.number(), v.finite(), v.minValue(0)) }),
]);
export type SelftestReply = v.InferOutput<typeof selftestReplySchema>;
