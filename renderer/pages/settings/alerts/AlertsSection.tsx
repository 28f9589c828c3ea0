import { useEffect, useState, type ReactNode } from "react";
import type { RuleChanges } from "../../../../shared/alerts/rule";
import type { RulesView } from "../../../../shared/contract/alerts";
import type { Failure } from "../../../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, Panel, Problem, Switch, TextArea } from "../../../design";
import { formatClock } from "../../../format/time";
import { say } from "../../../state/announce";
import { request } from "../../../state/ops";
import { saveSettings } from "../../../state/settings";
import { useSettings } from "../../../state/store";
import { changedRules, problemsOf } from "./rule-draft";
import { RuleTable } from "./RuleTable";

const LEAST_REASON = 3;
const MOST_REASON = 500;

/** Which rules raise alerts and from when on, and how one is told of them. */
export function AlertsSection(): ReactNode {
  const { desktopNotifications, alertSound } = useSettings();
  return (
    <>
      <Panel title="How alerts are told" fact="each change holds at once">
        <div className="setting">
          <Switch isOn={desktopNotifications} onChange={(isOn) => void saveSettings({ desktopNotifications: isOn })}>
            <span>Notifications of the desktop</span>
            <span className="note setting-under">While this window is not in front. Where the desktop has none, the window alone tells.</span>
          </Switch>
        </div>
        <div className="setting">
          <Switch isOn={alertSound} onChange={(isOn) => void saveSettings({ alertSound: isOn })}>
            <span>Sound</span>
            <span className="note setting-under">Two short tones with a new high alert.</span>
          </Switch>
        </div>
      </Panel>
      <Rules />
    </>
  );
}

function Rules(): ReactNode {
  const [view, setView] = useState<RulesView | null>(null);
  const [draft, setDraft] = useState<RuleChanges>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const take = (next: RulesView): void => {
    setView(next);
    setDraft(next.changes);
    setFailure(null);
  };
  useEffect(() => {
    let isCurrent = true;
    void request("alerts/rules", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) take(answer.value);
      else setFailure(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const changed = view === null ? [] : changedRules(view.changes, draft);
  const hasProblem = problemsOf(draft).size > 0;
  const save = async (reason: string): Promise<void> => {
    if (view === null) return;
    const answer = await request("alerts/save-rules", { changes: draft, expectedRevision: view.revision, reason });
    setIsAsking(false);
    if (!answer.ok) {
      setFailure(answer.error);
      return;
    }
    take(answer.value);
    say(`Alert rules ${answer.value.revision} are in force.`);
  };
  return (
    <Panel title="Rules" fact={view === null ? "reading the journal" : <Since view={view} />} className="alert-rules">
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {view === null ? null : <RuleTable draft={draft} onChange={setDraft} />}
      <div className="alert-rules-actions">
        <span className="note">{changed.length === 0 ? "no change" : `${changed.length} changed, not saved`}</span>
        <Button kind="quiet" isDisabled={changed.length === 0} onPress={() => setDraft(view?.changes ?? {})}>
          Discard
        </Button>
        <Button kind="quiet" isDisabled={Object.keys(draft).length === 0} onPress={() => setDraft({})}>
          As shipped
        </Button>
        <Button kind="primary" isDisabled={changed.length === 0 || hasProblem} onPress={() => setIsAsking(true)}>
          Save as revision {(view?.revision ?? 0) + 1}…
        </Button>
      </div>
      <Dialog title={`Save as revision ${(view?.revision ?? 0) + 1}`} isOpen={isAsking} onClose={() => setIsAsking(false)}>
        {isAsking ? <SaveForm titles={changed} onSave={(reason) => void save(reason)} onClose={() => setIsAsking(false)} /> : null}
      </Dialog>
    </Panel>
  );
}

function Since({ view: { revision, sinceMs, by, reason } }: { readonly view: RulesView }): ReactNode {
  const { clock } = useSettings();
  if (sinceMs === null) return "as shipped";
  return `revision ${revision} since ${formatClock(sinceMs, clock)} by ${by ?? "unknown"}: ${reason ?? ""}`;
}

function SaveForm({ titles, onSave, onClose }: { readonly titles: readonly string[]; readonly onSave: (reason: string) => void; readonly onClose: () => void }): ReactNode {
  const [reason, setReason] = useState("");
  const isReason = reason.trim().length >= LEAST_REASON;
  return (
    <>
      <DialogBody>
        <p>{titles.join(", ")}</p>
        <TextArea label="Why? It is journalled with the rules." value={reason} maxLength={MOST_REASON} autoFocus onChange={setReason} />
      </DialogBody>
      <DialogActions>
        <span className="note alert-rules-missing">{isReason ? "In force from the next tick on." : "Say why first."}</span>
        <Button kind="outline" onPress={onClose}>
          Cancel
        </Button>
        <Button kind="primary" isDisabled={!isReason} onPress={() => onSave(reason.trim())}>
          Save rules
        </Button>
      </DialogActions>
    </>
  );
}
