import type { ReactNode } from "react";
import type { SilenceView } from "../../../shared/contract/alerts";
import { Button } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useSettings } from "../../state/store";
import { endSilence } from "./desk";
import { silenceText } from "./words";

/** What is kept quiet, until when and why; what is over, below. */
export function SilenceList({ silences }: { readonly silences: readonly SilenceView[] }): ReactNode {
  const { clock } = useSettings();
  if (silences.length === 0) {
    return (
      <div className="panel empty-panel">
        <h2>Nothing is silenced.</h2>
        <p>A silence keeps alerts of a rule, a node or a version quiet until it expires. They are still raised and journalled.</p>
      </div>
    );
  }
  return (
    <ul className="panel silence-list" aria-label="Silences, newest first">
      {[...silences].sort((left, right) => Number(right.isInForce) - Number(left.isInForce)).map((silence) => (
        <li key={silence.silenceId} data-over={silence.isInForce ? undefined : ""}>
          <span className="note mono">{silence.silenceId}</span>
          <span className="alert-text">
            <strong className="truncate">{silenceText(silence)}</strong>
            <span className="note truncate">
              “{silence.reason}”, by {silence.by}
            </span>
          </span>
          <time className="note" title={formatUtcInstant(silence.untilMs)} dateTime={new Date(silence.untilMs).toISOString()}>
            {silence.isInForce ? "until" : silence.endedAtMs === null ? "expired" : "ended"} {formatClock(silence.endedAtMs ?? silence.untilMs, clock)}
          </time>
          {silence.isInForce ? (
            <Button kind="outline" size="small" onPress={() => void endSilence(silence.silenceId)}>
              End silence {silence.silenceId}
            </Button>
          ) : (
            <span />
          )}
        </li>
      ))}
    </ul>
  );
}
