import type { RolloutPlan, RolloutPreview } from "../../contract/rollouts";
import { counted } from "../../fleet/words";
import type { NodeProgress } from "./input";
import { turnOf } from "./observe";
import { PHASES, type PhaseIndex, type PlannedNode } from "./state";

/** A node as a plan looks at it. */
export interface Candidate extends NodeProgress {
  readonly vertical: string | null;
  /** A roll-out, or an A/B test, that has not ended yet and has the node; null where none does. */
  readonly rolloutId: string | null;
  /** Something good is known to have run on it that it could go back to. */
  readonly hasWayBack: boolean;
}

/** What a plan comes to. */
export interface PlannedRollout {
  readonly nodes: readonly PlannedNode[];
  readonly preview: RolloutPreview;
}

function phaseOf(place: number, total: number, { canary, share }: RolloutPlan): PhaseIndex {
  if (place < canary) return 0;
  return place < Math.max(canary, Math.ceil(share * total - 1e-9)) ? 1 : 2;
}

/** Why a node has no place in a roll-out at all; null where it has one, though perhaps not at once. */
function whyNoPlace(plan: RolloutPlan, candidate: Candidate): string | null {
  if (candidate.reportedVersion === plan.version) return `already runs ${plan.version}`;
  if (candidate.rolloutId !== null) return `is taken by ${candidate.rolloutId}`;
  if (candidate.isQuarantined) return `${plan.version} is in quarantine for it`;
  if (candidate.reportedVersion === null && candidate.liveness === "live") return "reports no version, so a deploy could not be confirmed";
  return null;
}

/** Puts nodes into phases, and says which are left out and why it cannot be started. */
export function planRollout(plan: RolloutPlan, fleet: readonly Candidate[]): PlannedRollout {
  const known = new Map(fleet.map((candidate) => [candidate.nodeId, candidate]));
  const wanted = plan.nodeIds === undefined ? fleet : [...new Set(plan.nodeIds)].flatMap((nodeId) => known.get(nodeId) ?? []);
  const unknown = (plan.nodeIds ?? []).filter((nodeId) => !known.has(nodeId)).map((nodeId) => ({ nodeId, reason: "has not been seen" }));
  const placeless = wanted.flatMap((candidate) => {
    const reason = whyNoPlace(plan, candidate);
    return reason === null ? [] : [{ nodeId: candidate.nodeId, reason }];
  });
  const ready: Candidate[] = [];
  const later: Candidate[] = [];
  for (const candidate of wanted) {
    if (whyNoPlace(plan, candidate) !== null) continue;
    // Nodes that cannot take it now have the last places, so that none of them is a canary.
    const turn = turnOf(plan.version, 0, candidate, false);
    (turn.can === "not" ? later : ready).push(candidate);
  }
  const all = [...ready, ...later];
  const nodes = all.map(({ nodeId, vertical, reportedVersion }, place): PlannedNode => {
    const phase = place >= ready.length ? 2 : phaseOf(place, all.length, plan);
    return { nodeId, phase, vertical, fromVersion: reportedVersion };
  });
  const waiting = later.map((candidate) => {
    const turn = turnOf(plan.version, 0, candidate, false);
    return { nodeId: candidate.nodeId, reason: `${"reason" in turn ? turn.reason : ""}: offered again when it is live` };
  });
  const phases = PHASES.map((name, phase) => ({ name, nodeIds: nodes.filter((node) => node.phase === phase).map(({ nodeId }) => nodeId) }));
  const withoutWayBack = all.filter(({ hasWayBack }) => !hasWayBack).map(({ nodeId }) => nodeId);
  return { nodes, preview: { phases, leftOut: [...placeless, ...waiting, ...unknown], withoutWayBack, refusal: refusalOf(plan, ready.length, placeless) } };
}

function refusalOf(plan: RolloutPlan, ready: number, placeless: readonly { readonly reason: string }[]): RolloutPreview["refusal"] {
  if (ready > 0) return null;
  const taken = placeless.find(({ reason }) => reason.startsWith("is taken by "));
  if (taken !== undefined) return { code: "ROLLOUT_RUNNING", sentence: `Every node that could take ${plan.version} ${taken.reason}. Wait for its end, or abort it.` };
  const quarantined = placeless.filter(({ reason }) => reason.includes("quarantine")).length;
  if (quarantined > 0) return { code: "QUARANTINED", sentence: `${plan.version} is in quarantine for ${counted(quarantined, "node")}. Lift it first, with a reason.` };
  return { code: "NOTHING_TO_ROLL_OUT", sentence: `No node can take ${plan.version} now.` };
}
