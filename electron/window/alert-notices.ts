import { app, Notification, type BrowserWindow } from "electron";
import { badgeOf, untold } from "../../shared/alerts/grouping";
import type { AlertsView, AlertView } from "../../shared/contract/alerts";

const TITLE = "Lydlr Ops";

/** What notices need of the application. */
export interface NoticeParts {
  window(): BrowserWindow | null;
  /** Whether the desktop's own notifications are wanted. */
  isWanted(): boolean;
  /** What was open when the application started: nobody is told of it again. */
  readonly first: AlertsView;
  /** Brings the window to the front with this alert. */
  open(alertId: string): void;
}

/**
 * Tells of alerts outside of the window: the desktop's notifications while the window is not in front, a count on
 * the application's icon where there is one, and in the window's title.
 * @returns what takes every new view.
 */
export function openAlertNotices(parts: NoticeParts): (view: AlertsView) => void {
  const told = new Set(parts.first.open.map(({ alertId }) => alertId));
  const show = (alerts: readonly AlertView[]): void => {
    const [first] = alerts;
    if (first === undefined || !Notification.isSupported()) return;
    const title = alerts.length === 1 ? first.title : `${first.title}, and ${alerts.length - 1} more`;
    const notification = new Notification({ title, body: first.sentence, urgency: first.severity === "critical" ? "critical" : "normal" });
    notification.on("click", () => {
      parts.open(first.alertId);
    });
    notification.show();
  };
  const count = (view: AlertsView): void => {
    const badge = badgeOf(view.open);
    app.setBadgeCount(badge.count);
    parts.window()?.setTitle(badge.count === 0 ? TITLE : `(${badge.count}) ${TITLE}`);
  };
  count(parts.first);
  return (view) => {
    const fresh = untold(view.open, told);
    for (const { alertId } of fresh) told.add(alertId);
    if (fresh.length > 0 && parts.isWanted() && parts.window()?.isFocused() !== true) show(fresh);
    count(view);
  };
}
