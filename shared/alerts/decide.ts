import type { Occurrence, Reading } from "./reading";
import type { AlertRule, RuleId } from "./rule";
import { evolveAlerts, keyOf, type Alert, type AlertEvent, type AlertState } from "./state";

/** An alert that ended so lately and comes again is the same alert. */
export const SAME_WITHIN_MS = 600_000;
/** From so many times on an alert counts as flapping, */
export const FLAPPING_FROM = 3;
/** and must be well for so long before it ends. */
export const FLAPPING_KEEP_MS = 300_000;
/** A dip must last at least so long to count as another time. */
const LEAST_AGAIN_MS = 2_000;

/** How a reading went on, on the monotonic clock: what a restart begins anew. */
interface Course {
  readonly badSinceMs: number | null;
  readonly goodSinceMs: number | null;
  /** It was well since it was raised or counted last. */
  readonly wasGood: boolean;
}

/** The course of every reading. */
export type Watch = ReadonlyMap<string, Course>;

/** Nothing seen yet. */
export const NO_WATCH: Watch = new Map();

const NEW_COURSE: Course = { badSinceMs: null, goodSinceMs: null, wasGood: false };

/** Both clocks: durations are monotonic, what is written is Unix time. */
export interface Now {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** What the state machine is told at a tick. */
export interface AlertInput {
  readonly readings: readonly Reading[];
  readonly occurrences: readonly Occurrence[];
  readonly rules: ReadonlyMap<RuleId, AlertRule>;
  readonly now: Now;
}

/** What follows from a tick. */
export interface AlertDecision {
  readonly events: readonly AlertEvent[];
  readonly state: AlertState;
  readonly watch: Watch;
}

/** Of which fleet an alert of a rule is: one about the application outlives every fleet. */
export function fleetOfRule(rule: AlertRule, fleet: string): string {
  return rule.about === "app" ? "" : fleet;
}

/** Whether an open alert belongs to what is looked at now. */
export function isOfFleet(alert: Pick<Alert, "fleet">, state: Pick<AlertState, "fleet">): boolean {
  return alert.fleet === "" || alert.fleet === state.fleet;
}

class Decision {
  readonly events: AlertEvent[] = [];
  readonly watch: Map<string, Course>;
  readonly seen = new Set<string>();
  /** What persons closed and what was not well since. */
  private readonly closed: Map<string, Alert>;

  constructor(
    public state: AlertState,
    watch: Watch,
    private readonly now: Now,
  ) {
    this.watch = new Map(watch);
    this.closed = new Map(state.ended.filter(({ resolution }) => resolution === "closed").map((alert) => [keyOf(alert), alert]));
  }

  apply(event: AlertEvent): void {
    this.events.push(event);
    this.state = evolveAlerts(this.state, event);
  }

  take(reading: Reading, rule: AlertRule): void {
    const key = keyOf({ fleet: fleetOfRule(rule, this.state.fleet), ruleId: rule.ruleId, subject: reading.subject });
    this.seen.add(key);
    const open = this.state.open.get(key);
    const course = this.watch.get(key) ?? NEW_COURSE;
    if (reading.standing === "unknown" || (reading.isSilent && !rule.isPresence)) {
      this.watch.set(key, { ...NEW_COURSE, wasGood: course.wasGood });
      if (open !== undefined && reading.isSilent) this.freeze(open);
      return;
    }
    if (open?.frozenAtMs != null) this.apply({ type: "thawed", alertId: open.alertId, atMs: this.now.wallMs });
    switch (reading.standing) {
      case "between":
        this.watch.set(key, { ...course, badSinceMs: null, goodSinceMs: null });
        return;
      case "good":
        this.takeGood(key, course, rule, open);
        return;
      case "bad":
        this.takeBad(key, course, rule, open, reading);
    }
  }

  happen(occurrence: Occurrence, rule: AlertRule): void {
    const key = keyOf({ fleet: fleetOfRule(rule, this.state.fleet), ruleId: rule.ruleId, subject: occurrence.subject });
    const open = this.state.open.get(key);
    const { eventId, sentence, title, subject, nodeId, version, ruleId } = occurrence;
    if (open === undefined) this.raise(rule, { ruleId, subject, nodeId, version, nodeIds: [], value: null, limit: null, title, sentence }, eventId);
    else this.apply({ type: "again", alertId: open.alertId, atMs: this.now.wallMs, value: null, sentence, occurrenceId: eventId });
  }

