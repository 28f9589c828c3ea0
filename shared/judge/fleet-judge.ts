import { fleetPolicyOf, guardrailCount, nodePolicyOf, type Policy } from "../policy/policy";
import { decideRollback, type HoldCode, type PeerEvidence } from "../rollout/decision";
import { createBudgetBook, type BudgetBook } from "./budget";
import { LIMITED_METRICS, METRIC_NAMES, type LimitedMetric } from "./limits";
import { loudest, rearm, type MetricState } from "./metric-judge";
import { judgeSample, standingOf, startNode, swapVersion, type JudgedSample, type JudgeRules, type NodeState, type Standing } from "./node-judge";
import { describeStanding } from "./sentences";
import type { Outcome } from "./verdict";

/** A decision, as the journal and `./lydlr replay` write it. */
export interface JudgeEvent {
  readonly tMs: number;
  readonly event:
    | "node-seen"
    | "deploy-requested"
    | "version-changed"
    | "baseline-frozen"
    | "verdict"
    | "version-committed"
    | "rollback-requested"
    | "rollback-held"
    | "rollback-acknowledged"
    | "version-inconsistent"
    | "version-quarantined"
    | "node-stale"
    | "node-lost"
    | "node-back";
  readonly nodeId: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Member {
  readonly state: NodeState;
  rules: JudgeRules;
  shown: Standing;
  /** The last outcome before the node fell silent. */
  lastOutcome: Outcome;
  silence: "none" | "stale" | "lost";
  baselines: number;
  isCommitted: boolean;
  /** Versions that were good here, in the order in which they began, the newest last. */
  readonly good: string[];
  readonly quarantined: Set<string>;
  readonly rollbacksAtMs: number[];
  pending: string | null;
  hold: HoldCode | null;
  decidedAtMs: number;
}

/** Degradation of a peer counts from this share of a limit: hit at the same time, it has come as far. */
const PEER_SHARE = 0.3;
/** Degradations that began within this time of each other have one cause. */
const SAME_TIME_MS = 30_000;
/** A version that runs for less than this is a change that a degradation may come from. */
const RECENT_CHANGE_MS = 600_000;
/** A held rollback is thought over again so often. */
const RECONSIDER_MS = 5_000;
/** Nodes of a fleet on which a version must fail before it may run on none. */
const FLEET_QUARANTINE = 2;

/** The fleet sizes that limits are solved for: the next one up, so that a growing fleet solves few. */
function roundedFleet(nodes: number): number {
  let size = 1;
  while (size < nodes) size += size < 4 ? 1 : size >> 1;
  return size;
}

/** Judges a fleet from its samples alone: pure, on the samples' clock, the same events for the same input. */
export interface FleetJudge {
  /** A deployment that somebody asked for. */
  deploy(tMs: number, nodeId: string, version: string): void;
  sample(nodeId: string, sample: JudgedSample): void;
  /** Time passes: nodes may have fallen silent. */
  tick(tMs: number): void;
}

/** Makes a judge of a fleet; it hands every decision to `emit` in order. */
export function createFleetJudge(policy: Policy, emit: (event: JudgeEvent) => void): FleetJudge {
  const fleet = fleetPolicyOf(policy);
  const members = new Map<string, Member>();
  const failures = new Map<string, Set<string>>();
  const fleetQuarantine = new Set<string>();
  let solvedFor = 0;
  let budgets: BudgetBook = createBudgetBook({ days: fleet.days, nodes: 1, metrics: 1, baselinesPerDay: fleet.baselinesPerDay });

  function sizeBudget(): void {
    const size = fleet.nodes ?? roundedFleet(members.size + 1);
    if (size === solvedFor) return;
    solvedFor = size;
    budgets = createBudgetBook({ days: fleet.days, nodes: size, metrics: guardrailCount(policy), baselinesPerDay: fleet.baselinesPerDay });
    for (const member of members.values()) {
      member.rules = { ...member.rules, budgets };
      for (const metric of LIMITED_METRICS) rearm(member.state.metrics[metric].judge, budgets);
    }
  }

  function memberOf(nodeId: string, version: string | null, tMs: number): Member {
    const known = members.get(nodeId);
    if (known !== undefined) return known;
    sizeBudget();
    const rules: JudgeRules = { fleet, node: nodePolicyOf(policy, nodeId, null), budgets };
    const state = startNode(nodeId, version, tMs, rules);
    const member: Member = {
      state,
      rules,
      shown: state.standing,
      lastOutcome: "inconclusive",
      silence: "none",
      baselines: 0,
      isCommitted: false,
      good: [],
      quarantined: new Set(),
      rollbacksAtMs: [],
      pending: null,
      hold: null,
      decidedAtMs: -Infinity,
    };
    members.set(nodeId, member);
    emit({ tMs, event: "node-seen", nodeId, detail: { version, sentence: `${nodeId} runs ${version ?? "a version that it does not report"}.` } });
    return member;
  }

  function noteSwap(member: Member, from: string | null, tMs: number): void {
    const { state } = member;
    const { nodeId, version } = state;
    member.baselines = 0;
    member.isCommitted = false;
    member.hold = null;
    const sentence = `${nodeId} reports ${version ?? "no version"}; before it ran ${from ?? "a version that it did not report"}.`;
    emit({ tMs, event: "version-changed", nodeId, detail: { from, version, sentence } });
    if (member.pending === null) return;
    const isAsked = version === member.pending;
    const asked = member.pending;
    member.pending = null;
    const inconsistent = `Asked for ${asked}, ${nodeId} reports ${version ?? "no version"}. Nothing more is sent until you choose.`;
    emit({
      tMs,
      event: isAsked ? "rollback-acknowledged" : "version-inconsistent",
      nodeId,
      detail: { asked, version, sentence: isAsked ? `${nodeId} runs ${asked} by its own report.` : inconsistent },
    });
  }

  function noteMilestones(member: Member, tMs: number): void {
    const { state } = member;
    const { nodeId, version } = state;
    if (state.isGood && version !== null && member.good.at(-1) !== version) {
      const before = member.good.indexOf(version);
      if (before >= 0) member.good.splice(before, 1);
      member.good.push(version);
    }
    let frozen = 0;
    for (const { judge } of state.watches) if (judge.baseline !== null) frozen += judge.baseline.n;
    if (frozen !== member.baselines) {
      member.baselines = frozen;
      emit({ tMs, event: "baseline-frozen", nodeId, detail: baselineDetail(state) });
    }
    if (state.phase === "committed" && !member.isCommitted) {
      member.isCommitted = true;
      const sentence = `${version ?? "The version"} is committed on ${nodeId}: ${state.passed} samples passed. The guard stays on.`;
      emit({ tMs, event: "version-committed", nodeId, detail: { version, n: state.passed, sentence } });
    }
  }

  function noteVerdict(member: Member, tMs: number): void {
    const { state, shown } = member;
    const { standing } = state;
    const isSame = shown.outcome === standing.outcome && shown.metric === standing.metric && shown.reason === standing.reason;
    if (!isSame) {
      member.shown = standing;
      const { sentence, ...numbers } = describeStanding(state, standing, tMs, member.rules, member.lastOutcome);
      emit({ tMs, event: "verdict", nodeId: state.nodeId, detail: { version: state.version, ...numbers, before: shown.outcome, sentence } });
    }
    member.lastOutcome = standing.outcome;
    if (standing.outcome === "fail") decide(member, tMs);
    else member.hold = null;
  }

  function peersOf(member: Member, metric: LimitedMetric | null, tMs: number): readonly PeerEvidence[] {
    const peers: PeerEvidence[] = [];
    for (const other of members.values()) {
      if (other === member || other.silence !== "none") continue;
      const { state } = other;
      peers.push({
        nodeId: state.nodeId,
        hasChanged: state.hasSwapped && tMs - state.sinceMs < RECENT_CHANGE_MS,
        isDegrading: metric !== null && isDegrading(state.metrics[metric].judge, tMs),
      });
    }
    return peers;
  }

  function decide(member: Member, tMs: number): void {
    const { state } = member;
    if (member.pending !== null) return;
    if (member.hold !== null && tMs - member.decidedAtMs < RECONSIDER_MS) return;
    member.decidedAtMs = tMs;
    const { standing, nodeId, version } = state;
    const verdict = describeStanding(state, standing, tMs, member.rules, member.lastOutcome);
    const symptom = standing.metric === null ? "fell silent" : `got worse in ${METRIC_NAMES[standing.metric]}`;
    const quarantined = new Set([...member.quarantined, ...fleetQuarantine]);
    const question = { nodeId, nowMs: tMs, version, goodBefore: member.good, quarantined, rollbacksAtMs: member.rollbacksAtMs, peers: peersOf(member, standing.metric, tMs), symptom };
    const decision = decideRollback(question, fleet);
    const numbers = { version, metric: verdict.metric, reason: verdict.reason, value: verdict.value, limit: verdict.limit, n: verdict.n, statistic: verdict.statistic, statisticLimit: verdict.statisticLimit };
    if (decision.action === "hold") {
      if (member.hold === decision.code) return;
      member.hold = decision.code;
      const sentence = `${verdict.sentence} ${decision.sentence}`;
      emit({ tMs, event: "rollback-held", nodeId, detail: { ...numbers, code: decision.code, target: decision.target, sentence } });
      return;
    }
    member.hold = null;
    member.pending = decision.target;
    member.rollbacksAtMs.push(tMs);
    emit({ tMs, event: "rollback-requested", nodeId, detail: { ...numbers, actor: "policy", target: decision.target, sentence: `${verdict.sentence} ${decision.sentence}` } });
    if (version !== null) quarantine(member, version, tMs);
  }

  function quarantine(member: Member, version: string, tMs: number): void {
    const { nodeId } = member.state;
    member.quarantined.add(version);
    const failedOn = failures.get(version) ?? new Set<string>();
    failures.set(version, failedOn.add(nodeId));
    emit({ tMs, event: "version-quarantined", nodeId, detail: { version, scope: "node", sentence: `${version} may not run on ${nodeId} until a person lifts it with a reason.` } });
    if (failedOn.size < FLEET_QUARANTINE || fleetQuarantine.has(version)) return;
    fleetQuarantine.add(version);
    const sentence = `${version} failed on ${[...failedOn].join(" and ")}: it may run on no node until a person lifts it with a reason.`;
    emit({ tMs, event: "version-quarantined", nodeId, detail: { version, scope: "fleet", sentence } });
  }

  function noteSilence(member: Member, tMs: number): void {
    const silentMs = tMs - member.state.lastSampleMs;
    const silence = silentMs > fleet.lostAfterMs ? "lost" : silentMs > fleet.staleAfterMs ? "stale" : "none";
    if (silence === "none" || (silence === member.silence && member.state.standing.outcome !== "fail")) return;
    member.state.standing = standingOf(member.state, tMs, member.rules);
    if (silence !== member.silence) {
      member.silence = silence;
      const { sentence, n } = describeStanding(member.state, { ...member.state.standing, metric: null, reason: "lost" }, tMs, member.rules, member.lastOutcome);
      const limit = silence === "lost" ? fleet.lostAfterMs : fleet.staleAfterMs;
      emit({ tMs, event: silence === "lost" ? "node-lost" : "node-stale", nodeId: member.state.nodeId, detail: { version: member.state.version, value: silentMs, limit, n, frozen: member.lastOutcome, sentence } });
    }
    if (member.state.standing.outcome === "fail" && member.hold === null) decide(member, tMs);
  }

  return {
    deploy(tMs, nodeId, version) {
      const member = memberOf(nodeId, null, tMs);
      const from = member.state.version;
      emit({ tMs, event: "deploy-requested", nodeId, detail: { from, version, sentence: `${version} is to be deployed to ${nodeId}.` } });
      // A person's own choice of a version lifts nothing, but a rollback that was under way has been overtaken.
      member.pending = null;
      if (from !== version) return;
      swapVersion(member.state, version, tMs, member.rules);
      noteSwap(member, from, tMs);
    },
    sample(nodeId, sample) {
      const { tMs } = sample;
      const member = memberOf(nodeId, sample.modelVersion, tMs);
      const from = member.state.version;
      if (member.silence !== "none") {
        const sentence = `${nodeId} reports again after ${((tMs - member.state.lastSampleMs) / 1000).toFixed(1)} s.`;
        emit({ tMs, event: "node-back", nodeId, detail: { version: sample.modelVersion, value: tMs - member.state.lastSampleMs, sentence } });
        member.silence = "none";
      }
      judgeSample(member.state, sample, member.rules);
      if (member.state.version !== from) noteSwap(member, from, tMs);
      noteMilestones(member, tMs);
      noteVerdict(member, tMs);
    },
    tick(tMs) {
      for (const member of members.values()) if (tMs - member.state.lastSampleMs > fleet.staleAfterMs) noteSilence(member, tMs);
    },
  };
}

function isDegrading(judge: MetricState, tMs: number): boolean {
  if (judge.failing !== null) return tMs - judge.failedAtMs < SAME_TIME_MS || judge.hard.length > 0 || loudest(judge) > PEER_SHARE;
  const isRunning = [judge.hard, judge.relative, judge.jump].some(({ length, needed }) => 2 * length >= needed);
  return isRunning || loudest(judge) >= PEER_SHARE;
}

function baselineDetail(state: NodeState): Readonly<Record<string, unknown>> {
  const parts = LIMITED_METRICS.flatMap((metric) => {
    const { judge } = state.metrics[metric];
    const { baseline } = judge;
    if (baseline === null) return [];
    const { n, median, spread, rho } = baseline;
    const limits = { hardRun: judge.hard.needed, relativeRun: judge.relative.needed, leap: judge.leap, driftSlow: judge.slow?.limit ?? null, driftFast: judge.fast?.limit ?? null, spread: judge.spread?.limit ?? null };
    return [[metric, { n, median, spread, rho, limits }] as const];
  });
  const largest = Math.max(...parts.map(([, { n }]) => n));
  return { version: state.version, n: largest, baselines: Object.fromEntries(parts), sentence: `${state.version ?? "The version"} on ${state.nodeId} has a baseline of ${largest} samples.` };
}

