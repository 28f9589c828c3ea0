import type { RolloutPlan } from "../../contract/rollouts";
import type { CommandPhase, EventView, Liveness } from "../../contract/snapshot";
import { fail } from "../../result";
import { decide, nodesToReturn } from "./decide";
import { gateConditions, nodesOf } from "./gate";
import type { NodeProgress, RolloutInput } from "./input";
import { readRolloutEvent, rolloutDetail } from "./journal";
import { planRollout } from "./plan";
import { beginRollout, eventName, evolve, hasRolloutEnded, replayRollout, requestIdOf, stateOf, type Rollout, type RolloutEvent } from "./state";

/** A plan of tests: two canaries, half, all; a minute of soak; stops at 2 of 4. */
export const PLAN: RolloutPlan = { version: "1.1.0", canary: 2, share: 0.5, atOnce: 1, soakMs: 60_000, stop: { leastFailures: 2, failureShare: 0.2, leastJudged: 4 } };

/** A node of the model: a real one as far as a roll-out can see it. */
interface ModelNode {
  version: string;
  liveness: Liveness;
  passed: number;
  isCommitted: boolean;
  isQuarantined: boolean;
  isRolledBack: boolean;
  isReplaced: boolean;
  /** Commands by request id. */
  readonly commands: Map<string, CommandPhase>;
  newest: string | null;
  /** The version is bad on it: its trial ends in a rollback. */
  isBad: boolean;
  /** Nothing that is sent arrives. */
  isDeaf: boolean;
}

const NEEDED = 3;

/** A fleet, a roll-out of it and its journal, in which everything can go wrong. Says what was violated. */
export class ModelFleet {
  readonly nodes = new Map<string, ModelNode>();
  readonly written: EventView[] = [];
  rollout: Rollout;
  atMs = 1_000_000;
  isLinkUp = true;
  commonCause = { degrading: 0, watched: 4 };
  /** Seconds until a node that is not there yet counts as vanished. */
  private settling = 0;
  /** What must never be. */
  readonly violations: string[] = [];
  readonly sent: string[] = [];

  constructor(size: number, plan: RolloutPlan = PLAN) {
    for (let index = 0; index < size; index += 1) {
      this.nodes.set(`node_${index}`, {
        version: "1.0.0", liveness: "live", passed: 0, isCommitted: true, isQuarantined: false, isRolledBack: false, isReplaced: false, commands: new Map(), newest: null, isBad: false, isDeaf: false,
      });
    }
    const candidates = [...this.nodes].map(([nodeId, node]) => ({ ...this.progressOf(nodeId, node, null), vertical: "drone", rolloutId: null, hasWayBack: true }));
    const { nodes } = planRollout(plan, candidates);
    const started = { type: "started", rolloutId: "r-0001", requestId: "request-1", actor: "operator", policyRevision: 1, plan, nodes, atMs: this.atMs, sentence: "Started." } as const;
    this.rollout = beginRollout(started);
    this.write(started);
  }

  node(index: number): ModelNode {
    const node = this.nodes.get(`node_${index % this.nodes.size}`);
    if (node === undefined) throw new Error("the model has no node");
    return node;
  }

  private write(event: RolloutEvent): void {
    const nodeId = event.type === "node" || event.type === "node-returning" ? event.nodeId : null;
    this.written.push({ id: this.written.length, tMs: 0, event: eventName(event), nodeId, actor: "engine", sentence: event.sentence, detail: rolloutDetail("r-0001", "1.1.0", event) });
  }

  /** Puts an event of a person into the journal and the state. */
  take(event: RolloutEvent): void {
    this.write(event);
    this.rollout = evolve(this.rollout, event);
  }

  replayed(): Rollout | null {
    return replayRollout(this.written.flatMap((each) => readRolloutEvent(each)?.event ?? []));
  }

  /** Ends at any point and begins again with what is on disk. */
  restart(): void {
    const replayed = this.replayed();
    if (replayed === null) this.violations.push("the journal does not begin with a start");
    else this.rollout = replayed;
    this.settling = 3;
  }

  private progressOf(nodeId: string, node: ModelNode, request: string | null): NodeProgress {
    return {
      nodeId,
      liveness: node.liveness,
      reportedVersion: node.liveness === "live" || node.liveness === "stale" || node.liveness === "lost" ? node.version : null,
      command: request === null ? null : (node.commands.get(request) ?? null),
      refusal: null,
      isInFlight: [...node.commands.values()].some((phase) => phase === "sent"),
      trial: { passed: node.passed, needed: NEEDED },
      isCommitted: node.isCommitted,
      isQuarantined: node.isQuarantined,
      isRolledBack: node.isRolledBack,
      isReplaced: node.isReplaced,
      failing: null,
    };
  }

