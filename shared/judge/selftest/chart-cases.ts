import { cusumArl, cusumLimit, siegmundArl, twoSidedCusumArl } from "../statistics/cusum";
import { ewmaArl } from "../statistics/ewma";
import { normalCdf, normalQuantile } from "../statistics/normal";
import { consecutiveArl, RUNS_RULES, runsRulesArl, type RunsRule } from "../statistics/runs-rules";
import { shiryaevRobertsArl } from "../statistics/shiryaev-roberts";
import { printed, printedRow, type SelftestCase, type SelftestGroup } from "./case";
import { pageHinkleyAlarms, PAGE_HINKLEY_DEFAULTS } from "./page-hinkley";
import { MONTGOMERY_TABLE_9_1, pistonRingChart, upperCusum } from "./published-data";
import { pythonRandom } from "./mersenne-twister";

const cusum = (k: number, h: number, start = 0) => (mean: number): string => `one-sided CUSUM k=${k} h=${h}${start === 0 ? "" : ` start ${start}`}, mean ${mean}`;
const twoSided = (k: number, h: number, start = 0) => (mean: number): string => `two-sided CUSUM k=${k} h=${h}${start === 0 ? "" : ` start ${start}`}, mean ${mean}`;

const BROOK_EVANS = "D. Brook and D. Evans, Biometrika 59 (1972)";
const WALDMANN = "K.-H. Waldmann, Technometrics 28 (1986)";
const VANCE = "S. Vance, J. Quality Technology 18 (1986)";
const LUCAS_CROSIER = "J. M. Lucas and R. B. Crosier, Technometrics 24 (1982)";
const LUCAS_SACCUCCI = "J. M. Lucas and M. S. Saccucci, Technometrics 32 (1990)";
const CHAMP_WOODALL = "C. W. Champ and W. H. Woodall, Technometrics 29 (1987)";
const MOUSTAKIDES = "G. V. Moustakides et al. (2009): for a randomised start, so 3 % wide";
const SIEGMUND = "D. Siegmund (1985); the exact value is Waldmann's, the approximation is good to 6 %";

const LUCAS_CROSIER_MEANS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5] as const;
const VANCE_MEANS = [-0.25, -0.125, 0, 0.125, 0.25, 0.5, 0.75, 1] as const;
const EWMA_MEANS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3] as const;

/** A printed figure that lies beside the exact integral; the note says by how much. */
function widened(cases: readonly SelftestCase[], expected: number, tolerance: number, note: string): readonly SelftestCase[] {
  return cases.map((each) => (each.expected === expected ? { ...each, tolerance, source: `${each.source}; ${note}` } : each));
}

function cusumCases(): readonly SelftestCase[] {
  const vance = printedRow(cusum(0, 10), VANCE_MEANS, "2071.51 400.28 124.66 59.30 36.71 20.37 14.06 10.75", VANCE, (mean) => cusumArl({ k: 0, h: 10 }, mean));
  const fir = printedRow(twoSided(0.5, 4, 2), LUCAS_CROSIER_MEANS, "149 62.7 20.1 8.97 5.29 2.86 2.01 1.59 1.32 1.07 1.01", LUCAS_CROSIER, (mean) =>
    twoSidedCusumArl({ k: 0.5, h: 4 }, mean, 2),
  );
  return [
    printed(cusum(0.5, 3)(0), "117.60", `${BROOK_EVANS}: 117.59 by their Markov chain, 117.60 by the integral`, () => cusumArl({ k: 0.5, h: 3 }, 0)),
    printed(cusum(0.5, 3)(1.5), "3.75", BROOK_EVANS, () => cusumArl({ k: 0.5, h: 3 }, 1.5)),
    ...widened(
      printedRow(cusum(0.5, 3), [-0.5, 0, 0.5], "1963 117.4 17.35", WALDMANN, (mean) => cusumArl({ k: 0.5, h: 3 }, mean)),
      117.4,
      0.21,
      "the exact integral gives 117.60",
    ),
    ...widened(vance, 2071.51, 0.07, "the exact integral gives 2071.57"),
    ...printedRow(twoSided(0.5, 4), LUCAS_CROSIER_MEANS, "168 74.2 26.6 13.3 8.38 4.75 3.34 2.62 2.19 1.71 1.31", LUCAS_CROSIER, (mean) => twoSidedCusumArl({ k: 0.5, h: 4 }, mean)),
    ...widened(fir, 1.32, 0.0055, "the exact integral gives 1.325"),
    ...[-0.5, 0, 0.5].map((mean): SelftestCase => {
      const exact = { "-0.5": 1963, "0": 117.6, "0.5": 17.35 }[String(mean)] ?? Number.NaN;
      return { name: `Siegmund's approximation k=0.5 h=3, mean ${mean}`, expected: exact, tolerance: 0.06 * exact, source: SIEGMUND, compute: () => siegmundArl({ k: 0.5, h: 3 }, mean) };
    }),
  ];
}

