import { useEffect, useMemo, type ReactNode } from "react";
import { pairedPoint } from "../../../shared/comparison/pairing";
import { exchangeSides, summarise, type ComparisonSummary } from "../../../shared/comparison/summary";
import { verdictOf, type Verdict } from "../../../shared/comparison/verdict";
import type { Comparison, ComparisonView, LevelPoint } from "../../../shared/contract/comparison";
import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import { Button, Problem } from "../../design";
import { countOf } from "../../format/number";
import { Guard } from "../../frame/Guard";
import { useComparison } from "../../state/comparison";
import { go } from "../../state/navigation";
import { readRegistry, useRegistry, useRegistryFailure } from "../../state/registry";
import { readFleet, useFleetLimits } from "../../state/store";
import { CompareHead } from "./CompareHead";
import { CompareProgress } from "./CompareProgress";
import { CompareSetup } from "./CompareSetup";
import { changeDesk, comparableRows, firstChoice, useDesk } from "./desk";
import { LatencyPanel } from "./LatencyPanel";
import { ModalityPanel } from "./ModalityPanel";
import { RateDistortionPanel } from "./RateDistortionPanel";
import { ViewerPanel } from "./ViewerPanel";
import { WhereTheyRun } from "./WhereTheyRun";
import "../../charts/metric-chart.css";
import "./models.css";
import "./compare.css";

/** Which of two versions is better, by how much, and at what cost? */
export function ComparePage(): ReactNode {
  const registry = useRegistry();
  const failure = useRegistryFailure();
  useEffect(() => void readRegistry(), []);
  if (registry !== null && comparableRows(registry).length >= 2) return <Compare registry={registry} />;
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>Compare models</h1>
        </div>
      </div>
      <div className="page-scroll">
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        {registry === null ? (
          failure === null && <p role="status">Reading the registry.</p>
        ) : (
          <div className="panel empty-panel">
            <h2>{comparableRows(registry).length === 1 ? "There is only one version." : "There is no version."}</h2>
            <p>Comparing needs two. Import a bundle: drop its folder or archive anywhere on the window.</p>
            <div>
              <Button kind="outline" onPress={() => go({ page: "models", view: "list" })}>
                Open the registry
              </Button>
            </div>
          </div>
        )}
      </div>
    </>
  );
}

/** The two versions that the page is about. */
function useVersions(registry: RegistryView, view: ComparisonView): { readonly a: string; readonly b: string } {
  const { versionA, versionB } = useDesk((desk) => desk);
  if (view.phase === "measuring") return { a: view.versionA, b: view.versionB };
  if (versionA !== null && versionB !== null) return { a: versionA, b: versionB };
  if (view.phase !== "none") return { a: view.versionA, b: view.versionB };
  const running = [...(readFleet().fleet?.nodes.values() ?? [])].flatMap((node) => node.modelVersion ?? []);
  return firstChoice(registry, running) ?? { a: "", b: "" };
}

function Compare({ registry }: { readonly registry: RegistryView }): ReactNode {
  const view = useComparison();
  const { isSettingUp, isExchanged } = useDesk((desk) => desk);
  const versions = useVersions(registry, view);
  const limits = useFleetLimits();
  const done = view.phase === "done" && !isSettingUp ? view : null;
  const measured = done?.comparison ?? null;
  const comparison = useMemo(() => (measured === null || !isExchanged ? measured : exchangeSides(measured)), [measured, isExchanged]);
  const summary = useMemo(() => (comparison === null ? null : summarise(comparison)), [comparison]);
  const verdict = comparison === null || summary === null ? null : verdictOf(comparison, summary, limits.maxLatencyMs);
  return (
    <>
      <CompareHead
        registry={registry}
        versions={versions}
        facts={comparison === null || summary === null ? "the same frames for both, measured here" : factsOf(comparison, summary, registry)}
        better={comparison === null || verdict === null ? null : deployable(comparison, verdict)}
        isShown={done !== null}
        isMeasuring={view.phase === "measuring"}
      />
      <div className="page-scroll compare-scroll">
        {done !== null && comparison !== null && summary !== null && verdict !== null ? (
          <Result comparisonId={done.comparisonId} comparison={comparison} summary={summary} verdict={verdict} registry={registry} />
        ) : (
          <Before view={view} versions={versions} />
        )}
      </div>
    </>
  );
}

