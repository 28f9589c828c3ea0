import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import { nodeFixture, NOW_MS } from "../../state/snapshot-fixture";
import { cropAt, cropByKey, FIRST_CROP, moveCrop, regionOf, zoomCrop } from "./crop";
import { firstChoice } from "./desk";
import { differenceOf, opaque } from "./picture";
import { qualityScale, scaleFromZero, spreadLabels } from "../../charts/plot";
import { idsInWords, nodesRunning, runsOf } from "./runs";
import { verificationWord } from "./verification-words";

const SIZE = { width: 320, height: 240 };

function row(version: string, change: Partial<RegistryRow> = {}): RegistryRow {
  return {
    key: version,
    kind: "model",
    place: "shipped",
    version,
    family: "patch-autoencoder",
    description: "",
    drill: false,
    hash: "0".repeat(64),
    bytes: 1,
    files: [],
    licence: null,
    intendedUse: null,
    quantiser: null,
    training: null,
    levels: [1, 2],
    defaultLevel: 1,
    deployable: { ok: true },
    can: [],
    cannot: [],
    verification: { state: "never", sentence: "Not verified yet." },
    aliases: [],
    ...change,
  };
}

function registry(rows: readonly RegistryRow[], aliases: RegistryView["aliases"] = []): RegistryView {
  return { rows: [...rows], aliases, aliasHistory: [], aliasTrouble: null, importDir: "", importHint: "" };
}

describe("where a version runs", () => {
  it("is said in ranges where ids count on", () => {
    expect(idsInWords(["node_0", "node_1", "node_2", "node_3"])).toBe("node_0 to node_3");
    expect(idsInWords(["node_0", "node_1", "node_3"])).toBe("node_0, node_1, node_3");
    expect(idsInWords(["arm", "node_9", "node_10", "node_11"])).toBe("arm, node_9 to node_11");
    expect(idsInWords([])).toBe("");
  });

  it("names every id or the two ends of its range", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 })), (numbers) => {
        const ids = numbers.sort((a, b) => a - b).map((number) => `n_${number}`);
        const said = idsInWords(ids).split(", ").filter((part) => part !== "");
        const named = said.flatMap((part) => {
          const [first = "", last = first] = part.split(" to ");
          const [from, to] = [first, last].map((id) => Number(id.slice(2)));
          return Array.from({ length: (to ?? 0) - (from ?? 0) + 1 }, (_, i) => `n_${(from ?? 0) + i}`);
        });
        expect(named).toEqual(ids);
      }),
    );
  });

  it("goes by the nodes' own reports, in the order of ids", () => {
    const nodes = ["node_10", "node_2", "node_3"].map((nodeId) => nodeFixture({ nodeId, modelVersion: nodeId === "node_3" ? null : "1.1.0" }));
    expect(nodesRunning("1.1.0", nodes)).toEqual(["node_2", "node_10"]);
  });

  it("lists runs, those that go on first, then those that ended last", () => {
    const span = (fromMs: number, toMs: number | null) => ({ version: "1.1.0", fromMs, toMs, samples: 3, good: false, drill: false });
    const nodes = [
      nodeFixture({ nodeId: "node_1", history: [span(NOW_MS - 900, NOW_MS - 500), span(NOW_MS - 400, null)] }),
      nodeFixture({ nodeId: "node_0", history: [span(NOW_MS - 100, null), { ...span(0, 1), version: "1.0.0" }] }),
      nodeFixture({ nodeId: "node_2", history: [span(NOW_MS - 900, NOW_MS - 200)] }),
    ];
    expect(runsOf("1.1.0", nodes).map(({ nodeId, toMs }) => `${nodeId} ${toMs === null ? "on" : "ended"}`)).toEqual([
      "node_0 on",
      "node_1 on",
      "node_2 ended",
      "node_1 ended",
    ]);
  });
});

describe("the two versions to begin with", () => {
  const rows = [row("1.0.0"), row("1.1.0"), row("1.2.0", { drill: true })];

  it("are what most nodes run and the newest other one that is no drill", () => {
    expect(firstChoice(registry(rows), ["1.0.0", "1.0.0", "1.1.0"])).toEqual({ a: "1.0.0", b: "1.1.0" });
    expect(firstChoice(registry(rows), ["1.1.0"])).toEqual({ a: "1.1.0", b: "1.0.0" });
  });

  it("are champion and candidate where they are set", () => {
    const alias = (name: string, version: string) => ({ alias: name, version, sinceMs: 0, by: "op" });
    expect(firstChoice(registry(rows, [alias("champion", "1.1.0"), alias("candidate", "1.2.0")]), ["1.0.0"])).toEqual({ a: "1.1.0", b: "1.2.0" });
  });

  it("are none where there is one version", () => {
    expect(firstChoice(registry([row("1.0.0")]), [])).toBeNull();
    expect(firstChoice(registry([row("1.0.0"), row("x", { kind: "checkpoint" })]), [])).toBeNull();
  });
});

