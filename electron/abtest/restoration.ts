import type { TestEventOf, TestRecord } from "../../shared/abtest/record";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { Placement } from "./placement";
import type { AbTestWorld } from "./world";

/** A command that nobody confirmed is made so often before its node counts as left. */
const ATTEMPTS = 5;
/** A node that does not confirm its version is waited for so long. */
const WITHIN_MS = 600_000;

/** Puts the version of every node of a test back, each by the node's own report. */
export class Restoration {
  private readonly placements = new Map<string, Placement>();
  private readonly attempts = new Map<string, number>();
  private readonly sinceMs: number;

  constructor(
    private readonly world: AbTestWorld,
    private readonly started: TestRecord["started"],
  ) {
    this.sinceMs = world.clock.monotonicMs();
  }

  /** Looks at one node, and asks for what is due. @returns how it ended for the node, once it has. */
  look(nodeId: string, version: string): TestEventOf<"node-back"> | null {
    const node = this.world.node(nodeId);
    if (node !== undefined && this.isGivenByPerson(node)) return this.left(nodeId, version, `${nodeId} stays with what a person chose for it.`, true);
    const isLate = this.world.clock.monotonicMs() - this.sinceMs > WITHIN_MS;
    if (node === undefined) return isLate ? this.left(nodeId, version, `${nodeId} has not been seen for 10 min.`) : null;
    const placement = this.placementOf(nodeId, version);
    const placed = placement.look(node);
    switch (placed.state) {
      case "placed":
        return { type: "node-back", nodeId, version, state: "confirmed", isByPerson: false, atMs: this.world.clock.wallMs(), sentence: `${nodeId} runs ${version} by its own report.` };
      case "refused":
        return this.left(nodeId, version, placed.reason);
      case "waiting":
        return isLate ? this.left(nodeId, version, `${nodeId} did not confirm ${version} in 10 min: ${placed.reason}`) : null;
      case "not-taken": {
        const made = (this.attempts.get(nodeId) ?? 0) + 1;
        this.attempts.set(nodeId, made);
        if (made >= ATTEMPTS) return this.left(nodeId, version, `${nodeId} did not confirm ${version}: ${placed.reason}`);
        placement.again();
        return null;
      }
    }
  }

  private placementOf(nodeId: string, version: string): Placement {
    const before = this.started.nodes.find((each) => each.nodeId === nodeId)?.beforeVersion;
    const placement = this.placements.get(nodeId) ?? new Placement(this.world, `${this.started.testId}-${nodeId}-back`, version, version === before);
    this.placements.set(nodeId, placement);
    return placement;
  }

  private isGivenByPerson(node: TrackedNode): boolean {
    const newest = this.world.commands.commandOf(node.nodeId);
    if (newest === null || newest.actor !== "operator" || newest.requestId.startsWith(`${this.started.testId}-`)) return false;
    return (newest.steps[0]?.atMs ?? 0) >= this.started.atMs;
  }

  private left(nodeId: string, version: string, why: string, isByPerson = false): TestEventOf<"node-back"> {
    const runs = this.world.node(nodeId)?.modelVersion ?? "an unknown version";
    return { type: "node-back", nodeId, version, state: "left", isByPerson, atMs: this.world.clock.wallMs(), sentence: `${why} It runs ${runs}.` };
  }
}
