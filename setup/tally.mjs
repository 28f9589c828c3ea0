/**
 * What a suite came to. `failures` names each test that failed, and whatever kept tests from running.
 *
 * @typedef {{ readonly passed: number; readonly failures: readonly string[];
 *   readonly skipped: readonly { readonly name: string; readonly reason: string }[] }} Tally
 */

/** What is printed for a skip whose test says nothing. */
export const noReason = "the test names no reason";

/**
 * A suite whose own exit code must agree with what it reported: one that crashed, or that ran nothing,
 * has failed.
 *
 * @param {string} name
 * @param {number} exitCode
 * @param {() => Tally} readReport throws when there is none
 * @returns {Tally}
 */
export function judgedTally(name, exitCode, readReport) {
  /** @type {Tally} */
  let tally;
  try {
    tally = readReport();
  } catch {
    return { passed: 0, failures: [`${name} ended before it could report (exit code ${String(exitCode)})`], skipped: [] };
  }
  if (tally.passed + tally.failures.length === 0) return { ...tally, failures: [`${name} ran no test`] };
  if (exitCode !== 0 && tally.failures.length === 0) return { ...tally, failures: [`${name} ended with exit code ${String(exitCode)}`] };
  return tally;
}

/**
 * The end of a test run: each skip with its reason, each failure, and the counts as the last line.
 *
 * @param {readonly Tally[]} tallies
 * @returns {string}
 */
export function closingText(tallies) {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failures = tallies.flatMap((tally) => tally.failures);
  const skipped = tallies.flatMap((tally) => tally.skipped);
  const skips = skipped.length === 0 ? "" : `, ${String(skipped.length)} skipped`;
  return [
    ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
    ...failures.map((failure) => `failed: ${failure}`),
    `${String(passed)} passed, ${String(failures.length)} failed${skips}`,
    "",
  ].join("\n");
}
