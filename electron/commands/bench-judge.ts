import { cusumArl, cusumLimit } from "../../shared/judge/statistics/cusum";
import { poissonUpper95 } from "../../shared/judge/statistics/poisson";
import { LIMITED_METRICS } from "../../shared/judge/limits";
import { defaultRules, simulateNode, watchDegrading, watchHealthy, type Detection } from "../../shared/judge/simulation/fleet";
import { DISTRIBUTIONS, marginsOf, type Distribution } from "../../shared/judge/simulation/noise";
import { seededRandom, type Random } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { numberOf, numberOption, parseArguments, refuse } from "./arguments";
import { budgetLine, budgetSentence, findBudgetKept, livesAt, PROMISED_CELLS, type BudgetCell, type BudgetFinding } from "./bench-judge-budget";
import type { Command, CommandIo } from "./command";
import { quantile } from "./measure";

/** False rollbacks that the budget has to allow over the run, so that one rate can be told from another. */
const ALLOWED_COUNT = 24;

const DEFAULT_LIVES = 40;

const HELP = `usage: ./lydlr bench judge [--hours H] [--nodes N] [--rho R] [--distribution normal|lognormal|beta]
                           [--shift D[,D...]] [--runs N] [--lives N] [--table] [--seed N] [--json]

Simulated fleets through the judge with the default policy: healthy nodes, each with a new baseline every
day, and nodes that get worse by D standard deviations, and by 30 % at a coefficient of variation of 5 %.

  --hours H         simulated hours of each healthy node (480)
  --nodes N         nodes in the fleet (6)
  --rho R           autocorrelation of neighbouring samples, 0 to 0.95 (0)
  --distribution D  normal, lognormal or beta (normal)
  --shift D         a degradation in standard deviations; several with commas (2)
  --runs N          degraded nodes for each shift (400)
  --lives N         healthy nodes for the default budget itself at rho 0, and 1 / (1 - rho)^2 times as many
                    elsewhere, because baselines differ more; 0 leaves that out (${DEFAULT_LIVES})
  --table           only the default budget itself, for each distribution at rho 0, 0.3, 0.5, 0.65 and 0.8;
                    with --rho or --distribution the rows of that one
  --seed N          the same seed gives the same result (1)

The budget is one false rollback of the fleet in 30 days. To see whether it is kept, the simulated time has to be
so long that the budget allows ${ALLOWED_COUNT} ("method" is then "direct"). Where it is shorter, the judge is given a budget
that is larger in proportion, its limits are solved for that one, and "method" says "scaled"; "budgetPerNodeDay" is
then the larger budget, "budgetScale" says how much larger, "defaultBudgetPerNodeDay" is the policy's. Where it is
shorter than a day, every baseline is new within that time, and the judge is told so.

The limits of the default budget itself are tried too, by the same judge: a simulated node that comes near a limit is
split into copies that count for less, until rollbacks are common enough to be counted, and leaps are drawn to the far
side and weighed for it. Both are without bias. A line of type "default-budget" has what is expected a node-day, the
upper limit and the budget, how much lives differ, and the part of the unluckiest of them.
`;

const BUDGET_DAYS = 30;
/** The stream of random numbers of the default budget's arm: of no shift's. */
const BUDGET_STREAM = 1_000;
const HOURS_PER_DAY = 24;
const SAMPLES_PER_HOUR = 7_200;
/** Degradations begin between five minutes and an hour after the version began to run. */
const EARLIEST_CHANGE = 600;
const LATEST_CHANGE = 7_200;
/** Ten minutes. */
const PATIENCE = 1_200;
const DROP = 0.3;
const DROP_CV = 0.05;

interface Request {
  readonly hours: number;
  readonly nodes: number;
  readonly rho: number;
  readonly distribution: Distribution;
  readonly shifts: readonly number[];
  readonly runs: number;
  readonly lives: number;
  /** The cells of the table that are asked for; null where no table is. */
  readonly table: readonly Pick<BudgetCell, "distribution" | "rho">[] | null;
  readonly seed: number;
  readonly isJson: boolean;
}

function isDistribution(text: string): text is Distribution {
  return DISTRIBUTIONS.some((known) => known === text);
}

/** `--shift 2 --shift 4` is `--shift 2,4`. */
function joinShifts(args: readonly string[]): readonly string[] {
  const shifts: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? "";
    if (word === "--shift" && args[index + 1] !== undefined) {
      shifts.push(args[index + 1] ?? "");
      index += 1;
    } else if (word.startsWith("--shift=")) shifts.push(word.slice("--shift=".length));
    else rest.push(word);
  }
  return shifts.length === 0 ? rest : [...rest, `--shift=${shifts.join(",")}`];
}

