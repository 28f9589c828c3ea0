import { randomUUID } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { DEFAULT_RETENTION, retentionSchema, type HistoryProgress, type HistoryRange, type HistoryStatus, type Retention } from "../../shared/contract/history";
import type { MetricSample } from "../../shared/fleet/sample";
import { fail, ok, type Result } from "../../shared/result";
import type { Dispose, Timers } from "../../shared/time";
import type { Journal } from "../journal/port";
import { openThread, type Thread } from "./calls";
import type { Checked } from "./copying";
import type { HistoryNews } from "./keeper";
import { lockHistory } from "./lock";
import type { HistoryReading, SampleQuestion } from "./port";
import type { ReaderCalls, ThreadData, WalkCalls, WriterCalls } from "./protocol";
import { openReading } from "./reading-port";
import { Recorder, silentStatus } from "./recorder";

/** The journal's fact that keeps what was set. */
const RETENTION_FACT = "history-retention";

/** A chart's question; without `fleet` of the one that is joined. */
export interface RangeAsked {
  readonly nodeId: string;
  readonly fleet?: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxPoints: number;
}

/** A file that was written. */
export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
}

/** The history of samples: what came in, for charts, reports and exports. Nothing of it is on the path of a decision. */
export interface History extends HistoryReading {
  /** Takes a sample; it is written within a second. */
  take(fleet: string, sample: MetricSample): void;
  range(asked: RangeAsked): Promise<Result<HistoryRange>>;
  status(): Promise<HistoryStatus>;
  /** Other limits: on disk first, then in force. */
  retain(retention: Retention): Promise<Result<HistoryStatus>>;
  /** Reads the whole file and says whether it is whole. HISTORY_BUSY, CANCELLED. */
  check(): Promise<Result<Checked>>;
  /** Writes a copy of the whole file. It has its name only once it is whole. HISTORY_BUSY, CANCELLED, FILE_WRITE_FAILED. */
  backUp(path: string): Promise<Result<Written>>;
  /** Writes every sample of nodes and a range as CSV, as {@link backUp} does. UNKNOWN_NODE. */
  exportCsv(question: SampleQuestion, path: string): Promise<Result<Written>>;
  /** Stops a check, a backup or an export. */
  cancel(): void;
  /** How far it is; null once it has ended. */
  onProgress(listener: (progress: HistoryProgress | null) => void): Dispose;
  /** Writes what there is and ends the threads. */
  close(): Promise<void>;
}

/** What the history is built from. */
export interface HistoryParts {
  readonly dataDir: string;
  /** The bundle of the threads. */
  readonly entry: string;
  readonly timers: Timers;
  /** The fleet that is joined. */
  readonly fleet: () => string;
  readonly isDrill: (version: string) => boolean;
  /** Where what was set is kept. */
  readonly facts: Pick<Journal, "readFact" | "writeFact">;
  /** Something that an operator should hear of. */
  readonly tell: (news: { readonly event: string; readonly sentence: string; readonly detail: HistoryNews["detail"] }) => void;
}

const newsSchema = v.object({
  event: v.picklist(["history-set-aside", "history-recovered", "history-clock-jumped", "history-full"]),
  sentence: v.string(),
  detail: v.record(v.string(), v.union([v.string(), v.number(), v.null()])),
});

const workTold = v.union([
  v.object({ progress: v.object({ done: v.number(), total: v.number() }) }),
  v.object({ end: v.union([v.object({ ok: v.literal(true), value: v.unknown() }), v.object({ ok: v.literal(false), error: v.object({ code: v.string(), message: v.string() }) })]) }),
]);

const writtenSchema = v.object({ rows: v.number(), bytes: v.number() });
const checkedSchema = v.object({ whole: v.boolean(), sentence: v.string() });

function storedRetention(text: string | null): Retention {
  if (text === null) return DEFAULT_RETENTION;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), retentionSchema), text);
  return parsed.success ? parsed.output : DEFAULT_RETENTION;
}

/** Opens the history of a data folder, or one that keeps nothing and says why. */
export function openHistory(parts: HistoryParts): History {
  const lock = lockHistory(join(parts.dataDir, "history.lock"));
  if (!lock.ok) {
    parts.tell({ event: "history-unavailable", sentence: lock.error.message, detail: { code: lock.error.code } });
    return closedHistory(parts, lock.error.message);
  }
  return new HistoryDesk(parts, lock.value);
}

