import { memo, type ReactNode } from "react";
import type { NodeView, VersionSpan } from "../../../shared/contract/snapshot";
import { Glyph, Panel, Tag, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { formatClock, formatUtcInstant, type ClockKind } from "../../format/time";
import { useSettings } from "../../state/store";

/** Versions listed; older ones are counted. */
const MOST_LISTED = 6;

/** What ran on the node by its own report, newest first. */
export const HistoryPanel = memo(function HistoryPanel(props: Pick<NodeView, "history" | "rollback">): ReactNode {
  const { clock } = useSettings();
  const spans = props.history.toSorted((one, other) => other.fromMs - one.fromMs);
  const target = props.rollback.offered ? props.rollback.version : null;
  const targetSpan = spans.find((span) => span.toMs !== null && span.version === target);
  const earlier = spans.length - MOST_LISTED;
  return (
    <Panel title="What ran here" fact="by its own report">
      {spans.length === 0 ? <p className="note">No version reported yet.</p> : null}
      <ul className="node-history">
        {spans.slice(0, MOST_LISTED).map((span) => (
          <li key={span.fromMs} className="node-history-row">
            <span className={span.toMs === null ? undefined : "node-history-past"}>
              <Glyph name={span.toMs === null ? "in-progress" : span.good ? "verified" : "waiting"} />
            </span>
            <span className="node-history-version">
              <VersionTag version={span.version} />
              {span.drill ? <Tag name="DRILL" /> : null}
            </span>
            <span className="node-history-time" title={utcOf(span)}>
              {timeOf(span, clock)}
            </span>
            <span className="note numeric">{roleOf(span, span === targetSpan)}</span>
          </li>
        ))}
      </ul>
      {earlier > 0 ? <p className="note">and {countOf(earlier, "earlier one")}</p> : null}
    </Panel>
  );
});

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

/** What a version is now: running, where a rollback would go, good, or how much is known of it. */
function roleOf(span: VersionSpan, isTarget: boolean): string {
  if (span.toMs === null) return span.good ? "running, good" : "running";
  if (isTarget) return "rollback target";
  if (span.good) return "good";
  return span.samples === null ? "in an earlier run" : countOf(span.samples, "sample");
}
