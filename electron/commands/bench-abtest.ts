import { DESIGNS } from "../../shared/abtest/arms";
import { curveOf, simulateTest, type SimulatedTest } from "../../shared/abtest/simulation/simulate";
import { DISTRIBUTIONS, marginsOf } from "../../shared/judge/simulation/noise";
import { seededRandom } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { numberOption, parseArguments, refuse } from "./arguments";
import { familyLine, parseFamily, simulateFamilies, SIMULATED_ALPHA, SIMULATED_RATE_HZ, standardErrorOf, type FamilyRequest, type SimulatedTests, type Winner } from "./bench-abtest-family";
import type { Command } from "./command";
import { quantile } from "./measure";

const HELP = `usage: ./lydlr bench abtest [--rho R] [--node-sd S] [--effect D] [--design crossover|parallel|replicated]
                            [--distribution normal|lognormal|beta] [--minutes M] [--runs N]
                            [--block-s S] [--wash-out-s S] [--seed N] [--nodes-per-arm N]
                            [--metric ratio|quality] [--guardrails] [--allowed A] [--json]

Simulated A/B tests on nodes that differ, 2 samples a second, looked at on every sample: how often a winner is
named, and how soon. With --guardrails, --metric or replicated arms a test runs through the series of a real one,
and a line more says how often an interval ever left out the true difference.

  --rho R           autocorrelation of neighbouring samples, 0 to 0.95 (0)
  --node-sd S       how much nodes differ, in standard deviations of a sample (0.5)
  --effect D        B minus A, in standard deviations of a sample; 0: every winner is a false one (0)
  --design D        crossover; parallel, after 10 min of calibration; or replicated (crossover)
  --distribution D  normal, lognormal or beta (normal)
  --minutes M       the longest test, without calibration (20)
  --runs N          simulated tests (2000)
  --block-s S       seconds of a block (15)
  --wash-out-s S    seconds after each swap that are ignored (2)
  --seed N          the same seed gives the same result (1)
  --nodes-per-arm N nodes of each replicated arm, 3 to 25 (3)
  --metric M        the metric that decides; quality is bounded (ratio)
  --guardrails      watch the other two metrics as guardrails: how often a winner is false or equal versions are
                    called harmful
  --allowed A       what a guardrail allows, in standard deviations of a sample; 0 is the hardest case (0)
`;

interface Request extends SimulatedTests {
  readonly isJson: boolean;
  /** Null: the primary metric alone, on two nodes. */
  readonly family: FamilyRequest | null;
}

const TEXT = { type: "string" } as const;
const OPTIONS = {
  rho: TEXT, "node-sd": TEXT, effect: TEXT, design: TEXT, distribution: TEXT, minutes: TEXT, runs: TEXT, "block-s": TEXT, "wash-out-s": TEXT, seed: TEXT,
  "nodes-per-arm": TEXT, metric: TEXT, guardrails: { type: "boolean" }, allowed: TEXT,
  json: { type: "boolean" },
} as const;

