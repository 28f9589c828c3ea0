import { useState, type ReactNode } from "react";
import type { TimeSpan } from "../../charts/chart-view";
import { Button, Dialog, DialogActions, DialogBody } from "../../design";
import { readFleet, useSettings } from "../../state/store";
import { fieldText, momentOf, spanProblem } from "./range-fields";

/** The dialog's properties. */
export interface RangeDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onChoose: (span: TimeSpan) => void;
}

/** Asks for the beginning and the end of what the charts show. */
export function RangeDialog({ isOpen, onClose, onChoose }: RangeDialogProps): ReactNode {
  return (
    <Dialog title="Range of the charts" isOpen={isOpen} onClose={onClose}>
      {isOpen ? <RangeForm onClose={onClose} onChoose={onChoose} /> : null}
    </Dialog>
  );
}

const HOUR_MS = 3_600_000;

function RangeForm({ onClose, onChoose }: Omit<RangeDialogProps, "isOpen">): ReactNode {
  const { clock } = useSettings();
  const [nowMs] = useState(() => readFleet().fleet?.meta.atMs ?? 0);
  const [from, setFrom] = useState(() => fieldText(nowMs - HOUR_MS, clock));
  const [to, setTo] = useState(() => fieldText(nowMs, clock));
  const span = { fromMs: momentOf(from, clock), toMs: momentOf(to, clock) };
  const problem = spanProblem(span, nowMs);
  return (
    <>
      <DialogBody>
        <div className="range-fields">
          <MomentField label="From" value={from} onChange={setFrom} />
          <MomentField label="To" value={to} onChange={setTo} />
        </div>
        <p className="note" role="status">
          {problem ?? (clock === "utc" ? "Times are UTC." : "Times are local.")}
        </p>
      </DialogBody>
      <DialogActions>
        <Button kind="quiet" onPress={onClose}>
          Cancel
        </Button>
        <Button
          kind="primary"
          isDisabled={problem !== null}
          onPress={() => {
            onChoose(span);
            onClose();
          }}
        >
          Show
        </Button>
      </DialogActions>
    </>
  );
}

function MomentField(props: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void }): ReactNode {
  return (
    <label className="field">
      <span className="field-label">{props.label}</span>
      <span className="field-box">
        <input className="field-input" type="datetime-local" step={1} value={props.value} onChange={(event) => props.onChange(event.target.value)} />
      </span>
    </label>
  );
}
