// A checker for Stryker that draws a part of the changes by seed, and leaves the others out of the score.
import { createHash } from "node:crypto";
import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";

const SHARE = Number(process.env["LYDLR_MUTATION_SHARE"] ?? "1");
const SEED = process.env["LYDLR_MUTATION_SEED"] ?? "1";

/**
 * Where a change lies among all, 0 to 1: by the seed and what it changes alone, so that the same ones are drawn again.
 *
 * @param {import("@stryker-mutator/api/core").Mutant} mutant
 * @returns {number}
 */
function placeOf({ location, replacement, mutatorName }) {
  const { start, end } = location;
  const text = [SEED, start.line, start.column, end.line, end.column, mutatorName, replacement].join(" ");
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}

class Draw {
  /** @returns {Promise<void>} */
  init() {
    return Promise.resolve();
  }

  /**
   * @param {import("@stryker-mutator/api/core").Mutant[]} mutants
   * @returns {Promise<string[][]>}
   */
  group(mutants) {
    return Promise.resolve([mutants.map(({ id }) => id)]);
  }

  /**
   * @param {import("@stryker-mutator/api/core").Mutant[]} mutants
   * @returns {Promise<Record<string, import("@stryker-mutator/api/check").CheckResult>>}
   */
  check(mutants) {
    // Stryker has no word for "not drawn"; what does not compile is left out of the score too.
    const results = mutants.map((mutant) => [mutant.id, placeOf(mutant) < SHARE ? { status: "passed" } : { status: "compileError", reason: "not drawn" }]);
    return Promise.resolve(Object.fromEntries(results));
  }
}

/** @returns {Draw} */
function createDraw() {
  return new Draw();
}
createDraw.inject = /** @type {const} */ ([]);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, "draw", createDraw)];
