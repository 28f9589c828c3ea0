import { fail, type Failure, type Result } from "../../shared/result";
import { openBench, type BenchParts, type ComparisonBench } from "./bench";
import { parseComparisonRequest, type ComparisonReply, type ComparisonRequest } from "./protocol";

/** Answers the messages of one comparison inside its process. */
export interface Attendant {
  /** Takes a message; what cannot be parsed is dropped. */
  receive(message: unknown): void;
  /** Resolves when all that was received has been answered. */
  idle(): Promise<void>;
}

/** What an attendant needs beside a bench's parts. */
export interface AttendantParts extends BenchParts {
  post(reply: ComparisonReply): void;
  /** Lets messages that have arrived be received. */
  breathe(): Promise<void>;
}

type Show = Extract<ComparisonRequest, { kind: "show" }>;

const NOT_OPENED = fail("BAD_REQUEST", "Nothing was opened to be compared.");

/**
 * One thing at a time, because there is one core for it: pictures that are asked for while it measures are
 * made between two of its steps, so that no encode whose time is taken shares the core with them.
 */
export function createAttendant(parts: AttendantParts): Attendant {
  let bench: Result<ComparisonBench> = NOT_OPENED;
  let work: Promise<void> = Promise.resolve();
  let isMeasuring = false;
  let shows: Show[] = [];

  function failed(requestId: number, { code, message }: Failure): void {
    parts.post({ kind: "failed", requestId, code, message });
  }
  async function open({ requestId, job }: Extract<ComparisonRequest, { kind: "open" }>): Promise<void> {
    bench = await openBench(job, parts);
    if (bench.ok) parts.post({ kind: "opened", requestId });
    else failed(requestId, bench.error);
  }
  async function show({ requestId, frame, levelA, levelB }: Show): Promise<void> {
    const shown = bench.ok ? await bench.value.show(frame, levelA, levelB) : bench;
    if (shown.ok) parts.post({ kind: "shown", requestId, shown: shown.value });
    else failed(requestId, shown.error);
  }
  async function showAll(): Promise<void> {
    const waiting = shows;
    shows = [];
    for (const each of waiting) await show(each);
  }
  async function measure(requestId: number): Promise<void> {
    if (!bench.ok) {
      failed(requestId, bench.error);
      return;
    }
    isMeasuring = true;
    const measured = await bench.value.measure({
      onProgress: (done, total, doing) => {
        parts.post({ kind: "progress", requestId, done, total, doing });
      },
      turn: async () => {
        await parts.breathe();
        await showAll();
      },
    });
    isMeasuring = false;
    if (measured.ok) parts.post({ kind: "measured", requestId, comparison: measured.value });
    else failed(requestId, measured.error);
    await showAll();
  }
  function take(request: ComparisonRequest): void {
    switch (request.kind) {
      case "open":
        work = work.then(() => open(request));
        return;
      case "measure":
        work = work.then(() => measure(request.requestId));
        return;
      case "show":
        shows.push(request);
        if (!isMeasuring) work = work.then(showAll);
    }
  }
  return {
    receive(message) {
      const request = parseComparisonRequest(message);
      if (request !== null) take(request);
    },
    idle: () => work,
  };
}
