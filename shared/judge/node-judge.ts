import { LIMITED_METRICS, type LimitedMetric } from "./limits";
import type { FleetPolicy, NodePolicy } from "../policy/policy";
import type { BudgetBook } from "./budget";
import { shareOf } from "./chart";
import { judgeValue, loudest, startMetric, type MetricState } from "./metric-judge";
import { precedenceOf, type Outcome, type Reason } from "./verdict";

/** Where a version is on its way: its first samples ignored, on trial, or committed. The guard never ends. */
export type TrialPhase = "warming" | "trial" | "committed";

/** What a node tells at one moment. A metric that is null or not finite is no data, never a pass. */
export interface JudgedSample {
  /** On a clock that does not go back, ms. */
  readonly tMs: number;
  /** Null where the node reports none. */
  readonly modelVersion: string | null;
  readonly compressionRatio: number | null;
  readonly latencyMs: number | null;
  readonly qualityScore: number | null;
}

/** How a node stands now, in one word and the metric and rule that it comes from. */
export interface Standing {
  readonly outcome: Outcome;
  readonly metric: LimitedMetric | null;
  readonly reason: Reason;
}

/** What is known of one metric besides its statistics. */
export interface MetricWatch {
  readonly metric: LimitedMetric;
  /** How it reads while it passes: most samples end there, and need no object of their own. */
  readonly passes: Standing;
  readonly judge: MetricState;
  /** Values in a row that are no value of this metric: a ratio below 0, a quality above 1. */
  brokenRun: number;
  isWarned: boolean;
}

/** A node under judgement. Changed in place. */
export interface NodeState {
  readonly nodeId: string;
  version: string | null;
  /** When the version that runs was first seen, ms. */
  sinceMs: number;
  lastSampleMs: number;
  phase: TrialPhase;
  /** The version came by a swap that was seen; the one that ran first has no trial to blame. */
  hasSwapped: boolean;
  /** The version that a rollback asked for and that has not been reported yet; null of none. */
  goesBackTo: string | null;
  /** Without a commit by then the version is taken back; null where none is waited for. */
  commitByMs: number | null;
  /** Samples of the version, after its warm-up, and those among them that passed. */
  samples: number;
  passed: number;
  /** Samples in a row with every metric within its limit. */
  withinRun: number;
  /** The version ran here with 12 samples in a row within its limits. */
  isGood: boolean;
  metrics: Readonly<Record<LimitedMetric, MetricWatch>>;
  /** The same, in the order of {@link LIMITED_METRICS}. */
  watches: readonly MetricWatch[];
  standing: Standing;
}

/** What a node is judged by. */
export interface JudgeRules {
  readonly fleet: FleetPolicy;
  readonly node: NodePolicy;
  readonly budgets: BudgetBook;
}

/** Part of a limit at which a statistic warns, and below which the warning ends. */
export const WARN_AT = 0.6;
const WARN_ENDS_AT = 0.3;
/** Values in a row that are no value of the metric before that is an error and not one bad reading. */
export const BROKEN_RUN = 3;
/** Samples in a row within every limit that make a version good here. */
const GOOD_AFTER = 12;

function watchMetrics(rules: JudgeRules, before: NodeState | null, isBack = false): NodeState["metrics"] {
  const watch = (metric: LimitedMetric): MetricWatch => {
    const old = before?.metrics[metric].judge;
    // The baseline of a version that failed or was taken back is no measure of the next one; what it was held against is.
    const isMeasure = old?.failing === null && !isBack;
    const held = old === undefined ? null : isMeasure ? (old.baseline ?? old.held) : old.held;
    const passes: Standing = { outcome: "pass", metric, reason: "none" };
    return { metric, passes, judge: startMetric(rules.node[metric], rules.budgets, held, rules.fleet.baselineSamples), brokenRun: 0, isWarned: false };
  };
  return { compressionRatio: watch("compressionRatio"), latencyMs: watch("latencyMs"), qualityScore: watch("qualityScore") };
}

function inOrder(metrics: NodeState["metrics"]): readonly MetricWatch[] {
  return LIMITED_METRICS.map((metric) => metrics[metric]);
}

const NOT_JUDGED: Standing = { outcome: "no-data", metric: null, reason: "lost" };
const UNCOMMITTED: Standing = { outcome: "fail", metric: null, reason: "uncommitted" };

