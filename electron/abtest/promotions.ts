import type { TestResult } from "../../shared/abtest/ab-test";
import type { TestEventOf, TestRecord } from "../../shared/abtest/record";
import type { AbTestPromotion } from "../../shared/contract/abtest";
import type { RolloutPlan } from "../../shared/contract/rollouts";
import { fail, ok, type Result } from "../../shared/result";
import { DEFAULT_PLAN } from "../../shared/rollout/phased/default-plan";
import { winnerOf } from "./view";
import { obstacleOf, type AbTestWorld } from "./world";

/** After a start, and after the link came back, a node may take this long to be seen; before, a roll-out would leave it out. */
const SETTLING_MS = 15_000;

/** What becomes of a promotion: the event that says it. */
type Decided = (testId: string, event: TestEventOf<"promotion">) => void;

/** Takes winners to the fleet: says what a click would do, and begins each roll-out once its test is over. */
export class Promotions {
  private readonly asking = new Set<string>();
  private settledAtMs = 0;
  private wasUp = false;
  private obstacle: string | null = null;

  constructor(
    private readonly world: AbTestWorld,
    private readonly decided: Decided,
  ) {}

  /** The plan of a click, with its nodes in their order, and what it would do. NO_WINNER. */
  async preview({ started, ending, end, promotion }: TestRecord, winner: string | null): Promise<Result<AbTestPromotion>> {
    const { testId, nodes } = started;
    if (winner === null) return fail("NO_WINNER", `${testId} has no winner.`);
    if (promotion !== null) return fail("NO_WINNER", `${winner} of ${testId} is promoted already.`);
    const back = nodes.map(({ nodeId, restoreVersion }) => [nodeId, ending?.versions.get(nodeId) ?? restoreVersion] as const);
    const plan: RolloutPlan = { ...DEFAULT_PLAN, version: winner };
    const preview = await this.world.previewRollout(plan, new Map(end === null ? back : []));
    return ok({ plan: { ...plan, nodeIds: preview.phases.flatMap(({ nodeIds }) => nodeIds) }, preview });
  }

  /** The event of a click. NO_WINNER where the plan is not the winner's. */
  ask(record: TestRecord, result: Pick<TestResult, "verdict">, asked: RolloutPlan | undefined): Result<TestEventOf<"promoting">> {
    const { testId } = record.started;
    const winner = winnerOf(record, result);
    if (winner === null) return fail("NO_WINNER", `${testId} has no winner: ${result.verdict.sentence}`);
    const plan = asked ?? { ...DEFAULT_PLAN, version: winner };
    if (plan.version !== winner) return fail("NO_WINNER", `${testId} was won by ${winner}, not by ${plan.version}.`);
    return ok({ type: "promoting", plan, atMs: this.world.clock.wallMs(), sentence: `${winner} goes to the fleet once every node has its version back.` });
  }

  /** Why promotions wait that could begin but for that; null where nothing holds them. */
  get waitsFor(): string | null {
    return this.obstacle;
  }

  /**
   * Begins the roll-out of every winner whose test is over, unless it could not be confirmed now. The request has an id
   * of its own, so that whatever is killed in between makes it once.
   */
  tick(records: Iterable<TestRecord>): void {
    const nowMs = this.world.clock.monotonicMs();
    const isUp = this.world.linkState() === "up";
    if (isUp && !this.wasUp) this.settledAtMs = nowMs + SETTLING_MS;
    this.wasUp = isUp;
    this.obstacle = obstacleOf(this.world)?.message ?? (nowMs < this.settledAtMs ? "Nodes are looked for." : null);
    if (this.obstacle !== null) return;
    for (const { started, promotion, end } of records) {
      const { testId } = started;
      if (promotion === null || promotion.isDecided || end === null || this.asking.has(testId)) continue;
      this.asking.add(testId);
      void this.world.startRollout(promotion.plan, `${testId}-promote`).then((answer) => {
        this.asking.delete(testId);
        const rolloutId = answer.ok ? answer.value.rolloutId : null;
        const sentence = answer.ok ? `${promotion.plan.version} goes to the fleet by ${answer.value.rolloutId}.` : `No roll-out was started. ${answer.error.code}: ${answer.error.message}`;
        this.decided(testId, { type: "promotion", rolloutId, atMs: this.world.clock.wallMs(), sentence });
      });
    }
  }
}
