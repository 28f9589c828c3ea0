import { describe, expect, it } from "vitest";
import type { ModelView } from "../../shared/contract/channels";
import { commandFixture, guardFixture, nodeFixture, NOW_MS } from "../state/snapshot-fixture";
import { attentionChanges } from "./attention-changes";
import { bannerOf } from "./notices";
import { paletteEntries, searchPalette } from "./palette-entries";
import { readPress, SHORTCUTS, type Press } from "./shortcuts";

function press(key: string, change: Partial<Press> = {}): Press {
  return { key, isCtrl: false, isAlt: false, isInText: false, ...change };
}

describe("keys", () => {
  it.each([
    [press("k", { isCtrl: true }), { act: "palette" }],
    [press("K", { isCtrl: true, isInText: true }), { act: "palette" }],
    [press("z", { isCtrl: true }), { act: "undo" }],
    [press("ArrowLeft", { isAlt: true }), { act: "back" }],
    [press("F9", { isInText: true }), { act: "faults" }],
    [press("/"), { act: "filter" }],
    [press("?"), { act: "keys" }],
    [press("r"), { act: "roll-back" }],
    [press("d"), { act: "deploy" }],
    [press("p"), { act: "pause-rollout" }],
    [press("t"), { act: "test" }],
    [press("a"), { act: "arm-a" }],
    [press("b"), { act: "arm-b" }],
    [press("Delete"), { act: "no-arm" }],
    [press("Enter", { isCtrl: true, isInText: true }), { act: "start-test" }],
    [press("g"), { pending: "G" }],
  ])("%o means %o", (pressed, meaning) => {
    expect(readPress(pressed, null, true)).toEqual(meaning);
  });

  it("G then F, R, A, M, Y or S leads to a page, G then another key to nothing", () => {
    expect(readPress(press("f"), "G", true)).toEqual({ act: "go-fleet" });
    expect(readPress(press("m"), "G", true)).toEqual({ act: "go-models" });
    expect(readPress(press("y"), "G", true)).toEqual({ act: "go-system" });
    expect(readPress(press("s"), "G", true)).toEqual({ act: "go-settings" });
    expect(readPress(press("r"), "G", true)).toEqual({ act: "go-rollouts" });
    expect(readPress(press("a"), "G", true), "the page, not arm A").toEqual({ act: "go-abtests" });
    expect(readPress(press("x"), "G", true)).toBeNull();
  });

  it("single keys mean nothing in text fields or when they are switched off", () => {
    for (const key of ["g", "/", "?", "r", "d", "a", "b", "Delete"]) {
      expect(readPress(press(key, { isInText: true }), null, true)).toBeNull();
      expect(readPress(press(key), null, false)).toBeNull();
    }
    expect(readPress(press("F9"), null, false)).toEqual({ act: "faults" });
  });

  it("Ctrl Z in a text field takes back typing, not a rollback", () => {
    expect(readPress(press("z", { isCtrl: true, isInText: true }), null, true)).toBeNull();
  });

  it("a letter with Ctrl or Alt is no single key", () => {
    expect(readPress(press("r", { isCtrl: true }), null, true)).toBeNull();
    expect(readPress(press("d", { isAlt: true }), null, true)).toBeNull();
  });

  it("are listed once each", () => {
    const keys = SHORTCUTS.map((shortcut) => shortcut.keys.join(" "));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("what is said aloud", () => {
  const before = new Map([["node_1", nodeFixture()]]);

  it("is a node that turns high, at once and with its sentence", () => {
    const failing = nodeFixture({ state: "failing", attention: "high", sentence: "Latency 63 ms, 9 of 9 samples beyond 50 ms." });
    expect(attentionChanges(before, new Map([["node_1", failing]]))).toEqual({
      assertive: "node_1: Latency 63 ms, 9 of 9 samples beyond 50 ms.",
      polite: "",
    });
  });

  it("is a hold and a freeze, at once and with what kind it is", () => {
    const { verdict } = guardFixture();
    const held = (code: "COMMON_CAUSE" | "ROLLBACKS_FROZEN", sentence: string) =>
      nodeFixture({
        state: "failing",
        attention: "high",
        sentence: "Latency 63 ms.",
        guard: guardFixture({ verdict: { ...verdict, outcome: "fail" }, hold: { code, target: null, sinceMs: NOW_MS, sentence } }),
      });
    const failing = nodeFixture({ state: "failing", attention: "high", sentence: "Latency 63 ms." });
    const environment = held("COMMON_CAUSE", "5 of 6 nodes passed 50 ms. This is the environment.");
    const frozen = held("ROLLBACKS_FROZEN", "2 automatic rollbacks this hour.");
    expect(attentionChanges(new Map([["node_1", failing]]), new Map([["node_1", environment]])).assertive).toBe(
      "node_1: Held: 5 of 6 nodes passed 50 ms. This is the environment.",
    );
    expect(attentionChanges(before, new Map([["node_1", frozen]])).assertive).toBe("node_1: Frozen: 2 automatic rollbacks this hour.");
    expect(attentionChanges(new Map([["node_1", frozen]]), new Map([["node_1", { ...frozen, revision: 2 }]]))).toEqual({ assertive: "", polite: "" });
  });

  it("is a verdict that warns, politely", () => {
    const { verdict } = guardFixture();
    const drifting = nodeFixture({ guard: guardFixture({ verdict: { ...verdict, outcome: "warn", reason: "drift-slow" } }) });
    expect(attentionChanges(before, new Map([["node_1", drifting]])).polite).toBe("node_1: Drifting.");
  });

  it("is any other change of state, politely and as a word", () => {
    const stale = nodeFixture({ state: "stale", attention: "low" });
    expect(attentionChanges(before, new Map([["node_1", stale]])).polite).toBe("node_1: Stale.");
  });

  it("is never a metric, nor a node that was not there before", () => {
    expect(attentionChanges(before, new Map([["node_1", nodeFixture({ revision: 2 })]]))).toEqual({ assertive: "", polite: "" });
    expect(attentionChanges(new Map(), before)).toEqual({ assertive: "", polite: "" });
  });

  it("counts beyond three nodes", () => {
    const ids = ["a", "b", "c", "d", "e"];
    const was = new Map(ids.map((nodeId) => [nodeId, nodeFixture({ nodeId })]));
    const now = new Map(ids.map((nodeId) => [nodeId, nodeFixture({ nodeId, state: "lost", attention: "medium" })]));
    expect(attentionChanges(was, now).polite).toBe("a: Lost. b: Lost. c: Lost. And 2 more nodes.");
  });
});

describe("a notice of the link", () => {
  it.each([
    ["TYPE_CLASH", "none"],
    ["QOS_MISMATCH", "none"],
    ["HUB_DISAGREES", "none"],
    ["COMPETING_DEPLOYER", "warning"],
    ["FRAME_RATE_LOWERED", "line"],
  ])("%s over every page: %s", (code, place) => {
    expect(bannerOf({ code, message: "" })).toBe(place);
  });
});

describe("the palette", () => {
  const models: readonly ModelView[] = [
    { version: "1.1.0", family: "f", description: "", drill: false, verified: true, sentence: "", bytes: 1 },
    { version: "1.2.0", family: "f", description: "", drill: true, verified: true, sentence: "", bytes: 1 },
    { version: "1.3.0", family: "f", description: "", drill: false, verified: false, sentence: "", bytes: 1 },
  ];
  const nodes = [
    nodeFixture({ nodeId: "node_1" }),
    nodeFixture({ nodeId: "node_2", command: commandFixture(["requested"]) }),
    nodeFixture({ nodeId: "node_3", attention: "high", state: "failing", modelVersion: "1.2.0" }),
  ];
  const entries = paletteEntries(nodes, models, true, null);
  const texts = entries.map((entry) => entry.text);

  it("names what each verb acts on", () => {
    expect(texts).toContain("Roll back node_1 to 1.0.0");
    expect(texts).toContain("Deploy 1.1.0 on node_3…");
  });

  it("offers only what could be done", () => {
    expect(texts, "its command is on its way").not.toContain("Roll back node_2 to 1.0.0");
    expect(texts, "it runs there").not.toContain("Deploy 1.1.0 on node_1…");
    expect(texts.some((text) => text.includes("1.3.0")), "its hashes are wrong").toBe(false);
    expect(paletteEntries(nodes, models, false, null).some((entry) => entry.act.kind === "faults")).toBe(false);
    expect(paletteEntries(nodes, models, true, "The link is down.").some((entry) => entry.act.kind === "roll-back")).toBe(false);
  });

  it("puts nodes that need a person first", () => {
    expect(texts[0]).toBe("node_3");
  });

  it("shows pages and general verbs before anything is typed, however many nodes there are", () => {
    const many = Array.from({ length: 50 }, (_, index) => nodeFixture({ nodeId: `node_${index}` }));
    const shown = searchPalette(paletteEntries(many, models, true, null), "").map((entry) => entry.text);
    expect(shown).toHaveLength(18);
    expect(shown).toContain("Deploy a version…");
    expect(shown[0]).toBe("node_0");
  });

  it("finds every typed word, in any order, and what begins with it first", () => {
    expect(searchPalette(entries, "node_3 deploy").map((entry) => entry.text)).toContain("Deploy 1.1.0 on node_3…");
    expect(searchPalette(entries, "deploy a")[0]?.text).toBe("Deploy a version…");
    expect(searchPalette(entries, "xyzzy")).toEqual([]);
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
  });
});
