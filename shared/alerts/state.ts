import type { AlertSeverity, RuleChanges, RuleId } from "./rule";

/** Who did something, and by what. */
export interface By {
  readonly by: string;
  readonly via: "window" | "command line";
}

/** An alert, open or ended. */
export interface Alert {
  /** `a-0001`, counted over all runs that share a journal. */
  readonly alertId: string;
  /** The fleet that its node belongs to; empty for what is about the application. */
  readonly fleet: string;
  readonly ruleId: RuleId;
  readonly subject: string;
  readonly nodeId: string | null;
  readonly version: string | null;
  readonly nodeIds: readonly string[];
  readonly severity: AlertSeverity;
  readonly title: string;
  /** As it was when it was raised last. */
  readonly sentence: string;
  readonly value: number | null;
  readonly limit: number | null;
  /** Unix ms. */
  readonly raisedAtMs: number;
  /** The newest of its times, Unix ms. */
  readonly lastRaisedAtMs: number;
  /** How often it came: a flapping alert is one. */
  readonly count: number;
  /** Since when its node is silent; null while it is not. */
  readonly frozenAtMs: number | null;
  readonly acknowledged: (By & { readonly note: string; readonly atMs: number }) | null;
  readonly resolvedAtMs: number | null;
  readonly resolution: Resolution | null;
}

/** Why an alert ended. `closed`: by a person though it was not well; `closed-then-well`: and it was well since. */
export type Resolution = "recovered" | "acknowledged" | "closed" | "closed-then-well" | "rule-off" | "gone";

/** What a silence is about; what is absent matches everything. */
export interface SilenceMatch {
  readonly ruleId: RuleId | null;
  readonly nodeId: string | null;
  readonly version: string | null;
}

/** Keeps alerts quiet until it expires or is ended. */
export interface Silence extends By {
  /** `s-0001`. */
  readonly silenceId: string;
  readonly match: SilenceMatch;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly reason: string;
  /** When a person ended it; null while nobody did. */
  readonly endedAtMs: number | null;
}

/** The rules that somebody set, and who. */
export interface RuleRevision {
  readonly revision: number;
  readonly changes: RuleChanges;
  readonly sinceMs: number | null;
  readonly by: string | null;
  readonly reason: string | null;
}

/** Everything about alerts that outlives a run. */
export interface AlertState {
  /** The fleet that is joined. */
  readonly fleet: string;
  readonly alertsIssued: number;
  readonly silencesIssued: number;
  /** The newest event that an alert was raised for. */
  readonly lastOccurrenceId: number;
  /** By {@link keyOf}. */
  readonly open: ReadonlyMap<string, Alert>;
  /** Ended, newest first. */
  readonly ended: readonly Alert[];
  /** Newest first. */
  readonly silences: readonly Silence[];
  readonly rules: RuleRevision;
}

/** What happens to alerts. Times are Unix ms. */
export type AlertEvent =
  | { readonly type: "fleet-joined"; readonly fleet: string }
  | (Pick<Alert, "alertId" | "ruleId" | "subject" | "nodeId" | "version" | "nodeIds" | "severity" | "title" | "sentence" | "value" | "limit"> & {
      readonly type: "raised";
      readonly fleet: string;
      readonly atMs: number;
      /** The event that it was raised for; null where a reading raised it. */
      readonly occurrenceId: number | null;
    })
  /** It came again: open still, or ended so lately that it is the same. */
  | { readonly type: "again"; readonly alertId: string; readonly atMs: number; readonly value: number | null; readonly sentence: string; readonly occurrenceId: number | null }
  | { readonly type: "frozen"; readonly alertId: string; readonly atMs: number }
  | { readonly type: "thawed"; readonly alertId: string; readonly atMs: number }
  | { readonly type: "resolved"; readonly alertId: string; readonly atMs: number; readonly resolution: Exclude<Resolution, "acknowledged" | "closed"> }
  | (By & { readonly type: "acknowledged"; readonly alertId: string; readonly atMs: number; readonly note: string; readonly ends: "acknowledged" | "closed" | null })
  | (By & { readonly type: "silenced"; readonly silenceId: string; readonly match: SilenceMatch; readonly atMs: number; readonly untilMs: number; readonly reason: string })
  | (By & { readonly type: "silence-ended"; readonly silenceId: string; readonly atMs: number })
  | (By & { readonly type: "rules-changed"; readonly revision: number; readonly changes: RuleChanges; readonly atMs: number; readonly reason: string });

/** Ended alerts that are kept; older ones are in the journal. */
const KEPT_ENDED = 200;
const KEPT_SILENCES = 100;

/** Before anything happened. */
export const NO_ALERTS: AlertState = {
  fleet: "",
  alertsIssued: 0,
  silencesIssued: 0,
  lastOccurrenceId: 0,
  open: new Map(),
  ended: [],
  silences: [],
  rules: { revision: 0, changes: {}, sinceMs: null, by: null, reason: null },
};

/** What an open alert is found by. */
export function keyOf({ fleet, ruleId, subject }: Pick<Alert, "fleet" | "ruleId" | "subject">): string {
  return `${fleet}|${ruleId}|${subject}`;
}

/** The open alert of an id. */
export function openAlert(state: AlertState, alertId: string): Alert | undefined {
  return [...state.open.values()].find((alert) => alert.alertId === alertId);
}

