import type { ModelBenchmark, VerificationCheck, VerificationStep } from "../../../shared/contract/models";
import { fail, type Failure, type Result } from "../../../shared/result";
import type { Dispose, Timers } from "../../../shared/time";
import { lastWords } from "../../supervision/bounded-log";
import type { ChildExit, ChildHandle, Spawn } from "../../supervision/process-spawner";
import { parseFromChild } from "../../supervision/envelope";
import type { ProcessMemory } from "./process-memory";
import { parseVerifierReport, type VerifierReport, type VerifierTask } from "./protocol";

/** What a process with an untrusted model inside may take. */
export interface VerifierLimits {
  /** Until the process listens, ms. */
  readonly startMs: number;
  /** From the task to its end, ms. */
  readonly timeMs: number;
  /** Memory that the process may hold, bytes. */
  readonly memoryBytes: number;
  /** Between two looks at its memory, ms. */
  readonly pollMs: number;
}

/** Several times what the shipped models need; far less than what would hurt the machine. */
export const VERIFIER_LIMITS: VerifierLimits = { startMs: 30_000, timeMs: 120_000, memoryBytes: 2 * 1024 ** 3, pollMs: 50 };

/** What verifiers are made from. */
export interface VerifierParts {
  readonly spawn: Spawn;
  /** The bundle of the process (`host.ts`). */
  readonly entry: string;
  readonly timers: Timers;
  readonly memory: ProcessMemory;
  readonly limits?: Partial<VerifierLimits>;
}

/** What a verifier found. */
export interface VerifierFindings {
  readonly checks: readonly VerificationCheck[];
  readonly benchmark: readonly ModelBenchmark[];
  readonly durationMs: number;
  /** Most memory that the process was seen to hold, bytes; null where it cannot be seen. */
  readonly peakBytes: number | null;
  /** The closing sentence, or why it is refused. */
  readonly end: Result<string>;
}

/** Told while a verifier works. */
export interface VerifierProgress {
  onStep?(step: VerificationStep): void;
  onBenchmark?(line: ModelBenchmark): void;
}

/** Verifies, one model at a time, each in a process of its own. */
export interface Verifier {
  run(task: VerifierTask, progress?: VerifierProgress, timeMs?: number): Promise<VerifierFindings>;
  /** Ends the process that runs; what it verified ends with VERIFIER_DOWN. */
  stop(): void;
}

/** How the runtime says that it got no memory. */
const OUT_OF_MEMORY = /bad_alloc|BFCArena::AllocateRaw|bad allocation|failed to allocate|out of memory|array buffer allocation/i;
const MIB = 1024 * 1024;
/** Number of SIGTRAP. */
const TRAP = 5;

const DOING: Readonly<Record<VerificationStep, string>> = {
  hashes: "its files were hashed",
  contract: "it was opened and held against its contract",
  golden: "its golden frames were decoded",
  benchmark: "it was measured",
};

/** Opens the verifier. No process runs before a task. */
export function createVerifier(parts: VerifierParts): Verifier {
  let running: Attempt | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    run(task, progress = {}, timeMs) {
      const limits = { ...VERIFIER_LIMITS, ...parts.limits, ...(timeMs === undefined ? {} : { timeMs }) };
      const done = queue.then(async () => {
        running = new Attempt(parts, limits, task, progress);
        try {
          return await running.findings;
        } finally {
          running = null;
        }
      });
      queue = done.catch(() => undefined);
      return done;
    },
    stop() {
      running?.stop();
    },
  };
}

/** One process from its start to its end. Whatever ends it, it ends once and nothing of it stays. */
class Attempt {
  readonly findings: Promise<VerifierFindings>;
  private readonly checks: VerificationCheck[] = [];
  private readonly benchmark: ModelBenchmark[] = [];
  private readonly disposals: Dispose[] = [];
  private readonly startedMs: number;
  private settle: (findings: VerifierFindings) => void = () => undefined;
  private handle: ChildHandle | null = null;
  private cancelDeadline: Dispose = () => undefined;
  private step: VerificationStep | null = null;
  private isLimited = false;
  private peakBytes: number | null = null;
  private hasEnded = false;

  constructor(
    private readonly parts: VerifierParts,
    private readonly limits: VerifierLimits,
    private readonly task: VerifierTask,
    private readonly progress: VerifierProgress,
  ) {
    this.startedMs = parts.timers.monotonicMs();
    this.findings = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.start();
  }

  stop(): void {
    this.end(fail("VERIFIER_DOWN", "The verification was ended with the application."));
  }

  private start(): void {
    const { spawn, entry, timers } = this.parts;
    try {
      this.handle = spawn(entry, { name: "verifier", env: {} });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.end(fail("VERIFIER_DOWN", `The process that verifies could not be started: ${reason}`));
      return;
    }
    const { handle } = this;
    this.disposals.push(
      handle.onMessage((message) => {
        this.receive(message);
      }),
      handle.onExit((exit) => {
        this.end(this.crashed(exit));
      }),
    );
    this.cancelDeadline = timers.after(this.limits.startMs, () => {
      this.end(fail("VERIFIER_DOWN", `The process that verifies did not start within ${this.limits.startMs / 1000} s.`));
    });
  }

