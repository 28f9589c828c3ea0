import type { ParsedArguments } from "./arguments";
import type { CommandIo } from "./command";

/** A command line of `ctl`, and the socket that it goes to. */
export interface CtlCall {
  readonly path: string;
  readonly values: ParsedArguments["values"];
  readonly isJson: boolean;
  readonly io: CommandIo;
}
