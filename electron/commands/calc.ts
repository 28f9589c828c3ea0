import { asymptoticInterval, normalMixtureBound, normalMixtureRho } from "../../shared/judge/statistics/always-valid";
import { cusumArl, cusumLimit, LARGEST_CUSUM_LIMIT, largestTwoSidedStart, twoSidedCusumArl } from "../../shared/judge/statistics/cusum";
import { dtcLimit, longRunVariance } from "../../shared/judge/statistics/dtc";
import { ewmaArl } from "../../shared/judge/statistics/ewma";
import { predictBudget } from "../../shared/judge/predict";
import { fail, ok, type Result } from "../../shared/result";
import { refuse } from "./arguments";
import { finiteField, impossible, withNumbers, type CalcValues } from "./calc-arguments";
import type { Command } from "./command";

const HELP = `usage: ./lydlr calc arl --chart cusum --k K --h H --shift D [--two-sided] [--headstart S]
       ./lydlr calc arl --chart ewma --lambda L --c C --shift D [--one-sided]
       ./lydlr calc limit --chart cusum --k K --arl0 A [--two-sided]
       ./lydlr calc limit --chart dtc --k K --rho R --arl0 A
       ./lydlr calc bound --kind normal-mixture --v V --v-opt VO --alpha A [--one-sided]
       ./lydlr calc interval --n N --mean M --sd S --alpha A --n-star NS
       ./lydlr calc predict --nodes N --metrics M --days D --rho R --drop 0.30 --cv 0.05

The statistics behind the policy: each prints one JSON object with a field named after what was asked.
Charts are on standardised values (mean 0, sd 1).

  arl       mean samples to an alarm, exact (Nystroem on Gauss-Legendre nodes). CUSUM is one-sided unless
            --two-sided; --headstart is where its sums start. EWMA is two-sided with limits at C asymptotic
            standard deviations; --one-sided has the upper limit alone.
  limit     the limit with A mean samples to a false alarm. dtc: the distribution-free CUSUM for values with
            autocorrelation R (Kim, Alexopoulos, Tsui and Wilson, 2007).
  bound     the normal-mixture boundary at variance V, tightest at VO (Howard et al., 2021).
  interval  asymptotic confidence sequence of a mean; S is the standard deviation of one sample.
  predict   what a budget of one false rollback of the fleet in D days costs: falseRollbacksPerDay,
            delaySamples (median, for a sudden drop), hardRun (samples in a row beyond a hard limit) and
            driftLimit, by the functions that the judge takes its limits from.
`;

type Fields = Readonly<Record<string, number | boolean>>;

function cusumRunLength(values: CalcValues): Result<Fields> {
  const [k, h, shift, start] = [values.number("k"), values.number("h"), values.number("shift", 0), values.number("headstart", 0)];
  const isTwoSided = values.isOn("two-sided");
  if (k < 0) return impossible("--k is at least 0.");
  if (h <= 0 || h > LARGEST_CUSUM_LIMIT) return impossible(`--h is above 0 and at most ${LARGEST_CUSUM_LIMIT}.`);
  const mostStart = isTwoSided ? largestTwoSidedStart({ k, h }) : h;
  if (start < 0 || start >= h || start > mostStart) return impossible(`--headstart is at least 0, below ${h} and at most ${mostStart}.`);
  return finiteField("arl", isTwoSided ? twoSidedCusumArl({ k, h }, shift, start) : cusumArl({ k, h }, shift, start));
}

/** Below this weight an EWMA's kernel is too narrow for the integral to be solved in seconds. */
const SMALLEST_LAMBDA = 0.001;

function ewmaRunLength(values: CalcValues): Result<Fields> {
  const [lambda, c, shift] = [values.number("lambda"), values.number("c"), values.number("shift", 0)];
  if (lambda < SMALLEST_LAMBDA || lambda > 1) return impossible(`--lambda is from ${SMALLEST_LAMBDA} to 1.`);
  if (c <= 0 || c > 10) return impossible("--c is above 0 and at most 10.");
  if (Math.abs(shift) > 20) return impossible("--shift is at most 20 standard deviations.");
  return finiteField("arl", ewmaArl({ lambda, c }, shift, !values.isOn("one-sided")));
}

function runLength(args: readonly string[]): Result<Fields> {
  const options = ["chart", "k", "h", "shift", "headstart", "lambda", "c"];
  return withNumbers(args, options, ["two-sided", "one-sided"], (values) => {
    switch (values.text("chart")) {
      case "cusum":
        return cusumRunLength(values);
      case "ewma":
        return ewmaRunLength(values);
      default:
        return fail("BAD_USAGE", "--chart is cusum or ewma.");
    }
  });
}

