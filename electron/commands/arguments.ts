import { join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { importDirOf } from "../registry/places";
import { defaultDataDir } from "../start-options";
import type { CommandIo, ExitCode } from "./command";

/** A command line taken apart. */
export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Takes a command line apart; BAD_USAGE for an option that is not among `options` or lacks its value. */
export function parseArguments(
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>>,
): Result<ParsedArguments, "BAD_USAGE"> {
  try {
    const config: ParseArgsConfig = { args: [...args], options: { ...options, help: { type: "boolean", short: "h" } }, allowPositionals: true };
    const { positionals, values } = parseArgs(config);
    const single = Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value] as const);
    return ok({ positionals, values: Object.fromEntries(single) });
  } catch (thrown) {
    return fail("BAD_USAGE", thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown));
  }
}

/** An option's text; undefined where it was not given. */
export function textOption(values: ParsedArguments["values"], name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** The number of a text on the command line; NaN where it is none. */
export function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** The number of an option, or what holds where it is absent; NaN where it is no number. */
export function numberOption(values: ParsedArguments["values"], name: string, ifAbsent: number): number {
  const text = values[name];
  return typeof text === "string" ? numberOf(text) : ifAbsent;
}

/** The folder of models: the one asked for, else the one beside the built program. */
export function modelsFolderOf(values: ParsedArguments["values"]): string {
  const asked = values["models"];
  return typeof asked === "string" ? asked : join(__dirname, "..", "models");
}

/** Where versions lie: in the folder asked for alone, else beside the built program and in this user's data folder. */
export function modelPlacesOf(values: ParsedArguments["values"]): readonly string[] {
  const shipped = modelsFolderOf(values);
  return values["models"] === undefined ? [shipped, importDirOf(defaultDataDir(process.env))] : [shipped];
}

/** Says on stderr what failed and gives the exit code: 2 for bad usage, else 1. */
export function refuse(io: CommandIo, failure: Failure): ExitCode {
  io.stderr(`${failure.code}: ${failure.message}\n`);
  return failure.code === "BAD_USAGE" ? 2 : 1;
}
