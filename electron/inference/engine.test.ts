import { describe, expect, it } from "vitest";
import { fail, ok, type Result } from "../../shared/result";
import { fakeSession } from "../edge/codec/fake-session";
import { createSensorRig } from "../edge/sensors/rig";
import type { ModelManifest } from "../registry/manifest";
import type { VerifiedModel } from "../registry/registry";
import { createInferenceEngine, type InferenceEngine } from "./engine";
import { parseInferenceReply, type InferenceReply } from "./protocol";

const FRAME = createSensorRig({ seed: 3, vertical: "drone" }).sample(2);
const FIVE_MS = 5;

interface Bench {
  readonly engine: InferenceEngine;
  readonly replies: InferenceReply[];
  /** Sessions opened, by version, in order. */
  readonly opened: { readonly version: string; readonly session: ReturnType<typeof fakeSession> }[];
  /** What the folder holds now: a hash, or the code of why the version cannot be used. */
  readonly shelf: Map<string, string>;
  /** At each reclaim, how many sessions were closed by then. */
  readonly reclaimed: number[];
}

/** An engine over fakes; its clock moves 5 ms at every look. */
function bench(): Bench {
  const replies: InferenceReply[] = [];
  const opened: Bench["opened"] = [];
  const shelf: Bench["shelf"] = new Map([["1.0.0", "hash-a"]]);
  const reclaimed: number[] = [];
  let nowMs = 0;
  const engine = createInferenceEngine({
    readModel: (_folder, version): Promise<Result<VerifiedModel>> => {
      const found = shelf.get(version);
      if (found === undefined) return Promise.resolve(fail("UNKNOWN_VERSION", `no ${version}`));
      if (found === "HASH_MISMATCH") return Promise.resolve(fail("HASH_MISMATCH", "another file"));
      const manifest = { version } as ModelManifest;
      const empty = new Uint8Array(0);
      const { entropy } = fakeSession(version);
      return Promise.resolve(ok({ manifest, manifestSha256: found, analysis: empty, synthesis: empty, entropy }));
    },
    openModel: (model) => {
      const { version } = model.manifest;
      if (model.manifestSha256 === "MODEL_LOAD_FAILED") return Promise.resolve(fail("MODEL_LOAD_FAILED", "not a graph"));
      const session = fakeSession(version);
      opened.push({ version, session });
      return Promise.resolve(ok(session));
    },
    nowMs: () => (nowMs += FIVE_MS),
    rssBytes: () => 1234,
    reclaim: () => {
      reclaimed.push(opened.filter(({ session }) => session.isClosed()).length);
      return Promise.resolve();
    },
    post: (reply) => {
      // What the engine says must be what the other side can parse.
      expect(parseInferenceReply(reply)).not.toBeNull();
      replies.push(reply);
    },
  });
  return { engine, replies, opened, shelf, reclaimed };
}

function load(version: string, requestId = 1): unknown {
  return { kind: "load", requestId, modelsFolder: "models", version };
}

function encode(version: string, requestId: number, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { kind: "encode", requestId, version, compressionLevel: 0, repeats: 1, stream: "node_0", frame: FRAME, ...more };
}

function summary(reply: InferenceReply | undefined): string {
  return reply === undefined ? "none" : `${reply.kind} ${String(reply.requestId)} ${reply.kind === "failed" ? reply.code : ""}`.trim();
}

