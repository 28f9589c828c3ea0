import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseModelVersion, parseNodeId, quoteUntrusted } from "./ids";

describe("names from outside", () => {
  test.each(["node_0", "node_12", "iot_gateway_01", "de_04", "A"])("%s is a node id", (id) => {
    expect(parseNodeId(id)).toEqual({ ok: true, value: id });
  });

  test.each(["", "fleet", "ground", "coordinator", "node/0", "node\n0", "0node", "node-0", "../x", "n".repeat(65), "nöde", "node 0"])(
    "%j is no node id, and the sentence repeats it harmlessly",
    (id) => {
      const parsed = parseNodeId(id);
      expect(parsed).toMatchObject({ ok: false, error: { code: "BAD_NODE_ID" } });
      if (!parsed.ok) expect(parsed.error.message).not.toMatch(/[\n\r]/);
    },
  );

  test.each(["1.0.0", "v1.0", "1.3.0-rc1", "2024+cpu"])("%s is a version, sent as it is", (text) => {
    expect(parseModelVersion(text)).toEqual({ ok: true, value: text });
  });

  test.each(["", "../1.0.0", "1.0.0; rm -rf /", "1.0.0\n", "-1", "$(x)", "1 0"])("%j is no version", (text) => {
    expect(parseModelVersion(text)).toMatchObject({ ok: false, error: { code: "BAD_VERSION" } });
  });

  test("whatever passes is safe inside a topic and a path", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        if (parseNodeId(text).ok) expect(text).toMatch(/^\w{1,64}$/);
        if (parseModelVersion(text).ok) expect(text).not.toMatch(/[/\\\s\0]|^\.\.?$/);
        expect(quoteUntrusted(text)).not.toMatch(/[\n\r]/);
      }),
    );
  });
});
