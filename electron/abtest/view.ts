import type { MetricResult, TestResult } from "../../shared/abtest/ab-test";
import { LEAST_RATIO_PROBABILITY } from "../../shared/abtest/balance";
import { pairsToDecision, predictFunnel } from "../../shared/abtest/funnel";
import type { TestInput } from "../../shared/abtest/input";
import { MIN_PAIRS } from "../../shared/abtest/looks";
import type { TestPlan } from "../../shared/abtest/plan";
import type { Segment, TestRecord } from "../../shared/abtest/record";
import { amount, signed } from "../../shared/abtest/words";
import { medianOf } from "../../shared/quantiles";
import type { AbTestBlock, AbTestMetric, AbTestState, AbTestSummary, AbTestTraces, AbTestView } from "../../shared/contract/abtest";
import { duration } from "../../shared/fleet/words";
import { METRIC_NAMES, type LimitedMetric } from "../../shared/judge/limits";
import { decimateColumns } from "../../shared/series/decimate";

/** A test and what its inference says of it now. */
export interface Shown {
  readonly record: TestRecord;
  readonly result: TestResult;
  readonly inputs: readonly TestInput[];
  readonly state: AbTestState;
  readonly ranMs: number;
  /** The block that runs; null while none does. */
  readonly open: Omit<Segment, "toAtMs" | "isWhole"> | null;
  /** Why its promotion waits though the test is over; null where nothing holds it. */
  readonly promotionWaitsFor: string | null;
}

type Sample = Extract<TestInput, { readonly type: "sample" }>;

