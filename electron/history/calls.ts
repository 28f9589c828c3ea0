import { Worker, type MessagePort } from "node:worker_threads";
import * as v from "valibot";
import { fail, type Failure, type Result } from "../../shared/result";

/**
 * Calls between the desk of the history and its threads. Both ends are of one build and pass typed arrays by the
 * megabyte, so the envelope is parsed and the content is not.
 */

/** The calls of a thread: what is asked and what is answered, by name. */
export type CallTable = Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>;

/** What answers each call of a table. Expected failures are values; what throws ends the thread. */
export type CallHandlers<Calls extends CallTable> = {
  readonly [Name in keyof Calls]: (ask: Calls[Name]["ask"]) => Calls[Name]["answer"];
};

const askSchema = v.object({ id: v.number(), name: v.string(), ask: v.unknown() });
const sayingSchema = v.union([v.object({ id: v.number(), answer: v.unknown() }), v.object({ told: v.unknown() })]);

/** Answers the calls of the desk, one after the other. `after` is called behind each. */
export function serveCalls<Calls extends CallTable>(port: MessagePort, handlers: CallHandlers<Calls>, after: () => void = () => undefined): void {
  port.on("message", (message: unknown) => {
    const { id, name, ask } = v.parse(askSchema, message);
    const handle = (handlers as Readonly<Record<string, ((ask: unknown) => unknown) | undefined>>)[name];
    if (handle === undefined) throw new Error(`the thread of the history knows no call ${name}`);
    port.postMessage({ id, answer: handle(ask) });
    after();
  });
}

/** Tells the desk something that it did not ask for. */
export function tellDesk(port: MessagePort, told: unknown): void {
  port.postMessage({ told });
}

/** A thread of the history, as the desk has it. */
export interface Thread<Calls extends CallTable> {
  /** HISTORY_UNAVAILABLE where the thread fell or was ended before it answered. */
  call<Name extends keyof Calls & string>(name: Name, ask: Calls[Name]["ask"]): Promise<Calls[Name]["answer"] | Result<never, "HISTORY_UNAVAILABLE">>;
  /** Ends it now; what it was asked and did not answer fails. */
  end(): Promise<void>;
}

/** How a thread is begun. */
export interface ThreadOptions {
  /** The bundle. */
  readonly entry: string;
  readonly data: unknown;
  readonly onTold?: (told: unknown) => void;
  /** It ended without being asked to. */
  readonly onFallen?: (why: string) => void;
}

/** Begins a thread. */
export function openThread<Calls extends CallTable>({ entry, data, onTold, onFallen }: ThreadOptions): Thread<Calls> {
  const worker = new Worker(entry, { workerData: data });
  const waiting = new Map<number, (answer: unknown) => void>();
  let lastId = 0;
  let gone: Failure<"HISTORY_UNAVAILABLE"> | null = null;
  const failAll = (why: string): void => {
    gone ??= { code: "HISTORY_UNAVAILABLE", message: `The history's thread ended: ${why}.` };
    for (const resolve of waiting.values()) resolve({ ok: false, error: gone });
    waiting.clear();
  };
  worker.on("message", (message: unknown) => {
    const saying = v.parse(sayingSchema, message);
    if ("told" in saying) {
      onTold?.(saying.told);
      return;
    }
    waiting.get(saying.id)?.(saying.answer);
    waiting.delete(saying.id);
  });
  worker.once("error", (error) => {
    const isNews = gone === null;
    failAll(error.message);
    if (isNews) onFallen?.(error.message);
  });
  worker.once("exit", (code) => {
    const isNews = gone === null;
    failAll(`code ${code}`);
    if (isNews) onFallen?.(`code ${code}`);
  });
  return {
    call(name, ask) {
      if (gone !== null) return Promise.resolve(fail("HISTORY_UNAVAILABLE", gone.message));
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        worker.postMessage({ id, name, ask });
      });
    },
    async end() {
      failAll("it was ended");
      await worker.terminate();
    },
  };
}
