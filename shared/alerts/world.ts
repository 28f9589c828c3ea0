import type { NodeView, Snapshot } from "../contract/snapshot";
import type { DiagnosticView } from "../contract/system";
import type { LimitedMetric } from "../judge/limits";

/** What is measured of this machine; null is what cannot be measured. */
export interface HostReadings {
  /** Share of all cores in use, 0 to 100. */
  readonly cpuPercent: number | null;
  /** Share of memory in use, 0 to 100. */
  readonly memoryPercent: number | null;
  /** Share in use of the disk that the journal is on, 0 to 100. */
  readonly diskPercent: number | null;
}

/** An A/B test that has not ended, as rules look at it. */
export interface OpenTest {
  readonly testId: string;
  /** Why it waits; null while it runs, exchanges versions or puts them back. */
  readonly pausedBy: string | null;
}

/** Everything that rules look at. */
export interface AlertWorld {
  readonly snapshot: Pick<Snapshot, "atMs" | "link" | "processes" | "journal" | "periodP95Ms" | "nodes">;
  /** What components tell of themselves and their machines on /diagnostics; at most what the window lists. */
  readonly diagnostics: readonly DiagnosticView[];
  /** Null where nothing measures this machine. */
  readonly host: HostReadings | null;
  readonly openTests: readonly OpenTest[];
  /** The policy only shows this metric of this node. */
  isMuted(node: NodeView, metric: LimitedMetric): boolean;
  /** Messages of a node that could not be read, in the last minute. */
  malformedLately(nodeId: string): number;
}

/** The last minute of counters that only go up. */
export class RecentRise {
  private readonly counts = new Map<string, { readonly atMs: number; readonly total: number }[]>();

  /** @param withinMs how far back it looks. */
  constructor(private readonly withinMs: number) {}

  /** Takes a counter's total. `atMs` must not go back. */
  take(name: string, total: number, atMs: number): void {
    const known = this.counts.get(name) ?? [];
    const newest = known.at(-1);
    if (newest?.total !== total) known.push({ atMs, total });
    while (known.length > 1 && (known[1]?.atMs ?? atMs) <= atMs - this.withinMs) known.shift();
    this.counts.set(name, known);
  }

  /** By how much a counter went up within the time; 0 for an unknown one. */
  of(name: string): number {
    const known = this.counts.get(name);
    return known === undefined ? 0 : Math.max(0, (known.at(-1)?.total ?? 0) - (known[0]?.total ?? 0));
  }
}
