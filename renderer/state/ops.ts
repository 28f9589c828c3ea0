import * as v from "valibot";
import {
  PUSHES,
  REQUESTS,
  type PushBody,
  type PushName,
  type RequestBody,
  type RequestName,
  type RequestReply,
} from "../../shared/contract/channels";
import { ERROR_CODES, type ErrorCode } from "../../shared/contract/errors";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { Dispose } from "../../shared/time";
import { markReceipt } from "./tick-costs";

/**
 * The window's one way to the main process: requests whose replies are parsed, pushes whose bodies
 * are parsed. What does not follow the schema never reaches a component.
 */

const errorCodes = Object.keys(ERROR_CODES) as ErrorCode[];

const failureSchema = v.object({ code: v.picklist(errorCodes), message: v.string() });

/**
 * Reads the answer to a request.
 * @returns the reply, the failure that the main process named, or BAD_REQUEST when the answer is
 * neither.
 */
export function parseAnswer<Name extends RequestName>(name: Name, answer: unknown): Result<RequestReply<Name>> {
  if (typeof answer !== "object" || answer === null || !("ok" in answer)) {
    return fail("BAD_REQUEST", `The answer to ${name} is not a result. This is a bug: copy it into a report.`);
  }
  if (answer.ok === true && "value" in answer) {
    const reply = v.safeParse(REQUESTS[name].reply, answer.value);
    if (reply.success) return ok(reply.output as RequestReply<Name>);
    return fail("BAD_REQUEST", `The answer to ${name} does not follow its schema: ${describeIssues(reply.issues)}.`);
  }
  const failure = v.safeParse(failureSchema, "error" in answer ? answer.error : undefined);
  if (failure.success) return { ok: false, error: failure.output };
  return fail("BAD_REQUEST", `The answer to ${name} names no known failure. This is a bug: copy it into a report.`);
}

/** Says where a value left its schema, at most three places. */
function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .slice(0, 3)
    .map((issue) => `${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`)
    .join("; ");
}

/**
 * Sends a request.
 * @returns its parsed reply; every expected failure with its code; INTERNAL when the main process
 * threw instead of answering.
 */
export async function request<Name extends RequestName>(
  name: Name,
  body: RequestBody<Name>,
): Promise<Result<RequestReply<Name>>> {
  let answer: unknown;
  try {
    answer = await window.ops.invoke(name, body);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return fail("INTERNAL", `${name} was not answered: ${reason}`);
  }
  return parseAnswer(name, answer);
}

/**
 * Listens to a push. `onUnreadable` gets BAD_REQUEST for a body outside its schema; such a body is
 * never shown.
 */
export function subscribe<Name extends PushName>(
  name: Name,
  listener: (body: PushBody<Name>) => void,
  onUnreadable: (failure: Failure) => void,
): Dispose {
  return window.ops.subscribe(name, (body) => {
    if (name === "push/snapshot") markReceipt(performance.now());
    const parsed = v.safeParse(PUSHES[name], body);
    if (parsed.success) {
      listener(parsed.output);
      return;
    }
    onUnreadable({
      code: "BAD_REQUEST",
      message: `${name} does not follow its schema: ${describeIssues(parsed.issues)}. What you see is older.`,
    });
  });
}

/** A new idempotency key for a request that changes the fleet. */
export function newRequestId(): string {
  return crypto.randomUUID();
}