class HistoryDesk implements History {
  readonly samples: HistoryReading["samples"];
  readonly rollUps: HistoryReading["rollUps"];
  readonly nodes: HistoryReading["nodes"];
  private readonly path: string;
  private readonly recorder: Recorder;
  private reader: Thread<ReaderCalls> | null = null;
  private retention: Retention;
  private work: { readonly kind: HistoryProgress["work"]; cancel(): void } | null = null;
  private closing: Promise<void> | null = null;
  private readonly progressListeners = new Set<(progress: HistoryProgress | null) => void>();

  constructor(
    private readonly parts: HistoryParts,
    private readonly unlock: () => void,
  ) {
    this.path = join(parts.dataDir, "history.db");
    this.retention = storedRetention(parts.facts.readFact(RETENTION_FACT));
    this.recorder = new Recorder({
      timers: parts.timers,
      retention: this.retention,
      run: randomUUID(),
      openWriter: (retention, onFallen) =>
        this.thread<WriterCalls>({ role: "writer", path: this.path, retention, nowMs: parts.timers.wallMs() }, (told) => this.hear(told), onFallen),
      onProblem: (problem) =>
        parts.tell(
          problem === null
            ? { event: "history-written", sentence: "The history is written again.", detail: { lost: this.recorder.lost } }
            : { event: "history-unavailable", sentence: problem.message, detail: { code: problem.code } },
        ),
    });
    const reading = openReading({
      openWalk: () => this.thread<WalkCalls>({ role: "walk", path: this.path }),
      reader: () => this.readers(),
      fleet: parts.fleet,
      settle: () => this.recorder.flush(),
    });
    this.samples = reading.samples;
    this.rollUps = reading.rollUps;
    this.nodes = reading.nodes;
  }

  take(fleet: string, sample: MetricSample): void {
    this.recorder.take(fleet, sample);
  }

  async range({ fleet, ...asked }: RangeAsked): Promise<Result<HistoryRange>> {
    const request = { ...asked, fleet: fleet ?? this.parts.fleet(), nowMs: this.parts.timers.wallMs() };
    const answer = this.heeding(await this.readers().call("range", request));
    if (!answer.ok) return answer;
    const { series } = answer.value;
    const changes = series.changes.map((change) => ({ ...change, drill: change.version !== null && this.parts.isDrill(change.version) }));
    return ok({ ...answer.value, series: { ...series, changes } });
  }

  async status(): Promise<HistoryStatus> {
    const said = await this.recorder.status();
    const { failing, lost } = this.recorder;
    if (said === null) return { ...silentStatus(this.path, this.retention, failing), lost };
    const wrong = failing === null ? {} : ({ state: "unavailable", sentence: failing.message, code: failing.code } as const);
    return { ...said, path: this.path, lost, ...wrong };
  }

  async retain(retention: Retention): Promise<Result<HistoryStatus>> {
    const written = this.parts.facts.writeFact(RETENTION_FACT, JSON.stringify(retention));
    if (!written.ok) return written;
    this.retention = retention;
    await this.recorder.retain(retention);
    const { rawDays, tensDays, minutesDays, maxBytes } = retention;
    this.parts.tell({
      event: "history-retention",
      sentence: `The history keeps every sample for ${rawDays} d, 10 s roll-ups for ${tensDays} d, longer ones for ${minutesDays} d, in at most ${(maxBytes / 1e9).toFixed(1)} GB.`,
      detail: { rawDays, tensDays, minutesDays, maxBytes },
    });
    return ok(await this.status());
  }

  async check(): Promise<Result<Checked>> {
    await this.recorder.flush();
    const ended = this.heeding(await this.begin("check", { role: "check", path: this.path }, null));
    return ended.ok ? ok(v.parse(checkedSchema, ended.value)) : ended;
  }

  async backUp(path: string): Promise<Result<Written>> {
    await this.recorder.flush();
    return this.writeFile("backup", path, (target) => ({ role: "backup", path: this.path, target }));
  }

  async exportCsv(question: SampleQuestion, path: string): Promise<Result<Written>> {
    await this.recorder.flush();
    const asked = { ...question, fleet: question.fleet ?? this.parts.fleet() };
    return this.writeFile("export", path, (target) => ({ role: "export", path: this.path, target, question: asked }));
  }

  cancel(): void {
    this.work?.cancel();
  }

  onProgress(listener: (progress: HistoryProgress | null) => void): Dispose {
    this.progressListeners.add(listener);
    return () => this.progressListeners.delete(listener);
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    this.cancel();
    await this.reader?.end();
    await this.recorder.close();
    this.unlock();
  }

