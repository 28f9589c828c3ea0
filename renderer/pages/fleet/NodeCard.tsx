import { memo, type ReactNode } from "react";
import { AnalogBar } from "../../charts/AnalogBar";
import { CommandStatus } from "../../commands/CommandStatus";
import { RollbackButton } from "../../commands/RollbackButton";
import { Button, StateGlyph, Tag, VersionTag, type TagName } from "../../design";
import type { ShownState } from "../../format/words";
import { baselineText, sentenceOf, shownStateOf, tagOf, trialText } from "../../judging/shown";
import { formatLimit, JUDGED_METRICS, limitOf, nameOf } from "../../format/number";
import { formatClock } from "../../format/time";
import { go } from "../../state/navigation";
import { useSettings } from "../../state/store";
import { Age, describeLimit, describeMetric, emphasisOf, MetricSparkline, MetricValue, NodeLink, profileText, useScale, type MetricProps } from "./parts";
import { useShownNode } from "./use-shown-node";

/** How a card is shown. */
export interface NodeCardProps {
  readonly nodeId: string;
  /** Wide, with sentence, analog bars and limits: the node needs a person. */
  readonly isProminent: boolean;
  /** Its rollback is the one primary button of the page. */
  readonly isFirst: boolean;
  /** Px between the card's edges. */
  readonly widthPx: number;
}

/** A node as a card. It renders when its own node changed, and then only what did. */
export const NodeCard = memo(function NodeCard({ nodeId, isProminent, isFirst, widthPx }: NodeCardProps): ReactNode {
  const { node, ref } = useShownNode<HTMLElement>(nodeId);
  if (node === undefined) return null;
  const { limits, guard } = node;
  const shown = shownStateOf(node);
  const look = isProminent ? `card card-prominent card-${node.state} attention-${node.attention}` : `card attention-${node.attention}`;
  return (
    <article ref={ref} className={look} data-node-id={nodeId} data-state={node.state} data-shown={shown} aria-label={nodeId}>
      <CardHead
        nodeId={nodeId}
        state={shown}
        profile={profileText(node)}
        version={node.modelVersion}
        isDrill={node.drill}
        hold={tagOf(node)}
        showAge={isProminent}
      />
      {isProminent ? <p className="card-sentence">{sentenceOf(node)}</p> : null}
      <div className="card-metrics">
        {JUDGED_METRICS.map((metric) => (
          <MetricRow key={metric} node={node} metric={metric} limits={limits} isProminent={isProminent} widthPx={widthPx} />
        ))}
      </div>
      <CommandStatus nodeId={nodeId} isSentenceAbove={isProminent} isShort={!isProminent} />
      <footer className="card-foot">
        <RollbackButton
          nodeId={nodeId}
          kind={isFirst ? "primary" : isProminent ? "outline" : "quiet"}
          showKey={isFirst}
        />
        {isProminent ? (
          <>
            <OpenButton nodeId={nodeId} />
            <Since sinceMs={node.stateSinceMs} trial={guard === null ? null : (baselineText(guard) ?? trialText(guard, node.modelVersion))} />
          </>
        ) : (
          <span className="card-age">
            <Age nodeId={nodeId} />
          </span>
        )}
      </footer>
    </article>
  );
});

const CardHead = memo(function CardHead(props: {
  readonly nodeId: string;
  readonly state: ShownState;
  readonly profile: string;
  readonly version: string | null;
  readonly isDrill: boolean;
  /** The label of a hold; null for none. */
  readonly hold: TagName | null;
  readonly showAge: boolean;
}): ReactNode {
  return (
    <header className="card-head">
      <StateGlyph state={props.state} />
      <NodeLink nodeId={props.nodeId} />
      <span className="card-profile" title={props.profile}>
        {props.profile}
      </span>
      <span className="card-tags">
        <VersionTag version={props.version} />
        {props.isDrill ? <Tag name="DRILL" /> : null}
        {props.hold === null ? null : <Tag name={props.hold} />}
        {props.showAge ? <Age nodeId={props.nodeId} /> : null}
      </span>
    </header>
  );
});

/** What a metric row takes besides its sparkline, px: label, value and gaps; with bar and limit if prominent. */
const BESIDE_SPARKLINE_PX = 174;
const BESIDE_SPARKLINE_PROMINENT_PX = 392;
const BAR_PX = 112;
const LEAST_SPARKLINE_PX = 60;

function MetricRow(props: MetricProps & { readonly isProminent: boolean; readonly widthPx: number }): ReactNode {
  const { node, metric, limits, isProminent, widthPx } = props;
  const { limit, side } = limitOf(metric, limits);
  const scale = useScale(metric);
  const beside = isProminent ? BESIDE_SPARKLINE_PROMINENT_PX : BESIDE_SPARKLINE_PX;
  return (
    <div className="metric-row" title={describeLimit(metric, limits)}>
      <span className="metric-name">{nameOf(metric)}</span>
      <MetricSparkline
        node={node}
        metric={metric}
        limits={limits}
        width={Math.max(LEAST_SPARKLINE_PX, widthPx - beside)}
        height={isProminent ? 30 : 26}
      />
      {isProminent && scale !== undefined ? (
        <AnalogBar
          value={node.latest?.[metric] ?? null}
          limit={limit}
          limitSide={side}
          scale={scale}
          emphasis={emphasisOf(node, metric)}
          width={BAR_PX}
          label={describeMetric(node, metric, limits)}
        />
      ) : null}
      <MetricValue node={node} metric={metric} showUnit />
      {isProminent ? <span className="metric-limit">{formatLimit(metric, limits)}</span> : null}
    </div>
  );
}

const OpenButton = memo(function OpenButton({ nodeId }: { readonly nodeId: string }): ReactNode {
  return (
    <Button kind="quiet" aria-label={`Open node ${nodeId}`} onPress={() => go({ page: "node", nodeId })}>
      Open node
    </Button>
  );
});

const Since = memo(function Since({ sinceMs, trial }: { readonly sinceMs: number; readonly trial: string | null }): ReactNode {
  const { clock } = useSettings();
  return (
    <span className="card-since">
      {trial === null ? "" : `${trial.replace(/\.$/, "")} · `}since {formatClock(sinceMs, clock)}
    </span>
  );
});
