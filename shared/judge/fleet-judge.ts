import { fleetPolicyOf, guardrailCount, nodePolicyOf, type Policy } from "../policy/policy";
import type { Vertical } from "../fleet/sample";
import { isCommonCause, type PeerEvidence } from "../rollout/decision";
import { decideGuard, EMPTY_GUARD, evolveGuard, guardNode, isOnFailedTrial, isWaiting, newQuarantine } from "../rollout/guard";
import type { GuardEvent, GuardState } from "../rollout/guard-events";
import { holdEnd } from "../rollout/guard-journal";
import type { Failure } from "../result";
import { createBudgetBook, type BudgetBook } from "./budget";
import { GOOD_RUN, LIMITED_METRICS, METRIC_NAMES, type LimitedMetric } from "./limits";
import { changePolicy, gatherAnew, isBreaking, loudest, rearm, type MetricState } from "./metric-judge";
import { judgeSample, standingOf, startNode, swapVersion, type JudgedSample, type JudgeRules, type NodeState, type Standing } from "./node-judge";
import { describeStanding, utcClock, type ClockText } from "./sentences";
import type { Outcome, Verdict } from "./verdict";

/** A decision, as the journal and `./lydlr replay` write it. */
export interface JudgeEvent {
  readonly tMs: number;
  readonly event:
    | "node-seen"
    | "deploy-requested"
    | "version-changed"
    | "version-good"
    | "baseline-frozen"
    | "verdict"
    | "version-committed"
    | "rollback-requested"
    | "rollback-held"
    | "rollback-escalated"
    | "hold-ended"
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
  nodeClass: Vertical | null;
  shown: Standing;
  /** When the shown standing began. */
  shownSinceMs: number;
  /** The last outcome before the node fell silent. */
  lastOutcome: Outcome;
  silence: "none" | "stale" | "lost";
  baselines: number;
  decidedAtMs: number;
  /** When nodes that did not change last degraded together with this one. */
  commonAtMs: number;
  /** The common cause that it was held by is over, and its rules gather anew since. */
  isAlone: boolean;
  /** Times of the newest samples, the oldest of {@link PEER_SAMPLES} first. */
  readonly heardMs: number[];
}

/** Degradation of a peer counts from this share of a limit: hit at the same time, it has come as far. */
const PEER_SHARE = 0.3;
/** Degradations that began within this time of each other have one cause. */
const SAME_TIME_MS = 30_000;
/** A version that runs for less than this is a change that a degradation may come from. */
const RECENT_CHANGE_MS = 600_000;
/** A trouble of the environment ends for one node earlier than for another: only this much later it may be a version after all. */
const COMMON_ENDS_MS = 30_000;
/** A node that reports often fails before others have had so many samples to show the same trouble: they are waited for. */
const PEER_SAMPLES = 3;
const PEER_WAIT_MS = 2_000;
/** A node is overdue after so long, and after so many of its own periods. */
const LATE_MS = 1_500;
const LATE_PERIODS = 3;
/** What made a metric fail began so long before, at the most, where a chart cannot say when. */
const ONSET_MS = 1_000;
/** A held rollback is thought over again so often. */
const RECONSIDER_MS = 5_000;

/** The fleet sizes that limits are solved for: the next one up, so that a growing fleet solves few. */
function roundedFleet(nodes: number): number {
  let size = 1;
  while (size < nodes) size += size < 4 ? 1 : size >> 1;
  return size;
}