/** Begins to judge a node whose first sample comes at `tMs`. */
export function startNode(nodeId: string, version: string | null, tMs: number, rules: JudgeRules): NodeState {
  const metrics = watchMetrics(rules, null);
  return {
    nodeId,
    version,
    sinceMs: tMs,
    lastSampleMs: tMs,
    // What ran before anyone looked has no swap to settle from.
    phase: "trial",
    hasSwapped: false,
    goesBackTo: null,
    commitByMs: null,
    samples: 0,
    passed: 0,
    withinRun: 0,
    isGood: false,
    metrics,
    watches: inOrder(metrics),
    standing: NOT_JUDGED,
  };
}

/** Begins the trial of a version, by the node's own report or because it was deployed again. */
export function swapVersion(state: NodeState, version: string | null, tMs: number, rules: JudgeRules): void {
  const isBack = version !== null && version === state.goesBackTo;
  state.metrics = watchMetrics(rules, state, isBack);
  state.watches = inOrder(state.metrics);
  state.goesBackTo = null;
  state.hasSwapped = state.version !== null;
  state.version = version;
  state.sinceMs = tMs;
  // What was good here before has nothing to prove in time.
  state.commitByMs = state.hasSwapped && !isBack ? tMs + rules.fleet.commitWithinMs : null;
  state.phase = rules.fleet.warmUpMs > 0 ? "warming" : "trial";
  state.samples = 0;
  state.passed = 0;
  state.withinRun = 0;
  state.isGood = false;
}

/** Whether a finite number can be a value of the metric at all (wire protocol, 1.5). */
function isPossible(metric: LimitedMetric, value: number): boolean {
  return metric === "qualityScore" ? value >= 0 && value <= 1 : value > 0;
}

function judgeMetric(metric: LimitedMetric, watch: MetricWatch, value: number | null, tMs: number, budgets: BudgetBook): void {
  if (value === null || !Number.isFinite(value)) return;
  if (!isPossible(metric, value)) {
    watch.brokenRun += 1;
    return;
  }
  watch.brokenRun = 0;
  judgeValue(watch.judge, value, tMs, budgets);
  const { judge } = watch;
  const loud = loudest(judge);
  const isLoud = loud >= (watch.isWarned ? WARN_ENDS_AT : WARN_AT);
  watch.isWarned = isLoud || judge.better.length >= judge.better.needed;
}

/** Judges one sample. A sample of another version begins that version's trial. */
export function judgeSample(state: NodeState, sample: JudgedSample, rules: JudgeRules): Standing {
  const { tMs } = sample;
  if (sample.modelVersion !== null && sample.modelVersion !== state.version) swapVersion(state, sample.modelVersion, tMs, rules);
  state.lastSampleMs = tMs;
  if (state.phase === "warming") {
    if (tMs - state.sinceMs < rules.fleet.warmUpMs) {
      state.standing = standingOf(state, tMs, rules);
      return state.standing;
    }
    state.phase = "trial";
  }
  state.samples += 1;
  const { metrics } = state;
  judgeMetric("compressionRatio", metrics.compressionRatio, sample.compressionRatio, tMs, rules.budgets);
  judgeMetric("latencyMs", metrics.latencyMs, sample.latencyMs, tMs, rules.budgets);
  judgeMetric("qualityScore", metrics.qualityScore, sample.qualityScore, tMs, rules.budgets);
  countPassed(state, tMs, rules);
  return state.standing;
}

/** Whether a sample has a value of a metric that must have one: what says nothing passes nothing. */
function isTold({ judge }: MetricWatch, tMs: number): boolean {
  return judge.latestMs === tMs || !judge.policy.mustHaveData || judge.policy.role === "muted";
}

function countPassed(state: NodeState, tMs: number, rules: JudgeRules): void {
  const isWithin = state.watches.every(({ judge }) => judge.hard.length === 0);
  const isWhole = state.watches.every((watch) => isTold(watch, tMs));
  state.withinRun = isWithin && isWhole ? state.withinRun + 1 : 0;
  if (state.withinRun >= GOOD_AFTER) state.isGood = true;
  const judged = judgedStanding(state, tMs, rules);
  const { outcome } = judged;
  if (outcome === "fail") state.passed = 0;
  else if (isWhole) state.passed += 1;
  if (state.phase === "trial" && (outcome === "pass" || outcome === "warn") && state.passed >= rules.fleet.commitSamples) state.phase = "committed";
  state.standing = isOverdue(state, tMs, judged) ? UNCOMMITTED : judged;
}

