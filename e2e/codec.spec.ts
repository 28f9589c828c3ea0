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
