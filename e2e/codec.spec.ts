import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import sharp from "sharp";
import { runCommand } from "./app/command-line";

test("one process encodes a picture to a file, another one decodes it, and the file's size is what the ratio counts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lydlr-codec-"));
  try {
    const [picture, file, first, second] = ["in.png", "frame.lyd", "one.png", "two.png"].map((name) => join(folder, name));
    if (picture === undefined || file === undefined || first === undefined || second === undefined) throw new Error("unreachable");
    const [width, height] = [320, 240];
    const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, index) => Math.round(127 + 120 * Math.sin(index / 97 + (index % 3)))));
    await sharp(pixels, { raw: { width, height, channels: 3 } }).png().toFile(picture);

    const encode = runCommand(["codec", "encode", "1.0.0", "default", picture, file]);
    expect(await encode.ended, encode.stderr()).toBe(0);
    const bytesOut = statSync(file).size;
    expect(encode.stdout()).toContain(`${width}x${height}, ${width * height * 3} bytes to ${bytesOut}, ratio ${((width * height * 3) / bytesOut).toFixed(2)}`);

    for (const to of [first, second]) {
      const decode = runCommand(["codec", "decode", file, to]);
      expect(await decode.ended, decode.stderr()).toBe(0);
    }
    expect(readFileSync(first)).toEqual(readFileSync(second));
    expect(await sharp(first).metadata()).toMatchObject({ width, height, channels: 3 });

    const broken = readFileSync(file);
    const middle = broken.length >> 1;
    broken[middle] = (broken[middle] ?? 0) ^ 0xff;
    const damaged = join(folder, "damaged.lyd");
    writeFileSync(damaged, broken);
    const refused = runCommand(["codec", "decode", damaged, first]);
    expect(await refused.ended).toBe(1);
    expect(refused.stderr()).toMatch(/^BAD_BITSTREAM: /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

interface StreamLine {
  readonly frameIndex?: number;
  readonly kind?: string;
  readonly status?: string;
  readonly sha256?: string;
}

function linesOf(text: string): readonly StreamLine[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as StreamLine);
}

test("another process decodes 1000 frames from the file alone to exactly what the encoder said, and marks what is damaged", async () => {
  test.setTimeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "lydlr-stream-"));
  try {
    const file = join(folder, "frames.lys");
    const encode = runCommand(["codec", "stream", "encode", "2.0.0", "3", file, "--frames", "1000", "--size", "96x64"]);
    expect(await encode.ended, encode.stderr()).toBe(0);
    const decode = runCommand(["codec", "stream", "decode", file]);
    expect(await decode.ended, decode.stderr()).toBe(0);
    const [written, read] = [linesOf(encode.stdout()), linesOf(decode.stdout())];
    expect(read).toHaveLength(1000);
    expect(read.map(({ sha256 }) => sha256)).toEqual(written.map(({ sha256 }) => sha256));
    expect(new Set(written.map(({ kind }) => kind))).toEqual(new Set(["key", "predicted"]));

    const whole = readFileSync(file);
    const hurt = Uint8Array.from(whole);
    const fifth = [0, 1, 2, 3, 4].reduce((at) => at + 4 + whole.readUInt32LE(at), 0);
    hurt[fifth + 60] = (hurt[fifth + 60] ?? 0) ^ 4;
    const damaged = join(folder, "damaged.lys");
    writeFileSync(damaged, hurt.subarray(0, whole.length - 7));
    const marked = runCommand(["codec", "stream", "decode", damaged]);
    expect(await marked.ended).toBe(1);
    expect(marked.stderr()).toMatch(/BAD_BITSTREAM: /);
    const lines = linesOf(marked.stdout());
    const nextKey = written.findIndex(({ kind }, index) => index > 5 && kind === "key");
    lines.forEach(({ status, sha256 }, index) => {
      const isDamaged = (index >= 5 && index < nextKey) || index === 999;
      expect(status, `frame ${String(index)}`).toBe(isDamaged ? "damaged" : "ok");
      if (!isDamaged) expect(sha256).toBe(written[index]?.sha256);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
