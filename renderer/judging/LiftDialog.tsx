import { useEffect, useState, type ReactNode } from "react";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { Label } from "react-aria-components/Label";
import type { QuarantineView } from "../../shared/contract/judging";
import type { Failure } from "../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, Problem, TextArea } from "../design";
import { formatClock } from "../format/time";
import { say } from "../state/announce";
import { request } from "../state/ops";
import { useSettings } from "../state/store";
import { entriesFor, scopeText, type LiftIntent } from "./quarantine-entries";
import "../commands/deploy.css";

const LEAST_REASON = 3;
const MOST_REASON = 500;

/** Asks what is lifted and why; what failed may run again afterwards, so Cancel has the focus. */
export function LiftDialog({ intent, onClose }: { readonly intent: LiftIntent | null; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title={`Lift the quarantine of ${intent?.version ?? ""}`} isOpen={intent !== null} onClose={onClose} role="alertdialog">
      {intent === null ? null : <LiftForm intent={intent} onClose={onClose} />}
    </Dialog>
  );
}

function LiftForm({ intent, onClose }: { readonly intent: LiftIntent; readonly onClose: () => void }): ReactNode {
  const [entries, setEntries] = useState<readonly QuarantineView[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [chosen, setChosen] = useState(0);
  const [reason, setReason] = useState("");
  const [isSending, setIsSending] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    void request("quarantine/list", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setEntries(entriesFor(answer.value, intent));
      else setFailure(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, [intent]);
  const entry = entries?.[chosen];
  const isReason = reason.trim().length >= LEAST_REASON;
  const lift = async (): Promise<void> => {
    if (entry === undefined) return;
    setIsSending(true);
    const answer = await request("quarantine/lift", { version: entry.version, scope: entry.scope, reason: reason.trim() });
    setIsSending(false);
    if (!answer.ok) {
      setFailure(answer.error);
      return;
    }
    say(`${entry.version} may run on ${scopeText(entry)} again.`);
    onClose();
  };
  return (
    <>
      <DialogBody>
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <Entries entries={entries} chosen={chosen} onChoose={setChosen} />
        <TextArea label="Why may it run again? It is journalled." value={reason} maxLength={MOST_REASON} onChange={setReason} />
      </DialogBody>
      <DialogActions>
        <span className="deploy-missing note">{entry === undefined ? "" : isReason ? `Lifts it on ${scopeText(entry)}.` : "Say why first."}</span>
        <Button kind="outline" autoFocus onPress={onClose}>
          Cancel
        </Button>
        <Button kind="danger" isDisabled={entry === undefined || !isReason} isPending={isSending} onPress={() => void lift()}>
          Lift quarantine of {intent.version}
        </Button>
      </DialogActions>
    </>
  );
}

function Entries(props: { readonly entries: readonly QuarantineView[] | null; readonly chosen: number; readonly onChoose: (index: number) => void }): ReactNode {
  const { entries } = props;
  const { clock } = useSettings();
  if (entries === null) {
    return (
      <p className="note" role="status">
        Reading what is in quarantine.
      </p>
    );
  }
  if (entries.length === 0) return <p>It is not in quarantine here any more.</p>;
  return (
    <RadioGroup className="choice-group" value={String(props.chosen)} onChange={(value) => props.onChoose(Number(value))}>
      <Label className="choice-label">Kept from</Label>
      {entries.map((entry, index) => (
        <Radio key={scopeText(entry)} value={String(index)} className="choice">
          <span className="choice-mark" />
          <span className="choice-text">
            <span>{scopeText(entry)}</span>
            <span className="choice-fact">
              since {formatClock(entry.sinceMs, clock)}: {entry.sentence}
            </span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
