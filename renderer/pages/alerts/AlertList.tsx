import { memo, useState, type KeyboardEvent, type ReactNode } from "react";
import { groupAlerts, type AlertGroup } from "../../../shared/alerts/grouping";
import type { AlertView } from "../../../shared/contract/alerts";
import { Button, Glyph } from "../../design";
import { countOf } from "../../format/number";
import { formatClock, formatDuration, formatUtcInstant } from "../../format/time";
import { selectAlert } from "../../state/alerts";
import { useFleet, useSettings } from "../../state/store";
import { RESOLUTION_WORDS, shownAs } from "./words";

/** Alerts under a group's head that are shown before the rest is asked for. */
const SHOWN_UNDER = 3;

/** Groups of alerts, worst first; what one explains lies under it. */
export function AlertList({ alerts, selectedId }: { readonly alerts: readonly AlertView[]; readonly selectedId: string }): ReactNode {
  return (
    <section className="panel alert-list" aria-label="Alerts" onKeyDown={moveBetweenRows}>
      <ul aria-label="Groups of alerts, worst first">
        {groupAlerts(alerts).map((group) => (
          <Group key={group.groupId} group={group} selectedId={selectedId} />
        ))}
      </ul>
    </section>
  );
}

/** Arrow keys go from row to row. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".alert-row")];
  const index = rows.findIndex((row) => row === document.activeElement);
  const next = rows[index + (event.key === "ArrowDown" ? 1 : -1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function Group({ group: { head, others, explained }, selectedId }: { readonly group: AlertGroup; readonly selectedId: string }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const under = [...others, ...explained];
  const hidden = under.length - SHOWN_UNDER;
  const shown = isOpen || hidden <= 0 ? under : under.filter(({ alertId }, index) => index < SHOWN_UNDER || alertId === selectedId);
  return (
    <li className="alert-group">
      <Row alert={head} isUnder={false} isSelected={head.alertId === selectedId} />
      {shown.map((alert) => (
        <Row key={alert.alertId} alert={alert} isUnder isSelected={alert.alertId === selectedId} />
      ))}
      {hidden <= 0 ? null : (
        <Button kind="quiet" size="small" className="alert-more" aria-expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
          {isOpen ? "Show fewer" : `Show ${countOf(hidden, "more alert")} of this group`}
        </Button>
      )}
    </li>
  );
}

const Row = memo(function Row({ alert, isUnder, isSelected }: { readonly alert: AlertView; readonly isUnder: boolean; readonly isSelected: boolean }): ReactNode {
  const { clock } = useSettings();
  const { word, glyph, hue } = shownAs(alert);
  const isQuiet = alert.acknowledged !== null || alert.silenced !== null || alert.state === "ended";
  return (
    <button
      type="button"
      className="alert-row"
      data-under={isUnder ? "" : undefined}
      data-quiet={isQuiet ? "" : undefined}
      data-alert-id={alert.alertId}
      aria-current={isSelected ? "true" : undefined}
      onClick={() => selectAlert(alert.alertId)}
    >
      <span className={`state alert-state hue-${hue}`}>
        <Glyph name={glyph} />
        {word}
      </span>
      <span className="alert-text">
        <strong className="truncate">{alert.title}</strong>
        <span className="note truncate">{noteOf(alert)}</span>
      </span>
      <span className="alert-time">
        <time title={formatUtcInstant(alert.raisedAtMs)} dateTime={new Date(alert.raisedAtMs).toISOString()}>
          {formatClock(alert.raisedAtMs, clock)}
        </time>
        <span className="note">{alert.state === "frozen" ? "frozen" : <Lasted alert={alert} />}</span>
      </span>
    </button>
  );
});

function Lasted({ alert }: { readonly alert: AlertView }): ReactNode {
  const nowMs = useFleet((state) => Math.floor((state.fleet?.meta.atMs ?? alert.raisedAtMs) / 1_000) * 1_000);
  return formatDuration((alert.endedAtMs ?? nowMs) - alert.raisedAtMs);
}

function noteOf(alert: AlertView): string {
  const parts = [
    alert.sentence,
    alert.count > 1 ? `${alert.count} times${alert.isFlapping ? ", it flaps" : ""}.` : "",
    alert.acknowledged === null ? "" : `Acknowledged by ${alert.acknowledged.by}${alert.acknowledged.note === "" ? "" : `: “${alert.acknowledged.note}”`}.`,
    alert.silenced === null ? "" : `Silenced: “${alert.silenced.reason}”.`,
    alert.resolution === null ? "" : `Over: ${RESOLUTION_WORDS[alert.resolution]}.`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}
