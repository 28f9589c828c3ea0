import * as v from "valibot";
import { abTestSetupSchema, type AbTestDraft, type AbTestSetup } from "../../shared/contract/abtest";
import { fail, ok, type Result } from "../../shared/result";

/** What a test is asked for besides its nodes and versions. */
export type AbTestOptions = Omit<AbTestDraft, "nodesA" | "nodesB" | "versionA" | "versionB"> & {
  /** More nodes of each arm, for replicated arms. */
  readonly moreNodesA?: readonly string[];
  readonly moreNodesB?: readonly string[];
  /** The same twice is one test; absent: every call is a test of its own. */
  readonly requestId?: string;
};

/** A set-up from code: two nodes, two versions, and what is to be otherwise than by default. BAD_REQUEST. */
export function setupOf(nodeIdA: string, nodeIdB: string, versionA: string, versionB: string, options: AbTestOptions): Result<AbTestSetup> {
  const { moreNodesA = [], moreNodesB = [], requestId: _ofTheCall, ...rest } = options;
  const parsed = v.safeParse(abTestSetupSchema, { nodesA: [nodeIdA, ...moreNodesA], nodesB: [nodeIdB, ...moreNodesB], versionA, versionB, ...rest });
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return fail("BAD_REQUEST", `${v.getDotPath(issue) ?? "set-up"}: ${issue.message}`);
}
