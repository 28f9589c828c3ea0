import type { AbTestPromotion } from "../../../shared/contract/abtest";
import type { RolloutPlan } from "../../../shared/contract/rollouts";
import { countOf, formatNumber } from "../../format/number";
import { lengthText } from "./block-times";

/** So many nodes of a phase are named; more are counted. */
const NAMED = 3;

/** One phase of a promotion in words. */
export interface PromotionStep {
  readonly name: string;
  readonly sentence: string;
}

/** What a click on Promote does, phase by phase: on which nodes, and what opens the gate to the next phase. */
export function promotionSteps({ plan, preview }: AbTestPromotion): readonly PromotionStep[] {
  const nodesOf = (name: "canary" | "share" | "all"): readonly string[] => preview.phases.find((phase) => phase.name === name)?.nodeIds ?? [];
  const [canaries, shared, rest] = [nodesOf("canary"), nodesOf("share"), nodesOf("all")];
  const total = canaries.length + shared.length + rest.length;
  const percent = `${formatNumber(plan.share * 100, 0)} %`;
  return [
    { name: "Canary", sentence: `${named(canaries)}. ${gateText(plan, canaries.length)}` },
    {
      name: `Then ${percent}`,
      sentence: shared.length === 0 ? `no further node: ${percent} of ${countOf(total, "node")} ${canaries.length === 1 ? "is the canary" : "are the canaries"}.` : `${named(shared)}${atOnceText(plan, shared.length)}. ${gateText(plan, shared.length)}`,
    },
    { name: "Then all", sentence: rest.length === 0 ? "no further node." : `${named(rest)}${atOnceText(plan, rest.length)}.` },
  ];
}

/** When a roll-out stops by itself. */
export function stopText({ canary, stop: { leastFailures, failureShare, leastJudged } }: Pick<RolloutPlan, "canary" | "stop">): string {
  const share = `${formatNumber(failureShare * 100, 0)} % of the judged`;
  return `It stops by itself if ${canary === 1 ? "the canary fails" : "every canary fails"}, or at ${countOf(leastFailures, "failure")} or ${share}, whichever is more, once ${countOf(leastJudged, "node")} ${leastJudged === 1 ? "is" : "are"} judged.`;
}

/** What keeps an accidental click from doing harm. */
export const STAGED = "Clicked by accident? One phase at a time goes out: pause or abort it on its page at any moment, and an abort takes nodes back.";

function gateText({ soakMs }: RolloutPlan, nodes: number): string {
  const commit = nodes === 1 ? "its commit" : "the last commit";
  return soakMs === 0 ? `Goes on with ${commit}.` : `Goes on ${lengthText(soakMs)} after ${commit}.`;
}

function atOnceText({ atOnce }: RolloutPlan, nodes: number): string {
  return nodes > atOnce ? `, ${atOnce} at once` : "";
}

function named(nodeIds: readonly string[]): string {
  if (nodeIds.length <= NAMED) return nodeIds.length < 2 ? nodeIds.join("") : `${nodeIds.slice(0, -1).join(", ")} and ${nodeIds.at(-1) ?? ""}`;
  return `${nodeIds.slice(0, NAMED - 1).join(", ")} and ${nodeIds.length - NAMED + 1} more`;
}
