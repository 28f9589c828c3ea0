import type { SelftestCase, SelftestResult } from "../../shared/judge/selftest/case";
import { runSelftest, selftestCases } from "../../shared/judge/selftest/selftest";
import { fail } from "../../shared/result";
import { parseArguments, refuse } from "./arguments";
import type { Command, CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr selftest [--json]

Recomputes the published values that the statistics of this product are held to, and prints for each
expected, got, tolerance, verdict and source. The exit code is 1 when one fails.
`;

function lineOf({ name, expected, got, tolerance, passed, source }: SelftestResult): string {
  const shown = Number(got.toPrecision(8));
  return `${passed ? "pass" : "FAIL"}  ${name}: expected ${expected}, got ${shown}, tolerance ${Number(tolerance.toPrecision(2))}  [${source}]\n`;
}

/** Runs the self-test on some cases: the exit code is 1 when one is off. */
export async function selftest(args: readonly string[], io: CommandIo, cases: readonly SelftestCase[]): Promise<ExitCode> {
  const parsed = parseArguments(args, { json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  if (parsed.value.values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  if (parsed.value.positionals.length > 0) return refuse(io, fail("BAD_USAGE", "selftest takes no names.").error);
  const isJson = parsed.value.values["json"] === true;
  const onCase = (result: SelftestResult): void => {
    const { passed: isPassed, ...values } = result;
    io.stdout(isJson ? `${JSON.stringify({ type: "case", ...values, verdict: isPassed ? "pass" : "fail" })}\n` : lineOf(result));
  };
  const { passed, failed } = await runSelftest({ pause: () => Promise.resolve(), onCase, cases });
  io.stdout(isJson ? `${JSON.stringify({ type: "summary", passed, failed })}\n` : `${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** `./lydlr selftest`: published values, recomputed. */
export const run: Command = (args, io) => selftest(args, io, selftestCases());
