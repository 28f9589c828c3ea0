/** Where a command writes. With `--json` stdout carries JSON Lines and nothing else. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** 0 success, 1 what was asked failed, 2 bad usage. */
export type ExitCode = 0 | 1 | 2;

/** One command of `./lydlr`. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<ExitCode>;
