import type { ErrorCode } from "./contract/errors";

/** An expected failure: a stable code, and a sentence that says what happened and what to do. */
export interface Failure<Code extends string = ErrorCode> {
  readonly code: Code;
  readonly message: string;
}

/** Either a value or an expected failure. Bugs throw; what can happen in the field is a Result. */
export type Result<Value, Code extends string = ErrorCode> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure<Code> };

/** Wraps a value as a success. */
export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** Wraps a code and its sentence as a failure. */
export function fail<Code extends string>(
  code: Code,
  message: string,
): { readonly ok: false; readonly error: Failure<Code> } {
  return { ok: false, error: { code, message } };
}

/** Marks a branch that the types say cannot be reached. Throws, because reaching it is a bug. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
