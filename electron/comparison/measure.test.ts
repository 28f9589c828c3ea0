import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { comparisonSchema, type Comparison } from "../../shared/contract/comparison";
import { fail, ok } from "../../shared/result";
import { fakeSession } from "../edge/codec/fake-session";
import { writePng } from "../edge/codec/picture-files";
import { createSensorRig } from "../edge/sensors/rig";
import { folderScenes, heldOutScenes, type Scene } from "./frame-sets";
import { measureComparison, type Contender, type MeasureParts } from "./measure";
import type { ReferenceCodec } from "./reference-codecs";
import { comparisonReport } from "./report";
import { createViewer } from "./viewer";

function contender(version: string): Contender {
  return { session: fakeSession(version), family: "fake", hash: "h".repeat(64), drill: false };
}

/** Every reading is 2 ms after the one before: a clock that only a test turns. */
function steppingClock(): () => number {
  let nowMs = 0;
  return () => (nowMs += 2);
}

const REFERENCE: ReferenceCodec = {
  codec: "jpeg",
  libraryVersion: "0.0.1",
  qualities: [10, 90],
  encode: (_image, quality) => Promise.resolve(new Uint8Array(10 * quality)),
  decode: (_bytes, image) => Promise.resolve(image),
};

function parts(change: Partial<MeasureParts> = {}): MeasureParts {
  return {
    a: contender("1.0.0"),
    b: contender("1.1.0"),
    source: "held-out",
    scenes: heldOutScenes("quick").slice(0, 2),
    references: ok([REFERENCE]),
    processorMs: steppingClock(),
    wallMs: steppingClock(),
    onProgress: () => undefined,
    turn: () => Promise.resolve(),
    ...change,
  };
}

async function measured(change: Partial<MeasureParts> = {}): Promise<Comparison> {
  const result = await measureComparison(parts(change));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe("held-out scenes", { timeout: 30_000 }, () => {
  it("are the same frames each time, fresh seeds apart from training's, and not more than asked", async () => {
    const [first] = heldOutScenes("standard");
    const once = await first?.frames[0]?.read();
    const again = await heldOutScenes("standard")[0]?.frames[0]?.read();
    expect(once).toEqual(again);
    expect(heldOutScenes("quick").length).toBe(5);
    expect(heldOutScenes("thorough").flatMap((scene) => scene.frames).length).toBe(192);
    expect(new Set(heldOutScenes("thorough").map((scene) => scene.name)).size).toBe(24);
  });
});

describe("measuring two versions", { timeout: 30_000 }, () => {
  it("gives a point for each frame, version and level, all modalities, and what follows the contract", async () => {
    const comparison = await measured();
    expect(comparison.frames.length).toBe(8);
    expect(comparison.frames.every((frame) => frame.a.length === 2 && frame.b.length === 2 && frame.references.length === 2)).toBe(true);
    expect(new Set(comparison.frames.map((frame) => frame.scene)).size).toBe(2);
    expect(comparison.a.modalities.filter((totals) => totals.level === 1).map((totals) => totals.modality)).toEqual(["camera", "lidar", "imu", "audio", "twist"]);
    expect(v.safeParse(comparisonSchema, comparison).success).toBe(true);
  });

  it("adds the bytes of all modalities up to those of the frame", async () => {
    const { frames, a } = await measured();
    const whole = frames.flatMap((frame) => frame.a).filter((point) => point.level === 1).reduce((sum, point) => sum + point.totalBytes, 0);
    const parts = a.modalities.filter((totals) => totals.level === 1).reduce((sum, totals) => sum + totals.bytesOut, 0);
    expect(parts).toBe(whole);
  });

  it("takes the time of both versions equally often, by the processor's clock, and says what the wall clock said", async () => {
    const { a, b, frames, wallShare } = await measured({ processorMs: steppingClock() });
    expect(a.encodeMs.length % frames.length).toBe(0);
    expect(a.encodeMs.length).toBeGreaterThanOrEqual(frames.length);
    expect(b.encodeMs.length).toBe(a.encodeMs.length);
    expect([...a.encodeMs, ...b.encodeMs].every((ms) => ms === 2)).toBe(true);
    expect(wallShare).toBe(1);
  });

  it("lets the versions go first in turns", async () => {
    const order: string[] = [];
    const spying = (version: string): Contender => {
      const session = fakeSession(version);
      return { ...contender(version), session: { ...session, analyse: (...taken) => (order.push(version), session.analyse(...taken)) } };
    };
    await measured({ a: spying("a"), b: spying("b"), scenes: heldOutScenes("quick").slice(0, 1), references: ok([]) });
    const timed = order.slice(-16).join("");
    expect(timed).toMatch(/^(ab|ba)+$/);
    expect(timed).toContain("abba");
  });

  it("counts its steps to the end, and leaves references out where they cannot be measured", async () => {
    const steps: (readonly [number, number])[] = [];
    const comparison = await measured({
      references: fail("NOT_AVAILABLE", "JPEG and WebP were not measured: not here."),
      onProgress: (done, total) => steps.push([done, total]),
    });
    expect(steps.map(([done]) => done)).toEqual(steps.map((_, index) => index + 1));
    expect(steps.at(-1)?.[0]).toBe(steps.at(-1)?.[1]);
    expect(comparison.noReferences).toContain("not here");
    expect(comparison.frames.every((frame) => frame.references.length === 0)).toBe(true);
  });

  it("names the frame that cannot be read", async () => {
    const broken: Scene = { name: "x", frames: [{ name: "x.png", read: () => Promise.resolve(fail("BAD_IMAGE", "x.png is no picture.")) }] };
    const result = await measureComparison(parts({ scenes: [broken] }));
    expect(result).toEqual({ ok: false, error: { code: "BAD_IMAGE", message: "x.png is no picture." } });
  });

  it("is exported as JSON that can be read back, times included", async () => {
    const comparison = await measured({ scenes: heldOutScenes("quick").slice(0, 1) });
    const report = JSON.parse(comparisonReport(comparison)) as { readonly measured: { readonly a: { readonly encodeMs: readonly number[] } } };
    expect(report.measured.a.encodeMs).toEqual([...comparison.a.encodeMs]);
  });
});

describe("pictures of a folder", { timeout: 30_000 }, () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "compare-"));
    const { camera } = createSensorRig({ seed: 300_700, vertical: "drone" }).sample(2);
    for (const name of ["a.png", "B.PNG"]) await writePng(join(folder, name), camera);
    await writeFile(join(folder, "notes.txt"), "no picture");
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("are a scene each, with the camera's modality alone", async () => {
    const scenes = await folderScenes(folder);
    if (!scenes.ok) throw new Error(scenes.error.message);
    expect(scenes.value.map((scene) => scene.name)).toEqual(["B.PNG", "a.png"]);
    const comparison = await measured({ source: "images", scenes: scenes.value });
    expect([...new Set(comparison.a.modalities.map((totals) => totals.modality))]).toEqual(["camera"]);
    expect(comparison.frames.every((frame) => frame.a.every((point) => point.cameraBytes === point.totalBytes))).toBe(true);
  });

  it("are refused where there are none or the folder is not there", async () => {
    const missing = await folderScenes(join(folder, "missing"));
    expect(missing.ok ? "" : missing.error.code).toBe("FILE_READ_FAILED");
    const none = await mkdtemp(join(tmpdir(), "compare-empty-"));
    const empty = await folderScenes(none);
    expect(empty.ok ? "" : empty.error.message).toContain("holds no png or jpg");
    await rm(none, { recursive: true });
  });
});

