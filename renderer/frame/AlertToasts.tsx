import { X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { groupAlerts, type AlertGroup } from "../../shared/alerts/grouping";
import { Button, Glyph } from "../design";
import { formatClock } from "../format/time";
import { nodeOfAlert, shownAs } from "../pages/alerts/words";
import { dismissToasts, openAlert, useToasts } from "../state/alerts";
import { openNodeAt } from "../state/moments";
import { usePlace } from "../state/navigation";
import { useSettings } from "../state/store";
import { soundAlert } from "./alert-sound";
import "./alert-toasts.css";

/** Toasts at once; the rest is counted. */
const SHOWN = 3;
/** How long one stays, ms; a pointer or the focus on it holds it. */
const STAYS_MS = { critical: 20_000, warning: 10_000, info: 10_000 } as const;

/** New alerts that ask for a person, in the corner, like ones as one; each leads to its node at that moment. The alerts page shows them itself. */
export function AlertToasts(): ReactNode {
  const toasts = useToasts();
  const { alertSound } = useSettings();
  const newestHigh = toasts.find(({ severity }) => severity === "critical")?.alertId ?? null;
  const sounded = useRef<string | null>(null);
  useEffect(() => {
    if (newestHigh === null || sounded.current === newestHigh) return;
    sounded.current = newestHigh;
    if (alertSound) soundAlert();
  }, [newestHigh, alertSound]);
  const isOnPage = usePlace().page === "alerts";
  const groups = isOnPage ? [] : groupAlerts(toasts);
  useEffect(() => {
    if (isOnPage && toasts.length > 0) dismissToasts(toasts.map(({ alertId }) => alertId));
  }, [isOnPage, toasts]);
  return (
    <section className="toasts" aria-label="New alerts" aria-live="polite">
      {groups.slice(0, SHOWN).map((group) => (
        <Toast key={group.groupId} group={group} />
      ))}
      {groups.length > SHOWN ? <p className="toast-more note">And {groups.length - SHOWN} more on the Alerts page.</p> : null}
    </section>
  );
}

function Toast({ group: { head, others } }: { readonly group: AlertGroup }): ReactNode {
  const { alertId, severity, lastRaisedAtMs } = head;
  const title = others.length === 0 ? head.title : `${head.title}, and ${others.length} more`;
  const ids = [head, ...others].map((alert) => alert.alertId).join(" ");
  const { clock } = useSettings();
  const [isHeld, setIsHeld] = useState(false);
  const nodeId = nodeOfAlert(head);
  const { word, glyph, hue } = shownAs(head);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => dismissToasts(ids.split(" ")), STAYS_MS[severity]);
    return () => clearTimeout(timer);
  }, [isHeld, ids, severity]);
  return (
    <article
      className={`toast toast-${hue}`}
      aria-label={title}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <span className={`state hue-${hue}`}>
        <Glyph name={glyph} />
        {word}
      </span>
      <strong>{title}</strong>
      <div className="toast-actions">
        {nodeId === null ? null : (
          <Button
            kind="outline"
            size="small"
            onPress={() => {
              dismissToasts(ids.split(" "));
              openNodeAt(nodeId, lastRaisedAtMs);
            }}
          >
            <span className="truncate">
              {nodeId} at {formatClock(lastRaisedAtMs, clock)}
            </span>
          </Button>
        )}
        <Button kind="quiet" size="small" onPress={() => openAlert(alertId)}>
          Open alert
        </Button>
        <Button kind="quiet" size="small" isSquare aria-label={`Hide: ${title}`} onPress={() => dismissToasts(ids.split(" "))}>
          <X size={14} strokeWidth={1.75} aria-hidden />
        </Button>
      </div>
    </article>
  );
}
