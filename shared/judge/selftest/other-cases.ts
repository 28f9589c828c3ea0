import { seededRandom } from "../../random";
import { mixtureLikelihoodRatio, normalLogMixture, normalMixtureBound, normalMixtureRho } from "../statistics/always-valid";
import { dtcLimit, longRunVariance } from "../statistics/dtc";
import { lastOf, printed, type SelftestCase, type SelftestGroup } from "./case";
import { simulatedCusumArl } from "./simulations";

const KIM = "S.-H. Kim et al., IIE Transactions 39 (2007), Table of limits for 10 000";
const HOWARD = "package confseq (S. R. Howard et al., Annals of Statistics 49, 2021)";
const RHOS = [0, 0.25, 0.5, 0.7, 0.9] as const;

const DTC_ROWS = [
  { k: 0.1, limits: "25.48 38.79 62.12 101.73 246.83", simulated: [10_052, 10_804, 11_346, 11_452, 13_486] },
  { k: 0.25, limits: "13.11 20.60 34.27 58.71 156.93", simulated: [9_933, 12_436, 14_639, 15_964, 20_185] },
  { k: 0.5, limits: "7.35 11.84 20.25 35.71 101.27", simulated: [9_122, 16_029, 21_147, 25_860, 33_782] },
] as const;

/** Limits of the distribution-free CUSUM; those whose third figure the reference rounded another way are one figure wide. */
function dtcLimitCases(): readonly SelftestCase[] {
  return DTC_ROWS.flatMap(({ k, limits }) =>
    limits.split(" ").map((text, index) => {
      const rho = RHOS[index] ?? 0;
      const exact = printed(`DTC limit k=${k} rho=${rho} for 10 000`, text, KIM, () => dtcLimit(k, longRunVariance(rho), 10_000));
      return { ...exact, tolerance: 2 * exact.tolerance };
    }),
  );
}

const RUNS = 400;

/** A simulated mean agrees within four of its standard errors; the published one had about half as much. */
function simulated(name: string, expected: number, relativeError: number, pieces: () => Generator<undefined, number>, source: string): SelftestCase {
  const compute = (): number => lastOf(pieces());
  return { name, expected, tolerance: 4 * relativeError * expected, source: `${source}; by simulation, four standard errors`, compute, pieces };
}

function simulatedCases(): readonly SelftestCase[] {
  // A run length is nearly exponential: its mean over n runs has a relative standard error of 1 / sqrt(n), and
  // the published one was a simulation too.
  const error = Math.hypot(1 / Math.sqrt(RUNS), 0.02);
  const tabular = "CUSUM k=0.5 designed for 172 800 on autocorrelated values";
  return [
    ...([[0.3, 3_569], [0.5, 732], [0.8, 167], [0.9, 129]] as const).map(([rho, expected]) =>
      simulated(`CUSUM k=0.5 h=10.209, rho=${rho}`, expected, error, () => simulatedCusumArl(seededRandom(43), { k: 0.5, h: 10.209, rho, mean: 0, runs: RUNS }), tabular),
    ),
    ...DTC_ROWS.flatMap(({ k, simulated: means }) =>
      means.map((expected, index) => {
        const rho = RHOS[index] ?? 0;
        const pieces = () => simulatedCusumArl(seededRandom(47), { k, h: dtcLimit(k, longRunVariance(rho), 10_000), rho, mean: 0, runs: RUNS });
        return simulated(`DTC k=${k} rho=${rho}, samples to a false alarm`, expected, error, pieces, KIM);
      }),
    ),
    ...[8.1, 12.5, 20.6, 34.9, 94.8].map((expected, index) => {
      const rho = RHOS[index] ?? 0;
      const pieces = () => simulatedCusumArl(seededRandom(53), { k: 0.25, h: dtcLimit(0.25, longRunVariance(rho), 10_000), rho, mean: 2, runs: 2_000 });
      return simulated(`DTC k=0.25 rho=${rho}, delay of 2 sd`, expected, 0.01, pieces, KIM);
    }),
  ];
}

function alwaysValidCases(): readonly SelftestCase[] {
  const two = normalMixtureRho(100, 0.05, true);
  const one = normalMixtureRho(100, 0.05, false);
  return [
    printed("mSPRT n=100 difference .5 s=1 tau^2=.01", "6.557443", "R. Johari et al. (2022)", () => mixtureLikelihoodRatio(100, 0.5, 1, 0.01)),
    printed("normal mixture rho, v_opt=100 alpha=.05", "12.60056", HOWARD, () => two),
    printed("two-sided normal log mixture (10, 100)", "-0.6510052", HOWARD, () => normalLogMixture(10, 100, two, true)),
    printed("two-sided normal mixture bound, v=100", "30.35209", HOWARD, () => normalMixtureBound(100, two, 0.05, true)),
    printed("one-sided normal log mixture (10, 100)", "-0.06502391", HOWARD, () => normalLogMixture(10, 100, one, false)),
    printed("one-sided normal mixture bound, v=100", "27.66071", HOWARD, () => normalMixtureBound(100, one, 0.05, false)),
  ];
}

/** Published values of autocorrelated charts and always-valid inference: sections 4.3 and 4.5. */
export function otherGroups(): readonly SelftestGroup[] {
  return [
    { title: "Distribution-free limits", cases: dtcLimitCases() },
    { title: "Simulated run lengths", cases: simulatedCases() },
    { title: "Always-valid bounds", cases: alwaysValidCases() },
  ];
}
