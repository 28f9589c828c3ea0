import type { RuleId } from "./rule";

/**
 * How what a rule looks at stands. `between`: neither beyond the threshold nor well by the recovery margin;
 * `unknown`: nothing is known of it, which is neither good nor bad.
 */
export type Standing = "bad" | "between" | "good" | "unknown";

/** What a rule sees of one subject at one tick. */
export interface Reading {
  readonly ruleId: RuleId;
  /** What it is about: a node id, the name of a process, `fleet`, `link`. With the rule it names the alert. */
  readonly subject: string;
  readonly nodeId: string | null;
  /** The version that ran then; null where that does not matter or is not reported. */
  readonly version: string | null;
  /** Every node that it is about, where it is about several. */
  readonly nodeIds: readonly string[];
  readonly standing: Standing;
  /** The node has said nothing for 5 s: what was known of it is of then. */
  readonly isSilent: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  /** Empty, as the sentence, where a node's reading is not bad. */
  readonly title: string;
  readonly sentence: string;
}

/** Something that happened and needs a person once. */
export interface Occurrence {
  readonly ruleId: RuleId;
  readonly subject: string;
  readonly nodeId: string | null;
  readonly version: string | null;
  /** Id of its event in the journal: the same one is never taken twice. */
  readonly eventId: number;
  readonly title: string;
  readonly sentence: string;
}

/** Where a value stands against a threshold. A value exactly at it passes; within `margin` of it is neither. */
export function standingOf(value: number | null, threshold: number, side: "min" | "max", margin: number): Standing {
  if (value === null || !Number.isFinite(value)) return "unknown";
  const badBy = side === "max" ? value - threshold : threshold - value;
  if (badBy > 0) return "bad";
  return badBy <= -Math.abs(threshold) * margin ? "good" : "between";
}
