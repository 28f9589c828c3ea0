import { DEFAULT_RULES, rulesWith, thresholdProblem, type AlertRule, type RuleChanges, type RuleId, type RuleSetting } from "../../../../shared/alerts/rule";

/** Longest pending and keeping time, s. */
export const MOST_SECONDS = 3_600;

const SETTINGS = ["isOn", "threshold", "pendingMs", "keepFiringMs", "severity"] as const satisfies readonly (keyof RuleSetting)[];

/** Changes with one more; what is as it ships is no change. */
export function withChange(changes: RuleChanges, rule: AlertRule, change: Partial<RuleSetting>): RuleChanges {
  const shipped = DEFAULT_RULES.find(({ ruleId }) => ruleId === rule.ruleId);
  const next = { ...changes[rule.ruleId], ...change };
  const kept = Object.fromEntries(SETTINGS.flatMap((name) => (next[name] === undefined || next[name] === shipped?.[name] ? [] : [[name, next[name]]])));
  const others = Object.fromEntries(Object.entries(changes).filter(([ruleId]) => ruleId !== rule.ruleId)) as RuleChanges;
  return Object.keys(kept).length === 0 ? others : { ...others, [rule.ruleId]: kept };
}

/** Titles of the rules that differ between two sets of changes. */
export function changedRules(before: RuleChanges, after: RuleChanges): readonly string[] {
  const [old, now] = [rulesWith(before), rulesWith(after)];
  return DEFAULT_RULES.filter(({ ruleId }) => SETTINGS.some((name) => old.get(ruleId)?.[name] !== now.get(ruleId)?.[name])).map(({ title }) => title);
}

/** What a rule cannot have, by rule. */
export function problemsOf(changes: RuleChanges): ReadonlyMap<RuleId, string> {
  const problems = new Map<RuleId, string>();
  for (const rule of rulesWith(changes).values()) {
    const shipped = DEFAULT_RULES.find(({ ruleId }) => ruleId === rule.ruleId) ?? rule;
    const times = [rule.pendingMs, rule.keepFiringMs];
    const isTime = times.every((ms) => Number.isInteger(ms) && ms >= 0 && ms <= MOST_SECONDS * 1_000);
    const problem = thresholdProblem(shipped, rule.threshold) ?? (isTime ? null : `times from 0 to ${MOST_SECONDS} s.`);
    if (problem !== null) problems.set(rule.ruleId, `${rule.title}: ${problem}`);
  }
  return problems;
}
