import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { SetupView } from "../../shared/contract/ros2-setup";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { Clock } from "../../shared/time";
import { findNode } from "./find-node";
import { readProgress, readRefusal } from "./setup-output";

/** What the window's installation of ROS 2 needs. */
export interface SetupParts {
  /** The bundle of `./lydlr`'s commands; null where it is packed away and no Node can run it. */
  readonly commands: string | null;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Told of every change. */
  tell(view: SetupView): void;
}

/** The end of stderr that is kept, characters. */
const KEPT_STDERR = 16_384;

/** Nothing of ours may decide how the Node of the PATH starts. */
const NOT_HANDED_ON = ["ELECTRON_RUN_AS_NODE", "NODE_OPTIONS"];

/**
 * Runs `./lydlr ros2 install` for the window: the same program, in a process of its own with fixed arguments
 * and no shell. It begins only when it is asked for.
 */
export class SetupDesk {
  private current: SetupView = { state: "idle" };
  private child: ChildProcess | null = null;
  private ended: Promise<void> = Promise.resolve();

  constructor(private readonly parts: SetupParts) {}

  view(): SetupView {
    return this.current;
  }

  /** Begins. @returns NOT_AVAILABLE with what to do where it cannot; beginning twice is once. */
  async begin(): Promise<Result<SetupView>> {
    if (this.child !== null) return ok(this.current);
    const { commands, environment } = this.parts;
    if (commands === null) {
      return fail(
        "NOT_AVAILABLE",
        "This packed application brings no installer. Install Node.js 20.19 or newer, then run `./lydlr ros2 install` in a checkout of Lydlr Ops: this application finds what it sets up.",
      );
    }
    const node = await findNode(environment);
    if (!node.ok) return node;
    // Somebody else may have begun while it was looked for.
    if (this.isRunning()) return ok(this.current);
    this.run(node.value, commands);
    return ok(this.current);
  }

  /** Ends what is running; what was there before stays. Resolves once it has ended. */
  async cancel(): Promise<SetupView> {
    if (this.child !== null && this.current.state === "running") {
      this.enter({ ...this.current, state: "cancelling" });
      this.child.kill("SIGTERM");
    }
    await this.ended;
    return this.current;
  }

  private isRunning(): boolean {
    return this.child !== null;
  }

  private run(node: string, commands: string): void {
    const startedAtMs = this.parts.clock.wallMs();
    const kept = Object.entries(this.parts.environment).filter(([name]) => !NOT_HANDED_ON.includes(name));
    const child = spawn(node, [commands, "ros2", "install", "--json"], {
      env: Object.fromEntries(kept),
      stdio: ["ignore", "pipe", "pipe"],
      // A Ctrl C in the terminal of the window ends the window, which then ends this.
      detached: true,
    });
    this.child = child;
    this.enter({ state: "running", startedAtMs, steps: [] });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const progress = readProgress(line);
      const view = this.current;
      if (progress === null || (view.state !== "running" && view.state !== "cancelling")) return;
      this.enter({ ...view, steps: [...view.steps, { step: progress.step, atMs: this.parts.clock.wallMs() }] });
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-KEPT_STDERR);
    });
    this.ended = new Promise((resolve) => {
      const settle = (code: number | null, error: Failure | null): void => {
        if (this.child !== child) return;
        this.child = null;
        this.enter(this.outcome(code, this.parts.clock.wallMs() - startedAtMs, error ?? readRefusal(stderr)));
        resolve();
      };
      child.once("error", (error) => {
        settle(null, { code: "NOT_AVAILABLE", message: `The installation could not be started: ${error.message}` });
      });
      child.once("close", (code) => {
        settle(code, null);
      });
    });
  }

  private outcome(code: number | null, tookMs: number, failure: Failure | null): SetupView {
    if (code === 0) return { state: "succeeded", tookMs, sentence: "ROS 2 is set up for this application and loads." };
    if (failure?.code === "CANCELLED" || this.current.state === "cancelling") return { state: "cancelled", tookMs };
    const { code: name, message } = failure ?? { code: "NOT_AVAILABLE", message: "The installation ended without a word." };
    return { state: "failed", tookMs, code: name, message };
  }

  private enter(view: SetupView): void {
    this.current = view;
    this.parts.tell(view);
  }
}