function ewmaCases(): readonly SelftestCase[] {
  const name = (lambda: number, c: number) => (mean: number): string => `two-sided EWMA lambda=${lambda} c=${c}, mean ${mean}`;
  return [
    ...printedRow(name(0.5, 3.071), EWMA_MEANS, "500 255 88.8 35.9 17.5 6.53 3.63 1.93", LUCAS_SACCUCCI, (mean) => ewmaArl({ lambda: 0.5, c: 3.071 }, mean, true)),
    ...printedRow(name(0.03, 2.437), EWMA_MEANS, "500 76.7 29.3 17.6 12.6 8.07 5.99 4.03", LUCAS_SACCUCCI, (mean) => ewmaArl({ lambda: 0.03, c: 2.437 }, mean, true)),
  ];
}

function runsRulesCases(): readonly SelftestCase[] {
  const { single, twoOfThree, fourOfFive, eightInARow } = RUNS_RULES;
  const rows: readonly (readonly [string, string, readonly RunsRule[]])[] = [
    ["1 of 1 beyond 3 sd", "370.40", [single]],
    ["and 2 of 3 beyond 2 sd", "225.44", [single, twoOfThree]],
    ["and 4 of 5 beyond 1 sd", "166.05", [single, fourOfFive]],
    ["and 8 in a row on one side", "152.73", [single, eightInARow]],
  ];
  return rows.map(([name, text, rules]) => printed(`runs rules, ${name}, mean 0`, text, CHAMP_WOODALL, () => runsRulesArl(rules, 0)));
}

function otherChartCases(): readonly SelftestCase[] {
  return [560.37, 5603.7].map((threshold): SelftestCase => {
    const expected = threshold === 560.37 ? 999.79 : 9999.87;
    return { name: `Shiryaev-Roberts theta=1 A=${threshold}`, expected, tolerance: 0.03 * expected, source: MOUSTAKIDES, compute: () => shiryaevRobertsArl(1, threshold) };
  });
}

function dataCases(): readonly SelftestCase[] {
  const rings = "D. C. Montgomery, data set pistonrings of CRAN package qcc";
  const ringSums = (): readonly number[] => upperCusum(pistonRingChart().standardised, 0.5);
  const table = "D. C. Montgomery, Introduction to Statistical Quality Control, Table 9.1";
  const sums = (): readonly number[] => upperCusum(MONTGOMERY_TABLE_9_1.map((value) => value - 10), 0.5);
  const firstAbove = (values: readonly number[]): number => values.findIndex((value) => value > 5) + 1;
  const river = "documentation of PageHinkley in river: random.Random(12345)";
  const stream = (): readonly number[] => {
    const random = pythonRandom(12345);
    const low = Array.from({ length: 1000 }, () => Math.floor(2 * random()));
    return [...low, ...Array.from({ length: 1000 }, () => 4 + Math.floor(4 * random()))];
  };
  const alarms = (): readonly number[] => pageHinkleyAlarms(stream(), PAGE_HINKLEY_DEFAULTS);
  return [
    printed("piston rings, centre in mm", "74.001176", rings, () => pistonRingChart().centre),
    printed("piston rings, first sample with C+ above 5", "37", rings, () => firstAbove(ringSums())),
    ...printedRow((sample) => `piston rings, C+ of sample ${sample}`, [37, 38, 39, 40], "7.19 10.90 15.48 17.63", rings, (sample) => ringSums()[sample - 1] ?? Number.NaN),
    printed("Montgomery's 30 values, first with C+ above 5", "29", table, () => firstAbove(sums())),
    printed("Montgomery's 30 values, C+ of value 29", "5.28", table, () => sums()[28] ?? Number.NaN),
    printed("Montgomery's 30 values, N+ of value 29", "7", table, () => 28 - sums().slice(0, 29).lastIndexOf(0)),
    printed("Page-Hinkley, number of alarms", "1", river, () => alarms().length),
    printed("Page-Hinkley, index of the alarm", "1006", river, () => alarms()[0] ?? Number.NaN),
    printed("Page-Hinkley, value at the alarm", "5", river, () => stream()[alarms()[0] ?? -1] ?? Number.NaN),
  ];
}

