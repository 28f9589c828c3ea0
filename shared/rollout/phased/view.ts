import type { RolloutPhase, RolloutView } from "../../contract/rollouts";
import { countForStop, gateConditions, gateOpensMs, nodesOf } from "./gate";
import type { RolloutInput } from "./input";
import { PHASES, stateOf, type PhaseIndex, type Rollout, type RolloutNode } from "./state";
import { rolloutNext, rolloutSentence, stateReason } from "./words";

type NodeViewOfRollout = RolloutPhase["nodes"][number];

function viewNode(node: RolloutNode, input: RolloutInput): NodeViewOfRollout {
  const trial = node.state === "trial" ? (input.nodes.get(node.nodeId)?.trial ?? null) : null;
  const { nodeId, state, fromVersion, atMs, note } = node;
  return { nodeId, state, fromVersion, passed: trial?.passed ?? 0, needed: trial?.needed ?? 0, atMs, note };
}

function phaseState(rollout: Rollout, phase: PhaseIndex): RolloutPhase["state"] {
  if (phase < rollout.phase || rollout.end === "completed") return "committed";
  if (phase > rollout.phase) return "waiting";
  return rollout.stop !== null || rollout.abort !== null ? "stopped" : "running";
}

function viewPhase(rollout: Rollout, phase: PhaseIndex, input: RolloutInput): RolloutPhase {
  const isPassed = phase < rollout.phase;
  const opensMs = isPassed || phase > rollout.phase || rollout.end !== null ? null : gateOpensMs(rollout, phase);
  return {
    name: PHASES[phase],
    state: phaseState(rollout, phase),
    nodes: nodesOf(rollout, phase)
      .filter(({ state }) => state !== "left-out")
      .map((node) => viewNode(node, input)),
    gate: phase === 2 ? [] : gateConditions(rollout, phase, input).map(({ met, sentence }) => ({ met: met || isPassed, sentence })),
    gateOpensAtMs: opensMs,
  };
}

/** Versions that it replaces, those of most nodes first. */
function fromVersions(rollout: Rollout): string[] {
  const counts = new Map<string, number>();
  for (const { fromVersion } of rollout.nodes.values()) {
    if (fromVersion !== null && fromVersion !== rollout.plan.version) counts.set(fromVersion, (counts.get(fromVersion) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).map(([version]) => version);
}

/** A roll-out as its page shows it. Times are those of the roll-out's clock. */
export function viewRollout(rollout: Rollout, input: RolloutInput): RolloutView {
  const { failures, judged, failuresToStop } = countForStop(rollout);
  const isPaused = stateOf(rollout) === "running" && input.obstacle?.code === "JOURNAL_UNAVAILABLE";
  return {
    rolloutId: rollout.rolloutId,
    version: rollout.plan.version,
    fromVersions: fromVersions(rollout),
    state: isPaused ? "paused" : stateOf(rollout),
    stateReason: isPaused ? input.obstacle.reason : stateReason(rollout),
    actor: rollout.actor,
    startedAtMs: rollout.startedAtMs,
    endedAtMs: rollout.endedAtMs,
    plan: rollout.plan,
    policyRevision: rollout.policyRevision,
    phases: ([0, 1, 2] as const).map((phase) => viewPhase(rollout, phase, input)),
    leftOut: [...rollout.nodes.values()].filter(({ state }) => state === "left-out").map((node) => viewNode(node, input)),
    failures,
    judged,
    failuresToStop,
    commonCause: { ...input.commonCause },
    sentence: rolloutSentence(rollout),
    next: rolloutNext(rollout, input),
    happened: rollout.happened.map((each) => ({ ...each })),
  };
}
