import type { GuardView, HoldView } from "../../shared/contract/guard";
import type { Judgement, QuarantineView } from "../../shared/contract/judging";
import type { EventView } from "../../shared/contract/snapshot";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { noteGood } from "../../shared/fleet/version-history";
import { createFleetJudge, type FleetJudge, type JudgedNode, type JudgeEvent, type RollbackWish } from "../../shared/judge/fleet-judge";
import { LIMITED_METRICS } from "../../shared/judge/limits";
import { StatisticPath } from "../../shared/judge/statistic-path";
import type { Policy } from "../../shared/policy/policy";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { decisionBasis, type DecisionBasis } from "../../shared/rollout/basis";
import { guardNode, quarantineList, quarantineOf } from "../../shared/rollout/guard";
import type { GuardEvent, GuardState, Quarantine, QuarantineScope } from "../../shared/rollout/guard-events";
import type { Clock } from "../../shared/time";
import { clockTextOf, judgedBasis, judgementOf } from "./judgement";
import type { EventDraft, EventLog } from "./event-log";
import { nodeLimitsOf, type PolicyDesk } from "./policy-desk";
import { liftDraft } from "./quarantine-events";

/** What the guard needs of the engine. */
export interface GuardWorld {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly policy: PolicyDesk;
  node(nodeId: string): TrackedNode | undefined;
  nodes(): Iterable<TrackedNode>;
  /** Makes a rollback: on disk and told to {@link GuardDesk.take} when it returns null. */
  rollBack(wish: RollbackWish): Failure | null;
}

/** Events of the judge that the engine tells by other names: nodes, their versions, their presence, commands. */
const TOLD_OTHERWISE: ReadonlySet<JudgeEvent["event"]> = new Set<JudgeEvent["event"]>([
  "node-seen",
  "deploy-requested",
  "version-changed",
  "rollback-requested",
  "rollback-acknowledged",
  "version-inconsistent",
  "node-stale",
  "node-lost",
  "node-back",
]);

/** Samples of a path that go with a decision. */
const BASIS_PATH = 120;
const JUDGEMENT_PATH = 600;

/**
 * The judge in the engine: it judges every sample as it arrives and every tick, on the monotonic clock, writes down
 * what it decides, and has rollbacks made. It decides nothing itself: `shared/judge` and `shared/rollout` do.
 */
export class GuardDesk {
  private readonly judge: FleetJudge;
  private readonly paths = new Map<string, StatisticPath>();

  constructor(private readonly world: GuardWorld) {
    this.judge = createFleetJudge(world.policy.current().policy, (event) => this.tell(event), {
      requestRollback: (wish) => world.rollBack(wish),
      clockText: clockTextOf(world.clock),
      watch: (state) => {
        this.pathOf(state.nodeId).note(state, this.wallOf(state.lastSampleMs));
      },
    });
    world.policy.onChange(({ policy }) => this.judge.changePolicy(policy, world.clock.monotonicMs()));
  }

  /** Takes over what the journal knows of a fleet; nodes that were judged are forgotten. */
  restart(guard: GuardState): void {
    this.judge.restart(guard);
    this.paths.clear();
  }

  guard(): GuardState {
    return this.judge.guard();
  }

  /** Judges the newest sample of a node. */
  judgeSample(node: TrackedNode): void {
    const { latest } = node;
    if (latest === null) return;
    const tMs = this.world.clock.monotonicMs();
    const { compressionRatio, latencyMs, qualityScore } = latest;
    this.judge.sample(node.nodeId, { tMs, modelVersion: latest.modelVersion, compressionRatio, latencyMs, qualityScore }, node.vertical);
  }

  /** A message of a node that was judged before has no values that could be read: it speaks and says nothing. */
  judgeNothing(node: TrackedNode): void {
    const tMs = this.world.clock.monotonicMs();
    if (this.judge.look(node.nodeId, tMs) === null) return;
    this.judge.sample(node.nodeId, { tMs, modelVersion: null, compressionRatio: null, latencyMs: null, qualityScore: null }, node.vertical);
  }

