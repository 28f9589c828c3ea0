import type { RolloutNodeState, RolloutPlan } from "../../contract/rollouts";

/** The phases in their order. */
export const PHASES = ["canary", "share", "all"] as const;
/** Place of a phase in {@link PHASES}. */
export type PhaseIndex = 0 | 1 | 2;

/** A node as the roll-out takes it, in the order in which nodes are taken. */
export interface PlannedNode {
  readonly nodeId: string;
  readonly phase: PhaseIndex;
  /** Its vertical; null where it reports none. */
  readonly vertical: string | null;
  /** By its own report when the roll-out started. */
  readonly fromVersion: string | null;
}

/** Where one node stands, as far as it was written down. */
export interface RolloutNode extends PlannedNode {
  readonly state: RolloutNodeState;
  /** Deploys that were made of it: each has its own request id. */
  readonly attempt: number;
  /** Returns that were made of it, after an abort. */
  readonly returns: number;
  /** Its return has ended, well or not. */
  readonly isReturnOver: boolean;
  readonly atMs: number;
  readonly note: string;
}

/** Why a roll-out pauses by itself. */
export type SelfPause = "LINK_DOWN" | "JOURNAL_UNAVAILABLE" | "COMMON_CAUSE" | "VERSION_REFUSED";

interface At {
  /** On the roll-out's clock: Unix ms at the start of the run plus the monotonic time since. */
  readonly atMs: number;
  readonly sentence: string;
}

/** Everything that can happen to a roll-out. The state is made of these alone. */
export type RolloutEvent = At &
  (
    | {
        readonly type: "started";
        readonly rolloutId: string;
        readonly requestId: string;
        readonly actor: string;
        readonly policyRevision: number;
        readonly plan: RolloutPlan;
        readonly nodes: readonly PlannedNode[];
      }
    | {
        readonly type: "node";
        readonly nodeId: string;
        readonly state: RolloutNodeState;
        /** What it ran when it was sent. */
        readonly fromVersion: string | null;
        readonly attempt: number;
        readonly note: string;
      }
    | { readonly type: "node-returning"; readonly nodeId: string; readonly returns: number }
    | { readonly type: "gate-passed"; readonly phase: PhaseIndex }
    | { readonly type: "paused"; readonly by: "operator" | SelfPause; readonly reason: string }
    | { readonly type: "resumed"; readonly by: "operator" | "engine" }
    | { readonly type: "stopped"; readonly reason: string; readonly failures: number; readonly judged: number; readonly classes: readonly (string | null)[] }
    | { readonly type: "aborting"; readonly isReturning: boolean; readonly reason: string }
    | { readonly type: "aborted" }
    | { readonly type: "completed" }
  );

/** One of {@link RolloutEvent}. */
export type RolloutEventOf<Type extends RolloutEvent["type"]> = Extract<RolloutEvent, { readonly type: Type }>;

/** A roll-out. Immutable; {@link evolve} gives the next. */
export interface Rollout {
  readonly rolloutId: string;
  readonly requestId: string;
  readonly actor: string;
  readonly policyRevision: number;
  readonly plan: RolloutPlan;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** The phase that nodes are taken from. */
  readonly phase: PhaseIndex;
  /** In the order in which they are taken. */
  readonly nodes: ReadonlyMap<string, RolloutNode>;
  /** A person paused it. */
  readonly operatorPause: string | null;
  readonly selfPause: { readonly code: SelfPause; readonly reason: string } | null;
  readonly stop: { readonly reason: string; readonly atMs: number } | null;
  readonly abort: { readonly isReturning: boolean; readonly reason: string } | null;
  readonly end: "aborted" | "completed" | null;
  /** Newest first. */
  readonly happened: readonly { readonly atMs: number; readonly event: string; readonly sentence: string }[];
}

/** Entries of the list of what happened that are kept. */
const KEPT = 100;

/** States that count as a failure of the version. */
export const FAILURES: ReadonlySet<RolloutNodeState> = new Set<RolloutNodeState>(["rolled-back", "failed", "inconsistent"]);

/** The name of an event, as the journal has it. */
export function eventName(event: RolloutEvent): string {
  return event.type === "node" ? `rollout-node-${event.state}` : `rollout-${event.type}`;
}

