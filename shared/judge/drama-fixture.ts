import { seededRandom, type Random } from "../random";
import type { Policy } from "../policy/policy";
import { createFleetJudge, type FleetJudge, type JudgeEvent, type JudgedNode } from "./fleet-judge";
import { fail, type Failure } from "../result";
import { LIMITED_METRICS, type LimitedMetric } from "./limits";
import { crossingOf, reasonsOf } from "./reasons";
import { StatisticPath } from "./statistic-path";

/** What befalls a node for a while, from a tick on, for so many; `share` is how far it is. */
type Trouble = (values: Record<LimitedMetric, number>, share: number, random: Random) => Partial<Record<LimitedMetric, number | null>> | "silent";

const TROUBLES: Readonly<Record<string, Trouble>> = {
  drop: ({ qualityScore }) => ({ qualityScore: qualityScore * 0.66 }),
  slow: ({ latencyMs }) => ({ latencyMs: latencyMs * 3 }),
  ramp: ({ qualityScore }, share) => ({ qualityScore: qualityScore - 0.12 * share }),
  drift: ({ latencyMs }) => ({ latencyMs: latencyMs + 1.6 }),
  large: ({ compressionRatio }) => ({ compressionRatio: compressionRatio * 0.8 }),
  better: ({ latencyMs }) => ({ latencyMs: latencyMs * 0.5 }),
  scatter: ({ latencyMs }) => ({ latencyMs: 20 + 3 * (latencyMs - 20) }),
  silent: () => "silent",
  nan: () => ({ compressionRatio: Number.NaN, latencyMs: null, qualityScore: Infinity }),
  halfNan: () => ({ latencyMs: null }),
  broken: () => ({ qualityScore: 1.5 }),
  negative: () => ({ latencyMs: -1, compressionRatio: 0 }),
  outlier: ({ latencyMs }, _share, random) => (random.next() < 0.1 ? { latencyMs: latencyMs * 4 } : {}),
  exact: () => ({ qualityScore: 0.7 }),
};
const NAMES = Object.keys(TROUBLES);

/** Policies that a drama is played under. */
export const DRAMA_POLICIES: readonly Policy[] = [
  { trial: { commitSamples: 40 } },
  { trial: { commitSamples: 60, warmUpMs: 0, commitWithinMs: 60_000 }, roles: { compressionRatio: "signal" }, critical: { latencyMs: true }, engine: { maxRollbacksPerHour: 1 } },
  { budget: { days: 1, nodes: 5 }, roles: { latencyMs: "signal" }, mustHaveData: { qualityScore: false }, maxChange: { qualityScore: 0.1 }, engine: { holdOnCommonCause: false } },
  { limits: { maxLatencyMs: 24 }, engine: { dryRun: true }, verticals: { drone: { roles: { qualityScore: "muted" } } }, trial: { staleAfterMs: 2_000, lostAfterMs: 6_000, warmUpMs: 4_000 } },
];

interface Actor {
  readonly nodeId: string;
  readonly everyTicks: number;
  version: string;
  trouble: string | null;
  fromTick: number;
  forTicks: number;
  /** What the node was before, for values that hang together. */
  scores: Record<LimitedMetric, number>;
}

function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : value;
}

function numberText(value: unknown): string {
  return typeof value === "number" ? String(rounded(value)) : typeof value === "string" || typeof value === "boolean" ? String(value) : "-";
}

