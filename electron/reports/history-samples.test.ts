import { describe, expect, it } from "vitest";
import { emptyColumns } from "../../shared/history/block";
import { sampleAt } from "../../shared/report/samples";
import { fail, ok } from "../../shared/result";
import type { SampleBatchRead } from "../history/port";
import { historyOr, historySamples, type KeptHistory } from "./history-samples";
import type { SampleSource } from "./source";

const SCOPE = { fromMs: 0, toMs: 10, nodeIds: [], versions: [] };
const RECENT: SampleSource = { settlesMs: 0, store: () => Promise.resolve("memory"), nodes: () => Promise.resolve(ok(["node_9"])), open: () => Promise.resolve(fail("NOT_AVAILABLE", "not asked for")) };

function batch(): SampleBatchRead {
  const samples = emptyColumns(3);
  samples.origin.set([7, 4, 7]);
  samples.columns.atMs.set([1, 2, 3]);
  for (const name of ["compressionRatio", "latencyMs", "qualityScore", "bandwidthKbps"] as const) samples.columns[name].set([1, NaN, 3]);
  const origin = { dialect: "lydt", vertical: null } as const;
  return { nodeIds: ["node_0", "node_1"], origins: new Map([[4, { ...origin, version: null }], [7, { ...origin, version: "1.0.0" }]]), node: Uint32Array.of(0, 1, 1), samples, afterClockWentBack: false, progress: 0.5 };
}

function history(state: "written" | "unavailable", answers: readonly (ReturnType<typeof ok<SampleBatchRead>> | ReturnType<typeof fail<"HISTORY_DAMAGED">>)[]): KeptHistory {
  return {
    async *samples() {
      for (const answer of answers) yield await Promise.resolve(answer);
      return { samples: 3, unreadable: 0 };
    },
    async *rollUps() {
      yield await Promise.resolve(fail("CANCELLED", "not asked for"));
      return { samples: 0, unreadable: 0 };
    },
    nodes: () => Promise.resolve(ok(["node_0", "node_1"])),
    status: () =>
      Promise.resolve({ state, sentence: "", code: null, path: "", bytes: 0, samples: 0, oldestMs: null, newestMs: null, lost: 0, unreadable: 0, retention: { rawDays: 7, tensDays: 30, minutesDays: 365, maxBytes: 1e9 } }),
  };
}

describe("the samples of the history", () => {
  it("come to a report with their node, their version and what was not reported", async () => {
    const view = await historySamples(history("written", [ok(batch())])).open(SCOPE);
    const read = [];
    if (view.ok) for await (const portion of view.value.read(new AbortController().signal)) if (portion.ok) read.push(portion.value);
    expect(read.map(({ progress }) => progress)).toEqual([0.5]);
    const [first] = read;
    expect([0, 1, 2].map((index) => (first === undefined ? null : sampleAt(first.value, index)))).toMatchObject([
      { atMs: 1, nodeId: "node_0", modelVersion: "1.0.0", latencyMs: 1 },
      { atMs: 2, nodeId: "node_1", modelVersion: null, latencyMs: NaN },
      { atMs: 3, nodeId: "node_1", modelVersion: "1.0.0", bandwidthKbps: 3 },
    ]);
  });

  it("end with what the history says", async () => {
    const view = await historySamples(history("written", [fail("HISTORY_DAMAGED", "damaged")])).open(SCOPE);
    const read = [];
    if (view.ok) for await (const portion of view.value.read(new AbortController().signal)) read.push(portion);
    expect(read).toMatchObject([{ ok: false, error: { code: "HISTORY_DAMAGED" } }]);
  });

  it("are those of memory while the history cannot be written or read", async () => {
    expect(await historyOr(history("unavailable", []), RECENT).store()).toBe("memory");
    expect(await historyOr(history("written", []), RECENT).nodes()).toEqual(ok(["node_0", "node_1"]));
  });
});
