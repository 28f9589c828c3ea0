import type { RolloutPlan } from "../../../shared/contract/rollouts";
import { DEFAULT_PLAN } from "../../../shared/rollout/phased/default-plan";

/** Which nodes are taken. */
export type Scope = "fleet" | "drone" | "iot";

/** What the dialog asks for; numbers as they are typed, NaN while a field is empty. */
export interface Form {
  readonly version: string | null;
  readonly scope: Scope;
  readonly canary: number;
  readonly sharePercent: number;
  readonly atOnce: number;
  readonly soakMinutes: number;
  readonly leastFailures: number;
  readonly failurePercent: number;
  readonly leastJudged: number;
}

type NumberName = Exclude<keyof Form, "version" | "scope">;

interface FormField {
  readonly name: NumberName;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly decimals: number;
}

/** The number fields with their units and ranges: those of the contract, in the units that people use. */
export const FIELDS: { readonly phases: readonly FormField[]; readonly stop: readonly FormField[] } = {
  phases: [
    { name: "canary", label: "Canaries", unit: "nodes", min: 1, max: 100, decimals: 0 },
    { name: "sharePercent", label: "Then a share of all", unit: "%", min: 1, max: 100, decimals: 0 },
    { name: "atOnce", label: "At once", unit: "nodes", min: 1, max: 100, decimals: 0 },
    { name: "soakMinutes", label: "Wait after the last commit", unit: "min", min: 0, max: 1_440, decimals: 2 },
  ],
  stop: [
    { name: "leastFailures", label: "Failures, at least", unit: "nodes", min: 1, max: 100, decimals: 0 },
    { name: "failurePercent", label: "Or of the judged", unit: "%", min: 1, max: 100, decimals: 0 },
    { name: "leastJudged", label: "Once so many are judged", unit: "nodes", min: 1, max: 100, decimals: 0 },
  ],
};

/** What stands in the dialog at first. */
export const INITIAL: Form = { version: null, scope: "fleet", ...numbersOf(DEFAULT_PLAN) };

/** The numbers of a plan as they are typed. */
export function numbersOf({ canary, share, atOnce, soakMs, stop }: Omit<RolloutPlan, "version" | "nodeIds">): Omit<Form, "version" | "scope"> {
  return {
    canary,
    sharePercent: share * 100,
    atOnce,
    soakMinutes: soakMs / 60_000,
    leastFailures: stop.leastFailures,
    failurePercent: stop.failureShare * 100,
    leastJudged: stop.leastJudged,
  };
}

/** Why numbers cannot be used, by field; empty where all can. */
export function problemsOf(form: Form): ReadonlyMap<NumberName, string> {
  const problems = new Map<NumberName, string>();
  for (const { name, min, max, decimals, unit } of [...FIELDS.phases, ...FIELDS.stop]) {
    const value = form[name];
    if (!Number.isFinite(value)) problems.set(name, "A number is needed.");
    else if (value < min || value > max || (decimals === 0 && !Number.isInteger(value))) problems.set(name, `${min} to ${max} ${unit}.`);
  }
  return problems;
}

/** The plan that the form says; null without a version. */
export function planOf(form: Form, nodeIds: readonly string[] | undefined): RolloutPlan | null {
  if (form.version === null) return null;
  return {
    version: form.version,
    ...(nodeIds === undefined ? {} : { nodeIds: [...nodeIds] }),
    canary: form.canary,
    share: form.sharePercent / 100,
    atOnce: form.atOnce,
    soakMs: Math.round(form.soakMinutes * 60_000),
    stop: { leastFailures: form.leastFailures, failureShare: form.failurePercent / 100, leastJudged: form.leastJudged },
  };
}
