import { memo, type KeyboardEvent, type ReactNode } from "react";
import type { GuardView } from "../../../shared/contract/guard";
import type { CommandView } from "../../../shared/contract/snapshot";
import { RollbackButton } from "../../commands/RollbackButton";
import { Glyph, glyphOfPhase, StateGlyph, Tag, VersionTag } from "../../design";
import { formatNumber, formatRate, JUDGED_METRICS } from "../../format/number";
import { originText } from "../../format/origin";
import { isUnknown, PHASE_WORDS } from "../../format/words";
import { isInFlight } from "../../commands/undo";
import { shownStateOf } from "../../judging/shown";
import { go } from "../../state/navigation";
import { useFleet } from "../../state/store";
import { selectNode } from "./desk";
import { ROVING } from "./focus";
import { describeLimit, MetricSparkline, MetricValue } from "./parts";
import { useShownNode } from "./use-shown-node";

/** A row's place in the grid. */
export interface NodeRowProps {
  readonly nodeId: string;
  /** 1-based, the head is 1. */
  readonly rowIndex: number;
  /** The one row that Tab leads to. */
  readonly isTabStop: boolean;
  readonly isSelected: boolean;
  readonly isCompact: boolean;
  /** Px. */
  readonly sparklinePx: number;
}

/** A node as a row. Arrow keys move between rows, Enter opens the node, R rolls it back. */
export const NodeRow = memo(function NodeRow(props: NodeRowProps): ReactNode {
  const { nodeId, isTabStop, isSelected, isCompact } = props;
  const { node, ref } = useShownNode<HTMLTableRowElement>(nodeId);
  if (node === undefined) return null;
  const { limits, guard } = node;
  const shown = shownStateOf(node);
  const isOld = isUnknown(node.liveness);
  return (
    <tr
      ref={ref}
      className={`node-row attention-${node.attention}`}
      data-node-id={nodeId}
      data-state={node.state}
      data-shown={shown}
      aria-rowindex={props.rowIndex}
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      {...{ [ROVING]: "" }}
      onFocus={() => selectNode(nodeId)}
      onClick={() => selectNode(nodeId)}
      onDoubleClick={() => go({ page: "node", nodeId })}
      onKeyDown={(event) => openOnEnter(event, nodeId)}
    >
      <td>
        <StateGlyph state={shown} />
      </td>
      <IdentityCells nodeId={nodeId} vertical={node.vertical} version={node.modelVersion} isDrill={node.drill} />
      {JUDGED_METRICS.map((metric) => (
        <td key={metric} className="numeric" title={describeLimit(metric, limits)}>
          <span className="metric-cell">
            <MetricSparkline node={node} metric={metric} limits={limits} width={props.sparklinePx} height={isCompact ? 22 : 28} />
            <MetricValue node={node} metric={metric} showUnit={false} />
          </span>
        </td>
      ))}
      <td className="numeric">{node.latest?.bandwidthKbps == null ? <None /> : <Figure value={node.latest.bandwidthKbps} isOld={isOld} />}</td>
      <td className="numeric">{node.sampleRateHz === null ? <None /> : formatRate(node.sampleRateHz)}</td>
      <AgeCell nodeId={nodeId} isOld={isOld} />
      <RolloutCell command={node.command} phase={guard?.trial.phase ?? null} passed={guard?.trial.passed ?? 0} needed={guard?.trial.needed ?? 0} />
      <td className="numeric rollback-cell">
        <RollbackButton nodeId={nodeId} kind={node.attention === "none" ? "quiet" : "outline"} form="short" isInTabOrder={isTabStop} />
      </td>
    </tr>
  );
});

function openOnEnter(event: KeyboardEvent<HTMLElement>, nodeId: string): void {
  if (event.key !== "Enter" || event.target !== event.currentTarget) return;
  event.preventDefault();
  go({ page: "node", nodeId });
}

function None(): ReactNode {
  return <span className="metric-none">none</span>;
}

function Figure({ value, isOld }: { readonly value: number; readonly isOld: boolean }): ReactNode {
  return <span className={isOld ? "metric-none" : undefined}>{formatNumber(value, 0)}</span>;
}

const IdentityCells = memo(function IdentityCells(props: {
  readonly nodeId: string;
  readonly vertical: string | null;
  readonly version: string | null;
  readonly isDrill: boolean;
}): ReactNode {
  return (
    <>
      <th scope="row" className="cell-id mono" title={props.nodeId}>
        {props.nodeId}
      </th>
      <td className="cell-profile">{props.vertical ?? "none"}</td>
      <td>
        <span className="cell-version">
          <VersionTag version={props.version} />
          {props.isDrill ? <Tag name="DRILL" /> : null}
        </span>
      </td>
    </>
  );
});

/** Whole seconds from 100 s on, so that the column keeps its width. */
const AgeCell = memo(function AgeCell({ nodeId, isOld }: { readonly nodeId: string; readonly isOld: boolean }): ReactNode {
  const text = useFleet(({ fleet }) => {
    const node = fleet?.nodes.get(nodeId);
    if (fleet === null || node === undefined) return "";
    const seconds = Math.max(0, fleet.meta.atMs - (node.latest?.receivedAtMs ?? node.lastHeardAtMs)) / 1_000;
    return formatNumber(seconds, seconds >= 100 ? 0 : 1);
  });
  return <td className={isOld ? "numeric age-old-cell" : "numeric"}>{text}</td>;
});

/** A command on its way or ended badly; else how far the trial of what runs is. */
const RolloutCell = memo(function RolloutCell(props: {
  readonly command: CommandView | null;
  /** Null before the first sample. */
  readonly phase: GuardView["trial"]["phase"] | null;
  readonly passed: number;
  readonly needed: number;
}): ReactNode {
  const { command, phase } = props;
  if (command !== null && (isInFlight(command.phase) || command.phase !== "verified" || phase === null)) return <CommandCell command={command} />;
  switch (phase) {
    case null:
      return <td className="cell-command note">none</td>;
    case "committed":
      return <td className="cell-command">Committed</td>;
    case "warming":
    case "trial":
      return (
        <td className="cell-command">
          <span className="state hue-low">
            <Glyph name="in-progress" />
            {phase === "warming" ? "Warming" : `Trial ${Math.min(props.passed, props.needed)}/${props.needed}`}
          </span>
        </td>
      );
  }
});

function CommandCell({ command }: { readonly command: CommandView }): ReactNode {
  const hue = command.phase === "failed" ? "hue-high" : command.phase === "inconsistent" ? "hue-medium" : "hue-low";
  const progress = command.phase === "verifying" ? ` ${command.verifySamples}/${command.verifySamplesNeeded}` : "";
  return (
    <td className="cell-command" title={`${command.sentence} It came ${originText(command.placedBy)}.`}>
      <span className={`state ${hue}`}>
        <Glyph name={glyphOfPhase(command.phase)} />
        {PHASE_WORDS[command.phase]}
        {progress}
      </span>
    </td>
  );
}
