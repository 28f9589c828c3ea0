import { METRICS, type Metric } from "../fleet/sample";
import { Intervals, NO_GAPS, withGap, type Gaps } from "./silence";
import type { SampleBatch } from "./samples";
import { takesNode, takesVersion, type ReportScope } from "./scope";
import { Tally, type TalliedFigures } from "./tally";
import { NodeTraces, type NodeTrace } from "./trace";

/** What n samples of one metric say: n is of those that reported it. */
export type MetricFigures = TalliedFigures;

/** What the samples of one node and one version say. */
export interface GroupFigures {
  readonly nodeId: string;
  /** Null where the samples carry none. */
  readonly version: string | null;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Silences between two samples of the node, of which the first is of this version. */
  readonly gaps: Gaps;
  readonly metrics: Readonly<Record<Metric, MetricFigures>>;
}

/** How often a node's samples came, whatever version ran. */
export interface NodeFigures {
  readonly nodeId: string;
  readonly samples: number;
  /** Lower median of the intervals up to a minute, ms; null below two samples. */
  readonly medianIntervalMs: number | null;
  /** A longer silence is a gap. */
  readonly gapAfterMs: number;
}

/** Everything that is computed from samples. */
export interface Figures {
  readonly samples: number;
  readonly groups: readonly GroupFigures[];
  readonly nodes: readonly NodeFigures[];
  readonly traces: readonly NodeTrace[];
}

/** One node and version while it is read. */
class GroupTally {
  readonly tallies: Readonly<Record<Metric, Tally>>;
  samples = 0;
  firstMs = Infinity;
  lastMs = -Infinity;
  gaps: Gaps = NO_GAPS;

  constructor(
    readonly nodeId: string,
    readonly version: string | null,
  ) {
    this.tallies = Object.fromEntries(METRICS.map((metric) => [metric, new Tally()])) as Record<Metric, Tally>;
  }

  figures(): GroupFigures {
    const { nodeId, version, samples, firstMs, lastMs, gaps, tallies } = this;
    const metrics = Object.fromEntries(METRICS.map((metric) => [metric, tallies[metric].figures()])) as Record<Metric, MetricFigures>;
    return { nodeId, version, samples, firstMs, lastMs, gaps, metrics };
  }
}

/** One node while it is read. */
class NodeTally {
  readonly groups = new Map<string | null, GroupTally>();
  readonly intervals = new Intervals();
  samples = 0;
  gapAfterMs = Infinity;
  last: { readonly atMs: number; readonly version: string | null } | null = null;

  constructor(readonly nodeId: string) {}

  group(version: string | null): GroupTally {
    const known = this.groups.get(version);
    if (known !== undefined) return known;
    const made = new GroupTally(this.nodeId, version);
    this.groups.set(version, made);
    return made;
  }
}

/** node_10 after node_9. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/**
 * Computes the figures of a period from samples that are read twice: memory depends on nodes, versions and the width of
 * the charts, not on how many samples there are. Only samples within the scope may be given, of every version: those of
 * versions outside of it count for silences alone.
 */
export class FigureReader {
  private readonly nodes = new Map<string, NodeTally>();
  private traces: NodeTraces;
  private samples = 0;

  constructor(private readonly scope: ReportScope) {
    this.traces = new NodeTraces(scope);
  }

  /** First pass. */
  survey(batch: SampleBatch): void {
    this.each(batch, (node, version, atMs, index) => {
      node.intervals.take(atMs);
      node.samples += 1;
      if (!takesVersion(this.scope, version)) return;
      const group = node.group(version);
      this.samples += 1;
      group.samples += 1;
      group.firstMs = Math.min(group.firstMs, atMs);
      group.lastMs = Math.max(group.lastMs, atMs);
      for (const metric of METRICS) {
        const value = batch.columns[metric][index] ?? NaN;
        if (Number.isFinite(value)) group.tallies[metric].survey(value);
      }
    });
  }

  /** Between the passes. */
  settle(): void {
    this.traces = new NodeTraces(this.shown());
    for (const node of this.nodes.values()) {
      for (const group of node.groups.values()) for (const metric of METRICS) group.tallies[metric].settle();
      node.gapAfterMs = node.intervals.gapAfterMs();
      this.traces.open(node.nodeId, node.gapAfterMs);
    }
  }

  /** Second pass: the same batches. */
  collect(batch: SampleBatch): void {
    this.each(batch, (node, version, atMs, index) => {
      this.noteSilence(node, version, atMs);
      if (!takesVersion(this.scope, version)) return;
      const group = node.group(version);
      for (const metric of METRICS) {
        const value = batch.columns[metric][index] ?? NaN;
        if (Number.isFinite(value)) group.tallies[metric].collect(value);
      }
      this.traces.take(node.nodeId, version, atMs, batch.columns, index);
    });
  }

  /** What both passes say; nodes with samples in the scope by number, versions in the order in which they first ran. */
  figures(): Figures {
    const nodes = [...this.nodes.values()].filter(({ groups }) => groups.size > 0).sort((left, right) => BY_NUMBER.compare(left.nodeId, right.nodeId));
    return {
      samples: this.samples,
      groups: nodes.flatMap(({ groups }) => [...groups.values()].map((group) => group.figures()).sort((left, right) => left.firstMs - right.firstMs)),
      nodes: nodes.map(({ nodeId, samples, intervals }) => ({ nodeId, samples, medianIntervalMs: intervals.medianMs(), gapAfterMs: intervals.gapAfterMs() })),
      traces: nodes.flatMap(({ nodeId }) => this.traces.of(nodeId) ?? []),
    };
  }

  /** The period; the part of it that has samples where most of it has none, so that charts are not a stroke at an edge. */
  private shown(): { readonly fromMs: number; readonly toMs: number } {
    const { fromMs, toMs } = this.scope;
    let firstMs = toMs;
    let lastMs = fromMs;
    for (const { groups } of this.nodes.values()) {
      for (const group of groups.values()) {
        firstMs = Math.min(firstMs, group.firstMs);
        lastMs = Math.max(lastMs, group.lastMs);
      }
    }
    return lastMs > firstMs && lastMs - firstMs < (toMs - fromMs) / 2 ? { fromMs: firstMs, toMs: lastMs } : { fromMs, toMs };
  }

  private noteSilence(node: NodeTally, version: string | null, atMs: number): void {
    const { last } = node;
    node.last = { atMs, version };
    if (last === null || !takesVersion(this.scope, last.version)) return;
    const silentMs = atMs - last.atMs;
    const group = node.group(last.version);
    if (silentMs > node.gapAfterMs) group.gaps = withGap(group.gaps, silentMs);
  }

  private each(batch: SampleBatch, take: (node: NodeTally, version: string | null, atMs: number, index: number) => void): void {
    const tallies = batch.nodeIds.map((nodeId) => (takesNode(this.scope, nodeId) ? this.node(nodeId) : null));
    for (let index = 0; index < batch.length; index += 1) {
      const node = tallies[batch.node[index] ?? 0] ?? null;
      const atMs = batch.atMs[index] ?? NaN;
      if (node === null || !(atMs >= this.scope.fromMs && atMs <= this.scope.toMs)) continue;
      take(node, batch.versions[batch.version[index] ?? 0] ?? null, atMs, index);
    }
  }

  private node(nodeId: string): NodeTally {
    const known = this.nodes.get(nodeId);
    if (known !== undefined) return known;
    const made = new NodeTally(nodeId);
    this.nodes.set(nodeId, made);
    return made;
  }
}
