import { readFileSync } from "node:fs";
import { noReason } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {import("@playwright/test/reporter").JSONReport} Report */

/**
 * Reads what Playwright's JSON reporter left. A test that passed only when tried again counts as failed.
 *
 * @param {string} path
 * @returns {Tally} throws when the file is not there, because then the run did not end
 */
export function playwrightTally(path) {
  /** @type {Report} */
  const report = JSON.parse(readFileSync(path, "utf8"));
  let passed = 0;
  const failures = report.errors.map((error) => `an error outside of any test: ${error.message ?? "without a message"}`);
  /** @type {{ name: string; reason: string }[]} */
  const skipped = [];
  for (const { name, spec } of specs(report.suites, [])) {
    for (const test of spec.tests) {
      if (test.status === "expected") passed += 1;
      else if (test.status === "skipped") skipped.push({ name, reason: skipReason(test.annotations) });
      else failures.push(test.status === "flaky" ? `${name} (passed only when tried again)` : name);
    }
  }
  return { passed, failures, skipped };
}

/**
 * @param {readonly import("@playwright/test/reporter").JSONReportSuite[]} suites
 * @param {readonly string[]} path
 * @returns {Generator<{ readonly name: string; readonly spec: import("@playwright/test/reporter").JSONReportSpec }>}
 */
function* specs(suites, path) {
  for (const suite of suites) {
    const inner = [...path, suite.title];
    for (const spec of suite.specs) yield { name: [...inner, spec.title].join(" > "), spec };
    yield* specs(suite.suites ?? [], inner);
  }
}

/** @param {readonly { readonly type: string; readonly description?: string }[]} annotations */
function skipReason(annotations) {
  const note = annotations.find((annotation) => annotation.type === "skip" || annotation.type === "fixme");
  return note?.description ?? noReason;
}