  /** A version that is reported by a sign of life, not by a sample. */
  noteReport(node: TrackedNode): void {
    this.judge.report(node.nodeId, node.modelVersion, this.world.clock.monotonicMs(), node.vertical);
  }

  tick(): void {
    this.judge.tick(this.world.clock.monotonicMs());
  }

  /** What happened to commands. */
  take(event: GuardEvent): void {
    this.judge.apply(event, this.world.clock.monotonicMs());
  }

  isFailing(nodeId: string): boolean {
    return this.look(nodeId)?.state.standing.outcome === "fail";
  }

  /** What the snapshot tells of a node; null before its first sample. */
  view(node: TrackedNode): GuardView | null {
    const judged = this.look(node.nodeId);
    if (judged === null) return null;
    const { state, rules, verdict } = judged;
    const guard = this.judge.guard();
    const { hold } = guardNode(guard, node.nodeId);
    const { outcome, metric, reason, value, limit, n, statistic, statisticLimit, sentence } = verdict;
    const judgedMetrics = LIMITED_METRICS.map((each) => state.metrics[each].judge).filter(({ policy }) => policy.role !== "muted");
    const sizes = judgedMetrics.map(({ baseline, keptCount }) => baseline?.n ?? keptCount);
    return {
      verdict: { outcome, metric, reason, value, limit, n, statistic, statisticLimit, sinceMs: this.wallOf(judged.sinceMs), sentence },
      trial: {
        phase: state.phase,
        hasSwapped: state.hasSwapped,
        passed: state.passed,
        needed: rules.fleet.commitSamples,
        sinceMs: this.wallOf(state.sinceMs),
        commitByMs: state.commitByMs === null || state.phase === "committed" ? null : this.wallOf(state.commitByMs),
      },
      hold: hold === null ? null : this.holdView(hold),
      quarantined: [...quarantineOf(guard, node.nodeId)],
      baselineSamples: sizes.length === 0 ? 0 : Math.min(...sizes),
      baselineNeeded: rules.fleet.baselineSamples,
    };
  }

  /** Everything that a node's verdict is made of. UNKNOWN_NODE where none of its samples was judged. */
  judgement(node: TrackedNode): Result<Judgement> {
    const judged = this.look(node.nodeId);
    const guard = this.view(node);
    if (judged === null || guard === null) return fail("UNKNOWN_NODE", `No sample of ${node.nodeId} was judged yet.`);
    return ok(
      judgementOf(node, judged, guard, {
        atMs: this.world.clock.wallMs(),
        wallOf: (tMs) => this.wallOf(tMs),
        policyRevision: this.world.policy.current().revision,
        path: this.pathOf(node.nodeId).last(JUDGEMENT_PATH),
        neighbours: this.neighbours(node),
      }),
    );
  }

  /** What a decision on a node is made on now. */
  basis(node: TrackedNode): DecisionBasis {
    const { policy, revision } = this.world.policy.current();
    const judged = this.look(node.nodeId);
    const limits = nodeLimitsOf(policy, node.nodeId, node.vertical);
    if (judged === null) return decisionBasis(node, limits);
    const path = this.pathOf(node.nodeId).last(BASIS_PATH);
    return decisionBasis(node, limits, judgedBasis(judged, { policyRevision: revision, path, neighbours: this.neighbours(node) }));
  }

  quarantine(): QuarantineView[] {
    return quarantineList(this.judge.guard()).map((entry) => this.quarantineView(entry));
  }

  /** Lifts an entry, with the reason on disk first. NOT_QUARANTINED where there is none. */
  lift(scope: QuarantineScope, version: string, reason: string): Result<QuarantineView[]> {
    const found = quarantineList(this.judge.guard()).find((entry) => entry.version === version && isSameScope(entry.scope, scope));
    if (found === undefined) return fail("NOT_QUARANTINED", `${version} is not in quarantine there.`);
    const written = this.world.events.commit(liftDraft(found, reason));
    if (!written.ok) return written;
    this.take({ event: "quarantine-lifted", scope: found.scope, version });
    return ok(this.quarantine());
  }

