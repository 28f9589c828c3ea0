import type { Random } from "../../random";
import { fleetPolicyOf, nodePolicyOf } from "../../policy/policy";
import { createBudgetBook } from "../budget";
import { LIMITED_METRICS, type LimitedMetric } from "../limits";
import { judgeSample, startNode, type JudgeRules, type NodeState, type Standing } from "../node-judge";
import { fastNormal, type Margin } from "./noise";

const PERIOD_MS = 500;
const SAMPLES_PER_DAY = 172_800;

/** Rules of a fleet with the default policy, a budget of one false rollback in `days`, and so many new baselines a day. */
export function defaultRules(nodes: number, days: number, baselinesPerDay = 1): JudgeRules {
  const budgets = createBudgetBook({ days, nodes, metrics: LIMITED_METRICS.length, baselinesPerDay });
  return { fleet: fleetPolicyOf({}), node: nodePolicyOf({}, "", null), budgets };
}

/** Metrics of one simulated node at 2 Hz, as autocorrelated as asked, each on its own. */
export interface SimulatedNode {
  /** The next values, in the order of {@link LIMITED_METRICS}. */
  next(): void;
  /** The same, with the innovation of one metric, in standard deviations, given instead of drawn. */
  nextWith(given: LimitedMetric, innovation: number): void;
  readonly values: Float64Array;
  /** A node that has come the same way and goes on by numbers of its own. */
  copy(): SimulatedNode;
}

/** Simulates a healthy node. */
export function simulateNode(random: Random, margins: Readonly<Record<LimitedMetric, Margin>>, rho: number): SimulatedNode {
  const normal = fastNormal(random);
  const scale = Math.sqrt(1 - rho * rho);
  const ordered = LIMITED_METRICS.map((metric) => margins[metric]);
  const from = (scores: Float64Array, values: Float64Array): SimulatedNode => {
    const move = (index: number, innovation: number): void => {
      const score = rho * (scores[index] ?? 0) + scale * innovation;
      scores[index] = score;
      values[index] = ordered[index]?.valueAt(score) ?? 0;
    };
    return {
      values,
      next() {
        for (let index = 0; index < ordered.length; index += 1) move(index, normal());
      },
      nextWith(given, innovation) {
        for (const [index, metric] of LIMITED_METRICS.entries()) move(index, metric === given ? innovation : normal());
      },
      // Both draw from the one stream in turn, so that neither sees a number of the other's.
      copy: () => from(scores.slice(), values.slice()),
    };
  };
  return from(Float64Array.from(LIMITED_METRICS, () => normal()), new Float64Array(LIMITED_METRICS.length));
}

/** A node that was rolled back though nothing was wrong with it. */
export interface FalseRollback {
  readonly sample: number;
  readonly standing: Standing;
  /** Samples of the baseline that it was judged by; 0 before the first. */
  readonly baseline: number;
}

/** A simulated sample, changed in place from one to the next. */
export interface SimulatedSample {
  tMs: number;
  readonly modelVersion: string;
  compressionRatio: number;
  latencyMs: number;
  qualityScore: number;
}

/** Puts the values that a node stands at into a sample. */
export function sampleAt(index: number, { values }: SimulatedNode, into: SimulatedSample): SimulatedSample {
  into.tMs = index * PERIOD_MS;
  into.compressionRatio = values[0] ?? 0;
  into.latencyMs = values[1] ?? 0;
  into.qualityScore = values[2] ?? 0;
  return into;
}

/** A sample to be filled. */
export function emptySample(): SimulatedSample {
  return { tMs: 0, modelVersion: "1.1.0", compressionRatio: 0, latencyMs: 0, qualityScore: 0 };
}

/** Judges a healthy node for so many samples; a new baseline every day and after every false rollback. */
export function watchHealthy(node: SimulatedNode, samples: number, rules: JudgeRules): readonly FalseRollback[] {
  const found: FalseRollback[] = [];
  const sample = emptySample();
  let state = startNode("node", "1.1.0", 0, rules);
  for (let index = 0; index < samples; index += 1) {
    node.next();
    if (index % SAMPLES_PER_DAY === 0) state = startNode("node", "1.1.0", index * PERIOD_MS, rules);
    const standing = judgeSample(state, sampleAt(index, node, sample), rules);
    if (standing.outcome !== "fail") continue;
    found.push({ sample: index, standing, baseline: baselineOf(state, standing) });
    state = startNode("node", "1.1.0", index * PERIOD_MS, rules);
  }
  return found;
}

function baselineOf(state: NodeState, { metric }: Standing): number {
  return metric === null ? 0 : (state.metrics[metric].judge.baseline?.n ?? 0);
}

/** How a degradation went: found after so many samples, missed, or a false alarm before it began. */
export type Detection = { readonly type: "found"; readonly delay: number; readonly standing: Standing } | { readonly type: "missed" } | { readonly type: "early" };

/** A metric that gets worse from one sample to the next. */
export interface Degradation {
  readonly metric: LimitedMetric;
  /** The sample from which on it is worse. */
  readonly from: number;
  /** The worse value for a healthy one. */
  readonly worse: (value: number) => number;
  /** After so many samples it counts as missed. */
  readonly patience: number;
}

/** Judges a node that gets worse. */
export function watchDegrading(node: SimulatedNode, { metric, from, worse, patience }: Degradation, rules: JudgeRules): Detection {
  const sample = emptySample();
  const state = startNode("node", "1.1.0", 0, rules);
  for (let index = 0; index < from + patience; index += 1) {
    node.next();
    sampleAt(index, node, sample);
    if (index >= from) sample[metric] = worse(sample[metric]);
    const standing = judgeSample(state, sample, rules);
    if (standing.outcome !== "fail") continue;
    return index < from ? { type: "early" } : { type: "found", delay: index - from + 1, standing };
  }
  return { type: "missed" };
}
