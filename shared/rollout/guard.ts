import { counted } from "../fleet/words";
import type { RollbackOffer } from "../contract/snapshot";
import { chooseTarget, decideRollback, type PeerEvidence, type RollbackRights } from "./decision";
import type { Evidence, GuardCommand, GuardEvent, GuardNode, GuardState, Hold, Lift, Quarantine, QuarantineScope } from "./guard-events";

/** Nodes of a class on which a version must fail by verdict before it may run on none of that class. */
export const CLASS_QUARANTINE = 2;
/** Automatic rollbacks are counted over this time. */
const HOUR_MS = 3_600_000;

/** A fleet of which nothing is known. */
export const EMPTY_GUARD: GuardState = { nodes: new Map(), failures: new Map(), classes: new Map() };

/** What the guard knows of a node before anything happened there. */
export function guardNode(state: GuardState, nodeId: string): GuardNode {
  return (
    state.nodes.get(nodeId) ?? {
      nodeClass: null,
      version: null,
      hasSwapped: false,
      isByRollback: false,
      isCommitted: false,
      good: [],
      quarantined: new Map(),
      rollbacksAtMs: [],
      command: null,
      hold: null,
    }
  );
}

/** The key of a version within a class; a version has no space. */
function classKey(nodeClass: string | null, version: string): string {
  return `${nodeClass ?? ""} ${version}`;
}

/** Versions that may not run on a node: its own quarantine and that of its class. */
export function quarantineOf(state: GuardState, nodeId: string): ReadonlySet<string> {
  const node = guardNode(state, nodeId);
  const ofClass = [...state.classes.values()].filter(({ scope }) => scope.kind === "class" && scope.nodeClass === node.nodeClass);
  return new Set([...node.quarantined.keys(), ...ofClass.map(({ version }) => version)]);
}

/** The entry that keeps a version from a node, that of its class first; null where none does. */
export function quarantineEntry(state: GuardState, nodeId: string, version: string): Quarantine | null {
  const node = guardNode(state, nodeId);
  return state.classes.get(classKey(node.nodeClass, version)) ?? node.quarantined.get(version) ?? null;
}

/** Every entry, those of classes first. */
export function quarantineList(state: GuardState): readonly Quarantine[] {
  return [...state.classes.values(), ...[...state.nodes.values()].flatMap(({ quarantined }) => [...quarantined.values()])];
}

/**
 * The rollback as a button needs it: the last version that was good here, is not in quarantine and is another one
 * than runs; or the reason why there is none.
 * @param version by the node's own report in this run; null where it reports none.
 */
export function rollbackOffer(state: GuardState, nodeId: string, version: string | null): RollbackOffer {
  if (version === null) {
    return { offered: false, code: "NO_GOOD_VERSION", reason: `${nodeId} does not report a version, so none before it is known.` };
  }
  const { good } = guardNode(state, nodeId);
  const target = chooseTarget({ version, goodBefore: good, quarantined: quarantineOf(state, nodeId) });
  if (target !== null) return { offered: true, version: target, reason: `${target} was good on ${nodeId} to its last sample.` };
  const shut = good.filter((other) => other !== version);
  const rest = shut.length === 0 ? "." : ` that is not in quarantine (${shut.join(", ")}).`;
  return { offered: false, code: "NO_GOOD_VERSION", reason: `Nothing good ran on ${nodeId} before ${version}${rest}` };
}

/** Whether the guard must leave a node alone for now: a command is on its way, or nobody knows what a command did. */
export function isWaiting(node: GuardNode): boolean {
  const { command, hold } = node;
  if (hold?.code === "NOT_RECOVERED") return true;
  if (command === null) return false;
  return command.standing === "open" || command.standing === "inconsistent" || (command.standing === "acknowledged" && command.kind === "rollback");
}

/** Whether a node is on trial with a version that may not run on its class any more. */
export function isOnFailedTrial(state: GuardState, nodeId: string): boolean {
  const node = guardNode(state, nodeId);
  return node.version !== null && node.hasSwapped && !node.isCommitted && state.classes.has(classKey(node.nodeClass, node.version));
}

/** A node whose verdict is fail, or whose class gave its version up, and what is around it. */
export interface GuardQuestion {
  readonly type: "verdict" | "class";
  readonly nodeId: string;
  readonly nowMs: number;
  readonly peers: readonly PeerEvidence[];
  /** What peers that degrade have in common, for the sentence. */
  readonly symptom: string;
  readonly evidence: Evidence;
}

/**
 * Decides what is done about a node: at most one event, a rollback that is requested or one that is held.
 * A hold that says what is known already is not said again.
 */
