import type { GuardView } from "../../shared/contract/guard";
import type { RolloutEvidence, RolloutPlan, RolloutPreview, RolloutView } from "../../shared/contract/rollouts";
import type { EventView } from "../../shared/contract/snapshot";
import { parseModelVersion, type ModelVersion } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { stopSentence } from "../../shared/rollout/guard-journal";
import type { GuardEvent, GuardState } from "../../shared/rollout/guard-events";
import { decide, nodesToReturn } from "../../shared/rollout/phased/decide";
import type { RolloutInput } from "../../shared/rollout/phased/input";
import { readRolloutEvent, rolloutDetail, ROLLOUT_EVENTS } from "../../shared/rollout/phased/journal";
import { planRollout, type Candidate, type PlannedRollout } from "../../shared/rollout/phased/plan";
import { beginRollout, eventName, evolve, hasRolloutEnded, requestIdOf, stateOf, type Rollout, type RolloutEvent, type RolloutNode } from "../../shared/rollout/phased/state";
import { viewRollout } from "../../shared/rollout/phased/view";
import { FLEET_JOINED } from "../../shared/rollout/replay";
import type { Clock, Dispose } from "../../shared/time";
import type { Journal } from "../journal/port";
import type { Link } from "../link/port";
import type { CommandDesk } from "./command-desk";
import type { EventLog } from "./event-log";
import { rolloutEvidence } from "./rollout-evidence";
import { hasWayBack, nodeProgress, unchangedNodes, type Around } from "./rollout-progress";

/** After a start, and after the link came back, a node may take this long to be seen before it counts as vanished. */
const SETTLING_MS = 15_000;
/** Roll-outs that the window is told of. */
const KEPT = 50;

/** What the desk needs of the engine. */
export interface RolloutWorld {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly journal: Pick<Journal, "ofKinds" | "status">;
  readonly link: Pick<Link, "status">;
  readonly commands: Pick<CommandDesk, "commandOf" | "deploy" | "rollback" | "knows">;
  /** In the order in which people count them. */
  nodes(): readonly TrackedNode[];
  guard(): GuardState;
  guardView(node: TrackedNode): GuardView | null;
  onGuardEvent(event: GuardEvent): void;
  policyRevision(): number;
  checkVersion(version: ModelVersion): Promise<Result<void>>;
  /** The A/B test that has a node; null of none. */
  testOf(nodeId: string): string | null;
}

/** What of an event changes the fleet or lets it be changed: on disk before it holds. The rest is seen again anyway. */
function mustBeWritten(event: RolloutEvent): boolean {
  switch (event.type) {
    case "node":
      return event.state === "sent";
    case "paused":
      return event.by === "operator";
    case "resumed":
      return event.by === "operator";
    default:
      return true;
  }
}

/**
 * Phased roll-outs in the engine. What happens is decided by `shared/rollout/phased`; here it is written down, carried
 * out by the same path as a click, and after a restart made again from the journal: a request that was taken has its
 * own id, so that it is not made twice.
 */
export class RolloutDesk {
  /** Oldest first. */
  private rollouts = new Map<string, Rollout>();
  private readonly refusals = new Map<string, Failure>();
  private readonly asking = new Set<string>();
  private readonly listeners = new Set<(views: RolloutView[]) => void>();
  private readonly startMs: { readonly wallMs: number; readonly monotonicMs: number };
  private issued = 0;
  private settledAtMs = 0;
  private wasUp = false;
  private pushed = "";

  constructor(private readonly world: RolloutWorld) {
    const { clock } = world;
    this.startMs = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }

  /** Takes up the roll-outs of a fleet from the journal, and goes on with those that had not ended. */
  restart(fleet: string): void {
    const written = this.world.journal.ofKinds([FLEET_JOINED, ...ROLLOUT_EVENTS]);
    this.rollouts = new Map();
    this.refusals.clear();
    this.settledAtMs = this.world.clock.monotonicMs() + SETTLING_MS;
    let current: unknown = null;
    for (const event of written.ok ? written.value : []) {
      if (event.event === FLEET_JOINED) current = event.detail["fleet"];
      else this.takeWritten(event, current === fleet);
    }
  }

  /** Forgets the roll-outs of a fleet that is left; the journal keeps them. */
  forget(): void {
    this.rollouts = new Map();
  }

