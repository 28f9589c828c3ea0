import { describe, expect, test } from "vitest";
import { ok } from "../../shared/result";
import { answer, type RequestHandlers } from "./answer";

const nothing = (): ReturnType<typeof ok<Record<string, never>>> => ok({});

/** Only what these tests ask for does anything; the rest would be a fault of the test. */
const handlers = new Proxy({} as RequestHandlers, {
  get: (_target, name) => {
    if (name === "app/seen-first-start") return nothing;
    if (name === "fleet/rollback") return (body: { nodeId: string }) => ok({ commandId: `c-${body.nodeId}` });
    return () => {
      throw new Error(`asked for ${String(name)}`);
    };
  },
});

describe("the door of the main process", () => {
  const troubles: string[] = [];
  const ask = (name: Parameters<typeof answer>[0], body: unknown, isTrusted = true) =>
    answer(name, body, isTrusted, handlers, (sentence) => troubles.push(sentence));

  test("hands a body that follows its schema to the handler", async () => {
    const body = { nodeId: "node_3", expectedVersion: "1.2.0", requestId: "a3bb189e-8bf9-3888" };
    expect(await ask("fleet/rollback", body)).toEqual({ ok: true, value: { commandId: "c-node_3" } });
  });

  test("refuses a sender that is not the window before it looks at the body", async () => {
    expect(await ask("fleet/rollback", "anything", false)).toMatchObject({ ok: false, error: { code: "UNTRUSTED_SENDER" } });
  });

  test.each([
    ["no object", "rollback everything"],
    ["a missing field", { nodeId: "node_3" }],
    ["a field too many", { nodeId: "node_3", expectedVersion: null, requestId: "12345678", force: true }],
    ["a node id that is too long", { nodeId: "n".repeat(65), expectedVersion: null, requestId: "12345678" }],
    ["a request id with a newline", { nodeId: "node_3", expectedVersion: null, requestId: "1234567\n8" }],
  ])("refuses a body with %s and names the place", async (_what, body) => {
    expect(await ask("fleet/rollback", body)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
  });

  test("turns a bug into a code and logs its stack", async () => {
    const before = troubles.length;
    expect(await ask("models/list", {})).toMatchObject({ ok: false, error: { code: "INTERNAL" } });
    expect(troubles.slice(before).join()).toContain("asked for models/list");
  });
});