describe("the inference engine", () => {
  it("compresses a frame and measures the bytes that it made", async () => {
    const { engine, replies } = bench();
    engine.receive(load("1.0.0"));
    await engine.idle();
    engine.receive(encode("1.0.0", 2));
    await engine.idle();
    expect(replies.map(summary)).toEqual(["loaded 1", "encoded 2"]);
    const reply = replies[1];
    if (reply?.kind !== "encoded") throw new Error("not encoded");
    expect(reply.bytesIn).toBe(320 * 240 * 3 + 768 + 24 + 8192 + 24);
    expect(reply.latencyMs).toBe(FIVE_MS);
    expect(reply.modalities.map((each) => each.modality)).toEqual(["camera", "lidar", "imu", "audio", "motor"]);
    expect(reply.qualityScore).toBe(reply.modalities[0]?.qualityScore);
    expect(reply.payload.length).toBeGreaterThan(reply.modalities.reduce((sum, each) => sum + each.bytesOut, 0));
  });

  it("really runs the encode as often as asked, and reports the time of all runs and the bytes of one", async () => {
    const { engine, replies } = bench();
    engine.receive(load("1.0.0"));
    await engine.idle();
    engine.receive(encode("1.0.0", 2, { repeats: 4 }));
    engine.receive(encode("1.0.0", 3));
    await engine.idle();
    const [, four, one] = replies;
    if (four?.kind !== "encoded" || one?.kind !== "encoded") throw new Error("not encoded");
    expect(four.latencyMs).toBe(4 * FIVE_MS);
    expect(four.payload).toEqual(one.payload);
  });

  it("keeps the others running when a model fails its hash or its load", async () => {
    const { engine, replies, shelf } = bench();
    shelf.set("2.0.0", "HASH_MISMATCH");
    shelf.set("3.0.0", "MODEL_LOAD_FAILED");
    engine.receive(load("1.0.0", 1));
    engine.receive(load("2.0.0", 2));
    engine.receive(load("3.0.0", 3));
    engine.receive(load("4.0.0", 4));
    await engine.idle();
    engine.receive(encode("1.0.0", 5));
    engine.receive(encode("2.0.0", 6));
    await engine.idle();
    expect(replies.map(summary)).toEqual([
      "loaded 1",
      "failed 2 HASH_MISMATCH",
      "failed 3 MODEL_LOAD_FAILED",
      "failed 4 UNKNOWN_VERSION",
      "encoded 5",
      "failed 6 UNKNOWN_VERSION",
    ]);
  });

  it("opens a version once, and again only when its files changed", async () => {
    const { engine, opened, shelf } = bench();
    engine.receive(load("1.0.0", 1));
    engine.receive(load("1.0.0", 2));
    await engine.idle();
    expect(opened.length).toBe(1);
    shelf.set("1.0.0", "hash-b");
    engine.receive(load("1.0.0", 3));
    await engine.idle();
    expect(opened.length).toBe(2);
    expect(opened[0]?.session.isClosed()).toBe(true);
    expect(opened[1]?.session.isClosed()).toBe(false);
  });

  it("answers for a frame that makes the runtime throw, and goes on", async () => {
    const { engine, replies, opened } = bench();
    engine.receive(load("1.0.0", 1));
    await engine.idle();
    const session = opened[0]?.session;
    if (session === undefined) throw new Error("not opened");
    const { analyse } = session;
    session.analyse = () => Promise.reject(new Error("out of memory\nat kernel"));
    engine.receive(encode("1.0.0", 2));
    await engine.idle();
    session.analyse = analyse;
    engine.receive(encode("1.0.0", 3));
    await engine.idle();
    expect(replies.map(summary)).toEqual(["loaded 1", "failed 2 MODEL_LOAD_FAILED", "encoded 3"]);
    expect(replies[1]?.kind === "failed" && replies[1].message).toBe("Model 1.0.0 failed while it ran: out of memory");
  });

  it("answers malformed requests with BAD_REQUEST, and nonsense not at all", async () => {
    const { engine, replies } = bench();
    engine.receive(encode("1.0.0", 1, { repeats: 0 }));
    engine.receive(encode("1.0.0", 2, { compressionLevel: Number.NaN }));
    engine.receive(encode("1.0.0", 3, { frame: { ...FRAME, camera: { ...FRAME.camera, width: 319 } } }));
    engine.receive({ kind: "explode", requestId: 4 });
    for (const nonsense of [null, 7, "x", [], {}, { requestId: -1 }, { kind: "load" }]) engine.receive(nonsense);
    await engine.idle();
    expect(replies.map(summary)).toEqual([1, 2, 3, 4].map((id) => `failed ${String(id)} BAD_REQUEST`));
  });

  it("unloads behind the frames that were asked for before, and tells what it holds", async () => {
    const { engine, replies, opened } = bench();
    engine.receive(load("1.0.0", 1));
    await engine.idle();
    for (const requestId of [2, 5, 6]) engine.receive(encode("1.0.0", requestId));
    engine.receive({ kind: "unload", requestId: 3, version: "1.0.0" });
    await engine.idle();
    engine.receive({ kind: "stats", requestId: 4 });
    expect(replies.map(summary)).toEqual(["loaded 1", "encoded 2", "encoded 5", "encoded 6", "unloaded 3", "stats 4"]);
    expect(opened[0]?.session.isClosed()).toBe(true);
    expect(replies.at(-1)).toEqual({ kind: "stats", requestId: 4, versions: [], framesEncoded: 3, waiting: 0, rssBytes: 1234 });
  });
});
