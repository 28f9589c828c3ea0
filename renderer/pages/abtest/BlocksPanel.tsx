import type { ReactNode } from "react";
import type { AbTestBlock, AbTestView } from "../../../shared/contract/abtest";
import type { LimitedMetric } from "../../../shared/judge/limits";
import { ChartPanel } from "../../charts/ChartPanel";
import { METRIC_TITLES } from "../../charts/metric-words";
import { useSize } from "../../charts/use-size";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useSelectedRange } from "../../state/selected-range";
import { useFleet, useSettings } from "../../state/store";
import { DRAWN_BLOCKS, drawnBlocks, traceScale, type NodeTrace } from "./blocks";
import { BlockRow, BLOCK_LEFT_PX, BLOCK_RIGHT_PX, ROW_HEIGHT_PX, TimeAxis } from "./BlockRow";
import { armIn, lengthText } from "./block-times";
import { useTraces } from "./use-traces";

/** So many nodes are drawn, as many of each arm as of the other. */
const MOST_NODES = 6;

/** Both arms' values on each node, with blocks, swaps, wash-out and pauses. */
export function BlocksPanel({ view, metric }: { readonly view: AbTestView; readonly metric: LimitedMetric }): ReactNode {
  const { traces, failure } = useTraces(view);
  const drawn = drawnNodes(traces?.nodes ?? []);
  const left = (traces?.nodes.length ?? 0) - drawn.length;
  const newest = view.blocks.length > DRAWN_BLOCKS ? `, the newest ${DRAWN_BLOCKS} of ${view.blocks.length} blocks` : "";
  const others = left > 0 ? `, ${drawn.length} of ${traces?.nodes.length ?? 0} nodes` : "";
  const unit = metric === "latencyMs" ? " in ms" : "";
  return (
    <ChartPanel
      className="ab-blocks"
      title="Blocks"
      fact={`${METRIC_TITLES[metric].name.toLowerCase()}${unit} on each node, A solid, B dashed, hatched: wash-out, blank: versions on their way${newest}${others}`}
      summary={summaryOf(view)}
      table={<BlockTable view={view} />}
    >
      {(summaryId) => <Plot view={view} metric={metric} nodes={drawn} failure={failure} summaryId={summaryId} />}
    </ChartPanel>
  );
}

function drawnNodes(nodes: readonly NodeTrace[]): readonly NodeTrace[] {
  if (nodes.length <= MOST_NODES) return nodes;
  const of = (arm: "A" | "B"): readonly NodeTrace[] => nodes.filter((node) => node.arm === arm).slice(0, MOST_NODES / 2);
  return [...of("A"), ...of("B")];
}

function summaryOf({ blocks, blocksDropped, pauses }: AbTestView): string {
  const swapped = blocks.filter(({ isSwapped }) => isSwapped).length;
  const dropped = blocksDropped === 0 ? "" : ` ${blocksDropped} did not count.`;
  const paused = pauses.length === 0 ? "" : ` Paused ${pauses.length === 1 ? "once" : `${pauses.length} times`}: ${pauses.map(({ reason }) => reason).join("; ")}.`;
  return `${blocks.length} blocks, ${swapped} of them with the versions exchanged.${dropped}${paused}`;
}

interface PlotProps {
  readonly view: AbTestView;
  readonly metric: LimitedMetric;
  readonly nodes: readonly NodeTrace[];
  readonly failure: string | null;
  readonly summaryId: string;
}

function Plot({ view, metric, nodes, failure, summaryId }: PlotProps): ReactNode {
  const [sizeRef, size] = useSize();
  const nowMs = useFleet(({ fleet }) => fleet?.meta.atMs ?? 0);
  const selected = useSelectedRange();
  const drawn = drawnBlocks(view, view.endedAtMs ?? nowMs, selected);
  const scale = drawn === null ? null : traceScale(nodes, metric, drawn.fromMs, drawn.toMs);
  if (drawn === null || scale === null) {
    return <p className="ab-blocks-none note">{failure ?? (view.blocks.length === 0 ? "No block has begun yet: the nodes are being given their versions." : "No value has arrived yet.")}</p>;
  }
  const height = nodes.length * (ROW_HEIGHT_PX + 8) + 20;
  return (
    <div ref={sizeRef} className="ab-blocks-plot" role="img" aria-label="Values of both versions on each node, by block" aria-describedby={summaryId} style={{ height }}>
      {size === null || size.width < 200 ? null : (
        <svg className="chart-layer ab-svg" width={size.width} height={height} aria-hidden="true" focusable="false">
          {nodes.map((node, index) => (
            <BlockRow key={node.nodeId} node={node} view={view} drawn={drawn} scale={scale} metric={metric} width={size.width} top={index * (ROW_HEIGHT_PX + 8)} />
          ))}
          <TimeAxis fromMs={drawn.fromMs} toMs={drawn.toMs} left={BLOCK_LEFT_PX} right={size.width - BLOCK_RIGHT_PX} y={height - 5} />
        </svg>
      )}
    </div>
  );
}

function BlockTable({ view }: { readonly view: AbTestView }): ReactNode {
  const { clock } = useSettings();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Block</th>
          <th scope="col">From</th>
          <th scope="col" className="numeric">
            Length
          </th>
          <th scope="col">Nodes of arm A ran</th>
          <th scope="col">Nodes of arm B ran</th>
          <th scope="col">Counts</th>
        </tr>
      </thead>
      <tbody>
        {view.blocks.toReversed().map((block) => (
          <BlockTableRow key={`${block.index} ${block.fromAtMs}`} block={block} clock={clock} />
        ))}
      </tbody>
    </table>
  );
}

function BlockTableRow({ block, clock }: { readonly block: AbTestBlock; readonly clock: "local" | "utc" }): ReactNode {
  return (
    <tr>
      <td>{block.index + 1}</td>
      <td title={formatUtcInstant(block.fromAtMs)}>{formatClock(block.fromAtMs, clock)}</td>
      <td className="numeric">{block.toAtMs === null ? "running" : lengthText(block.toAtMs - block.fromAtMs)}</td>
      <td className="mono">
        {armIn(block, "a").toUpperCase()} {block.versionOfA}
      </td>
      <td className="mono">
        {armIn(block, "b").toUpperCase()} {block.versionOfB}
      </td>
      <td>{block.phase === "calibration" ? "calibration" : block.isWhole ? "yes" : "no, cut by a pause"}</td>
    </tr>
  );
}
