import { useEffect, useState, type ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import { CheckboxGroup } from "react-aria-components/CheckboxGroup";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import type { ReportSurvey } from "../../shared/contract/reports";
import type { ReportFormat } from "../../shared/report/formats";
import type { Failure } from "../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, MomentField, Problem, Segmented } from "../design";
import { momentOf, zoneText } from "../format/moment";
import { compareIds } from "../pages/fleet/order";
import { request } from "../state/ops";
import { readSelectedRange } from "../state/selected-range";
import { useSettings } from "../state/store";
import { closeReport, useReport, useReportIntent, type ReportIntent } from "../state/reports";
import { firstForm, FORMAT_WORDS, missingOf, orderOf, type Period, type ReportForm } from "./report-form";
import { ReportProgress } from "./ReportProgress";
import "../commands/deploy.css";
import "./report.css";

/** "Write a report": of which period, nodes and versions, as what; then how far it is and where it lies. */
export function ReportDialog(): ReactNode {
  const intent = useReportIntent();
  return (
    <Dialog title="Write a report" isOpen={intent !== null} onClose={closeReport} width="wide">
      {intent === null ? null : <ReportBody intent={intent} />}
    </Dialog>
  );
}

function ReportBody({ intent }: { readonly intent: ReportIntent }): ReactNode {
  const { clock } = useSettings();
  const [form, setForm] = useState(() => firstForm(intent.nodeIds, Date.now(), clock, readSelectedRange()));
  const [survey, setSurvey] = useState<ReportSurvey | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const view = useReport();
  useEffect(() => {
    let isCurrent = true;
    void request("reports/survey", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setSurvey(answer.value);
      else setFailure(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const write = async (): Promise<void> => {
    setFailure(null);
    const answer = await request("reports/write", orderOf(form, Date.now()));
    if (!answer.ok && answer.error.code !== "CANCELLED") setFailure(answer.error);
  };
  const change = (part: Partial<ReportForm>): void => setForm({ ...form, ...part });
  const missing = missingOf(form, Date.now());
  const isWriting = view.phase === "writing";
  return (
    <>
      <DialogBody>
        <PeriodFields form={form} onChange={change} />
        <Choice
          label="Nodes"
          all="All nodes"
          chosen="Chosen nodes"
          values={[...new Set([...(survey?.nodeIds ?? []), ...form.nodeIds])].sort(compareIds)}
          isAll={form.allNodes}
          picked={form.nodeIds}
          onAll={(allNodes) => change({ allNodes })}
          onPick={(nodeIds) => change({ nodeIds })}
        />
        <Choice
          label="Versions"
          all="All versions"
          chosen="Chosen versions"
          values={survey?.versions ?? []}
          isAll={form.allVersions}
          picked={form.versions}
          onAll={(allVersions) => change({ allVersions })}
          onPick={(versions) => change({ versions })}
        />
        <FormatChoice format={form.format} whyNoPdf={survey?.whyNoPdf ?? null} onChange={(format) => change({ format })} />
        {survey === null ? null : <p className="note">Samples are read from {survey.store}. Times in the file are UTC.</p>}
      </DialogBody>
      <div className="report-outcome">
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <ReportProgress view={view} />
      </div>
      <DialogActions>
        <span className="deploy-missing note">{isWriting ? "A report is being written." : missing}</span>
        <Button kind="quiet" onPress={closeReport}>
          Close
        </Button>
        <Button kind="primary" isDisabled={missing !== ""} isPending={isWriting} onPress={() => void write()}>
          Write to a file…
        </Button>
      </DialogActions>
    </>
  );
}

type Change = (part: Partial<ReportForm>) => void;

function PeriodFields({ form, onChange }: { readonly form: ReportForm; readonly onChange: Change }): ReactNode {
  return (
    <div className="report-row">
      <span className="field-label">Period</span>
      <Segmented<Period>
        label="Period"
        value={form.period}
        segments={[
          { value: "15min", label: "Last 15 min" },
          { value: "1h", label: "1 h" },
          { value: "24h", label: "24 h" },
          { value: "7d", label: "7 d" },
          { value: "chosen", label: "From, to…" },
        ]}
        onChange={(period) => onChange({ period })}
      />
      {form.period === "chosen" ? (
        <>
          <div className="report-moments">
            <MomentField label="From" value={form.from} clock={form.clock} isWrong={Number.isNaN(momentOf(form.from, form.clock))} onChange={(from) => onChange({ from })} />
            <MomentField label="To" value={form.to} clock={form.clock} isWrong={Number.isNaN(momentOf(form.to, form.clock))} onChange={(to) => onChange({ to })} />
          </div>
          <p className="note">24 hours, {zoneText(momentOf(form.from, form.clock), form.clock)}. In the file times are UTC.</p>
        </>
      ) : null}
    </div>
  );
}

/** All of something, or some of it. */
function Choice(props: {
  readonly label: string;
  readonly all: string;
  readonly chosen: string;
  readonly values: readonly string[];
  readonly isAll: boolean;
  readonly picked: readonly string[];
  readonly onAll: (isAll: boolean) => void;
  readonly onPick: (picked: readonly string[]) => void;
}): ReactNode {
  const { label, values, isAll, picked } = props;
  return (
    <div className="report-row">
      <span className="field-label">{label}</span>
      <Segmented<"all" | "some">
        label={label}
        value={isAll ? "all" : "some"}
        segments={[
          { value: "all", label: props.all },
          { value: "some", label: `${props.chosen}…` },
        ]}
        onChange={(value) => props.onAll(value === "all")}
      />
      {isAll ? null : (
        <CheckboxGroup className="choice-nodes report-choice" aria-label={props.chosen} value={[...picked]} onChange={props.onPick}>
          {values.map((value) => (
            <Checkbox key={value} value={value} className="choice choice-node">
              <span className="choice-mark choice-mark-square" />
              <span className="mono truncate" title={value}>
                {value}
              </span>
            </Checkbox>
          ))}
        </CheckboxGroup>
      )}
    </div>
  );
}

function FormatChoice(props: { readonly format: ReportFormat; readonly whyNoPdf: string | null; readonly onChange: (format: ReportFormat) => void }): ReactNode {
  return (
    <RadioGroup
      className="choice-group"
      value={props.format}
      onChange={(value) => {
        const chosen = FORMAT_WORDS.find(({ format }) => format === value);
        if (chosen !== undefined) props.onChange(chosen.format);
      }}
    >
      <Label className="choice-label">Written as</Label>
      <div className="report-formats">
        {FORMAT_WORDS.map(({ format, name, fact }) => (
          <Radio key={format} value={format} className="choice" isDisabled={format === "pdf" && props.whyNoPdf !== null}>
            <span className="choice-mark" />
            <span className="choice-text">
              <span>{name}</span>
              <span className="choice-fact">{format === "pdf" ? (props.whyNoPdf ?? fact) : fact}</span>
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
