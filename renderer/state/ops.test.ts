import { describe, expect, it } from "vitest";
import { parseAnswer } from "./ops";

describe("the answer to a request", () => {
  it("is the reply when it follows its schema", () => {
    expect(parseAnswer("fleet/deploy", { ok: true, value: { commandId: "c-0001" } })).toEqual({
      ok: true,
      value: { commandId: "c-0001" },
    });
  });

  it("is the failure that the main process named", () => {
    const answer = { ok: false, error: { code: "STALE_VERSION", message: "node_3 changed to 1.1.0 while you were looking." } };
    expect(parseAnswer("fleet/deploy", answer)).toEqual(answer);
  });

  it.each([
    ["a reply outside its schema", { ok: true, value: { commandId: 7 } }],
    ["an unknown code", { ok: false, error: { code: "NO_SUCH_CODE", message: "?" } }],
    ["a failure without an error", { ok: false }],
    ["no object", "yes"],
    ["nothing", undefined],
    ["a reply without ok", { value: { commandId: "c-0001" } }],
  ])("is BAD_REQUEST for %s", (_what, answer) => {
    const parsed = parseAnswer("fleet/deploy", answer);
    expect(parsed.ok ? "ok" : parsed.error.code).toBe("BAD_REQUEST");
  });

  it("says where a reply left its schema", () => {
    const parsed = parseAnswer("fleet/deploy", { ok: true, value: { commandId: 7 } });
    expect(parsed.ok ? "" : parsed.error.message).toContain("commandId");
  });
});
