import { useState, type ReactNode } from "react";
import { Button, Dialog, DialogActions, DialogBody, TextArea } from "../../../design";
import { ChangeList } from "./ChangesPanel";
import { save, stopAsking, useDesk } from "./desk";
import { useDraft, type Draft } from "./use-draft";

/** Fewer characters are no reason. */
const LEAST_REASON = 3;
const MOST_REASON = 500;

/** Asks why before a policy comes into force. */
export function SaveDialog(): ReactNode {
  const isOpen = useDesk((desk) => desk.isAsking);
  const draft = useDraft();
  return (
    <Dialog title={`Save as revision ${(draft?.view.revision ?? 0) + 1}`} isOpen={isOpen} onClose={stopAsking}>
      {isOpen && draft !== null ? <SaveForm draft={draft} /> : null}
    </Dialog>
  );
}

function SaveForm({ draft }: { readonly draft: Draft }): ReactNode {
  const isSaving = useDesk((desk) => desk.isSaving);
  const [reason, setReason] = useState("");
  const isReason = reason.trim().length >= LEAST_REASON;
  return (
    <>
      <DialogBody>
        <ChangeList changes={draft.changes} />
        <TextArea label="Why? It is journalled with the policy." value={reason} maxLength={MOST_REASON} autoFocus onChange={setReason} />
      </DialogBody>
      <DialogActions>
        <span className="policy-missing note">{isReason ? "Every node is judged by it from the next tick on." : "Say why first."}</span>
        <Button kind="quiet" onPress={stopAsking}>
          Cancel
        </Button>
        <Button kind="primary" isDisabled={!isReason} isPending={isSaving} onPress={() => void save(reason.trim())}>
          Save as revision {draft.view.revision + 1}
        </Button>
      </DialogActions>
    </>
  );
}
