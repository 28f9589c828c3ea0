import type { EventView, Liveness } from "../../contract/snapshot";
import type { ModelVersion, NodeId } from "../../fleet/ids";
import { fleetPolicyOf } from "../../policy/policy";
import type { Random } from "../../random";
import { admitVersion, refuseChange, type CommandQuestion } from "../admission";
import { advanceCommand, hasEnded, requestCommand, resumeCommand, type Command, type CommandInput } from "../command";
import type { RollbackRights } from "../decision";
import { CLASS_QUARANTINE, decideGuard, evolveGuard, guardNode, isOnFailedTrial, isWaiting, quarantineOf, rollbackOffer } from "../guard";
import { movedEvent, requestedEvent } from "../guard-commands";
import type { GuardEvent, GuardState } from "../guard-events";
import { CLOCK_JUMPED, HOLD_ENDED, holdEnd, QUARANTINE_LIFTED, VERSION_COMMITTED } from "../guard-journal";
import { FLEET_JOINED, publishingEvent, replayJournal, VERSION_GOOD, VERSION_REPORTED } from "../replay";

/**
 * A small world around the decisions: nodes, a link that loses, doubles and reorders, an operator who clicks
 * anything, clocks that jump, and crashes between any two steps. Decisions are made by the code of the product
 * (admission, command, guard, replay); what is modelled is what surrounds them.
 */

const VERSIONS = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"] as readonly string[] as readonly ModelVersion[];
/** Samples in a row that make an outcome in this world; how the real ones are found is the judge's affair. */
const FAILS_AFTER = 2;
const GOOD_AFTER = 2;
const COMMITS_AFTER = 4;
const STALE_MS = 5_000;
const LOST_MS = 30_000;
const HOUR_MS = 3_600_000;
const RIGHTS: RollbackRights = fleetPolicyOf({});

/** What a node really is; nobody in the engine sees this but by messages. */
interface RealNode {
  readonly nodeId: NodeId;
  running: ModelVersion;
  isUp: boolean;
  /** It misbehaves whatever runs. */
  isSick: boolean;
}

interface Letter {
  readonly to: "node" | "engine";
  readonly nodeId: NodeId;
  readonly version: ModelVersion;
  readonly isHealthy: boolean;
  /** The command that it carries; null of a sample. */
  readonly commandId: string | null;
}

/** What the engine holds of a node besides the guard; all of it is lost in a crash. */
interface Seen {
  version: ModelVersion | null;
  lastHeardMs: number;
  badRun: number;
  goodRun: number;
  passed: number;
  isFailing: boolean;
  command: Command | null;
}

/** What the world knows of a command and the engine may not forget. */
interface Ghost {
  readonly nodeId: NodeId;
  readonly version: ModelVersion;
  publications: number;
  /** Publications that were on disk as begun when the engine last crashed; more of the same are duplicates. */
  sealedAt: number | null;
  /** The node reported the version since it was requested. */
  wasReported: boolean;
}

/** The engine's process ends in the middle of what it does. */
class Killed extends Error {}

/** A broken promise, with what led to it. */
export class BrokenPromise extends Error {}

/** How a world goes on. */
export interface WorldOptions {
  readonly random: Random;
  /** Nodes that run; 3 or more make common causes and classes. */
  readonly nodes: number;
  /** Versions that make a node bad. */
  readonly bad: ReadonlySet<string>;
}

function draft(event: string, nodeId: string | null, detail: EventView["detail"], actor: EventView["actor"] = "engine"): Omit<EventView, "id" | "tMs"> {
  return { event, nodeId, actor, sentence: "", detail };
}

