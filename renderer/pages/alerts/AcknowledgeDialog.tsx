import { useState, type ReactNode } from "react";
import { groupAlerts } from "../../../shared/alerts/grouping";
import type { AlertView } from "../../../shared/contract/alerts";
import { Button, Check, Dialog, DialogActions, DialogBody, Problem, TextArea } from "../../design";
import { countOf } from "../../format/number";
import { useAlerts } from "../../state/alerts";
import { acknowledge, askAcknowledge, useDesk } from "./desk";

const MOST_NOTE = 500;

/** Asks for a note, and, of a node that is silent, whether all about it is to end. */
export function AcknowledgeDialog(): ReactNode {
  const alerts = useDesk((desk) => desk.acknowledging);
  return (
    <Dialog title="Acknowledge" isOpen={alerts !== null} onClose={() => askAcknowledge(null)}>
      {alerts === null ? null : <Form alerts={alerts} />}
    </Dialog>
  );
}

function isOfSilentNode({ state, ruleId }: AlertView): boolean {
  return state === "frozen" || ruleId === "node-lost" || ruleId === "node-stale";
}

/** What is read as one with an alert, and that nobody has yet. */
function restOfGroup(alert: AlertView, open: readonly AlertView[]): readonly AlertView[] {
  const group = groupAlerts(open).find(({ head, others }) => [head, ...others].some(({ alertId }) => alertId === alert.alertId));
  return group === undefined ? [] : [group.head, ...group.others].filter(({ alertId, acknowledged }) => alertId !== alert.alertId && acknowledged === null);
}

function Form({ alerts }: { readonly alerts: readonly AlertView[] }): ReactNode {
  const refusal = useDesk((desk) => desk.refusal);
  const open = useAlerts()?.open ?? [];
  const [note, setNote] = useState(alerts[0]?.acknowledged?.note ?? "");
  const [isClosing, setIsClosing] = useState(false);
  const [isOfGroup, setIsOfGroup] = useState(false);
  const [isSending, setIsSending] = useState(false);
  const [first] = alerts;
  const others = first === undefined || alerts.length > 1 ? [] : restOfGroup(first, open);
  const nodeId = alerts.length === 1 && first !== undefined && isOfSilentNode(first) ? first.nodeId : null;
  const meant = isClosing && nodeId !== null ? open.filter((alert) => alert.nodeId === nodeId) : isOfGroup ? [...alerts, ...others] : alerts;
  const send = async (): Promise<void> => {
    setIsSending(true);
    await acknowledge(meant, note.trim(), isClosing);
    setIsSending(false);
  };
  return (
    <>
      <DialogBody>
        {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
        <p>{meant.length === 1 ? first?.title : isClosing ? `${meant.length} alerts, all about ${nodeId ?? "the same"}` : meant.map(({ title }) => title).join("; ")}</p>
        <p className="note">{first?.isOnce === true ? "It happened once: acknowledging ends it." : "It stays open, quiet, until it is well. The badge counts it no more."}</p>
        <TextArea label="Note, for whoever comes next. It is journalled." value={note} maxLength={MOST_NOTE} autoFocus onChange={setNote} />
        {others.length === 0 || isClosing ? null : <Check label={`Also ${others.length === 1 ? "the other alert" : `the ${countOf(others.length, "other alert")}`} of this group`} isOn={isOfGroup} onChange={setIsOfGroup} />}
        {nodeId === null ? null : <Check label={`${nodeId} will not come back: close all of its alerts`} isOn={isClosing} onChange={setIsClosing} />}
      </DialogBody>
      <DialogActions>
        <Button kind="outline" onPress={() => askAcknowledge(null)}>
          Cancel
        </Button>
        <Button kind="primary" isPending={isSending} onPress={() => void send()}>
          {isClosing ? `Close ${countOf(meant.length, "alert")}` : meant.length === 1 ? "Acknowledge alert" : `Acknowledge ${countOf(meant.length, "alert")}`}
        </Button>
      </DialogActions>
    </>
  );
}
