import { LIMITED_METRICS, type LimitedMetric } from "../judge/limits";
import { sampleRatioProbability, type NodeCounts } from "./balance";
import { whatWouldChange, type Change } from "./changes";
import { interruptionText, isFatal, type TestInput } from "./input";
import { startIntake } from "./intake";
import { looksOf } from "./looks";
import { startSeries, type FunnelPoint, type MetricSeries } from "./metric-series";
import { guardrailAlpha, watchedGuardrails, type TestPlan } from "./plan";
import { judge, type Evidence, type Verdict } from "./verdict";

/** What is known of one metric, for its funnel or its guardrail. */
export interface MetricResult {
  readonly metric: LimitedMetric;
  readonly role: "primary" | "guardrail";
  readonly alpha: number;
  /** B minus A, and the interval that holds whenever one looks; null before it can be estimated. */
  readonly interval: { readonly effect: number; readonly low: number; readonly high: number } | null;
  /** The better side of the interval's middle; null at 0 and while there is none. */
  readonly better: "A" | "B" | null;
  readonly pairs: number;
  /** Autocorrelation of neighbouring samples. */
  readonly rho: number | null;
  /** Blocks scatter more than their samples explain: the interval was widened. */
  readonly isNoiseRefuted: boolean;
  readonly history: readonly FunnelPoint[];
}

/** A test as it stands. */
export interface TestResult {
  readonly verdict: Verdict;
  /** When the verdict fell; null while collecting. */
  readonly decidedAtMs: number | null;
  /** Why it is paused, in words; null while it runs. */
  readonly pausedBy: string | null;
  readonly metrics: readonly MetricResult[];
  readonly nodes: readonly NodeCounts[];
  readonly sampleRatioProbability: number;
  readonly blocksRun: number;
  /** Blocks of the primary metric that did not count: too few samples, or cut by a pause. */
  readonly blocksDropped: number;
  readonly changes: readonly Change[];
}

/** A running test. Inputs in, a result out; no clock, so its inputs reproduce it. */
export interface AbTest {
  take(input: TestInput): void;
  result(): TestResult;
  /** The version that each node has to run now; empty while paused and once over. A winner alone does not end it. */
  wanted(): ReadonlyMap<string, string>;
  /** Blocks that are over: the place of the one that runs. */
  blocksRun(): number;
  /** Nothing more is collected, and no node runs a version for its sake. */
  isOver(): boolean;
}

/** A pause longer than this ends the test: before and after are no longer the same conditions. */
const LONGEST_PAUSE_MS = 600_000;

