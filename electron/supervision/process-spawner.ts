import type { Dispose } from "../../shared/time";

/** How a child process ended: its exit code, or the signal that ended it, or why it never began. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Set where the operating system could not start or reach the child at all. */
  readonly error: string | null;
}

/** One running child process, whatever started it. Messages are structured-cloneable values. */
export interface ChildHandle {
  /** Null until the operating system has started it. */
  pid(): number | null;
  /** Sends; a message to a child that has gone is dropped. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Dispose;
  /** Called once, also when the child could not be started. */
  onExit(listener: (exit: ChildExit) => void): Dispose;
  /** Ends it at once, also when it hangs (SIGKILL). */
  kill(): void;
  /** The last characters that it wrote to stdout and stderr, bounded. */
  recentOutput(): string;
}

/** What a child gets. */
export interface SpawnOptions {
  /** Shown in process lists where the platform can. */
  readonly name: string;
  /** Added to the allow-listed part of this process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `entry` (the path of a JavaScript file) as a child process. */
export type Spawn = (entry: string, options: SpawnOptions) => ChildHandle;
