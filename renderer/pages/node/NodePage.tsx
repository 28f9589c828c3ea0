import { useCallback, useEffect, useMemo, useReducer, useRef, type ReactNode } from "react";
import type { NodeView } from "../../../shared/contract/snapshot";
import type { ChartControl } from "../../charts/chart-view";
import { rollbackChoice } from "../../commands/rollback-choice";
import { Button, Panel, Problem } from "../../design";
import { Guard } from "../../frame/Guard";
import { NodeDecisions } from "../../judging/NodeDecisions";
import { sentenceOf, shownStateOf } from "../../judging/shown";
import { useJudgement } from "../../judging/use-judgement";
import { readSelectedRange, selectRange, useSelectedRange } from "../../state/selected-range";
import { readFleet, useFleet, useNode } from "../../state/store";
import { changeCharts, neighbourRange, openedCharts, RANGES_MS, type ChartsAction } from "./charts-state";
import { FactsPanel } from "./FactsPanel";
import { HistoryPanel } from "./HistoryPanel";
import { NodeCharts } from "./NodeCharts";
import { NodeHead } from "./NodeHead";
import { RolloutPanel } from "./RolloutPanel";
import { StatePanel } from "./StatePanel";
import { useChartKeys } from "./use-chart-keys";
import "./node.css";

const NONE: readonly string[] = [];

/** One step of the keys + and -. */
const KEY_ZOOM = 2;

/** Is this node well, since when, and what did it? It opens on the newest samples, or on a moment. */
export function NodePage({ nodeId, atMs, onBack }: { readonly nodeId: string; readonly atMs: number | null; readonly onBack: () => void }): ReactNode {
  const node = useNode(nodeId);
  const isLoading = useFleet((state) => state.fleet === null);
  if (node !== undefined) return <KnownNode node={node} atMs={atMs} onBack={onBack} />;
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1 className="mono truncate">{nodeId}</h1>
        </div>
      </div>
      <div className="page-scroll">
        {isLoading ? (
          <p role="status">Waiting for the engine&apos;s first tick.</p>
        ) : (
          <div className="panel node-missing">
            <Problem
              code="UNKNOWN_NODE"
              sentence={`No node ${nodeId} has been seen since the start. It appears by itself once it publishes.`}
            />
            <Button kind="outline" onPress={onBack}>
              Back to the fleet
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

function newestMs(): number {
  return readFleet().fleet?.meta.atMs ?? 0;
}

/** The charts' control; it never changes, so that a chart renders only for what it shows. */
function controlOf(dispatch: (action: ChartsAction) => void): ChartControl {
  return {
    pointAt: (atMs) => dispatch({ type: "point", atMs }),
    select: (span) => dispatch({ type: "select", span, newestMs: newestMs() }),
    zoom: (factor, aroundMs) => dispatch({ type: "zoom", factor, aroundMs, newestMs: newestMs() }),
    move: (share) => dispatch({ type: "move", share, newestMs: newestMs() }),
    reset: () => {
      const span = readSelectedRange();
      dispatch(span === null ? { type: "reset" } : { type: "custom", span, newestMs: newestMs() });
    },
  };
}

function KnownNode({ node, atMs, onBack }: { readonly node: NodeView; readonly atMs: number | null; readonly onBack: () => void }): ReactNode {
  const { nodeId } = node;
  const selected = useSelectedRange();
  const [charts, dispatch] = useReducer(changeCharts, selected, (span) => openedCharts(span === null ? null : { span, newestMs: newestMs(), atMs }));
  const { pausedAtMs, rangeMs } = charts;
  const followed = useRef(selected);
  /** The length of time that is shown while the charts follow now. */
  const liveMs = useRef<number>(RANGES_MS[0]);
  useEffect(() => {
    if (followed.current === selected) return;
    followed.current = selected;
    dispatch(selected === null ? { type: "range", rangeMs: liveMs.current } : { type: "custom", span: selected, newestMs: newestMs() });
  }, [selected]);
  const control = useMemo(() => controlOf(dispatch), []);
  const setRange = useCallback((next: number) => {
    liveMs.current = next;
    selectRange(null);
    dispatch({ type: "range", rangeMs: next });
  }, []);
  const keys = useMemo(
    () => ({
      togglePause: () => {
        const values = readFleet().fleet?.nodes.get(nodeId)?.latest ?? null;
        dispatch(pausedAtMs === null ? { type: "pause", newestMs: newestMs(), values } : { type: "resume" });
      },
      shorterRange: () => setRange(neighbourRange(liveMs.current, -1)),
      longerRange: () => setRange(neighbourRange(liveMs.current, 1)),
      zoomIn: () => dispatch({ type: "zoom", factor: 1 / KEY_ZOOM, aroundMs: "cursor", newestMs: newestMs() }),
      zoomOut: () => dispatch({ type: "zoom", factor: KEY_ZOOM, aroundMs: "cursor", newestMs: newestMs() }),
      reset: control.reset,
    }),
    [nodeId, pausedAtMs, control, setRange],
  );
  useChartKeys(keys);
  const tick = useFleet((state) => state.fleet?.meta.tick ?? 0);
  const answer = useJudgement(nodeId, tick, pausedAtMs !== null);
  useEffect(() => {
    document.getElementById("node-title")?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <NodeHead
        node={node}
        onBack={onBack}
        rangeMs={rangeMs}
        onRange={setRange}
        onSpan={selectRange}
        isPaused={pausedAtMs !== null}
        onTogglePause={keys.togglePause}
      />
      <div className="page-scroll node-scroll">
        <div className="node-body">
          <Guard what="The charts">
            <NodeCharts node={node} charts={charts} control={control} answer={answer} />
          </Guard>
          <div className="node-aside">
            <Guard what="The verdict">
              <StatePanel
                nodeId={node.nodeId}
                state={shownStateOf(node)}
                stateSinceMs={node.stateSinceMs}
                sentence={sentenceOf(node)}
                guard={node.guard}
                judgement={answer.judgement}
                needsPerson={node.attention === "high" || node.attention === "medium"}
                offerReason={rollbackChoice(node).isOffered ? node.rollback.reason : null}
              />
            </Guard>
            <RolloutPanel node={node} />
            <HistoryPanel
              nodeId={node.nodeId}
              vertical={node.vertical}
              history={node.history}
              rollback={node.rollback}
              phase={node.guard?.trial.phase ?? null}
              quarantined={node.guard?.quarantined ?? NONE}
            />
            <Panel title="Decisions" fact="newest first">
              <NodeDecisions nodeId={node.nodeId} most={5} />
            </Panel>
            <Guard what="The facts">
              <FactsPanel node={node} />
            </Guard>
          </div>
        </div>
      </div>
    </>
  );
}