function samplesOf(inputs: readonly TestInput[]): readonly Sample[] {
  return inputs.filter((input): input is Sample => input.type === "sample");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A test in one line, from what is written of it alone. */
export function summaryOf(record: TestRecord, state: AbTestState): AbTestSummary {
  const { started, verdict, ending, end } = record;
  const { plan, testId, actor, atMs } = started;
  const openPause = record.pauses.find(({ toAtMs }) => toAtMs === null);
  return {
    testId,
    nodesA: [...plan.arms.nodesA],
    nodesB: [...plan.arms.nodesB],
    versionA: plan.versionA,
    versionB: plan.versionB,
    design: plan.design,
    primary: plan.primary,
    state,
    stateReason: ending?.reason ?? (openPause === undefined ? null : sentence(`${openPause.reason}.`)),
    verdict:
      verdict === null
        ? { kind: "collecting", sentence: "Collecting: no verdict yet.", metric: plan.primary, decidedAtMs: null }
        : { kind: verdict.kind, sentence: verdict.sentence, metric: verdict.metric, decidedAtMs: verdict.atMs },
    actor,
    startedAtMs: atMs,
    endedAtMs: end?.atMs ?? null,
    effect: verdict?.effect ?? null,
    low: verdict?.low ?? null,
    high: verdict?.high ?? null,
    pairs: verdict?.pairs ?? 0,
  };
}

/** The summary with what the inference says now, not only what was written. */
export function liveSummaryOf({ record, result, state }: Pick<Shown, "record" | "result" | "state">): AbTestSummary {
  const written = summaryOf(record, state);
  const { kind, metric, sentence: text } = result.verdict;
  const [primary] = result.metrics;
  const { effect = null, low = null, high = null } = primary?.interval ?? {};
  return { ...written, verdict: { kind, metric, sentence: text, decidedAtMs: written.verdict.decidedAtMs }, effect, low, high, pairs: primary?.pairs ?? 0 };
}

/** A test as its page shows it. */
export function viewOf(shown: Shown): AbTestView {
  const { record, result, state, ranMs } = shown;
  const { started, segments } = record;
  const { plan } = started;
  const endAtMs = new Map(segments.filter(({ isWhole }) => isWhole).map(({ fromTestMs, toAtMs }) => [fromTestMs + plan.blockMs, toAtMs]));
  const samples = samplesOf(shown.inputs);
  const metrics = result.metrics.map((metric) => metricOf(metric, plan, result, samples, record, endAtMs));
  const isDecided = result.verdict.kind !== "collecting";
  return {
    ...liveSummaryOf(shown),
    smallestDifference: plan.smallestDifference,
    alpha: plan.alpha,
    blockMs: plan.blockMs,
    washOutMs: plan.washOutMs,
    longestMs: plan.longestMs,
    periodMs: plan.periodMs,
    endAtWinner: started.endAtWinner,
    note: noteOf(shown, metrics),
    ranMs,
    pairsNeeded: MIN_PAIRS,
    metrics,
    blocks: blocksOf(shown),
    pauses: record.pauses.map((pause) => ({ ...pause })),
    blocksDropped: result.blocksDropped,
    counts: countsOf(record, result),
    timeToDecision: isDecided || state === "ending" || state === "ended" ? null : timeOf(plan, result, metrics),
    changes: state === "ending" || state === "ended" ? [] : result.changes.map((change) => ({ ...change })),
    restore: restoreOf(record),
    promotable: record.promotion === null ? winnerOf(record, result) : null,
    promotion: promotionOf(shown),
    happened: record.happened.map((each) => ({ ...each })),
  };
}

/** The version that is better; null without a winner. */
export function winnerOf({ started }: TestRecord, { verdict }: Pick<TestResult, "verdict">): string | null {
  if (verdict.kind === "a-better") return started.plan.versionA;
  return verdict.kind === "b-better" ? started.plan.versionB : null;
}

function metricOf(
  { metric, role, alpha, interval, better, pairs, rho, isNoiseRefuted, history }: MetricResult,
  plan: TestPlan,
  result: TestResult,
  samples: readonly Sample[],
  record: TestRecord,
  endAtMs: ReadonlyMap<number, number>,
): AbTestMetric {
  const allowed = role === "guardrail" ? (plan.guardrails.find((each) => each.metric === metric)?.allowed ?? null) : null;
  const predicted = role === "primary" && result.verdict.kind !== "invalid" && result.verdict.kind !== "harmful" ? predictFunnel(plan, { metric, alpha, history }) : [];
  const standing = standingOf(metric, allowed, pairs, interval);
  return {
    metric,
    role,
    alpha,
    allowed,
    effect: interval?.effect ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    better,
    pairs,
    rho,
    isNoiseRefuted,
    standing,
    sentence: metricSentence(metric, interval, allowed),
    history: history.map(({ tMs, ...point }) => ({ atMs: endAtMs.get(tMs) ?? record.started.atMs + tMs, ...point })),
    predicted: predicted.map((point) => ({ ...point })),
    medianA: medianOfArm(samples, metric, record, "A"),
    medianB: medianOfArm(samples, metric, record, "B"),
  };
}

type Interval = MetricResult["interval"];

function standingOf(metric: LimitedMetric, allowed: number | null, pairs: number, interval: Interval): AbTestMetric["standing"] {
  if (interval === null || pairs < MIN_PAIRS) return "collecting";
  if (allowed === null) return "open";
  const [least, most] = metric === "latencyMs" ? [interval.low, interval.high] : [-interval.high, -interval.low];
  if (least > allowed) return "breached";
  return most <= allowed ? "holds" : "open";
}

function metricSentence(metric: LimitedMetric, interval: Interval, allowed: number | null): string {
  const limit = allowed === null ? "" : metric === "latencyMs" ? `allowed up to ${signed(metric, allowed, true)}` : `allowed down to ${signed(metric, -allowed)}`;
  if (interval === null) return limit === "" ? "No interval yet." : `No interval yet; ${limit}.`;
  const { effect, low, high } = interval;
  return `${signed(metric, effect, true)}, between ${signed(metric, low)} and ${signed(metric, high)}${limit === "" ? "" : `; ${limit}`}.`;
}

/** The median of an arm's values; the arm is the version, or the lane where both run the same. */
function medianOfArm(samples: readonly Sample[], metric: LimitedMetric, { started }: TestRecord, arm: "A" | "B"): number | null {
  const { plan, nodes } = started;
  const version = arm === "A" ? plan.versionA : plan.versionB;
  const isTwin = plan.versionA === plan.versionB;
  const lane = new Set(nodes.filter((node) => node.arm === arm).map(({ nodeId }) => nodeId));
  const values = samples.flatMap(({ modelVersion, nodeId, values: given }) => {
    const isOfArm = isTwin ? lane.has(nodeId) : modelVersion === version;
    return isOfArm ? (given[metric] ?? []) : [];
  });
  return medianOf(values);
}

function blocksOf({ record, open }: Shown): AbTestBlock[] {
  const { plan } = record.started;
  const all: readonly (Omit<Segment, "toAtMs"> & { readonly toAtMs: number | null })[] = [...record.segments, ...(open === null ? [] : [{ ...open, toAtMs: null, isWhole: true }])];
  return all.map(({ index, fromAtMs, toAtMs, isWhole }, place): AbTestBlock => {
    const block = plan.blocks[index];
    const isRepeated = all[place - 1]?.index === index;
    return {
      index,
      phase: block?.phase ?? "test",
      fromAtMs,
      washedOutAtMs: block?.isAfterSwap === true || isRepeated ? fromAtMs + plan.washOutMs : fromAtMs,
      toAtMs,
      versionOfA: block?.versionOfFirst ?? plan.versionA,
      versionOfB: block?.versionOfSecond ?? plan.versionB,
      isSwapped: plan.design === "crossover" && block?.kind === 1,
      isWhole,
    };
  });
}

function countsOf({ started }: TestRecord, { nodes, sampleRatioProbability }: TestResult): AbTestView["counts"] {
  const armOf = new Map(started.nodes.map(({ nodeId, arm }) => [nodeId, arm]));
  const isAsPlanned = sampleRatioProbability >= LEAST_RATIO_PROBABILITY;
  const p = isAsPlanned ? sampleRatioProbability.toFixed(2) : sampleRatioProbability.toExponential(1);
  return {
    nodes: nodes.map((node) => ({ ...node, arm: armOf.get(node.nodeId) ?? "A" })),
    samplesA: nodes.reduce((sum, { samplesA }) => sum + samplesA, 0),
    samplesB: nodes.reduce((sum, { samplesB }) => sum + samplesB, 0),
    probability: Math.min(1, Math.max(0, sampleRatioProbability)),
    isAsPlanned,
    sentence: isAsPlanned ? `Sample ratio as planned, p = ${p}.` : `The arms did not get the samples that were planned, p = ${p}.`,
  };
}

function timeOf(plan: TestPlan, { metrics: [primary] }: TestResult, metrics: readonly AbTestMetric[]): AbTestView["timeToDecision"] {
  if (primary === undefined) return null;
  const pairs = pairsToDecision(plan, primary.history, metrics[0]?.predicted ?? []);
  if (pairs === null) return { remainingMs: plan.longestMs, sentence: "Not decided before its end, if effect and noise stay." };
  const remainingMs = Math.max(1, pairs) * plan.blockMs;
  return { remainingMs, sentence: primary.pairs < MIN_PAIRS ? `No verdict before ${MIN_PAIRS} pairs: about ${duration(remainingMs)}.` : `Decided in about ${duration(remainingMs)}, if effect and noise stay.` };
}

function restoreOf({ started, ending, back }: TestRecord): AbTestView["restore"] {
  return started.nodes.map(({ nodeId, restoreVersion }) => {
    const version = ending?.versions.get(nodeId) ?? restoreVersion;
    const done = back.get(nodeId);
    if (done !== undefined) return { nodeId, version, state: done.state, sentence: done.sentence };
    if (ending === null) return { nodeId, version, state: "waiting", sentence: `Goes back to ${version} at the end.` };
    return { nodeId, version, state: "asked", sentence: `Goes back to ${version}: its own report is waited for.` };
  });
}

function promotionOf({ record, result, promotionWaitsFor }: Shown): AbTestView["promotion"] {
  const { promotion } = record;
  if (promotion === null) return null;
  const version = winnerOf(record, result) ?? promotion.plan.version;
  const state = !promotion.isDecided ? "waiting" : promotion.rolloutId === null ? "refused" : "started";
  const waits = state === "waiting" && promotionWaitsFor !== null ? ` It waits: ${promotionWaitsFor}` : "";
  return { version, state, rolloutId: promotion.rolloutId, sentence: `${promotion.sentence}${waits}` };
}

function noteOf({ record, result, state, ranMs }: Shown, metrics: readonly AbTestMetric[]): string {
  const [primary, ...guardrails] = metrics;
  const parts = [`${primary?.pairs ?? 0} ${primary?.pairs === 1 ? "pair" : "pairs"}, ${duration(ranMs)}.`];
  const holding = guardrails.filter(({ standing }) => standing === "holds").map(({ metric }) => METRIC_NAMES[metric]);
  if (holding.length > 0) parts.push(`${sentence(holding.join(" and "))} ${holding.length === 1 ? "holds" : "hold"}.`);
  const least = winnerOf(record, result) === null || primary?.low == null || primary.high === null ? null : Math.min(Math.abs(primary.low), Math.abs(primary.high));
  const { smallestDifference, primary: metric } = record.started.plan;
  if (least !== null && least < smallestDifference) parts.push(`It is not yet sure that the difference is above ${amount(metric, smallestDifference)}.`);
  const left = [...record.back].filter(([, back]) => back.state === "left").map(([nodeId]) => nodeId);
  if (left.length > 0) parts.push(`Not put back: ${left.join(", ")}.`);
  else if (state === "ended") parts.push(`${[...new Set(record.ending?.versions.values())].join(" and ")} is back, by the nodes' own reports.`);
  return parts.join(" ");
}

/** What the test was computed from, by node, on people's time. */
export function tracesOf({ record, inputs, open }: Pick<Shown, "record" | "inputs" | "open">, maxPoints: number): AbTestTraces {
  const segments = [...record.segments, ...(open === null ? [] : [open])];
  const wallOf = (tMs: number): number | null => {
    const segment = segments.findLast(({ fromTestMs }) => fromTestMs <= tMs);
    return segment === undefined ? null : segment.fromAtMs + (tMs - segment.fromTestMs);
  };
  const samples = samplesOf(inputs);
  return {
    testId: record.started.testId,
    nodes: record.started.nodes.map(({ nodeId, arm }) => {
      const rows = samples.flatMap(({ nodeId: of, tMs, values }) => {
        const atMs = of === nodeId ? wallOf(tMs) : null;
        return atMs === null ? [] : [{ atMs, values }];
      });
      const column = (metric: LimitedMetric): Float64Array<ArrayBuffer> => Float64Array.from(rows, ({ values }) => values[metric] ?? Number.NaN);
      const columns = { compressionRatio: column("compressionRatio"), latencyMs: column("latencyMs"), qualityScore: column("qualityScore") };
      const kept = decimateColumns({ atMs: Float64Array.from(rows, ({ atMs }) => atMs), columns }, maxPoints);
      return { nodeId, arm, atMs: kept.atMs, ...kept.columns };
    }),
  };
}
