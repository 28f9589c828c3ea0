import type { CommandPhase } from "../../shared/contract/snapshot";
import type { Limits } from "../../shared/contract/settings";
import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { duration } from "../../shared/fleet/words";
import { metricsBeyond } from "../../shared/judge/limits";
import { fail, ok, type Result } from "../../shared/result";
import type { DecisionBasis } from "../../shared/rollout/basis";
import { advanceCommand, hasEnded, isSupersedable, requestCommand, resumeCommand, type Command, type CommandInput } from "../../shared/rollout/command";
import { quarantineEntry, quarantineRefusal, rollbackOffer } from "../../shared/rollout/guard";
import type { GuardEvent, GuardState, Quarantine } from "../../shared/rollout/guard-events";
import { standingOfPhase } from "../../shared/rollout/guard-journal";
import { publishingEvent, type LiveState } from "../../shared/rollout/replay";
import type { Clock } from "../../shared/time";
import { encodeDeploy } from "../../shared/wire/deploy";
import type { Link } from "../link/port";
import type { EventDraft, EventLog } from "./event-log";
import { liftDraft } from "./quarantine-events";

/** A subscription on the node's deploy topic is waited for at most this long before publishing anyway. */
const AWAIT_SUBSCRIPTION_MS = 1_000;

/** Request ids that are remembered, so that a request that comes twice is one command. */
const REMEMBERED_REQUESTS = 1_000;

/** A fleet-changing request, from a click or a script. */
export interface DeployRequest {
  readonly nodeId: string;
  readonly version: string;
  /** What the requester saw running; null where the node reports none. */
  readonly expectedVersion: string | null;
  /** The rollback that this is the Undo of. */
  readonly undoes?: string | undefined;
  readonly requestId: string;
}

/** A request to take a version back; without `toVersion` to the last good one. */
export interface RollbackRequest {
  readonly nodeId: string;
  readonly expectedVersion: string | null;
  readonly toVersion?: string | undefined;
  readonly requestId: string;
}

/** What the desk needs to know of the world. */
export interface DeskSurroundings {
  readonly link: Link;
  readonly clock: Clock;
  readonly events: EventLog;
  node(nodeId: NodeId): TrackedNode | undefined;
  limits(node: TrackedNode): Limits;
  basis(node: TrackedNode): DecisionBasis;
  guard(): GuardState;
  /** Whether its verdict is fail. */
  isFailing(node: TrackedNode): boolean;
  /** Told of every command and of every step that it takes, once it is written. */
  onGuardEvent(event: GuardEvent): void;
  /** Whether the registry has the version and its files are what the manifest says. */
  checkVersion(version: ModelVersion): Promise<Result<void>>;
}

interface Intent {
  readonly node: TrackedNode;
  readonly kind: Command["kind"];
  readonly actor: Command["actor"];
  readonly version: ModelVersion;
  readonly requestId: string;
  /** What an Undo lifts: the quarantine that the click made which it takes back. */
  readonly lifts?: Quarantine | null;
  /** What is told with the request: a verdict's numbers and sentence; and whether the version failed by it. */
  readonly because?: { readonly detail: EventDraft["detail"]; readonly sentence: string; readonly isByVerdict: boolean };
}

/** A rollback that the policy asks for. */
export interface PolicyRollback {
  readonly nodeId: string;
  readonly version: string;
  readonly detail: EventDraft["detail"];
  readonly sentence: string;
  readonly isByVerdict: boolean;
}

/**
 * Takes requests to change what a node runs and walks each through its phases. Deploy and rollback are
 * the same path; a request is on disk before anything is published, and only the node's own report
 * moves it past `sent`.
 */
export class CommandDesk {
  private readonly commands = new Map<NodeId, Command>();
  private readonly commandOfRequest = new Map<string, string>();
  private readonly publishing = new Set<NodeId>();
  private issued = 0;

  constructor(private readonly world: DeskSurroundings) {}

  /** The newest command of a node. */
  commandOf(nodeId: NodeId): Command | null {
    return this.commands.get(nodeId) ?? null;
  }

  /** Whether a request was taken before, in this run or an earlier one: it is one command, whoever asks again. */
  knows(requestId: string): boolean {
    return this.commandOfRequest.has(requestId);
  }

