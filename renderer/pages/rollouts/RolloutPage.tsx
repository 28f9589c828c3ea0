import { ArrowLeft, CirclePause, CirclePlay, OctagonX } from "lucide-react";
import type { ReactNode } from "react";
import type { RolloutView } from "../../../shared/contract/rollouts";
import { Button, Glyph, Kbd, Problem, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { formatClock, formatUtcInstant } from "../../format/time";
import { Guard } from "../../frame/Guard";
import { go } from "../../state/navigation";
import { useRollout, useRollouts } from "../../state/rollouts";
import { useFleet } from "../../state/store";
import { AbortDialog } from "./AbortDialog";
import { askAbort, pauseOrResume, useDesk } from "./desk";
import { Evidence } from "./Evidence";
import { Phases } from "./Phases";
import { StopRule } from "./StopRule";
import { Totals } from "./Totals";
import { allNodes, nodesToReturn, numberOf, STATE_GLYPHS, STATE_WORDS } from "./words";
import "./rollouts.css";

/** Where does this roll-out stand, what does it wait for, and is the version better? */
export function RolloutPage({ rolloutId }: { readonly rolloutId: string }): ReactNode {
  const view = useRollout(rolloutId);
  const isRead = useRollouts() !== null;
  if (view === undefined) {
    return (
      <div className="page-scroll rollouts-scroll">
        {isRead ? <Problem code="UNKNOWN_ROLLOUT" sentence={`There is no roll-out ${rolloutId} on this fleet.`} actions={<BackButton />} /> : null}
      </div>
    );
  }
  return (
    <>
      <Head view={view} />
      <div className="page-scroll rollouts-scroll">
        <Refusal rolloutId={rolloutId} />
        <Summary view={view} />
        <Guard what="The phases">
          <Phases view={view} />
        </Guard>
        <div className="rollout-lower">
          <Guard what="Before and after">
            <Evidence view={view} />
          </Guard>
          <StopRule view={view} />
        </div>
      </div>
      <AbortDialog />
    </>
  );
}

function BackButton(): ReactNode {
  return (
    <Button kind="outline" size="small" onPress={() => go({ page: "rollouts", rolloutId: null })}>
      <ArrowLeft size={16} strokeWidth={1.75} aria-hidden />
      All roll-outs
    </Button>
  );
}

function Head({ view }: { readonly view: RolloutView }): ReactNode {
  const link = useFleet(({ fleet }) => fleet?.meta.link.kind);
  const { rolloutId, state } = view;
  const nodes = allNodes(view).length;
  const returning = nodesToReturn(view).length;
  const canAbort = state !== "aborted" && state !== "completed";
  const from = view.fromVersions.length === 1 ? view.fromVersions[0] : "what they ran before";
  return (
    <div className="page-head">
      <div className="page-head-title">
        <div className="rollout-title">
          <h1>Roll-out {numberOf(rolloutId)}</h1>
          {view.fromVersions.map((version) => (
            <VersionTag key={version} version={version} />
          ))}
          <span aria-label="to">→</span>
          <VersionTag version={view.version} />
        </div>
        <p className="note" title={formatUtcInstant(view.startedAtMs)}>
          {link === "embedded" ? "embedded fleet, " : ""}
          {countOf(nodes, "node")} · started {formatClock(view.startedAtMs, "local")} by {view.actor} · policy revision {view.policyRevision} · {view.plan.atOnce} at once
        </p>
      </div>
      <BackButton />
      {canAbort ? (
        <>
          <span className="note rollout-abort-note">{returning === 0 ? "Nothing was changed yet" : `Abort can return ${countOf(returning, "node")} to ${from}`}</span>
          <Button kind="danger" onPress={() => askAbort(rolloutId)}>
            <OctagonX size={16} strokeWidth={1.75} aria-hidden />
            Abort…
          </Button>
        </>
      ) : null}
      <PauseButton view={view} />
    </div>
  );
}

function PauseButton({ view }: { readonly view: RolloutView }): ReactNode {
  if (view.state !== "running" && view.state !== "paused") return null;
  const isPaused = view.state === "paused";
  return (
    <Button kind="primary" onPress={() => void pauseOrResume(view)}>
      {isPaused ? <CirclePlay size={16} strokeWidth={1.75} aria-hidden /> : <CirclePause size={16} strokeWidth={1.75} aria-hidden />}
      {isPaused ? "Resume" : "Pause before next node"}
      <Kbd>P</Kbd>
    </Button>
  );
}

function Refusal({ rolloutId }: { readonly rolloutId: string }): ReactNode {
  const refusal = useDesk((desk) => desk.refusal);
  if (refusal === null || refusal.rolloutId !== rolloutId) return null;
  return <Problem code={refusal.failure.code} sentence={refusal.failure.message} />;
}

function Summary({ view }: { readonly view: RolloutView }): ReactNode {
  return (
    <section className="panel rollout-summary" aria-label="Where it stands" data-state={view.state}>
      <div className="rollout-sentences">
        <p className="rollout-sentence">
          <span className={`state rollout-state rollout-state-${view.state}`}>
            <Glyph name={STATE_GLYPHS[view.state]} />
            <span className="visually-hidden">{STATE_WORDS[view.state]}</span>
          </span>
          {view.sentence}
        </p>
        {view.stateReason === null || view.state === "stopped" ? null : <p className="rollout-reason">{view.stateReason}</p>}
        {view.next === "" ? null : <p className="note">{view.next}</p>}
      </div>
      <Totals nodes={allNodes(view)} />
    </section>
  );
}
