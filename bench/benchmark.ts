import type { CommandIo, ExitCode } from "../electron/commands/command";

/** How a benchmark writes: readable lines, or JSON Lines and nothing else on stdout. */
export interface Report {
  /** A measured value or a summary: an object with `--json`, its sentence without. */
  line(value: object, sentence: string): void;
  /** What is being done now; stderr. */
  progress(sentence: string): void;
}

/** Makes a report on a command's streams. */
export function reportOn(io: CommandIo, isJson: boolean): Report {
  return {
    line(value, sentence) {
      io.stdout(isJson ? `${JSON.stringify(value)}\n` : `${sentence}\n`);
    },
    progress(sentence) {
      io.stderr(`lydlr: ${sentence}\n`);
    },
  };
}

/** One benchmark of `./lydlr bench`. */
export interface Benchmark {
  readonly name: string;
  /** What it measures, in one line of the list. */
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}

/** A number with so many decimals as a number again: what was measured, without a double's noise. */
export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** A command line that a benchmark cannot follow. */
export class BadUsage extends Error {}

/** What has to be there for a benchmark and is not. */
export class NotAvailable extends Error {}

/**
 * Reads `--name value` pairs of whole numbers and the word `--json`.
 * @throws BadUsage for anything else.
 */
export function readOptions<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): { readonly isJson: boolean; readonly numbers: Readonly<Record<Name, number>> } {
  const numbers: Record<Name, number> = { ...defaults };
  let isJson = false;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? "";
    const name = Object.keys(defaults).find((one): one is Name => `--${one}` === word);
    if (word === "--json") {
      isJson = true;
    } else if (name !== undefined) {
      index += 1;
      const value = Number(args[index] ?? Number.NaN);
      if (!(value > 0)) throw new BadUsage(`${word} takes a number above 0, not ${JSON.stringify(args[index] ?? "")}`);
      numbers[name] = value;
    } else {
      throw new BadUsage(`there is no option ${JSON.stringify(word)}`);
    }
  }
  return { isJson, numbers };
}