  /** Puts a version on a node, or says why not. */
  async deploy(request: DeployRequest, actor: Command["actor"] = "operator"): Promise<Result<{ commandId: string }>> {
    const repeated = this.commandOfRequest.get(request.requestId);
    if (repeated !== undefined) return ok({ commandId: repeated });
    const version = parseModelVersion(request.version);
    if (!version.ok) return version;
    const known = await this.world.checkVersion(version.value);
    if (!known.ok) return known;
    const node = this.changeableNode(request.nodeId, request.expectedVersion, "deploy");
    if (!node.ok) return node;
    const lifts = this.undoneEntry(node.value, version.value, request.undoes);
    const shut = lifts === null ? this.refuseQuarantined(node.value, version.value) : ok(undefined);
    if (!shut.ok) return shut;
    return this.issue({ node: node.value, kind: "deploy", actor, version: version.value, requestId: request.requestId, lifts });
  }

  /** Takes the running version back, or says why not. */
  async rollback(request: RollbackRequest): Promise<Result<{ commandId: string }>> {
    const repeated = this.commandOfRequest.get(request.requestId);
    if (repeated !== undefined) return ok({ commandId: repeated });
    const looked = this.changeableNode(request.nodeId, request.expectedVersion, "rollback");
    if (!looked.ok) return looked;
    const offer = rollbackOffer(this.world.guard(), looked.value.nodeId, looked.value.modelVersion);
    const wanted = request.toVersion ?? (offer.offered ? offer.version : null);
    if (wanted === null) return fail("NO_GOOD_VERSION", offer.reason);
    const version = parseModelVersion(wanted);
    if (!version.ok) return version;
    const known = await this.world.checkVersion(version.value);
    if (!known.ok) return known;
    const node = this.changeableNode(request.nodeId, request.expectedVersion, "rollback");
    if (!node.ok) return node;
    const shut = this.refuseQuarantined(node.value, version.value);
    if (!shut.ok) return shut;
    return this.issue({ node: node.value, kind: "rollback", actor: "operator", version: version.value, requestId: request.requestId });
  }

  /**
   * Takes a version back because the policy says so: the same path as a click, with its reasons. On disk when this
   * returns. The version was good on this node, so its files are looked at as it is published.
   */
  rollbackByPolicy({ nodeId, version: text, ...because }: PolicyRollback): Result<{ commandId: string }> {
    const version = parseModelVersion(text);
    if (!version.ok) return version;
    const reported = parseNodeId(nodeId);
    const expected = reported.ok ? (this.world.node(reported.value)?.modelVersion ?? null) : null;
    const node = this.changeableNode(nodeId, expected, "rollback", "policy");
    if (!node.ok) return node;
    const shut = this.refuseQuarantined(node.value, version.value);
    if (!shut.ok) return shut;
    const requestId = `policy-${String(this.issued + 1).padStart(8, "0")}`;
    return this.issue({ node: node.value, kind: "rollback", actor: "policy", version: version.value, requestId, because });
  }

  /**
   * Takes up what the journal knows: ids go on counting, a request that was seen stays one command, and what
   * was on its way waits for the report of its node.
   */
  resume({ nodes, issued, requests }: LiveState): void {
    const { atMs } = this.times();
    this.issued = Math.max(this.issued, issued);
    for (const [requestId, commandId] of requests) this.remember(requestId, commandId);
    for (const [nodeId, { command }] of nodes) {
      if (command !== null) this.commands.set(nodeId, resumeCommand(command, atMs));
    }
  }

  /** ALREADY_IN_FLIGHT with the first command that has not ended. */
  refuseWhileInFlight(): Result<void> {
    const open = [...this.commands.values()].find((command) => !hasEnded(command));
    if (open === undefined) return ok(undefined);
    return fail("ALREADY_IN_FLIGHT", `${open.commandId} is on its way to ${open.nodeId}. Wait for its end.`);
  }

  /** Forgets the commands of nodes that are no longer known. */
  forget(): void {
    this.commands.clear();
  }

  /** Tells the desk what a node just said. */
  hear(node: TrackedNode, type: "sample" | "heartbeat"): void {
    const times = this.times();
    this.advance(node.nodeId, { type: "reported", version: node.modelVersion, ...times });
    if (type === "sample" && node.latest !== null) {
      const beyond = metricsBeyond(node.latest, this.world.limits(node));
      this.advance(node.nodeId, { type: "sample", version: node.latest.modelVersion, beyond, ...times });
    }
  }