/** The cells of the promise, or those of one autocorrelation or distribution. */
function tableOf(rho: unknown, distribution: unknown): NonNullable<Request["table"]> {
  return PROMISED_CELLS.filter((cell) => (rho === undefined || cell.rho === Number(rho)) && (distribution === undefined || cell.distribution === distribution));
}

const TEXT = { type: "string" } as const;

function parseRequest(args: readonly string[]): Result<Request | "help"> {
  const options = { hours: TEXT, nodes: TEXT, rho: TEXT, distribution: TEXT, shift: TEXT, runs: TEXT, lives: TEXT, seed: TEXT, table: { type: "boolean" }, json: { type: "boolean" } } as const;
  const parsed = parseArguments(joinShifts(args), options);
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  if (values["help"] === true) return ok("help");
  if (positionals.length > 0) return fail("BAD_USAGE", "bench judge takes no names.");
  const number = (name: string, ifAbsent: number): number => numberOption(values, name, ifAbsent);
  const distribution = values["distribution"] ?? "normal";
  if (typeof distribution !== "string" || !isDistribution(distribution)) return fail("BAD_USAGE", `--distribution is ${DISTRIBUTIONS.join(", ")}.`);
  const shift = values["shift"];
  const shifts = (typeof shift === "string" ? shift : "2").split(",").map(numberOf);
  const request = { hours: number("hours", 480), nodes: number("nodes", 6), rho: number("rho", 0), distribution, shifts, runs: number("runs", 400), lives: number("lives", DEFAULT_LIVES), table: values["table"] === true ? tableOf(values["rho"], values["distribution"]) : null, seed: number("seed", 1), isJson: values["json"] === true };
  const { hours, nodes, rho, runs, lives, seed } = request;
  if (!(hours > 0 && hours <= 1e6)) return fail("BAD_USAGE", "--hours is above 0 and at most 1000000.");
  if (!(Number.isInteger(nodes) && nodes >= 1 && nodes <= 10_000)) return fail("BAD_USAGE", "--nodes is a whole number from 1 to 10000.");
  if (!(rho >= 0 && rho <= 0.95)) return fail("BAD_USAGE", "--rho is from 0 to 0.95.");
  if (!(Number.isInteger(runs) && runs >= 1 && runs <= 1e6)) return fail("BAD_USAGE", "--runs is a whole number from 1 to 1000000.");
  if (!(Number.isInteger(lives) && lives >= 0 && lives <= 1e6)) return fail("BAD_USAGE", "--lives is a whole number from 0 to 1000000.");
  if (values["table"] === true && lives === 0) return fail("BAD_USAGE", "--table takes lives above 0.");
  if (request.table?.length === 0) return fail("BAD_USAGE", "--table takes a rho of 0, 0.3, 0.5, 0.65 or 0.8.");
  if (!Number.isInteger(seed)) return fail("BAD_USAGE", "--seed is a whole number.");
  if (!shifts.every((each) => each > 0 && each <= 20)) return fail("BAD_USAGE", "--shift is above 0 and at most 20.");
  return ok(request);
}

/** What the healthy fleet came to. */
interface Healthy {
  readonly nodeDays: number;
  readonly falseRollbacks: number;
  readonly upper95PerNodeDay: number;
  readonly budgetPerNodeDay: number;
  readonly method: "direct" | "scaled";
  /** How much larger the budget was than the policy's. */
  readonly budgetScale: number;
}

