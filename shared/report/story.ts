import type { PlacedBy } from "../contract/placed-by";
import type { EventView } from "../contract/snapshot";
import { placedBy } from "../fleet/placed-by";
import { takesNode, takesVersion, type ReportScope } from "./scope";

/** Rows of each list that a report keeps; more are counted. A list of more is read in the exported events. */
export const MOST_ROWS = 2_000;

/** A list with how many rows did not fit. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly more: number;
}

/** One deploy or rollback, with who asked for it and how it ended. */
export interface CommandRow {
  readonly commandId: string;
  readonly nodeId: string;
  readonly kind: "deploy" | "rollback";
  readonly version: string;
  readonly fromVersion: string | null;
  /** Null where it was requested before the period. */
  readonly actor: EventView["actor"] | null;
  /** Where it came from; null where it was requested before the period. */
  readonly placedBy: PlacedBy | null;
  readonly requestedMs: number | null;
  /** The last phase within the period; verified, unconfirmed, failed and inconsistent are ends. */
  readonly phase: string;
  readonly phaseMs: number;
  readonly sentence: string;
}

/** Something that needed a person, or that the engine did about it. */
export interface IncidentRow {
  readonly kind: "failing" | "rolled back" | "held" | "quarantined" | "escalated" | "lost" | "node" | "link" | "process" | "journal" | "roll-out stopped";
  readonly nodeId: string | null;
  readonly version: string | null;
  readonly fromMs: number;
  /** When it was over; null where it has no length, or was not over at the end of the period. */
  readonly toMs: number | null;
  /** It has a length and was not over at the end of the period. */
  readonly isOpen: boolean;
  readonly sentence: string;
}

/** What the judge said of one version on one node. */
export interface VerdictRow {
  readonly nodeId: string;
  readonly version: string | null;
  /** How often it came to each outcome. */
  readonly changes: Readonly<Record<string, number>>;
  readonly last: { readonly outcome: string; readonly atMs: number; readonly sentence: string };
}

/** A roll-out or an A/B test: how it began and where it stood at the end of the period. */
export interface UndertakingRow {
  readonly id: string;
  /** Null where it began before the period. */
  readonly startedMs: number | null;
  readonly started: string | null;
  readonly actor: EventView["actor"] | null;
  readonly lastMs: number;
  /** The last event's name, without its prefix. */
  readonly last: string;
  readonly sentence: string;
}

/** One alert, with where it stood at the end of the period; or a silence or change of rules, which has no alert. */
export interface AlertRow extends UndertakingRow {
  readonly nodeId: string | null;
  readonly severity: string | null;
}

/** What happened in a period, from the events of the journal. */
export interface Story {
  readonly events: number;
  readonly commands: Rows<CommandRow>;
  readonly incidents: Rows<IncidentRow>;
  readonly verdicts: Rows<VerdictRow>;
  readonly rollouts: Rows<UndertakingRow>;
  readonly tests: Rows<UndertakingRow>;
  readonly alerts: Rows<AlertRow>;
}

/** A list that keeps its first rows, by key, and counts the others. */
class Kept<Row> {
  private readonly byKey = new Map<string, Row>();
  private more = 0;

  get(key: string): Row | undefined {
    return this.byKey.get(key);
  }

  set(key: string, row: Row): void {
    if (this.byKey.has(key) || this.byKey.size < MOST_ROWS) this.byKey.set(key, row);
    else this.more += 1;
  }