  private receive(raw: unknown): void {
    const message = parseFromChild(raw);
    if (message === null || this.hasEnded) return;
    if (message.kind === "ready") void this.begin();
    if (message.kind !== "message") return;
    const report = parseVerifierReport(message.body);
    if (report !== null) this.take(report);
  }

  /** Bounds the process before it is told what to open, then watches it. */
  private async begin(): Promise<void> {
    const pid = this.handle?.pid() ?? null;
    const { timeMs, memoryBytes } = this.limits;
    // Computing on several cores counts several times; this is the last resort should nobody watch any more.
    this.isLimited = pid !== null && (await this.parts.memory.limit(pid, memoryBytes, (4 * timeMs) / 1000 + 10));
    if (this.hasEnded) return;
    this.cancelDeadline();
    this.cancelDeadline = this.parts.timers.after(timeMs, () => {
      const doing = this.step === null ? "it was opened" : DOING[this.step];
      this.end(fail("TIME_LIMIT", `It did not end within ${timeMs / 1000} s while ${doing}; its process was ended.`));
    });
    this.handle?.post({ kind: "message", body: this.task });
    if (pid !== null) void this.watch(pid);
  }

  private async watch(pid: number): Promise<void> {
    const bytes = await this.parts.memory.residentBytes(pid);
    if (this.hasEnded) return;
    if (bytes !== null) {
      this.peakBytes = Math.max(this.peakBytes ?? 0, bytes);
      if (bytes > this.limits.memoryBytes) {
        this.end(this.tooMuchMemory());
        return;
      }
    }
    const cancel = this.parts.timers.after(this.limits.pollMs, () => {
      this.disposals.splice(this.disposals.indexOf(cancel), 1);
      void this.watch(pid);
    });
    this.disposals.push(cancel);
  }

  private take(report: VerifierReport): void {
    switch (report.kind) {
      case "step":
        this.step = report.step;
        this.progress.onStep?.(report.step);
        return;
      case "check":
        this.checks.push(report.check);
        return;
      case "benchmark":
        this.benchmark.push(report.line);
        this.progress.onBenchmark?.(report.line);
        return;
      case "done":
        this.end({ ok: true, value: report.sentence });
        return;
      case "refused":
        this.end(this.isLimited && OUT_OF_MEMORY.test(report.message) ? this.tooMuchMemory() : fail(report.code, report.message));
    }
  }

  private tooMuchMemory(): { readonly ok: false; readonly error: Failure } {
    const doing = this.step === null ? "it was opened" : DOING[this.step];
    const limit = `${Math.round(this.limits.memoryBytes / MIB)} MiB`;
    return fail("MEMORY_LIMIT", `It asked for more than the ${limit} of memory that verification allows while ${doing}; its process was ended.`);
  }

  /** Chromium's allocator, which Electron's processes use for native code too, traps where the C library would say no. */
  private trapped(): { readonly ok: false; readonly error: Failure } {
    const doing = this.step === null ? "it was opened" : DOING[this.step];
    const limit = `${Math.round(this.limits.memoryBytes / MIB)} MiB`;
    return fail("MEMORY_LIMIT", `Its process trapped while ${doing}, which is how Electron ends one that is denied memory; verification allows ${limit}.`);
  }

  private crashed({ code, signal, error }: ChildExit): { readonly ok: false; readonly error: Failure } {
    if (error !== null) return fail("VERIFIER_DOWN", `The process that verifies could not be started: ${error}`);
    const words = lastWords(this.handle?.recentOutput() ?? "");
    if (this.isLimited && words !== null && OUT_OF_MEMORY.test(words)) return this.tooMuchMemory();
    // Node names the signal; a utility process of Electron gives its number as a code.
    if (signal === "SIGTRAP" || code === TRAP) return this.trapped();
    if (signal === "SIGXCPU") return fail("TIME_LIMIT", "It computed for longer than verification allows; its process was ended.");
    const how = signal === null ? `ended with code ${String(code)}` : `was ended by ${signal}`;
    const said = words === null ? "" : ` ("${words}")`;
    if (this.step === null) return fail("VERIFIER_DOWN", `The process that verifies ${how} before it looked at the model${said}.`);
    return fail("MODEL_CRASHED", `The process that verified it ${how} while ${DOING[this.step]}${said}.`);
  }

  /** The checks with the one that failed as it is told: a limit strikes in the middle of a step, or under another name. */
  private checksUntil(sentence: string): readonly VerificationCheck[] {
    const passed = this.checks.filter((check) => check.passed);
    return this.step === null ? passed : [...passed.filter(({ step }) => step !== this.step), { step: this.step, passed: false, sentence }];
  }

  private end(end: Result<string>): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.cancelDeadline();
    for (const dispose of this.disposals.splice(0)) dispose();
    this.handle?.kill();
    const durationMs = this.parts.timers.monotonicMs() - this.startedMs;
    const checks = end.ok ? this.checks : this.checksUntil(end.error.message);
    this.settle({ checks, benchmark: this.benchmark, durationMs, peakBytes: this.peakBytes, end });
  }
}