/** A rollback that the judge wants, with the verdict that it follows from. */
export interface RollbackWish {
  readonly event: GuardEvent & { readonly event: "rollback-requested" };
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What surrounds a judge. A recording has none of it. */
export interface JudgeSurroundings {
  /** What was known of the fleet before the judge began. */
  readonly guard?: GuardState;
  /**
   * Makes a rollback: it must be on disk, and told to {@link FleetJudge.apply}, when this returns null. A failure
   * says why it was not made; it is asked for again later.
   */
  requestRollback?(wish: RollbackWish): Failure | null;
  readonly clockText?: ClockText;
  /** Told of every sample that was judged, before what follows from it. */
  watch?(state: Readonly<NodeState>): void;
}

/** A node as it is judged now. To be looked at, not to be changed. */
export interface JudgedNode {
  readonly state: Readonly<NodeState>;
  readonly rules: JudgeRules;
  readonly verdict: Verdict;
  /** When the verdict's outcome, metric and rule came to be what they are. */
  readonly sinceMs: number;
}

/** Judges a fleet from its samples alone: pure, on the samples' clock, the same events for the same input. */
export interface FleetJudge {
  /** A deployment that somebody asked for, in a recording. */
  deploy(tMs: number, nodeId: string, version: string): void;
  /** @param nodeClass the node's vertical; null where it reports none. */
  sample(nodeId: string, sample: JudgedSample, nodeClass?: Vertical | null): void;
  /** A version that a node reports otherwise than by a sample: its trial begins. */
  report(nodeId: string, version: string | null, tMs: number, nodeClass: Vertical | null): void;
  /** Time passes: nodes may have fallen silent. */
  tick(tMs: number): void;
  /** Judges by another policy from the next sample on. Baselines stay. */
  changePolicy(policy: Policy, tMs: number): void;
  /** Takes in what happened outside of the judge: commands, their ends, a quarantine that a person lifted. */
  apply(event: GuardEvent, tMs: number): void;
  guard(): GuardState;
  /** How a node stands; null where no sample of it was judged. */
  look(nodeId: string, tMs: number): JudgedNode | null;
  /** Knows no node any more, and of their past what is given. */
  restart(guard: GuardState): void;
}

/** Makes a judge of a fleet; it hands every decision to `emit` in order. */
export function createFleetJudge(first: Policy, emit: (event: JudgeEvent) => void, around: JudgeSurroundings = {}): FleetJudge {
  let policy = first;
  let fleet = fleetPolicyOf(policy);
  let guard = around.guard ?? EMPTY_GUARD;
  const clockText = around.clockText ?? utcClock;
  const members = new Map<string, Member>();
  let solvedFor = 0;
  let budgets: BudgetBook = createBudgetBook({ days: fleet.days, nodes: 1, metrics: 1, baselinesPerDay: fleet.baselinesPerDay });

  function solveBudget(size: number): void {
    solvedFor = size;
    budgets = createBudgetBook({ days: fleet.days, nodes: size, metrics: guardrailCount(policy), baselinesPerDay: fleet.baselinesPerDay });
  }

  function sizeBudget(): void {
    const size = fleet.nodes ?? roundedFleet(members.size + 1);
    if (size === solvedFor) return;
    solveBudget(size);
    for (const member of members.values()) {
      member.rules = { ...member.rules, budgets };
      for (const metric of LIMITED_METRICS) rearm(member.state.metrics[metric].judge, budgets);
    }
  }

  function holdTo(member: Member): void {
    const { state, nodeClass } = member;
    member.rules = { fleet, node: nodePolicyOf(policy, state.nodeId, nodeClass), budgets };
    for (const metric of LIMITED_METRICS) changePolicy(state.metrics[metric].judge, member.rules.node[metric], budgets);
  }

  function evolve(event: GuardEvent): void {
    guard = evolveGuard(guard, event);
  }

  function memberOf(nodeId: string, version: string | null, tMs: number, nodeClass: Vertical | null): Member {
    const known = members.get(nodeId);
    if (known !== undefined) return known;
    sizeBudget();
    const rules: JudgeRules = { fleet, node: nodePolicyOf(policy, nodeId, nodeClass), budgets };
    const state = startNode(nodeId, version, tMs, rules);
    const member: Member = {
      state,
      rules,
      nodeClass,
      shown: state.standing,
      shownSinceMs: tMs,
      lastOutcome: "inconclusive",
      silence: "none",
      baselines: 0,
      decidedAtMs: -Infinity,
      commonAtMs: tMs,
      isAlone: false,
      heardMs: [],
    };
    members.set(nodeId, member);
    resumeTrial(state, tMs, nodeClass);
    emit({ tMs, event: "node-seen", nodeId, detail: { version, sentence: `${nodeId} runs ${version ?? "a version that it does not report"}.` } });
    return member;
  }

  /** A trial that ran when the application ended goes on, and a version that came while nobody looked has one. */
  function resumeTrial(state: NodeState, tMs: number, nodeClass: Vertical | null): void {
    const { nodeId, version } = state;
    evolve({ event: "version-reported", nodeId, version, nodeClass, isSwap: false });
    const known = guardNode(guard, nodeId);
    if (version === null || known.version !== version) return;
    state.hasSwapped = known.hasSwapped;
    if (known.isCommitted) state.phase = "committed";
    else if (known.hasSwapped && !known.isByRollback) state.commitByMs = tMs + fleet.commitWithinMs;
  }

  function noteSwap(member: Member, from: string | null, tMs: number): void {
    const { state } = member;
    const { nodeId, version } = state;
    member.baselines = 0;
    const { command } = guardNode(guard, nodeId);
    evolve({ event: "version-reported", nodeId, version, nodeClass: member.nodeClass, isSwap: true });
    const sentence = `${nodeId} reports ${version ?? "no version"}; before it ran ${from ?? "a version that it did not report"}.`;
    emit({ tMs, event: "version-changed", nodeId, detail: { from, version, sentence } });
    // In a recording the node's report is all there is; elsewhere commands have ends of their own.
    if (around.requestRollback !== undefined || command?.standing !== "open") return;
    const asked = command.version;
    const isAsked = version === asked;
    evolve({ event: "command-moved", nodeId, commandId: null, standing: isAsked ? "verified" : "inconsistent", atMs: tMs, sentence: "" });
    if (command.kind === "deploy") return;
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
    if (state.isGood && version !== null && guardNode(guard, nodeId).good.at(-1) !== version) {
      evolve({ event: "version-good", nodeId, version });
      emit({ tMs, event: "version-good", nodeId, detail: { version, sentence: `${version} is good here: ${GOOD_RUN} samples in a row within limits.` } });
    }
    let frozen = 0;
    for (const { judge } of state.watches) if (judge.baseline !== null) frozen += judge.baseline.n;
    if (frozen !== member.baselines) {
      member.baselines = frozen;
      emit({ tMs, event: "baseline-frozen", nodeId, detail: baselineDetail(state) });
    }
    if (state.phase === "committed" && !guardNode(guard, nodeId).isCommitted) {
      evolve({ event: "version-committed", nodeId, version });
      const sentence = `${version ?? "The version"} is committed on ${nodeId}: ${state.passed} samples passed. The guard stays on.`;
      emit({ tMs, event: "version-committed", nodeId, detail: { version, n: state.passed, sentence } });
    }
  }

  function describe(member: Member, standing: Standing, tMs: number): Verdict {
    return describeStanding(member.state, standing, tMs, member.rules, member.lastOutcome, clockText);
  }

  function noteVerdict(member: Member, tMs: number): void {
    const { state, shown } = member;
    const { standing } = state;
    const { nodeId } = state;
    const isSame = shown.outcome === standing.outcome && shown.metric === standing.metric && shown.reason === standing.reason;
    if (!isSame) {
      member.shown = standing;
      member.shownSinceMs = tMs;
      const { sentence, ...numbers } = describe(member, standing, tMs);
      emit({ tMs, event: "verdict", nodeId, detail: { version: state.version, ...numbers, before: shown.outcome, sentence } });
    }
    member.lastOutcome = standing.outcome;
    if (standing.outcome === "fail") act(member, tMs, "verdict");
    else if (guardNode(guard, nodeId).hold !== null) endHold(nodeId, standing.outcome, tMs);
  }

  function endHold(nodeId: string, outcome: Outcome, tMs: number): void {
    const { hold: held } = guardNode(guard, nodeId);
    const ended = holdEnd(nodeId, outcome);
    if (ended === null || held === null) return;
    evolve(ended);
    if (guardNode(guard, nodeId).hold !== null) return;
    emit({ tMs, event: "hold-ended", nodeId, detail: { code: held.code, isWell: ended.isWell, sentence: `${nodeId} does not fail any more; what held its rollback (${held.code}) is over.` } });
  }

  function peersOf(member: Member, metric: LimitedMetric | null, tMs: number): readonly PeerEvidence[] {
    const peers: PeerEvidence[] = [];
    for (const other of members.values()) {
      if (other === member || other.silence !== "none") continue;
      const { state } = other;
      peers.push({
        nodeId: state.nodeId,
        hasChanged: hasChanged(state, tMs),
        isDegrading: metric !== null && (isDegrading(state.metrics[metric].judge, tMs) || isLate(other, tMs)),
      });
    }
    return peers;
  }

  /** Whether nodes that did not change have had too few samples since to say that it is not the environment. */
  function isTooEarly({ state }: Member, { metric, reason, sinceMs }: Verdict, tMs: number): boolean {
    if (metric === null || !fleet.holdOnCommonCause) return false;
    const { failedAtMs } = state.metrics[metric].judge;
    if (tMs - failedAtMs >= PEER_WAIT_MS) return false;
    const onsetMs = reason === "hard" || reason === "relative" ? sinceMs : Math.max(sinceMs, failedAtMs - ONSET_MS);
    for (const other of members.values()) {
      if (other.state === state || other.silence !== "none" || hasChanged(other.state, tMs)) continue;
      if (tMs - other.state.lastSampleMs > PEER_WAIT_MS) continue;
      const [third] = other.heardMs;
      if (third === undefined || other.heardMs.length < PEER_SAMPLES || third < onsetMs) return true;
    }
    return false;
  }

  /** Whether a node that was held by a common cause is bad by what came after it. What the environment did proves nothing. */
  function isBadAlone(member: Member, tMs: number): boolean {
    const { metrics, standing } = member.state;
    if (tMs - member.commonAtMs < COMMON_ENDS_MS) return false;
    if (!member.isAlone) {
      member.isAlone = true;
      for (const metric of LIMITED_METRICS) gatherAnew(metrics[metric].judge);
    }
    // Silence, and a commit that did not come, are no memory of a statistic.
    return standing.metric === null || standing.reason === "lost" || isBreaking(metrics[standing.metric].judge);
  }

  /** Has a rollback made, or held, of a node that fails or whose class gave its version up. */
  function act(member: Member, tMs: number, type: "verdict" | "class"): void {
    const { state } = member;
    const { standing, nodeId, version } = state;
    const known = guardNode(guard, nodeId);
    if (isWaiting(known) || (known.hold !== null && tMs - member.decidedAtMs < RECONSIDER_MS)) return;
    const verdict = describe(member, standing, tMs);
    if (type === "verdict" && isTooEarly(member, verdict, tMs)) return;
    member.decidedAtMs = tMs;
    const symptom = standing.metric === null ? "fell silent" : `got worse in ${METRIC_NAMES[standing.metric]}`;
    const peers = peersOf(member, standing.metric, tMs);
    if (isCommonCause(peers)) {
      member.commonAtMs = tMs;
      member.isAlone = false;
    } else if (type === "verdict" && known.hold?.code === "COMMON_CAUSE" && !isBadAlone(member, tMs)) return;
    const decided = decideGuard(guard, { type, nodeId, nowMs: tMs, peers, symptom, evidence: verdict }, fleet);
    if (decided === null) return;
    const numbers = {
      version,
      metric: verdict.metric,
      reason: type === "class" ? "class" : verdict.reason,
      value: verdict.value,
      limit: verdict.limit,
      n: verdict.n,
      statistic: verdict.statistic,
      statisticLimit: verdict.statisticLimit,
    };
    if (decided.event === "rollback-held") hold(decided, numbers, tMs);
    else if (decided.event === "rollback-requested") request(decided, { ...numbers, actor: "policy", target: decided.version, sentence: decided.sentence }, tMs);
  }

  function hold(event: GuardEvent & { readonly event: "rollback-held" }, numbers: Readonly<Record<string, unknown>>, tMs: number): void {
    evolve(event);
    const { nodeId, code, target, sentence } = event;
    emit({ tMs, event: "rollback-held", nodeId, detail: { ...numbers, code, target, sentence } });
  }

  function request(event: RollbackWish["event"], detail: RollbackWish["detail"], tMs: number): void {
    const { nodeId } = event;
    if (around.requestRollback === undefined) {
      emit({ tMs, event: "rollback-requested", nodeId, detail });
      apply(event, tMs);
      return;
    }
    const refused = around.requestRollback({ event, detail });
    const sentence = `${event.sentence} ${refused === null ? "" : `${refused.code}: ${refused.message}`}`;
    if (refused === null || guardNode(guard, nodeId).hold?.code === "REFUSED") return;
    const { sentence: _said, target: _of, actor: _policy, ...numbers } = detail;
    hold({ event: "rollback-held", nodeId, code: "REFUSED", target: event.version, atMs: tMs, sentence }, numbers, tMs);
  }

  function apply(event: GuardEvent, tMs: number): void {
    const before = guard;
    evolve(event);
    if (event.event === "rollback-requested" || event.event === "deploy-requested") expect(event);
    const entries = newQuarantine(before, guard);
    for (const { scope, version, sentence } of entries) {
      const nodeId = "nodeId" in event ? event.nodeId : "";
      emit({ tMs, event: "version-quarantined", nodeId, detail: { version, scope: scope.kind, sentence } });
    }
    if (event.event === "command-moved") noteEscalation(before, event.nodeId, tMs);
    if (entries.some(({ scope }) => scope.kind === "class")) takeBackClass(tMs);
  }

  /** What a node is to go back to, it is not measured against what it goes back from. */
  function expect(asked: GuardEvent & { readonly event: "rollback-requested" | "deploy-requested" }): void {
    const state = members.get(asked.nodeId)?.state;
    const isBack = asked.event === "rollback-requested" || asked.isReturn === true;
    if (state !== undefined) state.goesBackTo = isBack ? asked.version : null;
  }

  function noteEscalation(before: GuardState, nodeId: string, tMs: number): void {
    const { hold: held, version } = guardNode(guard, nodeId);
    if (held?.code !== "NOT_RECOVERED" || guardNode(before, nodeId).hold === held) return;
    emit({ tMs, event: "rollback-escalated", nodeId, detail: { version, code: held.code, target: held.target, sentence: held.sentence } });
  }

  /** Nodes still on trial with what their class gave up are taken back too. */
  function takeBackClass(tMs: number): void {
    if (guard.classes.size === 0) return;
    for (const [nodeId, member] of members) if (isOnFailedTrial(guard, nodeId)) act(member, tMs, "class");
  }

  function noteSilence(member: Member, tMs: number): void {
    const silentMs = tMs - member.state.lastSampleMs;
    const silence = silentMs > fleet.lostAfterMs ? "lost" : silentMs > fleet.staleAfterMs ? "stale" : "none";
    if (silence === "none" || (silence === member.silence && member.state.standing.outcome !== "fail")) return;
    member.state.standing = standingOf(member.state, tMs, member.rules);
    if (silence !== member.silence) {
      member.silence = silence;
      const { sentence, n } = describe(member, { ...member.state.standing, metric: null, reason: "lost" }, tMs);
      const limit = silence === "lost" ? fleet.lostAfterMs : fleet.staleAfterMs;
      emit({ tMs, event: silence === "lost" ? "node-lost" : "node-stale", nodeId: member.state.nodeId, detail: { version: member.state.version, value: silentMs, limit, n, frozen: member.lastOutcome, sentence } });
    }
    if (member.state.standing.outcome === "fail") act(member, tMs, "verdict");
  }

  return {
    deploy(tMs, nodeId, version) {
      const member = memberOf(nodeId, null, tMs, null);
      const from = member.state.version;
      emit({ tMs, event: "deploy-requested", nodeId, detail: { from, version, sentence: `${version} is to be deployed to ${nodeId}.` } });
      // A person's own choice of a version lifts nothing, but a rollback that was under way has been overtaken.
      apply({ event: "deploy-requested", nodeId, commandId: null, actor: "operator", version, fromVersion: from }, tMs);
      evolve({ event: "command-moved", nodeId, commandId: null, standing: "verified", atMs: tMs, sentence: "" });
      if (from !== version) return;
      swapVersion(member.state, version, tMs, member.rules);
      noteSwap(member, from, tMs);
    },
    sample(nodeId, sample, nodeClass = null) {
      const { tMs } = sample;
      const member = memberOf(nodeId, sample.modelVersion, tMs, nodeClass);
      if (nodeClass !== null && member.nodeClass !== nodeClass) {
        member.nodeClass = nodeClass;
        evolve({ event: "version-reported", nodeId, version: null, nodeClass, isSwap: false });
        holdTo(member);
      }
      const from = member.state.version;
      if (member.silence !== "none") {
        const sentence = `${nodeId} reports again after ${((tMs - member.state.lastSampleMs) / 1000).toFixed(1)} s.`;
        emit({ tMs, event: "node-back", nodeId, detail: { version: sample.modelVersion, value: tMs - member.state.lastSampleMs, sentence } });
        member.silence = "none";
      }
      if (member.heardMs.push(tMs) > PEER_SAMPLES) member.heardMs.shift();
      judgeSample(member.state, sample, member.rules);
      around.watch?.(member.state);
      if (member.state.version !== from) noteSwap(member, from, tMs);
      noteMilestones(member, tMs);
      noteVerdict(member, tMs);
    },
    report(nodeId, version, tMs, nodeClass) {
      const member = members.get(nodeId);
      if (member === undefined) {
        evolve({ event: "version-reported", nodeId, version, nodeClass, isSwap: false });
        return;
      }
      const from = member.state.version;
      if (version === null || version === from) return;
      swapVersion(member.state, version, tMs, member.rules);
      noteSwap(member, from, tMs);
    },
    tick(tMs) {
      for (const member of members.values()) if (tMs - member.state.lastSampleMs > fleet.staleAfterMs) noteSilence(member, tMs);
      takeBackClass(tMs);
    },
    changePolicy(next, tMs) {
      policy = next;
      fleet = fleetPolicyOf(policy);
      solveBudget(fleet.nodes ?? roundedFleet(Math.max(1, members.size)));
      for (const member of members.values()) {
        holdTo(member);
        const { state } = member;
        if (state.commitByMs !== null) state.commitByMs = state.sinceMs + fleet.commitWithinMs;
        member.decidedAtMs = -Infinity;
        state.standing = standingOf(state, tMs, member.rules);
      }
    },
    apply,
    guard: () => guard,
    look(nodeId, tMs) {
      const member = members.get(nodeId);
      if (member === undefined) return null;
      const { state, rules, shownSinceMs } = member;
      const standing = member.silence === "none" ? state.standing : standingOf(state, tMs, rules);
      return { state, rules, verdict: describe(member, standing, tMs), sinceMs: shownSinceMs };
    },
    restart(known) {
      members.clear();
      guard = known;
    },
  };
}

/** Whether a node was swapped lately to what is new there: what it shows may be its version's doing. What it went back to is not new. */
function hasChanged({ hasSwapped, commitByMs, sinceMs }: Readonly<NodeState>, tMs: number): boolean {
  return hasSwapped && commitByMs !== null && tMs - sinceMs < RECENT_CHANGE_MS;
}

/** Whether a node that spoke regularly is overdue: an overloaded machine makes some nodes slow and others late. */
function isLate({ heardMs }: Member, tMs: number): boolean {
  const [first] = heardMs;
  const last = heardMs.at(-1);
  if (first === undefined || last === undefined || heardMs.length < PEER_SAMPLES) return false;
  const periodMs = (last - first) / (heardMs.length - 1);
  return tMs - last > Math.max(LATE_MS, LATE_PERIODS * periodMs);
}

function isDegrading(judge: MetricState, tMs: number): boolean {
  if (judge.failing !== null) return tMs - judge.failedAtMs < SAME_TIME_MS || judge.hard.length > 0 || loudest(judge) > PEER_SHARE;
  // Without a baseline, or with one that hangs together, a rule takes more samples than a peer is waited for.
  const isRunning = [judge.hard, judge.relative, judge.jump].some(({ length, needed }) => length >= Math.min(PEER_SAMPLES, needed / 2));
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

