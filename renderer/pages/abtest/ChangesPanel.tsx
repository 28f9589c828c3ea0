import type { ReactNode } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import { Glyph, Panel, Tag } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useSettings } from "../../state/store";

/** Time to a decision, what would change the verdict, what becomes of the nodes, and what happened. */
export function ChangesPanel({ view }: { readonly view: AbTestView }): ReactNode {
  if (view.changes.length === 0 && view.timeToDecision === null) return null;
  return (
    <Panel title="What would change it" className="ab-changes">
      <ul>
        {view.timeToDecision === null ? null : (
          <li>
            <Glyph name="in-progress" />
            <span>
              {view.timeToDecision.sentence} <Tag name="PREDICTED" />
            </span>
          </li>
        )}
        {view.changes.map(({ sentence, isPredicted }) => (
          <li key={sentence}>
            <Glyph name="waiting" />
            <span>
              {sentence} {isPredicted ? <Tag name="PREDICTED" /> : null}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const RESTORE_GLYPHS = { waiting: "waiting", asked: "in-progress", confirmed: "verified", left: "unconfirmed" } as const;

/** What every node runs once the test is over, and whether it says so itself. */
export function RestorePanel({ view }: { readonly view: AbTestView }): ReactNode {
  if (view.restore.length === 0) return null;
  return (
    <Panel title={view.state === "ended" ? "Put back" : "Once it is over"} className="ab-changes">
      <ul className="ab-scroll-list" tabIndex={0} aria-label="What becomes of the nodes">
        {view.restore.map(({ nodeId, state, sentence }) => (
          <li key={nodeId}>
            <Glyph name={RESTORE_GLYPHS[state]} />
            <span>{sentence.includes(nodeId) ? sentence : `${nodeId}: ${sentence}`}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What happened in the test, newest first. */
export function HappenedPanel({ view }: { readonly view: AbTestView }): ReactNode {
  const { clock } = useSettings();
  return (
    <Panel title="What happened">
      <ol className="happened" aria-label="What happened, newest first" tabIndex={0}>
        {view.happened.map((each, index) => (
          <li key={view.happened.length - index}>
            <time title={formatUtcInstant(each.atMs)}>{formatClock(each.atMs, clock)}</time>
            <Glyph name={each.event.includes("pause") ? "stale" : each.event.includes("swap") ? "in-progress" : "waiting"} />
            <span>{each.sentence}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
