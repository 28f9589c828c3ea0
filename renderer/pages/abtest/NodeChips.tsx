import { GripVertical, X } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { GridList, GridListItem } from "react-aria-components/GridList";
import { useDragAndDrop } from "react-aria-components/useDragAndDrop";
import type { AbTestCandidate } from "../../../shared/contract/abtest";
import { Button, StateGlyph } from "../../design";
import { formatRate } from "../../format/number";
import { shownStateOf } from "../../judging/shown";
import { useNode } from "../../state/store";
import { hasFocus, putNode, useDesk } from "./desk";
import type { Lane } from "./lanes";

/** What a dragged chip is for the system; nothing else may be dropped. */
const NODE_TYPE = "application/x-lydlr-node";

/** A list of chips. */
export interface NodeChipsProps {
  readonly lane: Lane;
  /** Names the list for screen readers. */
  readonly label: string;
  readonly nodeIds: readonly string[];
  readonly candidates: ReadonlyMap<string, AbTestCandidate>;
  /** What stands there while no chip does. */
  readonly empty: string;
}

/**
 * The nodes of a lane. A chip is dragged by its grip, with the pointer or with Enter, Tab and Enter; or moved by its
 * buttons, or by A, B and Delete while it has the focus.
 */
export function NodeChips({ lane, label, nodeIds, candidates, empty }: NodeChipsProps): ReactNode {
  const { dragAndDropHooks } = useDragAndDrop<{ readonly id: string }>({
    getItems: (keys) => [...keys].map((key) => ({ [NODE_TYPE]: String(key) })),
    acceptedDragTypes: [NODE_TYPE],
    getDropOperation: () => "move",
    onRootDrop: ({ items }) => {
      for (const item of items) if (item.kind === "text") void item.getText(NODE_TYPE).then((nodeId) => putNode(nodeId, lane));
    },
  });
  return (
    <GridList
      className={`chips chips-${lane}`}
      aria-label={label}
      items={nodeIds.map((id) => ({ id }))}
      dependencies={[candidates]}
      dragAndDropHooks={dragAndDropHooks}
      disallowTypeAhead
      renderEmptyState={() => <p className="chips-empty">{empty}</p>}
    >
      {({ id }) => (
        <GridListItem id={id} textValue={id} className="chip" data-draft-node={id}>
          <Chip nodeId={id} lane={lane} candidate={candidates.get(id)} />
        </GridListItem>
      )}
    </GridList>
  );
}

function Chip({ nodeId, lane, candidate }: { readonly nodeId: string; readonly lane: Lane; readonly candidate: AbTestCandidate | undefined }): ReactNode {
  const node = useNode(nodeId);
  const ref = useRef<HTMLSpanElement>(null);
  const takesFocus = useDesk((desk) => desk.focusOn === nodeId);
  useEffect(() => {
    if (!takesFocus) return;
    // The list that it left first gives the focus to a neighbour.
    const frame = requestAnimationFrame(() => {
      ref.current?.closest<HTMLElement>("[data-draft-node]")?.focus();
      hasFocus();
    });
    return () => cancelAnimationFrame(frame);
  }, [takesFocus]);
  const state = node === undefined ? undefined : shownStateOf(node);
  return (
    <>
      <AriaButton slot="drag" className="chip-grip">
        <GripVertical size={16} strokeWidth={1.75} aria-hidden />
      </AriaButton>
      {state === undefined ? null : <StateGlyph state={state} showWord={false} />}
      <span ref={ref} className="chip-id mono truncate" title={[nodeId, candidate?.vertical, candidate?.modelVersion].filter((part) => part != null).join(", ")}>
        {nodeId}
      </span>
      <span className="note chip-fact">{chipFact(candidate, lane)}</span>
      {lane === "pool" ? (
        <>
          <MoveButton nodeId={nodeId} to="a" />
          <MoveButton nodeId={nodeId} to="b" />
        </>
      ) : (
        <>
          <MoveButton nodeId={nodeId} to={lane === "a" ? "b" : "a"} />
          <Button kind="quiet" size="small" isSquare className="chip-move" aria-label={`Take ${nodeId} out of arm ${lane.toUpperCase()}`} onPress={() => putNode(nodeId, "pool")}>
            <X size={16} strokeWidth={1.75} aria-hidden />
          </Button>
        </>
      )}
    </>
  );
}

function chipFact(candidate: AbTestCandidate | undefined, lane: Lane): string {
  if (candidate === undefined) return "";
  if (!candidate.canTakePart) return candidate.reason ?? "";
  if (lane === "pool") return candidate.vertical ?? "";
  return candidate.rateHz === null ? (candidate.vertical ?? "") : `${formatRate(candidate.rateHz)} Hz`;
}

function MoveButton({ nodeId, to }: { readonly nodeId: string; readonly to: "a" | "b" }): ReactNode {
  return (
    <Button kind="outline" size="small" isSquare className={`chip-move chip-move-${to}`} aria-label={`Put ${nodeId} into arm ${to.toUpperCase()}`} onPress={() => putNode(nodeId, to)}>
      {to.toUpperCase()}
    </Button>
  );
}
