import type { Arms, Design } from "../../shared/abtest/arms";
import { designChoices } from "../../shared/abtest/design";
import { MIN_PAIRS } from "../../shared/abtest/looks";
import { predictDecisionMs, type RecentNoise } from "../../shared/abtest/outlook";
import { guardrailAlpha, planTest, type TestPlan } from "../../shared/abtest/plan";
import type { TestedNode } from "../../shared/abtest/record";
import type { TestRequest } from "../../shared/abtest/request";
import { everyFor, periodFor } from "../../shared/abtest/sampler";
import { medianOf } from "../../shared/quantiles";
import { amount } from "../../shared/abtest/words";
import type { AbTestCandidate, AbTestPlannedBlock, AbTestPreview, AbTestSetup, Arm } from "../../shared/contract/abtest";
import { parseModelVersion } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { duration } from "../../shared/fleet/words";
import { LIMITED_METRICS, METRIC_NAMES, type LimitedMetric } from "../../shared/judge/limits";
import { ok, type Failure, type Result } from "../../shared/result";
import { hasEnded } from "../../shared/rollout/command";
import { quarantineOf } from "../../shared/rollout/guard";
import { basisOf, ownValues } from "./nodes-own";
import { obstacleOf, type AbTestWorld } from "./world";

/** What the engine takes for what a set-up leaves out, as shares of today's median; quality is bounded and has its own. */
const SMALLEST_SHARE = 0.05;
const ALLOWED_SHARE = 0.1;
const SMALLEST_QUALITY = 0.01;
const ALLOWED_QUALITY = 0.02;
/** Differences that the prediction is drawn for. */
const CURVE_POINTS = 24;

/** A set-up that has been looked at: what it would do, and all that a start needs. */
export interface Prepared {
  readonly preview: AbTestPreview;
  /** Why it cannot start; null where it can. */
  readonly refusal: Failure | null;
  /** Null where it cannot start. */
  readonly ready: { readonly plan: TestPlan; readonly nodes: readonly TestedNode[] } | null;
}

interface Refusal extends Failure {
  readonly nodeId: string | null;
}

interface LookedVersion {
  readonly view: AbTestPreview["versions"][number];
  readonly failure: Failure | null;
}

interface Looked {
  readonly node: TrackedNode;
  readonly arm: Arm;
}

/** Why a node can take part in no test now, in a few words; null where it can. */
function whyNot(world: AbTestWorld, node: TrackedNode, testOf: (nodeId: string) => string | null): { readonly code: Failure["code"]; readonly reason: string } | null {
  const { nodeId, liveness } = node;
  if (liveness !== "live") return { code: "NODE_SILENT", reason: liveness === "no-metrics" ? "sends no metrics" : liveness };
  const testId = testOf(nodeId);
  if (testId !== null) return { code: "AB_TEST_RUNNING", reason: `in ${testId}` };
  const rolloutId = world.rolloutOf(nodeId);
  if (rolloutId !== null) return { code: "ROLLOUT_RUNNING", reason: `in ${rolloutId}` };
  const newest = world.commands.commandOf(nodeId);
  if (newest !== null && !hasEnded(newest)) return { code: "ALREADY_IN_FLIGHT", reason: `${newest.commandId} is on its way` };
  if (node.modelVersion === null) return { code: "NOT_IDENTIFIED", reason: "reports no version" };
  if (node.sampleRateHz() === null) return { code: "NODE_SILENT", reason: "has sent too few samples" };
  return null;
}

