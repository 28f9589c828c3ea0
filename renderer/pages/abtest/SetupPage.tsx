import { CirclePlay } from "lucide-react";
import { useEffect, useMemo, type ReactNode } from "react";
import type { AbTestCandidate } from "../../../shared/contract/abtest";
import { Button, Glyph, Kbd, Panel, Problem } from "../../design";
import { Guard } from "../../frame/Guard";
import { readRegistry, useRegistry, useRegistryFailure } from "../../state/registry";
import { readFleet } from "../../state/store";
import { comparableRows, firstChoice } from "../models/desk";
import { changeForm, discard, startDraft, useDesk } from "./desk";
import { DecidesPanel } from "./DecidesPanel";
import { DesignPanel } from "./DesignPanel";
import { missingOf } from "./form";
import { LanePanel } from "./LanePanel";
import { NodePool } from "./NodePool";
import { TimePanel } from "./TimePanel";
import { usePreview } from "./use-preview";
import "../../commands/deploy.css";
import "./abtest.css";
import "./setup.css";

/** Which nodes, which versions, what decides, and how long it will take; nothing is sent before the start. */
export function SetupPage(): ReactNode {
  useFirstVersions();
  usePreview();
  const registry = useRegistry();
  const registryFailure = useRegistryFailure();
  const { form, preview, previewFailure, refusal } = useDesk((desk) => desk);
  const candidates = useMemo(() => (preview === null ? null : new Map(preview.candidates.map((each) => [each.nodeId, each]))), [preview]);
  const rows = registry === null ? null : comparableRows(registry);
  const hasBoth = form.nodesA.length > 0 && form.nodesB.length > 0;
  return (
    <>
      <Head />
      <div className="page-scroll ab-scroll">
        {registryFailure === null ? null : <Problem code={registryFailure.code} sentence={registryFailure.message} />}
        {previewFailure === null ? null : <Problem code={previewFailure.code} sentence={previewFailure.message} />}
        {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
        {hasBoth ? preview?.refusals.map(({ code, sentence }) => <Problem key={`${code} ${sentence}`} code={code} sentence={sentence} />) : null}
        <div className="ab-setup">
          <div className="ab-lanes">
            <Guard what="The nodes">
              <NodePool candidates={candidates} />
            </Guard>
            <LanePanel side="a" rows={rows} candidates={candidates ?? NO_CANDIDATES} preview={preview} />
            <LanePanel side="b" rows={rows} candidates={candidates ?? NO_CANDIDATES} preview={preview} />
          </div>
          <aside className="ab-aside" aria-label="What decides, and how long it takes">
            <DecidesPanel preview={preview} />
            {preview === null || !hasBoth ? null : (
              <>
                <Guard what="The prediction">
                  <TimePanel preview={preview} />
                </Guard>
                <Conditions />
              </>
            )}
          </aside>
          <Guard what="The design">
            <DesignPanel preview={preview} />
          </Guard>
        </div>
      </div>
    </>
  );
}

const NO_CANDIDATES: ReadonlyMap<string, AbTestCandidate> = new Map();

/** Chooses the champion and the candidate where nobody chose yet. */
function useFirstVersions(): void {
  const registry = useRegistry();
  const { versionA, versionB } = useDesk((desk) => desk.form);
  useEffect(() => {
    void readRegistry();
  }, []);
  useEffect(() => {
    if (registry === null || (versionA !== null && versionB !== null)) return;
    const running = [...(readFleet().fleet?.nodes.values() ?? [])].flatMap(({ modelVersion }) => modelVersion ?? []);
    const first = firstChoice(registry, running);
    if (first === null) return;
    // A version that came with the click stands in B; it is not held against itself.
    const other = versionB === first.a ? first.b : first.a;
    changeForm({ versionA: versionA ?? other, versionB: versionB ?? first.b });
  }, [registry, versionA, versionB]);
}

function Head(): ReactNode {
  const { form, preview, isStarting } = useDesk((desk) => desk);
  const missing = missingOf(form, preview);
  return (
    <div className="page-head">
      <div className="page-head-title">
        <h1>New A/B test</h1>
        <p className="note">
          draft, nothing has been sent · drag nodes into an arm, or focus one and press <Kbd>A</Kbd> or <Kbd>B</Kbd>
        </p>
      </div>
      <span className="note ab-missing">{missing}</span>
      <Button kind="quiet" onPress={discard}>
        Discard
      </Button>
      <Button kind="primary" isDisabled={missing !== ""} isPending={isStarting} onPress={() => void startDraft()}>
        <CirclePlay size={16} strokeWidth={1.75} aria-hidden />
        Start the test
        <Kbd>Ctrl Enter</Kbd>
      </Button>
    </div>
  );
}

function Conditions(): ReactNode {
  const conditions = useDesk((desk) => desk.preview?.conditions);
  if (conditions === undefined || conditions.length === 0) return null;
  return (
    <Panel title="Before it starts">
      <ul className="ab-conditions">
        {conditions.map(({ met, sentence }) => (
          <li key={sentence}>
            <Glyph name={met ? "verified" : "waiting"} />
            <span>
              <span className="visually-hidden">{met ? "Met: " : "Not met: "}</span>
              {sentence}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
