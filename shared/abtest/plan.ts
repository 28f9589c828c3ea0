import { seededRandom } from "../random";
import { ok, type Result } from "../result";
import type { Design } from "./arms";
import { judgeDesign } from "./design";
import type { BlockKind } from "./effect";
import { CALIBRATION_BLOCKS } from "./looks";
import type { TestRequest } from "./request";

/** Who runs what in one block. */
export interface PlannedBlock {
  readonly kind: BlockKind;
  readonly phase: "calibration" | "test";
  /** From the start of the test, without pauses. */
  readonly fromMs: number;
  /** The wash-out is ignored: a version changed at its start. */
  readonly isAfterSwap: boolean;
  readonly versionOfFirst: string;
  readonly versionOfSecond: string;
}

/** A test as it will run. */
export interface TestPlan extends Omit<TestRequest, "design"> {
  readonly design: Design;
  readonly blocks: readonly PlannedBlock[];
}

/** The metrics that may not get worse, apart from the one that decides. */
export function watchedGuardrails({ primary, guardrails }: Pick<TestPlan, "primary" | "guardrails">): TestPlan["guardrails"] {
  return guardrails.filter(({ metric }) => metric !== primary);
}

/** The chance of a false alarm that each guardrail may have: all of them share that of the test. */
export function guardrailAlpha(plan: Pick<TestPlan, "alpha" | "primary" | "guardrails">): number {
  return plan.alpha / watchedGuardrails(plan).length;
}

/** Plans a test. NOT_IDENTIFIED where its design cannot tell the version from the node; IMPOSSIBLE_VALUE for numbers. */
export function planTest(request: TestRequest): Result<TestPlan> {
  const chosen = judgeDesign(request);
  if (!chosen.ok) return chosen;
  const design = chosen.value;
  const calibration = design === "parallel" ? CALIBRATION_BLOCKS : 0;
  const tested = Math.floor(request.longestMs / request.blockMs);
  const startsWithB = seededRandom(request.seed).nextInt(2) === 1;
  const { versionA, versionB } = request;
  const blocks = Array.from({ length: calibration + tested }, (_, index): PlannedBlock => {
    const isCalibrating = index < calibration;
    const isSwapped = design === "crossover" && (index % 2 === 1) !== startsWithB;
    const isAfterSwap = design === "crossover" || index === 0 || index === calibration;
    return {
      kind: design === "crossover" ? (isSwapped ? 1 : 0) : design === "parallel" && !isCalibrating ? 1 : 0,
      phase: isCalibrating ? "calibration" : "test",
      fromMs: index * request.blockMs,
      isAfterSwap,
      versionOfFirst: isSwapped ? versionB : versionA,
      versionOfSecond: isSwapped || isCalibrating ? versionA : versionB,
    };
  });
  return ok({ ...request, design, blocks });
}
