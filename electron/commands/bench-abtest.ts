import { curveOf, simulateTest, type SimulatedTest } from "../../shared/abtest/simulation/simulate";
import { DISTRIBUTIONS, marginsOf, type Distribution } from "../../shared/judge/simulation/noise";
import { seededRandom } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { numberOption, parseArguments, refuse } from "./arguments";
import type { Command } from "./command";
import { quantile } from "./measure";

const HELP = `usage: ./lydlr bench abtest [--rho R] [--node-sd S] [--effect D] [--design crossover|parallel]
                            [--distribution normal|lognormal|beta] [--minutes M] [--runs N]
                            [--block-s S] [--wash-out-s S] [--seed N] [--json]

Simulated A/B tests on two nodes that differ, 2 samples a second, looked at on every sample: how often a winner
is named, and how soon.

  --rho R           autocorrelation of neighbouring samples, 0 to 0.95 (0)
  --node-sd S       how much nodes differ, in standard deviations of a sample (0.5)
  --effect D        B minus A, in standard deviations of a sample; 0: every winner is a false one (0)
  --design D        crossover or parallel, the latter after 10 min of calibration (crossover)
  --distribution D  normal, lognormal or beta (normal)
  --minutes M       the longest test, without calibration (20)
  --runs N          simulated tests (2000)
  --block-s S       seconds of a block (15)
  --wash-out-s S    seconds after each swap that are ignored (2)
  --seed N          the same seed gives the same result (1)
`;

const RATE_HZ = 2;
const ALPHA = 0.05;

interface Request extends Omit<SimulatedTest, "margin" | "alpha"> {
  readonly distribution: Distribution;
  readonly blockS: number;
  readonly runs: number;
  readonly seed: number;
  readonly isJson: boolean;
}

const TEXT = { type: "string" } as const;
const OPTIONS = {
  rho: TEXT, "node-sd": TEXT, effect: TEXT, design: TEXT, distribution: TEXT, minutes: TEXT, runs: TEXT, "block-s": TEXT, "wash-out-s": TEXT, seed: TEXT,
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
  const design = values["design"] ?? "crossover";
  if (design !== "crossover" && design !== "parallel") return fail("BAD_USAGE", "--design is crossover or parallel.");
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
  const samplesPerBlock = Math.round(RATE_HZ * blockS);
  const washOutSamples = Math.round(RATE_HZ * washOutS);
  return ok({ rho, nodeSd, effectSd, design, distribution, blocks, blockS, samplesPerBlock, washOutSamples, runs, seed, isJson: values["json"] === true });
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
  const { runs, effectSd, blockS, seed, isJson } = request;
  const test: SimulatedTest = { ...request, margin: marginsOf(request.distribution).compressionRatio, alpha: ALPHA };
  const curve = curveOf(test);
  const random = seededRandom(seed);
  const decisionS: number[] = [];
  let falseWinners = 0;
  let found = 0;
  for (let index = 0; index < runs; index += 1) {
    const verdict = simulateTest(test, curve, random.fork(index));
    decisionS.push(verdict === null ? Number.POSITIVE_INFINITY : verdict.block * blockS);
    if (verdict === null) continue;
    const isTrue = effectSd !== 0 && (effectSd > 0) === (verdict.winner === "B");
    if (isTrue) found += 1;
    else falseWinners += 1;
  }
  const falseWinnerRate = falseWinners / runs;
  const power = effectSd === 0 ? 0 : found / runs;
  const median = quantile(decisionS, 0.5);
  const summary = {
    type: "summary",
    runs,
    falseWinnerRate,
    standardError: Math.sqrt((falseWinnerRate * (1 - falseWinnerRate)) / runs),
    power,
    medianDecisionS: Number.isFinite(median) ? median : null,
  };
  const text = `${runs} tests: false winner ${(100 * falseWinnerRate).toFixed(2)} % (standard error ${(100 * summary.standardError).toFixed(2)}), power ${(100 * power).toFixed(1)} %, median decision ${summary.medianDecisionS ?? "none"} s`;
  io.stdout(isJson ? `${JSON.stringify(summary)}\n` : `${text}\n`);
  return 0;
};