describe("the word for a verification", () => {
  it("gives the check mark only to what was proven here", () => {
    expect(verificationWord(row("1.0.0")).word).toBe("Hashes match");
    const verified = { state: "verified", atMs: 0, durationMs: 1, sentence: "All of it.", checks: [], benchmark: [], peakBytes: null } as const;
    expect(verificationWord(row("1.0.0", { verification: { ...verified, checks: [], benchmark: [] } }))).toMatchObject({ word: "Verified", glyph: "verified" });
    const spoilt = { ok: false, code: "HASH_MISMATCH", sentence: "It is not the file." } as const;
    expect(verificationWord(row("1.0.0", { verification: { ...verified, checks: [], benchmark: [] }, deployable: spoilt }))).toMatchObject({
      word: "Refused",
      code: "HASH_MISMATCH",
      hue: "high",
    });
    expect(verificationWord(row("x", { kind: "checkpoint", deployable: spoilt })).word).toBe("Not deployable");
  });
});

describe("the magnified part of a picture", () => {
  it("stays inside of the picture, whatever is done to it", () => {
    const keys = fc.constantFrom("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "+", "-", "0");
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 60 }), (pressed) => {
        const crop = pressed.reduce((before, key) => cropByKey(key, before, SIZE) ?? before, FIRST_CROP);
        const { x, y, width, height } = regionOf(crop, SIZE);
        expect(x).toBeGreaterThanOrEqual(-1e-9);
        expect(y).toBeGreaterThanOrEqual(-1e-9);
        expect(x + width).toBeLessThanOrEqual(SIZE.width + 1e-9);
        expect(y + height).toBeLessThanOrEqual(SIZE.height + 1e-9);
      }),
    );
  });

  it("goes there and back again, and stops at an edge", () => {
    const moved = moveCrop(moveCrop(FIRST_CROP, 0.5, 0.5, SIZE), -0.5, -0.5, SIZE);
    expect(moved.x).toBeCloseTo(FIRST_CROP.x, 9);
    expect(moved.y).toBeCloseTo(FIRST_CROP.y, 9);
    expect(regionOf(cropAt(FIRST_CROP, 5, 0.5, SIZE), SIZE).x).toBeCloseTo(SIZE.width - SIZE.width / FIRST_CROP.zoom, 9);
    expect(cropByKey("x", FIRST_CROP, SIZE)).toBeNull();
  });

  it("is 2 to 16 times magnified", () => {
    expect(zoomCrop(FIRST_CROP, 100, SIZE).zoom).toBe(16);
    expect(zoomCrop(FIRST_CROP, 0.01, SIZE).zoom).toBe(2);
  });
});

describe("pixels", () => {
  it("are opaque on the canvas", () => {
    expect([...opaque(Uint8Array.of(1, 2, 3, 4, 5, 6))]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
  });

  it("differ by four times their difference around grey, held at black and white", () => {
    expect([...differenceOf(Uint8Array.of(10, 10, 10), Uint8Array.of(10, 15, 0))]).toEqual([128, 148, 88, 255]);
    expect([...differenceOf(Uint8Array.of(0, 255, 0), Uint8Array.of(255, 0, 0))]).toEqual([255, 0, 128, 255]);
  });
});

describe("axes and labels", () => {
  it("hold all values", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        expect(qualityScale(values).min).toBeLessThanOrEqual(Math.min(...values));
        expect(scaleFromZero(values).max).toBeGreaterThanOrEqual(Math.max(...values));
      }),
    );
    expect(qualityScale([0.945, 0.99])).toEqual({ min: 0.94, max: 1 });
  });

  it("keep their distance, in their order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 4 }), (wanted) => {
        const labels = wanted.map((y, index) => ({ key: String(index), y }));
        const placed = [...spreadLabels(labels, 15, 200).values()].sort((a, b) => a - b);
        for (let i = 1; i < placed.length; i++) expect((placed[i] ?? 0) - (placed[i - 1] ?? 0)).toBeGreaterThanOrEqual(15 - 1e-9);
        expect(Math.max(...placed)).toBeLessThanOrEqual(200);
      }),
    );
  });
});
