import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "../../shared/contract/errors";
import { setupProgressSchema, type SetupProgress } from "../../shared/contract/ros2-setup";
import type { Failure } from "../../shared/result";

const lineSchema = v.pipe(v.string(), v.parseJson(), setupProgressSchema);

/** A line of the installation's stdout as the step that begins; null for any other line. */
export function readProgress(line: string): SetupProgress | null {
  const parsed = v.safeParse(lineSchema, line);
  return parsed.success ? parsed.output : null;
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** Why a command refused, from its stderr: `CODE: sentence`, the sentence being all that follows; null where it says none. */
export function readRefusal(stderr: string): Failure | null {
  const lines = stderr.split("\n").filter((line) => !line.startsWith("lydlr: "));
  for (const [index, line] of lines.entries()) {
    const match = /^([A-Z_]+): (.*)$/.exec(line);
    const code = match?.[1] ?? "";
    if (!isErrorCode(code)) continue;
    const message = [match?.[2] ?? "", ...lines.slice(index + 1)].join("\n").trimEnd();
    return { code, message };
  }
  return null;
}
