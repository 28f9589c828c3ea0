import * as v from "valibot";
import type { SelftestProgress, SelftestReport, SelftestRow } from "../../shared/contract/selftest";
import { fail, ok, type Result } from "../../shared/result";
import { lastWords } from "../supervision/bounded-log";
import { parseFromChild } from "../supervision/envelope";
import type { ChildExit, ChildHandle, Spawn } from "../supervision/process-spawner";
import { selftestReplySchema } from "./protocol";

/** What the self-test needs. */
export interface SelftestParts {
  readonly spawn: Spawn;
  /** The bundle of the process. */
  readonly entry: string;
  /** Told after every tenth value. */
  tell(progress: SelftestProgress): void;
}

/** Runs the self-test, one at a time. */
export interface SelftestDesk {
  /** Whoever asks while one runs gets the same answer. SELFTEST_FAILED. */
  run(): Promise<Result<SelftestReport>>;
  /** Ends what runs. */
  close(): void;
}

const ROWS_A_PUSH = 10;

/** Opens the desk; no process runs before somebody asks. */
export function openSelftestDesk(parts: SelftestParts): SelftestDesk {
  let running: { readonly answer: Promise<Result<SelftestReport>>; readonly child: ChildHandle } | null = null;
  return {
    run() {
      if (running !== null) return running.answer;
      const child = started(parts);
      if (!child.ok) return Promise.resolve(child);
      const answer = reportOf(child.value, parts).finally(() => {
        child.value.kill();
        running = null;
      });
      running = { answer, child: child.value };
      return answer;
    },
    close() {
      running?.child.kill();
    },
  };
}

function started({ spawn, entry }: SelftestParts): Result<ChildHandle, "SELFTEST_FAILED"> {
  try {
    return ok(spawn(entry, { name: "lydlr-selftest", env: {} }));
  } catch (error) {
    return fail("SELFTEST_FAILED", `The process that runs the self-test could not be started: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function exitSentence(exit: ChildExit, child: ChildHandle): string {
  const words = lastWords(child.recentOutput());
  const how = exit.error ?? (exit.signal === null ? `code ${String(exit.code)}` : exit.signal);
  return `The process that runs the self-test ended (${how})${words === null ? "" : `: "${words}"`}.`;
}

function reportOf(child: ChildHandle, parts: SelftestParts): Promise<Result<SelftestReport>> {
  const rows: SelftestRow[] = [];
  return new Promise((resolve) => {
    child.onExit((exit) => {
      resolve(fail("SELFTEST_FAILED", exitSentence(exit, child)));
    });
    child.onMessage((raw) => {
      const message = parseFromChild(raw);
      if (message?.kind === "ready") child.post({ kind: "message", body: "begin" });
      if (message?.kind !== "message") return;
      const reply = v.safeParse(selftestReplySchema, message.body);
      if (!reply.success) {
        resolve(fail("SELFTEST_FAILED", "The process that runs the self-test told something that cannot be read."));
      } else if (reply.output.kind === "done") {
        resolve(ok({ rows, tookMs: reply.output.tookMs }));
      } else {
        rows.push(reply.output.row);
        if (rows.length % ROWS_A_PUSH === 0) parts.tell({ done: rows.length, total: reply.output.total });
      }
    });
  });
}
