import type { Interruption, TestInput } from "../../shared/abtest/input";
import type { TestRecord } from "../../shared/abtest/record";
import type { GuardView } from "../../shared/contract/guard";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { AbTestWorld } from "./world";

/** What ends a test, as its inference is told; its time is the caller's. */
export type Ending =
  | { readonly type: "interrupted"; readonly cause: Interruption; readonly nodeId: string }
  | Omit<Extract<TestInput, { readonly type: "breached" }>, "tMs">
  | Omit<Extract<TestInput, { readonly type: "invalidated" }>, "tMs">;

/** What makes a test wait. */
export interface Obstruction {
  readonly cause: Interruption;
  readonly nodeId: string | null;
}

/** A verdict that fails may be the environment: peers are waited for as long as the judge does, and a little more. */
const FAILING_FOR_MS = 3_000;

/** Looks at the nodes of one test: what ends it, and what makes it wait. It remembers what it has seen of them. */
export class Watch {
  private readonly restarts = new Map<string, number>();
  private policyRevision: number;
  /** The scene of a node was changed by a person. */
  private scene: string | null = null;

  constructor(
    private readonly world: AbTestWorld,
    private readonly test: TestRecord,
  ) {
    this.policyRevision = world.policyRevision();
  }

  /** Somebody changed what a node sees. */
  noteScene(nodeId: string): void {
    if (this.test.started.nodes.some((node) => node.nodeId === nodeId)) this.scene = nodeId;
  }

  /** What ends the test, by the node that it is found at; null where nothing does. */
  endingOf(nodeId: string): Ending | null {
    const node = this.world.node(nodeId);
    if (node === undefined) return null;
    const { restarts } = node.sequences;
    const known = this.restarts.get(nodeId);
    this.restarts.set(nodeId, restarts);
    if (known !== undefined && restarts > known) return { type: "interrupted", cause: "restart", nodeId };
    return this.foreignCommand(node) ?? this.breach(node);
  }

  /** What makes the test wait, and is over by itself; null where nothing does. Each change of policy or scene counts once. */
  obstruction(): Obstruction | null {
    const lasting = this.lasting();
    if (lasting !== null) return lasting;
    const revision = this.world.policyRevision();
    if (revision !== this.policyRevision) {
      this.policyRevision = revision;
      return { cause: "policy-change", nodeId: null };
    }
    const { scene } = this;
    this.scene = null;
    return scene === null ? null : { cause: "scene-change", nodeId: scene };
  }

  /** What makes the test wait as long as it lasts. */
  private lasting(): Obstruction | null {
    if (this.world.linkState() !== "up") return { cause: "link-lost", nodeId: null };
    for (const { nodeId } of this.test.started.nodes) {
      const node = this.world.node(nodeId);
      if (node === undefined || node.liveness === "lost" || node.liveness === "stale" || node.liveness === "joining") return { cause: "node-lost", nodeId };
      if (node.liveness === "no-metrics") return { cause: "no-metrics", nodeId };
      if (isCommonCause(this.world.guardView(node))) return { cause: "scene-change", nodeId };
    }
    return null;
  }

  /** A command that others gave a node of the test. */
  private foreignCommand(node: TrackedNode): Ending | null {
    const { nodeId, liveness } = node;
    const newest = this.world.commands.commandOf(nodeId);
    const { testId, atMs } = this.test.started;
    if (newest === null || newest.requestId.startsWith(`${testId}-`) || (newest.steps[0]?.atMs ?? 0) < atMs) return null;
    // A node that was taken back because it fell silent has shown nothing that a version could be blamed for.
    if (newest.kind === "rollback" && newest.actor === "policy" && liveness === "live") {
      const verdict = this.world.guardView(node)?.verdict;
      const why = verdict?.outcome === "fail" ? ` ${verdict.sentence}` : "";
      return { type: "breached", metric: why === "" ? null : (verdict?.metric ?? null), sentence: `the judge took ${newest.fromVersion ?? "its version"} back from ${nodeId}.${why}` };
    }
    if (newest.kind === "rollback") return { type: "interrupted", cause: "rollback", nodeId };
    return { type: "invalidated", reason: `${nodeId} was given ${newest.version} by somebody else` };
  }

  /** A verdict that fails, and is not the environment's. */
  private breach(node: TrackedNode): Ending | null {
    const view = this.world.guardView(node);
    if (view?.verdict.outcome !== "fail" || isCommonCause(view) || node.liveness !== "live" || this.world.linkState() !== "up") return null;
    const isDecided = view.hold !== null || this.world.clock.wallMs() - view.verdict.sinceMs >= FAILING_FOR_MS;
    if (!isDecided) return null;
    return { type: "breached", metric: view.verdict.metric, sentence: `${node.modelVersion ?? "what runs"} failed on ${node.nodeId}. ${view.verdict.sentence}` };
  }
}

function isCommonCause(view: GuardView | null): boolean {
  return view?.hold?.code === "COMMON_CAUSE";
}
