import { useEffect, type ReactNode } from "react";
import { Button, Kbd, Problem } from "../../../design";
import { countOf } from "../../../format/number";
import { Guard } from "../../../frame/Guard";
import { readPolicy, usePolicyFailure } from "../../../state/policy";
import { useSettings } from "../../../state/store";
import { BudgetPanel, costOfDraft } from "./BudgetPanel";
import { authorText, ChangesPanel, HistoryPanel } from "./ChangesPanel";
import { CostChart } from "./CostChart";
import { askWhy, discard, exportPolicy, importPolicy, keepOnNewest, useDesk } from "./desk";
import { fleetValueOf } from "./fields";
import { MetricTable } from "./MetricTable";
import { EngineRights, TrialPanel } from "./RightsAndTrial";
import { SaveDialog } from "./SaveDialog";
import { useDraft, type Draft } from "./use-draft";
import { usePolicyCost } from "./use-policy-cost";
import "./policy.css";

/** Limits, roles, what the engine may do alone, trial and budget, with what a change would cost. */
export function PolicySection(): ReactNode {
  const draft = useDraft();
  const failure = usePolicyFailure();
  useEffect(() => {
    void readPolicy();
  }, []);
  useSaveKey();
  if (draft === null) {
    return failure === null ? (
      <p className="note" role="status">
        Reading the policy.
      </p>
    ) : (
      <Problem
        code={failure.code}
        sentence={failure.message}
        actions={
          <Button kind="quiet" size="small" onPress={() => void readPolicy()}>
            Try again
          </Button>
        }
      />
    );
  }
  return <Editor draft={draft} />;
}

function Editor({ draft }: { readonly draft: Draft }): ReactNode {
  const answer = usePolicyCost(draft.policy);
  const days = fleetValueOf(draft.leaves, "budget/days");
  const isOfDraft = costOfDraft(draft, answer) !== null;
  return (
    <div className="policy">
      <Refusals draft={draft} />
      <div className="policy-columns">
        <div className="settings-stack">
          <MetricTable draft={draft} />
          <EngineRights draft={draft} />
          <TrialPanel draft={draft} />
        </div>
        <div className="settings-stack">
          <BudgetPanel draft={draft} answer={answer} />
          <Guard what="The chart of what the budget costs">
            {answer.curve === null || typeof days !== "number" || !(days > 0) ? null : <CostChart curve={answer.curve} days={days} isOfDraft={isOfDraft && answer.curveOf === draft.policy} />}
          </Guard>
          <ChangesPanel draft={draft} />
          <HistoryPanel draft={draft} />
        </div>
      </div>
      <SaveDialog />
    </div>
  );
}

/** A revision that came in between, and what was refused. */
function Refusals({ draft }: { readonly draft: Draft }): ReactNode {
  const failure = useDesk((desk) => desk.failure);
  const { clock } = useSettings();
  const isStale = draft.isOvertaken || failure?.code === "STALE_REVISION";
  return (
    <>
      {isStale ? (
        <Problem
          code="STALE_REVISION"
          sentence={
            draft.isOvertaken
              ? `Revision ${draft.view.revision} came into force while you were changing the policy: ${authorText(draft.view, clock)}${draft.view.reason === null ? "" : `, “${draft.view.reason}”`}. Your changes are below, as they would change it.`
              : (failure?.message ?? "")
          }
          actions={
            <>
              <Button kind="outline" size="small" onPress={() => void readPolicy().then(keepOnNewest)}>
                Keep my changes on it
              </Button>
              <Button kind="quiet" size="small" onPress={discard}>
                Discard them
              </Button>
            </>
          }
        />
      ) : failure === null ? null : (
        <Problem code={failure.code} sentence={failure.message} />
      )}
    </>
  );
}

/** Ctrl S opens the dialog that asks why. What is being typed counts first. */
function useSaveKey(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      if (document.querySelector("[role=dialog], [role=alertdialog]") !== null) return;
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      requestAnimationFrame(askWhy);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

/** What stands under the page's title: the revision in force. */
export function PolicyFact(): ReactNode {
  const draft = useDraft();
  const { clock } = useSettings();
  if (draft === null) return "not read yet";
  const { revision, sinceMs } = draft.view;
  return sinceMs === null ? `revision ${revision}: the defaults` : `revision ${revision} in force since ${authorText(draft.view, clock)}`;
}

/** The acts of the page: what is not saved, discard, save. */
export function PolicyActions(): ReactNode {
  const draft = useDraft();
  if (draft === null) return null;
  const { changes, problems } = draft;
  const count = changes.length;
  const state = problems[0] !== undefined ? `${countOf(problems.length, "value")} cannot be saved` : count === 0 ? "no change" : `${countOf(count, "change")}, not saved`;
  return (
    <div className="policy-actions">
      <span className="note policy-state">{state}</span>
      <Button kind="quiet" onPress={() => void importPolicy()}>
        Import…
      </Button>
      <Button kind="quiet" onPress={() => void exportPolicy()}>
        Export…
      </Button>
      <Button kind="quiet" isDisabled={count === 0 && problems.length === 0} onPress={discard}>
        Discard
      </Button>
      <Button kind="primary" isDisabled={count === 0 || problems.length > 0 || draft.isOvertaken} onPress={askWhy}>
        Save as revision {draft.view.revision + 1}… <Kbd>Ctrl S</Kbd>
      </Button>
    </div>
  );
}
