import { X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { AlertView } from "../../shared/contract/alerts";
import { Button, Glyph } from "../design";
import { formatClock } from "../format/time";
import { nodeOfAlert, shownAs } from "../pages/alerts/words";
import { dismissToast, openAlert, useToasts } from "../state/alerts";
import { go } from "../state/navigation";
import { useSettings } from "../state/store";
import { soundAlert } from "./alert-sound";
import "./alert-toasts.css";

/** Toasts at once; the rest is counted. */
const SHOWN = 3;
/** How long one stays, ms; a pointer or the focus on it holds it. */
const STAYS_MS = { critical: 20_000, warning: 10_000, info: 10_000 } as const;

/** New alerts that ask for a person, in the corner; each leads to its node at that moment. */
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
  return (
    <section className="toasts" aria-label="New alerts" aria-live="polite">
      {toasts.slice(0, SHOWN).map((alert) => (
        <Toast key={alert.alertId} alert={alert} />
      ))}
      {toasts.length > SHOWN ? <p className="toast-more note">And {toasts.length - SHOWN} more on the Alerts page.</p> : null}
    </section>
  );
}

function Toast({ alert }: { readonly alert: AlertView }): ReactNode {
  const { alertId, severity, title, lastRaisedAtMs } = alert;
  const { clock } = useSettings();
  const [isHeld, setIsHeld] = useState(false);
  const nodeId = nodeOfAlert(alert);
  const { word, glyph, hue } = shownAs(alert);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => dismissToast(alertId), STAYS_MS[severity]);
    return () => clearTimeout(timer);
  }, [isHeld, alertId, severity]);
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
              dismissToast(alertId);
              go({ page: "node", nodeId, atMs: lastRaisedAtMs });
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
        <Button kind="quiet" size="small" isSquare aria-label={`Hide: ${title}`} onPress={() => dismissToast(alertId)}>
          <X size={14} strokeWidth={1.75} aria-hidden />
        </Button>
      </div>
    </article>
  );
}
