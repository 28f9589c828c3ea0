import { describe, expect, it } from "vitest";
import { reportOrder } from "./report-order";

const NOW_MS = Date.UTC(2026, 2, 1, 15);
const NONE = { from: undefined, to: undefined, nodes: undefined, versions: undefined };

describe("ctl report", () => {
  it("is of the last hour and of everything, unless told otherwise", () => {
    expect(reportOrder("/x/a.html", NONE, NOW_MS)).toEqual({ ok: true, value: { path: "/x/a.html", fromMs: NOW_MS - 3_600_000, toMs: NOW_MS, nodeIds: [], versions: [] } });
  });

  it("takes times as Unix ms, ISO 8601, and how long ago; lists with commas", () => {
    const options = { from: "2026-03-01T14:05:00Z", to: String(NOW_MS - 1.5), nodes: "node_0, node_1", versions: "1.0.0" };
    expect(reportOrder("/x/a.csv", options, NOW_MS)).toMatchObject({ ok: true, value: { fromMs: Date.UTC(2026, 2, 1, 14, 5), toMs: NOW_MS - 1.5, nodeIds: ["node_0", "node_1"], versions: ["1.0.0"] } });
    expect(reportOrder("/x/a.csv", { ...NONE, from: "1.5h", to: "15m" }, NOW_MS)).toMatchObject({ ok: true, value: { fromMs: NOW_MS - 5_400_000, toMs: NOW_MS - 900_000 } });
  });

  it("refuses what is no time, no period, or no known ending", () => {
    const wrong = [{ from: "yesterday" }, { to: "5 fortnights" }, { from: "1m", to: "1h" }, { from: "2026-13-01" }];
    for (const options of wrong) expect(reportOrder("/x/a.csv", { ...NONE, ...options }, NOW_MS)).toMatchObject({ ok: false, error: { code: "BAD_USAGE" } });
    expect(reportOrder("/x/a.xlsx", NONE, NOW_MS)).toMatchObject({ ok: false, error: { code: "BAD_USAGE" } });
  });
});
