import type { ReactNode } from "react";
import type { RolloutView } from "../../../shared/contract/rollouts";
import { Glyph, Panel } from "../../design";
import { countOf, formatNumber } from "../../format/number";
import { formatClock, formatUtcInstant } from "../../format/time";
import { eventGlyph } from "./words";

/** When it stops by itself, how near that is, and what happened. */
export function StopRule({ view }: { readonly view: RolloutView }): ReactNode {
  const { stop } = view.plan;
  const { degrading, watched } = view.commonCause;
  return (
    <Panel title="Stop rule" className="stop-rule">
      <p>
        Stops at {countOf(stop.leastFailures, "failure")} or {formatNumber(stop.failureShare * 100, 0)} %, whichever is more, once {countOf(stop.leastJudged, "node is", "nodes are")} judged;
        and at once when every canary failed.
      </p>
      <dl className="stop-counts">
        <div>
          <dt>Failures</dt>
          <dd>
            <Pips filled={view.failures} of={view.failuresToStop} kind="failure" />
            <span>
              {view.failures} of {view.failuresToStop}
            </span>
          </dd>
        </div>
        <div>
          <dt>Judged</dt>
          <dd>
            <Pips filled={Math.min(view.judged, stop.leastJudged)} of={stop.leastJudged} kind="judged" />
            <span>
              {view.judged}, needs {stop.leastJudged}
            </span>
          </dd>
        </div>
        <div>
          <dt>Common cause</dt>
          <dd>
            <span className="state">
              <Glyph name={degrading === 0 ? "verified" : "rolled-back"} />
              {watched === 0 ? "no unchanged node is left to watch" : `${degrading} of ${countOf(watched, "unchanged node")} fail`}
            </span>
          </dd>
        </div>
      </dl>
      <h3>What happened</h3>
      <ol className="happened" aria-label="What happened, newest first" tabIndex={0}>
        {view.happened.map((each, index) => (
          <li key={view.happened.length - index}>
            <time title={formatUtcInstant(each.atMs)}>{formatClock(each.atMs, "local")}</time>
            <Glyph name={eventGlyph(each.event)} />
            <span>{each.sentence}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** At most so many pips are drawn; the number stands beside them. */
const MOST_PIPS = 10;

function Pips(props: { readonly filled: number; readonly of: number; readonly kind: "failure" | "judged" }): ReactNode {
  const count = Math.min(MOST_PIPS, Math.max(props.of, 1));
  const filled = Math.round((props.filled / Math.max(props.of, 1)) * count);
  return (
    <span className="pips" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <span key={index} className={index < filled ? `pip pip-${props.kind}` : "pip"} />
      ))}
    </span>
  );
}