  /** Lets time pass for every command that is on its way. */
  tick(): void {
    for (const [nodeId, command] of this.commands) {
      if (hasEnded(command)) continue;
      const node = this.world.node(nodeId);
      if (command.resumedAtMs !== null && !hasSpoken(node, command)) {
        this.advance(nodeId, { type: "unheard", ...this.times() });
        continue;
      }
      if (node === undefined) continue;
      this.advance(nodeId, {
        type: "tick",
        nodeReportsVersion: node.reportsVersion,
        reportedVersion: node.modelVersion,
        isHeard: node.isHeard(),
        ...this.times(),
      });
    }
  }

  private times(): { atMs: number; wallMs: number } {
    return { atMs: this.world.clock.monotonicMs(), wallMs: this.world.clock.wallMs() };
  }

  private undoneEntry(node: TrackedNode, version: ModelVersion, undoes: string | undefined): Quarantine | null {
    const entry = quarantineEntry(this.world.guard(), node.nodeId, version);
    return entry?.isByClick === true && entry.scope.kind === "node" && entry.commandId === undoes ? entry : null;
  }

  private refuseQuarantined(node: TrackedNode, version: ModelVersion): Result<void> {
    const entry = quarantineEntry(this.world.guard(), node.nodeId, version);
    return entry === null ? ok(undefined) : fail("QUARANTINED", quarantineRefusal(entry, node.nodeId));
  }

  private changeableNode(text: string, expectedVersion: string | null, kind: Command["kind"], actor: Command["actor"] = "operator"): Result<TrackedNode> {
    const nodeId = parseNodeId(text);
    if (!nodeId.ok) return nodeId;
    const node = this.world.node(nodeId.value);
    if (node === undefined) return fail("UNKNOWN_NODE", `No node ${nodeId.value} has been seen.`);
    const allowed = this.world.events.mayCommand();
    if (!allowed.ok) return allowed;
    const status = this.world.link.status();
    if (status.state !== "up") {
      return fail("LINK_DOWN", `The link is ${status.state}: a command could not be confirmed.`);
    }
    const open = this.commands.get(node.nodeId);
    const isInTheWay = open !== undefined && !hasEnded(open) && !(kind === "rollback" && isSupersedable(open));
    if (isInTheWay) {
      const agoMs = this.world.clock.wallMs() - (open.steps[0]?.atMs ?? 0);
      return fail("ALREADY_IN_FLIGHT", `${open.commandId} is on its way to ${node.nodeId}, ${duration(agoMs)}.`);
    }
    // A version that fell silent in its trial is taken back all the same: its node may hear though it does not speak.
    if (actor === "operator" && (node.liveness === "stale" || node.liveness === "lost")) {
      return fail("NODE_SILENT", `${node.nodeId} is ${node.liveness}: a command could not be confirmed.`);
    }
    if (node.modelVersion !== expectedVersion) {
      const now = node.modelVersion ?? "no version";
      return fail("STALE_VERSION", `${node.nodeId} changed to ${now} while you were looking. Look again.`);
    }
    return ok(node);
  }

  private issue(intent: Intent): Result<{ commandId: string }> {
    const { node, kind, actor, version } = intent;
    if (node.modelVersion === version) {
      return fail("ALREADY_RUNNING", `${node.nodeId} already reports ${version}.`);
    }
    const commandId = `c-${String(this.issued + 1).padStart(4, "0")}`;
    const fromVersion = node.modelVersion;
    const command = requestCommand(
      { commandId, requestId: intent.requestId, nodeId: node.nodeId, kind, actor, version, fromVersion },
      this.world.clock.wallMs(),
    );
    const { because } = intent;
    const asked = this.eventOf(command);
    const isByVerdict = because?.isByVerdict ?? (kind === "rollback" && this.world.isFailing(node));
    const request: EventDraft = {
      ...asked,
      sentence: because?.sentence ?? asked.sentence,
      detail: { ...because?.detail, ...asked.detail, ...(kind === "rollback" ? { isByVerdict } : {}) },
    };
    const before = this.commands.get(node.nodeId);
    const superseded = before === undefined ? null : advanceCommand(before, { type: "superseded", ...this.times() }).command;
    const isSuperseded = superseded !== null && superseded !== before;
    const lift = intent.lifts ?? null;
    const lifted = lift === null ? [] : [liftDraft(lift, `Undo of ${lift.commandId ?? "the rollback"}`)];
    const written = this.world.events.commit(...lifted, ...(isSuperseded ? [this.eventOf(superseded)] : []), request);
    if (!written.ok) return written;
    if (lift !== null) this.world.onGuardEvent({ event: "quarantine-lifted", scope: lift.scope, version: lift.version });
    if (isSuperseded) this.tellGuard(superseded);
    this.issued += 1;
    this.commands.set(node.nodeId, command);
    this.remember(intent.requestId, commandId);
    const of = { nodeId: node.nodeId, commandId, actor, version, fromVersion };
    this.world.onGuardEvent(
      kind === "deploy"
        ? { event: "deploy-requested", ...of }
        : { event: "rollback-requested", ...of, atMs: this.times().atMs, isByVerdict, sentence: request.sentence },
    );
    void this.publish(node.nodeId);
    return ok({ commandId });
  }

