import { ArrowLeft, Download, FileCheck2, Square } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import type { Failure } from "../../../shared/result";
import { ArmTag, Button, Problem, Segmented, VersionTag } from "../../design";
import { formatClock, formatMoment, formatUtcInstant } from "../../format/time";
import { Guard } from "../../frame/Guard";
import { say } from "../../state/announce";
import { go } from "../../state/navigation";
import { request } from "../../state/ops";
import { useFleet, useSettings } from "../../state/store";
import { BlocksPanel } from "./BlocksPanel";
import { ChangesPanel, HappenedPanel, RestorePanel } from "./ChangesPanel";
import { CountsPanel } from "./CountsPanel";
import { askEnd, exportTest, showMetric, useDesk } from "./desk";
import { EndDialog } from "./EndDialog";
import { FunnelPanel } from "./FunnelPanel";
import { GuardrailsPanel } from "./GuardrailsPanel";
import { PromotePanel } from "./PromotePanel";
import { lengthText } from "./block-times";
import { useAbTestView } from "./use-view";
import { VerdictPanel } from "./VerdictPanel";
import { commonRestore, DESIGN_WORDS, isOpen, nodesText, numberOf } from "./words";
import "../../commands/deploy.css";
import "../rollouts/rollouts.css";
import "./abtest.css";
import "./live.css";

/** Is B better, how sure is that, and what would change it? While the test runs and afterwards. */
export function LivePage({ testId }: { readonly testId: string }): ReactNode {
  const { view, failure } = useAbTestView(testId);
  useEffect(() => showMetric(null), [testId]);
  if (view === null) {
    return (
      <div className="page-scroll ab-scroll">
        {failure === null ? <p className="note">Reading test {numberOf(testId)} from the journal.</p> : <Problem code={failure.code} sentence={failure.message} actions={<BackButton />} />}
      </div>
    );
  }
  return (
    <>
      <Head view={view} />
      <div className="page-scroll ab-scroll">
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <VerdictPanel view={view} />
        <PromotePanel view={view} />
        <Body view={view} />
      </div>
      <EndDialog view={view} />
    </>
  );
}

function Body({ view }: { readonly view: AbTestView }): ReactNode {
  const chosen = useDesk((desk) => desk.metric) ?? view.primary;
  const metric = view.metrics.find((each) => each.metric === chosen) ?? view.metrics[0];
  return (
    <div className="ab-live">
      <div className="ab-main">
        {view.metrics.length < 2 ? null : (
          <Segmented
            label="Metric of the charts"
            value={metric?.metric ?? view.primary}
            segments={view.metrics.map((each) => ({ value: each.metric, label: `${SEGMENT_NAMES[each.metric]}${each.role === "primary" ? ", decides" : ""}` }))}
            onChange={showMetric}
          />
        )}
        {metric === undefined ? null : (
          <>
            <Guard what="The funnel">
              <FunnelPanel view={view} metric={metric} />
            </Guard>
            <Guard what="The blocks">
              <BlocksPanel view={view} metric={metric.metric} />
            </Guard>
          </>
        )}
      </div>
      <aside className="ab-aside" aria-label="Guardrails, counts, and what would change the verdict">
        <Guard what="The guardrails">
          <GuardrailsPanel view={view} />
        </Guard>
        <CountsPanel view={view} />
        <ChangesPanel view={view} />
        <RestorePanel view={view} />
        <HappenedPanel view={view} />
      </aside>
    </div>
  );
}

const SEGMENT_NAMES = { compressionRatio: "Ratio", latencyMs: "Latency", qualityScore: "Quality" } as const;

function BackButton(): ReactNode {
  return (
    <Button kind="quiet" onPress={() => go({ page: "abtests", view: "list" })}>
      <ArrowLeft size={16} strokeWidth={1.75} aria-hidden />
      All tests
    </Button>
  );
}

function Head({ view }: { readonly view: AbTestView }): ReactNode {
  const { clock } = useSettings();
  const link = useFleet(({ fleet }) => fleet?.meta.link.kind);
  // The day alone matters: the head must not be drawn again at every tick.
  const nowMs = useFleet(({ fleet }) => Math.floor((fleet?.meta.atMs ?? view.startedAtMs) / 60_000) * 60_000);
  const { testId, versionA, versionB, design, blockMs, washOutMs, startedAtMs, endedAtMs, actor } = view;
  const swaps = design === "crossover" ? `${lengthText(blockMs)} blocks, ${washOutMs / 1000} s wash-out` : `${lengthText(blockMs)} blocks`;
  return (
    <div className="page-head">
      <div className="page-head-title">
        <div className="ab-title">
          <h1>Test {numberOf(testId)}</h1>
          <ArmTag side="a" />
          <VersionTag version={versionA} />
          <span className="note">against</span>
          <ArmTag side="b" />
          <VersionTag version={versionB} />
        </div>
        <p className="note" title={formatUtcInstant(startedAtMs)}>
          {link === "embedded" ? "embedded fleet, " : ""}
          {DESIGN_WORDS[design]} on {nodesText(view)} · {swaps} · started {formatMoment(startedAtMs, nowMs, clock)} by {actor}
          {endedAtMs === null ? "" : `, ended ${formatClock(endedAtMs, clock)}`}
        </p>
      </div>
      <BackButton />
      <Actions view={view} />
    </div>
  );
}

function Actions({ view }: { readonly view: AbTestView }): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const { testId, state } = view;
  const back = commonRestore(view);
  const reproduce = async (): Promise<void> => {
    const answer = await request("abtests/reproduce", { testId });
    setFailure(answer.ok ? null : answer.error);
    if (answer.ok) say(answer.value.sentence);
  };
  return (
    <>
      {isOpen(view) ? null : (
        <>
          <Button kind="quiet" onPress={() => void reproduce()}>
            <FileCheck2 size={16} strokeWidth={1.75} aria-hidden />
            Compute again
          </Button>
        </>
      )}
      <Button kind="outline" onPress={() => void exportTest(testId).then(setFailure)}>
        <Download size={16} strokeWidth={1.75} aria-hidden />
        Export…
      </Button>
      {isOpen(view) ? (
        <Button kind="outline" isDisabled={state === "ending"} onPress={() => askEnd(testId)}>
          <Square size={16} strokeWidth={1.75} aria-hidden />
          {back === null ? "End…" : `End, back to ${back}…`}
        </Button>
      ) : null}
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
    </>
  );
}