function watchHealthyFleet(request: Request, random: Random, io: CommandIo, print: (line: object, text: string) => void): Healthy {
  const { hours, nodes, rho, distribution } = request;
  const nodeDays = (hours * nodes) / HOURS_PER_DAY;
  const allowed = nodeDays / (BUDGET_DAYS * nodes);
  const isDirect = allowed >= ALLOWED_COUNT;
  const days = isDirect ? BUDGET_DAYS : nodeDays / (ALLOWED_COUNT * nodes);
  const scale = BUDGET_DAYS / days;
  const rules = defaultRules(nodes, days, Math.max(1, HOURS_PER_DAY / hours));
  const why = isDirect
    ? `the budget of one in ${BUDGET_DAYS} days itself`
    : `a budget ${scale.toFixed(1)} times as large, because ${nodeDays.toFixed(1)} node-days are too short to tell how often one comes in ${BUDGET_DAYS} days`;
  io.stderr(`lydlr: ${nodes} healthy nodes for ${hours} h, ${distribution}, rho ${rho}: judged by ${why}\n`);
  const margins = marginsOf(distribution);
  let falseRollbacks = 0;
  for (let index = 0; index < nodes; index += 1) {
    const found = watchHealthy(simulateNode(random.fork(index), margins, rho), Math.round(hours * SAMPLES_PER_HOUR), rules);
    falseRollbacks += found.length;
    for (const { sample, standing, baseline } of found) {
      const line = { type: "false-rollback", node: index, sample, metric: standing.metric, reason: standing.reason, baselineSamples: baseline };
      print(line, `false rollback of node ${index} at sample ${sample}: ${standing.metric ?? "all"}, ${standing.reason}, baseline of ${baseline}`);
    }
  }
  return {
    nodeDays,
    falseRollbacks,
    upper95PerNodeDay: poissonUpper95(falseRollbacks) / nodeDays,
    budgetPerNodeDay: 1 / (days * nodes),
    method: isDirect ? "direct" : "scaled",
    budgetScale: scale,
  };
}

interface Delays {
  readonly medianDelaySamples: number | null;
  readonly p95DelaySamples: number | null;
  readonly missed: number;
  readonly early: number;
}

function delaysOf(detections: readonly Detection[]): Delays {
  const count = (type: Detection["type"]): number => detections.filter((each) => each.type === type).length;
  // What is missed took longer than anybody waited: it belongs to the slow end.
  const delays = detections.flatMap((each) => (each.type === "found" ? [each.delay] : each.type === "missed" ? [PATIENCE] : []));
  const at = (share: number): number | null => (delays.length === 0 ? null : quantile(delays, share));
  return { medianDelaySamples: at(0.5), p95DelaySamples: at(0.95), missed: count("missed"), early: count("early") };
}

function watchShift(request: Request, random: Random, shiftSd: number): Delays {
  const { nodes, rho, distribution, runs } = request;
  const rules = defaultRules(nodes, BUDGET_DAYS);
  const margins = marginsOf(distribution);
  const detections = Array.from({ length: runs }, (_, run): Detection => {
    const own = random.fork(run);
    const metric = LIMITED_METRICS[run % LIMITED_METRICS.length] ?? "latencyMs";
    const from = EARLIEST_CHANGE + own.nextInt(LATEST_CHANGE - EARLIEST_CHANGE);
    const size = (metric === "latencyMs" ? 1 : -1) * shiftSd * margins[metric].sd;
    const worse = (value: number): number => (metric === "qualityScore" ? Math.max(0, value + size) : Math.max(1e-6, value + size));
    return watchDegrading(simulateNode(own, margins, rho), { metric, from, worse, patience: PATIENCE }, rules);
  });
  return delaysOf(detections);
}

/** A drop of the ratio by 30 % at a coefficient of variation of 5 %, far inside of its limit. */
function watchDrop(request: Request, random: Random): Delays {
  const { nodes, rho, runs } = request;
  const rules = defaultRules(nodes, BUDGET_DAYS);
  const margins = marginsOf(request.distribution);
  const { mean, sd } = margins.compressionRatio;
  const narrow = { ...margins.compressionRatio, valueAt: (score: number): number => 10 * (1 + (DROP_CV * (margins.compressionRatio.valueAt(score) - mean)) / sd) };
  const detections = Array.from({ length: runs }, (_, run): Detection => {
    const own = random.fork(run);
    const from = EARLIEST_CHANGE + own.nextInt(LATEST_CHANGE - EARLIEST_CHANGE);
    const node = simulateNode(own, { ...margins, compressionRatio: narrow }, rho);
    return watchDegrading(node, { metric: "compressionRatio", from, worse: (value) => value - 10 * DROP, patience: PATIENCE }, rules);
  });
  return delaysOf(detections);
}

/** Delay of the exact CUSUM, k = 0.5, with the whole budget and a known healthy mean, on independent samples. */
function exactDelay(nodes: number, shiftSd: number): number {
  const arl0 = 2 * 86_400 * BUDGET_DAYS * nodes * LIMITED_METRICS.length;
  return cusumArl({ k: 0.5, h: cusumLimit(0.5, arl0, false) }, shiftSd);
}

function round(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals));
}

