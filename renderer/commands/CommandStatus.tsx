import { memo, type ReactNode } from "react";
import { Button } from "../design";
import { useFleet } from "../state/store";
import { CommandProgress } from "./CommandProgress";
import { sendAgain } from "./desk";
import { isInFlight, UNDO_WINDOW_MS } from "./undo";

/** How a node's last command is shown. */
export interface CommandStatusProps {
  readonly nodeId: string;
  readonly layout?: "line" | "steps";
  /** The node's own sentence stands above; it is not said twice. */
  readonly isSentenceAbove?: boolean;
  /** Little room: the sentence only once the command has ended. */
  readonly isShort?: boolean;
}

/**
 * A node's last command while it matters: on its way, for a minute after it was verified, and until the
 * next one where it ended otherwise. With what an operator can do about the latter.
 */
export const CommandStatus = memo(function CommandStatus(props: CommandStatusProps): ReactNode {
  const { nodeId, layout = "line", isSentenceAbove = false, isShort = false } = props;
  const command = useFleet(({ fleet }) => fleet?.nodes.get(nodeId)?.command ?? null);
  const isSaidAlready = useFleet(({ fleet }) => {
    const node = fleet?.nodes.get(nodeId);
    return node?.command != null && node.sentence === node.command.sentence;
  });
  const isRecent = useFleet(({ fleet }) => {
    const endedAtMs = fleet?.nodes.get(nodeId)?.command?.steps.at(-1)?.atMs;
    return fleet !== null && endedAtMs !== undefined && fleet.meta.atMs - endedAtMs < UNDO_WINDOW_MS;
  });
  if (command === null) return null;
  if (!isInFlight(command.phase) && command.phase === "verified" && !isRecent) return null;
  const isRepeated = isSentenceAbove && isSaidAlready;
  const canSendAgain = command.phase === "unconfirmed" || command.phase === "inconsistent";
  return (
    <div className="command-status">
      <CommandProgress
        command={command}
        layout={layout}
        showSentence={!isRepeated && !(isShort && isInFlight(command.phase))}
      />
      {canSendAgain ? (
        <Button
          kind="outline"
          size="small"
          aria-label={`Send ${command.version} again, ${nodeId}`}
          onPress={() => void sendAgain(nodeId)}
        >
          Send {command.version} again
        </Button>
      ) : null}
    </div>
  );
});
