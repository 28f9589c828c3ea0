import { connect } from "node:net";
import * as v from "valibot";
import { CONTROL_REQUESTS, controlAnswerSchema, type ControlBody, type ControlName, type ControlReply } from "../../shared/contract/control";
import { ERROR_CODES, type ErrorCode } from "../../shared/contract/errors";
import type { CommandView } from "../../shared/contract/snapshot";
import { fail, ok, type Result } from "../../shared/result";
import { jsonLines } from "./json-lines";

function isCode(code: string): code is ErrorCode {
  return code in ERROR_CODES;
}

/**
 * Asks the running application.
 * @param onProgress is told of every step of a command that is waited for.
 * @param onShare is told how far a report is, 0 to 1.
 * @returns NOT_AVAILABLE where none runs with that data folder, or where it ended before it answered.
 */
export function askControl<Name extends ControlName>(
  path: string,
  request: Name,
  body: ControlBody<Name>,
  onProgress: (command: CommandView) => void,
  onShare: (share: number) => void = () => undefined,
): Promise<Result<ControlReply<Name>>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (result: Result<ControlReply<Name>>): void => {
      resolve(result);
      socket.destroy();
    };
    socket.on("connect", () => socket.write(`${JSON.stringify({ request, body })}\n`));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const isNone = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      end(fail("NOT_AVAILABLE", isNone ? `No Lydlr Ops is running with this data folder: nobody answers at ${path}.` : `The control socket ${path} cannot be used: ${error.message}.`));
    });
    socket.on("close", () => {
      end(fail("NOT_AVAILABLE", "The application ended before it answered. What was requested is in its journal, if it was accepted."));
    });
    const take = jsonLines(
      (line) => {
        const answer = v.safeParse(controlAnswerSchema, line);
        if (!answer.success) end(fail("BAD_REQUEST", "The application's answer could not be read: it may be another version."));
        else if (answer.output.type === "progress") onProgress(answer.output.command);
        else if (answer.output.type === "share") onShare(answer.output.share);
        else if (answer.output.type === "failure") end(fail(isCode(answer.output.code) ? answer.output.code : "INTERNAL", answer.output.message));
        else end(parseReply(request, answer.output.value));
      },
      () => {
        end(fail("BAD_REQUEST", "The application's answer is too long."));
      },
    );
    socket.on("data", take);
  });
}

function parseReply<Name extends ControlName>(request: Name, value: unknown): Result<ControlReply<Name>> {
  const parsed = v.safeParse(CONTROL_REQUESTS[request].reply, value);
  if (parsed.success) return ok(parsed.output as ControlReply<Name>);
  return fail("BAD_REQUEST", "The application's answer could not be read: it may be another version.");
}