function countOf(id: string): number {
  return Number(/-(\d+)$/.exec(id)?.[1] ?? 0);
}

function withOpen(state: AlertState, alert: Alert): AlertState {
  return { ...state, open: new Map(state.open).set(keyOf(alert), alert) };
}

function change(state: AlertState, alertId: string, to: (alert: Alert) => Alert): AlertState {
  const alert = openAlert(state, alertId);
  return alert === undefined ? state : withOpen(state, to(alert));
}

function end(state: AlertState, alertId: string, to: (alert: Alert) => Alert): AlertState {
  const alert = openAlert(state, alertId);
  if (alert === undefined) return state;
  const open = new Map(state.open);
  open.delete(keyOf(alert));
  return { ...state, open, ended: [to(alert), ...state.ended].slice(0, KEPT_ENDED) };
}

function noteWell(state: AlertState, alertId: string): AlertState {
  return { ...state, ended: state.ended.map((alert) => (alert.alertId === alertId ? { ...alert, resolution: "closed-then-well" } : alert)) };
}

function raise(state: AlertState, { type: _raised, atMs, occurrenceId, ...of }: AlertEvent & { readonly type: "raised" }): AlertState {
  const alert: Alert = { ...of, raisedAtMs: atMs, lastRaisedAtMs: atMs, count: 1, frozenAtMs: null, acknowledged: null, resolvedAtMs: null, resolution: null };
  const counted = { ...state, alertsIssued: Math.max(state.alertsIssued, countOf(of.alertId)), lastOccurrenceId: Math.max(state.lastOccurrenceId, occurrenceId ?? 0) };
  return withOpen(counted, alert);
}

function again(state: AlertState, { alertId, atMs, value, sentence, occurrenceId }: AlertEvent & { readonly type: "again" }): AlertState {
  const known = openAlert(state, alertId) ?? state.ended.find((alert) => alert.alertId === alertId);
  if (known === undefined) return state;
  const alert: Alert = { ...known, value, sentence, lastRaisedAtMs: atMs, count: known.count + 1, resolvedAtMs: null, resolution: null };
  const taken = { ...state, ended: state.ended.filter((each) => each.alertId !== alertId), lastOccurrenceId: Math.max(state.lastOccurrenceId, occurrenceId ?? 0) };
  return withOpen(taken, alert);
}

/** The alerts after an event; what is about an unknown alert changes nothing. */
export function evolveAlerts(state: AlertState, event: AlertEvent): AlertState {
  switch (event.type) {
    case "fleet-joined":
      return { ...state, fleet: event.fleet };
    case "raised":
      return raise(state, event);
    case "again":
      return again(state, event);
    case "frozen":
      return change(state, event.alertId, (alert) => ({ ...alert, frozenAtMs: event.atMs }));
    case "thawed":
      return change(state, event.alertId, (alert) => ({ ...alert, frozenAtMs: null }));
    case "resolved":
      if (event.resolution === "closed-then-well") return noteWell(state, event.alertId);
      return end(state, event.alertId, (alert) => ({ ...alert, frozenAtMs: null, resolvedAtMs: event.atMs, resolution: event.resolution }));
    case "acknowledged": {
      const { alertId, atMs, by, via, note, ends } = event;
      const acknowledged = { by, via, note, atMs };
      if (ends === null) return change(state, alertId, (alert) => ({ ...alert, acknowledged }));
      return end(state, alertId, (alert) => ({ ...alert, acknowledged, frozenAtMs: null, resolvedAtMs: atMs, resolution: ends }));
    }
    case "silenced": {
      const { silenceId, match, atMs, untilMs, reason, by, via } = event;
      const silence: Silence = { silenceId, match, fromMs: atMs, untilMs, reason, by, via, endedAtMs: null };
      return { ...state, silencesIssued: Math.max(state.silencesIssued, countOf(silenceId)), silences: [silence, ...state.silences].slice(0, KEPT_SILENCES) };
    }
    case "silence-ended":
      return { ...state, silences: state.silences.map((each) => (each.silenceId === event.silenceId ? { ...each, endedAtMs: event.atMs } : each)) };
    case "rules-changed": {
      const { revision, changes, atMs, by, reason } = event;
      return { ...state, rules: { revision, changes, sinceMs: atMs, by, reason } };
    }
  }
}

/** The silence that keeps an alert quiet now; null of none. One that has expired hides nothing. */
export function silenceOf(alert: Pick<Alert, "ruleId" | "nodeId" | "version">, silences: readonly Silence[], atMs: number): Silence | null {
  return silences.find((silence) => isInForce(silence, atMs) && matches(alert, silence.match)) ?? null;
}

/** Whether a silence holds at a time. */
export function isInForce({ fromMs, untilMs, endedAtMs }: Silence, atMs: number): boolean {
  return endedAtMs === null && fromMs <= atMs && atMs < untilMs;
}

function matches(alert: Pick<Alert, "ruleId" | "nodeId" | "version">, match: SilenceMatch): boolean {
  return (
    (match.ruleId === null || match.ruleId === alert.ruleId) &&
    (match.nodeId === null || match.nodeId === alert.nodeId) &&
    (match.version === null || match.version === alert.version)
  );
}
