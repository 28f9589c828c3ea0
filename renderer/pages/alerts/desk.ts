import { create } from "zustand";
import { groupAlerts } from "../../../shared/alerts/grouping";
import type { AlertsView, AlertView } from "../../../shared/contract/alerts";
import type { Failure, Result } from "../../../shared/result";
import { say } from "../../state/announce";
import { readAlertsNow, readSelectedAlertId, takeAlerts } from "../../state/alerts";
import { readPlace } from "../../state/navigation";
import { request } from "../../state/ops";

/** What is looked at, and what the operator is about to do. */
interface AlertDeskState {
  readonly shown: "open" | "all" | "silences";
  /** The alerts whose acknowledging is asked about. */
  readonly acknowledging: readonly AlertView[] | null;
  /** The alert that the silence is about; `blank`: about none yet. */
  readonly silencing: AlertView | "blank" | null;
  readonly refusal: Failure | null;
}

const useDeskStore = create<AlertDeskState>(() => ({ shown: "open", acknowledging: null, silencing: null, refusal: null }));

/** Reads the desk. */
export function useDesk<Value>(selector: (desk: AlertDeskState) => Value): Value {
  return useDeskStore(selector);
}

/** Chooses what the page lists. */
export function show(shown: AlertDeskState["shown"]): void {
  useDeskStore.setState({ shown });
}

/** Asks for a note on acknowledging; null: it is not to be. */
export function askAcknowledge(alerts: readonly AlertView[] | null): void {
  useDeskStore.setState({ acknowledging: alerts, refusal: null });
}

/** Asks what is to be silent; null: nothing. */
export function askSilence(about: AlertDeskState["silencing"]): void {
  useDeskStore.setState({ silencing: about, refusal: null });
}

/** The alert that the page shows: the chosen one, or the worst. */
export function shownAlert(): AlertView | null {
  const view = readAlertsNow();
  const selectedId = readSelectedAlertId();
  return [...(view?.open ?? []), ...(view?.ended ?? [])].find(({ alertId }) => alertId === selectedId) ?? groupAlerts(view?.open ?? [])[0]?.head ?? null;
}

/** Asks to acknowledge the alert that the page shows. */
export function acknowledgeShown(): void {
  const alert = readPlace().page === "alerts" ? shownAlert() : null;
  if (alert === null || alert.state === "ended") say("K acknowledges the alert that is shown on the Alerts page.");
  else askAcknowledge([alert]);
}

async function settle(asked: Promise<Result<AlertsView>>, said: string): Promise<void> {
  const answer = await asked;
  if (!answer.ok) {
    useDeskStore.setState({ refusal: answer.error });
    return;
  }
  takeAlerts(answer.value);
  useDeskStore.setState({ acknowledging: null, silencing: null, refusal: null });
  say(said);
}

/** Acknowledges alerts with a note; `close` ends them though they are not well. */
export function acknowledge(alerts: readonly AlertView[], note: string, close: boolean): Promise<void> {
  const [first] = alerts;
  const what = alerts.length === 1 ? (first?.title ?? "") : `${alerts.length} alerts`;
  return settle(request("alerts/acknowledge", { alertIds: alerts.map(({ alertId }) => alertId), note, close }), `${close ? "Closed" : "Acknowledged"}: ${what}.`);
}

/** Keeps alerts quiet for a time. */
export function silence(body: Parameters<typeof request<"alerts/silence">>[1]): Promise<void> {
  return settle(request("alerts/silence", body), "Silenced.");
}

/** Ends a silence before it expires. */
export function endSilence(silenceId: string): Promise<void> {
  return settle(request("alerts/end-silence", { silenceId }), `Silence ${silenceId} ended.`);
}