/** Whether a version had its time to commit and did not; one that fails anyway says so itself. */
function isOverdue({ phase, commitByMs }: NodeState, tMs: number, { outcome, metric, reason }: Standing): boolean {
  const isUnknown = metric === null && reason === "lost";
  return commitByMs !== null && tMs > commitByMs && phase !== "committed" && outcome !== "fail" && !isUnknown;
}

/** Whether silence may be the version's doing: it came by a swap, and not as what was good here before. */
function isNewHere({ hasSwapped, commitByMs }: NodeState): boolean {
  return hasSwapped && commitByMs !== null;
}

/** A metric that fails by a rule: a guardrail fails its node, a signal warns. */
function failedBy(reason: Reason, { metric, judge }: MetricWatch): Standing {
  return { outcome: judge.policy.role === "guardrail" ? "fail" : "warn", metric, reason };
}

/** The outcome of one metric at a moment, and the rule that it comes from. */
function metricStanding(state: NodeState, watch: MetricWatch, tMs: number, fleet: FleetPolicy): Standing | null {
  const { judge, brokenRun, metric } = watch;
  const { role, mustHaveData } = judge.policy;
  if (role === "muted") return null;
  if (judge.failing !== null) return failedBy(judge.failing, watch);
  if (brokenRun >= BROKEN_RUN) return { outcome: "error", metric, reason: "broken" };
  const silentSinceMs = Number.isNaN(judge.latestMs) ? state.sinceMs : judge.latestMs;
  if (tMs - silentSinceMs > fleet.staleAfterMs) {
    if (!mustHaveData) return null;
    // The node speaks, and since the swap one of its metrics does not: that is the new version's doing.
    return state.phase === "trial" && isNewHere(state) ? failedBy("lost", watch) : { outcome: "no-data", metric, reason: "lost" };
  }
  if (judge.n === 0) return mustHaveData ? { outcome: "no-data", metric, reason: "lost" } : null;
  if (judge.baseline === null) return { outcome: "inconclusive", metric, reason: "baseline" };
  if (!watch.isWarned) return watch.passes;
  return { outcome: "warn", metric, reason: warningOf(judge) };
}

function warningOf(judge: MetricState): Reason {
  if (judge.better.length >= judge.better.needed) return "better";
  const { fast, slow, spread } = judge;
  if (shareOf(spread) > Math.max(shareOf(fast), shareOf(slow))) return "spread";
  return shareOf(slow) > shareOf(fast) ? "drift-slow" : "drift-fast";
}

/** How a node stands at a moment: its own silence first, then the metric whose outcome has precedence, then a commit that did not come. */
export function standingOf(state: NodeState, tMs: number, rules: JudgeRules): Standing {
  const judged = judgedStanding(state, tMs, rules);
  return isOverdue(state, tMs, judged) ? UNCOMMITTED : judged;
}

function judgedStanding(state: NodeState, tMs: number, rules: JudgeRules): Standing {
  const silentMs = tMs - state.lastSampleMs;
  if (silentMs > rules.fleet.staleAfterMs) {
    const isTrialLost = silentMs > rules.fleet.lostAfterMs && state.phase !== "committed" && isNewHere(state);
    const isMissed = LIMITED_METRICS.some((metric) => rules.node[metric].mustHaveData && rules.node[metric].role === "guardrail");
    return { outcome: isTrialLost && isMissed ? "fail" : "no-data", metric: null, reason: "lost" };
  }
  if (state.phase === "warming") return { outcome: "inconclusive", metric: null, reason: "warm-up" };
  let chosen: Standing | null = null;
  let chosenRank = -1;
  for (const watch of state.watches) {
    const standing = metricStanding(state, watch, tMs, rules.fleet);
    if (standing === null) continue;
    const rank = precedenceOf(standing.outcome, watch.judge.policy.critical);
    if (rank > chosenRank) {
      chosen = standing;
      chosenRank = rank;
    }
  }
  // With every metric muted, or none that must have data and none that has, nothing can be said.
  return chosen ?? NOT_JUDGED;
}
