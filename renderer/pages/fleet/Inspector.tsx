import type { ReactNode } from "react";
import type { Judgement } from "../../../shared/contract/judging";
import type { NodeView } from "../../../shared/contract/snapshot";
import { CommandProgress } from "../../commands/CommandProgress";
import { openDeploy } from "../../commands/desk";
import { RollbackButton } from "../../commands/RollbackButton";
import { Button, Kbd, StateGlyph, Tag, VersionTag } from "../../design";
import { countOf, JUDGED_METRICS } from "../../format/number";
import { formatClock } from "../../format/time";
import { go } from "../../state/navigation";
import { useFleet, useNode, useSettings } from "../../state/store";
import { HoldTag } from "../../judging/HoldTag";
import { sentenceOf, shownStateOf, trialText } from "../../judging/shown";
import { useJudgement } from "../../judging/use-judgement";
import { NodeDecisions } from "../../judging/NodeDecisions";
import { ReasonList } from "../../judging/ReasonList";
import { describeMetric } from "./parts";

/** Versions listed under "What ran here". */
const SPANS_SHOWN = 3;

/** The selected node: its sentence, its metrics against their limits, its command, what ran on it. */
export function Inspector({ nodeId }: { readonly nodeId: string }): ReactNode {
  const node = useNode(nodeId);
  const tick = useFleet((state) => state.fleet?.meta.tick ?? 0);
  const { judgement } = useJudgement(nodeId, tick, false);
  if (node === undefined) return null;
  const { limits, guard } = node;
  return (
    <section className="inspector panel" aria-label={`Selected: ${nodeId}`}>
      <header className="card-head">
        <StateGlyph state={shownStateOf(node)} />
        <h2 className="mono truncate">{nodeId}</h2>
        <VersionTag version={node.modelVersion} />
        {node.drill ? <Tag name="DRILL" /> : null}
        <HoldTag node={node} />
        <span className="inspector-hint note">
          selected row · <Kbd>Enter</Kbd> opens the node
        </span>
      </header>
      <p className="inspector-sentence">{sentenceOf(node)}</p>
      <div className="inspector-columns">
        <div>
          <h3>Why</h3>
          <ReasonList reasons={judgement?.why ?? NONE} none={judgement === null ? "Asking." : "Nothing speaks for more than the sentence says."} />
        </div>
        <div>
          <h3>{guard?.verdict.outcome === "pass" ? "Why nothing is done" : "Why not yet"}</h3>
          <ReasonList reasons={judgement?.whyNot ?? NONE} none={judgement === null ? "Asking." : "Nothing holds against it."} />
        </div>
        <IfNothingIsDone judgement={judgement} />
      </div>
      <div className="inspector-columns inspector-more">
        <div>
          <h3>Newest sample</h3>
          <ul>
            {JUDGED_METRICS.map((metric) => (
              <li key={metric} className={node.beyond.includes(metric) ? "inspector-beyond" : undefined}>
                {describeMetric(node, metric, limits)}
                {node.beyond.includes(metric) ? ": beyond" : ""}
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h3>Roll-out</h3>
          {guard === null ? null : <p>{trialText(guard, node.modelVersion)}</p>}
          {node.command === null ? (
            <p className="inspector-quiet">No command since the start.</p>
          ) : (
            <CommandProgress command={node.command} />
          )}
        </div>
        <div>
          <h3>What ran here</h3>
          <RanHere node={node} />
          <h3 className="inspector-decisions">Decisions</h3>
          <NodeDecisions nodeId={nodeId} most={3} />
        </div>
      </div>
      <footer className="inspector-foot">
        <RollbackButton
          nodeId={nodeId}
          kind={node.attention === "high" || node.attention === "medium" ? "primary" : "outline"}
          showKey
        />
        <Button kind="outline" onPress={() => go({ page: "node", nodeId })}>
          Open node
        </Button>
        <Button kind="quiet" onPress={() => openDeploy({ nodeId, version: null })}>
          Deploy a version…
        </Button>
      </footer>
    </section>
  );
}

const NONE: readonly string[] = [];

/** Where it leads if the slope holds, and what has been decided already. */
function IfNothingIsDone({ judgement }: { readonly judgement: Judgement | null }): ReactNode {
  const crossing = judgement?.crossing ?? null;
  return (
    <div>
      <h3>If nothing is done</h3>
      {crossing === null ? (
        <p className="inspector-quiet">Nothing rises towards a limit.</p>
      ) : (
        <p>
          {crossing.sentence} <Tag name="PREDICTED" />
        </p>
      )}
    </div>
  );
}

function RanHere({ node }: { readonly node: NodeView }): ReactNode {
  const { clock } = useSettings();
  if (node.history.length === 0) return <p className="inspector-quiet">Nothing was reported yet.</p>;
  return (
    <ul>
      {node.history.slice(0, SPANS_SHOWN).map((span) => (
        <li key={span.fromMs}>
          <span className="mono">{span.version ?? "not reported"}</span>{" "}
          {span.toMs === null
            ? `since ${formatClock(span.fromMs, clock)}`
            : `${formatClock(span.fromMs, clock)} – ${formatClock(span.toMs, clock)}`}
          , {span.samples === null ? "in an earlier run" : countOf(span.samples, "sample")}
          {span.good ? ", good" : ""}
        </li>
      ))}
    </ul>
  );
}
