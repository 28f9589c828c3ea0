import { CornerUpLeft } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Button, Kbd, Problem } from "../design";
import { formatDuration } from "../format/time";
import { useFleet, useNode, useSettings } from "../state/store";
import { dismissRefusal, rollBack, undoRollback, useIsAsking, useRefusal } from "./desk";
import { undoOf } from "./undo";

/** How a rollback button is shown. */
export interface RollbackButtonProps {
  readonly nodeId: string;
  /** `primary` on the one node that needs it most; regular otherwise. */
  readonly kind?: "primary" | "outline" | "quiet";
  /** `short` names the version alone, for tables; a screen reader still hears the whole. */
  readonly form?: "full" | "short";
  /** Shows the key that does the same. */
  readonly showKey?: boolean;
  /** For rows that move the focus themselves. */
  readonly isInTabOrder?: boolean;
}

/**
 * One click back to the version before, named on the button; or the reason why that is not offered.
 * Beside it, for 60 s after the node reported a rollback, Undo; under it, why the last click was
 * refused.
 */
export const RollbackButton = memo(function RollbackButton(props: RollbackButtonProps): ReactNode {
  const { nodeId, form = "full" } = props;
  const offer = useNode(nodeId)?.rollback;
  if (offer === undefined) return null;
  return (
    <div className="rollback">
      {offer.offered ? (
        <OfferedRollback {...props} version={offer.version} />
      ) : (
        <span className="rollback-reason" title={form === "short" ? offer.reason : undefined}>
          {form === "short" ? SHORT_REASONS.get(offer.code) ?? "not offered" : offer.reason}
        </span>
      )}
      <UndoButton nodeId={nodeId} isInTabOrder={props.isInTabOrder ?? true} />
      {form === "full" ? <RefusalOf nodeId={nodeId} /> : null}
    </div>
  );
});

/** Why nothing is offered, in the two words that fit into a table cell. */
const SHORT_REASONS: ReadonlyMap<string, string> = new Map([
  ["NO_GOOD_VERSION", "none good"],
  ["ALREADY_IN_FLIGHT", "on its way"],
  ["NODE_SILENT", "silent"],
  ["LINK_DOWN", "link down"],
  ["JOURNAL_UNAVAILABLE", "no journal"],
]);

function OfferedRollback(props: RollbackButtonProps & { readonly version: string }): ReactNode {
  const { nodeId, version, kind = "outline", form = "full", showKey = false, isInTabOrder = true } = props;
  const isAsking = useIsAsking(nodeId);
  const { singleKeyShortcuts } = useSettings();
  return (
    <Button
      kind={kind}
      size={form === "short" ? "small" : "regular"}
      aria-label={`Roll back ${nodeId} to ${version}`}
      isPending={isAsking}
      excludeFromTabOrder={!isInTabOrder}
      onPress={() => void rollBack(nodeId)}
    >
      <CornerUpLeft size={16} strokeWidth={1.75} aria-hidden />
      {form === "short" ? version : `Roll back to ${version}`}
      {showKey && singleKeyShortcuts ? <Kbd>R</Kbd> : null}
    </Button>
  );
}

/** Undo with the seconds left; nothing where there is nothing to undo. */
function UndoButton({ nodeId, isInTabOrder }: { readonly nodeId: string; readonly isInTabOrder: boolean }): ReactNode {
  const label = useFleet((state) => {
    const node = state.fleet?.nodes.get(nodeId);
    if (state.fleet === null || node === undefined) return null;
    const offer = undoOf(node, state.fleet.meta.atMs);
    if (offer === null) return null;
    return `${offer.version} ${formatDuration(Math.max(10_000, Math.ceil(offer.remainingMs / 1_000) * 1_000))}`;
  });
  if (label === null) return null;
  const [version, ...left] = label.split(" ");
  return (
    <Button
      kind="outline"
      size="small"
      aria-label={`Undo on ${nodeId}: back to ${version}, ${left.join(" ")} left`}
      excludeFromTabOrder={!isInTabOrder}
      onPress={() => void undoRollback(nodeId)}
    >
      Undo
      <span className="note">{left.join(" ")}</span>
    </Button>
  );
}

/** Why the last request for a node was refused, until it is dismissed. */
export function RefusalOf({ nodeId }: { readonly nodeId: string }): ReactNode {
  const refusal = useRefusal(nodeId);
  if (refusal === undefined) return null;
  return (
    <Problem
      code={refusal.failure.code}
      sentence={refusal.failure.message}
      detail={refusal.asked}
      actions={
        <Button kind="quiet" size="small" onPress={() => dismissRefusal(nodeId)}>
          Dismiss
        </Button>
      }
    />
  );
}
