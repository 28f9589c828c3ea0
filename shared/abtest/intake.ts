import { LIMITED_METRICS, type LimitedMetric } from "../judge/limits";
import type { NodeCounts } from "./balance";
import type { TestInput } from "./input";
import { addSample, emptySums, type SampleSums } from "./noise";
import type { PlannedBlock, TestPlan } from "./plan";

type SampleInput = Extract<TestInput, { readonly type: "sample" }>;

interface MetricIntake {
  sums: SampleSums;
  latest: number;
  latestMs: number;
}

interface NodeIntake {
  readonly nodeId: string;
  readonly isFirstArm: boolean;
  readonly metrics: Readonly<Record<LimitedMetric, MetricIntake>>;
  received: number;
  lastMs: number;
  samplesA: number;
  samplesB: number;
  blocksA: number;
  blocksB: number;
}

/** The samples of the block that runs, by node and metric. */
export interface Intake {
  /** Takes a sample, if it is after the wash-out and its node reports the planned version. */
  take(input: SampleInput, block: PlannedBlock, fromMs: number): void;
  /** Counts a block that ran to its end. */
  closeBlock(block: PlannedBlock): void;
  /** The finished block's sums by node; null where a node has fewer than half of the samples that it should. */
  usable(block: PlannedBlock, metric: LimitedMetric): readonly SampleSums[] | null;
  /** Forgets the block's samples. @param isRepeated the block is run again and begins with a wash-out. */
  startBlock(isRepeated?: boolean): void;
  counts(): readonly NodeCounts[];
}

/** Neighbours are no farther apart than this many periods. */
const LARGEST_GAP_PERIODS = 2.2;
/** A block with a smaller share of its samples does not count. */
const LEAST_SHARE = 0.5;

function emptyMetric(): MetricIntake {
  return { sums: emptySums(), latest: Number.NaN, latestMs: -Infinity };
}

/** Starts to take samples. */
export function startIntake(plan: TestPlan): Intake {
  const start = (nodeId: string, isFirstArm: boolean): NodeIntake => ({
    nodeId,
    isFirstArm,
    metrics: { compressionRatio: emptyMetric(), latencyMs: emptyMetric(), qualityScore: emptyMetric() },
    received: 0,
    lastMs: -Infinity,
    samplesA: 0,
    samplesB: 0,
    blocksA: 0,
    blocksB: 0,
  });
  const nodes = [...plan.arms.nodesA.map((node) => start(node, true)), ...plan.arms.nodesB.map((node) => start(node, false))];
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  let isRepeated = false;

  function washOutMs(block: PlannedBlock): number {
    return block.isAfterSwap || isRepeated ? plan.washOutMs : 0;
  }

  /** Whether the node has B's turn: not by the version's name, because both arms may run the same. */
  function runsB(node: NodeIntake, block: PlannedBlock): boolean {
    return plan.design === "crossover" ? node.isFirstArm === (block.versionOfFirst !== plan.versionA || isSwappedTwin(block)) : !node.isFirstArm;
  }

  function isSwappedTwin(block: PlannedBlock): boolean {
    return plan.versionA === plan.versionB && block.kind === 1;
  }

  return {
    take(input, block, fromMs) {
      const node = byId.get(input.nodeId);
      if (node === undefined || input.tMs < fromMs + washOutMs(block) || input.tMs <= node.lastMs) return;
      if (input.modelVersion !== (node.isFirstArm ? block.versionOfFirst : block.versionOfSecond)) return;
      node.lastMs = input.tMs;
      node.received += 1;
      for (const metric of LIMITED_METRICS) {
        const value = input.values[metric];
        const intake = node.metrics[metric];
        if (value === null || !Number.isFinite(value)) continue;
        const isNeighbour = input.tMs - intake.latestMs <= LARGEST_GAP_PERIODS * plan.periodMs;
        addSample(intake.sums, value, isNeighbour ? intake.latest : Number.NaN);
        intake.latest = value;
        intake.latestMs = input.tMs;
      }
    },
    closeBlock(block) {
      if (block.phase === "calibration") return;
      for (const node of nodes) {
        if (runsB(node, block)) {
          node.samplesB += node.received;
          node.blocksB += 1;
        } else {
          node.samplesA += node.received;
          node.blocksA += 1;
        }
      }
    },
    usable(block, metric) {
      const expected = (plan.blockMs - washOutMs(block)) / plan.periodMs;
      const sums = nodes.map((node) => node.metrics[metric].sums);
      return sums.every(({ count }) => count >= LEAST_SHARE * expected) ? sums : null;
    },
    startBlock(repeats = false) {
      isRepeated = repeats;
      for (const node of nodes) {
        node.received = 0;
        for (const metric of LIMITED_METRICS) {
          node.metrics[metric].sums = emptySums();
          node.metrics[metric].latest = Number.NaN;
          node.metrics[metric].latestMs = -Infinity;
        }
      }
    },
    counts: () => nodes.map(({ nodeId, samplesA, samplesB, blocksA, blocksB }) => ({ nodeId, samplesA, samplesB, blocksA, blocksB })),
  };
}
