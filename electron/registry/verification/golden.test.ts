import { deflateSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readContainer } from "../../../shared/codec/container";
import { fakeSession, fakeStreamSession } from "../../edge/codec/fake-session";
import { checkGolden, makeGolden, parseGolden, type GoldenFile } from "./golden";

type GoldenFrame = GoldenFile["frames"][number];

const session = fakeStreamSession();

async function made(): Promise<GoldenFile & { readonly stream: GoldenFrame[] }> {
  const golden = await makeGolden(session, [session.defaultLevel]);
  if (!golden.ok) throw new Error(golden.error.message);
  const { stream } = golden.value;
  if (stream === undefined) throw new Error("a version that codes streams has a golden stream");
  return { ...golden.value, stream };
}

/** The frame with its recorded picture brighter or darker by so many grey levels at one colour value. */
function shifted(frame: GoldenFrame, levels: number): GoldenFrame {
  const rgb = inflateSync(Buffer.from(frame.picture, "base64"));
  const middle = rgb.length >> 1;
  const value = rgb[middle] ?? 0;
  rgb[middle] = value > 127 ? value - levels : value + levels;
  return { ...frame, picture: deflateSync(rgb).toString("base64") };
}

async function codeOf(golden: GoldenFile): Promise<string> {
  const checked = await checkGolden(session, golden);
  return checked.ok ? "ok" : checked.error.code;
}

describe("the golden stream of a version that codes streams", () => {
  it("is a key frame and three predicted ones, and decodes bit for bit after a way through JSON", async () => {
    const golden = await made();
    const kinds = golden.stream.map(({ bitstream }) => {
      const container = readContainer(Buffer.from(bitstream, "base64"));
      return container.ok ? container.value.stream?.kind : null;
    });
    expect(kinds).toEqual(["key", "predicted", "predicted", "predicted"]);
    const parsed = parseGolden(JSON.stringify(golden));
    if (!parsed.ok) throw new Error(parsed.error.message);
    expect(await checkGolden(session, parsed.value)).toEqual({ ok: true, value: "3 golden frames and a stream of 4 decode bit for bit to what was recorded." });
  });

  it("is refused out of its order, or with a frame missing", async () => {
    const golden = await made();
    const [key, first, second, third] = golden.stream;
    if (key === undefined || first === undefined || second === undefined || third === undefined) throw new Error("the stream is short");
    expect(await codeOf({ ...golden, stream: [key, second, first, third] })).toBe("GOLDEN_MISMATCH");
    expect(await codeOf({ ...golden, stream: [key, second, third] })).toBe("GOLDEN_MISMATCH");
    expect(await codeOf({ ...golden, stream: [first, second, third] })).toBe("GOLDEN_MISMATCH");
  });

  it("is held to its symbols and signals bit for bit, and to its pictures within two grey levels", async () => {
    const golden = await made();
    const withLast = (change: (frame: GoldenFrame) => GoldenFrame): GoldenFile => ({
      ...golden,
      stream: golden.stream.map((frame, at) => (at === golden.stream.length - 1 ? change(frame) : frame)),
    });
    const otherHash = "0".repeat(64);
    expect(await codeOf(withLast((frame) => ({ ...frame, latentsSha256: otherHash })))).toBe("GOLDEN_MISMATCH");
    expect(await codeOf(withLast((frame) => ({ ...frame, signalsSha256: otherHash })))).toBe("GOLDEN_MISMATCH");
    expect(await codeOf(withLast((frame) => shifted(frame, 3)))).toBe("GOLDEN_MISMATCH");
    const rounded = await checkGolden(session, withLast((frame) => shifted(frame, 2)));
    expect(rounded.ok && rounded.value).toContain("pictures are within 2 grey levels");
  });

  it("is not in the file of a version that codes every frame by itself, and is refused there", async () => {
    const alone = fakeSession();
    const golden = await makeGolden(alone, [alone.defaultLevel]);
    if (!golden.ok) throw new Error(golden.error.message);
    expect(golden.value.stream).toBeUndefined();
    const { stream } = await made();
    expect(await checkGolden(alone, { ...golden.value, stream })).toMatchObject({ ok: false, error: { code: "GOLDEN_MISMATCH" } });
  });
});
