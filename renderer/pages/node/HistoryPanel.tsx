import { memo, useState, type ReactNode } from "react";
import type { NodeView, VersionSpan } from "../../../shared/contract/snapshot";
import type { GuardView } from "../../../shared/contract/guard";
import { Button, Glyph, Panel, Tag, VersionTag, type GlyphName } from "../../design";
import { countOf } from "../../format/number";
import { formatClock, formatUtcInstant, type ClockKind } from "../../format/time";
import { LiftDialog } from "../../judging/LiftDialog";
import type { LiftIntent } from "../../judging/quarantine-entries";
import { useSettings } from "../../state/store";

/** Versions listed; older ones are counted. */
const MOST_LISTED = 6;

/** What the panel of a node's versions needs. */
export interface HistoryPanelProps extends Pick<NodeView, "nodeId" | "vertical" | "history" | "rollback"> {
  /** Where the version that runs is on its way; null before the first sample. */
  readonly phase: GuardView["trial"]["phase"] | null;
  /** Versions that may not run here. */
  readonly quarantined: readonly string[];
}

/** What ran on the node by its own report, newest first, and what may not run on it. */
export const HistoryPanel = memo(function HistoryPanel(props: HistoryPanelProps): ReactNode {
  const { nodeId, vertical, quarantined, phase } = props;
  const { clock } = useSettings();
  const [lifting, setLifting] = useState<LiftIntent | null>(null);
  const spans = props.history.toSorted((one, other) => other.fromMs - one.fromMs);
  const target = props.rollback.offered ? props.rollback.version : null;
  const targetSpan = spans.find((span) => span.toMs !== null && span.version === target);
  const earlier = spans.length - MOST_LISTED;
  return (
    <Panel title="What ran here" fact="by its own report">
      {spans.length === 0 ? <p className="note">No version reported yet.</p> : null}
      <ul className="node-history">
        {spans.slice(0, MOST_LISTED).map((span) => {
          const isKept = span.version !== null && quarantined.includes(span.version);
          return (
            <li key={span.fromMs} className="node-history-row">
              <span className={span.toMs === null ? undefined : "node-history-past"}>
                <Glyph name={glyphOf(span, isKept, phase)} />
              </span>
              <span className="node-history-version">
                <VersionTag version={span.version} />
                {span.drill ? <Tag name="DRILL" /> : null}
              </span>
              <span className="node-history-time" title={utcOf(span)}>
                {timeOf(span, clock)}
              </span>
              <span className="note numeric">{isKept ? "quarantined" : roleOf(span, span === targetSpan, phase)}</span>
            </li>
          );
        })}
      </ul>
      {earlier > 0 ? <p className="note">and {countOf(earlier, "earlier one")}</p> : null}
      {quarantined.length === 0 ? null : (
        <ul className="node-quarantine" aria-label="In quarantine here">
          {quarantined.map((version) => (
            <li key={version}>
              <Glyph name="quarantined" />
              <span className="node-quarantine-words">
                <span className="mono">{version}</span> may not run here
              </span>
              <Button kind="danger" size="small" aria-label={`Lift the quarantine of ${version}…`} onPress={() => setLifting({ version, nodeId, vertical })}>
                Lift…
              </Button>
            </li>
          ))}
        </ul>
      )}
      <LiftDialog intent={lifting} onClose={() => setLifting(null)} />
    </Panel>
  );
});

function glyphOf(span: VersionSpan, isKept: boolean, phase: HistoryPanelProps["phase"]): GlyphName {
  if (isKept) return "quarantined";
  if (span.toMs === null) return phase === "committed" ? "verified" : "in-progress";
  return span.good ? "verified" : "waiting";
}

/** Below this a run is told to the second. */
const SHORT_RUN_MS = 10 * 60_000;

function timeOf(span: VersionSpan, clock: ClockKind): string {
  if (span.toMs === null) return `since ${formatClock(span.fromMs, clock)}`;
  // Of a long run the minutes are enough; the title has the seconds.
  const shown = span.toMs - span.fromMs < SHORT_RUN_MS ? 8 : 5;
  return `${formatClock(span.fromMs, clock).slice(0, shown)} – ${formatClock(span.toMs, clock).slice(0, shown)}`;
}

function utcOf(span: VersionSpan): string {
  return span.toMs === null ? formatUtcInstant(span.fromMs) : `${formatUtcInstant(span.fromMs)} to ${formatUtcInstant(span.toMs)}`;
}

/** What a version is now: in trial, running, where a rollback would go, good, or how much is known of it. */
function roleOf(span: VersionSpan, isTarget: boolean, phase: HistoryPanelProps["phase"]): string {
  if (span.toMs === null) {
    if (phase === "warming" || phase === "trial") return "in trial";
    return span.good ? "running, good" : "running";
  }
  if (isTarget) return "rollback target";
  if (span.good) return "good";
  return span.samples === null ? "in an earlier run" : countOf(span.samples, "sample");
}
