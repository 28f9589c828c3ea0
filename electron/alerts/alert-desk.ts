import type { AlertsView, RulesView } from "../../shared/contract/alerts";
import type { DiagnosticView } from "../../shared/contract/system";
import type { EventView, NodeView, Snapshot } from "../../shared/contract/snapshot";
import { ALERT_EVENTS, alertDraft, alertEventOf, replayAlerts } from "../../shared/alerts/alert-journal";
import { decideAlerts, isOfFleet, NO_WATCH, type Watch } from "../../shared/alerts/decide";
import { OCCURRENCE_EVENTS, occurrenceOf } from "../../shared/alerts/occurrences";
import type { Occurrence, Reading } from "../../shared/alerts/reading";
import { readingsOf } from "../../shared/alerts/readings";
import { parseRuleChanges, rulesWith, type AlertRule, type RuleChanges, type RuleId } from "../../shared/alerts/rule";
import { evolveAlerts, isInForce, openAlert, type Alert, type AlertEvent, type AlertState, type By, type SilenceMatch } from "../../shared/alerts/state";
import { alertsView, liveReadings } from "../../shared/alerts/view";
import { RecentRise, type AlertWorld, type HostReadings, type OpenTest } from "../../shared/alerts/world";
import type { LimitedMetric } from "../../shared/judge/limits";
import { fail, ok, type Result } from "../../shared/result";
import type { Clock, Dispose } from "../../shared/time";
import type { Journal } from "../journal/port";
import type { EventDraft } from "../operations/event-log";

const MINUTE_MS = 60_000;
/** What happened longer ago, while the application did not run, raises nothing at a start. */
const MISSED_WITHIN_MS = 86_400_000;
/** Listeners are told of new numbers at most so often; of anything else at once. */
const TOLD_EVERY_MS = 1_000;

/** What the desk needs around it. */
export interface AlertDeskParts {
  readonly clock: Clock;
  readonly journal: Pick<Journal, "ofKinds">;
  /** Events that may not be in the journal yet, any order. */
  recentEvents(): readonly EventView[];
  /** What is measured of this machine; null where nothing measures it. */
  host(): HostReadings | null;
  /** What components tell on /diagnostics. */
  diagnostics(): readonly DiagnosticView[];
  /** A/B tests that have not ended. */
  openTests(): readonly OpenTest[];
  /** The policy only shows this metric of this node. */
  isMuted(node: NodeView, metric: LimitedMetric): boolean;
  /** On disk before it returns success. */
  commit(...drafts: readonly EventDraft[]): Result<void, "JOURNAL_UNAVAILABLE">;
  /** Shown at once, written when that can be done. */
  note(draft: EventDraft): void;
}

/** Who acknowledges what and why. */
export interface Acknowledgement extends By {
  readonly alertIds: readonly string[];
  readonly note: string;
  /** They end though they are not well. */
  readonly close: boolean;
}

/** Who keeps what quiet, for how long and why. */
export interface SilenceRequest extends By {
  readonly match: SilenceMatch;
  readonly forMs: number;
  readonly reason: string;
}

/** Who sets rules otherwise, from which revision, and why. */
export interface RulesChange extends By {
  readonly changes: RuleChanges;
  readonly expectedRevision: number;
  readonly reason: string;
}

/**
 * Keeps the alerts: looks at every snapshot and every event, journals what follows, and answers persons. All that
 * outlives a run is made of the journal; pending times begin anew with a start.
 */
export class AlertDesk {
  private state: AlertState;
  private watch: Watch = NO_WATCH;
  private rules: ReadonlyMap<RuleId, AlertRule>;
  private occurrences: Occurrence[] = [];
  private readings: readonly Reading[] = [];
  private readonly malformed = new RecentRise(MINUTE_MS);
  private readonly listeners = new Set<(view: AlertsView) => void>();
  private told = { text: "", state: null as AlertState | null, atMs: -Infinity };

  constructor(private readonly parts: AlertDeskParts) {
    const written = parts.journal.ofKinds([...ALERT_EVENTS, ...OCCURRENCE_EVENTS]);
    const all = new Map([...(written.ok ? written.value : []), ...parts.recentEvents()].map((event) => [event.id, event]));
    const events = [...all.values()].sort((left, right) => left.id - right.id);
    this.state = replayAlerts(events);
    this.rules = rulesWith(this.state.rules.changes);
    const sinceMs = parts.clock.wallMs() - MISSED_WITHIN_MS;
    this.occurrences = events.flatMap((event) => (event.tMs >= sinceMs && event.id > this.state.lastOccurrenceId ? (occurrenceOf(event) ?? []) : []));
  }

  /** Takes an event of the engine as it happens. */
  take(event: EventView): void {
    const change = alertEventOf(event);
    if (change?.type === "fleet-joined") this.state = evolveAlerts(this.state, change);
    const occurrence = occurrenceOf(event);
    if (occurrence !== null) this.occurrences.push(occurrence);
  }

  /** Looks at a snapshot; what follows is journalled before anybody is told. */
  tick(snapshot: Snapshot): void {
    const nowMs = this.parts.clock.monotonicMs();
    for (const { nodeId, malformed } of snapshot.nodes) this.malformed.take(nodeId, malformed, nowMs);
    const world: AlertWorld = { snapshot, diagnostics: this.parts.diagnostics(), host: this.parts.host(), openTests: this.parts.openTests(), isMuted: this.parts.isMuted, malformedLately: (nodeId) => this.malformed.of(nodeId) };
    this.readings = readingsOf(world, this.rules);
    const { occurrences } = this;
    this.occurrences = [];
    const now = { wallMs: this.parts.clock.wallMs(), monotonicMs: nowMs };
    const decided = decideAlerts(this.state, this.watch, { readings: this.readings, occurrences, rules: this.rules, now });
    const drafts = this.draftsOf(decided.events);
    this.state = decided.state;
    this.watch = decided.watch;
    if (drafts.length > 0 && !this.parts.commit(...drafts).ok) for (const draft of drafts) this.parts.note(draft);
    this.tell();
  }

