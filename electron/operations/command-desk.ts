import type { CommandPhase } from "../../shared/contract/snapshot";
import type { Limits } from "../../shared/contract/settings";
import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { noteChosen, noteTakenBack, rollbackOffer } from "../../shared/fleet/version-history";
import { duration } from "../../shared/fleet/words";
import { metricsBeyond } from "../../shared/judge/limits";
import { fail, ok, type Result } from "../../shared/result";
import { decisionBasis } from "../../shared/rollout/basis";
import { advanceCommand, hasEnded, requestCommand, resumeCommand, type Command, type CommandInput } from "../../shared/rollout/command";
import { publishingEvent, type LiveState } from "../../shared/rollout/replay";
import type { Clock } from "../../shared/time";
import { encodeDeploy } from "../../shared/wire/deploy";
import type { Link } from "../link/port";
import type { EventLog } from "./event-log";

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
  limits(): Limits;
  /** Whether the registry has the version and its files are what the manifest says. */
  checkVersion(version: ModelVersion): Promise<Result<void>>;
}

interface Intent {
  readonly node: TrackedNode;
  readonly kind: Command["kind"];
  readonly actor: Command["actor"];
  readonly version: ModelVersion;
  readonly requestId: string;
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

  /** Puts a version on a node, or says why not. */
  async deploy(request: DeployRequest, actor: Command["actor"] = "operator"): Promise<Result<{ commandId: string }>> {
    const repeated = this.commandOfRequest.get(request.requestId);
    if (repeated !== undefined) return ok({ commandId: repeated });
    const version = parseModelVersion(request.version);
    if (!version.ok) return version;
    const known = await this.world.checkVersion(version.value);
    if (!known.ok) return known;
    const node = this.changeableNode(request.nodeId, request.expectedVersion);
    if (!node.ok) return node;
    return this.issue({ node: node.value, kind: "deploy", actor, version: version.value, requestId: request.requestId });
  }

  /** Takes the running version back, or says why not. */
  async rollback(request: RollbackRequest, actor: Command["actor"] = "operator"): Promise<Result<{ commandId: string }>> {
    const repeated = this.commandOfRequest.get(request.requestId);
    if (repeated !== undefined) return ok({ commandId: repeated });
    const looked = this.changeableNode(request.nodeId, request.expectedVersion);
    if (!looked.ok) return looked;
    const offer = rollbackOffer(looked.value.versions, looked.value.nodeId);
    const wanted = request.toVersion ?? (offer.offered ? offer.version : null);
    if (wanted === null) return fail("NO_GOOD_VERSION", offer.reason);
    const version = parseModelVersion(wanted);
    if (!version.ok) return version;
    const known = await this.world.checkVersion(version.value);
    if (!known.ok) return known;
    const node = this.changeableNode(request.nodeId, request.expectedVersion);
    if (!node.ok) return node;
    return this.issue({ node: node.value, kind: "rollback", actor, version: version.value, requestId: request.requestId });
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
      const beyond = metricsBeyond(node.latest, this.world.limits());
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

  private changeableNode(text: string, expectedVersion: string | null): Result<TrackedNode> {
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
    if (open !== undefined && !hasEnded(open)) {
      const agoMs = this.world.clock.wallMs() - (open.steps[0]?.atMs ?? 0);
      return fail("ALREADY_IN_FLIGHT", `${open.commandId} is on its way to ${node.nodeId}, ${duration(agoMs)}.`);
    }
    if (node.liveness === "stale" || node.liveness === "lost") {
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
    const written = this.world.events.commit(this.eventOf(command));
    if (!written.ok) return written;
    this.issued += 1;
    this.commands.set(node.nodeId, command);
    this.remember(intent.requestId, commandId);
    if (kind === "deploy") node.versions = noteChosen(node.versions, version);
    if (kind === "rollback" && fromVersion !== null) node.versions = noteTakenBack(node.versions, fromVersion);
    void this.publish(node.nodeId);
    return ok({ commandId });
  }

  private advance(nodeId: NodeId, input: CommandInput): void {
    const command = this.commands.get(nodeId);
    if (command === undefined) return;
    const outcome = advanceCommand(command, input);
    this.commands.set(nodeId, outcome.command);
    if (outcome.command.phase !== command.phase) this.world.events.record(this.eventOf(outcome.command));
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
    if (command.resumedAtMs !== null) {
      // It was checked when it was requested, in an earlier run.
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
      ...(node === undefined ? {} : { basis: decisionBasis(node, this.world.limits()) }),
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