describe("the viewer", { timeout: 30_000 }, () => {
  it("shows exactly what was measured, whichever frame is asked for first", async () => {
    const scenes = heldOutScenes("quick").slice(0, 2);
    const comparison = await measured({ scenes });
    const viewer = createViewer({ a: fakeSession("1.0.0"), b: fakeSession("1.1.0") }, scenes, () => 0);
    for (const frame of [4, 0, 5]) {
      const shown = await viewer.show(frame, 1, 2);
      if (!shown.ok) throw new Error(shown.error.message);
      expect(shown.value.name).toBe(comparison.frames[frame]?.name);
      expect(shown.value.a.point).toEqual(comparison.frames[frame]?.a[0]);
      expect(shown.value.b.point).toEqual(comparison.frames[frame]?.b[1]);
      expect(shown.value.original.length).toBe(shown.value.width * shown.value.height * 3);
    }
  });

  it("encodes a frame once, however often it is shown", async () => {
    let encodes = 0;
    const session = fakeSession("1.0.0");
    const counting = { ...session, analyse: (...taken: Parameters<typeof session.analyse>) => ((encodes += 1), session.analyse(...taken)) };
    const viewer = createViewer({ a: counting, b: counting }, heldOutScenes("quick").slice(0, 1), () => 0);
    await viewer.show(2, 1, 1);
    const first = encodes;
    await viewer.show(2, 1, 1);
    await viewer.show(0, 1, 1);
    expect(encodes).toBe(first);
  });

  it("refuses a frame and a level that there are not", async () => {
    const viewer = createViewer({ a: fakeSession("1.0.0"), b: fakeSession("1.1.0") }, heldOutScenes("quick").slice(0, 1), () => 0);
    for (const [frame, level] of [[9, 1], [0, 77]] as const) {
      const shown = await viewer.show(frame, level, 1);
      expect(shown.ok ? "" : shown.error.code).toBe("BAD_REQUEST");
    }
  });
});
