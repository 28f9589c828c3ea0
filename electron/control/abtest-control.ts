import type { ControlBody, ControlReply } from "../../shared/contract/control";
import type { AbTestView } from "../../shared/contract/abtest";
import { ok, type Result } from "../../shared/result";
import type { Operations } from "../operations/operations";

/** What the socket needs of the engine for A/B tests. */
export type TestedEngine = Pick<Operations, "setupAbTest" | "getAbTestResults"> & { readonly abTests: Pick<Operations["abTests"], "stop"> };

/** How the socket's requests about A/B tests are answered. */
export interface AbTestControl {
  "ab-start"(body: ControlBody<"ab-start">): Promise<Result<ControlReply<"ab-start">>>;
  "ab-results"(body: ControlBody<"ab-results">): Result<ControlReply<"ab-results">>;
  "ab-stop"(body: ControlBody<"ab-stop">): Promise<Result<ControlReply<"ab-stop">>>;
}

/** Answers the socket's requests about A/B tests: the same calls, with the same checks, as the window's. */
export function abTestControl(engine: TestedEngine): AbTestControl {
  const view = (testId: string | undefined): Result<{ test: AbTestView }> => {
    const found = engine.getAbTestResults(testId);
    return found.ok ? ok({ test: found.value }) : found;
  };
  return {
    "ab-start": async ({ nodesA, nodesB, versionA, versionB, requestId, ...options }) => {
      const [nodeIdA, ...moreNodesA] = nodesA;
      const [nodeIdB, ...moreNodesB] = nodesB;
      const started = await engine.setupAbTest(nodeIdA ?? "", nodeIdB ?? "", versionA, versionB, { ...options, moreNodesA, moreNodesB, requestId });
      return started.ok ? view(started.value.testId) : started;
    },
    "ab-results": ({ testId }) => view(testId),
    "ab-stop": async ({ testId, restoreVersion }) => {
      const known = engine.getAbTestResults(testId);
      if (!known.ok) return known;
      const stopped = await engine.abTests.stop(known.value.testId, restoreVersion);
      return stopped.ok ? view(stopped.value.testId) : stopped;
    },
  };
}
