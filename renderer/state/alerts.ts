import { create } from "zustand";
import { untold } from "../../shared/alerts/grouping";
import type { AlertsView, AlertView } from "../../shared/contract/alerts";
import type { Failure } from "../../shared/result";
import { go } from "./navigation";
import { request } from "./ops";

/** What the window knows of alerts. */
interface AlertsState {
  /** Null until they were asked for and answered. */
  readonly view: AlertsView | null;
  /** Why they could not be read last; null when they could. */
  readonly failure: Failure | null;
  /** New ones that the window still tells of, newest first. */
  readonly toasts: readonly AlertView[];
  /** Ids of all that were told. */
  readonly told: ReadonlySet<string>;
  /** The alert that the page shows in full; null: the worst. */
  readonly selectedId: string | null;
}

const useAlertStore = create<AlertsState>(() => ({ view: null, failure: null, toasts: [], told: new Set(), selectedId: null }));

/** Takes a push. What is new and asks for a person is told once; what was there before the window was, never. */
export function takeAlerts(view: AlertsView): void {
  useAlertStore.setState(({ view: before, told, toasts }) => {
    const fresh = before === null ? [] : untold(view.open, told);
    const loud = before === null ? view.open.map(({ alertId }) => alertId) : fresh.map(({ alertId }) => alertId);
    const open = new Map(view.open.map((alert) => [alert.alertId, alert]));
    const kept = toasts.flatMap(({ alertId }) => {
      const now = open.get(alertId);
      return now === undefined || now.acknowledged !== null || now.silenced !== null || now.inhibitedBy !== null ? [] : [now];
    });
    return { view, failure: null, toasts: [...fresh, ...kept], told: loud.length === 0 ? told : new Set([...told, ...loud]) };
  });
}

/** Asks for them: a window that was loaded again does not know. */
export async function readAlerts(): Promise<void> {
  const answer = await request("alerts/list", {});
  if (answer.ok) takeAlerts(answer.value);
  else useAlertStore.setState({ failure: answer.error });
}

/** The alerts; null until they were read once. */
export function useAlerts(): AlertsView | null {
  return useAlertStore((state) => state.view);
}

/** Why they could not be read last. */
export function useAlertsFailure(): Failure | null {
  return useAlertStore((state) => state.failure);
}

/** The alerts now, for event handlers. */
export function readAlertsNow(): AlertsView | null {
  return useAlertStore.getState().view;
}

/** New alerts that the window tells of. */
export function useToasts(): readonly AlertView[] {
  return useAlertStore((state) => state.toasts);
}

/** Tells no more of some alerts; they stay open. */
export function dismissToasts(alertIds: readonly string[]): void {
  useAlertStore.setState(({ toasts }) => ({ toasts: toasts.filter(({ alertId }) => !alertIds.includes(alertId)) }));
}

/** The alert that the page shows in full. */
export function useSelectedAlertId(): string | null {
  return useAlertStore((state) => state.selectedId);
}

/** The alert that was chosen, for event handlers. */
export function readSelectedAlertId(): string | null {
  return useAlertStore.getState().selectedId;
}

/** Shows an alert in full where the page is open. */
export function selectAlert(alertId: string): void {
  useAlertStore.setState({ selectedId: alertId });
}

/** Opens the alerts page on an alert. */
export function openAlert(alertId: string): void {
  selectAlert(alertId);
  dismissToasts([alertId]);
  go({ page: "alerts" });
}
