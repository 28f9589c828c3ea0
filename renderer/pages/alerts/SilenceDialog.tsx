import { useState, type ReactNode } from "react";
import { DEFAULT_RULES, RULE_IDS } from "../../../shared/alerts/rule";
import type { AlertView } from "../../../shared/contract/alerts";
import { Button, Dialog, DialogActions, DialogBody, Problem, Segmented, Select, TextArea } from "../../design";
import { useFleet, useNodeIds } from "../../state/store";
import { askSilence, silence, useDesk } from "./desk";

const ANY = "any";
const HOUR_MS = 3_600_000;
const LEAST_REASON = 3;
const MOST_REASON = 500;

const DURATIONS = [
  { value: "0.25", label: "15 min" },
  { value: "1", label: "1 h" },
  { value: "4", label: "4 h" },
  { value: "24", label: "24 h" },
  { value: "168", label: "7 days" },
] as const;

/** Asks what is to be quiet, for how long and why. It always expires. */
export function SilenceDialog(): ReactNode {
  const about = useDesk((desk) => desk.silencing);
  return (
    <Dialog title="Silence" isOpen={about !== null} onClose={() => askSilence(null)}>
      {about === null ? null : <Form about={about === "blank" ? null : about} />}
    </Dialog>
  );
}

function Form({ about }: { readonly about: AlertView | null }): ReactNode {
  const refusal = useDesk((desk) => desk.refusal);
  const known = useNodeIds();
  const versions = useFleet(({ fleet }) => [...new Set([...(fleet?.nodes.values() ?? [])].flatMap(({ modelVersion }) => modelVersion ?? []))].join(" "));
  const [ruleId, setRuleId] = useState<string>(about?.ruleId ?? ANY);
  const [nodeId, setNodeId] = useState<string>(about?.nodeId ?? ANY);
  const [version, setVersion] = useState<string>(ANY);
  const [hours, setHours] = useState<string>("1");
  const [reason, setReason] = useState("");
  const [isSending, setIsSending] = useState(false);
  const nodeIds = about?.nodeId == null || known.includes(about.nodeId) ? known : [about.nodeId, ...known];
  const isEverything = ruleId === ANY && nodeId === ANY && version === ANY;
  const missing = isEverything ? "Choose a rule, a node or a version." : reason.trim().length < LEAST_REASON ? "Say why first." : "";
  const orNull = (value: string): string | null => (value === ANY ? null : value);
  const send = async (): Promise<void> => {
    setIsSending(true);
    const chosen = RULE_IDS.find((each) => each === ruleId) ?? null;
    await silence({ ruleId: chosen, nodeId: orNull(nodeId), version: orNull(version), forMs: Number(hours) * HOUR_MS, reason: reason.trim() });
    setIsSending(false);
  };
  return (
    <>
      <DialogBody>
        {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
        <div className="silence-match">
          <Select
            label="Rule"
            prefix="Rule:"
            value={ruleId}
            choices={[{ value: ANY, label: "any" }, ...DEFAULT_RULES.map((rule) => ({ value: rule.ruleId, label: rule.title }))]}
            onChange={setRuleId}
          />
          <Select label="Node" prefix="Node:" value={nodeId} choices={[{ value: ANY, label: "any" }, ...nodeIds.map((id) => ({ value: id, label: id }))]} onChange={setNodeId} />
          <Select
            label="Version"
            prefix="Version:"
            value={version}
            choices={[{ value: ANY, label: "any" }, ...versions.split(" ").filter((each) => each !== "").map((each) => ({ value: each, label: each }))]}
            onChange={setVersion}
          />
        </div>
        <Segmented label="For how long" value={hours} segments={DURATIONS} onChange={setHours} />
        <TextArea label="Why? It is journalled, and shown with what it hides." value={reason} maxLength={MOST_REASON} autoFocus onChange={setReason} />
      </DialogBody>
      <DialogActions>
        <span className="note silence-missing">{missing}</span>
        <Button kind="outline" onPress={() => askSilence(null)}>
          Cancel
        </Button>
        <Button kind="primary" isDisabled={missing !== ""} isPending={isSending} onPress={() => void send()}>
          Silence for {DURATIONS.find(({ value }) => value === hours)?.label}
        </Button>
      </DialogActions>
    </>
  );
}
