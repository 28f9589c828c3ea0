import { create } from "zustand";
import { DEFAULT_POLICY, type Policy } from "../../../../shared/policy/policy";
import type { Failure } from "../../../../shared/result";
import { say } from "../../../state/announce";
import { request } from "../../../state/ops";
import { readPolicyNow, takePolicy } from "../../../state/policy";
import { changesBetween, problemsOf } from "./draft";
import { edited, editsBetween, leavesOf, policyFrom, withEdit, type Edits, type Leaf, type Path } from "./leaves";

/** Which table of metrics is shown. */
export type ShownScope = { readonly kind: "fleet" } | { readonly kind: "vertical"; readonly vertical: "drone" | "iot" } | { readonly kind: "node"; readonly nodeId: string | null };

/** What the operator has changed and not saved; kept while other pages are open. */
interface PolicyDesk {
  readonly edits: Edits;
  /** The revision that the operator began to change; null while nothing is changed. */
  readonly begunAt: number | null;
  readonly scope: ShownScope;
  /** Whether the dialog that asks why is open. */
  readonly isAsking: boolean;
  readonly isSaving: boolean;
  /** What was refused last: a save, an import or an export. */
  readonly failure: Failure | null;
}

const NO_EDITS: Edits = new Map();

const usePolicyDesk = create<PolicyDesk>(() => ({ edits: NO_EDITS, begunAt: null, scope: { kind: "fleet" }, isAsking: false, isSaving: false, failure: null }));

/** Reads what was changed. */
export function useDesk<Value>(selector: (desk: PolicyDesk) => Value): Value {
  return usePolicyDesk(selector);
}

function inForce(): Policy {
  return readPolicyNow()?.policy ?? DEFAULT_POLICY;
}

function setEdits(edits: Edits): void {
  usePolicyDesk.setState(({ begunAt }) => ({
    edits,
    begunAt: edits.size === 0 ? null : (begunAt ?? readPolicyNow()?.revision ?? null),
    failure: null,
  }));
}

/** Changes one value; null lets it be inherited. */
export function edit(path: Path, leaf: Leaf | null): void {
  setEdits(withEdit(leavesOf(inForce()), usePolicyDesk.getState().edits, path, leaf));
}

/** Forgets every change. */
export function discard(): void {
  setEdits(NO_EDITS);
}

/** Keeps the changes and puts them onto the revision that came in between. */
export function keepOnNewest(): void {
  usePolicyDesk.setState({ begunAt: readPolicyNow()?.revision ?? null, failure: null });
}

/** Fills the fields with another policy: a file's, or an older revision's. */
export function fillIn(policy: Policy): void {
  setEdits(editsBetween(leavesOf(inForce()), leavesOf(policy)));
}

/** Shows another scope. */
export function showScope(scope: ShownScope): void {
  usePolicyDesk.setState({ scope });
}

/** Opens the dialog that asks why; says what is missing where there is nothing to save. */
export function askWhy(): void {
  const base = leavesOf(inForce());
  const draft = edited(base, usePolicyDesk.getState().edits);
  const [problem] = problemsOf(draft);
  if (problem !== undefined) say(`Not saved. ${problem.name}: ${problem.sentence}`);
  else if (changesBetween(base, draft).length === 0) say("Nothing to save: the policy is as it is in force.");
  else usePolicyDesk.setState({ isAsking: true, failure: null });
}

/** Closes the dialog that asks why. */
export function stopAsking(): void {
  usePolicyDesk.setState({ isAsking: false });
}

/** Saves the draft as the next revision; what was refused stays on screen with the changes. */
export async function save(reason: string): Promise<void> {
  const { edits, begunAt, isSaving } = usePolicyDesk.getState();
  const policy = policyFrom(edited(leavesOf(inForce()), edits));
  if (isSaving) return;
  if (!policy.ok) {
    usePolicyDesk.setState({ failure: policy.error });
    return;
  }
  usePolicyDesk.setState({ isSaving: true, failure: null });
  const answer = await request("policy/save", { policy: policy.value, reason, expectedRevision: begunAt ?? readPolicyNow()?.revision ?? 0 });
  if (answer.ok) {
    takePolicy(answer.value);
    usePolicyDesk.setState({ isSaving: false, isAsking: false, edits: NO_EDITS, begunAt: null });
    say(`Policy revision ${answer.value.revision} is in force: every node is judged by it from the next tick on.`);
  } else {
    usePolicyDesk.setState({ isSaving: false, isAsking: false, failure: answer.error });
    say(`The policy is as before. ${answer.error.code}: ${answer.error.message}`);
  }
}

/** Asks for a file and fills the fields with what is in it. */
export async function importPolicy(): Promise<void> {
  const answer = await request("policy/import", {});
  if (answer.ok) {
    fillIn(answer.value.policy);
    say(`${answer.value.path} is filled in. Nothing is in force before it is saved.`);
  } else if (answer.error.code !== "CANCELLED") usePolicyDesk.setState({ failure: answer.error });
}

/** Writes the policy in force into a file that the operator names. */
export async function exportPolicy(): Promise<void> {
  const answer = await request("policy/export", {});
  if (answer.ok) say(`The policy in force was written to ${answer.value.path}.`);
  else if (answer.error.code !== "CANCELLED") usePolicyDesk.setState({ failure: answer.error });
}
