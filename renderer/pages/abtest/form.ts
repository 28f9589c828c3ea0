import type { Design } from "../../../shared/abtest/arms";
import { TEST_DEFAULTS } from "../../../shared/abtest/request";
import type { AbTestDraft, AbTestPreview } from "../../../shared/contract/abtest";
import { LIMITED_METRICS, type LimitedMetric } from "../../../shared/judge/limits";
import type { Lanes } from "./lanes";

/** How a guardrail is set. */
export interface GuardrailForm {
  readonly isOn: boolean;
  /** By how much B may be worse, in the metric's unit; NaN while the field is empty, null: what the engine suggests. */
  readonly allowed: number | null;
}

/** What the set-up asks for; numbers as they are typed, NaN while a field is empty. */
export interface Form extends Lanes {
  readonly versionA: string | null;
  readonly versionB: string | null;
  /** Null: the best one that the nodes allow. */
  readonly design: Design | null;
  readonly primary: LimitedMetric;
  /** In the metric's unit; null: what the engine suggests. */
  readonly smallestDifference: number | null;
  readonly guardrails: Readonly<Record<LimitedMetric, GuardrailForm>>;
  readonly blockS: number;
  readonly washOutS: number;
  readonly longestMinutes: number;
  readonly alphaPercent: number;
}

/** What stands in the set-up at first: the ratio decides, the other two may not get worse. */
export const INITIAL: Form = {
  nodesA: [],
  nodesB: [],
  versionA: null,
  versionB: null,
  design: null,
  primary: "compressionRatio",
  smallestDifference: null,
  guardrails: {
    compressionRatio: { isOn: true, allowed: null },
    latencyMs: { isOn: true, allowed: null },
    qualityScore: { isOn: true, allowed: null },
  },
  blockS: TEST_DEFAULTS.blockMs / 1000,
  washOutS: TEST_DEFAULTS.washOutMs / 1000,
  longestMinutes: TEST_DEFAULTS.longestMs / 60_000,
  alphaPercent: TEST_DEFAULTS.alpha * 100,
};

/** The fields of time and error, which the defaults fit. */
export type AdvancedName = "blockS" | "washOutS" | "longestMinutes" | "alphaPercent";

/** A number field with its unit and range. */
export interface AdvancedField {
  readonly name: AdvancedName;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly decimals: number;
}

/** Ranges in which a test can be planned; together they may still be refused, with the reason. */
export const ADVANCED: readonly AdvancedField[] = [
  { name: "blockS", label: "Block", unit: "s", min: 1, max: 600, decimals: 1 },
  { name: "washOutS", label: "Wash-out after a swap", unit: "s", min: 0, max: 300, decimals: 1 },
  { name: "longestMinutes", label: "Ends by itself after", unit: "min", min: 0.5, max: 1_440, decimals: 1 },
  { name: "alphaPercent", label: "Chance of a false winner", unit: "%", min: 0.01, max: 20, decimals: 2 },
];

/** A field of the set-up that can have a wrong number. */
export type NumberName = AdvancedName | "smallestDifference" | `allowed ${LimitedMetric}`;

/** The guardrails in force: every metric that is on, but not the one that decides. */
export function guardrailMetrics(form: Pick<Form, "primary" | "guardrails">): readonly LimitedMetric[] {
  return LIMITED_METRICS.filter((metric) => metric !== form.primary && form.guardrails[metric].isOn);
}

/** Why numbers cannot be used, by field; empty where all can. */
export function problemsOf(form: Form): ReadonlyMap<NumberName, string> {
  const problems = new Map<NumberName, string>();
  for (const { name, min, max, unit } of ADVANCED) {
    const value = form[name];
    if (!Number.isFinite(value)) problems.set(name, "A number is needed.");
    else if (value < min || value > max) problems.set(name, `${min} to ${max} ${unit}.`);
  }
  if (form.smallestDifference !== null && !(form.smallestDifference > 0 && Number.isFinite(form.smallestDifference))) problems.set("smallestDifference", "A number above 0.");
  for (const metric of guardrailMetrics(form)) {
    const { allowed } = form.guardrails[metric];
    if (allowed !== null && !(allowed >= 0 && Number.isFinite(allowed))) problems.set(`allowed ${metric}`, "0 or more.");
  }
  return problems;
}

/** What the engine suggested a guardrail to allow, by metric, as far as it was asked. */
export type Suggested = Readonly<Partial<Record<LimitedMetric, number>>>;

/** The suggestions of a preview, added to those that are known. */
export function suggestedBy(known: Suggested, preview: Pick<AbTestPreview, "guardrails">): Suggested {
  return { ...known, ...Object.fromEntries(preview.guardrails.map(({ metric, allowed }) => [metric, allowed])) };
}

/** The guardrails to ask for; null leaves all of them to the engine. What was not typed is what it suggested. */
function guardrailsOf(form: Form, suggested: Suggested): AbTestDraft["guardrails"] {
  const others = LIMITED_METRICS.filter((metric) => metric !== form.primary);
  if (others.every((metric) => form.guardrails[metric].isOn && form.guardrails[metric].allowed === null)) return null;
  return guardrailMetrics(form).flatMap((metric) => {
    const allowed = form.guardrails[metric].allowed ?? suggested[metric];
    return allowed === undefined ? [] : [{ metric, allowed }];
  });
}

/** What the form asks the engine for; null while a version or a number is missing. */
export function draftOf(form: Form, suggested: Suggested): AbTestDraft | null {
  const { versionA, versionB } = form;
  if (versionA === null || versionB === null || problemsOf(form).size > 0) return null;
  return {
    nodesA: [...form.nodesA],
    nodesB: [...form.nodesB],
    versionA,
    versionB,
    design: form.design,
    primary: form.primary,
    smallestDifference: form.smallestDifference,
    guardrails: guardrailsOf(form, suggested),
    alpha: Number((form.alphaPercent / 100).toPrecision(6)),
    blockMs: Math.round(form.blockS * 1000),
    washOutMs: Math.round(form.washOutS * 1000),
    longestMs: Math.round(form.longestMinutes * 60_000),
  };
}

/** Why the test cannot be started now; empty where it can. */
export function missingOf(form: Form, preview: AbTestPreview | null): string {
  if (form.versionA === null || form.versionB === null) return "Choose a version for each arm.";
  if (form.nodesA.length === 0 || form.nodesB.length === 0) return "Put a node into each arm.";
  if (problemsOf(form).size > 0) return "A number is missing or out of its range.";
  if (preview === null) return "Looking at the nodes.";
  return preview.refusals.length === 0 ? "" : "See why it is refused.";
}