/** A fleet with its engine, changed in place by {@link World.step}. */
export class World {
  private readonly real: readonly RealNode[];
  private seen = new Map<NodeId, Seen>();
  private guard: GuardState;
  private readonly letters: Letter[] = [];
  private readonly journal: EventView[] = [];
  private pending: EventView[] = [];
  private readonly ghosts = new Map<string, Ghost>();
  private readonly automatic = new Map<NodeId, number[]>();
  /** Nodes that a rollback did not help, until a person acts, another version runs, or they are well. */
  private readonly unhelped = new Set<NodeId>();
  /** Nodes on which a version failed by verdict and nobody has lifted that. */
  private readonly failedOn = new Map<string, Set<string>>();
  private issued = 0;
  private requests = 0;
  private nowMs = 0;
  /** Wall time less monotonic time, as the engine's clock gives it. */
  private offsetMs = 1_700_000_000_000;
  private isJournalWritable = true;
  private isLinkUp = true;
  private isSettling = false;
  /** What happened, for a broken promise. */
  readonly trace: string[] = [];
  /** How often what is rare happened, by its name. */
  readonly tally = new Map<string, number>();
  /** Steps that were taken: letters, ticks, and whatever happened between. */
  transitions = 0;

  constructor(private readonly options: WorldOptions) {
    this.real = Array.from({ length: options.nodes }, (_, index) => ({ nodeId: `node_${index}` as NodeId, running: VERSIONS[0] as ModelVersion, isUp: true, isSick: false }));
    this.guard = replayJournal([], "model").guard;
    this.start();
  }

  private count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  private wallMs(): number {
    return this.nowMs + this.offsetMs;
  }

