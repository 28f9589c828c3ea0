import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { type Failure } from "../../shared/result";
import { hasEnded, type Command } from "../../shared/rollout/command";
import type { AbTestWorld } from "./world";

/** Refusals that time alone may end: the same request is made again. */
const PASSING: ReadonlySet<Failure["code"]> = new Set<Failure["code"]>(["ALREADY_IN_FLIGHT", "STALE_VERSION", "JOURNAL_UNAVAILABLE", "JOURNAL_BROKEN", "LINK_DOWN", "NODE_SILENT"]);

/** How a node stands that is given a version. */
export type Placed =
  | { readonly state: "placed" }
  | { readonly state: "waiting"; readonly reason: string }
  /** Its own report, or its silence, says that it did not take it; another request may. */
  | { readonly state: "not-taken"; readonly reason: string }
  /** It will not be sent, however often it is asked for. */
  | { readonly state: "refused"; readonly reason: string };

interface Request {
  readonly requestId: string;
  isAsking: boolean;
  refusal: Failure | null;
}

/**
 * Gives one node one version by the path of a click: one request at a time, and only the node's own report says that
 * it has it.
 */
export class Placement {
  private request: Request | null = null;

  constructor(
    private readonly world: Pick<AbTestWorld, "commands">,
    /** Begins every request id of this placement; they are counted on from what was taken before. */
    private readonly prefix: string,
    readonly version: string,
    /** The version ran here before the test: it is not measured against what it takes the place of. */
    private readonly isReturn: boolean,
  ) {}

  /** Looks how it stands, and asks for what is due. */
  look(node: TrackedNode): Placed {
    const newest = this.world.commands.commandOf(node.nodeId);
    const isOurs = newest !== null && newest.requestId === this.request?.requestId;
    const isOpen = newest !== null && !hasEnded(newest);
    if (node.modelVersion === this.version && (!isOpen || newest.version === this.version) && isReported(newest, this.version)) return { state: "placed" };
    if (isOurs) return ofCommand(newest, node);
    const refusal = this.request?.refusal ?? null;
    if (refusal !== null && !PASSING.has(refusal.code)) return { state: "refused", reason: `${refusal.code}: ${refusal.message}` };
    if (this.request?.isAsking !== true) this.ask(node);
    return { state: "waiting", reason: refusal?.message ?? `${node.nodeId} is asked to run ${this.version}` };
  }

  /** Asks again, after it was not taken. */
  again(): void {
    this.request = null;
  }

  private ask(node: TrackedNode): void {
    const requestId = this.request?.requestId ?? this.freshId();
    const request: Request = { requestId, isAsking: true, refusal: this.request?.refusal ?? null };
    this.request = request;
    const asked = { nodeId: node.nodeId, version: this.version, expectedVersion: node.modelVersion, requestId, isReturn: this.isReturn };
    void this.world.commands.deploy(asked).then((answer) => {
      request.isAsking = false;
      request.refusal = answer.ok || answer.error.code === "ALREADY_RUNNING" ? null : answer.error;
    });
  }

  private freshId(): string {
    let attempt = 1;
    while (this.world.commands.knows(`${this.prefix}-${attempt}`)) attempt += 1;
    return `${this.prefix}-${attempt}`;
  }
}

function ofCommand(command: Command, { nodeId, modelVersion }: TrackedNode): Placed {
  if (!hasEnded(command)) return { state: "waiting", reason: command.sentence };
  return { state: "not-taken", reason: command.phase === "verified" ? `${nodeId} reports ${modelVersion ?? "no version"}.` : command.sentence };
}

/** Nothing newer than the version's own deploy is on its way: what the node reports is not a report from before it. */
function isReported(newest: Command | null, version: string): boolean {
  if (newest === null || hasEnded(newest) || newest.version !== version) return true;
  return newest.phase === "acknowledged" || newest.phase === "verifying";
}
