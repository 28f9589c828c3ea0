import type { Comparison, ShownFrame } from "../../shared/contract/comparison";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { Dispose, Timers } from "../../shared/time";
import { lastWords } from "../supervision/bounded-log";
import { parseFromChild } from "../supervision/envelope";
import type { ChildExit, ChildHandle, Spawn } from "../supervision/process-spawner";
import { parseComparisonReply, type ComparisonJob, type ComparisonReply, type ComparisonRequest } from "./protocol";

/** The process of one comparison, seen from outside. */
export interface ComparisonWorker {
  /** Resolves once everything is measured. */
  measure(onProgress: (done: number, total: number, doing: string) => void): Promise<Result<Comparison>>;
  show(frame: number, levelA: number, levelB: number): Promise<Result<ShownFrame>>;
  /** Ends it at once; what was asked fails with CANCELLED. */
  end(): void;
  /** Whether it can still be asked. */
  isAlive(): boolean;
}

/** What a worker is started with. */
export interface WorkerParts {
  readonly spawn: Spawn;
  /** The bundle of the process. */
  readonly entry: string;
  readonly timers: Timers;
}

/** A process that was asked for something and says nothing for so long is ended, ms. */
const SILENCE_MS = 60_000;
const LATE_MS = 5_000;

type Asked = ComparisonRequest extends infer Each ? (Each extends ComparisonRequest ? Omit<Each, "requestId"> : never) : never;

interface Pending {
  readonly resolve: (reply: Result<ComparisonReply>) => void;
  readonly onProgress?: (done: number, total: number, doing: string) => void;
}

const CANCELLED: Failure = { code: "CANCELLED", message: "The comparison was ended." };

function exitSentence(exit: ChildExit, handle: ChildHandle): string {
  const words = lastWords(handle.recentOutput());
  const how = exit.error ?? (exit.signal === null ? `code ${String(exit.code)}` : exit.signal);
  return `The process that compares ended (${how})${words === null ? "" : `: "${words}"`}.`;
}

/**
 * Starts a process for one comparison and opens both versions in it. It may die: then what was asked fails
 * with COMPARISON_FAILED and the sentence says how it ended.
 */
export function startWorker(job: ComparisonJob, { spawn, entry, timers }: WorkerParts): ComparisonWorker {
  const pending = new Map<number, Pending>();
  let nextRequestId = 0;
  let gone: Failure | null = null;
  let isReady = false;
  const waiting: ComparisonRequest[] = [];
  let cancelSilence: Dispose = () => undefined;
  let handle: ChildHandle | null = null;

  function end(failure: Failure): void {
    if (gone !== null) return;
    gone = failure;
    cancelSilence();
    handle?.kill();
    const asked = [...pending.values()];
    pending.clear();
    for (const { resolve } of asked) resolve({ ok: false, error: failure });
  }
  function watchSilence(): void {
    cancelSilence();
    if (pending.size === 0 || gone !== null) return;
    const dueMs = timers.monotonicMs() + SILENCE_MS;
    cancelSilence = timers.after(SILENCE_MS, () => {
      // Late by so much: the machine slept, and the process with it.
      if (timers.monotonicMs() - dueMs > LATE_MS) watchSilence();
      else end({ code: "COMPARISON_FAILED", message: `The process that compares said nothing for ${String(SILENCE_MS / 1000)} s and was ended.` });
    });
  }
  function post(request: ComparisonRequest): void {
    if (isReady) handle?.post({ kind: "message", body: request });
    else waiting.push(request);
  }
  function ask(request: Asked, onProgress?: Pending["onProgress"]): Promise<Result<ComparisonReply>> {
    if (gone !== null) return Promise.resolve({ ok: false, error: gone });
    const requestId = nextRequestId++;
    return new Promise((resolve) => {
      pending.set(requestId, { resolve, ...(onProgress === undefined ? {} : { onProgress }) });
      post({ ...request, requestId });
      watchSilence();
    });
  }
  function hear(reply: ComparisonReply): void {
    const asked = pending.get(reply.requestId);
    if (reply.kind === "progress") asked?.onProgress?.(reply.done, reply.total, reply.doing);
    else {
      pending.delete(reply.requestId);
      asked?.resolve(reply.kind === "failed" ? fail(reply.code, reply.message) : ok(reply));
    }
    watchSilence();
  }
  function receive(raw: unknown): void {
    const message = parseFromChild(raw);
    if (message === null || gone !== null) return;
    if (message.kind === "ready") {
      isReady = true;
      for (const request of waiting.splice(0)) post(request);
    } else if (message.kind === "message") {
      const reply = parseComparisonReply(message.body);
      if (reply !== null) hear(reply);
    }
  }

  try {
    const started = spawn(entry, { name: "comparison", env: {} });
    handle = started;
    started.onMessage(receive);
    started.onExit((exit) => {
      end({ code: "COMPARISON_FAILED", message: exitSentence(exit, started) });
    });
  } catch (error) {
    // Spawning throws where the system is out of processes or files.
    end({ code: "COMPARISON_FAILED", message: `The process that compares could not be started: ${error instanceof Error ? error.message : String(error)}` });
  }
  const opened = ask({ kind: "open", job });

  return {
    async measure(onProgress) {
      const open = await opened;
      if (!open.ok) return open;
      const reply = await ask({ kind: "measure" }, onProgress);
      if (!reply.ok) return reply;
      return reply.value.kind === "measured" ? ok(reply.value.comparison) : unexpected();
    },
    async show(frame, levelA, levelB) {
      const open = await opened;
      if (!open.ok) return open;
      const reply = await ask({ kind: "show", frame, levelA, levelB });
      if (!reply.ok) return reply;
      return reply.value.kind === "shown" ? ok(reply.value.shown) : unexpected();
    },
    end: () => end(CANCELLED),
    isAlive: () => gone === null,
  };
}

function unexpected(): Result<never> {
  return fail("COMPARISON_FAILED", "The process that compares answered something else than was asked.");
}
