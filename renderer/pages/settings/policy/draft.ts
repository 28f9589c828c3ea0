import { formatNumber } from "../../../format/number";
import { describe, fleetValueOf, numberText, ROLE_WORDS, roleOf, type Described, type NumberFacts } from "./fields";
import { keyOf, pathOf, type Leaf, type Leaves, type Path } from "./leaves";

/** A value that saving would change, as text before and after. */
export interface PolicyChange {
  readonly key: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** A value that a policy cannot have, and why. */
export interface FieldProblem {
  readonly key: string;
  /** Which value it is: "Latency, limit". */
  readonly name: string;
  /** "A number from 0.01 to 60 000 ms." */
  readonly sentence: string;
}

function nameOfValue({ owner, name }: Described): string {
  return owner === null ? name : `${owner}: ${name}`;
}

function leafText(leaf: Leaf | null, described: Described): string {
  if (leaf === null) return described.owner === null ? "as many as are there" : "inherited";
  if (typeof leaf === "number") return described.number === null ? String(leaf) : numberText(leaf, described.number);
  if (typeof leaf === "boolean") return leaf ? "yes" : "no";
  return ROLE_WORDS[roleOf(leaf)];
}

/** What saving would change; what only says the default aloud is no change. */
export function changesBetween(base: Leaves, draft: Leaves): readonly PolicyChange[] {
  const keys = new Set([...base.keys(), ...draft.keys()]);
  return [...keys].flatMap((key) => {
    const described = describe(pathOf(key));
    if (described === null) return [];
    const before = base.get(key) ?? described.otherwise;
    const after = draft.get(key) ?? described.otherwise;
    if (Object.is(before, after)) return [];
    return [{ key, name: nameOfValue(described), before: leafText(before, described), after: leafText(after, described) }];
  });
}

/** Why a number cannot be used; empty when it can. Ends count as inside. */
export function numberProblem(value: number, facts: NumberFacts): string {
  const isWithin = Number.isFinite(value) && value >= facts.least && value <= facts.most;
  if (isWithin && (!facts.isWhole || Number.isInteger(value))) return "";
  const [least, most] = [facts.least, facts.most].map((end) => formatNumber(end / facts.scale, decimalsOf(end / facts.scale)));
  const unit = facts.unit === "" ? "" : ` ${facts.unit}`;
  return `A ${facts.isWhole ? "whole number" : "number"} from ${least} to ${most}${unit}.`;
}

function decimalsOf(value: number): number {
  return String(value).split(".")[1]?.length ?? 0;
}

/** Everything in a draft that no policy can have, in its order. */
export function problemsOf(draft: Leaves): readonly FieldProblem[] {
  const problems = [...draft].flatMap(([key, leaf]) => {
    const described = describe(pathOf(key));
    if (described === null || described.number === null || typeof leaf !== "number") return [];
    const sentence = numberProblem(leaf, described.number);
    return sentence === "" ? [] : [{ key, name: nameOfValue(described), sentence }];
  });
  const order = silenceProblem(draft);
  return order === null ? problems : [...problems, order];
}

/** A node is stale before it is lost. */
function silenceProblem(draft: Leaves): FieldProblem | null {
  const staleAfterMs = fleetValueOf(draft, "trial/staleAfterMs");
  const lostAfterMs = fleetValueOf(draft, "trial/lostAfterMs");
  if (typeof staleAfterMs !== "number" || typeof lostAfterMs !== "number") return null;
  if (!(lostAfterMs <= staleAfterMs)) return null;
  return { key: "trial/lostAfterMs", name: "Lost after", sentence: `Longer than stale after, ${formatNumber(staleAfterMs / 1_000, decimalsOf(staleAfterMs / 1_000))} s: a node is stale before it is lost.` };
}

/** The problem of one value; empty where there is none. */
export function problemAt(problems: readonly FieldProblem[], path: Path): string {
  const key = keyOf(path);
  return problems.find((problem) => problem.key === key)?.sentence ?? "";
}
