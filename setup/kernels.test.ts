import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceHash } from "./kernels.mjs";
import { root } from "./paths.mjs";

describe("the compiled kernels", () => {
  it("were made from the sources that lie in kernels/", () => {
    const made = readFileSync(join(root, "shared", "codec", "kernels", "module.ts"), "utf8");
    expect(made, "run node setup/kernels.mjs").toContain(`SOURCE_SHA256 = "${sourceHash()}"`);
  });
});
