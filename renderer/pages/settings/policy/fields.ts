import type { Vertical } from "../../../../shared/fleet/sample";
import { DEFAULT_POLICY, fleetPolicyOf, nodePolicyOf, type MetricPolicy, type MetricRole } from "../../../../shared/policy/policy";
import { JUDGED_METRICS, formatNumber, nameOf, type JudgedMetric } from "../../../format/number";
import { keyOf, type Leaf, type Leaves, type Path } from "./leaves";

/** What can be set of a metric, for the fleet, a vertical or a node. */
export type MetricField = "limit" | "maxChange" | "role" | "critical" | "mustHaveData";

/** Whose policy is edited. */
export type Scope =
  | { readonly kind: "fleet" }
  | { readonly kind: "vertical"; readonly vertical: Vertical }
  /** `vertical`: what the node inherits from; null where it reports none or has not been seen. */
  | { readonly kind: "node"; readonly nodeId: string; readonly vertical: Vertical | null };

/** Where a value comes from. */
export type Origin = "here" | "default" | "Fleet" | Vertical;

/** A value that holds in a scope, and where it was set. */
export interface Held {
  readonly value: Leaf;
  readonly origin: Origin;
}

const LIMIT_NAMES: Readonly<Record<JudgedMetric, string>> = {
  compressionRatio: "minCompressionRatio",
  latencyMs: "maxLatencyMs",
  qualityScore: "minQualityScore",
};

const FIELD_NAMES: Readonly<Record<Exclude<MetricField, "limit">, string>> = {
  maxChange: "maxChange",
  role: "roles",
  critical: "critical",
  mustHaveData: "mustHaveData",
};

const FLEET: Scope = { kind: "fleet" };

function scopePath(scope: Scope): Path {
  switch (scope.kind) {
    case "fleet":
      return [];
    case "vertical":
      return ["verticals", scope.vertical];
    case "node":
      return ["nodes", scope.nodeId];
  }
}

/** Where a metric's value lies in the policy. */
export function metricPath(scope: Scope, metric: JudgedMetric, field: MetricField): Path {
  const inside = field === "limit" ? ["limits", LIMIT_NAMES[metric]] : [FIELD_NAMES[field], metric];
  return [...scopePath(scope), ...inside];
}

const DEFAULTS = nodePolicyOf(DEFAULT_POLICY, "", null);

/** What a metric's field is in a scope: its own value, or that of the next wider scope which has one, or the default. */
export function heldOf(leaves: Leaves, scope: Scope, metric: JudgedMetric, field: MetricField): Held {
  const own = leaves.get(keyOf(metricPath(scope, metric, field)));
  if (own !== undefined) return { value: own, origin: "here" };
  if (scope.kind === "node" && scope.vertical !== null) {
    const { vertical } = scope;
    const ofVertical = leaves.get(keyOf(metricPath({ kind: "vertical", vertical }, metric, field)));
    if (ofVertical !== undefined) return { value: ofVertical, origin: vertical };
  }
  const ofFleet = scope.kind === "fleet" ? undefined : leaves.get(keyOf(metricPath(FLEET, metric, field)));
  return ofFleet === undefined ? { value: defaultOf(metric, field), origin: "default" } : { value: ofFleet, origin: "Fleet" };
}

function defaultOf(metric: JudgedMetric, field: MetricField): Leaf {
  const policy: MetricPolicy = DEFAULTS[metric];
  return policy[field];
}

/** The side of a metric's limit. */
export function sideOf(metric: JudgedMetric): "min" | "max" {
  return DEFAULTS[metric].side;
}

/** Where a failing metric with such a limit counts as well again; by the policy's own rule. */
export function recoveryOf(metric: JudgedMetric, limit: number): number {
  return nodePolicyOf({ limits: { [LIMIT_NAMES[metric]]: limit } }, "", null)[metric].recoverAt;
}

/** Roles by their words. */
export const ROLE_WORDS: Readonly<Record<MetricRole, string>> = { guardrail: "Guardrail", signal: "Signal", muted: "Muted" };

