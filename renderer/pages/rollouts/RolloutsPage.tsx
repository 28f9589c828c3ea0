import { Play } from "lucide-react";
import type { ReactNode } from "react";
import type { RolloutView } from "../../../shared/contract/rollouts";
import { Button, Glyph, Problem, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { formatClock, formatUtcInstant } from "../../format/time";
import { go } from "../../state/navigation";
import { readRollouts, useRollouts, useRolloutsFailure } from "../../state/rollouts";
import { openStart } from "./desk";
import { Totals } from "./Totals";
import { allNodes, numberOf, STATE_GLYPHS, STATE_WORDS } from "./words";
import "./rollouts.css";

/** Which roll-outs run, and how did the others end? */
export function RolloutsPage(): ReactNode {
  const rollouts = useRollouts();
  const failure = useRolloutsFailure();
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>Roll-outs</h1>
          <p className="note">{rollouts === null ? "reading the journal" : facts(rollouts)}</p>
        </div>
        <Button kind="primary" onPress={() => openStart(null)}>
          <Play size={16} strokeWidth={1.75} aria-hidden />
          Start a roll-out…
        </Button>
      </div>
      <div className="page-scroll rollouts-scroll">
        {failure === null ? null : (
          <Problem
            code={failure.code}
            sentence={failure.message}
            actions={
              <Button kind="outline" size="small" onPress={() => void readRollouts()}>
                Read again
              </Button>
            }
          />
        )}
        {rollouts === null ? null : rollouts.length === 0 ? <Empty /> : <List rollouts={rollouts} />}
      </div>
    </>
  );
}

function facts(rollouts: readonly RolloutView[]): string {
  const running = rollouts.filter(({ state }) => state === "running" || state === "paused" || state === "aborting").length;
  const shown = countOf(rollouts.length, "roll-out");
  return `${shown} of this fleet · ${running === 0 ? "none running" : `${running} running`}`;
}

function Empty(): ReactNode {
  return (
    <div className="panel empty-panel">
      <h2>No version was rolled out in phases on this fleet.</h2>
      <p>
        A roll-out takes a version to a few canaries, waits, then to a share of the nodes, waits, then to all. It stops by itself when too many fail, and puts the version in
        quarantine for their class.
      </p>
    </div>
  );
}

function List({ rollouts }: { readonly rollouts: readonly RolloutView[] }): ReactNode {
  return (
    <ul className="rollout-list" aria-label="Roll-outs, newest first">
      {rollouts.map((rollout) => (
        <li key={rollout.rolloutId} className="panel rollout-row" data-state={rollout.state}>
          <div className="rollout-row-head">
            <Button kind="outline" size="small" onPress={() => go({ page: "rollouts", rolloutId: rollout.rolloutId })}>
              Open roll-out {numberOf(rollout.rolloutId)}
            </Button>
            <span className="rollout-versions">
              {rollout.fromVersions[0] === undefined ? null : <VersionTag version={rollout.fromVersions[0]} />}
              <span aria-hidden="true">→</span>
              <VersionTag version={rollout.version} />
            </span>
            <span className="state">
              <Glyph name={STATE_GLYPHS[rollout.state]} />
              {STATE_WORDS[rollout.state]}
            </span>
            <span className="note rollout-row-time" title={formatUtcInstant(rollout.startedAtMs)}>
              started {formatClock(rollout.startedAtMs, "local")} by {rollout.actor}
              {rollout.endedAtMs === null ? "" : `, ended ${formatClock(rollout.endedAtMs, "local")}`}
            </span>
          </div>
          <div className="rollout-row-body">
            <p>{rollout.sentence}</p>
            <Totals nodes={allNodes(rollout)} />
          </div>
        </li>
      ))}
    </ul>
  );
}
