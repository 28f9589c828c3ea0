import type { AlertsView } from "../../shared/contract/alerts";
import type { ControlBody, ControlName, ControlReply, RolloutLine } from "../../shared/contract/control";
import type { RolloutView } from "../../shared/contract/rollouts";
import type { CommandView } from "../../shared/contract/snapshot";
import { CTL_REQUEST } from "../../shared/fleet/placed-by";
import { fail, ok, type Result } from "../../shared/result";
import type { Operations } from "../operations/operations";
import { abTestControl, type TestedEngine } from "./abtest-control";
import type { ReportDesk } from "../reports/report-desk";
import { statusLineOf } from "./status-line";

/** What the socket needs of the engine. */
export type ControlledEngine = TestedEngine & Pick<
  Operations,
  "snapshot" | "onSnapshot" | "getDeploymentStatus" | "getNodePerformance" | "getNodePerformanceHistory" | "deployModel" | "rollbackModel"
> & { readonly rollouts: Pick<Operations["rollouts"], "list" | "abort"> };

/** Tells whoever asked how a command goes on; the steps before the one answer. */
export type TellProgress = (command: CommandView) => void;

/** Tells whoever asked how far something is, 0 to 1. */
export type TellShare = (share: number) => void;

/** What answers each request of the socket. Expected failures are values. */
export type ControlHandlers = {
  readonly [Name in ControlName]: (body: ControlBody<Name>, tell: TellProgress, gone: AbortSignal, tellShare: TellShare) => Result<ControlReply<Name>> | Promise<Result<ControlReply<Name>>>;
};

const ENDS: ReadonlySet<CommandView["phase"]> = new Set<CommandView["phase"]>(["verified", "unconfirmed", "failed", "inconsistent"]);

/** Answers the socket from the engine: the same requests, with the same checks, as the window's. */
export function controlHandlers(engine: ControlledEngine, reports: Pick<ReportDesk, "write" | "onChange">, alerts: () => AlertsView): ControlHandlers {
  return {
    status: () =>
      ok({
        status: statusLineOf(engine.snapshot()),
        deployments: engine.getDeploymentStatus().nodes.map(({ nodeId, rollbackVersion, command }) => ({ nodeId, rollbackVersion, command })),
      }),
    node: ({ nodeId, window }) => {
      const performance = engine.getNodePerformance(nodeId);
      if (!performance.ok) return performance;
      const history = engine.getNodePerformanceHistory(nodeId, window);
      if (!history.ok) return history;
      const view = engine.snapshot().nodes.find((node) => node.nodeId === nodeId);
      if (view === undefined) return fail("UNKNOWN_NODE", `No node ${nodeId} has been seen.`);
      return ok({ state: view.state, sentence: view.sentence, performance: performance.value, history: [...history.value] });
    },
    alerts: () => ok(alerts()),
    deploy: async ({ wait, ...body }, tell, gone) => {
      const accepted = await engine.deployModel({ ...body, requestId: CTL_REQUEST + body.requestId, expectedVersion: expected(engine, body) });
      return accepted.ok ? followCommand(engine, body.nodeId, accepted.value.commandId, wait, tell, gone) : accepted;
    },
    rollback: async ({ wait, ...body }, tell, gone) => {
      const accepted = await engine.rollbackModel({ ...body, requestId: CTL_REQUEST + body.requestId, expectedVersion: expected(engine, body) });
      return accepted.ok ? followCommand(engine, body.nodeId, accepted.value.commandId, wait, tell, gone) : accepted;
    },
    rollouts: () => ok({ rollouts: engine.rollouts.list().map(rolloutLine) }),
    "rollout-abort": ({ rolloutId, isReturning }) => {
      const aborted = engine.rollouts.abort(rolloutId, isReturning);
      if (!aborted.ok) return aborted;
      const view = engine.rollouts.list().find((each) => each.rolloutId === rolloutId);
      return view === undefined ? fail("UNKNOWN_ROLLOUT", `${rolloutId} is not known any more.`) : ok({ rollout: rolloutLine(view) });
    },
    ...abTestControl(engine),
    report: async ({ path, ...scope }, _tell, gone, tellShare) => {
      const stop = reports.onChange((view) => {
        if (view.phase === "writing" && view.path === path) tellShare(view.share);
      });
      try {
        return await reports.write({ scope, path, by: "command line" }, gone);
      } finally {
        stop();
      }
    },
  };
}

function rolloutLine({ rolloutId, version, state, startedAtMs, endedAtMs, phases, leftOut, failures, sentence, next }: RolloutView): RolloutLine {
  const nodes = phases.flatMap((phase) => phase.nodes);
  const committed = nodes.filter((node) => node.state === "committed").length;
  return { rolloutId, version, state, startedAtMs, endedAtMs, nodes: { all: nodes.length + leftOut.length, committed, failed: failures }, sentence, next };
}

/** What the requester saw running, or, where they did not say, what runs now. */
function expected(engine: ControlledEngine, body: { readonly nodeId: string; readonly expectedVersion?: string | null | undefined }): string | null {
  if (body.expectedVersion !== undefined) return body.expectedVersion;
  return engine.getDeploymentStatus().nodes.find(({ nodeId }) => nodeId === body.nodeId)?.modelVersion ?? null;
}

/** Tells every step of a command, and answers with its end; at once where nobody waits for it. */
function followCommand(
  engine: ControlledEngine,
  nodeId: string,
  commandId: string,
  wait: boolean,
  tell: TellProgress,
  gone: AbortSignal,
): Promise<Result<{ command: CommandView }>> {
  return new Promise((resolve) => {
    let last: CommandView | null = null;
    const look = (): boolean => {
      const command = engine.getDeploymentStatus().nodes.find((node) => node.nodeId === nodeId)?.command ?? null;
      if (command?.commandId !== commandId) {
        // Another command took its place, or the fleet was forgotten: what was seen last is all there is.
        resolve(last === null ? fail("UNKNOWN_NODE", `${commandId} was accepted, but ${nodeId} is not known any more.`) : ok({ command: last }));
        return true;
      }
      const isNews = last === null || last.steps.length !== command.steps.length || last.phase !== command.phase;
      last = command;
      if (!wait || ENDS.has(command.phase)) {
        resolve(ok({ command }));
        return true;
      }
      if (isNews) tell(command);
      return false;
    };
    if (look()) return;
    const stop = engine.onSnapshot(() => {
      if (look()) stop();
    });
    gone.addEventListener("abort", stop, { once: true });
  });
}