/** Before there is a result: how far it is, why there is none, or what shall be compared. */
function Before({ view, versions }: { readonly view: ComparisonView; readonly versions: { readonly a: string; readonly b: string } }): ReactNode {
  const { isSettingUp } = useDesk((desk) => desk);
  if (view.phase === "measuring") return <CompareProgress view={view} />;
  return (
    <>
      {view.phase === "failed" && !isSettingUp ? <Problem code={view.code} sentence={view.message} /> : null}
      {view.phase === "cancelled" && !isSettingUp ? (
        <p className="note" role="status">
          The comparison of {view.versionA} and {view.versionB} was cancelled. Nothing of it was kept.
        </p>
      ) : null}
      {view.phase === "done" ? (
        <p className="setup-back">
          <Button kind="quiet" onPress={() => changeDesk({ isSettingUp: false })}>
            Back to {view.versionA} and {view.versionB}
          </Button>
        </p>
      ) : null}
      <CompareSetup versions={versions} />
    </>
  );
}

/** The better version, where it may go to nodes: no drill. */
function deployable(comparison: Comparison, verdict: Verdict): string | null {
  if (verdict.kind !== "a-better" && verdict.kind !== "b-better") return null;
  const { version, drill } = verdict.kind === "a-better" ? comparison.a : comparison.b;
  return drill ? null : version;
}

function factsOf(comparison: Comparison, summary: ComparisonSummary, registry: RegistryView): string {
  const rowOf = (version: string): RegistryRow | undefined => registry.rows.find((row) => row.kind === "model" && row.version === version);
  const states = [comparison.a, comparison.b].map(({ version }) => rowOf(version)?.verification.state);
  const proof = states.every((state) => state === "verified") ? "both verified on this machine" : "hashes of both match their manifests";
  const frames =
    comparison.source === "held-out"
      ? `${countOf(summary.frames, "held-out frame")} of ${countOf(summary.scenes, "scene")}, none used in training`
      : countOf(summary.frames, "picture");
  return `${frames} · ${proof}${comparison.noReferences === null ? "" : " · JPEG and WebP not measured"}`;
}

function Result(props: {
  readonly comparisonId: string;
  readonly comparison: Comparison;
  readonly summary: ComparisonSummary;
  readonly verdict: Verdict;
  readonly registry: RegistryView;
}): ReactNode {
  const { comparison, summary, verdict, registry } = props;
  const { isExchanged } = useDesk((desk) => desk);
  const limits = useFleetLimits();
  const points = useShownPoints(comparison);
  const names = { a: comparison.a.version, b: comparison.b.version };
  if (points === null) return <p role="status">The comparison holds no frame.</p>;
  const levels = { a: points.a.level, b: points.b.level };
  return (
    <>
      <section className="panel verdict" aria-label="Verdict">
        <p>
          <strong>{verdict.lead}</strong>
          {verdict.rest}
        </p>
      </section>
      <div className="compare-body">
        <div className="compare-main">
          <Guard what="The pictures">
            <ViewerPanel comparisonId={props.comparisonId} comparison={comparison} isExchanged={isExchanged} points={points} />
          </Guard>
          <Guard what="The modalities">
            <ModalityPanel comparison={comparison} levels={levels} />
          </Guard>
        </div>
        <div className="compare-aside">
          <Guard what="Rate and distortion">
            <RateDistortionPanel
              summary={summary}
              names={names}
              levels={levels}
              noReferences={comparison.noReferences}
              onLevel={(level) => changeDesk({ level })}
            />
          </Guard>
          <Guard what="Encode latency">
            <LatencyPanel comparison={comparison} summary={summary} names={names} maxLatencyMs={limits.maxLatencyMs} />
          </Guard>
          <Guard what="Where they run">
            <WhereTheyRun registry={registry} names={names} />
          </Guard>
        </div>
      </div>
    </>
  );
}

/** The points of the shown frame: A at the chosen level, B at what stands beside it. */
function useShownPoints(comparison: Comparison): { readonly a: LevelPoint; readonly b: LevelPoint } | null {
  const { frame, level, mode } = useDesk((desk) => desk);
  const shown = comparison.frames[frame] ?? comparison.frames[0];
  if (shown === undefined) return null;
  const wanted = level ?? comparison.a.defaultLevel;
  const a = shown.a.find((point) => point.level === wanted) ?? shown.a[0];
  const b = a === undefined ? undefined : pairedPoint(mode, a, shown.b);
  return a === undefined || b === undefined ? null : { a, b };
}
