import { CornerUpLeft } from "lucide-react";
import { memo, type ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import { Button, Kbd, Problem } from "../design";
import { useFleet, useSettings } from "../state/store";
import { dismissRefusal, rollBack, undoRollback, useIsAsking, useRefusal } from "./desk";
import { obstacleOf, rollbackChoice } from "./rollback-choice";
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
  // Compared field by field: a node changes at every tick, its choice hardly ever.
  const choice = useFleet(
    useShallow(({ fleet }) => {
      const node = fleet?.nodes.get(nodeId);
      return node === undefined ? null : rollbackChoice(node, obstacleOf(fleet?.meta));
    }),
  );
  if (choice === null) return null;
  return (
    <div className="rollback">
      {choice.isOffered || choice.isInFlight ? (
        <OfferedRollback
          {...props}
          version={choice.isOffered ? choice.version : null}
          waiting={choice.isOffered ? null : form === "short" ? choice.short : choice.reason}
        />
      ) : (
        <span className="rollback-reason" title={form === "short" ? choice.reason : undefined}>
          {form === "short" ? choice.short : choice.reason}
        </span>
      )}
      <UndoButton nodeId={nodeId} isInTabOrder={props.isInTabOrder ?? true} />
      {form === "full" ? <RefusalOf nodeId={nodeId} /> : null}
    </div>
  );
});

const OfferedRollback = memo(function OfferedRollback(
  props: RollbackButtonProps & {
    /** Null while a command is on its way. */
    readonly version: string | null;
    /** Said instead while a command is on its way. */
    readonly waiting: string | null;
  },
): ReactNode {
  const { nodeId, version, waiting, kind = "outline", form = "full", showKey = false, isInTabOrder = true } = props;
  const isAsking = useIsAsking(nodeId);
  const { singleKeyShortcuts } = useSettings();
  return (
    <Button
      kind={waiting === null ? kind : "quiet"}
      size={form === "short" ? "small" : "regular"}
      aria-label={waiting === null ? `Roll back to ${version ?? ""}, ${nodeId}` : `${waiting} ${nodeId}`}
      isPending={isAsking || waiting !== null}
      excludeFromTabOrder={!isInTabOrder}
      onPress={() => void rollBack(nodeId)}
    >
      {waiting === null ? (
        <>
          <CornerUpLeft size={16} strokeWidth={1.75} aria-hidden />
          {form === "short" ? version : `Roll back to ${version ?? ""}`}
          {showKey && singleKeyShortcuts ? <Kbd>R</Kbd> : null}
        </>
      ) : (
        <span className="rollback-reason">{waiting}</span>
      )}
    </Button>
  );
});

/** Undo with the seconds left; nothing where there is nothing to undo. */
const UndoButton = memo(function UndoButton(props: {
  readonly nodeId: string;
  readonly isInTabOrder: boolean;
}): ReactNode {
  const { nodeId, isInTabOrder } = props;
  const version = useFleet(({ fleet }) => fleet?.nodes.get(nodeId)?.command?.fromVersion);
  const secondsLeft = useFleet(({ fleet }) => {
    const node = fleet?.nodes.get(nodeId);
    const offer = fleet === null || node === undefined ? null : undoOf(node, fleet.meta.atMs);
    return offer === null ? null : Math.ceil(offer.remainingMs / 1_000);
  });
  if (secondsLeft === null) return null;
  return (
    <Button
      kind="outline"
      size="small"
      aria-label={`Undo, ${nodeId} back to ${version ?? ""}`}
      excludeFromTabOrder={!isInTabOrder}
      onPress={() => void undoRollback(nodeId)}
    >
      Undo
      <span className="note">{secondsLeft} s</span>
    </Button>
  );
});

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
