import { useState, type ReactNode } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import type { RolloutPlan } from "../../../shared/contract/rollouts";
import type { Failure } from "../../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, Problem, VersionTag } from "../../design";
import { PlanFields } from "../rollouts/PlanFields";
import { numbersOf, planOf, problemsOf, type Form } from "../rollouts/start-form";
import { askPromote, promote, useDesk } from "./desk";
import { isOpen, numberOf } from "./words";

/** "Change the plan...": the winner goes to the fleet otherwise than by the plan that one click takes. */
export function PromoteDialog({ view, plan }: { readonly view: AbTestView; readonly plan: RolloutPlan }): ReactNode {
  const isAsked = useDesk((desk) => desk.promoting === view.testId) && view.promotable !== null;
  return (
    <Dialog title={`Promote ${view.promotable ?? "the winner"} of test ${numberOf(view.testId)}`} isOpen={isAsked} onClose={() => askPromote(null)} width="wide">
      {isAsked && view.promotable !== null ? <PromoteForm view={view} shown={plan} /> : null}
    </Dialog>
  );
}

function PromoteForm({ view, shown }: { readonly view: AbTestView; readonly shown: RolloutPlan }): ReactNode {
  const { version, nodeIds } = shown;
  const [form, setForm] = useState<Form>({ version, scope: "fleet", ...numbersOf(shown) });
  const [isSending, setIsSending] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const plan = problemsOf(form).size === 0 ? planOf(form, nodeIds) : null;
  const send = async (): Promise<void> => {
    if (plan === null) return;
    setIsSending(true);
    const refused = await promote(view.testId, plan);
    setIsSending(false);
    setRefusal(refused);
  };
  return (
    <>
      <DialogBody>
        <p className="ab-promote-what">
          {isOpen(view) ? "The test ends and its nodes get their versions back. Then " : ""}
          <VersionTag version={version} /> {isOpen(view) ? "goes" : "Goes"} to every node that can take it, in phases; the judge stays armed and each node has its trial.
        </p>
        <p className="note">{view.verdict.sentence}</p>
        <PlanFields form={form} onChange={(part) => setForm({ ...form, ...part })} />
        {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
      </DialogBody>
      <DialogActions>
        <span className="deploy-missing note">{plan === null ? "A number is missing or out of its range." : ""}</span>
        <Button kind="quiet" onPress={() => askPromote(null)}>
          Cancel
        </Button>
        <Button kind="primary" autoFocus isDisabled={plan === null || isSending} isPending={isSending} onPress={() => void send()}>
          Promote {version}
        </Button>
      </DialogActions>
    </>
  );
}
