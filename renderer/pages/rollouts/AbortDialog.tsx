import type { ReactNode } from "react";
import type { RolloutView } from "../../../shared/contract/rollouts";
import { Button, Dialog, DialogActions, DialogBody } from "../../design";
import { countOf } from "../../format/number";
import { useRollout } from "../../state/rollouts";
import { abort, askAbort, useDesk } from "./desk";
import { nodesToReturn, numberOf } from "./words";

/** So many nodes are named; the rest is counted. */
const NAMED = 12;

/** Asks whether a roll-out is to be aborted, and says what that hits. Cancel has the focus. */
export function AbortDialog(): ReactNode {
  const rolloutId = useDesk((desk) => desk.aborting);
  const view = useRollout(rolloutId ?? "");
  return (
    <Dialog title={`Abort roll-out ${numberOf(rolloutId ?? "")}`} isOpen={rolloutId !== null && view !== undefined} onClose={() => askAbort(null)} role="alertdialog">
      {view === undefined ? null : <Question view={view} />}
    </Dialog>
  );
}

function Question({ view }: { readonly view: RolloutView }): ReactNode {
  const nodes = nodesToReturn(view);
  const named = nodes.slice(0, NAMED).map(({ nodeId, fromVersion }) => `${nodeId} to ${fromVersion ?? "what it ran"}`);
  const more = nodes.length > NAMED ? ` and ${nodes.length - NAMED} more` : "";
  return (
    <>
      <DialogBody>
        <p>
          Nothing more of {view.version} goes out. {nodes.length === 0 ? "No node runs it because of this roll-out." : `${countOf(nodes.length, "node runs", "nodes run")} it, or may, because of this roll-out.`}
        </p>
        {nodes.length === 0 ? null : (
          <p>
            With return {nodes.length === 1 ? "it goes" : "they go"} back: <span className="mono">{named.join(", ")}</span>
            {more}. {view.version} is then in quarantine {nodes.length === 1 ? "on it" : "on each of them"}, as after every rollback by a person.
          </p>
        )}
        <p className="note">It cannot be resumed.</p>
      </DialogBody>
      <DialogActions>
        <Button kind="outline" autoFocus onPress={() => askAbort(null)}>
          Cancel
        </Button>
        <Button kind="danger" onPress={() => void abort(view.rolloutId, false)}>
          {nodes.length === 0 ? "Abort" : "Abort, leave nodes"}
        </Button>
        {nodes.length === 0 ? null : (
          <Button kind="danger" onPress={() => void abort(view.rolloutId, true)}>
            Abort, return {countOf(nodes.length, "node")}
          </Button>
        )}
      </DialogActions>
    </>
  );
}
