import { normalCdf, normalPdf } from "./normal";
import { gaussLegendre, solveLinear } from "./quadrature";

/** "m of n in a row beyond so many standard deviations, all on one side". */
export interface RunsRule {
  readonly count: number;
  readonly of: number;
  readonly beyondSd: number;
}

/** The rules of C. W. Champ and W. H. Woodall, Technometrics 29 (1987). */
export const RUNS_RULES = {
  single: { count: 1, of: 1, beyondSd: 3 },
  twoOfThree: { count: 2, of: 3, beyondSd: 2 },
  fourOfFive: { count: 4, of: 5, beyondSd: 1 },
  eightInARow: { count: 8, of: 8, beyondSd: 0 },
} as const satisfies Readonly<Record<string, RunsRule>>;

/** One kind of value: how likely, and which rules it counts for on each side. */
interface Zone {
  readonly chance: number;
  readonly counts: readonly boolean[];
}

function zonesOf(rules: readonly RunsRule[], mean: number): readonly Zone[] {
  const edges = [...new Set(rules.flatMap(({ beyondSd }) => [beyondSd, -beyondSd]))].sort((a, b) => a - b);
  const bounds = [-Infinity, ...edges, Infinity];
  return bounds.slice(1).map((high, index) => {
    const low = bounds[index] ?? -Infinity;
    const inside = low === -Infinity ? high - 1 : high === Infinity ? low + 1 : (low + high) / 2;
    const counts = rules.flatMap(({ beyondSd }) => [inside > beyondSd, inside < -beyondSd]);
    return { chance: normalCdf(high - mean) - normalCdf(low - mean), counts };
  });
}

/** What a rule remembers of its last values, as bits, after one more; null when it signals. */
function remember(rule: RunsRule, bits: number, counts: boolean): number | null {
  const next = ((bits << 1) | (counts ? 1 : 0)) & ((1 << rule.of) - 1);
  let hits = 0;
  for (let rest = next; rest > 0; rest >>= 1) hits += rest & 1;
  if (hits >= rule.count) return null;
  // Of "all of n" only the run that still lasts matters.
  if (rule.count === rule.of && !counts) return 0;
  // The oldest value leaves the window with the next one.
  return next & ((1 << (rule.of - 1)) - 1);
}

function nextState(rules: readonly RunsRule[], state: readonly number[], zone: Zone): readonly number[] | null {
  const next: number[] = [];
  for (const [index, bits] of state.entries()) {
    const rule = rules[index >> 1];
    if (rule === undefined) return null;
    const remembered = remember(rule, bits, zone.counts[index] === true);
    if (remembered === null) return null;
    next.push(remembered);
  }
  return next;
}

/**
 * Mean samples until any of the rules signals, on independent normal values: the exact absorbing Markov chain
 * over what the rules remember (Champ and Woodall, 1987).
 */
export function runsRulesArl(rules: readonly RunsRule[], mean: number): number {
  const zones = zonesOf(rules, mean);
  const start: readonly number[] = rules.flatMap(() => [0, 0]);
  const states: (readonly number[])[] = [start];
  const indexOf = new Map<string, number>([[start.join(), 0]]);
  const steps: { readonly from: number; readonly to: number; readonly chance: number }[] = [];
  for (let from = 0; from < states.length; from += 1) {
    for (const zone of zones) {
      const next = nextState(rules, states[from] ?? start, zone);
      if (next === null) continue;
      const key = next.join();
      const to = indexOf.get(key) ?? states.length;
      if (to === states.length) {
        indexOf.set(key, to);
        states.push(next);
      }
      steps.push({ from, to, chance: zone.chance });
    }
  }
  const size = states.length;
  const matrix = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) matrix[index * size + index] = 1;
  for (const { from, to, chance } of steps) matrix[from * size + to] = (matrix[from * size + to] ?? 0) - chance;
  return solveLinear(matrix, new Float64Array(size).fill(1))[0] ?? Number.NaN;
}

/** Mean samples until `run` in a row each happen with probability `p`, 0 < p < 1: (1 - p^r) / ((1 - p) p^r). */
export function consecutiveArl(p: number, run: number): number {
  const power = p ** run;
  return (1 - power) / ((1 - p) * power);
}

/** Nodes beyond the threshold, over the 9 standard deviations that matter there. */
const TAIL_NODES = 48;
const TAIL_SPAN = 9;

/**
 * Mean samples between runs of 1, 2, 3, ... values in a row beyond `c` standard deviations of a first-order
 * autoregression with normal margins: 1 / P(a run of r begins). Exact by iterating the transition kernel
 * restricted to the tail. Entry r - 1 is for a run of r.
 *
 * @param rho autocorrelation at one sample, 0 to below 1.
 */
export function autocorrelatedRunArls(c: number, rho: number, longest: number): readonly number[] {
  const { nodes, weights } = gaussLegendre(TAIL_NODES, c, c + TAIL_SPAN);
  const sd = Math.sqrt(1 - rho * rho);
  const kernel = new Float64Array(TAIL_NODES * TAIL_NODES);
  for (let to = 0; to < TAIL_NODES; to += 1) {
    for (let from = 0; from < TAIL_NODES; from += 1) {
      const chance = normalPdf(((nodes[to] ?? 0) - rho * (nodes[from] ?? 0)) / sd) / sd;
      kernel[to * TAIL_NODES + from] = (weights[from] ?? 0) * chance;
    }
  }
  let density = nodes.map((x) => normalPdf(x));
  const chances: number[] = [];
  for (let run = 1; run <= longest + 1; run += 1) {
    chances.push(density.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0));
    const before = density;
    density = nodes.map((_, to) => {
      let sum = 0;
      for (let from = 0; from < TAIL_NODES; from += 1) sum += (kernel[to * TAIL_NODES + from] ?? 0) * (before[from] ?? 0);
      return sum;
    });
  }
  return chances.slice(0, longest).map((chance, index) => 1 / (chance - (chances[index + 1] ?? 0)));
}
