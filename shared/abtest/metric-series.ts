import type { LimitedMetric } from "../judge/limits";
import type { Interval } from "../judge/statistics/always-valid";
import { bettingInterval, emptyBets, placeBet } from "./betting";
import type { CriticalCurve } from "./critical";
import { addBlock, emptyTally, estimateEffect, type Estimate } from "./effect";
import { curveFor, looksOf } from "./looks";
import { addSums, emptySums, type SampleSums } from "./noise";
import type { PlannedBlock, TestPlan } from "./plan";
import { estimateReplicated } from "./replicated";

/** The interval after one block, a point of the funnel. */
export interface FunnelPoint {
  readonly tMs: number;
  readonly pairs: number;
  readonly effect: number;
  readonly low: number;
  readonly high: number;
}

/** What is known of one metric. */
export interface SeriesState {
  readonly metric: LimitedMetric;
  readonly alpha: number;
  readonly curve: CriticalCurve;
  /** Crossover: neighbouring blocks that counted and had the versions exchanged. Else: blocks of the test. */
  readonly pairs: number;
  /** Null while nothing can be estimated. */
  readonly estimate: Estimate | null;
  readonly history: readonly FunnelPoint[];
  /** What the betting sequence of a bounded metric leaves alone; null where there is none. */
  readonly betting: Interval | null;
}

/** One metric of a test: blocks in, an interval out. */
export interface MetricSeries {
  /** Takes a finished block; `sums` by node, arm A's first. */
  addBlock(block: PlannedBlock, sums: readonly SampleSums[], endMs: number): void;
  state(): SeriesState;
}

/** Of a bounded metric's alpha, the share that the betting sequence gets. */
const BETTING_SHARE = 0.1;

/** The curve of a metric's intervals with its share of alpha, without what the betting sequence takes of it. */
export function curveOfMetric(plan: TestPlan, metric: LimitedMetric, alpha: number): CriticalCurve {
  const tested = plan.blocks.filter(({ phase }) => phase === "test").length;
  const hasBets = metric === "qualityScore" && plan.design === "crossover";
  return curveFor(plan.design, tested, hasBets ? alpha * (1 - BETTING_SHARE) : alpha);
}

/** Starts a metric with its own alpha. Quality is bounded: its interval is cut by a betting sequence and by -1 to 1. */
export function startSeries(plan: TestPlan, metric: LimitedMetric, alpha: number): MetricSeries {
  const isBounded = metric === "qualityScore";
  const isSwapped = plan.design === "crossover";
  const hasBets = isBounded && isSwapped;
  const curve = curveOfMetric(plan, metric, alpha);
  const looks = looksOf(plan.design, plan.blocks.length);
  const tally = emptyTally();
  const nodes = [...plan.arms.nodesA, ...plan.arms.nodesB].map(emptySums);
  const split = plan.arms.nodesA.length;
  const bets = emptyBets();
  const history: FunnelPoint[] = [];
  const waiting: { kind: number; difference: number }[] = [];
  let estimate: Estimate | null = null;
  let replicatedBlocks = 0;
  let exchanges = 0;
  let latestKind: number | null = null;

  /** Two neighbouring blocks of both kinds are one bet; no block is in two. */
  function bet(kind: number, difference: number): void {
    const before = waiting.pop();
    if (before === undefined || before.kind === kind) waiting.push({ kind, difference });
    else placeBet(bets, (kind === 1 ? difference - before.difference : before.difference - difference) / 2, alpha * BETTING_SHARE);
  }

  function pairs(): number {
    if (plan.design === "replicated") return replicatedBlocks;
    return isSwapped ? exchanges : tally.kinds[1].blocks;
  }

  return {
    addBlock(block, sums, endMs) {
      if (plan.design === "replicated") {
        sums.forEach((each, index) => {
          const node = nodes[index];
          if (node !== undefined) addSums(node, each);
        });
        replicatedBlocks += 1;
        // Between two looks the interval stands: only at a look does its error hold.
        if (looks.includes(replicatedBlocks)) estimate = estimateReplicated(nodes.slice(0, split), nodes.slice(split), replicatedBlocks, curve);
      } else {
        const [first, second] = sums;
        if (first === undefined || second === undefined) return;
        addBlock(tally, block.kind, first, second);
        if (latestKind !== null && latestKind !== block.kind) exchanges += 1;
        latestKind = block.kind;
        if (hasBets) bet(block.kind, first.sum / first.count - second.sum / second.count);
        estimate = estimateEffect(tally, isSwapped, curve);
      }
      if (estimate === null) return;
      const half = estimate.critical * estimate.standardError;
      const cut = hasBets ? bettingInterval(bets) : isBounded ? { low: -1, high: 1 } : { low: -Infinity, high: Infinity };
      const low = Math.max(cut.low, estimate.effect - half);
      const high = Math.min(cut.high, estimate.effect + half);
      history.push({ tMs: endMs, pairs: pairs(), effect: estimate.effect, low: Math.min(low, high), high: Math.max(low, high) });
    },
    state: () => ({ metric, alpha, curve, pairs: pairs(), estimate, history: [...history], betting: hasBets ? bettingInterval(bets) : null }),
  };
}
