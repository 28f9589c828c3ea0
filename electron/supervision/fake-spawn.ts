import { listeners } from "./listeners";
import type { ChildExit, ChildHandle, Spawn, SpawnOptions } from "./process-spawner";

/** A child that exists only in a test, driven by it. */
export interface FakeChild {
  readonly entry: string;
  readonly options: SpawnOptions;
  /** Everything posted to it, in order, in the supervision's envelopes. */
  readonly received: unknown[];
  /** True once it was killed. */
  wasKilled(): boolean;
  /** Whether it answers pings as they arrive. */
  answersPings: boolean;
  /** What it says on its own, in an envelope. */
  say(message: unknown): void;
  /** Reports that it listens. */
  becomeReady(): void;
  write(text: string): void;
  exit(exit: Partial<ChildExit>): void;
}

/** A {@link Spawn} whose children a test plays. `children` grows with every start. */
export function fakeSpawn(): { readonly spawn: Spawn; readonly children: FakeChild[]; failNext(message: string): void } {
  const children: FakeChild[] = [];
  let failure: string | null = null;

  const spawn: Spawn = (entry, options): ChildHandle => {
    if (failure !== null) {
      const message = failure;
      failure = null;
      throw new Error(message);
    }
    const messages = listeners<unknown>();
    const exits = listeners<ChildExit>();
    const received: unknown[] = [];
    const pid = 1000 + children.length;
    let killed = false;
    let output = "";
    const child: FakeChild = {
      entry,
      options,
      received,
      wasKilled: () => killed,
      answersPings: true,
      say: messages.tell,
      becomeReady() {
        messages.tell({ kind: "ready" });
      },
      write(text) {
        output += text;
      },
      exit(exit) {
        exits.tell({ code: null, signal: null, error: null, ...exit });
      },
    };
    children.push(child);
    return {
      pid: () => pid,
      post(message) {
        received.push(message);
        const ping = (message as { readonly kind: string; readonly ping?: number }).ping;
        if (ping !== undefined && child.answersPings) messages.tell({ kind: "pong", ping });
      },
      onMessage: messages.add,
      onExit: exits.add,
      kill() {
        killed = true;
        child.exit({ signal: "SIGKILL" });
      },
      recentOutput: () => output,
    };
  };

  return {
    spawn,
    children,
    failNext(message) {
      failure = message;
    },
  };
}