/** A role from what a policy holds; a guardrail where it holds something else. */
export function roleOf(value: Leaf): MetricRole {
  return value === "signal" || value === "muted" ? value : "guardrail";
}

/** How a number is written, typed and bounded. The bounds are those of the policy's schema. */
export interface NumberFacts {
  /** As a title: "Warm-up, ignored". */
  readonly name: string;
  readonly unit: string;
  /** What is typed times this is what the policy holds: 0.01 for a percentage, 1000 for seconds kept as ms. */
  readonly scale: number;
  /** As the policy holds it. */
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  /** Decimals as it is typed. */
  readonly minDecimals: number;
  readonly maxDecimals: number;
}

function numberFacts(name: string, unit: string, bounds: readonly [number, number], more: Partial<NumberFacts> = {}): NumberFacts {
  const [least, most] = bounds;
  return { name, unit, scale: 1, least, most, isWhole: false, minDecimals: 0, maxDecimals: 2, ...more };
}

const WHOLE = { isWhole: true, maxDecimals: 0 } as const;
const SECONDS = { scale: 1_000, maxDecimals: 1 } as const;

/** The values that are for the whole fleet. */
export const FLEET_NUMBERS = {
  "budget/days": numberFacts("At most one false rollback in", "days", [0.01, 3_650]),
  "budget/nodes": numberFacts("Nodes that it is for", "nodes", [1, 10_000], WHOLE),
  "budget/baselinesPerDay": numberFacts("Swaps of a node a day", "a day", [0.01, 1_000]),
  "trial/warmUpMs": numberFacts("Warm-up, ignored", "s", [0, 600_000], SECONDS),
  "trial/commitSamples": numberFacts("Trial before commit", "samples", [12, 100_000], WHOLE),
  "trial/commitWithinMs": numberFacts("Commits within", "s", [10_000, 86_400_000], SECONDS),
  "trial/baselineSamples": numberFacts("First baseline", "samples", [120, 1_920], WHOLE),
  "trial/staleAfterMs": numberFacts("Stale after", "s", [500, 600_000], SECONDS),
  "trial/lostAfterMs": numberFacts("Lost after", "s", [1_000, 3_600_000], SECONDS),
  "engine/maxRollbacksPerHour": numberFacts("Automatic rollbacks of a node, at most", "an hour", [0, 100], WHOLE),
} as const satisfies Readonly<Record<string, NumberFacts>>;

/** The key of a number that is for the whole fleet. */
export type FleetNumber = keyof typeof FLEET_NUMBERS;

/** The switches that are for the whole fleet, by their titles. */
export const FLEET_SWITCHES = {
  "engine/rollBackOnFail": "Roll back on fail",
  "engine/holdOnCommonCause": "Hold when unchanged nodes degrade too",
  "engine/dryRun": "Dry run",
} as const;

/** The key of a switch that is for the whole fleet. */
export type FleetSwitch = keyof typeof FLEET_SWITCHES;

const FLEET_DEFAULTS = fleetPolicyOf(DEFAULT_POLICY);

const FLEET_DEFAULT_LEAVES: Readonly<Record<FleetNumber | FleetSwitch, Leaf | null>> = {
  "budget/days": FLEET_DEFAULTS.days,
  "budget/nodes": FLEET_DEFAULTS.nodes,
  "budget/baselinesPerDay": FLEET_DEFAULTS.baselinesPerDay,
  "trial/warmUpMs": FLEET_DEFAULTS.warmUpMs,
  "trial/commitSamples": FLEET_DEFAULTS.commitSamples,
  "trial/commitWithinMs": FLEET_DEFAULTS.commitWithinMs,
  "trial/baselineSamples": FLEET_DEFAULTS.baselineSamples,
  "trial/staleAfterMs": FLEET_DEFAULTS.staleAfterMs,
  "trial/lostAfterMs": FLEET_DEFAULTS.lostAfterMs,
  "engine/maxRollbacksPerHour": FLEET_DEFAULTS.maxRollbacksPerHour,
  "engine/rollBackOnFail": FLEET_DEFAULTS.rollBackOnFail,
  "engine/holdOnCommonCause": FLEET_DEFAULTS.holdOnCommonCause,
  "engine/dryRun": FLEET_DEFAULTS.dryRun,
};

