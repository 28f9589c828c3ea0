import { Lock, LockOpen } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { RolloutPhase, RolloutView } from "../../../shared/contract/rollouts";
import { Glyph } from "../../design";
import { countOf, formatNumber } from "../../format/number";
import { formatClock } from "../../format/time";
import { go } from "../../state/navigation";
import { hueOf, NODE_GLYPHS, NODE_WORDS, PHASE_NAMES, type RolloutNodeView } from "./words";

/** So many waiting nodes are shown one by one; more are summed up. */
const SHOWN_WAITING = 8;

const PHASE_WORDS: Readonly<Record<RolloutPhase["state"], string>> = { waiting: "Waiting", running: "Running", committed: "Passed", stopped: "Stopped" };
const PHASE_GLYPHS = { waiting: "waiting", running: "in-progress", committed: "verified", stopped: "failing" } as const;

/** The phases in their order, joined by their gates. */
export function Phases({ view }: { readonly view: RolloutView }): ReactNode {
  return (
    <ol className="phases" aria-label="Phases and their gates">
      {view.phases.map((phase, index) => (
        <Fragment key={phase.name}>
          <Phase phase={phase} place={index + 1} view={view} />
          {phase.gate.length === 0 ? null : <Gate phase={phase} place={index + 1} isNext={phase.state === "running"} />}
        </Fragment>
      ))}
    </ol>
  );
}

function sizeText({ name, nodes }: RolloutPhase, share: number): string {
  const count = countOf(nodes.length, "node");
  return name === "share" ? `${formatNumber(share * 100, 0)} %, ${count}` : count;
}

function Phase({ phase, place, view }: { readonly phase: RolloutPhase; readonly place: number; readonly view: RolloutView }): ReactNode {
  const waiting = phase.nodes.filter(({ state }) => state === "waiting");
  const isSummed = waiting.length > SHOWN_WAITING;
  const shown = isSummed ? phase.nodes.filter(({ state }) => state !== "waiting") : phase.nodes;
  return (
    <li className={`phase phase-${phase.state}`} data-phase-name={phase.name}>
      <div className="phase-head">
        <span className="phase-place" aria-hidden="true">
          {place}
        </span>
        <h2>{PHASE_NAMES[phase.name]}</h2>
        <span className="note">{sizeText(phase, view.plan.share)}</span>
        <span className="state phase-state">
          <Glyph name={PHASE_GLYPHS[phase.state]} />
          {PHASE_WORDS[phase.state]}
        </span>
      </div>
      {shown.length === 0 ? null : (
        <ul className="phase-nodes">
          {shown.map((node) => (
            <PhaseNode key={node.nodeId} node={node} />
          ))}
        </ul>
      )}
      {isSummed ? (
        <p className="phase-waiting mono">
          {waiting[0]?.nodeId} to {waiting.at(-1)?.nodeId}, {waiting.length} waiting
        </p>
      ) : null}
      {phase.nodes.length === 0 ? <p className="note">No node is in this phase.</p> : null}
      {phase.name === "all" && view.leftOut.length > 0 ? <LeftOut nodes={view.leftOut} isOver={view.endedAtMs !== null} /> : null}
    </li>
  );
}

function stateText(node: RolloutNodeView): string {
  if (node.state === "trial" && node.needed > 0) return `trial ${node.passed}/${node.needed}`;
  return NODE_WORDS[node.state];
}

function PhaseNode({ node }: { readonly node: RolloutNodeView }): ReactNode {
  const note = node.note === "" ? "" : `: ${node.note}`;
  return (
    <li>
      <button
        type="button"
        className={`phase-node phase-node-${node.state} hue-edge-${hueOf(node.state)}`}
        title={`${node.nodeId} ${NODE_WORDS[node.state]}${note}`}
        data-node-state={node.state}
        onClick={() => go({ page: "node", nodeId: node.nodeId })}
      >
        <Glyph name={NODE_GLYPHS[node.state]} />
        <span className="mono truncate">{node.nodeId}</span>
        <span className="phase-node-state">{stateText(node)}</span>
      </button>
    </li>
  );
}

function Gate({ phase, place, isNext }: { readonly phase: RolloutPhase; readonly place: number; readonly isNext: boolean }): ReactNode {
  const isPassed = phase.state === "committed";
  return (
    <li className={`gate ${isPassed ? "gate-passed" : ""}`}>
      <p className="gate-head">
        {isPassed ? <LockOpen size={16} strokeWidth={1.75} aria-hidden /> : <Lock size={16} strokeWidth={1.75} aria-hidden />}
        <span>{isPassed ? `Gate ${place} passed` : `Gate ${place}`}</span>
      </p>
      <ul>
        {phase.gate.map((condition, index) => (
          <li key={index} className={condition.met ? "gate-met" : "gate-unmet"}>
            <Glyph name={condition.met ? "verified" : isNext ? "in-progress" : "waiting"} />
            <span>
              <span className="visually-hidden">{condition.met ? "Met: " : "Not met: "}</span>
              {condition.sentence}
            </span>
          </li>
        ))}
      </ul>
      {phase.gateOpensAtMs === null ? null : <p className="note">opens {formatClock(phase.gateOpensAtMs, "local")} at the earliest</p>}
    </li>
  );
}

function LeftOut({ nodes, isOver }: { readonly nodes: readonly RolloutNodeView[]; readonly isOver: boolean }): ReactNode {
  return (
    <div className="left-out">
      <ul aria-label="Left out">
        {nodes.map((node) => (
          <li key={node.nodeId} title={node.note}>
            <Glyph name={node.note === "no metrics" ? "no-metrics" : "lost"} />
            <span className="mono truncate">{node.nodeId}</span>
            <span className="note truncate">{node.note}: left out</span>
          </li>
        ))}
      </ul>
      <p className="note">{isOver ? "They need a roll-out of their own." : "Left-out nodes are offered again when they are live."}</p>
    </div>
  );
}
