import type { ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import type { AliasMove, RegistryView } from "../../../shared/contract/models";
import { countOf } from "../../format/number";
import { formatClock, formatUtcInstant, type ClockKind } from "../../format/time";
import { useFleet, useSettings } from "../../state/store";
import { runsOf, type Run } from "./runs";

/** Runs and moves listed; older ones are counted. */
const MOST_LISTED = 6;

function spanText(run: Run, clock: ClockKind): string {
  return run.toMs === null
    ? `since ${formatClock(run.fromMs, clock)}`
    : `${formatClock(run.fromMs, clock)} – ${formatClock(run.toMs, clock)}`;
}

function utcText(run: Run): string {
  return run.toMs === null ? formatUtcInstant(run.fromMs) : `${formatUtcInstant(run.fromMs)} to ${formatUtcInstant(run.toMs)}`;
}

/** Where and when a version ran, by the nodes' own reports. */
export function RunHistory({ version }: { readonly version: string }): ReactNode {
  const { clock } = useSettings();
  // A node's history keeps its reference until it changes.
  const histories = useFleet(useShallow(({ fleet }) => [...(fleet?.nodes.values() ?? [])].map((node) => node.history)));
  const nodeIds = useFleet(useShallow(({ fleet }) => [...(fleet?.nodes.keys() ?? [])]));
  const runs = runsOf(
    version,
    nodeIds.map((nodeId, index) => ({ nodeId, history: histories[index] ?? [] })),
  );
  if (runs.length === 0) return <p className="inspector-quiet">On no node.</p>;
  return (
    <>
      <ul className="model-runs-list">
        {runs.slice(0, MOST_LISTED).map((run) => (
          <li key={`${run.nodeId} ${run.fromMs}`}>
            <span className="mono truncate" title={run.nodeId}>
              {run.nodeId}
            </span>
            <span title={utcText(run)}>{spanText(run, clock)}</span>
            <span className="note">{run.good ? "good" : run.samples === null ? "in an earlier run" : countOf(run.samples, "sample")}</span>
          </li>
        ))}
      </ul>
      {runs.length > MOST_LISTED ? <p className="note">and {countOf(runs.length - MOST_LISTED, "earlier run")}</p> : null}
    </>
  );
}

function moveText({ alias, from, to }: AliasMove, version: string): string {
  if (to === version) return from === null ? `became ${alias}` : `became ${alias} after ${from}`;
  return to === null ? `is no longer ${alias}` : `${alias} went to ${to}`;
}

/** Every move of an alias to or from a version, newest first. */
export function AliasHistory({ version, registry }: { readonly version: string; readonly registry: RegistryView }): ReactNode {
  const { clock } = useSettings();
  const moves = registry.aliasHistory.filter(({ from, to }) => from === version || to === version);
  if (registry.aliasTrouble !== null) return <p className="inspector-quiet">{registry.aliasTrouble}</p>;
  if (moves.length === 0) return <p className="inspector-quiet">None was ever set.</p>;
  return (
    <ul>
      {moves.slice(0, MOST_LISTED).map((move) => (
        <li key={`${move.atMs} ${move.alias}`} title={formatUtcInstant(move.atMs)}>
          {moveText(move, version)}, {formatClock(move.atMs, clock).slice(0, 5)}, <span className="note">{move.by}</span>
        </li>
      ))}
    </ul>
  );
}