  rows(): Rows<Row> {
    return { rows: [...this.byKey.values()], more: this.more };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

const COMMAND = /^(deploy|rollback)-(requested|sent|acknowledged|verifying|verified|unconfirmed|failed|inconsistent)$/;
const ROLLOUT = "rollout-";
const TEST = "ab-test-";
const ALERT = "alert-";

/** Events that are incidents by themselves, and what they are called. */
const SINGLE: Readonly<Record<string, IncidentRow["kind"]>> = {
  "rollback-held": "held",
  "rollback-escalated": "escalated",
  "version-quarantined": "quarantined",
  incident: "node",
  "journal-broken": "journal",
  "rollout-stopped": "roll-out stopped",
};

/** Events that begin a span, and those that end it. */
const SPANS: Readonly<Record<string, { readonly kind: IncidentRow["kind"]; readonly key: string; readonly begins: boolean }>> = {
  "node-lost": { kind: "lost", key: "presence", begins: true },
  "node-live": { kind: "lost", key: "presence", begins: false },
  "node-back": { kind: "lost", key: "presence", begins: false },
  "link-down": { kind: "link", key: "link", begins: true },
  "link-up": { kind: "link", key: "link", begins: false },
  "inference-down": { kind: "process", key: "inference", begins: true },
  "inference-up": { kind: "process", key: "inference", begins: false },
};

/** What is told of something after its next event. */
function undertaking(before: UndertakingRow | undefined, { tMs, actor, sentence }: EventView, last: string, id: string, first: string): UndertakingRow {
  const isStart = last === first;
  return {
    id,
    startedMs: isStart ? tMs : (before?.startedMs ?? null),
    started: isStart ? sentence : (before?.started ?? null),
    actor: isStart ? actor : (before?.actor ?? null),
    lastMs: tMs,
    last,
    sentence,
  };
}

/** Folds the events of a period, oldest first, into what a report tells of them. */
export class StoryReader {
  private events = 0;
  private readonly commands = new Kept<CommandRow>();
  private readonly incidents = new Kept<IncidentRow>();
  private readonly verdicts = new Kept<VerdictRow>();
  private readonly rollouts = new Kept<UndertakingRow>();
  private readonly tests = new Kept<UndertakingRow>();
  private readonly alerts = new Kept<AlertRow>();
  /** Keys of incidents that are not over, by what they are about. */
  private readonly open = new Map<string, string>();

  constructor(private readonly scope: ReportScope) {}

  /** Takes the next event; one that is outside of the scope is left out. */
  take(event: EventView): void {
    if (!isInScope(this.scope, event)) return;
    this.events += 1;
    const command = COMMAND.exec(event.event);
    if (command !== null) this.takeCommand(event, command[1] === "deploy" ? "deploy" : "rollback", command[2] ?? "");
    else if (event.event === "verdict") this.takeVerdict(event);
    else if (event.event.startsWith(ROLLOUT)) this.takeUndertaking(this.rollouts, event, ROLLOUT, textOf(event.detail["rolloutId"]));
    else if (event.event.startsWith(TEST)) this.takeUndertaking(this.tests, event, TEST, textOf(event.detail["testId"]));
    else if (event.event.startsWith(ALERT)) this.takeAlert(event);
    this.takeIncident(event);
  }

  /** What was taken. */
  story(): Story {
    return {
      events: this.events,
      commands: this.commands.rows(),
      incidents: this.incidents.rows(),
      verdicts: this.verdicts.rows(),
      rollouts: this.rollouts.rows(),
      tests: this.tests.rows(),
      alerts: this.alerts.rows(),
    };
  }

  private takeCommand({ id, nodeId, actor, tMs, sentence, detail }: EventView, kind: CommandRow["kind"], phase: string): void {
    const commandId = textOf(detail["commandId"]) ?? `event ${id}`;
    const version = textOf(detail["version"]);
    if (nodeId === null || version === null) return;
    const before = this.commands.get(commandId);
    const isRequest = phase === "requested";
    const row: CommandRow = {
      commandId,
      nodeId,
      kind,
      version,
      fromVersion: textOf(detail["fromVersion"]) ?? before?.fromVersion ?? null,
      actor: isRequest ? actor : (before?.actor ?? null),
      placedBy: isRequest ? placedBy(actor, textOf(detail["requestId"]) ?? "") : (before?.placedBy ?? null),
      requestedMs: isRequest ? tMs : (before?.requestedMs ?? null),
      phase,
      phaseMs: tMs,
      sentence,
    };
    this.commands.set(commandId, row);
    if (isRequest && kind === "rollback" && actor === "policy") this.addIncident(`rollback ${id}`, { kind: "rolled back", nodeId, version: row.fromVersion, fromMs: tMs, toMs: null, isOpen: false, sentence });
  }

  private takeVerdict({ nodeId, tMs, sentence, detail }: EventView): void {
    const outcome = textOf(detail["outcome"]);
    if (nodeId === null || outcome === null) return;
    const version = textOf(detail["version"]);
    const key = `${nodeId}\n${version ?? ""}`;
    const before = this.verdicts.get(key);
    const changes = { ...before?.changes, [outcome]: (before?.changes[outcome] ?? 0) + 1 };
    this.verdicts.set(key, { nodeId, version, changes, last: { outcome, atMs: tMs, sentence } });
    // The end of a span first: a failing version that is followed by another failing one is two incidents.
    const about = `failing ${nodeId}`;
    const open = this.incidents.get(this.open.get(about) ?? "");
    if (outcome === "fail" && open !== undefined && open.version === version) return;
    this.close(about, tMs);
    if (outcome === "fail") this.begin(about, { kind: "failing", nodeId, version, fromMs: tMs, sentence });
  }

  private takeUndertaking(kept: Kept<UndertakingRow>, event: EventView, prefix: string, id: string | null): void {
    if (id !== null) kept.set(id, undertaking(kept.get(id), event, event.event.slice(prefix.length), id, "started"));
  }

  private takeAlert(event: EventView): void {
    const id = textOf(event.detail["alertId"]) ?? `event ${event.id}`;
    const before = this.alerts.get(id);
    const row = undertaking(before, event, event.event.slice(ALERT.length), id, "raised");
    this.alerts.set(id, { ...row, nodeId: event.nodeId ?? before?.nodeId ?? null, severity: textOf(event.detail["severity"]) ?? before?.severity ?? null });
  }

  private takeIncident({ id, event, nodeId, tMs, sentence, detail }: EventView): void {
    const version = textOf(detail["version"]);
    const single = SINGLE[event];
    if (single !== undefined) this.addIncident(`event ${id}`, { kind: single, nodeId, version, fromMs: tMs, toMs: null, isOpen: false, sentence });
    const span = SPANS[event];
    if (span === undefined) return;
    const about = `${span.key} ${nodeId ?? ""}`;
    if (!span.begins) this.close(about, tMs);
    else if (!this.open.has(about)) this.begin(about, { kind: span.kind, nodeId, version, fromMs: tMs, sentence });
  }

  private begin(about: string, row: Omit<IncidentRow, "toMs" | "isOpen">): void {
    const key = `${about} ${row.fromMs}`;
    this.open.set(about, key);
    this.addIncident(key, { ...row, toMs: null, isOpen: true });
  }

  private close(about: string, atMs: number): void {
    const key = this.open.get(about);
    if (key === undefined) return;
    this.open.delete(about);
    const row = this.incidents.get(key);
    if (row !== undefined) this.incidents.set(key, { ...row, toMs: atMs, isOpen: false });
  }

  private addIncident(key: string, row: IncidentRow): void {
    this.incidents.set(key, row);
  }
}

/** Whether a report of the scope tells an event: of its period, and of its nodes and versions or of none. */
export function isInScope(scope: ReportScope, { tMs, nodeId, detail }: EventView): boolean {
  if (tMs < scope.fromMs || tMs > scope.toMs) return false;
  if (nodeId !== null && !takesNode(scope, nodeId)) return false;
  const named = ["version", "previous", "fromVersion", "target"].map((name) => textOf(detail[name])).filter((version) => version !== null);
  return named.length === 0 || named.some((version) => takesVersion(scope, version));
}