  private tellGuard({ nodeId, commandId, phase, sentence }: Command): void {
    this.world.onGuardEvent({ event: "command-moved", nodeId, commandId, standing: standingOfPhase(phase), atMs: this.times().atMs, sentence });
  }

  private advance(nodeId: NodeId, input: CommandInput): void {
    const command = this.commands.get(nodeId);
    if (command === undefined) return;
    const outcome = advanceCommand(command, input);
    this.commands.set(nodeId, outcome.command);
    if (outcome.command.phase !== command.phase) {
      this.world.events.record(this.eventOf(outcome.command));
      this.tellGuard(outcome.command);
    }
    if (outcome.publish) void this.publish(nodeId);
  }

  /**
   * Publishes on the deploy topics of the node's dialect; one publication at a time for a node. That it is
   * about to be published is on disk first: after a crash what may have been sent is known, and not sent twice.
   */
  private async publish(nodeId: NodeId): Promise<void> {
    const command = this.commands.get(nodeId);
    if (command === undefined || this.publishing.has(nodeId)) return;
    this.publishing.add(nodeId);
    const published = await this.tryPublish(command);
    this.publishing.delete(nodeId);
    if (this.commands.get(nodeId)?.commandId !== command.commandId) return;
    const times = this.times();
    this.advance(
      nodeId,
      published.ok
        ? { type: "published", matchedSubscriptions: published.value.matchedSubscriptions, ...times }
        : { type: "publish-failed", reason: published.error.message, ...times },
    );
  }

  private async tryPublish(command: Command): ReturnType<Link["publish"]> {
    const { nodeId, version } = command;
    if (command.resumedAtMs !== null || command.actor === "policy") {
      // It was checked when it was requested, in an earlier run; or it is the policy's, which does not wait to ask.
      const known = await this.world.checkVersion(version);
      if (!known.ok) return known;
      const allowed = this.world.events.mayCommand();
      if (!allowed.ok) return allowed;
    }
    const attempt = command.attempts + 1;
    const written = this.world.events.commit({
      ...this.eventOf({ ...command, attempts: attempt }),
      event: publishingEvent(command.kind),
      actor: "engine",
      sentence: `${version} is published to ${nodeId}, try ${attempt}.`,
    });
    if (!written.ok) return written;
    const dialect = this.world.node(nodeId)?.dialect ?? "lydt";
    return this.world.link.publish({ ...encodeDeploy(nodeId, dialect, version), awaitSubscriptionMs: AWAIT_SUBSCRIPTION_MS });
  }

  private eventOf(command: Command): Parameters<EventLog["record"]>[0] {
    const byNode: ReadonlySet<CommandPhase> = new Set(["acknowledged"]);
    const actor = byNode.has(command.phase) ? "node" : command.phase === "requested" ? command.actor : "engine";
    const node = this.world.node(command.nodeId);
    return {
      event: `${command.kind}-${command.phase}`,
      nodeId: command.nodeId,
      actor,
      sentence: command.sentence,
      detail: {
        commandId: command.commandId,
        requestId: command.requestId,
        version: command.version,
        fromVersion: command.fromVersion,
        attempts: command.attempts,
        note: command.steps.at(-1)?.note ?? "",
      },
      ...(node === undefined ? {} : { basis: this.world.basis(node) }),
    };
  }

  private remember(requestId: string, commandId: string): void {
    this.commandOfRequest.set(requestId, commandId);
    const [oldest] = this.commandOfRequest.keys();
    if (this.commandOfRequest.size > REMEMBERED_REQUESTS && oldest !== undefined) this.commandOfRequest.delete(oldest);
  }
}

/** Whether a node has said, since the application began, what a resumed command must know: which version it runs. */
function hasSpoken(node: TrackedNode | undefined, command: Command): node is TrackedNode {
  if (node === undefined || (node.liveness !== "live" && node.liveness !== "no-metrics")) return false;
  return node.modelVersion !== null || command.fromVersion === null;
}
