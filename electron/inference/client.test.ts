import { describe, expect, it } from "vitest";
import { parseModelVersion, type ModelVersion } from "../../shared/fleet/ids";
import { createSensorRig } from "../edge/sensors/rig";
import { createInferenceClient, type InferencePort } from "./client";
import { parseInferenceRequest, type InferenceRequest } from "./protocol";

const FRAME = createSensorRig({ seed: 3, vertical: "iot" }).sample(0);

function version(text: string): ModelVersion {
  const parsed = parseModelVersion(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** A process that a test plays. */
function fakePort() {
  const messageListeners = new Set<(message: unknown) => void>();
  const upListeners = new Set<() => void>();
  const downListeners = new Set<() => void>();
  const asked: InferenceRequest[] = [];
  let isUp = true;
  const on =
    <Listener>(all: Set<Listener>) =>
    (listener: Listener) => {
      all.add(listener);
      return () => {
        all.delete(listener);
      };
    };
  const port: InferencePort = {
    post: (message) => {
      if (!isUp) return false;
      const request = parseInferenceRequest(message);
      if (!request.ok) throw new Error(request.error.message);
      asked.push(request.value);
      return true;
    },
    onMessage: on(messageListeners),
    onUp: on(upListeners),
    onDown: on(downListeners),
  };
  return {
    port,
    asked,
    say: (message: unknown) => {
      for (const listener of messageListeners) listener(message);
    },
    die: () => {
      isUp = false;
      for (const listener of downListeners) listener();
    },
    comeUp: () => {
      isUp = true;
      for (const listener of upListeners) listener();
    },
    listeners: () => messageListeners.size + upListeners.size + downListeners.size,
  };
}

/** Lets promises that are settled already run on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

function lastId(asked: readonly InferenceRequest[]): number {
  return asked.at(-1)?.requestId ?? -1;
}

function encodedReply(requestId: number): unknown {
  return { kind: "encoded", requestId, payload: Uint8Array.of(1, 2, 3), bytesIn: 100, latencyMs: 4, qualityScore: 0.9, level: 3, modalities: [] };
}

describe("the inference client", () => {
  it("loads a version, encodes with it and joins answers with requests", async () => {
    const fake = fakePort();
    const client = createInferenceClient(fake.port, "models");
    const loading = client.load(version("1.0.0"));
    fake.say({ kind: "loaded", requestId: lastId(fake.asked), version: "1.0.0", manifestSha256: "h" });
    expect((await loading).ok).toBe(true);
    const first = client.encode(FRAME, version("1.0.0"), 0.5, 1, "node_0");
    const second = client.encode(FRAME, version("1.0.0"), 1, 3, "node_0");
    await settle();
    expect(fake.asked.map((each) => each.kind)).toEqual(["load", "encode", "encode"]);
    fake.say({ kind: "failed", requestId: 2, code: "BAD_REQUEST", message: "no" });
    fake.say(encodedReply(1));
    expect(await first).toEqual({ ok: true, value: { payload: Uint8Array.of(1, 2, 3), bytesIn: 100, latencyMs: 4, qualityScore: 0.9, modalities: [] } });
    expect(await second).toEqual({ ok: false, error: { code: "BAD_REQUEST", message: "no" } });
  });

  it("holds frames until their version is loaded, and loads a version that nobody loaded before", async () => {
    const fake = fakePort();
    const client = createInferenceClient(fake.port, "models");
    const encoding = client.encode(FRAME, version("1.0.0"), 0.5, 1, "node_0");
    await settle();
    expect(fake.asked.map((each) => each.kind)).toEqual(["load"]);
    fake.say({ kind: "loaded", requestId: 0, version: "1.0.0", manifestSha256: "h" });
    await settle();
    fake.say(encodedReply(lastId(fake.asked)));
    expect((await encoding).ok).toBe(true);
  });

  it("fails everything pending with INFERENCE_DOWN when the process dies, and at once while it is down", async () => {
    const fake = fakePort();
    const client = createInferenceClient(fake.port, "models");
    const loading = client.load(version("1.0.0"));
    const encoding = client.encode(FRAME, version("1.0.0"), 0.5, 1, "node_0");
    const asking = client.stats();
    fake.die();
    for (const pending of [loading, encoding, asking, client.load(version("1.1.0"))]) {
      const result = await pending;
      expect(result.ok ? "" : result.error.code).toBe("INFERENCE_DOWN");
    }
  });

  it("opens the versions in use again when a new process is there, before their next frame", async () => {
    const fake = fakePort();
    const client = createInferenceClient(fake.port, "models");
    void client.load(version("1.0.0"));
    fake.say({ kind: "loaded", requestId: 0, version: "1.0.0", manifestSha256: "h" });
    const refused = client.load(version("9.9.9"));
    fake.say({ kind: "failed", requestId: 1, code: "UNKNOWN_VERSION", message: "none" });
    await refused;
    await settle();
    fake.die();
    fake.comeUp();
    expect(fake.asked.slice(2).map((each) => (each.kind === "load" ? each.version : each.kind))).toEqual(["1.0.0"]);
    const encoding = client.encode(FRAME, version("1.0.0"), 0.5, 1, "node_0");
    await settle();
    expect(fake.asked.at(-1)?.kind).toBe("load");
    fake.say({ kind: "loaded", requestId: lastId(fake.asked), version: "1.0.0", manifestSha256: "h" });
    await settle();
    expect(fake.asked.at(-1)?.kind).toBe("encode");
    fake.say(encodedReply(lastId(fake.asked)));
    expect((await encoding).ok).toBe(true);
  });

  it("pays no heed to nonsense or to answers that nobody waits for", async () => {
    const fake = fakePort();
    const client = createInferenceClient(fake.port, "models");
    const asking = client.stats();
    for (const nonsense of [null, 3, "stats", { kind: "stats", requestId: 0 }, { kind: "unloaded", requestId: 99 }, encodedReply(98)]) fake.say(nonsense);
    fake.say({ kind: "encoded", ...(encodedReply(0) as object), qualityScore: Number.NaN });
    fake.say({ kind: "stats", requestId: 0, versions: ["1.0.0"], framesEncoded: 2, waiting: 0, rssBytes: 5 });
    expect(await asking).toEqual({ ok: true, value: { versions: ["1.0.0"], framesEncoded: 2, waiting: 0, rssBytes: 5 } });
  });

  it("leaves no listener behind, and nothing waiting, when it is closed", async () => {
    const fake = fakePort();
    const client = createInferenceClient(fake.port, "models");
    const asking = client.stats();
    client.close();
    expect((await asking).ok).toBe(false);
    expect(fake.listeners()).toBe(0);
  });
});
