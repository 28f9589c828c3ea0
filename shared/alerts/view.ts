import type { AlertsView, AlertView, SilenceView } from "../contract/alerts";
import { FLAPPING_FROM, isOfFleet } from "./decide";
import { compareAlerts, inhibitions } from "./inhibition";
import type { Reading } from "./reading";
import { DEFAULT_RULES, type RuleId } from "./rule";
import { isInForce, keyOf, silenceOf, type Alert, type AlertState, type Silence } from "./state";

/** Ended alerts of a view; the rest is in the journal. */
const SHOWN_ENDED = 100;

const ONCE: ReadonlySet<RuleId> = new Set(DEFAULT_RULES.filter(({ isOnce }) => isOnce).map(({ ruleId }) => ruleId));

/** What is known of an open alert now: the reading that it stands on, or what became of it. */
export type LiveText = (alert: Alert) => Pick<Reading, "title" | "sentence" | "value" | "limit" | "nodeIds"> | null;

function viewOf(alert: Alert, live: ReturnType<LiveText>, silence: Silence | null, inhibitedBy: string | null): AlertView {
  const { fleet: _fleet, subject: _subject, resolvedAtMs: endedAtMs, ...of } = alert;
  const state = endedAtMs !== null ? "ended" : alert.frozenAtMs !== null ? "frozen" : "firing";
  const now = state === "firing" ? live : null;
  return {
    ...of,
    ...(now === null ? {} : { title: now.title, sentence: now.sentence, value: now.value, limit: now.limit }),
    nodeIds: [...(now?.nodeIds ?? alert.nodeIds)],
    state,
    endedAtMs,
    isFlapping: alert.count >= FLAPPING_FROM,
    silenced: silence === null ? null : { silenceId: silence.silenceId, untilMs: silence.untilMs, reason: silence.reason },
    inhibitedBy,
    isOnce: ONCE.has(alert.ruleId),
  };
}

function silenceView({ match, via: _via, ...of }: Silence, atMs: number): SilenceView {
  return { ...of, ...match, isInForce: isInForce({ match, via: _via, ...of }, atMs) };
}

/** The alerts of the fleet that is joined, and of the application, as they are shown at a time. */
export function alertsView(state: AlertState, live: LiveText, atMs: number): AlertsView {
  const open = [...state.open.values()].filter((alert) => isOfFleet(alert, state)).sort(compareAlerts);
  const explained = inhibitions(open.map((alert) => ({ ...alert, nodeIds: live(alert)?.nodeIds ?? alert.nodeIds })));
  const ended = state.ended.filter((alert) => isOfFleet(alert, state)).slice(0, SHOWN_ENDED);
  return {
    atMs,
    open: open.map((alert) => viewOf(alert, live(alert), silenceOf(alert, state.silences, atMs), explained.get(alert.alertId) ?? null)),
    ended: ended.map((alert) => viewOf(alert, null, null, null)),
    silences: state.silences.map((silence) => silenceView(silence, atMs)),
    rulesRevision: state.rules.revision,
  };
}

/** Finds what a tick read of an open alert. */
export function liveReadings(readings: readonly Reading[], fleet: string): (alert: Alert) => Reading | null {
  const byKey = new Map(readings.filter(({ standing }) => standing === "bad").flatMap((reading) => [fleet, ""].map((of) => [keyOf({ fleet: of, ruleId: reading.ruleId, subject: reading.subject }), reading] as const)));
  return (alert) => byKey.get(keyOf(alert)) ?? null;
}
