import type { Limits } from "../../shared/contract/settings";
import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { metricsBeyond } from "../../shared/judge/limits";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { admitVersion, refuseChange, type CommandQuestion } from "../../shared/rollout/admission";
import type { DecisionBasis } from "../../shared/rollout/basis";
import { advanceCommand, hasEnded, requestCommand, resumeCommand, type Command, type CommandInput } from "../../shared/rollout/command";
import { rollbackOffer } from "../../shared/rollout/guard";
import type { GuardEvent, GuardState } from "../../shared/rollout/guard-events";
import { movedEvent, requestedEvent } from "../../shared/rollout/guard-commands";
import { publishingEvent, type LiveState } from "../../shared/rollout/replay";
import type { Clock } from "../../shared/time";
import { encodeDeploy } from "../../shared/wire/deploy";
import type { Link } from "../link/port";
import { commandDraft, requestDraft } from "./command-events";
import type { DeployRequest, PolicyRollback, RollbackRequest } from "./command-requests";
import type { EventDraft, EventLog } from "./event-log";
import { liftDraft } from "./quarantine-events";

/** A subscription on the node's deploy topic is waited for at most this long before publishing anyway. */
const AWAIT_SUBSCRIPTION_MS = 1_000;

/** Request ids that are remembered, so that a request that comes twice is one command. */
const REMEMBERED_REQUESTS = 1_000;

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
  /** Why others than its A/B test may give a node no version now; null where they may. */
  reserves(nodeId: string, requestId: string): Failure | null;
  /** Told of every command and of every step that it takes, once it is written. */
  onGuardEvent(event: GuardEvent): void;
  /** Whether the registry has the version and its files are what the manifest says. */
  checkVersion(version: ModelVersion): Promise<Result<void>>;
}

/** What is asked of a node, before it is known whether it can be done. */
type Asked = Pick<CommandQuestion, "nodeId" | "kind" | "actor" | "expectedVersion">;

interface Intent extends Asked {
  readonly version: ModelVersion;
  readonly requestId: string;
  readonly undoes?: string | undefined;
  readonly isReturn?: boolean;
  /** What is told with the request: a verdict's numbers and sentence; and whether the version failed by it. */
  readonly because?: { readonly detail: EventDraft["detail"]; readonly sentence: string; readonly isByVerdict: boolean };
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
  async deploy(request: DeployRequest): Promise<Result<{ commandId: string }>> {
    const repeated = this.commandOfRequest.get(request.requestId);
    if (repeated !== undefined) return ok({ commandId: repeated });
    const version = await this.verified(request.version);
    if (!version.ok) return version;
    const reserved = this.world.reserves(request.nodeId, request.requestId);
    if (reserved !== null) return { ok: false, error: reserved };
    return this.issue({ ...request, kind: "deploy", actor: "operator", version: version.value });
  }

  /** Takes the running version back, or says why not. */
  async rollback(request: RollbackRequest): Promise<Result<{ commandId: string }>> {
    const repeated = this.commandOfRequest.get(request.requestId);
    if (repeated !== undefined) return ok({ commandId: repeated });
    const asked = { ...request, kind: "rollback", actor: "operator" } as const;
    const looked = this.changeable(asked);
    if (!looked.ok) return looked;
    const { nodeId, reportedVersion } = looked.value;
    const offer = rollbackOffer(this.world.guard(), nodeId, reportedVersion);
    const wanted = request.toVersion ?? (offer.offered ? offer.version : null);
    if (wanted === null) return fail("NO_GOOD_VERSION", offer.reason);
    const version = await this.verified(wanted);
    return version.ok ? this.issue({ ...asked, version: version.value }) : version;
  }

