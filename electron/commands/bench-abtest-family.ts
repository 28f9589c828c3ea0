import type { Design } from "../../shared/abtest/arms";
import { LEAST_REPLICAS } from "../../shared/abtest/design";
import { planTest } from "../../shared/abtest/plan";
import { simulateFamily, type FamilyOutcome } from "../../shared/abtest/simulation/family";
import { LIMITED_METRICS, METRIC_NAMES, type LimitedMetric } from "../../shared/judge/limits";
import { marginsOf, type Distribution } from "../../shared/judge/simulation/noise";
import { seededRandom } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { numberOption, type ParsedArguments } from "./arguments";

/** Samples a second of a simulated node, and the chance of a false winner that its tests allow. */
export const SIMULATED_RATE_HZ = 2;
export const SIMULATED_ALPHA = 0.05;

/** Tests that are simulated one after another. Units as the command line has them. */
export interface SimulatedTests {
  readonly design: Design;
  readonly distribution: Distribution;
  readonly rho: number;
  readonly nodeSd: number;
  readonly effectSd: number;
  readonly blocks: number;
  readonly blockS: number;
  readonly washOutS: number;
  readonly runs: number;
  readonly seed: number;
}

/** What is asked beyond two nodes and one metric. */
export interface FamilyRequest {
  readonly nodesPerArm: number;
  readonly primary: LimitedMetric;
  readonly hasGuardrails: boolean;
  readonly allowedSd: number;
}

/** What is asked beyond two nodes and one metric; null where nothing is. */
export function parseFamily(values: ParsedArguments["values"], design: Design): Result<FamilyRequest | null> {
  const isReplicated = design === "replicated";
  const hasGuardrails = values["guardrails"] === true;
  if (!isReplicated && values["nodes-per-arm"] !== undefined) return fail("BAD_USAGE", "--nodes-per-arm is for --design replicated.");
  if (!hasGuardrails && values["allowed"] !== undefined) return fail("BAD_USAGE", "--allowed is for --guardrails.");
  const nodesPerArm = isReplicated ? numberOption(values, "nodes-per-arm", LEAST_REPLICAS) : 1;
  const allowedSd = numberOption(values, "allowed", 0);
  const asked = values["metric"] ?? "ratio";
  if (asked !== "ratio" && asked !== "quality") return fail("BAD_USAGE", "--metric is ratio or quality.");
  const primary = asked === "ratio" ? "compressionRatio" : "qualityScore";
  if (isReplicated && !(Number.isInteger(nodesPerArm) && nodesPerArm >= LEAST_REPLICAS && nodesPerArm <= 25)) return fail("BAD_USAGE", "--nodes-per-arm is a whole number from 3 to 25.");
  if (!(allowedSd >= 0 && allowedSd <= 20)) return fail("BAD_USAGE", "--allowed is from 0 to 20.");
  const isMore = isReplicated || hasGuardrails || values["metric"] !== undefined;
  return ok(isMore ? { nodesPerArm, primary, hasGuardrails, allowedSd } : null);
}

/** A winner that a simulated test named, and the block that it came with; null: none. */
export type Winner = { readonly arm: "A" | "B"; readonly block: number } | null;

/** Runs the tests through the series of real ones. IMPOSSIBLE_VALUE, NOT_IDENTIFIED as a set-up would say. */
export function simulateFamilies({ design, distribution, rho, nodeSd, effectSd, blocks, blockS, washOutS, runs, seed }: SimulatedTests, { nodesPerArm, primary, hasGuardrails, allowedSd }: FamilyRequest): Result<readonly FamilyOutcome[]> {
  const margins = marginsOf(distribution);
  const arm = (letter: string): string[] => Array.from({ length: nodesPerArm }, (_, index) => `${letter}${index}`);
  const random = seededRandom(seed);
  const outcomes: FamilyOutcome[] = [];
  for (let index = 0; index < runs; index += 1) {
    const plan = planTest({
      arms: { nodesA: arm("a"), nodesB: arm("b"), canSwap: true, canCalibrate: true },
      versionA: "A", versionB: "B", design, primary, smallestDifference: margins[primary].sd, alpha: SIMULATED_ALPHA, periodMs: 1_000 / SIMULATED_RATE_HZ,
      guardrails: LIMITED_METRICS.flatMap((metric) => (hasGuardrails && metric !== primary ? [{ metric, allowed: allowedSd * margins[metric].sd }] : [])),
      blockMs: blockS * 1_000, washOutMs: washOutS * 1_000, longestMs: blocks * blockS * 1_000, seed: index,
    });
    if (!plan.ok) return plan;
    outcomes.push(simulateFamily({ plan: plan.value, margins, rho, nodeSd, effectSd }, random.fork(index)));
  }
  return ok(outcomes);
}

/** Of a share of independent runs. */
export function standardErrorOf(rate: number, runs: number): number {
  return Math.sqrt((rate * (1 - rate)) / runs);
}

/** How often a test of several metrics was wrong in any way, and each interval: as JSON, and in words. */
export function familyLine(outcomes: readonly FamilyOutcome[], isFalse: (winner: Winner) => boolean) {
  const runs = outcomes.length;
  const rate = (is: (outcome: FamilyOutcome) => boolean): number => outcomes.filter(is).length / runs;
  const byMetric = (of: (outcome: FamilyOutcome) => readonly LimitedMetric[]) => Object.fromEntries(LIMITED_METRICS.map((metric) => [metric, rate((outcome) => of(outcome).includes(metric))]));
  const familyErrorRate = rate(({ winner, harmful }) => isFalse(winner) || harmful.length > 0);
  const line = {
    type: "family",
    runs,
    familyErrorRate,
    standardError: standardErrorOf(familyErrorRate, runs),
    harmfulRate: rate(({ harmful }) => harmful.length > 0),
    missedRate: byMetric(({ missed }) => missed),
    missedByBetsRate: rate(({ missedByBets }) => missedByBets.length > 0),
  };
  const missed = LIMITED_METRICS.map((metric) => `${METRIC_NAMES[metric]} ${percent(line.missedRate[metric] ?? 0, runs)}`).join(", ");
  const text = `any false winner or harm ${percent(familyErrorRate, runs)}, harm ${percent(line.harmfulRate, runs)}; intervals that ever left out the truth: ${missed}; bets alone ${percent(line.missedByBetsRate, runs)}`;
  return { line, text };
}

function percent(rate: number, runs: number): string {
  return `${(100 * rate).toFixed(2)} % (${(100 * standardErrorOf(rate, runs)).toFixed(2)})`;
}

