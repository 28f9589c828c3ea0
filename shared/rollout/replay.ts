import * as v from "valibot";
import { commandPhaseSchema, type EventView } from "../contract/snapshot";
import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../fleet/ids";
import { EMPTY_HISTORY, endHistory, noteGood, noteVersion, type VersionHistory } from "../fleet/version-history";
import { requestCommand, type Command } from "./command";
import { EMPTY_GUARD, evolveGuard } from "./guard";
import type { GuardState } from "./guard-events";
import { GUARD_EVENTS, guardEventOf, monotonicTimes } from "./guard-journal";

/** The event that says which fleet the events after it are about. */
export const FLEET_JOINED = "fleet-joined";
/** A node's own report of another version. */
export const VERSION_REPORTED = "version-reported";
/** A version was good on a node: enough samples in a row within limits. */
export const VERSION_GOOD = "version-good";

const KINDS = ["deploy", "rollback"] as const;

/** What stands on disk before each publication: from then on it may have been sent. */
export function publishingEvent(kind: Command["kind"]): string {
  return `${kind}-publishing`;
}

/** The events that the live state is made of; no other changes it. */
export const LIVE_STATE_EVENTS: readonly string[] = [
  FLEET_JOINED,
  VERSION_REPORTED,
  VERSION_GOOD,
  ...GUARD_EVENTS,
  ...KINDS.flatMap((kind) => [publishingEvent(kind), ...commandPhaseSchema.options.map((phase) => `${kind}-${phase}`)]),
];

/** What is known of one node from the journal alone. */
export interface RecordedNode {
  readonly versions: VersionHistory;
  /** Its newest command; null where it never had one. */
  readonly command: Command | null;
}

/** The live state that the journal holds. */
export interface LiveState {
  /** Nodes of the asked fleet. */
  readonly nodes: ReadonlyMap<NodeId, RecordedNode>;
  /** What is good, in quarantine, on trial and held in that fleet. */
  readonly guard: GuardState;
  /** Commands ever issued, of every fleet: ids go on counting from here. */
  readonly issued: number;
  /** The command of each request, of every fleet, oldest first. */
  readonly requests: ReadonlyMap<string, string>;
}

const commandDetail = v.object({
  commandId: v.string(),
  requestId: v.string(),
  version: v.string(),
  fromVersion: v.nullable(v.string()),
  attempts: v.number(),
  note: v.string(),
});

type CommandDetail = v.InferOutput<typeof commandDetail>;

function versionOf(value: unknown): ModelVersion | null {
  const parsed = typeof value === "string" ? parseModelVersion(value) : null;
  return parsed?.ok === true ? parsed.value : null;
}

function kindOf(event: string): Command["kind"] | null {
  return KINDS.find((kind) => event.startsWith(`${kind}-`)) ?? null;
}

/** The count in a command id such as `c-0012`; 0 where it is none. */
function countOf(commandId: string): number {
  return Number(/^c-(\d+)$/.exec(commandId)?.[1] ?? 0);
}

function requested(event: EventView, nodeId: NodeId, kind: Command["kind"], detail: CommandDetail): Command | null {
  const version = versionOf(detail.version);
  if (version === null) return null;
  const { commandId, requestId } = detail;
  const actor = event.actor === "policy" ? "policy" : "operator";
  return requestCommand({ commandId, requestId, nodeId, kind, actor, version, fromVersion: versionOf(detail.fromVersion) }, event.tMs);
}

function stepped(command: Command, { tMs, sentence }: EventView, phase: string, detail: CommandDetail): Command {
  const known = v.safeParse(commandPhaseSchema, phase);
  if (!known.success) return { ...command, attempts: Math.max(command.attempts, detail.attempts) };
  return { ...command, attempts: detail.attempts, phase: known.output, sentence, steps: [...command.steps, { phase: known.output, atMs: tMs, note: detail.note }] };
}