/** Starts a test at a time of its own clock. */
export function startAbTest(plan: TestPlan, startMs: number): AbTest {
  const guardrails = watchedGuardrails(plan);
  const series = new Map<LimitedMetric, MetricSeries>([[plan.primary, startSeries(plan, plan.primary, plan.alpha)]]);
  for (const { metric } of guardrails) series.set(metric, startSeries(plan, metric, guardrailAlpha(plan)));
  const intake = startIntake(plan);
  const { nodesA, nodesB } = plan.arms;
  const tested = plan.blocks.filter(({ phase }) => phase === "test").length;
  const lastInformation = looksOf(plan.design, tested).at(-1) ?? tested;
  let index = 0;
  let fromMs = startMs;
  let paused: { readonly atMs: number; readonly by: string } | null = null;
  let dropped = 0;
  let isOver = false;
  let verdict: Verdict | null = null;
  let decidedAtMs: number | null = null;

  function evidence(): Evidence {
    const states = [...series.values()].map((each) => each.state());
    const [primary, ...others] = states;
    if (primary === undefined) throw new Error("a test has a primary metric");
    return { plan, primary, guardrails: others, sampleRatioProbability: sampleRatioProbability(intake.counts(), plan.design === "crossover"), ranMs: index * plan.blockMs, isOver, lastInformation };
  }

  function settle(found: Verdict, tMs: number): void {
    if (found.kind === "collecting") return;
    // A winner may still prove harmful; nothing else changes what was decided.
    if (verdict !== null && (found.kind !== "harmful" || verdict.kind === "harmful" || verdict.kind === "invalid")) return;
    verdict = found;
    decidedAtMs = tMs;
    // A winner may be watched on; after any other verdict no node runs a version for the sake of the test.
    if (found.kind !== "a-better" && found.kind !== "b-better") isOver = true;
  }

  function closeBlock(endMs: number): void {
    const block = plan.blocks[index];
    if (block === undefined) return;
    intake.closeBlock(block);
    for (const metric of LIMITED_METRICS) {
      const sums = intake.usable(block, metric);
      if (sums !== null) series.get(metric)?.addBlock(block, sums, endMs);
      else if (metric === plan.primary) dropped += 1;
    }
    index += 1;
    isOver = index >= plan.blocks.length;
    fromMs = endMs;
    intake.startBlock();
    settle(judge(evidence()), endMs);
  }

  /** Ends the blocks that are over by a time. @returns whether the test goes on. */
  function advance(tMs: number): boolean {
    if (paused !== null) {
      if (tMs - paused.atMs > LONGEST_PAUSE_MS) invalidate(`${paused.by}, paused for more than 10 min`, tMs);
    } else while (!isOver && tMs >= fromMs + plan.blockMs) closeBlock(fromMs + plan.blockMs);
    return !isOver;
  }

  function invalidate(why: string, tMs: number): void {
    isOver = true;
    settle({ kind: "invalid", metric: null, sentence: `Invalid: ${why} during pair ${Math.max(1, (series.get(plan.primary)?.state().pairs ?? 0) + 1)}.` }, tMs);
  }

  return {
    take(input) {
      if (isOver || !advance(input.tMs)) return;
      switch (input.type) {
        case "tick":
          return;
        case "sample": {
          const block = plan.blocks[index];
          if (paused === null && block !== undefined) intake.take(input, block, fromMs);
          return;
        }
        case "interrupted": {
          const why = interruptionText(input.cause, input.nodeId);
          if (isFatal(input.cause)) invalidate(why, input.tMs);
          else paused ??= { atMs: input.tMs, by: why };
          return;
        }
        case "resumed":
          if (paused === null) return;
          paused = null;
          // The block that was cut is run again from its wash-out.
          fromMs = input.tMs;
          dropped += 1;
          intake.startBlock(true);
          return;
        case "breached":
          isOver = true;
          settle({ kind: "harmful", metric: input.metric, sentence: `Harmful: ${input.sentence}` }, input.tMs);
          return;
        case "invalidated":
          invalidate(input.reason, input.tMs);
          return;
        case "ended":
          isOver = true;
          settle(judge(evidence()), input.tMs);
      }
    },
    wanted() {
      const block = plan.blocks[index];
      if (block === undefined || isOver || paused !== null) return new Map();
      return new Map([...nodesA.map((node) => [node, block.versionOfFirst] as const), ...nodesB.map((node) => [node, block.versionOfSecond] as const)]);
    },
    blocksRun: () => index,
    isOver: () => isOver,
    result() {
      const now = evidence();
      const current = verdict ?? judge(now);
      return {
        verdict: current,
        decidedAtMs,
        pausedBy: paused?.by ?? null,
        metrics: [now.primary, ...now.guardrails].map(({ metric, alpha, pairs, estimate, history }, place): MetricResult => {
          const point = history.at(-1);
          const better = point === undefined || point.effect === 0 ? null : point.effect > 0 === (metric !== "latencyMs") ? "B" : "A";
          const interval = point === undefined ? null : { effect: point.effect, low: point.low, high: point.high };
          return { metric, role: place === 0 ? "primary" : "guardrail", alpha, interval, better, pairs, rho: estimate?.rho ?? null, isNoiseRefuted: estimate?.isNoiseRefuted ?? false, history };
        }),
        nodes: intake.counts(),
        sampleRatioProbability: now.sampleRatioProbability,
        blocksRun: index,
        blocksDropped: dropped,
        changes: whatWouldChange(current, now),
      };
    },
  };
}
