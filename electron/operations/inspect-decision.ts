import type { DecisionView } from "../../shared/contract/judging";
import { fail, ok, type Result } from "../../shared/result";
import type { DecisionBasis } from "../../shared/rollout/basis";
import type { Journal } from "../journal/port";
import type { PolicyDesk } from "./policy-desk";

function columnOf(values: readonly (number | null)[]): Float64Array<ArrayBuffer> {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

function statisticOf({ judged }: DecisionBasis): DecisionView["statistic"] {
  const statistic = judged?.statistic ?? null;
  if (statistic === null) return null;
  const { name, limit, atMs, values } = statistic;
  return { name, limit, atMs: Float64Array.from(atMs), values: columnOf(values) };
}

/**
 * A decision with everything that it was made of, from the journal alone.
 * @returns UNKNOWN_DECISION where the journal has no such event, JOURNAL_UNAVAILABLE.
 */
export function inspectDecision(journal: Journal, policies: Pick<PolicyDesk, "revision">, eventId: number): Result<DecisionView> {
  const event = journal.eventOf(eventId);
  if (!event.ok) return event;
  if (event.value === null) return fail("UNKNOWN_DECISION", `The journal has no decision ${eventId}.`);
  const kept = journal.basisOf(eventId);
  if (!kept.ok) return kept;
  const basis = kept.value;
  const { atMs, compressionRatio, latencyMs, qualityScore } = basis?.samples ?? { atMs: [], compressionRatio: [], latencyMs: [], qualityScore: [] };
  const judged = basis?.judged ?? null;
  const policy = judged === null ? null : policies.revision(judged.policyRevision);
  return ok({
    event: event.value,
    samples: { atMs: Float64Array.from(atMs), compressionRatio: columnOf(compressionRatio), latencyMs: columnOf(latencyMs), qualityScore: columnOf(qualityScore) },
    metric: judged?.metric ?? null,
    statistic: basis === null ? null : statisticOf(basis),
    limit: judged?.limit ?? null,
    baseline: judged?.baseline ?? null,
    policyRevision: judged?.policyRevision ?? null,
    policy: policy === null ? null : JSON.stringify(policy.policy),
    why: [...(judged?.why ?? [])],
    whyNot: [...(judged?.whyNot ?? [])],
  });
}
