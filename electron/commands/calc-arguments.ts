import { fail, ok, type Result } from "../../shared/result";
import { parseArguments } from "./arguments";

/** Numbers and switches of a `calc` command line. */
export interface CalcValues {
  /** The number of an option; BAD_USAGE when it is missing and has no default, or is no number. */
  number(name: string, ifAbsent?: number): number;
  isOn(name: string): boolean;
  text(name: string): string | null;
}

/** A number on the command line that is missing or none. */
class MissingNumber extends Error {}

/** `--shift -1` is a value, which the parser would take for an option. */
function joinNegatives(args: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of args) {
    const before = joined.at(-1);
    if (/^-\.?\d/.test(word) && before?.startsWith("--") === true && !before.includes("=")) joined[joined.length - 1] = `${before}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/**
 * Takes a command line of numbers apart and computes with it.
 * @returns BAD_USAGE for options that are not among those named, for positionals, and for missing or bad numbers.
 */
export function withNumbers<Value>(
  args: readonly string[],
  numbers: readonly string[],
  switches: readonly string[],
  compute: (values: CalcValues) => Result<Value>,
): Result<Value> {
  const options: Record<string, { readonly type: "string" | "boolean" }> = {};
  for (const name of numbers) options[name] = { type: "string" };
  for (const name of switches) options[name] = { type: "boolean" };
  const parsed = parseArguments(joinNegatives(args), options);
  if (!parsed.ok) return parsed;
  const { positionals, values } = parsed.value;
  const [surplus] = positionals;
  if (surplus !== undefined) return fail("BAD_USAGE", `${JSON.stringify(surplus)} is not expected here.`);
  try {
    return compute({
      number(name, ifAbsent) {
        const text = values[name];
        if (text === undefined && ifAbsent !== undefined) return ifAbsent;
        const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
        if (!Number.isFinite(value)) throw new MissingNumber(`--${name} takes a number${text === undefined ? "" : `, not ${JSON.stringify(text)}`}.`);
        return value;
      },
      isOn: (name) => values[name] === true,
      text: (name) => {
        const text = values[name];
        return typeof text === "string" ? text : null;
      },
    });
  } catch (error) {
    if (error instanceof MissingNumber) return fail("BAD_USAGE", error.message);
    throw error;
  }
}

/** A value that nothing can be computed for. */
export function impossible(sentence: string): Result<never> {
  return fail("IMPOSSIBLE_VALUE", sentence);
}

/** A result as a field, when it is a finite number. */
export function finiteField(name: string, value: number, rest: Readonly<Record<string, number | boolean>> = {}): Result<Readonly<Record<string, number | boolean>>> {
  if (!Number.isFinite(value)) return impossible(`The ${name} is beyond what can be computed for these values.`);
  return ok({ [name]: value, ...rest });
}
