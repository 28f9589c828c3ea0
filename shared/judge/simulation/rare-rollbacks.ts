import type { Random } from "../../random";
import { JUMP_RUN } from "../budget";
import { LIMITED_METRICS, type LimitedMetric } from "../limits";
import type { Chart, Run } from "../chart";
import type { MetricState } from "../metric-judge";
import { judgeSample, startNode, type JudgeRules, type MetricWatch, type NodeState } from "../node-judge";
import { normalPdf } from "../statistics/normal";
import type { Reason } from "../verdict";
import { emptySample, sampleAt, type SimulatedNode } from "./fleet";
import { countRareEnds, type Walk } from "./splitting";

/** A day at 2 Hz: every life stands for one, with one new baseline. */
const DAY = 172_800;
/** From here on nearly every baseline is the last of its life: what is seen of it stands for the rest of the day. */
const GROWN = 3_600;
/** One and a half hours of each life are walked. */
const WALKED = 10_800;
const REST_OF_DAY = (DAY - GROWN) / (WALKED - GROWN);
/** Copies may take so many times the steps of the life itself. */
const MOST_COPIED = 20;

/** The height at which rules fail: the logarithm of the mean samples to a false alarm is 18 to 22. */
const FAILING_HEIGHT = 18;

/** Innovations of a leap, in standard deviations: drawn evenly from around these, and weighed for it. */
const LEAPS = [4.5, 6, 7.5] as const;
/** A leap is tried every half a minute. */
const LEAP_EVERY = 60;

function copyChart(chart: Chart | null): Chart | null {
  return chart === null ? null : { ...chart };
}

function copyRun(run: Run): Run {
  return { ...run };
}

function copyMetric(state: MetricState): MetricState {
  return {
    ...state,
    hard: copyRun(state.hard),
    relative: copyRun(state.relative),
    better: copyRun(state.better),
    jump: copyRun(state.jump),
    slow: copyChart(state.slow),
    fast: copyChart(state.fast),
    spread: copyChart(state.spread),
    // What is full is never written again.
    kept: state.keptCount < state.kept.length ? state.kept.slice() : state.kept,
  };
}

function copyNode(state: NodeState): NodeState {
  const copy = (watch: MetricWatch): MetricWatch => ({ ...watch, judge: copyMetric(watch.judge) });
  const { compressionRatio, latencyMs, qualityScore } = state.metrics;
  const metrics = { compressionRatio: copy(compressionRatio), latencyMs: copy(latencyMs), qualityScore: copy(qualityScore) };
  return { ...state, metrics, watches: LIMITED_METRICS.map((metric) => metrics[metric]) };
}

function heightOf({ slow, fast, spread, hard, relative }: MetricState): number {
  let share = Math.max(hard.length / hard.needed, relative.length / relative.needed);
  for (const chart of [slow, fast, spread]) if (chart !== null && chart.limit !== null) share = Math.max(share, chart.statistic / chart.limit);
  return FAILING_HEIGHT * share;
}

/** A simulated node with its judge. */
interface JudgedNode extends Walk {
  readonly simulated: SimulatedNode;
  readonly state: NodeState;
  /** Samples judged. */
  judged: number;
}

/** Judges the values that the node stands at; whether it is rolled back for them. */
function judgeNext(node: JudgedNode, rules: JudgeRules): boolean {
  const { outcome } = judgeSample(node.state, sampleAt(node.judged, node.simulated, emptySample()), rules);
  node.judged += 1;
  return outcome === "fail";
}

function judgedNode(simulated: SimulatedNode, state: NodeState, judged: number, rules: JudgeRules): JudgedNode {
  const node: JudgedNode = {
    simulated,
    state,
    judged,
    step() {
      simulated.next();
      return judgeNext(node, rules);
    },
    height() {
      let most = 0;
      for (const { judge } of state.watches) most = Math.max(most, heightOf(judge));
      return most;
    },
  };
  return node;
}

function copyOf({ simulated, state, judged }: JudgedNode, rules: JudgeRules): JudgedNode {
  return judgedNode(simulated.copy(), copyNode(state), judged, rules);
}

/** How many jumps of one metric that begin with the next sample are expected, by one that is drawn to the far side. */
function jumpsExpected(node: JudgedNode, metric: LimitedMetric, random: Random, rules: JudgeRules): number {
  const { worse, leap } = node.state.metrics[metric].judge;
  if (leap === Infinity) return 0;
  const innovation = (LEAPS[random.nextInt(LEAPS.length)] ?? 0) + random.normal();
  const drawn = LEAPS.reduce((sum, each) => sum + normalPdf(innovation - each), 0) / LEAPS.length;
  const copy = copyOf(node, rules);
  copy.simulated.nextWith(metric, worse * innovation);
  let hasFailed = judgeNext(copy, rules);
  for (let more = 1; more < JUMP_RUN && !hasFailed; more += 1) hasFailed = copy.step();
  const { reason, metric: failed } = copy.state.standing;
  return hasFailed && reason === "jump" && failed === metric ? normalPdf(innovation) / drawn : 0;
}

/** False rollbacks that one healthy node is expected to have in its first day with a version, by rule. */
export type ExpectedRollbacks = Readonly<Partial<Record<Reason, number>>>;

/**
 * Walks one healthy node under its judge for an hour and a half, and estimates without bias how many false rollbacks a
 * day that begins like this has, however rare they are: {@link countRareEnds} for what gathers over samples, and
 * innovations drawn to the far side and weighed for it (importance sampling) for a jump, which nothing announces.
 *
 * @param random numbers for leaps, of another stream than the node's.
 */
export function expectRollbacks(simulated: SimulatedNode, random: Random, rules: JudgeRules): ExpectedRollbacks {
  const expected: Partial<Record<Reason, number>> = {};
  const add = (reason: Reason, step: number, weight: number): void => {
    expected[reason] = (expected[reason] ?? 0) + (step > GROWN ? REST_OF_DAY : 1) * weight;
  };
  countRareEnds(judgedNode(simulated, startNode("node", "1.1.0", 0, rules), 0, rules), (node) => copyOf(node, rules), {
    steps: WALKED,
    mostCopiedSteps: MOST_COPIED * WALKED,
    found({ state: { standing } }, step, weight) {
      if (standing.reason !== "jump") add(standing.reason, step, weight);
    },
    visit(node, step) {
      if (step % LEAP_EVERY !== 0) return;
      for (const metric of LIMITED_METRICS) {
        const jumps = jumpsExpected(node, metric, random, rules);
        if (jumps > 0) add("jump", step + 1, LEAP_EVERY * jumps);
      }
    },
  });
  return expected;
}