  private any<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.options.random.next() * items.length)];
    if (item === undefined) throw new RangeError("nothing to choose from");
    return item;
  }

  private isHealthy(node: RealNode): boolean {
    return !node.isSick && !this.options.bad.has(node.running);
  }

  /** Takes one step of any kind that can happen; the engine may be killed within it. */
  step(): void {
    this.transitions += 1;
    try {
      this.happen();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.crash();
    }
    this.check();
  }

  private mayDie(): void {
    if (!this.isSettling && this.options.random.next() < 0.03) throw new Killed();
  }

  private happen(): void {
    const node = this.any(this.real);
    const chance = this.options.random.next();
    if (chance < 0.7) this.beat();
    else if (chance < 0.74) this.deliver();
    else if (chance < 0.78) this.pass(this.any([500, 2_000, 3_000]));
    else if (chance < 0.785) this.pass(31_000);
    else if (chance < 0.79) this.pass(1_000_000);
    else if (chance < 0.87) this.click(node, this.any(VERSIONS));
    else if (chance < 0.89) this.clickBack(node);
    else if (chance < 0.9) this.lift();
    else if (chance < 0.915) this.lose();
    else if (chance < 0.93) this.double();
    else if (chance < 0.935) this.restartNode(node);
    else if (chance < 0.94) node.isSick = !node.isSick;
    else if (chance < 0.945) this.setHealth(this.options.random.next() < 0.3);
    else if (chance < 0.95) node.isUp = !node.isUp;
    else if (chance < 0.96) this.jump(this.any([7_200_000, -7_200_000, 60_000]));
    else if (chance < 0.965) this.isJournalWritable = !this.isJournalWritable;
    else if (chance < 0.97) this.isLinkUp = !this.isLinkUp;
    else throw new Killed();
  }

  /** Half a second of ordinary life: every node speaks, most of what is on its way arrives, time passes. */
  private beat(): void {
    for (const node of this.real) this.speak(node);
    for (let waiting = this.letters.length; waiting > 0; waiting -= 1) if (this.options.random.next() < 0.9) this.deliver();
    this.pass(500);
    if (this.options.random.next() < 0.02) this.checkShadow();
  }

  /** The environment makes every node bad, or lets them be. */
  private setHealth(isSick: boolean): void {
    for (const node of this.real) node.isSick = isSick;
  }

  /** Lets everything heal and checks that the engine comes to rest, and that a person can go on from there. */
  settle(): void {
    this.isSettling = true;
    this.isJournalWritable = true;
    this.isLinkUp = true;
    for (const node of this.real) {
      node.isUp = true;
      node.isSick = false;
    }
    for (let round = 0; round < 140; round += 1) {
      for (const node of this.real) this.speak(node);
      while (this.letters.length > 0) this.deliver(0);
      this.pass(500);
      this.check();
    }
    for (const node of this.real) this.checkRest(node);
  }

  private speak(node: RealNode): void {
    this.transitions += 1;
    if (node.isUp) this.letters.push({ to: "engine", nodeId: node.nodeId, version: node.running, isHealthy: this.isHealthy(node), commandId: null });
  }

  private deliver(at = Math.floor(this.options.random.next() * this.letters.length)): void {
    const [letter] = this.letters.splice(at, 1);
    if (letter === undefined) return;
    this.transitions += 1;
    const node = this.real.find(({ nodeId }) => nodeId === letter.nodeId);
    if (letter.to === "engine") this.hear(letter);
    else if (node?.isUp === true) node.running = letter.version;
  }

  private lose(): void {
    if (this.letters.length > 0) this.letters.splice(Math.floor(this.options.random.next() * this.letters.length), 1);
  }

  private double(): void {
    if (this.letters.length > 0) this.letters.push(this.any(this.letters));
  }

  /** A node comes back with what it last loaded. */
  private restartNode(node: RealNode): void {
    for (let index = this.letters.length - 1; index >= 0; index -= 1) {
      const letter = this.letters[index];
      if (letter?.to === "node" && letter.nodeId === node.nodeId) this.letters.splice(index, 1);
    }
    node.isUp = true;
  }

  private pass(byMs: number): void {
    this.transitions += 1;
    this.nowMs += byMs;
    for (const { nodeId } of this.real) {
      const seen = this.seenOf(nodeId);
      if (seen.command === null || hasEnded(seen.command)) {
        if (seen.isFailing) this.act(nodeId, "verdict");
        else if (isOnFailedTrial(this.guard, nodeId)) this.act(nodeId, "class");
        continue;
      }
      const isUnheard = seen.command.resumedAtMs !== null && seen.version === null;
      const times = { atMs: this.nowMs, wallMs: this.wallMs() };
      const isHeard = this.nowMs - seen.lastHeardMs < STALE_MS;
      this.advance(nodeId, isUnheard ? { type: "unheard", ...times } : { type: "tick", nodeReportsVersion: seen.version !== null, reportedVersion: seen.version, isHeard, ...times });
    }
    this.flush();
  }

  /** The machine's clock is set; the engine's own goes forward with it and never back. */
  private jump(byMs: number): void {
    if (byMs > 0) this.offsetMs += byMs;
    this.record(draft(CLOCK_JUMPED, null, { byMs }));
  }

  // --- the engine ---

  private start(): void {
    const joined = { ...draft(FLEET_JOINED, null, { fleet: "model", lastHeardMs: this.wallMs() }), id: 0, tMs: this.wallMs() };
    const state = replayJournal([...this.journal, joined], "model", { wallMs: this.wallMs(), monotonicMs: this.nowMs });
    this.guard = state.guard;
    this.issued = state.issued;
    this.seen = new Map();
    for (const [nodeId, { command }] of state.nodes) {
      this.seenOf(nodeId).command = command === null ? null : resumeCommand(command, this.nowMs);
    }
    this.pending = [];
    this.record(draft(FLEET_JOINED, null, { fleet: "model", lastHeardMs: this.wallMs() }));
    this.checkReplay();
  }

  private crash(): void {
    this.trace.push("crash");
    this.count("crash");
    const begun = new Set(this.journal.filter(({ event }) => event.endsWith("-publishing")).map(({ detail }) => detail["commandId"]));
    for (const [commandId, ghost] of this.ghosts) if (begun.has(commandId)) ghost.sealedAt = ghost.publications;
    // A wall clock that was set back while nothing ran is what a machine has after an empty battery.
    if (this.options.random.next() < 0.2) this.offsetMs -= 7_200_000;
    this.start();
  }

  private seenOf(nodeId: NodeId): Seen {
    const known = this.seen.get(nodeId);
    if (known !== undefined) return known;
    const fresh: Seen = { version: null, lastHeardMs: -Infinity, badRun: 0, goodRun: 0, passed: 0, isFailing: false, command: null };
    this.seen.set(nodeId, fresh);
    return fresh;
  }

  private record(event: Omit<EventView, "id" | "tMs">): void {
    this.pending.push({ ...event, id: this.journal.length + this.pending.length + 1, tMs: this.wallMs() });
  }

  private flush(): boolean {
    if (!this.isJournalWritable) return false;
    this.journal.push(...this.pending);
    this.pending = [];
    return true;
  }

  private commit(...events: readonly Omit<EventView, "id" | "tMs">[]): boolean {
    if (!this.isJournalWritable) return false;
    for (const event of events) this.record(event);
    return this.flush();
  }

  private apply(event: GuardEvent): void {
    const { classes } = this.guard;
    this.guard = evolveGuard(this.guard, event);
    if (this.guard.classes.size > classes.size) this.count("class quarantine");
    if (event.event === "rollback-held") this.count(`held ${event.code}`);
    if (event.event === "command-moved") this.count(`command ${event.standing}`);
  }

  private hear({ nodeId, version, isHealthy }: Letter): void {
    const seen = this.seenOf(nodeId);
    const previous = seen.version;
    seen.lastHeardMs = this.nowMs;
    for (const ghost of this.ghosts.values()) if (ghost.nodeId === nodeId && ghost.version === version) ghost.wasReported = true;
    if (previous !== version) {
      const before = guardNode(this.guard, nodeId).version;
      if (before !== version) this.unhelped.delete(nodeId);
      Object.assign(seen, { version, badRun: 0, goodRun: 0, passed: 0, isFailing: false });
      this.record(draft(VERSION_REPORTED, nodeId, { version, previous: before, vertical: "drone", fromMs: this.wallMs() }, "node"));
      this.apply({ event: "version-reported", nodeId, version, nodeClass: "drone", isSwap: before !== null && before !== version });
    }
    const times = { atMs: this.nowMs, wallMs: this.wallMs() };
    this.advance(nodeId, { type: "reported", version, ...times });
    this.advance(nodeId, { type: "sample", version, beyond: isHealthy ? [] : ["qualityScore"], ...times });
    this.judge(nodeId, seen, version, isHealthy);
  }

  private judge(nodeId: NodeId, seen: Seen, version: ModelVersion, isHealthy: boolean): void {
    seen.badRun = isHealthy ? 0 : seen.badRun + 1;
    seen.goodRun = isHealthy ? seen.goodRun + 1 : 0;
    seen.isFailing = seen.badRun >= FAILS_AFTER || (seen.isFailing && seen.goodRun < GOOD_AFTER);
    seen.passed = seen.isFailing ? 0 : seen.passed + 1;
    if (seen.goodRun >= GOOD_AFTER && guardNode(this.guard, nodeId).good.at(-1) !== version) {
      this.record(draft(VERSION_GOOD, nodeId, { version }));
      this.apply({ event: "version-good", nodeId, version });
    }
    if (seen.passed >= COMMITS_AFTER && !guardNode(this.guard, nodeId).isCommitted) {
      this.record(draft(VERSION_COMMITTED, nodeId, { version }));
      this.apply({ event: "version-committed", nodeId, version });
    }
    if (!seen.isFailing && seen.passed >= COMMITS_AFTER) this.unhelped.delete(nodeId);
    const ended = holdEnd(nodeId, seen.isFailing ? "fail" : seen.passed >= COMMITS_AFTER ? "pass" : "inconclusive");
    if (ended !== null && guardNode(this.guard, nodeId).hold !== null) {
      this.apply(ended);
      if (guardNode(this.guard, nodeId).hold === null) this.record(draft(HOLD_ENDED, nodeId, { isWell: ended.isWell }));
    }
    if (!seen.isFailing) return;
    this.act(nodeId, "verdict");
    const node = guardNode(this.guard, nodeId);
    if (node.hold === null && !isWaiting(node)) this.broken(`${nodeId} fails, nothing is done about it and nothing says why`);
  }

  private act(nodeId: NodeId, type: "verdict" | "class"): void {
    const peers = this.real
      .filter((other) => other.nodeId !== nodeId)
      .map((other) => ({ nodeId: other.nodeId, hasChanged: guardNode(this.guard, other.nodeId).hasSwapped, isDegrading: this.seenOf(other.nodeId).badRun > 0 }));
    const decided = decideGuard(this.guard, { type, nodeId, nowMs: this.nowMs, peers, symptom: "got worse", evidence: { sentence: "" } }, RIGHTS);
    if (decided === null) return;
    if (decided.event === "rollback-held") {
      this.record({ ...draft("rollback-held", nodeId, { code: decided.code, target: decided.target }, "policy"), sentence: decided.sentence });
      this.apply(decided);
      return;
    }
    if (decided.event !== "rollback-requested") return;
    this.checkAutomatic(nodeId, type);
    const { version } = this.seenOf(nodeId);
    const isMade = this.issue(nodeId, "rollback", "policy", decided.version as ModelVersion, version, null, decided.isByVerdict);
    if (isMade) {
      this.count(`automatic rollback by ${type}`);
      this.noteAutomatic(nodeId);
      for (const other of this.real) if (isOnFailedTrial(this.guard, other.nodeId)) this.act(other.nodeId, "class");
    } else if (guardNode(this.guard, nodeId).hold?.code !== "REFUSED") {
      this.record(draft("rollback-held", nodeId, { code: "REFUSED", target: decided.version }, "policy"));
      this.apply({ event: "rollback-held", nodeId, code: "REFUSED", target: decided.version, atMs: this.nowMs, sentence: "" });
    }
  }

  private livenessOf(seen: Seen): Liveness {
    const silentMs = this.nowMs - seen.lastHeardMs;
    return silentMs < STALE_MS ? "live" : silentMs < LOST_MS ? "stale" : "lost";
  }

  /** The same path as the engine's command desk, without waiting. */
  private issue(
    nodeId: NodeId,
    kind: Command["kind"],
    actor: Command["actor"],
    version: ModelVersion,
    expectedVersion: ModelVersion | null,
    undoes: string | null,
    isByVerdict: boolean,
  ): boolean {
    const seen = this.seenOf(nodeId);
    const question: CommandQuestion = {
      nodeId, kind, actor, expectedVersion, reportedVersion: seen.version, liveness: this.livenessOf(seen), linkState: this.isLinkUp ? "up" : "down", newest: seen.command,
    };
    const times = { atMs: this.nowMs, wallMs: this.wallMs() };
    if (!refuseChange(question, times.wallMs).ok) return false;
    const admitted = admitVersion(question, version, undoes, this.guard, times);
    if (!admitted.ok) return false;
    const { superseded, lifts } = admitted.value;
    const commandId = `c-${String(this.issued + 1).padStart(4, "0")}`;
    this.requests += 1;
    const command = requestCommand({ commandId, requestId: `request-${this.requests}`, nodeId, kind, actor, version, fromVersion: seen.version }, times.wallMs);
    const isWritten = this.commit(
      ...(lifts === null ? [] : [draft(QUARANTINE_LIFTED, nodeId, { version, scope: "node" })]),
      ...(superseded === null ? [] : [this.commandDraft(superseded)]),
      { ...this.commandDraft(command), detail: { ...this.commandDraft(command).detail, isByVerdict } },
    );
    if (!isWritten) return false;
    if (lifts !== null) {
      this.apply({ event: "quarantine-lifted", scope: lifts.scope, version: lifts.version });
      this.failedOn.get(version)?.delete(nodeId);
    }
    if (actor === "operator") this.unhelped.delete(nodeId);
    if (isByVerdict && seen.version !== null) this.failedOn.set(seen.version, new Set(this.failedOn.get(seen.version)).add(nodeId));
    if (superseded !== null) {
      this.count("superseded");
      this.apply(movedEvent(superseded, this.nowMs));
    }
    this.issued += 1;
    this.checkIssue(nodeId, version, seen.command, superseded);
    seen.command = command;
    this.ghosts.set(commandId, { nodeId, version, publications: 0, sealedAt: null, wasReported: false });
    this.apply(requestedEvent(command, this.nowMs, isByVerdict, ""));
    this.trace.push(`${actor} ${kind} ${version} on ${nodeId} as ${commandId}`);
    this.mayDie();
    this.publish(nodeId);
    return true;
  }

  private commandDraft(command: Command): Omit<EventView, "id" | "tMs"> {
    const { kind, phase, commandId, requestId, version, fromVersion, attempts, sentence } = command;
    const detail = { commandId, requestId, version, fromVersion, attempts, note: "" };
    return { event: `${kind}-${phase}`, nodeId: command.nodeId, actor: phase === "requested" ? command.actor : "engine", sentence, detail };
  }

  private publish(nodeId: NodeId): void {
    const { command } = this.seenOf(nodeId);
    if (command === null) return;
    const { commandId, kind } = command;
    const times = { atMs: this.nowMs, wallMs: this.wallMs() };
    const attempt = this.commandDraft({ ...command, attempts: command.attempts + 1 });
    const isWritten = this.commit({ ...attempt, event: publishingEvent(kind) });
    if (!isWritten || !this.isLinkUp) {
      this.advance(nodeId, { type: "publish-failed", reason: "It cannot.", ...times });
      return;
    }
    this.mayDie();
    this.checkPublication(nodeId, commandId);
    this.letters.push({ to: "node", nodeId, version: command.version, isHealthy: true, commandId });
    this.mayDie();
    this.advance(nodeId, { type: "published", matchedSubscriptions: 1, ...times });
  }

  private advance(nodeId: NodeId, input: CommandInput): void {
    const seen = this.seenOf(nodeId);
    if (seen.command === null) return;
    const { command, publish } = advanceCommand(seen.command, input);
    const isMoved = command.phase !== seen.command.phase;
    seen.command = command;
    if (isMoved) {
      this.record(this.commandDraft(command));
      this.apply(movedEvent(command, this.nowMs));
      this.trace.push(`${command.commandId} ${command.phase}`);
      if (command.kind === "rollback" && (command.phase === "failed" || command.phase === "unconfirmed")) this.unhelped.add(nodeId);
    }
    if (publish) this.publish(nodeId);
  }

  // --- the operator ---

  private click(node: RealNode, version: ModelVersion): void {
    const { version: seen, command } = this.seenOf(node.nodeId);
    const undoes = this.options.random.next() < 0.3 ? (command?.commandId ?? null) : null;
    this.issue(node.nodeId, "deploy", "operator", version, seen, undoes, false);
  }

  private clickBack(node: RealNode): void {
    const { version, isFailing } = this.seenOf(node.nodeId);
    const offer = rollbackOffer(this.guard, node.nodeId, version);
    if (offer.offered) this.issue(node.nodeId, "rollback", "operator", offer.version as ModelVersion, version, null, isFailing);
  }

  private lift(): void {
    const entries = [...this.guard.classes.values(), ...[...this.guard.nodes.values()].flatMap(({ quarantined }) => [...quarantined.values()])];
    if (entries.length === 0) return;
    const { scope, version } = this.any(entries);
    const detail = scope.kind === "node" ? { version, scope: "node" } : { version, scope: "class", vertical: scope.nodeClass };
    if (!this.commit(draft(QUARANTINE_LIFTED, scope.kind === "node" ? scope.nodeId : null, detail, "operator"))) return;
    this.apply({ event: "quarantine-lifted", scope, version });
    if (scope.kind === "class") this.failedOn.delete(version);
    else this.failedOn.get(version)?.delete(scope.nodeId);
  }

  /** What the journal holds is what the engine knows, whatever happened. */
  private checkShadow(): void {
    if (this.pending.length > 0) return;
    const { guard } = replayJournal(this.journal, "model", { wallMs: this.wallMs(), monotonicMs: this.nowMs });
    const [live, written] = [this.shadowOf(this.guard), this.shadowOf(guard)];
    if (live !== written) this.broken(`the journal holds another state than the engine\n${live}\n${written}`);
  }

  private shadowOf(guard: GuardState): string {
    const parts = this.real.map(({ nodeId }) => {
      const { quarantined, rollbacksAtMs, command, hold, ...rest } = guardNode(guard, nodeId);
      const entries = [...quarantined.values()].map(({ version, isByClick, commandId }) => ({ version, isByClick, commandId }));
      const lately = rollbacksAtMs.filter((atMs) => this.nowMs - atMs < HOUR_MS).length;
      return { nodeId, ...rest, entries, lately, command: command === null ? null : [command.commandId, command.standing], hold: hold?.code ?? null };
    });
    return JSON.stringify([parts, [...guard.classes.keys()], [...guard.failures].filter(([, nodes]) => nodes.size > 0).map(([key, nodes]) => [key, [...nodes]])]);
  }

  // --- the promises ---

  private broken(what: string): never {
    throw new BrokenPromise(`${what}\n${this.trace.slice(-40).join("\n")}`);
  }

  private checkIssue(nodeId: NodeId, version: ModelVersion, before: Command | null, superseded: Command | null): void {
    if (before !== null && !hasEnded(before) && superseded === null) this.broken(`a second command for ${nodeId} while ${before.commandId} is on its way`);
    if ((this.failedOn.get(version)?.size ?? 0) >= CLASS_QUARANTINE) this.broken(`${version} failed on two nodes and is asked for on ${nodeId}`);
    if (quarantineOf(this.guard, nodeId).has(version)) this.broken(`${version} is in quarantine on ${nodeId} and was asked for`);
  }

  private checkPublication(nodeId: NodeId, commandId: string): void {
    const ghost = this.ghosts.get(commandId);
    if (ghost === undefined) this.broken(`${commandId} was published and never requested`);
    ghost.publications += 1;
    if (ghost.sealedAt !== null) this.broken(`${commandId} was published again by itself after a crash`);
    if (this.seenOf(nodeId).command?.commandId !== commandId) this.broken(`${commandId} was published after another took its place`);
  }

  /** Healthy samples never roll back, and no more than two rollbacks are automatic in any hour that passed. */
  private checkAutomatic(nodeId: NodeId, type: "verdict" | "class"): void {
    if (type === "verdict" && this.seenOf(nodeId).badRun < FAILS_AFTER && this.seenOf(nodeId).goodRun >= GOOD_AFTER) this.broken(`${nodeId} is healthy and is rolled back`);
    if (this.unhelped.has(nodeId)) this.broken(`a rollback did not help ${nodeId}, and another is made without a person`);
    const lately = (this.automatic.get(nodeId) ?? []).filter((atMs) => this.nowMs - atMs < HOUR_MS);
    if (lately.length >= RIGHTS.maxRollbacksPerHour) this.broken(`a third automatic rollback of ${nodeId} in an hour`);
  }

  private noteAutomatic(nodeId: NodeId): void {
    this.automatic.set(nodeId, [...(this.automatic.get(nodeId) ?? []), this.nowMs]);
  }

  private check(): void {
    for (const { nodeId } of this.real) {
      const { command } = this.seenOf(nodeId);
      const claims = command !== null && (command.phase === "acknowledged" || command.phase === "verifying" || command.phase === "verified");
      if (claims && this.ghosts.get(command.commandId)?.wasReported !== true) this.broken(`${command.commandId} is ${command.phase}, and ${nodeId} never reported ${command.version}`);
    }
  }

  /** After a restart nothing that was written is forgotten. */
  private checkReplay(): void {
    for (const [commandId, ghost] of this.ghosts) {
      const { command } = this.seenOf(ghost.nodeId);
      const isNewest = [...this.ghosts].findLast(([, other]) => other.nodeId === ghost.nodeId)?.[0] === commandId;
      if (isNewest && command?.commandId !== commandId) this.broken(`${commandId} was requested and is forgotten after a crash`);
    }
  }

  private checkRest({ nodeId, running }: RealNode): void {
    const { command, version, isFailing } = this.seenOf(nodeId);
    const node = guardNode(this.guard, nodeId);
    if (version !== running) this.broken(`${nodeId} runs ${running} and the engine says ${version ?? "nothing"}`);
    if (command !== null && !hasEnded(command)) this.broken(`${command.commandId} never ends: ${command.phase}`);
    if (isFailing && node.hold === null && command?.phase !== "inconsistent") this.broken(`${nodeId} is left failing without a word`);
    const wanted = VERSIONS.find((each) => each !== running && !quarantineOf(this.guard, nodeId).has(each));
    if (wanted === undefined) return;
    const question: CommandQuestion = { nodeId, kind: "deploy", actor: "operator", expectedVersion: version, reportedVersion: version, liveness: "live", linkState: "up", newest: command };
    if (!refuseChange(question, this.wallMs()).ok || !admitVersion(question, wanted, null, this.guard, { atMs: this.nowMs, wallMs: this.wallMs() }).ok) {
      this.broken(`nobody can do anything with ${nodeId} any more`);
    }
  }
}