  /** Writes under another name beside it, and renames what is whole. */
  private async writeFile(kind: "backup" | "export", path: string, data: (target: string) => ThreadData): Promise<Result<Written>> {
    const target = `${path}.${process.pid}.part`;
    rmSync(target, { force: true });
    const ended = this.heeding(await this.begin(kind, data(target), target));
    if (!ended.ok) return ended;
    try {
      renameSync(target, path);
      return ok({ path, ...v.parse(writtenSchema, ended.value) });
    } catch (error) {
      rmSync(target, { force: true });
      return fail("FILE_WRITE_FAILED", `${path} was not written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Begins a piece of work in a thread of its own; resolves with how it ended, its file gone unless that was well. */
  private begin(kind: HistoryProgress["work"], data: ThreadData, target: string | null): Promise<Result<unknown>> {
    if (this.work !== null) return Promise.resolve(fail("HISTORY_BUSY", `A ${this.work.kind} of the history is on already. Wait for its end, or cancel it.`));
    return new Promise((resolve) => {
      const end = (result: Result<unknown>): void => {
        if (this.work === null) return;
        this.work = null;
        this.tellProgress(null);
        void thread.end().then(() => {
          if (!result.ok && target !== null) for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(target + suffix, { force: true });
          resolve(result);
        });
      };
      const onTold = (told: unknown): void => {
        const said = v.parse(workTold, told);
        if ("progress" in said) this.tellProgress({ work: kind, ...said.progress });
        else end(said.end.ok ? ok(said.end.value) : fileFailure(said.end.error, target));
      };
      const thread = this.thread<Record<string, never>>(data, onTold, (why) => end(fail("HISTORY_UNAVAILABLE", `The ${kind} of the history ended: ${why}.`)));
      this.work = { kind, cancel: () => end(fail("CANCELLED", `The ${kind} of the history was cancelled; no file was written.`)) };
      this.tellProgress({ work: kind, done: 0, total: 1 });
    });
  }

  private tellProgress(progress: HistoryProgress | null): void {
    for (const listener of this.progressListeners) listener(progress);
  }

  private hear(told: unknown): void {
    const news = v.parse(newsSchema, told);
    // Whoever has the old file open must let go of it.
    if (news.event === "history-set-aside") this.dropReader();
    this.parts.tell(news);
  }

  /** Where a reader found the file damaged, the writer keeps it aside. */
  private heeding<Value>(result: Result<Value>): Result<Value> {
    if (!result.ok && result.error.code === "HISTORY_DAMAGED") void this.recorder.distrust();
    return result;
  }

  private readers(): Thread<ReaderCalls> {
    this.reader ??= this.thread<ReaderCalls>({ role: "reader", path: this.path }, undefined, () => {
      this.reader = null;
    });
    return this.reader;
  }

  private dropReader(): void {
    void this.reader?.end();
    this.reader = null;
  }

  private thread<Calls extends Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>>(
    data: ThreadData,
    onTold: (told: unknown) => void = () => undefined,
    onFallen: (why: string) => void = () => undefined,
  ): Thread<Calls> {
    return openThread<Calls>({ entry: this.parts.entry, data, onTold, onFallen });
  }
}

/** What the file system said of the file that was written is no trouble of the history. */
function fileFailure({ code, message }: { readonly code: string; readonly message: string }, target: string | null): Result<never> {
  if (code === "HISTORY_DAMAGED" || code === "UNKNOWN_NODE") return fail(code, message);
  return target === null ? fail("HISTORY_UNAVAILABLE", message) : fail("FILE_WRITE_FAILED", message);
}

/** Stands in where another application has the folder: nothing is kept, and it says why. */
function closedHistory({ dataDir, facts }: HistoryParts, sentence: string): History {
  const refuse = (): Promise<Result<never>> => Promise.resolve(fail("HISTORY_UNAVAILABLE", sentence));
  const nothing = async function* (): AsyncGenerator<Result<never>, { readonly code: "HISTORY_UNAVAILABLE"; readonly message: string }> {
    yield fail("HISTORY_UNAVAILABLE", sentence);
    return { code: "HISTORY_UNAVAILABLE", message: sentence };
  };
  const problem = { code: "HISTORY_UNAVAILABLE", message: sentence } as const;
  return {
    take: () => undefined,
    samples: nothing,
    rollUps: nothing,
    nodes: refuse,
    range: refuse,
    status: () => Promise.resolve({ ...silentStatus(join(dataDir, "history.db"), storedRetention(facts.readFact(RETENTION_FACT)), problem), lost: 0 }),
    retain: refuse,
    check: refuse,
    backUp: refuse,
    exportCsv: refuse,
    cancel: () => undefined,
    onProgress: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
