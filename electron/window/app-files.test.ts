import { describe, expect, test } from "vitest";
import { CONTENT_SECURITY_POLICY, fileOf } from "./app-files";

describe("the window's files", () => {
  test("are those of the renderer's folder", () => {
    expect(fileOf("lydlr://app/", "/app/renderer")).toBe("/app/renderer/index.html");
    expect(fileOf("lydlr://app/assets/plex.woff2?x=1", "/app/renderer")).toBe("/app/renderer/assets/plex.woff2");
  });

  test.each([
    "lydlr://app/../main.cjs",
    "lydlr://app/%2e%2e/main.cjs",
    "lydlr://app/..%2fmain.cjs",
    "lydlr://app/..%5c..%5cmain.cjs%00.js",
    "lydlr://other/index.html",
    "lydlr://app/%",
  ])("never lie outside of it: %s", (url) => {
    const file = fileOf(url, "/app/renderer");
    expect(file === null || file.startsWith("/app/renderer/")).toBe(true);
  });

  test("come with a policy that allows nothing by default, nothing inline, and no connection", () => {
    expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none';/);
    expect(CONTENT_SECURITY_POLICY).not.toContain("unsafe");
    expect(CONTENT_SECURITY_POLICY).toContain("connect-src 'none'");
  });
});
