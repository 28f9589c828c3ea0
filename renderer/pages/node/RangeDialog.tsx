import { useState, type ReactNode } from "react";
import type { TimeSpan } from "../../charts/chart-view";
import { Button, Dialog, DialogActions, DialogBody, MomentField } from "../../design";
import { momentOf, momentText, zoneText } from "../../format/moment";
import { readFleet, useSettings } from "../../state/store";
import { spanProblem } from "./range-fields";

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
const MINUTE_MS = 60_000;

function RangeForm({ onClose, onChoose }: Omit<RangeDialogProps, "isOpen">): ReactNode {
  const { clock } = useSettings();
  const [nowMs] = useState(() => readFleet().fleet?.meta.atMs ?? 0);
  const [from, setFrom] = useState(() => momentText(nowMs - HOUR_MS, clock));
  // The minute that runs is in it.
  const [to, setTo] = useState(() => momentText(nowMs + MINUTE_MS, clock));
  const span = { fromMs: momentOf(from, clock), toMs: momentOf(to, clock) };
  const problem = spanProblem(span, nowMs);
  return (
    <>
      <DialogBody>
        <div className="range-fields">
          <MomentField label="From" value={from} clock={clock} isWrong={Number.isNaN(span.fromMs)} onChange={setFrom} />
          <MomentField label="To" value={to} clock={clock} isWrong={Number.isNaN(span.toMs)} onChange={setTo} />
        </div>
        <p className="note" role="status">
          {problem ?? `24 hours, ${zoneText(span.fromMs, clock)}.`}
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
            onChoose({ ...span, toMs: Math.min(span.toMs, readFleet().fleet?.meta.atMs ?? span.toMs) });
            onClose();
          }}
        >
          Show
        </Button>
      </DialogActions>
    </>
  );
}