  /** What is open and was not read: its node is out of sight, or what it was about is gone. */
  takeUnseen(rules: AlertInput["rules"]): void {
    for (const [key, alert] of this.state.open) {
      const rule = rules.get(alert.ruleId);
      if (!isOfFleet(alert, this.state)) continue;
      if (rule?.isOn !== true) this.resolve(alert, "rule-off");
      else if (rule.isOnce || this.seen.has(key)) continue;
      else if (alert.nodeId !== null) this.freeze(alert);
      else this.resolve(alert, "gone");
    }
  }

  private freeze(open: Alert): void {
    if (open.frozenAtMs === null) this.apply({ type: "frozen", alertId: open.alertId, atMs: this.now.wallMs });
  }

  private resolve({ alertId }: Alert, resolution: (AlertEvent & { readonly type: "resolved" })["resolution"]): void {
    this.apply({ type: "resolved", alertId, atMs: this.now.wallMs, resolution });
  }

  private takeGood(key: string, course: Course, rule: AlertRule, open: Alert | undefined): void {
    if (open === undefined) {
      // What is well and has no alert has no course: of a large fleet that is nearly everything.
      this.watch.delete(key);
      const closed = this.closed.get(key);
      if (closed === undefined) return;
      this.closed.delete(key);
      this.resolve(closed, "closed-then-well");
      return;
    }
    const goodSinceMs = course.goodSinceMs ?? this.now.monotonicMs;
    this.watch.set(key, { badSinceMs: null, goodSinceMs, wasGood: true });
    const keepMs = open.count >= FLAPPING_FROM ? Math.max(rule.keepFiringMs, FLAPPING_KEEP_MS) : rule.keepFiringMs;
    if (this.now.monotonicMs - goodSinceMs >= keepMs) this.resolve(open, "recovered");
  }

  private takeBad(key: string, course: Course, rule: AlertRule, open: Alert | undefined, reading: Reading): void {
    const badSinceMs = course.badSinceMs ?? this.now.monotonicMs;
    const badForMs = this.now.monotonicMs - badSinceMs;
    this.watch.set(key, { badSinceMs, goodSinceMs: null, wasGood: course.wasGood });
    const { value, sentence } = reading;
    const atMs = this.now.wallMs;
    if (open !== undefined) {
      if (!course.wasGood || badForMs < Math.max(rule.pendingMs, LEAST_AGAIN_MS)) return;
      this.watch.set(key, { badSinceMs, goodSinceMs: null, wasGood: false });
      this.apply({ type: "again", alertId: open.alertId, atMs, value, sentence, occurrenceId: null });
      return;
    }
    if (badForMs < rule.pendingMs) return;
    const before = this.state.ended.find((alert) => keyOf(alert) === key);
    // A person closed it though it was bad: it comes again only after it was well in between.
    if (before?.resolution === "closed") return;
    this.watch.set(key, { badSinceMs, goodSinceMs: null, wasGood: false });
    const isSame = before?.resolution === "recovered" && before.resolvedAtMs !== null && atMs - before.resolvedAtMs < SAME_WITHIN_MS;
    if (isSame) this.apply({ type: "again", alertId: before.alertId, atMs, value, sentence, occurrenceId: null });
    else this.raise(rule, reading, null);
  }

  private raise(rule: AlertRule, of: Omit<Reading, "standing" | "isSilent">, occurrenceId: number | null): void {
    const { ruleId, subject, nodeId, version, nodeIds, value, limit, title, sentence } = of;
    const alertId = `a-${String(this.state.alertsIssued + 1).padStart(4, "0")}`;
    const fleet = fleetOfRule(rule, this.state.fleet);
    this.apply({ type: "raised", alertId, fleet, ruleId, subject, nodeId, version, nodeIds, severity: rule.severity, value, limit, title, sentence, atMs: this.now.wallMs, occurrenceId });
  }
}

/**
 * What a tick does to the alerts. Nothing is raised and nothing ends on what is unknown; what is about a silent node
 * is frozen until the node is heard again.
 */
export function decideAlerts(state: AlertState, watch: Watch, { readings, occurrences, rules, now }: AlertInput): AlertDecision {
  const decision = new Decision(state, watch, now);
  for (const reading of readings) {
    const rule = rules.get(reading.ruleId);
    if (rule?.isOn === true) decision.take(reading, rule);
  }
  for (const occurrence of occurrences) {
    const rule = rules.get(occurrence.ruleId);
    if (rule?.isOn === true && occurrence.eventId > state.lastOccurrenceId) decision.happen(occurrence, rule);
  }
  decision.takeUnseen(rules);
  for (const key of decision.watch.keys()) if (!decision.seen.has(key)) decision.watch.delete(key);
  return { events: decision.events, state: decision.state, watch: decision.watch };
}