  private look(nodeId: string): JudgedNode | null {
    return this.judge.look(nodeId, this.world.clock.monotonicMs());
  }

  private neighbours(node: TrackedNode): { readonly version: string | null; readonly outcome: JudgedNode["verdict"]["outcome"] }[] {
    const others = [...this.world.nodes()].filter(({ nodeId }) => nodeId !== node.nodeId);
    return others.flatMap(({ nodeId }) => {
      const judged = this.look(nodeId);
      return judged === null ? [] : [{ version: judged.state.version, outcome: judged.state.standing.outcome }];
    });
  }

  private pathOf(nodeId: string): StatisticPath {
    const known = this.paths.get(nodeId);
    if (known !== undefined) return known;
    const path = new StatisticPath();
    this.paths.set(nodeId, path);
    return path;
  }

  /** Times of the judge are monotonic; people read Unix time. */
  private wallOf(tMs: number): number {
    return this.world.clock.wallMs() - (this.world.clock.monotonicMs() - tMs);
  }

  private holdView({ code, target, atMs, sentence }: { readonly code: HoldView["code"]; readonly target: string | null; readonly atMs: number; readonly sentence: string }): HoldView {
    return { code, target, sinceMs: this.wallOf(atMs), sentence };
  }

  private quarantineView({ version, scope, atMs, sentence }: Quarantine): QuarantineView {
    const sinceMs = this.wallOf(atMs);
    if (scope.kind === "node") return { version, scope, sinceMs, sentence };
    const { nodeClass } = scope;
    return { version, scope: { kind: "class", vertical: nodeClass === "drone" || nodeClass === "iot" ? nodeClass : null }, sinceMs, sentence };
  }

  private tell(event: JudgeEvent): void {
    if (TOLD_OTHERWISE.has(event.event)) return;
    const node = this.world.node(event.nodeId);
    if (event.event === "version-good" && node !== undefined && node.modelVersion !== null) node.versions = noteGood(node.versions, node.modelVersion);
    const { sentence } = event.detail;
    const draft: EventDraft = {
      event: event.event,
      nodeId: event.nodeId === "" ? null : event.nodeId,
      actor: event.event === "rollback-held" || event.event === "version-quarantined" ? "policy" : "engine",
      sentence: typeof sentence === "string" ? sentence : event.event,
      detail: scalarsOf(event.detail, (tMs) => this.wallOf(tMs)),
      ...(node !== undefined && MADE_ON_SAMPLES.has(event.event) ? { basis: this.basis(node) } : {}),
    };
    this.world.events.record(draft);
  }
}

/** Events that keep the samples which they were made on. */
const MADE_ON_SAMPLES: ReadonlySet<JudgeEvent["event"]> = new Set<JudgeEvent["event"]>(["verdict", "rollback-held", "rollback-escalated"]);

function isSameScope(left: QuarantineScope, right: QuarantineScope): boolean {
  if (left.kind === "node") return right.kind === "node" && left.nodeId === right.nodeId;
  return right.kind === "class" && left.nodeClass === right.nodeClass;
}

/** What of a judge's detail an event can carry: numbers, words and truth values; its time in Unix ms. */
export function scalarsOf(detail: Readonly<Record<string, unknown>>, wallOf: (tMs: number) => number): EventView["detail"] {
  const scalars: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(detail)) {
    if (name === "sentence") continue;
    if (typeof value === "number") scalars[name] = name === "sinceMs" ? Math.round(wallOf(value)) : value;
    else if (typeof value === "string" || typeof value === "boolean" || value === null) scalars[name] = value;
  }
  return scalars;
}

/** The policy's limits for a node, as commands are verified by. */
export function limitsFor(policy: Policy, node: TrackedNode): ReturnType<typeof nodeLimitsOf> {
  return nodeLimitsOf(policy, node.nodeId, node.vertical);
}