  input(): RolloutInput {
    const nodes = new Map<string, NodeProgress>();
    for (const [nodeId, node] of this.nodes) {
      const known = this.rollout.nodes.get(nodeId);
      const request = known === undefined ? null : requestIdOf(this.rollout, known, known.returns > 0 ? "return" : "deploy");
      const refused = this.isLinkUp ? null : fail("LINK_DOWN", "The link is down.").error;
      nodes.set(nodeId, { ...this.progressOf(nodeId, node, request), refusal: request !== null && known?.state === "sent" && !node.commands.has(request) ? refused : null });
    }
    const obstacle = this.isLinkUp ? null : ({ code: "LINK_DOWN", reason: "The link is down." } as const);
    return { atMs: this.atMs, nodes, isSettling: this.settling > 0, obstacle, commonCause: this.commonCause };
  }

  /** One decision, checked; `crashAfter` ends everything after so many of its events, before their effects. */
  tick(crashAfter = Infinity): void {
    this.live();
    const input = this.input();
    const events = decide(this.rollout, input);
    for (const event of events.slice(0, crashAfter)) {
      this.check(event, input);
      this.take(event);
    }
    if (crashAfter < events.length) {
      this.restart();
      return;
    }
    this.carryOut();
  }

  private check(event: RolloutEvent, input: RolloutInput): void {
    if (event.type === "gate-passed") {
      const isEmpty = nodesOf(this.rollout, event.phase).length === 0;
      const unmet = gateConditions(this.rollout, event.phase, input).filter(({ met }) => !met);
      if (!isEmpty && unmet.length > 0) this.violations.push(`gate ${event.phase} was passed without: ${unmet.map(({ sentence }) => sentence).join()}`);
      if (stateOf(this.rollout) !== "running") this.violations.push(`a gate was passed while ${stateOf(this.rollout)}`);
    }
    if (event.type !== "node") return;
    const node = this.nodes.get(event.nodeId);
    const before = this.rollout.nodes.get(event.nodeId);
    if (node === undefined || before === undefined) return;
    if (event.state === "committed" && (node.liveness !== "live" || !node.isCommitted || node.version !== "1.1.0")) this.violations.push(`${event.nodeId} was counted as committed and is not`);
    if (event.state !== "sent") return;
    if (stateOf(this.rollout) !== "running") this.violations.push(`${event.nodeId} was sent while ${stateOf(this.rollout)}`);
    if (before.phase > this.rollout.phase) this.violations.push(`${event.nodeId} was sent before its gate`);
    if (before.state === "sent" || before.state === "trial") this.violations.push(`${event.nodeId} was sent twice`);
    if (node.isQuarantined) this.violations.push(`${event.nodeId} was sent what is in quarantine for it`);
    const busy = [...this.rollout.nodes.values()].filter(({ state }) => state === "sent" || state === "trial").length;
    if (busy >= this.rollout.plan.atOnce) this.violations.push("too many at once");
  }

  /** What the desk does: sends what is due and was never asked for. */
  private carryOut(): void {
    if (!this.isLinkUp || this.rollout.end !== null) return;
    for (const known of this.rollout.nodes.values()) {
      const isReturn = this.rollout.abort !== null && known.returns > 0 && nodesToReturn(this.rollout).includes(known);
      if (!isReturn && (known.state !== "sent" || hasRolloutEnded(this.rollout) || this.rollout.abort !== null)) continue;
      const node = this.nodes.get(known.nodeId);
      const request = requestIdOf(this.rollout, known, isReturn ? "return" : "deploy");
      if (node === undefined || node.commands.has(request)) continue;
      if ([...node.commands.values()].includes("sent")) this.violations.push(`two commands on their way to ${known.nodeId}`);
      if (this.sent.includes(request)) this.violations.push(`${request} was sent twice`);
      this.sent.push(request);
      node.commands.set(request, "sent");
      node.newest = request;
      node.isRolledBack = false;
      node.isReplaced = false;
    }
  }

  /** A second of the fleet: commands arrive, trials go on, bad versions are taken back. */
  private live(): void {
    this.atMs += 1_000;
    this.settling = Math.max(0, this.settling - 1);
    for (const [nodeId, node] of this.nodes) {
      const isHeard = node.liveness === "live";
      if (node.newest !== null && node.commands.get(node.newest) === "sent") {
        if (isHeard && !node.isDeaf) {
          node.commands.set(node.newest, "acknowledged");
          node.version = node.newest.includes("-back-") ? "1.0.0" : "1.1.0";
          node.passed = 0;
          node.isCommitted = node.version === "1.0.0";
        } else node.commands.set(node.newest, isHeard ? "failed" : "unconfirmed");
      }
      if (!isHeard || node.version !== "1.1.0") continue;
      if (node.isBad) {
        node.version = "1.0.0";
        node.isRolledBack = true;
        node.isQuarantined = true;
        node.isCommitted = true;
        continue;
      }
      node.passed += 1;
      if (node.passed >= NEEDED) node.isCommitted = true;
      if (nodeId === "") return;
    }
  }
}