  /** The alerts as of now. */
  view(): AlertsView {
    return alertsView(this.state, liveReadings(this.readings, this.state.fleet), this.parts.clock.wallMs());
  }

  /** Told when anything changed: at once, or for numbers alone once a second. */
  onChange(listener: (view: AlertsView) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Notes that a person has them; what happened once ends with it.
   * @returns UNKNOWN_ALERT where one is not open, JOURNAL_UNAVAILABLE: nothing changed.
   */
  acknowledge({ alertIds, note, close, by, via }: Acknowledgement): Result<AlertsView> {
    const atMs = this.parts.clock.wallMs();
    const events: AlertEvent[] = [];
    for (const alertId of new Set(alertIds)) {
      const alert = this.open(alertId);
      if (alert === undefined) return fail("UNKNOWN_ALERT", `${alertId} is not open any more.`);
      const ends = close ? "closed" : this.rules.get(alert.ruleId)?.isOnce === true ? "acknowledged" : null;
      events.push({ type: "acknowledged", alertId, atMs, note, by, via, ends });
    }
    return this.commit(events);
  }

  /** Keeps alerts quiet for a time. @returns BAD_SILENCE where it would hide everything, JOURNAL_UNAVAILABLE. */
  silence({ match, forMs, reason, by, via }: SilenceRequest): Result<AlertsView> {
    if (match.ruleId === null && match.nodeId === null && match.version === null) return fail("BAD_SILENCE", "A silence names a rule, a node or a version.");
    const atMs = this.parts.clock.wallMs();
    const silenceId = `s-${String(this.state.silencesIssued + 1).padStart(4, "0")}`;
    return this.commit([{ type: "silenced", silenceId, match, atMs, untilMs: atMs + forMs, reason, by, via }]);
  }

  /** Ends a silence before it expires. @returns UNKNOWN_SILENCE, JOURNAL_UNAVAILABLE. */
  endSilence(silenceId: string, { by, via }: By): Result<AlertsView> {
    const atMs = this.parts.clock.wallMs();
    const known = this.state.silences.find((silence) => silence.silenceId === silenceId && isInForce(silence, atMs));
    if (known === undefined) return fail("UNKNOWN_SILENCE", `${silenceId} is not in force any more.`);
    return this.commit([{ type: "silence-ended", silenceId, atMs, by, via }]);
  }

  /** The rules as they were set. */
  rulesView(): RulesView {
    return this.state.rules;
  }

  /** Sets rules otherwise. @returns STALE_REVISION, BAD_RULE, JOURNAL_UNAVAILABLE: nothing changed. */
  saveRules({ changes, expectedRevision, reason, by, via }: RulesChange): Result<RulesView> {
    const { revision } = this.state.rules;
    if (expectedRevision !== revision) return fail("STALE_REVISION", `The alert rules are at revision ${revision} now, not ${expectedRevision}. Look again.`);
    const parsed = parseRuleChanges(changes);
    if (!parsed.ok) return parsed;
    const saved = this.commit([{ type: "rules-changed", revision: revision + 1, changes: parsed.value, atMs: this.parts.clock.wallMs(), by, via, reason }]);
    if (!saved.ok) return saved;
    this.rules = rulesWith(this.state.rules.changes);
    return ok(this.rulesView());
  }

  private open(alertId: string): Alert | undefined {
    const alert = openAlert(this.state, alertId);
    return alert !== undefined && isOfFleet(alert, this.state) ? alert : undefined;
  }

  /** What a person does is on disk before it holds. */
  private commit(events: readonly AlertEvent[]): Result<AlertsView> {
    const written = this.parts.commit(...this.draftsOf(events));
    if (!written.ok) return written;
    this.state = events.reduce(evolveAlerts, this.state);
    this.tell();
    return ok(this.view());
  }

  /** Drafts of events that happen in this order; each names its alert as it is then. */
  private draftsOf(events: readonly AlertEvent[]): EventDraft[] {
    let state = this.state;
    return events.flatMap((event) => {
      const after = evolveAlerts(state, event);
      const alert = "alertId" in event ? (openAlert(after, event.alertId) ?? after.ended.find(({ alertId }) => alertId === event.alertId)) : undefined;
      state = after;
      if (event.type === "fleet-joined") return [];
      const title = alert?.title ?? (event.type === "silenced" ? this.wordsOf(event.match) : "");
      return alertDraft(event, { title, nodeId: alert?.nodeId ?? null });
    });
  }

  private wordsOf({ ruleId, nodeId, version }: SilenceMatch): string {
    const rule = ruleId === null ? null : (this.rules.get(ruleId)?.title ?? ruleId);
    return [rule, nodeId, version].filter((each) => each !== null).join(", ");
  }

  private tell(): void {
    if (this.listeners.size === 0) return;
    const nowMs = this.parts.clock.monotonicMs();
    if (this.told.state === this.state && nowMs - this.told.atMs < TOLD_EVERY_MS) return;
    const view = this.view();
    const text = JSON.stringify({ ...view, atMs: 0 });
    if (text === this.told.text) return;
    this.told = { text, state: this.state, atMs: nowMs };
    for (const listener of this.listeners) listener(view);
  }
}