export function decideGuard(state: GuardState, question: GuardQuestion, rights: RollbackRights): GuardEvent | null {
  const { nodeId, nowMs, evidence, type } = question;
  const node = guardNode(state, nodeId);
  if (isWaiting(node)) return null;
  const asked = {
    nodeId,
    nowMs,
    version: node.version,
    goodBefore: node.good,
    quarantined: quarantineOf(state, nodeId),
    rollbacksAtMs: node.rollbacksAtMs,
    peers: type === "class" ? [] : question.peers,
    symptom: question.symptom,
  };
  const decision = decideRollback(asked, rights);
  const because = type === "class" ? classSentence(state, node) : evidence.sentence;
  if (decision.action === "roll-back") {
    return {
      event: "rollback-requested",
      nodeId,
      atMs: nowMs,
      actor: "policy",
      commandId: null,
      version: decision.target,
      fromVersion: node.version,
      isByVerdict: type === "verdict",
      sentence: `${because} ${decision.sentence}`,
    };
  }
  if (node.hold?.code === decision.code) return null;
  return { event: "rollback-held", nodeId, atMs: nowMs, code: decision.code, target: decision.target, sentence: `${because} ${decision.sentence}` };
}

function classSentence(state: GuardState, { nodeClass, version }: GuardNode): string {
  const key = classKey(nodeClass, version ?? "");
  const failed = [...(state.failures.get(key) ?? [])];
  if (failed.length < CLASS_QUARANTINE) return `${state.classes.get(key)?.sentence ?? "Its class gave it up."} It is still on trial here.`;
  return `${version ?? "What runs"} failed on ${failed.join(" and ")} and is still on trial here.`;
}

function withNode(state: GuardState, nodeId: string, change: Partial<GuardNode>): GuardState {
  return { ...state, nodes: new Map(state.nodes).set(nodeId, { ...guardNode(state, nodeId), ...change }) };
}

function withGood(good: readonly string[], version: string): readonly string[] {
  return [...good.filter((other) => other !== version), version];
}

/** A rollback takes its version off the node at once, and off the class once it failed by verdict on enough nodes. */
function evolveRollback(state: GuardState, event: GuardEvent & { readonly event: "rollback-requested" }): GuardState {
  const { nodeId, atMs, fromVersion, commandId, actor } = event;
  const node = guardNode(state, nodeId);
  const command: GuardCommand = { commandId, kind: "rollback", actor, version: event.version, fromVersion, standing: "open" };
  const rollbacksAtMs = actor === "policy" ? [...node.rollbacksAtMs.filter((at) => atMs - at < HOUR_MS), atMs] : node.rollbacksAtMs;
  if (fromVersion === null) return withNode(state, nodeId, { command, rollbacksAtMs, hold: null });
  const who = event.isByVerdict ? "failed" : actor === "policy" ? "was taken back" : "was taken back by a person";
  const entry: Quarantine = {
    version: fromVersion,
    scope: { kind: "node", nodeId },
    atMs,
    commandId,
    isByClick: actor === "operator",
    sentence: `${fromVersion} ${who} on ${nodeId}: it may not run there until a person lifts it with a reason.`,
  };
  const quarantined = new Map(node.quarantined).set(fromVersion, node.quarantined.get(fromVersion) ?? entry);
  const next = withNode(state, nodeId, { command, rollbacksAtMs, hold: null, quarantined });
  return event.isByVerdict ? countFailure(next, nodeId, fromVersion, atMs) : next;
}

function countFailure(state: GuardState, nodeId: string, version: string, atMs: number): GuardState {
  const { nodeClass } = guardNode(state, nodeId);
  const key = classKey(nodeClass, version);
  const failedOn = new Set(state.failures.get(key)).add(nodeId);
  const failures = new Map(state.failures).set(key, failedOn);
  if (failedOn.size < CLASS_QUARANTINE || state.classes.has(key)) return { ...state, failures };
  const sentence = `${version} failed on ${[...failedOn].join(" and ")}: it may run on no ${nodeClass ?? "node of their kind"} until a person lifts it with a reason.`;
  const entry: Quarantine = { version, scope: { kind: "class", nodeClass }, atMs, commandId: null, isByClick: false, sentence };
  return { ...state, failures, classes: new Map(state.classes).set(key, entry) };
}

/** A stopped roll-out takes its version off every class that it failed on. */
function evolveStop(state: GuardState, { version, classes: stopped, atMs, sentence }: GuardEvent & { readonly event: "rollout-stopped" }): GuardState {
  const classes = new Map(state.classes);
  for (const nodeClass of stopped) {
    const key = classKey(nodeClass, version);
    if (!classes.has(key)) classes.set(key, { version, scope: { kind: "class", nodeClass }, atMs, commandId: null, isByClick: false, sentence });
  }
  return { ...state, classes };
}

