import { CalendarRange, ChevronRight, Download, FileText, Pause, Play } from "lucide-react";
import { memo, useState, type ReactNode } from "react";
import type { RequestReply } from "../../../shared/contract/channels";
import type { NodeView } from "../../../shared/contract/snapshot";
import type { Failure } from "../../../shared/result";
import type { TimeSpan } from "../../charts/chart-view";
import { Button, Glyph, Kbd, Problem, Segmented, Tag, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { formatAge } from "../../format/time";
import { isUnknown, STATE_HUES, STATE_WORDS } from "../../format/words";
import { shownStateOf } from "../../judging/shown";
import { request } from "../../state/ops";
import { openReport } from "../../state/reports";
import { useFleet, useSettings } from "../../state/store";
import { profileText } from "../fleet/parts";
import { RangeDialog } from "./RangeDialog";

/** The header's parts. */
export interface NodeHeadProps {
  readonly node: NodeView;
  readonly onBack: () => void;
  readonly rangeMs: number;
  readonly onRange: (rangeMs: number) => void;
  readonly onSpan: (span: TimeSpan) => void;
  readonly isPaused: boolean;
  readonly onTogglePause: () => void;
}

const LINK_WORDS = { embedded: "embedded", ros2: "ROS 2", recorded: "recorded" } as const;

/** Where this is, what it is and how old it is; range, pause and export at the right. */
export function NodeHead(props: NodeHeadProps): ReactNode {
  const { node, isPaused } = props;
  const shown = shownStateOf(node);
  const link = useFleet((state) => state.fleet?.meta.link.kind ?? null);
  return (
    <div className="page-head node-head">
      <div className="page-head-title">
        <div className="node-place">
          <nav aria-label="Breadcrumb">
            <ol className="node-breadcrumb">
              <li>
                <BackButton onBack={props.onBack} />
              </li>
              {link === null ? null : (
                <li>
                  <ChevronRight size={12} strokeWidth={1.75} aria-hidden />
                  {LINK_WORDS[link]}
                </li>
              )}
            </ol>
          </nav>
          <SampleAge node={node} />
        </div>
        <div className="node-title">
          <span className={`node-state hue-${STATE_HUES[shown]}`}>
            <Glyph name={shown} />
            <span className={shown === "live" ? "visually-hidden" : undefined}>{STATE_WORDS[shown]}</span>
          </span>
          <h1 id="node-title" tabIndex={-1} className="truncate selectable" title={node.nodeId}>
            {node.nodeId}
          </h1>
          <VersionTag version={node.modelVersion} />
          {node.drill ? <Tag name="DRILL" /> : null}
          {isUnknown(node.liveness) ? <Tag name="STALE" /> : null}
          {link === "embedded" ? <Tag name="EMBEDDED" /> : link === "recorded" ? <Tag name="RECORDED" /> : null}
        </div>
      </div>
      <HeadControls
        nodeId={node.nodeId}
        rangeMs={props.rangeMs}
        onRange={props.onRange}
        onSpan={props.onSpan}
        isPaused={isPaused}
        onTogglePause={props.onTogglePause}
      />
    </div>
  );
}

const BackButton = memo(function BackButton({ onBack }: { readonly onBack: () => void }): ReactNode {
  return (
    <Button kind="quiet" size="small" className="node-breadcrumb-link" onPress={onBack}>
      Fleet
    </Button>
  );
});

/** Range, pause and export. Apart from the facts, which change in every tick. */
const HeadControls = memo(function HeadControls(props: Omit<NodeHeadProps, "node" | "onBack"> & { readonly nodeId: string }): ReactNode {
  const { isPaused } = props;
  const { singleKeyShortcuts } = useSettings();
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <>
      <Segmented
        label="Range"
        value={String(props.rangeMs)}
        segments={[
          { value: "60000", label: "1 min" },
          { value: "600000", label: "10 min" },
          { value: "3600000", label: "1 h" },
          { value: "86400000", label: "24 h" },
          { value: "604800000", label: "7 d" },
        ]}
        onChange={(value) => props.onRange(Number(value))}
      />
      <Button kind="outline" isSquare aria-label="Choose a range…" onPress={() => setIsChoosing(true)}>
        <CalendarRange size={16} strokeWidth={1.75} aria-hidden />
      </Button>
      <RangeDialog isOpen={isChoosing} onClose={() => setIsChoosing(false)} onChoose={props.onSpan} />
      <Button kind="outline" className="node-pause" onPress={props.onTogglePause}>
        {isPaused ? <Play size={16} strokeWidth={1.75} aria-hidden /> : <Pause size={16} strokeWidth={1.75} aria-hidden />}
        {isPaused ? "Resume" : "Pause"}
        {singleKeyShortcuts ? <Kbd>Space</Kbd> : null}
      </Button>
      <Button kind="outline" aria-label={`Report of ${props.nodeId}…`} onPress={() => openReport([props.nodeId])}>
        <FileText size={16} strokeWidth={1.75} aria-hidden />
        Report…
      </Button>
      <ExportButton nodeId={props.nodeId} />
    </>
  );
});

/** Profile, rate and the age of the newest sample. */
function SampleAge({ node }: { readonly node: NodeView }): ReactNode {
  const age = useFleet(({ fleet }) => {
    const receivedAtMs = fleet?.nodes.get(node.nodeId)?.latest?.receivedAtMs;
    if (fleet === null || receivedAtMs === undefined) return "no sample yet";
    return `last sample ${formatAge(fleet.meta.atMs - receivedAtMs)}`;
  });
  return (
    <span className="note node-facts">
      {profileText(node)} · <span className={isUnknown(node.liveness) ? "age-old" : undefined}>{age}</span>
    </span>
  );
}

type Export =
  | { readonly phase: "idle" | "busy" }
  | { readonly phase: "done"; readonly reply: RequestReply<"node/export-csv"> }
  | { readonly phase: "failed"; readonly failure: Failure };

/** Writes every kept sample of the node into a file that the operator names, and says where it lies. */
function ExportButton({ nodeId }: { readonly nodeId: string }): ReactNode {
  const [state, setState] = useState<Export>({ phase: "idle" });
  const run = async (): Promise<void> => {
    setState({ phase: "busy" });
    const answer = await request("node/export-csv", { nodeId });
    if (answer.ok) setState({ phase: "done", reply: answer.value });
    else if (answer.error.code === "CANCELLED") setState({ phase: "idle" });
    else setState({ phase: "failed", failure: answer.error });
  };
  const dismiss = (
    <Button kind="quiet" size="small" onPress={() => setState({ phase: "idle" })}>
      Dismiss
    </Button>
  );
  return (
    <>
      <Button
        kind="outline"
        aria-label={`Export CSV of ${nodeId}`}
        isPending={state.phase === "busy"}
        onPress={() => void run()}
      >
        <Download size={16} strokeWidth={1.75} aria-hidden />
        CSV
      </Button>
      <div className="node-export" role="status">
        {state.phase === "done" ? (
          <p className="node-export-done">
            {countOf(state.reply.rows, "row")} written to <span className="mono node-path">{state.reply.path}</span>
            {dismiss}
          </p>
        ) : null}
      </div>
      {state.phase === "failed" ? (
        <div className="node-export">
          <Problem code={state.failure.code} sentence={state.failure.message} actions={dismiss} />
        </div>
      ) : null}
    </>
  );
}
