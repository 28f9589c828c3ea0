import { runCase, type SelftestResult } from "../../shared/judge/selftest/case";
import { selftestCases } from "../../shared/judge/selftest/selftest";
import { fail } from "../../shared/result";
import { parseArguments, refuse } from "./arguments";
import type { Command } from "./command";

const HELP = `usage: ./lydlr selftest [--json]

Recomputes the published values that the statistics of this product are held to, and prints for each
expected, got, tolerance, verdict and source. The exit code is 1 when one fails.
`;

function lineOf({ name, expected, got, tolerance, passed, source }: SelftestResult): string {
  const shown = Number(got.toPrecision(8));
  return `${passed ? "pass" : "FAIL"}  ${name}: expected ${expected}, got ${shown}, tolerance ${Number(tolerance.toPrecision(2))}  [${source}]\n`;
}

/** `./lydlr selftest`: published values, recomputed. */
export const run: Command = async (args, io) => {
  const parsed = parseArguments(args, { json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  if (parsed.value.values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  if (parsed.value.positionals.length > 0) return refuse(io, fail("BAD_USAGE", "selftest takes no names.").error);
  const isJson = parsed.value.values["json"] === true;
  let passed = 0;
  let failed = 0;
  for (const one of selftestCases()) {
    const result = runCase(one);
    if (result.passed) passed += 1;
    else failed += 1;
    const { passed: isPassed, ...values } = result;
    io.stdout(isJson ? `${JSON.stringify({ type: "case", ...values, verdict: isPassed ? "pass" : "fail" })}\n` : lineOf(result));
  }
  io.stdout(isJson ? `${JSON.stringify({ type: "summary", passed, failed })}\n` : `${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
};
