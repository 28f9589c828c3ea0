import { useEffect, useState, type ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import { CheckboxGroup } from "react-aria-components/CheckboxGroup";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import type { ModelView } from "../../shared/contract/channels";
import type { Failure } from "../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, Glyph, Problem, StateGlyph, Tag, VersionTag } from "../design";
import { countOf, formatBytes } from "../format/number";
import { compareIds } from "../pages/fleet/order";
import { request } from "../state/ops";
import { readFleet, useFleet, useNode } from "../state/store";
import { closeDeploy, useDeployIntent, type DeployIntent } from "./desk";
import { deployTo, type DeployOutcome } from "./deploy";
import { obstacleOf } from "./rollback-choice";
import "./deploy.css";

/** "Deploy a version...": which version, on which nodes, expecting what runs there now. */
export function DeployDialog(): ReactNode {
  const intent = useDeployIntent();
  return (
    <Dialog
      title={intent?.nodeId == null ? "Deploy a version" : `Deploy a version on ${intent.nodeId}`}
      isOpen={intent !== null}
      onClose={closeDeploy}
      width="wide"
    >
      {intent === null ? null : <DeployForm intent={intent} />}
    </Dialog>
  );
}

/** What every node reported when the dialog opened: sent along as `expectedVersion`. */
type SeenVersions = ReadonlyMap<string, string | null>;

function versionsNow(): SeenVersions {
  const nodes = readFleet().fleet?.nodes.values() ?? [];
  return new Map([...nodes].map((node) => [node.nodeId, node.modelVersion]));
}

function DeployForm({ intent }: { readonly intent: DeployIntent }): ReactNode {
  const [seen, setSeen] = useState(versionsNow);
  const [models, setModels] = useState<readonly ModelView[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [version, setVersion] = useState(intent.version);
  const [nodeIds, setNodeIds] = useState<readonly string[]>(intent.nodeId === null ? [] : [intent.nodeId]);
  const [outcomes, setOutcomes] = useState<readonly DeployOutcome[]>([]);
  const [isSending, setIsSending] = useState(false);

  useEffect(() => {
    let isCurrent = true;
    void request("models/list", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setModels(answer.value);
      else setFailure(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, []);

  const send = async (): Promise<void> => {
    if (version === null) return;
    setIsSending(true);
    const results = await deployTo(nodeIds, version, seen);
    setIsSending(false);
    const refused = results.filter((outcome) => outcome.failure !== null);
    if (refused.length === 0) {
      closeDeploy();
      return;
    }
    setOutcomes(refused);
    setNodeIds(refused.map((outcome) => outcome.nodeId));
  };

  const lookAgain = (): void => {
    setSeen(versionsNow());
    setOutcomes([]);
  };

  const obstacle = useFleet(({ fleet }) => obstacleOf(fleet?.meta));
  const missing = obstacle !== null ? obstacle : version === null ? "Choose a version." : nodeIds.length === 0 ? "Choose at least one node." : "";
  return (
    <>
      <DialogBody>
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <VersionChoice models={models} version={version} onChange={setVersion} />
        <KeptFrom version={version} nodeIds={nodeIds} />
        {intent.nodeId === null ? (
          <NodeChoice seen={seen} nodeIds={nodeIds} onChange={setNodeIds} />
        ) : (
          <RunsNow nodeId={intent.nodeId} seen={seen} />
        )}
        {outcomes.map(({ nodeId, failure: refused }) =>
          refused === null ? null : (
            <Problem
              key={nodeId}
              code={refused.code}
              sentence={refused.message}
              detail={`Deploy ${version ?? ""} on ${nodeId}`}
              actions={
                refused.code === "STALE_VERSION" ? (
                  <Button kind="outline" size="small" onPress={lookAgain}>
                    Look again
                  </Button>
                ) : null
              }
            />
          ),
        )}
      </DialogBody>
      <DialogActions>
        <span className="deploy-missing note">{missing}</span>
        <Button kind="quiet" onPress={closeDeploy}>
          Cancel
        </Button>
        <Button kind="primary" isDisabled={missing !== "" || isSending} isPending={isSending} onPress={() => void send()}>
          {version === null ? "Deploy" : `Deploy ${version}`}
          {nodeIds.length === 0 ? "" : nodeIds.length === 1 ? ` on ${nodeIds[0]}` : ` on ${countOf(nodeIds.length, "node")}`}
        </Button>
      </DialogActions>
    </>
  );
}

/** Nodes of the choice that the version may not run on: the engine refuses it there. */
function KeptFrom({ version, nodeIds }: { readonly version: string | null; readonly nodeIds: readonly string[] }): ReactNode {
  const kept = useFleet(({ fleet }) =>
    version === null ? "" : nodeIds.filter((nodeId) => fleet?.nodes.get(nodeId)?.guard?.quarantined.includes(version) === true).join(", "),
  );
  if (kept === "") return null;
  return (
    <p className="choice-kept" role="status">
      <Glyph name="quarantined" /> {version} is in quarantine on {kept}: it is refused there until somebody lifts it, with a reason, on the page of the node.
    </p>
  );
}

function VersionChoice(props: {
  readonly models: readonly ModelView[] | null;
  readonly version: string | null;
  readonly onChange: (version: string) => void;
}): ReactNode {
  const { models } = props;
  if (models === null) return <p className="note">Reading the registry.</p>;
  if (models.length === 0) return <p>The registry has no versions: look at the models folder in Settings, About.</p>;
  return (
    <RadioGroup className="choice-group" value={props.version} onChange={props.onChange}>
      <Label className="choice-label">Version</Label>
      {models.map((model) => (
        <Radio key={model.version} value={model.version} className="choice" isDisabled={!model.verified}>
          <span className="choice-mark" />
          <VersionTag version={model.version} />
          {model.drill ? <Tag name="DRILL" /> : null}
          <span className="choice-text">
            <span>{model.description}</span>
            <span className="choice-fact">
              <Glyph name={model.verified ? "verified" : "waiting"} />
              {model.sentence} {model.family}, {formatBytes(model.bytes)}
            </span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

function NodeChoice(props: {
  readonly seen: SeenVersions;
  readonly nodeIds: readonly string[];
  readonly onChange: (nodeIds: readonly string[]) => void;
}): ReactNode {
  const all = [...props.seen.keys()].sort(compareIds);
  return (
    <CheckboxGroup className="choice-group" value={[...props.nodeIds]} onChange={props.onChange}>
      <div className="choice-head">
        <Label className="choice-label">Nodes</Label>
        <Button kind="quiet" size="small" onPress={() => props.onChange(props.nodeIds.length === all.length ? [] : all)}>
          {props.nodeIds.length === all.length ? "None" : "All"}
        </Button>
      </div>
      <div className="choice-nodes">
        {all.map((nodeId) => (
          <NodeOption key={nodeId} nodeId={nodeId} seenVersion={props.seen.get(nodeId) ?? null} />
        ))}
      </div>
    </CheckboxGroup>
  );
}

function NodeOption({ nodeId, seenVersion }: { readonly nodeId: string; readonly seenVersion: string | null }): ReactNode {
  const state = useNode(nodeId)?.state;
  return (
    <Checkbox value={nodeId} className="choice choice-node">
      <span className="choice-mark choice-mark-square" />
      {state === undefined ? null : <StateGlyph state={state} showWord={state !== "live"} />}
      <span className="mono truncate">{nodeId}</span>
      <VersionTag version={seenVersion} />
    </Checkbox>
  );
}

function RunsNow({ nodeId, seen }: { readonly nodeId: string; readonly seen: SeenVersions }): ReactNode {
  const now = useNode(nodeId)?.modelVersion ?? null;
  const seenVersion = seen.get(nodeId) ?? null;
  return (
    <p className="choice-runs">
      {nodeId} reports <VersionTag version={seenVersion} />
      {now === seenVersion ? null : (
        <span>
          {" "}
          when this dialog opened, and <VersionTag version={now} /> now: the deploy will be refused until you look again.
        </span>
      )}
    </p>
  );
}
