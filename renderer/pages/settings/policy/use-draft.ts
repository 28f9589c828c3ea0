import { useMemo } from "react";
import type { PolicyView } from "../../../../shared/contract/policy";
import type { Policy } from "../../../../shared/policy/policy";
import { usePolicy } from "../../../state/policy";
import { changesBetween, problemsOf, type FieldProblem, type PolicyChange } from "./draft";
import { useDesk } from "./desk";
import { edited, leavesOf, policyFrom, type Leaves } from "./leaves";

/** The policy as the fields show it, against the one in force. */
export interface Draft {
  readonly view: PolicyView;
  readonly leaves: Leaves;
  /** Null while a value is none that a policy can have. */
  readonly policy: Policy | null;
  readonly changes: readonly PolicyChange[];
  readonly problems: readonly FieldProblem[];
  /** Another revision came into force since the first change. */
  readonly isOvertaken: boolean;
}

/** What is in force with what was changed; null before the policy was read. */
export function useDraft(): Draft | null {
  const view = usePolicy();
  const edits = useDesk((desk) => desk.edits);
  const begunAt = useDesk((desk) => desk.begunAt);
  return useMemo(() => {
    if (view === null) return null;
    const base = leavesOf(view.policy);
    const leaves = edited(base, edits);
    const problems = problemsOf(leaves);
    const parsed = problems.length === 0 ? policyFrom(leaves) : null;
    return {
      view,
      leaves,
      policy: parsed?.ok === true ? parsed.value : null,
      changes: changesBetween(base, leaves),
      problems,
      isOvertaken: begunAt !== null && begunAt !== view.revision,
    };
  }, [view, edits, begunAt]);
}