function detailText(detail: JudgeEvent["detail"]): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}=${typeof value === "object" && value !== null ? JSON.stringify(value, (_key, each: unknown) => (typeof each === "number" ? rounded(each) : each)) : numberText(value)}`)
    .join(" ");
}

/** Everything that the judge keeps of a metric, short. */
function metricText(metric: LimitedMetric, { state }: JudgedNode): string {
  const { judge, isWarned, brokenRun } = state.metrics[metric];
  const { slow, fast, spread, hard, relative, better, jump } = judge;
  const charts = [slow, fast, spread].map((chart) => (chart === null ? "none" : `${numberText(chart.statistic)}/${numberText(chart.limit)}<${numberText(chart.quietBelow)} n${chart.samples} @${chart.sinceMs}`));
  const runs = [hard, relative, better, jump].map(({ length, needed, sinceMs }) => `${length}/${needed} @${sinceMs}`);
  const more = [judge.leap, judge.whitening, judge.largestResidual, judge.gapMs, judge.quiet, judge.keptCount, judge.kept.length, judge.keptBeyond, judge.keptFromMs, judge.refused, judge.recovered, judge.failing, judge.failedAtMs, judge.n, judge.lastScore, judge.lastResidual, judge.held?.n ?? null, brokenRun];
  return `${metric} ${charts.join(" ")} | ${runs.join(" ")} | ${more.map(numberText).join(" ")}${isWarned ? " warned" : ""}`;
}

/** Dramas from this seed on are those of a running engine: it makes the rollbacks, and knows what became of them. */
const FIRST_RUN = 4;

/** Plays one drama: nodes, versions and troubles by the seed. Gives a line for every decision and every look at a node. */
export function playDrama(seed: number, ticks: number): string {
  const random = seededRandom(seed);
  const lines: string[] = [];
  const policy = DRAMA_POLICIES[seed % DRAMA_POLICIES.length] ?? {};
  const paths = new Map<string, StatisticPath>();
  const isRun = seed >= FIRST_RUN;
  let wishes = 0;
  const judge: FleetJudge = createFleetJudge(policy, ({ tMs, event, nodeId, detail }) => lines.push(`${tMs} ${nodeId} ${event} ${detailText(detail)}`), {
    ...(isRun
      ? {
          requestRollback({ event, detail }): Failure | null {
            wishes += 1;
            lines.push(`wish ${wishes}: ${event.nodeId} ${event.version} ${event.sentence} ${detailText(detail)}`);
            if (wishes % 3 === 0) return fail("LINK_DOWN", "The link is down.").error;
            judge.apply({ ...event, commandId: `c-${wishes}` }, event.atMs);
            return null;
          },
        }
      : {}),
    watch(state) {
      const path = paths.get(state.nodeId) ?? new StatisticPath();
      paths.set(state.nodeId, path);
      path.note(state, state.lastSampleMs);
    },
  });
  const rho = seed % 2 === 0 ? 0.4 : 0;
  const actors = Array.from({ length: 3 + (seed % 3) }, (_, index): Actor => ({ nodeId: `node_${index}`, everyTicks: index === 2 ? 4 : 1, version: "1.1.0", trouble: null, fromTick: 0, forTicks: 0, scores: { compressionRatio: 0, latencyMs: 0, qualityScore: 0 } }));
  for (let tick = 0; tick < ticks; tick += 1) {
    const tMs = tick * 500;
    for (const [index, actor] of actors.entries()) {
      if (tick > 200) stir(actor, actors, judge, tick, random);
      play(actor, index, judge, tick, rho, random);
    }
    judge.tick(tMs);
    if (tick === Math.floor(ticks * 0.8)) judge.changePolicy({ ...policy, limits: { maxLatencyMs: 30 } }, tMs);
    if (isRun && tick === Math.floor(ticks * 0.6)) judge.restart(judge.guard());
    if (tick % 40 === 39) lines.push(...look(judge, actors[(tick / 40) % actors.length | 0]?.nodeId ?? "", tMs, paths));
  }
  return `${lines.join("\n")}\n`;
}

/** Now and then begins or ends a trouble, of one node or of all, and asks for another version. */
function stir(actor: Actor, actors: readonly Actor[], judge: FleetJudge, tick: number, random: Random): void {
  if (actor.trouble !== null && tick >= actor.fromTick + actor.forTicks) actor.trouble = null;
  const hold = judge.guard().nodes.get(actor.nodeId)?.command;
  // A rollback that the judge asked for is taken, mostly.
  if (hold?.kind === "rollback" && hold.standing === "open" && random.next() < 0.2) {
    actor.version = random.next() < 0.85 ? hold.version : "0.9.0";
    actor.trouble = null;
  }
  if (hold != null && hold.commandId !== null && hold.standing === "open" && random.next() < 0.1) {
    const standing = (["acknowledged", "verified", "failed", "inconsistent"] as const)[random.nextInt(4)] ?? "verified";
    judge.apply({ event: "command-moved", nodeId: actor.nodeId, commandId: hold.commandId, standing, atMs: tick * 500, sentence: "It moved." }, tick * 500);
  }
  if (random.next() < 0.002) judge.report(actor.nodeId, random.next() < 0.3 ? null : actor.version, tick * 500, null);
  if (random.next() < 0.006) {
    const version = `1.${2 + random.nextInt(3)}.0`;
    judge.deploy(tick * 500, actor.nodeId, version);
    if (random.next() < 0.9) actor.version = version;
    if (random.next() < 0.5) begin(actor, tick, random);
  }
  if (actor.trouble === null && random.next() < 0.004) begin(actor, tick, random);
  if (random.next() < 0.0006) {
    const name = NAMES[random.nextInt(3)] ?? "drop";
    for (const each of actors) Object.assign(each, { trouble: name, fromTick: tick, forTicks: 60 });
  }
}

function begin(actor: Actor, tick: number, random: Random): void {
  actor.trouble = NAMES[random.nextInt(NAMES.length)] ?? null;
  actor.fromTick = tick;
  actor.forTicks = 10 + random.nextInt(150);
}

function play(actor: Actor, index: number, judge: FleetJudge, tick: number, rho: number, random: Random): void {
  if (tick % actor.everyTicks !== 0) return;
  for (const metric of LIMITED_METRICS) actor.scores[metric] = rho * actor.scores[metric] + Math.sqrt(1 - rho * rho) * random.normal();
  const { compressionRatio, latencyMs, qualityScore } = actor.scores;
  const values = { compressionRatio: 8 + 0.4 * compressionRatio, latencyMs: 20 + 1.5 * latencyMs, qualityScore: 0.9 + 0.02 * qualityScore };
  const trouble = actor.trouble === null ? undefined : TROUBLES[actor.trouble];
  const changed = trouble === undefined ? {} : trouble(values, (tick - actor.fromTick) / Math.max(1, actor.forTicks), random);
  if (changed === "silent") return;
  judge.sample(actor.nodeId, { tMs: tick * 500, modelVersion: index === 1 && tick < 30 ? null : actor.version, ...values, ...changed }, index === 0 ? null : index % 2 === 0 ? "iot" : "drone");
}

/** What the judge shows of a node: its statistics, its verdict, what speaks for it, and what is ahead. */
function look(judge: FleetJudge, nodeId: string, tMs: number, paths: ReadonlyMap<string, StatisticPath>): readonly string[] {
  const looked = judge.look(nodeId, tMs);
  if (looked === null) return [];
  const { state, verdict, sinceMs } = looked;
  const neighbours = [...paths.keys()].filter((other) => other !== nodeId).flatMap((other) => {
    const node = judge.look(other, tMs);
    return node === null ? [] : [{ version: node.state.version, outcome: node.verdict.outcome }];
  });
  const { why, whyNot } = reasonsOf(state, verdict, neighbours);
  const { atMs, columns } = (paths.get(nodeId) ?? new StatisticPath()).last(60);
  const ahead = LIMITED_METRICS.flatMap((metric) => {
    const charts = { "drift-slow": columns[`${metric} drift-slow`], "drift-fast": columns[`${metric} drift-fast`], spread: columns[`${metric} spread`] };
    const crossing = crossingOf(state, metric, { atMs, charts, values: { atMs, of: columns[`${metric} drift-fast`] } });
    return crossing === null ? [] : [`${metric} ${crossing.rule} in ${numberText(crossing.inMs)}: ${crossing.sentence}`];
  });
  return [
    `${tMs} ${nodeId} look ${state.phase} ${state.version ?? "-"} since ${sinceMs} passed ${state.passed} of ${state.samples} within ${state.withinRun} ${detailText({ ...verdict })}`,
    ...LIMITED_METRICS.map((metric) => `  ${metricText(metric, looked)}`),
    `  why: ${why.join("; ")} | why not: ${whyNot.join("; ")}${ahead.length === 0 ? "" : ` | ahead: ${ahead.join("; ")}`}`,
  ];
}
