import type { Failure } from "../../shared/result";
import { say } from "../state/announce";
import { newRequestId, request } from "../state/ops";

/** What became of one node's part of a deploy; `failure` is null when the engine took it. */
export interface DeployOutcome {
  readonly nodeId: string;
  readonly failure: Failure | null;
}

/**
 * Asks the engine to deploy one version on several nodes, each with the version that the operator saw
 * on it. One refusal does not stop the others.
 */
export async function deployTo(
  nodeIds: readonly string[],
  version: string,
  seen: ReadonlyMap<string, string | null>,
): Promise<readonly DeployOutcome[]> {
  const outcomes = await Promise.all(
    nodeIds.map(async (nodeId): Promise<DeployOutcome> => {
      const expectedVersion = seen.get(nodeId) ?? null;
      const answer = await request("fleet/deploy", { nodeId, version, expectedVersion, requestId: newRequestId() });
      return { nodeId, failure: answer.ok ? null : answer.error };
    }),
  );
  const taken = outcomes.filter((outcome) => outcome.failure === null).map((outcome) => outcome.nodeId);
  if (taken.length > 0) say(`Deploy ${version} on ${taken.join(", ")}: requested.`);
  return outcomes;
}