  /**
   * Takes a version back because the policy says so: the same path as a click, with its reasons. On disk when this
   * returns. Its files are looked at as it is published: the policy does not wait.
   */
  rollbackByPolicy({ nodeId, version: text, ...because }: PolicyRollback): Result<{ commandId: string }> {
    const version = parseModelVersion(text);
    if (!version.ok) return version;
    const id = parseNodeId(nodeId);
    if (!id.ok) return id;
    const expectedVersion = this.world.node(id.value)?.modelVersion ?? null;
    const requestId = `policy-${String(this.issued + 1).padStart(8, "0")}`;
    return this.issue({ nodeId, kind: "rollback", actor: "policy", version: version.value, expectedVersion, requestId, because });
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

  private async verified(text: string): Promise<Result<ModelVersion>> {
    const version = parseModelVersion(text);
    if (!version.ok) return version;
    const known = await this.world.checkVersion(version.value);
    return known.ok ? version : known;
  }

  /** How a node stands for a request, if it can be changed now at all. */
  private changeable({ nodeId: text, kind, actor, expectedVersion }: Asked): Result<CommandQuestion & { readonly node: TrackedNode }> {
    const nodeId = parseNodeId(text);
    if (!nodeId.ok) return nodeId;
    const node = this.world.node(nodeId.value);
    if (node === undefined) return fail("UNKNOWN_NODE", `No node ${nodeId.value} has been seen.`);
    const allowed = this.world.events.mayCommand();
    if (!allowed.ok) return allowed;
    const question = {
      node,
      nodeId: node.nodeId,
      kind,
      actor,
      expectedVersion,
      reportedVersion: node.modelVersion,
      liveness: node.liveness,
      linkState: this.world.link.status().state,
      newest: this.commandOf(node.nodeId),
    };
    const refused = refuseChange(question, this.world.clock.wallMs());
    return refused.ok ? ok(question) : refused;
  }

  private issue(intent: Intent): Result<{ commandId: string }> {
    const question = this.changeable(intent);
    if (!question.ok) return question;
    const { node } = question.value;
    const { kind, actor, version, because, requestId } = intent;
    const times = this.times();
    const admitted = admitVersion(question.value, version, intent.undoes ?? null, this.world.guard(), times);
    if (!admitted.ok) return admitted;
    const { superseded, lifts } = admitted.value;
    const commandId = `c-${String(this.issued + 1).padStart(4, "0")}`;
    const fromVersion = node.modelVersion;
    const command = requestCommand({ commandId, requestId, nodeId: node.nodeId, kind, actor, version, fromVersion }, times.wallMs);
    const isByVerdict = because?.isByVerdict ?? (kind === "rollback" && this.world.isFailing(node));
    const request = requestDraft(this.eventOf(command), kind === "rollback" ? { ...because?.detail, isByVerdict } : {}, because?.sentence ?? null);
    const written = this.world.events.commit(
      ...(lifts === null ? [] : [liftDraft(lifts, `Undo of ${lifts.commandId ?? "the rollback"}`)]),
      ...(superseded === null ? [] : [this.eventOf(superseded)]),
      request,
    );
    if (!written.ok) return written;
    if (lifts !== null) this.world.onGuardEvent({ event: "quarantine-lifted", scope: lifts.scope, version: lifts.version });
    if (superseded !== null) this.tellGuard(superseded);
    this.issued += 1;
    this.commands.set(node.nodeId, command);
    this.remember(requestId, commandId);
    this.world.onGuardEvent(requestedEvent(command, times.atMs, isByVerdict, request.sentence, intent.isReturn === true));
    void this.publish(node.nodeId);
    return ok({ commandId });
  }

  private tellGuard(command: Command): void {
    this.world.onGuardEvent(movedEvent(command, this.times().atMs));
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
    if (this.commands.get(nodeId)?.commandId !== command.commandId) {
      // Another one took its place meanwhile and could not be sent; it was never sent, for it is requested.
      if (this.commands.get(nodeId)?.phase === "requested") void this.publish(nodeId);
      return;
    }
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

  private eventOf(command: Command): EventDraft {
    const node = this.world.node(command.nodeId);
    return commandDraft(command, node === undefined ? null : this.world.basis(node));
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
