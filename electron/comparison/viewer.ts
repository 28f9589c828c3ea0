import type { LevelPoint, ShownFrame, ShownSide, Side } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";
import type { MonotonicMs } from "../edge/codec/frame-codec";
import type { ModelSession } from "../edge/codec/picture-codec";
import type { Scene } from "./frame-sets";
import { pointOf } from "./measure";
import { openStream, pictureOf } from "./streams";

/** Shows frames as both versions make them. */
export interface Viewer {
  /** BAD_REQUEST for a frame or level that there is not; else what reading, encoding or decoding says. */
  show(frame: number, levelA: number, levelB: number): Promise<Result<ShownFrame>>;
}

interface Kept {
  readonly point: LevelPoint;
  readonly rgb: Uint8Array;
}

/** Pictures kept so that going to and fro is quick, bytes. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Keeps the pictures used last, up to a number of bytes. */
function pictureCache(mostBytes: number) {
  const kept = new Map<string, Kept>();
  let bytes = 0;
  return {
    get(key: string): Kept | undefined {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    put(key: string, value: Kept): void {
      if (kept.has(key)) return;
      kept.set(key, value);
      bytes += value.rgb.length;
      for (const [oldest, { rgb }] of kept) {
        if (bytes <= mostBytes || kept.size === 1) return;
        kept.delete(oldest);
        bytes -= rgb.length;
      }
    },
  };
}

/**
 * A viewer over the frames of the scenes, counted through. A frame is encoded and decoded from the beginning
 * of its scene, so that a codec with a memory shows what it showed when it was measured.
 */
export function createViewer(sessions: Readonly<Record<Side, ModelSession>>, scenes: readonly Scene[], nowMs: MonotonicMs): Viewer {
  const places = scenes.flatMap((scene, sceneIndex) => scene.frames.map((frame, step) => ({ scene, sceneIndex, frame, step })));
  const cache = pictureCache(KEPT_BYTES);

  async function sideOf(side: Side, at: number, level: number): Promise<Result<ShownSide>> {
    const keyOf = (step: number, sceneIndex: number): string => `${side} ${String(level)} ${String(sceneIndex)} ${String(step)}`;
    const place = places[at];
    if (place === undefined) return fail("BAD_REQUEST", `There is no frame ${String(at + 1)}; there are ${String(places.length)}.`);
    const wanted = keyOf(place.step, place.sceneIndex);
    const found = cache.get(wanted);
    if (found !== undefined) return ok(found);
    const stream = openStream(sessions[side], level, nowMs);
    let shown: Kept | null = null;
    for (let step = 0; step <= place.step; step++) {
      const input = await place.scene.frames[step]?.read();
      if (input === undefined) break;
      if (!input.ok) return input;
      const encoded = await stream.encode(input.value);
      if (!encoded.ok) return encoded;
      const decoded = await stream.decode(encoded.value.bytes);
      if (!decoded.ok) return decoded;
      shown = { point: pointOf(level, pictureOf(input.value), encoded.value, decoded.value), rgb: decoded.value.camera.rgb };
      cache.put(keyOf(step, place.sceneIndex), shown);
    }
    return shown === null ? fail("BAD_REQUEST", "The scene has no frame.") : ok(shown);
  }

  return {
    async show(at, levelA, levelB) {
      const place = places[at];
      if (place === undefined) return fail("BAD_REQUEST", `There is no frame ${String(at + 1)}; there are ${String(places.length)}.`);
      const input = await place.frame.read();
      if (!input.ok) return input;
      const a = await sideOf("a", at, levelA);
      if (!a.ok) return a;
      const b = await sideOf("b", at, levelB);
      if (!b.ok) return b;
      const { width, height, rgb } = pictureOf(input.value);
      return ok({ frame: at, name: place.frame.name, width, height, original: rgb, a: a.value, b: b.value });
    },
  };
}