/** The roll-out that a first event begins. */
export function beginRollout(event: RolloutEventOf<"started">): Rollout {
  const { rolloutId, requestId, actor, policyRevision, plan, atMs, sentence } = event;
  const fresh = { state: "waiting", attempt: 0, returns: 0, isReturnOver: false, atMs, note: "" } as const;
  return {
    rolloutId,
    requestId,
    actor,
    policyRevision,
    plan,
    startedAtMs: atMs,
    endedAtMs: null,
    phase: 0,
    nodes: new Map(event.nodes.map((node) => [node.nodeId, { ...node, ...fresh }])),
    operatorPause: null,
    selfPause: null,
    stop: null,
    abort: null,
    end: null,
    happened: [{ atMs, event: eventName(event), sentence }],
  };
}

function withNode(rollout: Rollout, nodeId: string, change: (node: RolloutNode) => RolloutNode): Rollout {
  const node = rollout.nodes.get(nodeId);
  if (node === undefined) return rollout;
  return { ...rollout, nodes: new Map(rollout.nodes).set(nodeId, change(node)) };
}

function moved(node: RolloutNode, event: RolloutEventOf<"node">): RolloutNode {
  const { state, attempt, fromVersion, atMs, note } = event;
  const isReturnOver = node.returns > 0 && state !== "sent" && state !== "trial";
  return { ...node, state, attempt, fromVersion, atMs, note, isReturnOver: node.isReturnOver || isReturnOver };
}

/** A refused version is a person's to look at; the rest goes on when it is over. */
function afterResume({ selfPause }: Rollout, by: "operator" | "engine"): Rollout["selfPause"] {
  return (selfPause?.code === "VERSION_REFUSED") === (by === "operator") ? null : selfPause;
}

function applied(rollout: Rollout, event: RolloutEvent): Rollout {
  switch (event.type) {
    case "started":
      return rollout;
    case "node":
      return withNode(rollout, event.nodeId, (node) => moved(node, event));
    case "node-returning":
      return withNode(rollout, event.nodeId, (node) => ({ ...node, returns: event.returns, atMs: event.atMs }));
    case "gate-passed":
      return { ...rollout, phase: event.phase === 0 ? 1 : 2 };
    case "paused":
      if (event.by === "operator") return { ...rollout, operatorPause: event.reason };
      return { ...rollout, selfPause: { code: event.by, reason: event.reason } };
    case "resumed":
      return { ...rollout, operatorPause: event.by === "operator" ? null : rollout.operatorPause, selfPause: afterResume(rollout, event.by) };
    case "stopped":
      return { ...rollout, stop: { reason: event.reason, atMs: event.atMs }, endedAtMs: event.atMs };
    case "aborting":
      return { ...rollout, abort: { isReturning: event.isReturning, reason: event.reason }, endedAtMs: null };
    case "aborted":
    case "completed":
      return { ...rollout, end: event.type, endedAtMs: event.atMs };
  }
}

/** The state after one more event. An event of a node that it does not have changes nothing but the list. */
export function evolve(rollout: Rollout, event: RolloutEvent): Rollout {
  const { atMs, sentence } = event;
  const happened = [{ atMs, event: eventName(event), sentence }, ...rollout.happened].slice(0, KEPT);
  return { ...applied(rollout, event), happened };
}

/** The state that a list of events gives; null where it does not begin with `started`. */
export function replayRollout(events: Iterable<RolloutEvent>): Rollout | null {
  let rollout: Rollout | null = null;
  for (const event of events) {
    if (rollout === null) rollout = event.type === "started" ? beginRollout(event) : null;
    else rollout = evolve(rollout, event);
  }
  return rollout;
}

/** How a roll-out stands, in one word. */
export function stateOf(rollout: Rollout): "running" | "paused" | "stopped" | "aborting" | "aborted" | "completed" {
  if (rollout.end !== null) return rollout.end;
  if (rollout.abort !== null) return "aborting";
  if (rollout.stop !== null) return "stopped";
  return rollout.operatorPause !== null || rollout.selfPause !== null ? "paused" : "running";
}

/** Nothing more goes out by itself: it completed, was aborted, or the stop rule ended it. */
export function hasRolloutEnded(rollout: Rollout): boolean {
  const state = stateOf(rollout);
  return state === "stopped" || state === "aborted" || state === "completed";
}

/** The id of the request that sends a node's newest deploy or return; the same one after a restart. */
export function requestIdOf({ rolloutId }: Rollout, node: RolloutNode, kind: "deploy" | "return"): string {
  return kind === "deploy" ? `${rolloutId}-${node.nodeId}-${node.attempt}` : `${rolloutId}-${node.nodeId}-back-${node.returns}`;
}