function limit(args: readonly string[]): Result<Fields> {
  return withNumbers(args, ["chart", "k", "arl0", "rho"], ["two-sided"], (values) => {
    const chart = values.text("chart");
    if (chart !== "cusum" && chart !== "dtc") return fail("BAD_USAGE", "--chart is cusum or dtc.");
    const [k, arl0] = [values.number("k"), values.number("arl0")];
    if (k < 0 || (k === 0 && chart === "dtc")) return impossible("--k is at least 0, and above 0 for dtc.");
    if (arl0 <= 1 || arl0 > 1e12) return impossible("--arl0 is above 1 and at most 1e12.");
    if (chart === "cusum") return finiteField("limit", cusumLimit(k, arl0, values.isOn("two-sided")));
    const rho = values.number("rho");
    if (rho <= -1 || rho >= 1) return impossible("--rho is above -1 and below 1.");
    return finiteField("limit", dtcLimit(k, longRunVariance(rho), arl0));
  });
}

function bound(args: readonly string[]): Result<Fields> {
  return withNumbers(args, ["kind", "v", "v-opt", "alpha"], ["one-sided"], (values) => {
    if (values.text("kind") !== "normal-mixture") return fail("BAD_USAGE", "--kind is normal-mixture.");
    const [v, vOpt, alpha] = [values.number("v"), values.number("v-opt"), values.number("alpha")];
    const isTwoSided = !values.isOn("one-sided");
    if (v < 0 || vOpt <= 0) return impossible("--v is at least 0 and --v-opt is above 0.");
    if (alpha <= 0 || alpha >= (isTwoSided ? 1 : 0.5)) return impossible(`--alpha is above 0 and below ${isTwoSided ? 1 : 0.5}.`);
    const rho = normalMixtureRho(vOpt, alpha, isTwoSided);
    return finiteField("bound", normalMixtureBound(v, rho, alpha, isTwoSided), { rho });
  });
}

function interval(args: readonly string[]): Result<Fields> {
  return withNumbers(args, ["n", "mean", "sd", "alpha", "n-star"], [], (values) => {
    const [n, mean, sd] = [values.number("n"), values.number("mean"), values.number("sd")];
    const [alpha, nStar] = [values.number("alpha", 0.05), values.number("n-star", 5000)];
    if (n < 1 || sd < 0 || nStar <= 0) return impossible("--n is at least 1, --sd at least 0 and --n-star above 0.");
    if (alpha <= 0 || alpha >= 1) return impossible("--alpha is above 0 and below 1.");
    return ok({ ...asymptoticInterval(n, mean, sd, alpha, nStar) });
  });
}

function predict(args: readonly string[]): Result<Fields> {
  return withNumbers(args, ["nodes", "metrics", "days", "rho", "drop", "cv"], [], (values) => {
    const [nodes, metrics, days] = [values.number("nodes"), values.number("metrics"), values.number("days")];
    const [rho, drop, cv] = [values.number("rho", 0), values.number("drop", 0.3), values.number("cv", 0.05)];
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > 10_000) return impossible("--nodes is a whole number from 1 to 10000.");
    if (!Number.isInteger(metrics) || metrics < 1 || metrics > 100) return impossible("--metrics is a whole number from 1 to 100.");
    if (days <= 0 || days > 3650) return impossible("--days is above 0 and at most 3650.");
    if (rho < 0 || rho > 0.95) return impossible("--rho is from 0 to 0.95.");
    if (drop <= 0 || cv <= 0) return impossible("--drop and --cv are above 0.");
    const prediction = predictBudget({ nodes, metrics, days, rho, drop, cv });
    if (!Number.isFinite(prediction.driftLimit)) return fail("NO_BUDGET", "No limit of the drift chart keeps this budget; allow a false rollback more often.");
    return ok({ ...prediction });
  });
}

function calculate(what: string, args: readonly string[]): Result<Fields> {
  switch (what) {
    case "arl":
      return runLength(args);
    case "limit":
      return limit(args);
    case "bound":
      return bound(args);
    case "interval":
      return interval(args);
    case "predict":
      return predict(args);
    default:
      return fail("BAD_USAGE", "calc computes arl, limit, bound, interval or predict; see ./lydlr calc --help.");
  }
}

/** `./lydlr calc`: the statistics behind the policy, one JSON object each. */
export const run: Command = async (args, io) => {
  const [what = "", ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) {
    io.stdout(HELP);
    return 0;
  }
  // Every answer is JSON; the word is taken because every command takes it.
  const result = calculate(what, rest.filter((word) => word !== "--json"));
  if (!result.ok) return refuse(io, result.error);
  io.stdout(`${JSON.stringify(result.value)}\n`);
  return 0;
};
