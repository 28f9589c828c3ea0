import type { ReactNode } from "react";
import type { NodeView } from "../../../shared/contract/snapshot";
import { CommandProgress } from "../../commands/CommandProgress";
import { openDeploy } from "../../commands/desk";
import { RollbackButton } from "../../commands/RollbackButton";
import { Button, Kbd, StateGlyph, Tag, VersionTag } from "../../design";
import { countOf, JUDGED_METRICS } from "../../format/number";
import { formatClock } from "../../format/time";
import { go } from "../../state/navigation";
import { useFleet, useNode, useSettings } from "../../state/store";
import { describeMetric } from "./parts";

/** Versions listed under "What ran here". */
const SPANS_SHOWN = 3;

/** The selected node: its sentence, its metrics against their limits, its command, what ran on it. */
export function Inspector({ nodeId }: { readonly nodeId: string }): ReactNode {
  const node = useNode(nodeId);
  const limits = useFleet((state) => state.fleet?.meta.limits);
  if (node === undefined || limits === undefined) return null;
  return (
    <section className="inspector panel" aria-label={`Selected: ${nodeId}`}>
      <header className="card-head">
        <StateGlyph state={node.state} />
        <h2 className="mono truncate">{nodeId}</h2>
        <VersionTag version={node.modelVersion} />
        {node.drill ? <Tag name="DRILL" /> : null}
        <span className="inspector-hint note">
          selected row · <Kbd>Enter</Kbd> opens the node
        </span>
      </header>
      <p className="inspector-sentence">{node.sentence}</p>
      <div className="inspector-columns">
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
          <h3>Command</h3>
          {node.command === null ? (
            <p className="inspector-quiet">None since the start.</p>
          ) : (
            <CommandProgress command={node.command} />
          )}
        </div>
        <div>
          <h3>What ran here</h3>
          <RanHere node={node} />
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
