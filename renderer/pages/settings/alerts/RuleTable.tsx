import type { ReactNode } from "react";
import { alertSeveritySchema, rulesWith, type AlertRule, type RuleChanges, type RuleSetting } from "../../../../shared/alerts/rule";
import { Check, NumberCell, Select } from "../../../design";
import { SEVERITY_WORDS } from "../../alerts/words";
import { problemsOf, withChange } from "./rule-draft";
import "./alerts-section.css";

/** Every rule with what can be set of it. */
export function RuleTable({ draft, onChange }: { readonly draft: RuleChanges; readonly onChange: (draft: RuleChanges) => void }): ReactNode {
  const problems = problemsOf(draft);
  return (
    <div className="rule-frame">
      <table className="rule-table">
        <thead>
          <tr>
            {["On", "Rule", "Threshold", "Raised after", "Kept for", "Severity"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...rulesWith(draft).values()].map((rule) => (
            <Row key={rule.ruleId} rule={rule} problem={problems.get(rule.ruleId) ?? ""} onChange={(change) => onChange(withChange(draft, rule, change))} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ rule, problem, onChange }: { readonly rule: AlertRule; readonly problem: string; readonly onChange: (change: Partial<RuleSetting>) => void }): ReactNode {
  const { title, what, unit, isByPolicy, threshold, pendingMs, keepFiringMs, severity, isOnce } = rule;
  const hasThreshold = threshold !== null || isByPolicy;
  const seconds = (name: string, valueMs: number, setting: "pendingMs" | "keepFiringMs"): ReactNode =>
    isOnce ? (
      <span className="note">{setting === "pendingMs" ? "at once" : "until acknowledged"}</span>
    ) : (
      <NumberCell label={`${title}, ${name}`} value={valueMs / 1_000} unit="s" maxDecimals={1} problem={problem} isProblemBelow onChange={(value) => onChange({ [setting]: Math.round(value * 1_000) })} />
    );
  return (
    <tr data-off={rule.isOn ? undefined : ""}>
      <td>
        <Check label={`${title}, on`} showLabel={false} isOn={rule.isOn} onChange={(isOn) => onChange({ isOn })} />
      </td>
      <th scope="row">
        {title}
        <span className="note">{what}</span>
        {problem === "" ? null : <span className="field-error">{problem}</span>}
      </th>
      <td>
        {hasThreshold ? (
          <NumberCell
            label={`${title}, threshold`}
            value={threshold ?? Number.NaN}
            {...(unit === null || unit === "" ? {} : { unit })}
            maxDecimals={3}
            problem={problem}
            isProblemBelow
            tone={threshold === null ? "quiet" : "plain"}
            onChange={(value) => onChange({ threshold: Number.isNaN(value) ? null : value })}
          />
        ) : (
          <span className="note">none</span>
        )}
        {isByPolicy && threshold === null ? <span className="note">the policy&apos;s limit</span> : null}
      </td>
      <td>{seconds("raised after", pendingMs, "pendingMs")}</td>
      <td>{seconds("kept for", keepFiringMs, "keepFiringMs")}</td>
      <td>
        <Select
          label={`${title}, severity`}
          value={severity}
          choices={alertSeveritySchema.options.map((value) => ({ value, label: SEVERITY_WORDS[value] }))}
          onChange={(value) => onChange({ severity: value })}
        />
      </td>
    </tr>
  );
}
