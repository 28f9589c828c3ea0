import type { RequestHandlers } from "../ipc/answer";
import { ok } from "../../shared/result";
import type { Operations } from "../operations/operations";

type JudgingRequests = Pick<RequestHandlers, "node/judgement" | "decision/inspect" | "quarantine/list" | "quarantine/lift">;

/** Answers the window's requests about verdicts, decisions and the quarantine. */
export function judgingHandlers(operations: Operations): JudgingRequests {
  return {
    "node/judgement": ({ nodeId }) => operations.getJudgement(nodeId),
    "decision/inspect": ({ eventId }) => operations.inspectDecision(eventId),
    "quarantine/list": () => ok(operations.quarantine()),
    "quarantine/lift": ({ version, scope, reason }) =>
      operations.liftQuarantine(scope.kind === "node" ? scope : { kind: "class", nodeClass: scope.vertical }, version, reason),
  };
}
