import { useEffect, useState, type ReactNode } from "react";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import type { ModelView } from "../../../shared/contract/channels";
import type { RolloutPlan, RolloutPreview } from "../../../shared/contract/rollouts";
import type { Failure } from "../../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, Glyph, Problem, Segmented, Tag, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { request } from "../../state/ops";
import { readFleet } from "../../state/store";
import { closeStart, startRollout, useDesk } from "./desk";
import { PlanFields } from "./PlanFields";
import { INITIAL, planOf, problemsOf, type Form, type Scope } from "./start-form";
import { PHASE_NAMES } from "./words";
import "../../commands/deploy.css";
import "./rollouts.css";

/** "Start a roll-out...": which version, in which phases, when it stops, and what that would do now. */
export function StartDialog(): ReactNode {
  const start = useDesk((desk) => desk.start);
  return (
    <Dialog title="Start a roll-out" isOpen={start !== null} onClose={closeStart} width="wide">
      {start === null ? null : <StartForm key={start.requestId} first={start.version} requestId={start.requestId} />}
    </Dialog>
  );
}

/** The versions of the registry; null until they were read. */
function useModels(): { readonly models: readonly ModelView[] | null; readonly failure: Failure | null } {
  const [known, setKnown] = useState<{ readonly models: readonly ModelView[] | null; readonly failure: Failure | null }>({ models: null, failure: null });
  useEffect(() => {
    let isCurrent = true;
    void request("models/list", {}).then((answer) => {
      if (isCurrent) setKnown(answer.ok ? { models: answer.value, failure: null } : { models: null, failure: answer.error });
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  return known;
}

/** What a plan would do now; asked for anew whenever it changes. */
function usePreview(plan: RolloutPlan | null): { readonly preview: RolloutPreview | null; readonly failure: Failure | null } {
  const [known, setKnown] = useState<{ readonly preview: RolloutPreview | null; readonly failure: Failure | null }>({ preview: null, failure: null });
  const text = plan === null ? null : JSON.stringify(plan);
  useEffect(() => {
    if (text === null) {
      setKnown({ preview: null, failure: null });
      return;
    }
    let isCurrent = true;
    void request("rollouts/preview", JSON.parse(text) as RolloutPlan).then((answer) => {
      if (isCurrent) setKnown(answer.ok ? { preview: answer.value, failure: null } : { preview: null, failure: answer.error });
    });
    return () => {
      isCurrent = false;
    };
  }, [text]);
  return known;
}

function nodesOfScope(scope: Scope): readonly string[] | undefined {
  if (scope === "fleet") return undefined;
  return [...(readFleet().fleet?.nodes.values() ?? [])].filter(({ vertical }) => vertical === scope).map(({ nodeId }) => nodeId);
}

function StartForm({ first, requestId }: { readonly first: string | null; readonly requestId: string }): ReactNode {
  const { models, failure } = useModels();
  const [form, setForm] = useState<Form>({ ...INITIAL, version: first });
  const [isSending, setIsSending] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const problems = problemsOf(form);
  const plan = problems.size === 0 ? planOf(form, nodesOfScope(form.scope)) : null;
  const { preview, failure: notPreviewed } = usePreview(plan);
  const change = (part: Partial<Form>): void => {
    setRefusal(null);
    setForm({ ...form, ...part });
  };
  const send = async (): Promise<void> => {
    if (plan === null) return;
    setIsSending(true);
    const refused = await startRollout(plan, requestId);
    setIsSending(false);
    setRefusal(refused);
  };
  const missing = form.version === null ? "Choose a version." : problems.size > 0 ? "A number is missing or out of its range." : preview === null ? "Looking at the fleet." : preview.refusal === null ? "" : "See the refusal.";
  return (
    <>
      <DialogBody>
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <Versions models={models} version={form.version} onChange={(version) => change({ version })} />
        <div className="start-scope">
          <span className="field-label">Nodes</span>
          <Segmented
            label="Nodes"
            value={form.scope}
            segments={[
              { value: "fleet", label: "The whole fleet" },
              { value: "drone", label: "Drones" },
              { value: "iot", label: "IoT gateways" },
            ]}
            onChange={(scope) => change({ scope })}
          />
        </div>
        <PlanFields form={form} onChange={change} />
        {preview === null ? null : <Preview preview={preview} />}
        {notPreviewed === null ? null : <Problem code={notPreviewed.code} sentence={notPreviewed.message} />}
        {preview?.refusal == null ? null : <Problem code={preview.refusal.code} sentence={preview.refusal.sentence} />}
        {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
      </DialogBody>
      <DialogActions>
        <span className="deploy-missing note">{missing}</span>
        <Button kind="quiet" onPress={closeStart}>
          Cancel
        </Button>
        <Button kind="primary" isDisabled={missing !== "" || isSending} isPending={isSending} onPress={() => void send()}>
          {form.version === null ? "Start the roll-out" : `Roll out ${form.version}`}
        </Button>
      </DialogActions>
    </>
  );
}

function Versions(props: { readonly models: readonly ModelView[] | null; readonly version: string | null; readonly onChange: (version: string) => void }): ReactNode {
  const { models } = props;
  if (models === null) return <p className="note">Reading the registry.</p>;
  return (
    <RadioGroup className="choice-group start-versions" value={props.version} onChange={props.onChange}>
      <Label className="choice-label">Version</Label>
      {models.map((model) => (
        <Radio key={model.version} value={model.version} className="choice" isDisabled={!model.verified}>
          <span className="choice-mark" />
          <VersionTag version={model.version} />
          {model.drill ? <Tag name="DRILL" /> : null}
          <span className="choice-text">
            <span className="truncate">{model.description}</span>
            <span className="choice-fact">
              <Glyph name={model.verified ? "verified" : "waiting"} />
              {model.sentence}
            </span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

/** So many nodes of a phase are named. */
const NAMED = 6;

function Preview({ preview }: { readonly preview: RolloutPreview }): ReactNode {
  const named = (nodeIds: readonly string[]): string =>
    nodeIds.length === 0 ? "no node" : nodeIds.length <= NAMED ? nodeIds.join(", ") : `${nodeIds.slice(0, NAMED - 1).join(", ")} … ${nodeIds.at(-1)}`;
  return (
    <section className="start-preview" aria-label="What it would do now">
      <h3>What it would do now</h3>
      <dl>
        {preview.phases.map(({ name, nodeIds }) => (
          <div key={name}>
            <dt>
              {PHASE_NAMES[name]}, {countOf(nodeIds.length, "node")}
            </dt>
            <dd className="mono">{named(nodeIds)}</dd>
          </div>
        ))}
      </dl>
      {preview.withoutWayBack.length === 0 ? null : (
        <p className="note">
          <Glyph name="unconfirmed" /> Nothing good is known to have run yet on <span className="mono">{named(preview.withoutWayBack)}</span>: if it fails there, there is nothing to go back to.
        </p>
      )}
      {preview.leftOut.length === 0 ? null : (
        <ul aria-label="Left out now">
          {preview.leftOut.map(({ nodeId, reason }) => (
            <li key={nodeId}>
              <Glyph name="lost" />
              <span className="mono">{nodeId}</span> <span className="note">{reason}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
