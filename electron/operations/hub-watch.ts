import type { HubView } from "../../shared/contract/snapshot";
import { hubDifferences, type HubDifference, type KnownNode } from "../../shared/fleet/hub-differences";
import type { HubStatus } from "../../shared/fleet/hub-status";
import type { NodeId } from "../../shared/fleet/ids";
import { LOST_AFTER_MS, STALE_AFTER_MS } from "../../shared/fleet/liveness";
import { counted } from "../../shared/fleet/words";
import type { Failure } from "../../shared/result";

/** A difference must hold this long before it is told, ms: at a swap the hub and the node say one after the other. */
const TOLD_AFTER_MS = 5_000;

/** Differences named in one notice. */
const NAMED = 3;

/** Nodes of the hub that the window gets; those that differ come first. */
const SHOWN_NODES = 100;

interface Held {
  readonly difference: HubDifference;
  /** Monotonic ms since when it holds. */
  readonly sinceMs: number;
}

/** Holds what the fleet hub says against what the nodes say themselves. Times: monotonic ms, but for those of the status. */
export class HubWatch {
  private newest: { readonly status: HubStatus; readonly atMs: number } | null = null;
  private held: ReadonlyMap<string, Held> = new Map();

  constructor(private readonly known: (nodeId: NodeId) => KnownNode | undefined) {}

  /** Takes in a status that arrived at `nowMs`. */
  take(status: HubStatus, nowMs: number): void {
    this.newest = { status, atMs: nowMs };
    const held = new Map<string, Held>();
    for (const difference of hubDifferences(status.nodes, this.known)) {
      // Another version is another difference; its clause says so.
      held.set(difference.clause, { difference, sinceMs: this.held.get(difference.clause)?.sinceMs ?? nowMs });
    }
    this.held = held;
  }

  /** Forgets the hub of a graph that the link leaves. */
  forget(): void {
    this.newest = null;
    this.held = new Map();
  }

  /** The notice for the operator, while the hub is heard and something of what it says has been different for 5 s. */
  notice(nowMs: number): Failure<"HUB_DISAGREES"> | null {
    const told = this.told(nowMs);
    if (told.length === 0) return null;
    const clauses = told.slice(0, NAMED).map(({ clause }) => clause);
    const rest = told.length - clauses.length;
    const more = rest > 0 ? `; and ${counted(rest, "more difference")}` : "";
    return { code: "HUB_DISAGREES", message: `The fleet hub says otherwise than the nodes themselves: ${clauses.join("; ")}${more}.` };
  }

  /** What the hub says, for the window; null where none was heard for 30 s. */
  view(nowMs: number): HubView | null {
    if (this.newest === null || nowMs - this.newest.atMs >= LOST_AFTER_MS) return null;
    const { status } = this.newest;
    const told = new Map(this.told(nowMs).map((difference) => [difference.nodeId, difference.clause]));
    const nodes = status.nodes.map(({ nodeId, isAlive, modelVersion }) => ({
      nodeId,
      isAlive,
      modelVersion,
      difference: told.get(nodeId) ?? null,
    }));
    const differing = nodes.filter(({ difference }) => difference !== null);
    const others = nodes.filter(({ difference }) => difference === null);
    return {
      receivedAtMs: status.receivedAtMs,
      profile: status.profile,
      listed: nodes.length,
      alive: nodes.filter(({ isAlive }) => isAlive).length,
      nodes: [...differing, ...others].slice(0, SHOWN_NODES),
    };
  }

  private told(nowMs: number): readonly HubDifference[] {
    if (this.newest === null || nowMs - this.newest.atMs >= STALE_AFTER_MS) return [];
    return [...this.held.values()].filter(({ sinceMs }) => nowMs - sinceMs >= TOLD_AFTER_MS).map(({ difference }) => difference);
  }
}