/** Which budget the healthy fleet was held to: the policy's own, or one that is larger in proportion to the simulated time. */
function budgetWords({ method, budgetPerNodeDay, budgetScale }: Healthy): string {
  if (method === "direct") return `budget ${budgetPerNodeDay.toFixed(5)} (direct: the default budget itself)`;
  return `budget ${budgetPerNodeDay.toFixed(5)} (scaled: ${budgetScale.toFixed(1)} times the default budget of ${(budgetPerNodeDay / budgetScale).toFixed(5)})`;
}

/** Tries the limits of the default budget itself on one kind of noise, and prints what it found. */
function tryDefaultBudget(cell: BudgetCell, random: Random, io: CommandIo, print: (line: object, text: string) => void): BudgetFinding {
  io.stderr(`lydlr: the limits of the default budget itself, ${cell.distribution}, rho ${cell.rho}: ${cell.lives} healthy nodes\n`);
  const finding = findBudgetKept(cell, random);
  print(budgetLine(cell, finding), budgetSentence(cell, finding));
  return finding;
}

/** `./lydlr bench judge`: how often healthy nodes are rolled back, and how soon bad ones. */
export const run: Command = async (args, io) => {
  const parsed = parseRequest(args);
  if (!parsed.ok) return refuse(io, parsed.error);
  if (parsed.value === "help") {
    io.stdout(HELP);
    return 0;
  }
  const request = parsed.value;
  const print = (line: object, text: string): void => {
    io.stdout(request.isJson ? `${JSON.stringify(line)}\n` : `${text}\n`);
  };
  const random = seededRandom(request.seed);
  const { nodes, lives } = request;
  if (request.table !== null) {
    const findings = request.table.map((cell) => tryDefaultBudget({ ...cell, nodes, days: BUDGET_DAYS, lives: livesAt(cell.rho, lives) }, random.fork(BUDGET_STREAM), io, print));
    return findings.every(({ isKept }) => isKept) ? 0 : 1;
  }
  const healthy = watchHealthyFleet(request, random.fork(1), io, print);
  const { rho, distribution } = request;
  const own = lives === 0 ? null : tryDefaultBudget({ distribution, rho, nodes, days: BUDGET_DAYS, lives: livesAt(rho, lives) }, random.fork(BUDGET_STREAM), io, print);
  const drop = watchDrop(request, random.fork(2));
  print(
    { type: "drop", drop: DROP, cv: DROP_CV, medianDelaySamples: drop.medianDelaySamples, p95DelaySamples: drop.p95DelaySamples, missed: drop.missed, early: drop.early },
    `a drop of 30 % at a coefficient of variation of 5 %: median ${drop.medianDelaySamples} samples, p95 ${drop.p95DelaySamples}, missed ${drop.missed} of ${request.runs}`,
  );
  for (const [index, shiftSd] of request.shifts.entries()) {
    const { medianDelaySamples, p95DelaySamples, missed, early } = watchShift(request, random.fork(3 + index), shiftSd);
    const exact = exactDelay(request.nodes, shiftSd);
    const line = {
      type: "summary",
      healthyNodeDays: healthy.nodeDays,
      falseRollbacks: healthy.falseRollbacks,
      upper95PerNodeDay: round(healthy.upper95PerNodeDay, 6),
      budgetPerNodeDay: round(healthy.budgetPerNodeDay, 6),
      shiftSd,
      medianDelaySamples,
      p95DelaySamples,
      missed,
      early,
      runs: request.runs,
      exactCusumDelaySamples: round(exact, 2),
      method: healthy.method,
      budgetScale: round(healthy.budgetScale, 3),
      defaultBudgetPerNodeDay: round(1 / (BUDGET_DAYS * nodes), 6),
      defaultFalseRollbacksPerNodeDay: own === null ? null : round(own.perNodeDay, 8),
      defaultUpper95PerNodeDay: own === null ? null : round(own.upper95PerNodeDay, 8),
    };
    const text =
      `${healthy.falseRollbacks} false rollbacks in ${healthy.nodeDays.toFixed(1)} healthy node-days: at most ${healthy.upper95PerNodeDay.toFixed(5)} a node-day (95 %), ` +
      `${budgetWords(healthy)}; ${shiftSd} sd found in a median of ${medianDelaySamples} samples, p95 ${p95DelaySamples}, ` +
      `missed ${missed} of ${request.runs}; the exact CUSUM takes ${exact.toFixed(1)} on independent samples`;
    print(line, text);
  }
  return 0;
};
