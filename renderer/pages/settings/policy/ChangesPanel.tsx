import { useEffect, useState, type ReactNode } from "react";
import type { PolicyView } from "../../../../shared/contract/policy";
import type { Failure } from "../../../../shared/result";
import { Button, Panel, Problem } from "../../../design";
import { formatClock, formatUtcInstant } from "../../../format/time";
import { request } from "../../../state/ops";
import { useSettings } from "../../../state/store";
import { fillIn } from "./desk";
import type { PolicyChange } from "./draft";
import type { Draft } from "./use-draft";

/** Changes as a list: the value before struck through, the value after. */
export function ChangeList({ changes }: { readonly changes: readonly PolicyChange[] }): ReactNode {
  return (
    <dl className="policy-changes">
      {changes.map((change) => (
        <div key={change.key}>
          <dt>{change.name}</dt>
          <dd>
            <del>{change.before}</del> <ins>{change.after}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What saving would change, and what it could not. */
export function ChangesPanel({ draft }: { readonly draft: Draft }): ReactNode {
  return (
    <Panel title="Changes">
      {draft.changes.length === 0 ? <p className="note">None. The policy shown is in force.</p> : <ChangeList changes={draft.changes} />}
      {draft.problems.length === 0 ? null : (
        <ul className="policy-problems">
          {draft.problems.map(({ key, name, sentence }) => (
            <li key={key}>
              {name}: {sentence}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Every revision with who, when and why, newest first. */
export function HistoryPanel({ draft }: { readonly draft: Draft }): ReactNode {
  const { revision } = draft.view;
  const { rows, failure } = useHistory(revision);
  return (
    <Panel title="History" fact="who, when, why">
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {rows === null ? (
        failure === null ? (
          <p className="note" role="status">
            Reading the revisions.
          </p>
        ) : null
      ) : (
        <ol className="policy-history">
          {rows.map((row) => (
            <Revision key={row.revision} view={row} isInForce={row.revision === revision} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** The revisions, asked for again whenever another one is in force. */
function useHistory(revision: number): { readonly rows: readonly PolicyView[] | null; readonly failure: Failure | null } {
  const [state, setState] = useState<{ readonly rows: readonly PolicyView[] | null; readonly failure: Failure | null }>({ rows: null, failure: null });
  useEffect(() => {
    let isCurrent = true;
    void request("policy/history", {}).then((answer) => {
      if (!isCurrent) return;
      setState((before) => (answer.ok ? { rows: answer.value, failure: null } : { ...before, failure: answer.error }));
    });
    return () => {
      isCurrent = false;
    };
  }, [revision]);
  return state;
}

/** Says who put a revision into force, and when: "14:02:11, operator in the window". */
export function authorText({ sinceMs, by, via }: Pick<PolicyView, "sinceMs" | "by" | "via">, clock: "local" | "utc"): string {
  if (sinceMs === null) return "the defaults, changed by nobody";
  const place = via === null || via === "window" ? "" : via === "file" ? ", from a file" : ", by command line";
  return `${dayText(sinceMs, clock)}${formatClock(sinceMs, clock)}, ${by ?? "not known by whom"}${place}`;
}

/** The date, where it is not today's. */
function dayText(atMs: number, clock: "local" | "utc"): string {
  const zone = clock === "utc" ? { timeZone: "UTC" } : {};
  const day = (at: Date): string => at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", ...zone });
  const at = day(new Date(atMs));
  return at === day(new Date()) ? "" : `${at} `;
}

function Revision({ view, isInForce }: { readonly view: PolicyView; readonly isInForce: boolean }): ReactNode {
  const { clock } = useSettings();
  return (
    <li>
      <div className="policy-revision-head">
        <strong>Revision {view.revision}</strong>
        <span className="note" title={view.sinceMs === null ? undefined : formatUtcInstant(view.sinceMs)}>
          {authorText(view, clock)}
        </span>
        {isInForce ? (
          <span className="note policy-revision-end">in force</span>
        ) : (
          <Button kind="quiet" size="small" className="policy-revision-end" aria-label={`Fill in revision ${view.revision}`} onPress={() => fillIn(view.policy)}>
            Fill in
          </Button>
        )}
      </div>
      {view.reason === null ? null : <p className="policy-reason">“{view.reason}”</p>}
    </li>
  );
}
