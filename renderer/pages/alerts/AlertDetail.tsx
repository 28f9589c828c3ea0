import { Check } from "lucide-react";
import type { ReactNode } from "react";
import type { AlertView } from "../../../shared/contract/alerts";
import { Button, Glyph, Kbd, VersionTag } from "../../design";
import { formatClock, formatDuration, formatUtcInstant } from "../../format/time";
import { selectAlert } from "../../state/alerts";
import { openNodeAt } from "../../state/moments";
import { useSettings } from "../../state/store";
import { askAcknowledge, askSilence } from "./desk";
import { MomentChart } from "./MomentChart";
import { nodeOfAlert, RESOLUTION_WORDS, ruleTitle, shownAs } from "./words";

/** One alert in full: what it says, the moment's chart, and what can be done. `cause`: the alert that explains it. */
export function AlertDetail({ alert, cause }: { readonly alert: AlertView; readonly cause: AlertView | null }): ReactNode {
  const { clock } = useSettings();
  const { word, glyph, hue } = shownAs(alert);
  const nodeId = nodeOfAlert(alert);
  return (
    <section className="panel alert-detail" aria-label="The alert that is shown">
      <div className="alert-detail-head">
        <span className={`state hue-${hue}`}>
          <Glyph name={glyph} />
          {word}
        </span>
        <span className="note mono">{alert.alertId}</span>
        {alert.version === null ? null : <VersionTag version={alert.version} />}
        <time className="note alert-since" title={formatUtcInstant(alert.raisedAtMs)} dateTime={new Date(alert.raisedAtMs).toISOString()}>
          since {formatClock(alert.raisedAtMs, clock)}
        </time>
      </div>
      <h2>{alert.title}</h2>
      <p className="alert-sentence">{alert.sentence}</p>
      {nodeId === null ? null : <MomentChart alert={alert} nodeIds={alert.nodeId === null ? alert.nodeIds : [alert.nodeId]} />}
      <Facts alert={alert} cause={cause} />
      <div className="alert-actions">
        {alert.state === "ended" ? null : (
          <Button kind="primary" onPress={() => askAcknowledge([alert])}>
            <Check size={16} strokeWidth={1.75} aria-hidden />
            {alert.acknowledged === null ? "Acknowledge…" : "Change the note…"}
            <Kbd>K</Kbd>
          </Button>
        )}
        {nodeId === null ? null : (
          <Button kind="outline" onPress={() => openNodeAt(nodeId, alert.lastRaisedAtMs)}>
            Open {nodeId} at {formatClock(alert.lastRaisedAtMs, clock)}
          </Button>
        )}
        {alert.state === "ended" ? null : (
          <Button kind="quiet" onPress={() => askSilence(alert)}>
            Silence…
          </Button>
        )}
      </div>
    </section>
  );
}

function Facts({ alert, cause }: { readonly alert: AlertView; readonly cause: AlertView | null }): ReactNode {
  const { clock } = useSettings();
  const { acknowledged, silenced, frozenAtMs, endedAtMs, resolution, count, lastRaisedAtMs } = alert;
  return (
    <ul className="alert-facts note">
      <li>Rule: {ruleTitle(alert.ruleId)}.</li>
      {count === 1 ? null : (
        <li>
          {count} times, last at {formatClock(lastRaisedAtMs, clock)}. {alert.isFlapping ? "It flaps: it ends once it was well for 5 min." : ""}
        </li>
      )}
      {frozenAtMs === null ? null : <li>Frozen at {formatClock(frozenAtMs, clock)}, when the node went silent. It is neither over nor worse: it is unknown.</li>}
      {cause === null ? null : (
        <li>
          Explained by{" "}
          <Button kind="quiet" size="small" className="alert-cause" onPress={() => selectAlert(cause.alertId)}>
            {cause.title}
          </Button>
        </li>
      )}
      {acknowledged === null ? null : (
        <li>
          Acknowledged by {acknowledged.by} at {formatClock(acknowledged.atMs, clock)}
          {acknowledged.note === "" ? "." : `: “${acknowledged.note}”`}
        </li>
      )}
      {silenced === null ? null : (
        <li>
          Silenced until {formatClock(silenced.untilMs, clock)}: “{silenced.reason}”
        </li>
      )}
      {endedAtMs === null || resolution === null ? null : (
        <li>
          Over at {formatClock(endedAtMs, clock)} after {formatDuration(endedAtMs - alert.raisedAtMs)}: {RESOLUTION_WORDS[resolution]}.
        </li>
      )}
    </ul>
  );
}
