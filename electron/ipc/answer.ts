import * as v from "valibot";
import { REQUESTS, type ParsedBody, type RequestName, type RequestReply } from "../../shared/contract/channels";
import { fail, type Result } from "../../shared/result";

/** What answers each request. Expected failures are values; what throws is a bug. */
export type RequestHandlers = {
  readonly [Name in RequestName]: (body: ParsedBody<Name>) => Result<RequestReply<Name>> | Promise<Result<RequestReply<Name>>>;
};

/** Answers one request: the sender is checked, then the body is parsed, then the handler is asked. */
export async function answer<Name extends RequestName>(
  name: Name,
  body: unknown,
  isTrusted: boolean,
  handlers: RequestHandlers,
  onTrouble: (sentence: string) => void,
): Promise<Result<RequestReply<Name>>> {
  if (!isTrusted) {
    onTrouble(`${name} came from a sender that is not the window.`);
    return fail("UNTRUSTED_SENDER", "The request did not come from the window.");
  }
  const parsed = v.safeParse(REQUESTS[name].body, body);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const where = v.getDotPath(issue) ?? "body";
    onTrouble(`${name} was refused: ${where}: ${issue.message}`);
    return fail("BAD_REQUEST", `${name}: ${where}: ${issue.message}`);
  }
  try {
    return await handlers[name](parsed.output);
  } catch (error) {
    onTrouble(`${name} threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return fail("INTERNAL", `${name} failed by a fault of this application. It was logged.`);
  }
}