function evolveLift(state: GuardState, { scope, version }: Lift): GuardState {
  if (scope.kind === "class") {
    const classes = new Map(state.classes);
    const failures = new Map(state.failures);
    classes.delete(classKey(scope.nodeClass, version));
    failures.delete(classKey(scope.nodeClass, version));
    return { ...state, classes, failures };
  }
  const node = guardNode(state, scope.nodeId);
  const quarantined = new Map(node.quarantined);
  quarantined.delete(version);
  const key = classKey(node.nodeClass, version);
  const failedOn = new Set(state.failures.get(key));
  failedOn.delete(scope.nodeId);
  return { ...withNode(state, scope.nodeId, { quarantined }), failures: new Map(state.failures).set(key, failedOn) };
}

function evolveReport(state: GuardState, event: GuardEvent & { readonly event: "version-reported" }): GuardState {
  const node = guardNode(state, event.nodeId);
  const nodeClass = event.nodeClass ?? node.nodeClass;
  if (event.version === null || (event.version === node.version && !event.isSwap)) return withNode(state, event.nodeId, { nodeClass });
  const isByRollback = node.command?.kind === "rollback" && node.command.version === event.version;
  return withNode(state, event.nodeId, {
    nodeClass,
    version: event.version,
    hasSwapped: event.isSwap || node.version !== null,
    isByRollback,
    isCommitted: false,
    // What a person must look at stays; what was about the version before ends with it.
    hold: isByRollback ? node.hold : null,
  });
}

function evolveCommand(state: GuardState, event: GuardEvent & { readonly event: "command-moved" }): GuardState {
  const { command } = guardNode(state, event.nodeId);
  if (command?.commandId !== event.commandId) return state;
  const moved = { command: { ...command, standing: event.standing } };
  // A rollback that nobody can call recovered is a person's now.
  const isLost = command.kind === "rollback" && (event.standing === "failed" || event.standing === "unconfirmed");
  if (!isLost) return withNode(state, event.nodeId, moved);
  const sentence = `${event.sentence} ${event.nodeId} has not recovered by the rollback to ${command.version} and needs you.`;
  return withNode(state, event.nodeId, { ...moved, hold: { code: "NOT_RECOVERED", target: command.version, atMs: event.atMs, sentence } });
}

/** The state after an event. Events that do not concern it change nothing. */
export function evolveGuard(state: GuardState, event: GuardEvent): GuardState {
  switch (event.event) {
    case "version-reported":
      return evolveReport(state, event);
    case "version-good":
      return withNode(state, event.nodeId, { good: withGood(guardNode(state, event.nodeId).good, event.version) });
    case "version-committed":
      return withNode(state, event.nodeId, { isCommitted: true });
    case "deploy-requested": {
      const { commandId, actor, version, fromVersion } = event;
      return withNode(state, event.nodeId, { command: { commandId, kind: "deploy", actor, version, fromVersion, standing: "open" }, hold: null });
    }
    case "rollback-requested":
      return evolveRollback(state, event);
    case "command-moved":
      return evolveCommand(state, event);
    case "rollback-held":
      return withNode(state, event.nodeId, { hold: holdOf(event) });
    case "hold-ended": {
      const { hold } = guardNode(state, event.nodeId);
      return hold === null || (hold.code === "NOT_RECOVERED" && !event.isWell) ? state : withNode(state, event.nodeId, { hold: null });
    }
    case "quarantine-lifted":
      return evolveLift(state, event);
    case "rollout-stopped":
      return evolveStop(state, event);
  }
}

function holdOf({ code, target, atMs, sentence }: Hold): Hold {
  return { code, target, atMs, sentence };
}

/** Entries that an event made, those of nodes first: what is to be told of it. */
export function newQuarantine(before: GuardState, after: GuardState): readonly Quarantine[] {
  if (before.nodes === after.nodes && before.classes === after.classes) return [];
  const known = new Set(quarantineList(before).map(({ scope, version }) => scopeText(scope, version)));
  return quarantineList(after)
    .filter(({ scope, version }) => !known.has(scopeText(scope, version)))
    .toReversed();
}

function scopeText(scope: QuarantineScope, version: string): string {
  return scope.kind === "node" ? `node ${scope.nodeId} ${version}` : `class ${scope.nodeClass ?? ""} ${version}`;
}

/** How a quarantine stands in a sentence of a refusal. */
export function quarantineRefusal({ version, scope, isByClick }: Quarantine, nodeId: string): string {
  const where = scope.kind === "node" ? nodeId : (scope.nodeClass ?? "nodes of its kind");
  return `${version} ${isByClick ? "was taken back from" : "failed on"} ${where}. Lift it first, with a reason.`;
}

/** Automatic rollbacks of a node in the last hour, for a sentence. */
export function rollbacksText({ rollbacksAtMs }: GuardNode, nowMs: number): string {
  return counted(rollbacksAtMs.filter((atMs) => nowMs - atMs < HOUR_MS).length, "automatic rollback");
}
