import { writeFileSync } from "node:fs";
import { noReason } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */

/** A vitest reporter that leaves a {@link Tally} in the file named by LYDLR_TALLY. */
export class TallyReporter {
  /**
   * @param {readonly import("vitest/node").TestModule[]} testModules
   * @param {readonly import("vitest").SerializedError[]} unhandledErrors
   */
  onTestRunEnd(testModules, unhandledErrors) {
    const path = process.env["LYDLR_TALLY"];
    if (path === undefined) throw new Error("LYDLR_TALLY names no file");
    let passed = 0;
    /** @type {string[]} */
    const failures = unhandledErrors.map((error) => `an error outside of any test: ${error.message}`);
    /** @type {{ name: string; reason: string }[]} */
    const skipped = [];
    for (const module of testModules) {
      failures.push(...module.errors().map((error) => `${module.relativeModuleId} could not run: ${error.message}`));
      for (const suite of module.children.allSuites()) {
        failures.push(...suite.errors().map((error) => `${module.relativeModuleId} > ${suite.fullName}: ${error.message}`));
      }
      for (const test of module.children.allTests()) {
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        const result = test.result();
        if (result.state === "passed") passed += 1;
        else if (result.state === "skipped") skipped.push({ name, reason: result.note ?? noReason });
        else if (result.state === "failed") failures.push(name);
        else failures.push(`${name} did not end`);
      }
    }
    /** @type {Tally} */
    const tally = { passed, failures, skipped };
    writeFileSync(path, JSON.stringify(tally));
  }
}

// Vitest takes a reporter from a file by its default export.
// eslint-disable-next-line no-restricted-syntax
export { TallyReporter as default };