class Replay {
  readonly nodes = new Map<NodeId, RecordedNode>();
  readonly requests = new Map<string, string>();
  guard = EMPTY_GUARD;
  issued = 0;
  private fleet: string | null = null;

  constructor(private readonly wanted: string) {}

  /** @param atMs when it was, on the monotonic clock of now. */
  take(event: EventView, atMs: number): void {
    if (event.event === FLEET_JOINED) {
      this.join(event);
      return;
    }
    const change = this.fleet === this.wanted ? guardEventOf(event, atMs) : null;
    if (change !== null) this.guard = evolveGuard(this.guard, change);
    const nodeId = event.nodeId === null ? null : parseNodeId(event.nodeId);
    if (nodeId?.ok !== true) return;
    const kind = kindOf(event.event);
    if (kind !== null) this.takeCommand(event, nodeId.value, kind);
    else if (this.fleet === this.wanted) this.takeVersion(event, nodeId.value);
  }

  private node(nodeId: NodeId): RecordedNode {
    return this.nodes.get(nodeId) ?? { versions: EMPTY_HISTORY, command: null };
  }

  private join({ detail, tMs }: EventView): void {
    const { fleet, lastHeardMs } = detail;
    this.fleet = typeof fleet === "string" ? fleet : null;
    if (this.fleet !== this.wanted) return;
    const endedMs = typeof lastHeardMs === "number" ? lastHeardMs : tMs;
    for (const [nodeId, node] of this.nodes) this.nodes.set(nodeId, { ...node, versions: endHistory(node.versions, endedMs) });
  }

  private takeVersion(event: EventView, nodeId: NodeId): void {
    const node = this.node(nodeId);
    const version = versionOf(event.detail["version"]);
    const { fromMs } = event.detail;
    if (event.event === VERSION_REPORTED) {
      const versions = noteVersion(node.versions, version, typeof fromMs === "number" ? fromMs : event.tMs);
      this.nodes.set(nodeId, { ...node, versions });
    } else if (event.event === VERSION_GOOD && version !== null) {
      this.nodes.set(nodeId, { ...node, versions: noteGood(node.versions, version) });
    }
  }

  private takeCommand(event: EventView, nodeId: NodeId, kind: Command["kind"]): void {
    const detail = v.safeParse(commandDetail, event.detail);
    if (!detail.success) return;
    const phase = event.event.slice(kind.length + 1);
    if (phase === "requested") {
      this.issued = Math.max(this.issued, countOf(detail.output.commandId));
      this.requests.set(detail.output.requestId, detail.output.commandId);
    }
    if (this.fleet !== this.wanted) return;
    const node = this.node(nodeId);
    if (phase !== "requested") {
      if (node.command?.commandId !== detail.output.commandId) return;
      this.nodes.set(nodeId, { ...node, command: stepped(node.command, event, phase, detail.output) });
      return;
    }
    const command = requested(event, nodeId, kind, detail.output);
    if (command === null) return;
    this.nodes.set(nodeId, { ...node, command });
  }
}

/**
 * Gives the live state of one fleet as the journal holds it: which versions were good on which node, what is in
 * quarantine, on trial and held, the newest command of each node, and every request that was seen.
 * @param events those of {@link LIVE_STATE_EVENTS}, oldest first; others change nothing. What an older version wrote
 * without what is needed here changes nothing either.
 * @param now of this run: wall time in Unix ms and monotonic ms.
 */
export function replayJournal(events: Iterable<EventView>, fleet: string, now: { readonly wallMs: number; readonly monotonicMs: number } = { wallMs: 0, monotonicMs: 0 }): LiveState {
  const replay = new Replay(fleet);
  const written = [...events];
  const times = monotonicTimes(written, now.wallMs, now.monotonicMs);
  for (const [index, event] of written.entries()) replay.take(event, times[index] ?? now.monotonicMs);
  return replay;
}