function parseRequest(args: readonly string[]): Result<Request | "help"> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  if (values["help"] === true) return ok("help");
  if (positionals.length > 0) return fail("BAD_USAGE", "bench abtest takes no names.");
  const number = (name: string, ifAbsent: number): number => numberOption(values, name, ifAbsent);
  const asked = values["distribution"] ?? "normal";
  const distribution = DISTRIBUTIONS.find((known) => known === asked);
  if (distribution === undefined) return fail("BAD_USAGE", `--distribution is ${DISTRIBUTIONS.join(", ")}.`);
  const design = DESIGNS.find((known) => known === (values["design"] ?? "crossover"));
  if (design === undefined) return fail("BAD_USAGE", `--design is ${DESIGNS.join(", ")}.`);
  const family = parseFamily(values, design);
  if (!family.ok) return family;
  const rho = number("rho", 0);
  const nodeSd = number("node-sd", 0.5);
  const effectSd = number("effect", 0);
  const minutes = number("minutes", 20);
  const runs = number("runs", 2000);
  const blockS = number("block-s", 15);
  const washOutS = number("wash-out-s", 2);
  const seed = number("seed", 1);
  const blocks = Math.floor((60 * minutes) / blockS);
  if (!(rho >= 0 && rho <= 0.95)) return fail("BAD_USAGE", "--rho is from 0 to 0.95.");
  if (!(nodeSd >= 0 && nodeSd <= 100)) return fail("BAD_USAGE", "--node-sd is from 0 to 100.");
  if (!(Math.abs(effectSd) <= 20)) return fail("BAD_USAGE", "--effect is from -20 to 20.");
  if (!(washOutS >= 0 && blockS <= 600 && blockS - washOutS >= 4)) return fail("BAD_USAGE", "--block-s is at most 600 and at least 4 more than --wash-out-s.");
  if (!(blocks >= 9 && blocks <= 960)) return fail("BAD_USAGE", "--minutes is time for 9 to 960 blocks.");
  if (!(Number.isInteger(runs) && runs >= 1 && runs <= 1e6)) return fail("BAD_USAGE", "--runs is a whole number from 1 to 1000000.");
  if (!Number.isInteger(seed)) return fail("BAD_USAGE", "--seed is a whole number.");
  return ok({ rho, nodeSd, effectSd, design, distribution, blocks, blockS, washOutS, runs, seed, isJson: values["json"] === true, family: family.value });
}

/** Runs the tests one after another, on two nodes and one metric. */
function simulatePairs(request: Request & { readonly design: "crossover" | "parallel" }): readonly Winner[] {
  const samplesPerBlock = Math.round(SIMULATED_RATE_HZ * request.blockS);
  const washOutSamples = Math.round(SIMULATED_RATE_HZ * request.washOutS);
  const test: SimulatedTest = { ...request, margin: marginsOf(request.distribution).compressionRatio, alpha: SIMULATED_ALPHA, samplesPerBlock, washOutSamples };
  const curve = curveOf(test);
  const random = seededRandom(request.seed);
  return Array.from({ length: request.runs }, (_, index) => {
    const verdict = simulateTest(test, curve, random.fork(index));
    return verdict === null ? null : { arm: verdict.winner, block: verdict.block };
  });
}

/** `./lydlr bench abtest`: how often equal versions get a winner, and how soon a real difference is found. */
export const run: Command = async (args, io) => {
  const parsed = parseRequest(args);
  if (!parsed.ok) return refuse(io, parsed.error);
  if (parsed.value === "help") {
    io.stdout(HELP);
    return 0;
  }
  const request = parsed.value;
  const { runs, effectSd, blockS, isJson, design, family } = request;
  const isFalse = (winner: Winner): boolean => winner !== null && !(effectSd !== 0 && (effectSd > 0) === (winner.arm === "B"));
  const outcomes = family === null ? null : simulateFamilies(request, family);
  if (outcomes?.ok === false) return refuse(io, outcomes.error);
  const winners = outcomes === null ? simulatePairs({ ...request, design: design === "parallel" ? design : "crossover" }) : outcomes.value.map(({ winner }) => winner);
  if (outcomes !== null) {
    const { line, text } = familyLine(outcomes.value, isFalse);
    io.stdout(isJson ? `${JSON.stringify(line)}\n` : `${text}\n`);
  }
  const falseWinnerRate = winners.filter(isFalse).length / runs;
  const power = effectSd === 0 ? 0 : winners.filter((winner) => winner !== null && !isFalse(winner)).length / runs;
  const median = quantile(winners.map((winner) => (winner === null ? Number.POSITIVE_INFINITY : winner.block * blockS)), 0.5);
  const summary = {
    type: "summary",
    runs,
    falseWinnerRate,
    standardError: standardErrorOf(falseWinnerRate, runs),
    power,
    medianDecisionS: Number.isFinite(median) ? median : null,
  };
  const text = `${runs} tests: false winner ${(100 * falseWinnerRate).toFixed(2)} % (standard error ${(100 * summary.standardError).toFixed(2)}), power ${(100 * power).toFixed(1)} %, median decision ${summary.medianDecisionS ?? "none"} s`;
  io.stdout(isJson ? `${JSON.stringify(summary)}\n` : `${text}\n`);
  return 0;
};
