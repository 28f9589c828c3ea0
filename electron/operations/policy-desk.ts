import * as v from "valibot";
import { DEFAULT_LIMITS, limitsSchema, type Limits } from "../../shared/contract/settings";
import type { PolicyView } from "../../shared/contract/policy";
import type { EventView } from "../../shared/contract/snapshot";
import { DEFAULT_POLICY, nodePolicyOf, parsePolicy, type Policy } from "../../shared/policy/policy";
import { fail, ok, type Result } from "../../shared/result";
import type { Clock, Dispose } from "../../shared/time";
import type { Journal } from "../journal/port";
import type { EventDraft, EventLog } from "./event-log";

/** Another revision of the policy came into force. */
export const POLICY_CHANGED = "policy-changed";

/** Who changes the policy and why. */
export interface PolicyChange {
  readonly policy: Policy;
  readonly reason: string;
  /** The revision that the change was made from. */
  readonly expectedRevision: number;
  readonly by: string;
  readonly via: "window" | "command line" | "file";
}

const writtenSchema = v.object({
  revision: v.number(),
  policy: v.string(),
  by: v.string(),
  via: v.picklist(["window", "command line", "file"]),
  reason: v.string(),
});

const DEFAULT_VIEW: PolicyView = { revision: 0, policy: DEFAULT_POLICY, sinceMs: null, by: null, via: null, reason: null };

/** The limits that a policy has for the whole fleet. */
export function fleetLimitsOf(policy: Policy): Limits {
  return { ...DEFAULT_LIMITS, ...defined(policy.limits ?? {}) };
}

/** What a policy holds one node to. */
export function nodeLimitsOf(policy: Policy, nodeId: string, vertical: "drone" | "iot" | null): Limits {
  const { compressionRatio, latencyMs, qualityScore } = nodePolicyOf(policy, nodeId, vertical);
  return { minCompressionRatio: compressionRatio.limit, maxLatencyMs: latencyMs.limit, minQualityScore: qualityScore.limit };
}

function defined(given: Policy["limits"] & object): Partial<Limits> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function viewOf({ tMs, detail }: EventView): PolicyView | null {
  const written = v.safeParse(writtenSchema, detail);
  if (!written.success) return null;
  const { revision, by, via, reason } = written.output;
  const policy = policyOf(written.output.policy);
  return policy === null ? null : { revision, policy, sinceMs: tMs, by, via, reason };
}

function policyOf(text: string): Policy | null {
  try {
    const parsed = parsePolicy(JSON.parse(text));
    return parsed.ok ? parsed.value : null;
  } catch {
    return null;
  }
}

/**
 * Keeps the policy in force and its history. A change is on disk, with who and why, before it holds; what an older
 * version kept as limits in the settings becomes revision 1.
 */
export class PolicyDesk {
  private readonly listeners = new Set<(view: PolicyView) => void>();
  private views: readonly PolicyView[];

  constructor(
    private readonly journal: Journal,
    private readonly events: EventLog,
    private readonly clock: Clock,
  ) {
    const written = journal.ofKind(POLICY_CHANGED);
    this.views = written.ok ? written.value.flatMap((event) => viewOf(event) ?? []) : [];
    if (written.ok && this.views.length === 0) this.takeOverSettings();
  }

  current(): PolicyView {
    return this.views.at(-1) ?? DEFAULT_VIEW;
  }

  /** Newest first, the default of revision 0 last. */
  history(): readonly PolicyView[] {
    return [DEFAULT_VIEW, ...this.views].toReversed();
  }

  /** The policy of a revision; null where none is known. */
  revision(number: number): PolicyView | null {
    return [DEFAULT_VIEW, ...this.views].find(({ revision }) => revision === number) ?? null;
  }

  /**
   * Puts another policy in force.
   * @returns STALE_REVISION when another one came in between, JOURNAL_UNAVAILABLE, JOURNAL_BROKEN: nothing changed.
   */
  save(change: PolicyChange): Result<PolicyView> {
    const { revision } = this.current();
    if (change.expectedRevision !== revision) {
      return fail("STALE_REVISION", `The policy is at revision ${revision} now, not ${change.expectedRevision}. Look again.`);
    }
    const allowed = this.events.mayCommand();
    if (!allowed.ok) return allowed;
    return this.write(change);
  }

  /** Told of every change once it holds. */
  onChange(listener: (view: PolicyView) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private write({ policy, reason, by, via }: PolicyChange): Result<PolicyView> {
    const parsed = parsePolicy(policy);
    if (!parsed.ok) return parsed;
    const revision = this.current().revision + 1;
    const draft: EventDraft = {
      event: POLICY_CHANGED,
      nodeId: null,
      actor: "operator",
      sentence: `Policy ${revision} by ${by}: ${reason}`,
      detail: { revision, by, via, reason, policy: JSON.stringify(parsed.value) },
    };
    const committed = this.events.commit(draft);
    if (!committed.ok) return committed;
    const view: PolicyView = { revision, policy: parsed.value, sinceMs: this.clock.wallMs(), by, via, reason };
    this.views = [...this.views, view];
    for (const listener of this.listeners) listener(view);
    return ok(view);
  }

  private takeOverSettings(): void {
    const kept = oldLimits(this.journal.readFact("settings"));
    if (kept === null) return;
    this.write({ policy: { limits: kept }, reason: "taken over from the settings", expectedRevision: 0, by: "Lydlr Ops", via: "file" });
  }
}

/** Limits that an older version kept in the settings and that are not the defaults; null of none. */
function oldLimits(text: string | null): Limits | null {
  if (text === null) return null;
  const kept = v.safeParse(v.object({ limits: limitsSchema }), JSON.parse(text));
  if (!kept.success) return null;
  const { limits } = kept.output;
  const isDefault = limits.minCompressionRatio === DEFAULT_LIMITS.minCompressionRatio && limits.maxLatencyMs === DEFAULT_LIMITS.maxLatencyMs && limits.minQualityScore === DEFAULT_LIMITS.minQualityScore;
  return isDefault ? null : limits;
}
