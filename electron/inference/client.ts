import type { SensorFrame } from "../../shared/codec/sensor-frame";
import type { ModelVersion } from "../../shared/fleet/ids";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { Dispose } from "../../shared/time";
import type { EncodedFrame, FrameEncoder } from "../edge/encoder";
import type { ModelPlaces } from "../registry/registry";
import { parseInferenceReply, type InferenceReply, type InferenceRequest } from "./protocol";

/** The line to the supervised inference process, which outlives every single process. */
export interface InferencePort {
  /** Sends; false, and nothing is sent, while no process is up. */
  post(message: unknown): boolean;
  onMessage(listener: (message: unknown) => void): Dispose;
  /** A process listens now; called at once when one does already. */
  onUp(listener: () => void): Dispose;
  /** The process that was up has gone, and what it had been asked with it. */
  onDown(listener: () => void): Dispose;
}

/** What the inference process says of itself. */
export type InferenceStats = Omit<Extract<InferenceReply, { kind: "stats" }>, "kind" | "requestId">;

/** The inference process as the rest of the desktop uses it. */
export interface InferenceClient extends FrameEncoder<SensorFrame> {
  /** Closes a version and forgets it; it is not opened again when the process comes back. */
  unload(version: ModelVersion): Promise<Result<null>>;
  stats(): Promise<Result<InferenceStats>>;
  /** Stops listening; what is pending fails with INFERENCE_DOWN. */
  close(): void;
}

/** A request without its id, which the client gives it. */
type Asked = InferenceRequest extends infer Each ? (Each extends InferenceRequest ? Omit<Each, "requestId"> : never) : never;

const DOWN: Failure = { code: "INFERENCE_DOWN", message: "The inference process is not up; it is being started again." };

/**
 * Talks to the inference process: gives requests ids, joins the answers, opens the versions in use again
 * when a new process is there.
 *
 * @param modelsFolder the folder, or folders, from which versions are loaded.
 */
export function createInferenceClient(port: InferencePort, modelsFolder: ModelPlaces): InferenceClient {
  const pending = new Map<number, (reply: Result<InferenceReply>) => void>();
  /** Versions in use, each with its latest load; an encode waits for it. */
  const loads = new Map<ModelVersion, Promise<Result<unknown>>>();
  let nextRequestId = 0;

  function ask(request: Asked): Promise<Result<InferenceReply>> {
    const requestId = nextRequestId++;
    return new Promise((resolve) => {
      pending.set(requestId, resolve);
      if (!port.post({ ...request, requestId })) {
        pending.delete(requestId);
        resolve({ ok: false, error: DOWN });
      }
    });
  }
  function failPending(): void {
    const waiting = [...pending.values()];
    pending.clear();
    for (const resolve of waiting) resolve({ ok: false, error: DOWN });
  }
  async function load(version: ModelVersion): Promise<Result<unknown>> {
    const asked = ask({ kind: "load", modelsFolder, version });
    loads.set(version, asked);
    const loaded = await asked;
    // A version that cannot be used is forgotten; one that nobody was there to load stays in use.
    if (!loaded.ok && loaded.error.code !== "INFERENCE_DOWN" && loads.get(version) === asked) loads.delete(version);
    return loaded;
  }

  const unsubscribe = [
    port.onMessage((message) => {
      const reply = parseInferenceReply(message);
      if (reply === null) return;
      const resolve = pending.get(reply.requestId);
      pending.delete(reply.requestId);
      resolve?.(reply.kind === "failed" ? fail(reply.code, reply.message) : ok(reply));
    }),
    port.onDown(failPending),
    port.onUp(() => {
      for (const version of [...loads.keys()]) void load(version);
    }),
  ];

  return {
    load,
    encode: async (frame, version, level, repeats, stream): Promise<Result<EncodedFrame>> => {
      const loaded = await (loads.get(version) ?? load(version));
      if (!loaded.ok) return loaded;
      const reply = await ask({ kind: "encode", version, compressionLevel: level, repeats, stream, frame });
      if (!reply.ok) return reply;
      if (reply.value.kind !== "encoded") return fail("INTERNAL", "The inference process answered something else than was asked.");
      const { payload, bytesIn, latencyMs, qualityScore, modalities } = reply.value;
      return ok({ payload, bytesIn, latencyMs, qualityScore, modalities });
    },
    unload: async (version) => {
      loads.delete(version);
      const reply = await ask({ kind: "unload", version });
      return reply.ok ? ok(null) : reply;
    },
    stats: async () => {
      const reply = await ask({ kind: "stats" });
      if (!reply.ok) return reply;
      if (reply.value.kind !== "stats") return fail("INTERNAL", "The inference process answered something else than was asked.");
      const { versions, framesEncoded, waiting, rssBytes } = reply.value;
      return ok({ versions, framesEncoded, waiting, rssBytes });
    },
    close: () => {
      for (const dispose of unsubscribe) dispose();
      loads.clear();
      failPending();
    },
  };
}
