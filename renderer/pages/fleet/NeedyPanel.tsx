import { memo, type ReactNode } from "react";
import { CommandStatus } from "../../commands/CommandStatus";
import { RollbackButton } from "../../commands/RollbackButton";
import { Button, StateGlyph, Tag, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { HoldTag } from "../../judging/HoldTag";
import { sentenceOf, shownStateOf } from "../../judging/shown";
import { go } from "../../state/navigation";
import { useFleet, useNode } from "../../state/store";
import { useFirstOffered } from "./CardsView";
import { Age, NodeLink } from "./parts";
import { HeldNote } from "./SectionHead";
import { useHeldOrder, useSectionedOrder } from "./use-fleet-order";

/** Entries shown; a list longer than this is no list to read. */
const SHOWN = 40;

/** Beside the matrix: every node that needs a person, worst first, with what can be done. */
export function NeedyPanel(): ReactNode {
  const { order, isHeld, release, holdProps } = useHeldOrder(useSectionedOrder(""));
  const { needy } = order;
  const firstId = useFirstOffered(needy);
  const others = useFleet((state) => (state.fleet?.nodeIds.length ?? 0) - needy.length);
  return (
    <aside className="needy panel" aria-label="Needs a person">
      <header className="needy-head">
        <h2>Needs a person</h2>
        <span className="note">{needy.length}</span>
        <span className="note needy-order">worst first</span>
      </header>
      {isHeld ? <HeldNote onRelease={release} /> : null}
      <ul {...holdProps}>
        {needy.slice(0, SHOWN).map((id) => (
          <li key={id}>
            <NeedyEntry nodeId={id} isFirst={id === firstId} />
          </li>
        ))}
      </ul>
      <p className="needy-rest note">
        {needy.length > SHOWN ? `And ${needy.length - SHOWN} more. ` : ""}
        {countOf(others, "other node")}: nothing to do.
      </p>
    </aside>
  );
}

const NeedyEntry = memo(function NeedyEntry({ nodeId, isFirst }: { readonly nodeId: string; readonly isFirst: boolean }): ReactNode {
  const node = useNode(nodeId);
  if (node === undefined) return null;
  const canAct = node.attention === "high" || node.attention === "medium";
  return (
    <article className="needy-entry" data-node-id={nodeId} aria-label={nodeId}>
      <header className="card-head">
        <StateGlyph state={shownStateOf(node)} />
        <NodeLink nodeId={nodeId} />
        <span className="card-tags">
          <VersionTag version={node.modelVersion} />
          {node.drill ? <Tag name="DRILL" /> : null}
          <HoldTag node={node} />
          <Age nodeId={nodeId} />
        </span>
      </header>
      <p>{sentenceOf(node)}</p>
      <CommandStatus nodeId={nodeId} isSentenceAbove />
      {canAct ? (
        <div className="needy-acts">
          <RollbackButton nodeId={nodeId} kind={isFirst ? "primary" : "outline"} showKey={isFirst} />
          <Button kind="quiet" size="small" aria-label={`Open node ${nodeId}`} onPress={() => go({ page: "node", nodeId })}>
            Open node
          </Button>
        </div>
      ) : null}
    </article>
  );
});
