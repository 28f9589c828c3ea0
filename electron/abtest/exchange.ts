import type { TestRecord } from "../../shared/abtest/record";
import { Placement } from "./placement";
import type { AbTestWorld } from "./world";

/** A version that a node could not be given for so long invalidates the test. */
const WITHIN_MS = 300_000;

/** How an exchange stands. `failed`: a clause that says which node did not take what. */
export type Exchanged = { readonly state: "done" | "waiting" } | { readonly state: "failed"; readonly reason: string };

/** Puts the versions of one block on the nodes of a test. */
export class Exchange {
  private readonly placements = new Map<string, Placement>();
  private readonly sinceMs: number;

  constructor(
    private readonly world: AbTestWorld,
    private readonly started: TestRecord["started"],
    private readonly blockIndex: number,
    /** What each node is to run. */
    private readonly versions: ReadonlyMap<string, string>,
  ) {
    this.sinceMs = world.clock.monotonicMs();
  }

  /** Looks at every node, and asks for what is due. */
  look(): Exchanged {
    const waiting: string[] = [];
    for (const [nodeId, version] of this.versions) {
      const node = this.world.node(nodeId);
      const placed = node === undefined ? ({ state: "waiting", reason: `${nodeId} has not been seen` } as const) : this.placementOf(nodeId, version).look(node);
      if (placed.state === "placed") continue;
      if (placed.state !== "waiting") return { state: "failed", reason: `${nodeId} did not take ${version} (${withoutStop(placed.reason)})` };
      waiting.push(placed.reason);
    }
    const [first] = waiting;
    if (first === undefined) return { state: "done" };
    const isLate = this.world.clock.monotonicMs() - this.sinceMs > WITHIN_MS;
    return isLate ? { state: "failed", reason: `versions could not be exchanged (${withoutStop(first)})` } : { state: "waiting" };
  }

  private placementOf(nodeId: string, version: string): Placement {
    const { testId, nodes } = this.started;
    const isReturn = nodes.some((node) => node.nodeId === nodeId && node.beforeVersion === version);
    const placement = this.placements.get(nodeId) ?? new Placement(this.world, `${testId}-${nodeId}-${this.blockIndex + 1}`, version, isReturn);
    this.placements.set(nodeId, placement);
    return placement;
  }
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
