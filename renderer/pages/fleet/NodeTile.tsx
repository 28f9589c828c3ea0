import { memo, type KeyboardEvent, type ReactNode } from "react";
import { MiniPointers } from "../../charts/MiniPointers";
import type { NodeView } from "../../../shared/contract/snapshot";
import { Glyph } from "../../design";
import { hasOldValues, STATE_HUES, STATE_WORDS } from "../../format/words";
import { shownStateOf } from "../../judging/shown";
import { go } from "../../state/navigation";
import { useFleet } from "../../state/store";
import { selectNode } from "./desk";
import { ROVING } from "./focus";

/** A tile's place in the grid. */
export interface NodeTileProps {
  readonly nodeId: string;
  readonly isTabStop: boolean;
  readonly isSelected: boolean;
}

/**
 * The values of a tile as text: a tile renders when this text changes, not at every tick. They are
 * rounded to what a pointer a few px wide can show (about a hundredth of its bar).
 */
function tileValues(node: NodeView | undefined): string {
  const latest = node?.latest ?? null;
  if (latest === null) return "||";
  const { compressionRatio, latencyMs, qualityScore } = latest;
  return `${compressionRatio.toFixed(1)}|${latencyMs.toFixed(0)}|${qualityScore?.toFixed(2) ?? ""}`;
}

/** One of a tile's values; null where the node reported none. */
function numberOf(text: string | undefined): number | null {
  return text === undefined || text === "" ? null : Number(text);
}

/** A node as a small tile: shape, id, three pointers against their limits. */
export const NodeTile = memo(function NodeTile({ nodeId, isTabStop, isSelected }: NodeTileProps): ReactNode {
  const state = useFleet(({ fleet }) => fleet?.nodes.get(nodeId)?.state);
  const shown = useFleet(({ fleet }) => {
    const node = fleet?.nodes.get(nodeId);
    return node === undefined ? undefined : shownStateOf(node);
  });
  const attention = useFleet(({ fleet }) => fleet?.nodes.get(nodeId)?.attention);
  const isOld = useFleet(({ fleet }) => hasOldValues(fleet?.nodes.get(nodeId)?.liveness ?? "live"));
  const values = useFleet(({ fleet }) => tileValues(fleet?.nodes.get(nodeId)));
  const limits = useFleet(({ fleet }) => fleet?.nodes.get(nodeId)?.limits);
  const scales = useFleet((store) => store.scales?.of);
  if (scales === undefined || state === undefined || shown === undefined || attention === undefined || limits === undefined) return null;
  const [ratio, latency, quality] = values.split("|");
  return (
    <div
      role="gridcell"
      className={`tile attention-${attention} tile-${state}`}
      data-node-id={nodeId}
      data-state={state}
      data-shown={shown}
      aria-label={`${nodeId}, ${STATE_WORDS[shown]}`}
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      title={`${nodeId}: ${STATE_WORDS[shown]}`}
      {...{ [ROVING]: "" }}
      onFocus={() => selectNode(nodeId)}
      onClick={() => go({ page: "node", nodeId })}
      onKeyDown={(event) => openOnEnter(event, nodeId)}
    >
      <span className="tile-id">
        {shown === "live" ? null : (
          <span className={`hue-${STATE_HUES[shown]}`}>
            <Glyph name={shown} />
          </span>
        )}
        <span className="truncate">{nodeId}</span>
      </span>
      <MiniPointers
        ratio={numberOf(ratio)}
        latency={numberOf(latency)}
        quality={numberOf(quality)}
        limits={limits}
        scales={scales}
        stale={isOld}
      />
    </div>
  );
});

function openOnEnter(event: KeyboardEvent<HTMLElement>, nodeId: string): void {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  go({ page: "node", nodeId });
}