/** Looks at a set-up as things stand now. Nothing is sent. */
export async function prepareTest(world: AbTestWorld, setup: AbTestSetup, seed: number, testOf: (nodeId: string) => string | null): Promise<Prepared> {
  const fleet = world.nodes();
  const lanes = (ids: readonly string[], arm: Arm): Looked[] => fleet.filter(({ nodeId }) => ids.includes(nodeId)).map((node) => ({ node, arm }));
  const looked = [...lanes(setup.nodesA, "A"), ...lanes(setup.nodesB, "B")];
  const versions = await Promise.all([lookAtVersion(world, "A", setup.versionA), lookAtVersion(world, "B", setup.versionB)]);
  const periodMs = periodFor(looked.flatMap(({ node }) => node.sampleRateHz() ?? []).concat(2));
  const own = looked.map(({ node, arm }) => basisOf(node, arm, ownValues(node, setup.primary, periodMs, world.clock.wallMs())));
  const today = mediansOf(looked, periodMs, world.clock.wallMs());
  const smallestDifference = setup.smallestDifference ?? smallestFor(setup.primary, today(setup.primary));
  const guardrails = setup.guardrails ?? guardrailsFor(setup.primary, today);
  const arms: Arms = { nodesA: setup.nodesA, nodesB: setup.nodesB, canSwap: canSwap(world, looked, setup), canCalibrate: true };
  const request: TestRequest = { ...pickRequest(setup), arms, guardrails, smallestDifference: smallestDifference ?? 0, periodMs, seed };
  const planned = planTest(request);
  const restore = setup.restoreVersion === null ? ok(undefined) : await known(world, setup.restoreVersion);
  const refusals: readonly Refusal[] = [
    ...refusalsOf(world, setup, looked, testOf, versions),
    ...(smallestDifference === null && looked.length > 0 ? [{ code: "IMPOSSIBLE_VALUE" as const, message: "There are no samples yet to choose a smallest difference by.", nodeId: null }] : []),
    ...(planned.ok || (smallestDifference === null && planned.error.code === "IMPOSSIBLE_VALUE") || hasEmptyLane(setup) ? [] : [{ ...planned.error, nodeId: null }]),
    ...(restore.ok ? [] : [{ ...restore.error, nodeId: null }]),
  ];
  const plan = planned.ok ? planned.value : null;
  const noises = own.map(({ noise }) => noise);
  const preview: AbTestPreview = {
    refusals: refusals.map(({ code, message, nodeId }) => ({ code, sentence: message, nodeId })),
    designs: designChoices(arms).map((choice) => ({ ...choice, isChosen: choice.design === (plan?.design ?? setup.design) })),
    candidates: fleet.map((node) => candidateOf(world, node, testOf)),
    versions: versions.map(({ view }) => view),
    smallestDifference,
    guardrails: guardrails.map(({ metric, allowed }) => ({ metric, allowed, alpha: guardrailAlpha({ ...setup, guardrails }), sentence: guardrailSentence(metric, allowed) })),
    median: today(setup.primary),
    basis: own.map(({ view }) => view),
    schedule: plan === null ? [] : scheduleOf(plan),
    firstVerdictMs: plan === null ? null : firstVerdictMs(plan),
    longestMs: plan === null ? setup.longestMs : plan.blocks.length * plan.blockMs,
    prediction: predictionOf(plan, noises, own.map(({ view }) => view)),
    conditions: conditionsOf(setup, looked, versions),
  };
  const [refusal = null] = refusals;
  return { preview, refusal, ready: refusals.length > 0 || plan === null ? null : { plan, nodes: looked.map((each) => testedNode(each, setup, periodMs)) } };
}

function pickRequest({ versionA, versionB, design, primary, alpha, blockMs, washOutMs, longestMs }: AbTestSetup): Omit<TestRequest, "arms" | "guardrails" | "smallestDifference" | "periodMs" | "seed"> {
  return { versionA, versionB, design, primary, alpha, blockMs, washOutMs, longestMs };
}

function hasEmptyLane({ nodesA, nodesB }: AbTestSetup): boolean {
  return nodesA.length === 0 || nodesB.length === 0;
}

async function known(world: AbTestWorld, text: string): Promise<Result<void>> {
  const version = parseModelVersion(text);
  return version.ok ? world.checkVersion(version.value) : version;
}

/** What the check before every deploy says of a version: its files, and that no verification refused it here. */
async function lookAtVersion(world: AbTestWorld, arm: Arm, version: string): Promise<LookedVersion> {
  const found = await known(world, version);
  const isDrill = world.isDrill(version);
  const drill = isDrill ? " It is a drill: made to fail." : "";
  const sentence = found.ok ? `Every file of ${version} is the one that its manifest names.${drill}` : `${found.error.code}: ${found.error.message}`;
  return { view: { arm, version, isDeployable: found.ok, isDrill, sentence }, failure: found.ok ? null : found.error };
}

