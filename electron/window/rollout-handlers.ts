import { ok } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";
import type { Operations } from "../operations/operations";

type RolloutRequests = Pick<RequestHandlers, Extract<keyof RequestHandlers, `rollouts/${string}`>>;

/** Answers the window's requests about phased roll-outs. */
export function rolloutHandlers({ rollouts }: Pick<Operations, "rollouts">): RolloutRequests {
  return {
    "rollouts/list": () => ok(rollouts.list()),
    "rollouts/preview": async (plan) => ok(await rollouts.preview(plan)),
    "rollouts/start": ({ plan, requestId }) => rollouts.start(plan, requestId),
    "rollouts/pause": ({ rolloutId }) => rollouts.pause(rolloutId),
    "rollouts/resume": ({ rolloutId }) => rollouts.resume(rolloutId),
    "rollouts/abort": ({ rolloutId, return: isReturning }) => rollouts.abort(rolloutId, isReturning),
    "rollouts/evidence": ({ rolloutId }) => rollouts.evidence(rolloutId),
  };
}
