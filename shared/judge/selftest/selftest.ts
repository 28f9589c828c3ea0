import { runCaseInPieces, type SelftestCase, type SelftestGroup, type SelftestResult } from "./case";
import { chartGroups } from "./chart-cases";
import { otherGroups } from "./other-cases";

/**
 * Every published value that the statistics of this product are held to, in the order of their sections. Pure:
 * the command line and the window run the same list. Simulation studies whose set-up was not published in
 * full (when the first look is taken, which variance is plugged in) are not among them.
 */
export function selftestGroups(): readonly SelftestGroup[] {
  return [...chartGroups(), ...otherGroups()];
}

/** The cases of {@link selftestGroups} in one list. */
export function selftestCases(): readonly SelftestCase[] {
  return selftestGroups().flatMap(({ cases }) => cases);
}

/** How a self-test went. */
export interface SelftestSummary {
  readonly results: readonly SelftestResult[];
  readonly passed: number;
  readonly failed: number;
}

/** Who runs a self-test. */
export interface SelftestRun {
  /** Called between pieces of a few hundredths of a second: lets others run, and may throw to end the test. */
  readonly pause: () => Promise<void>;
  /** Called after each case, in order, with the cases done so far and those there are. */
  readonly onCase?: (result: SelftestResult, done: number, total: number) => void;
  /** Absent: {@link selftestCases}. */
  readonly cases?: readonly SelftestCase[];
}

/**
 * Recomputes every published value, in pieces, so that what else its process does goes on. In all it takes 5 to 20 s of
 * processor time. Rejects only when `pause` does.
 */
export async function runSelftest({ pause, onCase, cases = selftestCases() }: SelftestRun): Promise<SelftestSummary> {
  const results: SelftestResult[] = [];
  for (const one of cases) {
    const pieces = runCaseInPieces(one);
    let step = pieces.next();
    while (step.done !== true) {
      await pause();
      step = pieces.next();
    }
    results.push(step.value);
    onCase?.(step.value, results.length, cases.length);
    await pause();
  }
  const passed = results.filter((result) => result.passed).length;
  return { results, passed, failed: results.length - passed };
}