const SHIFTS = [0.5, 1, 1.5, 2, 3, 4] as const;
/** 20 nodes with 4 metrics at 2 Hz, one false alarm of the fleet in 30 days. */
const FLEET_ARL0 = 2 * 86_400 * 30 * 20 * 4;
const TABLE = "Table 4.1: delay at equal mean samples to a false alarm";

function cusumRow(arl0: number, k: number, limitText: string, delays: string): readonly SelftestCase[] {
  let solved = Number.NaN;
  const h = (): number => {
    if (Number.isNaN(solved)) solved = cusumLimit(k, arl0, false);
    return solved;
  };
  return [
    printed(`limit of a CUSUM k=${k} for ${arl0}`, limitText, TABLE, h),
    ...printedRow((shift) => `CUSUM k=${k} for ${arl0}, shift ${shift}`, SHIFTS, delays, TABLE, (shift) => cusumArl({ k, h: h() }, shift)),
  ];
}

function singleRow(arl0: number, limitText: string, delays: string): readonly SelftestCase[] {
  const c = -normalQuantile(1 / arl0);
  return [
    printed(`limit of a single sample for ${arl0}`, limitText, TABLE, () => c),
    ...printedRow((shift) => `single sample for ${arl0}, shift ${shift}`, SHIFTS, delays, TABLE, (shift) => 1 / normalCdf(shift - c)),
  ];
}

/** A rule whose printed limit has four figures: its delay is known to the change that half of the last makes. */
function fromRoundedLimit(name: string, c: number, delays: string, arl: (c: number, shift: number) => number): readonly SelftestCase[] {
  return printedRow((shift) => `${name}, shift ${shift}`, SHIFTS, delays, `${TABLE}; its limit was printed to 0.001`, (shift) => arl(c, shift)).map((each, index) => {
    const shift = SHIFTS[index] ?? 0;
    const blur = Math.abs(arl(c + 0.0005, shift) - arl(c - 0.0005, shift)) / 2;
    return { ...each, tolerance: each.tolerance + blur };
  });
}

function tableCases(): readonly SelftestCase[] {
  return [
    ...singleRow(172_800, "4.385", "19582 2815 512 117 12.1 2.9"),
    ...fromRoundedLimit("3 consecutive beyond 2.096", 2.096, "6259 453 64.5 17.0 4.6 3.2", (c, shift) => consecutiveArl(normalCdf(shift - c), 3)),
    ...cusumRow(172_800, 0.25, "18.798", "71.9 25.8 15.8 11.4 7.4 5.5"),
    ...cusumRow(172_800, 0.5, "10.209", "129 20.8 11.0 7.5 4.7 3.5"),
    ...cusumRow(172_800, 1, "5.238", "1185 41.0 10.9 6.0 3.2 2.3"),
    ...fromRoundedLimit("EWMA lambda=0.2 c=4.351, upper limit", 4.351, "737 38.4 11.4 6.5 3.6 2.6", (c, shift) => ewmaArl({ lambda: 0.2, c }, shift, false)),
    ...singleRow(5_184_000, "5.076", "421648 43621 5729 953 52.8 7.1"),
    ...cusumRow(5_184_000, 0.5, "13.610", "218 27.6 14.4 9.7 6.0 4.4"),
    ...cusumRow(5_184_000, 1, "6.939", "6553 65.7 14.3 7.7 4.1 2.9"),
    ...singleRow(FLEET_ARL0, "5.853", "2.3e7 1.6e6 149059 17154 462 31.3"),
    ...fromRoundedLimit("5 consecutive beyond 2.075", 2.075, "1.7e6 20827 773 80.4 9.3 5.4", (c, shift) => consecutiveArl(normalCdf(shift - c), 5)),
    ...widened(cusumRow(FLEET_ARL0, 0.25, "34.364", "134 46.6 28.2 20.3 13.1 9.7"), 46.6, 0.06, "the exact integral gives 46.545"),
    ...cusumRow(FLEET_ARL0, 0.5, "17.992", "367 36.4 18.7 12.7 7.8 5.7"),
    ...cusumRow(FLEET_ARL0, 1, "9.130", "58755 106 18.6 9.9 5.2 3.6"),
  ];
}

/** Published values of control charts: sections 4.1 and 4.2 of the statistics that this product is built on. */
export function chartGroups(): readonly SelftestGroup[] {
  return [
    { title: "CUSUM run lengths", cases: cusumCases() },
    { title: "EWMA run lengths", cases: ewmaCases() },
    { title: "Runs rules", cases: runsRulesCases() },
    { title: "Shiryaev-Roberts", cases: otherChartCases() },
    { title: "Charts on published data", cases: dataCases() },
    { title: "Delays at equal false alarms", cases: tableCases() },
  ];
}