function isFleetKey(key: string): key is FleetNumber | FleetSwitch {
  return Object.hasOwn(FLEET_DEFAULT_LEAVES, key);
}

/** What holds of a value for the whole fleet; null: as many nodes as are there. */
export function fleetValueOf(leaves: Leaves, key: FleetNumber | FleetSwitch): Leaf | null {
  return leaves.get(key) ?? FLEET_DEFAULT_LEAVES[key];
}

const METRIC_NUMBERS: Readonly<Record<JudgedMetric, NumberFacts>> = {
  compressionRatio: numberFacts("limit", "", [0.01, 10_000], { minDecimals: 1 }),
  latencyMs: numberFacts("limit", "ms", [0.01, 60_000]),
  qualityScore: numberFacts("limit", "", [0, 1], { minDecimals: 2, maxDecimals: 3 }),
};

const MAX_CHANGE = numberFacts("change from the baseline", "%", [0.01, 10], { scale: 0.01, maxDecimals: 1 });

/** How a metric's number is written and bounded. */
export function metricNumber(metric: JudgedMetric, field: "limit" | "maxChange"): NumberFacts {
  return field === "limit" ? METRIC_NUMBERS[metric] : MAX_CHANGE;
}

/** A value of a policy, told apart by its path. */
export interface Described {
  /** Whose it is, where not the fleet's: "drone", "node_3". */
  readonly owner: string | null;
  readonly name: string;
  readonly number: NumberFacts | null;
  /** What holds where the policy says nothing; null where that is inherited, or how many nodes there are. */
  readonly otherwise: Leaf | null;
}

const FIELD_WORDS: Readonly<Record<MetricField, string>> = {
  limit: "limit",
  maxChange: "change from the baseline",
  role: "role",
  critical: "critical",
  mustHaveData: "needs data",
};
const METRIC_FIELDS: readonly MetricField[] = ["limit", "maxChange", "role", "critical", "mustHaveData"];

/** Says what a value is by its path; null for a path that a policy does not have. */
export function describe(path: Path): Described | null {
  const key = keyOf(path);
  if (isFleetKey(key)) {
    const number: NumberFacts | null = Object.entries(FLEET_NUMBERS).find(([name]) => name === key)?.[1] ?? null;
    const title = Object.entries(FLEET_SWITCHES).find(([name]) => name === key)?.[1];
    return { owner: null, name: number?.name ?? title ?? key, number, otherwise: FLEET_DEFAULT_LEAVES[key] };
  }
  const isOwned = path[0] === "verticals" || path[0] === "nodes";
  const inside = keyOf(isOwned ? path.slice(2) : path);
  for (const metric of JUDGED_METRICS) {
    const field = METRIC_FIELDS.find((one) => keyOf(metricPath(FLEET, metric, one)) === inside);
    if (field === undefined) continue;
    const number = field === "limit" || field === "maxChange" ? metricNumber(metric, field) : null;
    const owner = isOwned ? (path[1] ?? null) : null;
    return { owner, name: `${nameOf(metric)}, ${FIELD_WORDS[field]}`, number, otherwise: isOwned ? null : defaultOf(metric, field) };
  }
  return null;
}

/** Writes a number of a policy with its unit: "50 ms", "30 %", "10 s". */
export function numberText(value: number, { scale, unit, minDecimals, maxDecimals }: NumberFacts): string {
  if (!Number.isFinite(value)) return "no number";
  const typed = value / scale;
  const decimals = Math.min(maxDecimals, Math.max(minDecimals, typed.toFixed(maxDecimals).replace(/0+$/, "").split(".")[1]?.length ?? 0));
  const text = formatNumber(typed, decimals);
  return unit === "" ? text : `${text} ${unit}`;
}