function testedNode({ node, arm }: Looked, { restoreVersion }: AbTestSetup, periodMs: number): TestedNode {
  const beforeVersion = node.modelVersion ?? "";
  return { nodeId: node.nodeId, arm, every: everyFor(node.sampleRateHz() ?? 2, periodMs), beforeVersion, restoreVersion: restoreVersion ?? beforeVersion };
}

function candidateOf(world: AbTestWorld, node: TrackedNode, testOf: (nodeId: string) => string | null): AbTestCandidate {
  const reason = whyNot(world, node, testOf)?.reason ?? null;
  return { nodeId: node.nodeId, vertical: node.vertical, modelVersion: node.modelVersion, rateHz: node.sampleRateHz(), canTakePart: reason === null, reason };
}

/** Every version may run on every node: both of the test, and what is put back. */
function canSwap(world: AbTestWorld, looked: readonly Looked[], { versionA, versionB }: AbTestSetup): boolean {
  return looked.every(({ node }) => [versionA, versionB].every((version) => !quarantineOf(world.guard(), node.nodeId).has(version)));
}

function refusalsOf(world: AbTestWorld, setup: AbTestSetup, looked: readonly Looked[], testOf: (nodeId: string) => string | null, versions: readonly LookedVersion[]): Refusal[] {
  const obstacle = obstacleOf(world);
  const seen = new Set<string>(looked.map(({ node }) => node.nodeId));
  const of = (code: Failure["code"], message: string, nodeId: string | null = null): Refusal => ({ code, message, nodeId });
  return [
    ...(obstacle === null ? [] : [of(obstacle.code, obstacle.message)]),
    ...versions.flatMap(({ view, failure }) => (failure === null ? [] : [of(failure.code, `${view.version} cannot be tested: ${failure.message}`)])),
    ...(["A", "B"] as const).flatMap((arm) => ((arm === "A" ? setup.nodesA : setup.nodesB).length === 0 ? [of("NOT_IDENTIFIED", `Arm ${arm} has no node.`)] : [])),
    ...[...setup.nodesA, ...setup.nodesB].flatMap((nodeId) => (seen.has(nodeId) ? [] : [of("UNKNOWN_NODE", `No node ${nodeId} has been seen.`, nodeId)])),
    ...looked.flatMap(({ node, arm }) => nodeRefusals(world, setup, node, arm, testOf)),
  ];
}

function nodeRefusals(world: AbTestWorld, setup: AbTestSetup, node: TrackedNode, arm: Arm, testOf: (nodeId: string) => string | null): Refusal[] {
  const { nodeId } = node;
  const found = whyNot(world, node, testOf);
  if (found !== null) return [{ code: found.code, message: `${nodeId} cannot take part: ${found.reason}.`, nodeId }];
  const quarantined = quarantineOf(world.guard(), nodeId);
  const own = arm === "A" ? setup.versionA : setup.versionB;
  const back = setup.restoreVersion ?? node.modelVersion ?? "";
  return [...new Set([own, back])].flatMap((version) => (quarantined.has(version) ? [{ code: "QUARANTINED" as const, message: `${version} is in quarantine for ${nodeId}. Lift it first, with a reason.`, nodeId }] : []));
}

