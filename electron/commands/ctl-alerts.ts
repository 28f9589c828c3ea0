import type { AlertsView, AlertView } from "../../shared/contract/alerts";
import { counted } from "../../shared/fleet/words";
import type { CommandIo } from "./command";

/** The word for how much an alert needs a person, as the window has it. */
const WORDS = { critical: "high", warning: "medium", info: "low" } as const;

function standing(alert: AlertView): string {
  const words = [
    alert.state === "frozen" ? "frozen" : WORDS[alert.severity],
    alert.count > 1 ? `${alert.count} times` : "",
    alert.acknowledged === null ? "" : `acknowledged by ${alert.acknowledged.by}`,
    alert.silenced === null ? "" : `silenced until ${new Date(alert.silenced.untilMs).toISOString()}`,
    alert.inhibitedBy === null ? "" : `explained by ${alert.inhibitedBy}`,
  ];
  return words.filter((word) => word !== "").join(", ");
}

/** Writes the open alerts, worst first: a line each, or JSON Lines. */
export function printAlerts(view: AlertsView, isJson: boolean, io: CommandIo): void {
  if (isJson) {
    for (const alert of view.open) io.stdout(`${JSON.stringify({ type: "alert", ...alert })}\n`);
    io.stdout(`${JSON.stringify({ type: "alerts", tMs: Math.round(view.atMs), open: view.open.length, silences: view.silences.filter(({ isInForce }) => isInForce).length })}\n`);
    return;
  }
  io.stdout(`${view.open.length === 0 ? "no alert is open" : `${counted(view.open.length, "alert")} open`}\n`);
  for (const alert of view.open) {
    io.stdout(`${alert.alertId} ${standing(alert)}, since ${new Date(alert.raisedAtMs).toISOString()}: ${alert.title}. ${alert.sentence}\n`);
  }
}