  /** Told whenever a roll-out changed: all of them, newest first. */
  onChange(listener: (views: RolloutView[]) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Newest first. */
  list(): RolloutView[] {
    return [...this.rollouts.values()].toReversed().slice(0, KEPT).map((rollout) => this.view(rollout));
  }

  /** What a plan would do now; or, with nodes that an A/B test is about to free, once they run these versions. */
  async preview(plan: RolloutPlan, freed: ReadonlyMap<string, string> = new Map()): Promise<RolloutPreview> {
    const planned = this.plan(plan, freed);
    const refused = await this.refusalOf(plan, planned);
    return { ...planned.preview, refusal: refused === null ? null : { code: refused.code, sentence: refused.message } };
  }

  /** Starts a roll-out; the same request twice is one. Its first nodes get their turn with the next tick. */
  async start(plan: RolloutPlan, requestId: string): Promise<Result<{ rolloutId: string }>> {
    const refused = await this.refusalOf(plan, this.plan(plan));
    const repeated = [...this.rollouts.values()].find((rollout) => rollout.requestId === requestId);
    if (repeated !== undefined) return ok({ rolloutId: repeated.rolloutId });
    if (refused !== null) return { ok: false, error: refused };
    const { nodes, preview } = this.plan(plan);
    if (preview.refusal !== null) return fail("NOTHING_TO_ROLL_OUT", preview.refusal.sentence);
    const rolloutId = `r-${String(this.issued + 1).padStart(4, "0")}`;
    const sizes = preview.phases.map(({ name, nodeIds }) => `${name} ${nodeIds.length}`).join(", ");
    const event = {
      type: "started",
      rolloutId,
      requestId,
      actor: "operator",
      policyRevision: this.world.policyRevision(),
      plan,
      nodes,
      atMs: this.nowMs(),
      sentence: `Started by operator: ${plan.version} to ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}: ${sizes}.`,
    } as const;
    const rollout = beginRollout(event);
    const written = this.write(rollout, event);
    if (!written.ok) return written;
    this.issued += 1;
    this.rollouts.set(rolloutId, rollout);
    this.push();
    return ok({ rolloutId });
  }

  /** No node gets its turn until it is resumed; what is on its way goes on. */
  pause(rolloutId: string): Result<{ rolloutId: string }> {
    const reason = "Paused by operator.";
    return this.byPerson(rolloutId, (rollout) => (rollout.operatorPause === null ? { type: "paused", by: "operator", reason, atMs: this.nowMs(), sentence: reason } : null));
  }

  /** Goes on, unless something else holds it. */
  resume(rolloutId: string): Result<{ rolloutId: string }> {
    return this.byPerson(rolloutId, () => ({ type: "resumed", by: "operator", atMs: this.nowMs(), sentence: "Resumed by operator." }));
  }

  /** Ends it; with `isReturning` every node that runs the version because of it goes back to what it ran before. */
  abort(rolloutId: string, isReturning: boolean): Result<{ rolloutId: string }> {
    const rollout = this.rollouts.get(rolloutId);
    if (rollout === undefined) return fail("UNKNOWN_ROLLOUT", `There is no roll-out ${rolloutId}.`);
    if (rollout.end !== null) return fail("ROLLOUT_ENDED", `${rolloutId} has ${rollout.end}.`);
    const count = nodesToReturn(rollout).length;
    const reason = isReturning ? `Aborted by operator: ${count} ${count === 1 ? "node goes" : "nodes go"} back.` : "Aborted by operator. Nodes stay on what they run.";
    return this.byDecision(rollout, { type: "aborting", isReturning, reason, atMs: this.nowMs(), sentence: reason });
  }

  /** The roll-out that has a node and has not ended; null of none. */
  holderOf(nodeId: string): string | null {
    return [...this.rollouts.values()].find((rollout) => !hasRolloutEnded(rollout) && rollout.nodes.has(nodeId))?.rolloutId ?? null;
  }

  /** Before and after, and every judged node's samples from its own swap. */
  evidence(rolloutId: string): Result<RolloutEvidence> {
    const rollout = this.rollouts.get(rolloutId);
    if (rollout === undefined) return fail("UNKNOWN_ROLLOUT", `There is no roll-out ${rolloutId}.`);
    const nodes = new Map<string, TrackedNode>(this.world.nodes().map((node) => [node.nodeId, node]));
    return ok(rolloutEvidence(rollout, (nodeId) => nodes.get(nodeId)));
  }

  /** Decides for every roll-out that is not over, and carries out what is due. */
  tick(): void {
    this.noteLink();
    for (const rollout of this.rollouts.values()) {
      if (rollout.end !== null) continue;
      const input = this.input(rollout);
      let next = rollout;
      for (const event of decide(rollout, input)) {
        if (!this.write(next, event).ok) break;
        next = evolve(next, event);
        if (event.type === "stopped") this.quarantine(next, event.classes);
      }
      this.rollouts.set(rollout.rolloutId, next);
      this.carryOut(next);
    }
    this.push();
  }

  private takeWritten(written: EventView, isOfFleet: boolean): void {
    const read = readRolloutEvent(written);
    if (read === null) return;
    const { rolloutId, event } = read;
    this.issued = Math.max(this.issued, Number(/^r-(\d+)$/.exec(rolloutId)?.[1] ?? 0));
    if (!isOfFleet) return;
    const known = this.rollouts.get(rolloutId);
    if (event.type === "started") this.rollouts.set(rolloutId, beginRollout(event));
    else if (known !== undefined) this.rollouts.set(rolloutId, evolve(known, event));
  }

  /** Wall time of the start of the run, and the monotonic time since: no jump of the clock shortens a soak. */
  private nowMs(): number {
    const newest = Math.max(0, ...[...this.rollouts.values()].map(({ happened }) => happened[0]?.atMs ?? 0));
    return Math.max(newest, this.startMs.wallMs + this.world.clock.monotonicMs() - this.startMs.monotonicMs);
  }

  private noteLink(): void {
    const isUp = this.world.link.status().state === "up";
    if (isUp && !this.wasUp) this.settledAtMs = this.world.clock.monotonicMs() + SETTLING_MS;
    this.wasUp = isUp;
  }

  private around(node: TrackedNode): Around {
    return {
      newest: this.world.commands.commandOf(node.nodeId),
      guard: this.world.guard(),
      view: this.world.guardView(node),
      knows: (requestId) => this.world.commands.knows(requestId),
      refusalOf: (requestId) => this.refusals.get(requestId) ?? null,
    };
  }

  private input(rollout: Rollout): RolloutInput {
    const nodes = this.world.nodes();
    const { version } = rollout.plan;
    const own = nodes.filter(({ nodeId }) => rollout.nodes.has(nodeId));
    return {
      atMs: this.nowMs(),
      nodes: new Map(own.map((node) => [node.nodeId, nodeProgress(version, rollout, node, this.around(node))])),
      isSettling: this.world.clock.monotonicMs() < this.settledAtMs,
      obstacle: this.obstacle(),
      commonCause: unchangedNodes(version, nodes, (node) => this.world.guardView(node)),
    };
  }

  private obstacle(): RolloutInput["obstacle"] {
    const journal = this.world.journal.status();
    if (journal.state !== "written") return { code: "JOURNAL_UNAVAILABLE", reason: journal.sentence };
    const link = this.world.link.status();
    return link.state === "up" ? null : { code: "LINK_DOWN", reason: `The link is ${link.state}: a command could not be confirmed.` };
  }

  private view(rollout: Rollout): RolloutView {
    return viewRollout(rollout, this.input(rollout));
  }

  private plan(plan: RolloutPlan, freed: ReadonlyMap<string, string> = new Map()): PlannedRollout {
    const open = [...this.rollouts.values()].filter((rollout) => !hasRolloutEnded(rollout));
    const fleet = this.world.nodes().map((node): Candidate => {
      const taken = open.find(({ nodes }) => nodes.has(node.nodeId));
      const version = freed.get(node.nodeId);
      const progress = { ...nodeProgress(plan.version, null, node, this.around(node)), ...(version === undefined ? {} : { reportedVersion: version, isInFlight: false }) };
      const holder = taken?.rolloutId ?? (version === undefined ? this.world.testOf(node.nodeId) : null);
      return { ...progress, vertical: node.vertical, rolloutId: holder, hasWayBack: hasWayBack(plan.version, this.around(node).guard, node.nodeId) };
    });
    return planRollout(plan, fleet);
  }

  private async refusalOf(plan: RolloutPlan, { preview }: PlannedRollout): Promise<Failure | null> {
    const version = parseModelVersion(plan.version);
    if (!version.ok) return version.error;
    const known = await this.world.checkVersion(version.value);
    if (!known.ok) return known.error;
    const obstacle = this.obstacle();
    if (obstacle !== null) return { code: obstacle.code, message: obstacle.reason };
    if (preview.refusal === null) return null;
    const { code, sentence } = preview.refusal;
    return { code: code === "ROLLOUT_RUNNING" || code === "QUARANTINED" ? code : "NOTHING_TO_ROLL_OUT", message: sentence };
  }

  private byPerson(rolloutId: string, make: (rollout: Rollout) => RolloutEvent | null): Result<{ rolloutId: string }> {
    const rollout = this.rollouts.get(rolloutId);
    if (rollout === undefined) return fail("UNKNOWN_ROLLOUT", `There is no roll-out ${rolloutId}.`);
    const state = stateOf(rollout);
    if (state !== "running" && state !== "paused") return fail("ROLLOUT_ENDED", `${rolloutId} is ${state}: it can be neither paused nor resumed.`);
    const event = make(rollout);
    return event === null ? ok({ rolloutId }) : this.byDecision(rollout, event);
  }

  private byDecision(rollout: Rollout, event: RolloutEvent): Result<{ rolloutId: string }> {
    const { rolloutId } = rollout;
    const written = this.write(rollout, event);
    if (!written.ok) return written;
    this.rollouts.set(rolloutId, evolve(rollout, event));
    this.push();
    return ok({ rolloutId });
  }

  private write(rollout: Rollout, event: RolloutEvent): Result<void> {
    const nodeId = event.type === "node" || event.type === "node-returning" ? event.nodeId : null;
    const isByPerson = event.type === "started" || event.type === "aborting" || ((event.type === "paused" || event.type === "resumed") && event.by === "operator");
    const draft = {
      event: eventName(event),
      nodeId,
      actor: isByPerson ? ("operator" as const) : ("engine" as const),
      sentence: event.sentence,
      detail: rolloutDetail(rollout.rolloutId, rollout.plan.version, event),
    };
    if (mustBeWritten(event)) return this.world.events.commit(draft);
    this.world.events.record(draft);
    return ok(undefined);
  }

  private quarantine({ rolloutId, plan }: Rollout, classes: readonly (string | null)[]): void {
    const sentence = stopSentence(rolloutId, plan.version);
    this.world.onGuardEvent({ event: "rollout-stopped", version: plan.version, classes, atMs: this.world.clock.monotonicMs(), sentence });
  }

  /** Makes the requests that are due by the state: each once, whatever happened in between. */
  private carryOut(rollout: Rollout): void {
    if (rollout.abort?.isReturning === true) {
      for (const node of nodesToReturn(rollout)) if (node.returns > 0) this.ask(rollout, node, "return");
      return;
    }
    if (hasRolloutEnded(rollout) || rollout.abort !== null || this.obstacle() !== null) return;
    for (const node of rollout.nodes.values()) if (node.state === "sent") this.ask(rollout, node, "deploy");
  }

  private ask(rollout: Rollout, node: RolloutNode, kind: "deploy" | "return"): void {
    const requestId = requestIdOf(rollout, node, kind);
    if (this.asking.has(requestId) || this.refusals.has(requestId) || this.world.commands.knows(requestId)) return;
    this.asking.add(requestId);
    void this.command(rollout, node, kind, requestId).then((answer) => {
      this.asking.delete(requestId);
      if (!answer.ok) this.refusals.set(requestId, answer.error);
    });
  }

  private command(rollout: Rollout, node: RolloutNode, kind: "deploy" | "return", requestId: string): Promise<Result<{ commandId: string }>> {
    const { nodeId, fromVersion } = node;
    const { version } = rollout.plan;
    if (kind === "deploy") return this.world.commands.deploy({ nodeId, version, expectedVersion: fromVersion, requestId });
    return this.world.commands.rollback({ nodeId, expectedVersion: version, toVersion: fromVersion ?? undefined, requestId });
  }

  private push(): void {
    if (this.listeners.size === 0) return;
    const views = this.list();
    const text = JSON.stringify(views);
    if (text === this.pushed) return;
    this.pushed = text;
    for (const listener of this.listeners) listener(views);
  }
}