function mediansOf(looked: readonly Looked[], periodMs: number, nowMs: number): (metric: LimitedMetric) => number | null {
  const medians = new Map(LIMITED_METRICS.map((metric) => [metric, medianOf(looked.flatMap(({ node }) => ownValues(node, metric, periodMs, nowMs).values))]));
  return (metric) => medians.get(metric) ?? null;
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function smallestFor(metric: LimitedMetric, median: number | null): number | null {
  if (metric === "qualityScore") return SMALLEST_QUALITY;
  return median === null ? null : rounded(median * SMALLEST_SHARE);
}

function guardrailsFor(primary: LimitedMetric, today: (metric: LimitedMetric) => number | null): readonly { readonly metric: LimitedMetric; readonly allowed: number }[] {
  return LIMITED_METRICS.flatMap((metric) => {
    const median = today(metric);
    if (metric === primary || median === null) return [];
    return [{ metric, allowed: metric === "qualityScore" ? ALLOWED_QUALITY : rounded(median * ALLOWED_SHARE) }];
  });
}

function guardrailSentence(metric: LimitedMetric, allowed: number): string {
  const change = `${metric === "latencyMs" ? "+" : "\u2212"}${amount(metric, allowed)}`;
  return `B's ${METRIC_NAMES[metric]} may change by ${change} at most.`;
}

function firstVerdictMs(plan: TestPlan): number {
  const calibration = plan.blocks.filter(({ phase }) => phase === "calibration").length;
  return (calibration + MIN_PAIRS + (plan.design === "crossover" ? 1 : 0)) * plan.blockMs;
}

function scheduleOf(plan: TestPlan): AbTestPlannedBlock[] {
  const { blockMs, washOutMs, design } = plan;
  const shown = Math.round(firstVerdictMs(plan) / blockMs) + 1;
  return plan.blocks.slice(0, shown).map(({ phase, fromMs, isAfterSwap, versionOfFirst, versionOfSecond, kind }) => ({
    phase,
    fromMs,
    toMs: fromMs + blockMs,
    washedOutMs: isAfterSwap ? fromMs + washOutMs : fromMs,
    versionOfA: versionOfFirst,
    versionOfB: versionOfSecond,
    isSwapped: design === "crossover" && kind === 1,
  }));
}

function predictionOf(plan: TestPlan | null, noises: readonly (RecentNoise | null)[], basis: AbTestPreview["basis"]): AbTestPreview["prediction"] {
  if (plan === null) return { decisionMs: null, sentence: "Nothing can be predicted before nodes and design are chosen.", curve: [] };
  if (plan.design === "replicated") return { decisionMs: null, sentence: "Not predicted: how much nodes of an arm differ cannot be read off the noise of each.", curve: [] };
  const [first, second] = noises;
  if (first === null || second === null || first === undefined || second === undefined) {
    const fewest = Math.min(...basis.map(({ samples }) => samples));
    return { decisionMs: null, sentence: `Not predicted yet: ${fewest} of 60 values of each node on its version.`, curve: [] };
  }
  const design: Exclude<Design, "replicated"> = plan.design;
  const noise = [first, second] as const;
  const at = (difference: number): number | null => predictDecisionMs(design, plan, noise, difference);
  const decisionMs = at(plan.smallestDifference);
  const curve = Array.from({ length: CURVE_POINTS }, (_, index) => {
    const difference = (plan.smallestDifference * 2 * (index + 1)) / CURVE_POINTS;
    return { difference, decisionMs: at(difference) };
  });
  const wanted = amount(plan.primary, plan.smallestDifference);
  const sentence = decisionMs === null ? `A difference of ${wanted} is hardly found in ${duration(plan.longestMs)}: half of such tests end inconclusive.` : `About ${duration(decisionMs)} for a difference of ${wanted}, if the nodes' noise stays as it was.`;
  return { decisionMs, sentence, curve };
}

function conditionsOf({ restoreVersion }: AbTestSetup, looked: readonly Looked[], versions: readonly LookedVersion[]): AbTestPreview["conditions"] {
  const back = restoreVersion ?? [...new Set(looked.map(({ node }) => node.modelVersion ?? "what each ran"))].join(" and ");
  return [
    ...[...new Map(versions.map(({ view }) => [view.version, view])).values()].map(({ isDeployable, sentence }) => ({ met: isDeployable, sentence: sentence.replace(/\.$/, "") })),
    { met: looked.length > 0 && looked.every(({ node }) => node.liveness === "live"), sentence: "Every node is live and reports its version" },
    { met: true, sentence: "The judge stays armed; a breach ends the test" },
    { met: true, sentence: `Ends on ${back === "" ? "what each ran" : back}, acknowledged by every node` },
  ];
}
