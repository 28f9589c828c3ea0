import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { METRICS } from "../fleet/sample";
import { eventLine, HOST_HEADER, hostLines, sampleLines, SAMPLES_HEADER, summaryCsv } from "./csv";
import { formatOfFile } from "./formats";
import { reportPage } from "./page/page";
import { Percentile } from "./percentile";
import { HOST_QUANTITIES } from "./host";
import { recompute, recomputeHost } from "./recompute-fixture";
import { batches, contentOf, eventAt, hostBatches, START_MS, threeNodes, WHOLE } from "./report-fixture";
import type { ReportSample } from "./samples";
import type { ReportScope } from "./scope";

function csvOf(samples: readonly ReportSample[], scope: ReportScope): string {
  return SAMPLES_HEADER + batches(samples).map((batch) => sampleLines(batch, scope)).join("");
}

function expectRecomputed(samples: readonly ReportSample[], scope: ReportScope): void {
  const { figures } = contentOf(scope, samples, []);
  const again = recompute(csvOf(samples, scope));
  expect(again.reduce((sum, group) => sum + group.samples, 0)).toBe(figures.samples);
  expect(figures.groups).toHaveLength(again.length);
  for (const group of figures.groups) {
    const other = again.find(({ nodeId, version }) => nodeId === group.nodeId && version === (group.version ?? ""));
    expect(other, `${group.nodeId} ${group.version ?? ""}`).toMatchObject({ samples: group.samples, firstMs: group.firstMs, lastMs: group.lastMs, gaps: group.gaps.count, gapsLongestMs: group.gaps.longestMs });
    expect(other?.gapsTotalMs).toBeCloseTo(group.gaps.totalMs, 6);
    METRICS.forEach((metric, index) => {
      const { mean, ...rest } = group.metrics[metric];
      expect(other?.metrics[index], metric).toMatchObject(rest);
      if (mean === null) expect(other?.metrics[index]?.mean).toBeNull();
      else expect(other?.metrics[index]?.mean).toBeCloseTo(mean, 9);
    });
  }
}

describe("the figures of a report", () => {
  const samples = threeNodes();

  it("can each be recomputed from the exported samples, by code that shares nothing with the report", () => {
    expectRecomputed(samples, WHOLE);
    expectRecomputed(samples, { ...WHOLE, fromMs: START_MS + 130_000, toMs: START_MS + 310_000, nodeIds: ["node_1", "node_10"] });
  });

  it("can be recomputed whatever the samples are", () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN), fc.constantFrom(0, -0, 1, 1e-300));
    const sample = fc.record({
      atMs: fc.integer({ min: 0, max: 600_000 }).map((ms) => START_MS + ms),
      nodeId: fc.constantFrom("node_0", "node_1"),
      modelVersion: fc.constantFrom("1.0.0", "1.1.0", null),
      compressionRatio: value,
      latencyMs: value,
      qualityScore: value,
      bandwidthKbps: value,
    });
    fc.assert(fc.property(fc.array(sample, { maxLength: 120 }), (some) => expectRecomputed(some.toSorted((left, right) => left.atMs - right.atMs), WHOLE)), { numRuns: 60 });
  });

  it("count a silence for the version before it, and tell what is a gap by how often the node usually reports", () => {
    const { figures } = contentOf(WHOLE, samples, []);
    const gapsOf = (nodeId: string, version: string | null): unknown => figures.groups.find((group) => group.nodeId === nodeId && group.version === version)?.gaps;
    expect(gapsOf("node_1", "1.0.0")).toMatchObject({ count: 1 });
    expect(gapsOf("node_1", "1.1.0")).toMatchObject({ count: 0 });
    expect(figures.nodes.find(({ nodeId }) => nodeId === "node_0")).toMatchObject({ gapAfterMs: 1_100 });
    expect(figures.nodes.map(({ nodeId }) => nodeId)).toEqual(["node_0", "node_1", "node_10"]);
  });

  it("leave out what was not reported instead of counting it as 0", () => {
    const { figures } = contentOf(WHOLE, samples, []);
    const quality = figures.groups.find(({ nodeId }) => nodeId === "node_10")?.metrics.qualityScore;
    expect(quality?.n).toBe(1_001);
    expect(quality?.min).toBeGreaterThan(0.6);
  });

  it("take only the versions that were asked for, and do not take the time of another for a gap", () => {
    const { figures } = contentOf({ ...WHOLE, versions: ["1.1.0"] }, samples, []);
    expect(figures.groups.map(({ nodeId, version, gaps }) => [nodeId, version, gaps.count])).toEqual([["node_1", "1.1.0", 0]]);
  });

  it("have the exact nearest-rank percentile without keeping the values", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 }), fc.constantFrom(0.05, 0.5, 0.95, 1), (values, share) => {
        const percentile = new Percentile(share);
        for (const value of values) percentile.survey(value);
        percentile.settle();
        for (const value of values) percentile.collect(value);
        const sorted = values.toSorted((left, right) => left - right);
        expect((percentile.value() ?? NaN) === sorted[Math.ceil(share * values.length) - 1]).toBe(true);
      }),
    );
  });
});

describe("the figures of this machine", () => {
  it("can each be recomputed from the exported rows, by code that shares nothing with the report", () => {
    const rows = hostBatches(431);
    const { host } = contentOf(WHOLE, [], [], rows);
    const again = recomputeHost(HOST_HEADER + rows.map(hostLines).join(""));
    expect(host).toMatchObject({ samples: 431, firstMs: START_MS, lastMs: START_MS + 430_000 });
    expect(host.figures.filter(({ n }) => n > 0).map(({ column, n }) => [column, n])).toEqual([["cpuPercent", 431], ["memoryPercent", 431], ["diskPercent", 44], ["diskWrittenBytesPerS", 431]]);
    for (const { column, name: _name, unit: _unit, mean, ...rest } of host.figures) {
      const field = HOST_QUANTITIES.find((each) => each.column === column)?.field ?? "";
      expect(again.get(field), field).toMatchObject(rest);
      if (mean === null) expect(again.get(field)?.mean).toBeNull();
      else expect(again.get(field)?.mean).toBeCloseTo(mean, 6);
    }
  });

  it("are none where none was recorded, and the page says so; what was recorded of part of the period says which", () => {
    const none = reportPage(contentOf(WHOLE, [], []));
    expect(none).toContain("Nothing of this machine was recorded in this period.");
    const page = reportPage(contentOf(WHOLE, [], [], hostBatches(120)));
    expect(page).toMatch(/120 seconds recorded, 14:00:00 to 14:01:59 UTC/);
    expect(page).toMatch(/GPU<\/th><td class="number">0<\/td><td class="muted" colspan="4">none was recorded/);
    expect(page).toMatch(/Disk, written, kB\/s/);
  });
});

describe("what a report tells of the events", () => {
  const failing = { outcome: "fail", version: "1.2.0" };
  const events = [
    eventAt(1, 5, "deploy-requested", "node_3", { commandId: "c-0001", requestId: "ctl-4711", version: "1.2.0", fromVersion: "1.0.0" }, { actor: "operator" }),
    eventAt(2, 6, "deploy-acknowledged", "node_3", { commandId: "c-0001", version: "1.2.0", fromVersion: "1.0.0" }, { actor: "node" }),
    eventAt(3, 20, "verdict", "node_3", failing),
    eventAt(4, 21, "deploy-failed", "node_3", { commandId: "c-0001", version: "1.2.0", fromVersion: "1.0.0" }),
    eventAt(5, 21, "rollback-requested", "node_3", { commandId: "c-0002", version: "1.0.0", fromVersion: "1.2.0" }, { actor: "policy" }),
    eventAt(6, 22, "version-quarantined", "node_3", { version: "1.2.0" }, { actor: "policy" }),
    eventAt(7, 26, "verdict", "node_3", { outcome: "inconclusive", version: "1.0.0" }),
    eventAt(8, 40, "rollback-verified", "node_3", { commandId: "c-0002", version: "1.0.0", fromVersion: "1.2.0" }),
    eventAt(9, 50, "node-lost", "node_4", { before: "stale" }),
    eventAt(10, 60, "rollout-started", null, { rolloutId: "r-0001", version: "1.1.0" }, { actor: "operator" }),
    eventAt(11, 61, "rollout-completed", null, { rolloutId: "r-0001", version: "1.1.0" }),
    eventAt(12, 62, "ab-test-started", null, { testId: "ab-0001" }, { actor: "operator" }),
    eventAt(13, 63, "alert-raised", "node_3", { alertId: "a-0001", severity: "high" }),
    eventAt(14, 64, "alert-resolved", "node_3", { alertId: "a-0001" }),
    eventAt(15, 601, "node-live", "node_4"),
  ];
  const { story } = contentOf(WHOLE, [], events);

  it("is who asked for each command and how it ended", () => {
    expect(story.commands.rows.map(({ commandId, actor, phase, fromVersion, version }) => [commandId, actor, phase, fromVersion, version])).toEqual([
      ["c-0001", "operator", "failed", "1.0.0", "1.2.0"],
      ["c-0002", "policy", "verified", "1.2.0", "1.0.0"],
    ]);
  });

  it("is where each command came from, on the page too", () => {
    expect(story.commands.rows.map(({ placedBy }) => placedBy?.kind)).toEqual(["ctl", "policy"]);
    expect(reportPage(contentOf(WHOLE, [], events))).toContain("<td>operator, ./lydlr ctl</td>");
    const [, acknowledged] = events;
    expect(contentOf(WHOLE, [], acknowledged === undefined ? [] : [acknowledged]).story.commands.rows).toMatchObject([{ placedBy: null, actor: null }]);
  });

  it("is how long a node failed, and what is not over at the end of the period", () => {
    const spans = story.incidents.rows.map(({ kind, nodeId, toMs, fromMs, isOpen }) => [kind, nodeId, toMs === null ? null : toMs - fromMs, isOpen]);
    expect(spans).toEqual([
      ["failing", "node_3", 6_000, false],
      ["rolled back", "node_3", null, false],
      ["quarantined", "node_3", null, false],
      ["lost", "node_4", null, true],
    ]);
  });

  it("is how roll-outs, tests and alerts stand", () => {
    expect([story.rollouts, story.tests, story.alerts].map(({ rows }) => rows.map(({ id, last }) => `${id} ${last}`))).toEqual([["r-0001 completed"], ["ab-0001 started"], ["a-0001 resolved"]]);
    expect(story.alerts.rows[0]).toMatchObject({ severity: "high", nodeId: "node_3" });
  });

  it("is of the nodes, versions and time that were asked for", () => {
    const counted = (scope: Partial<ReportScope>): number => contentOf({ ...WHOLE, ...scope }, [], events).story.events;
    expect(counted({})).toBe(14);
    expect(counted({ nodeIds: ["node_4"] })).toBe(4);
    expect(counted({ versions: ["1.1.0"] })).toBe(6);
    expect(counted({ fromMs: START_MS + 59_000 })).toBe(5);
  });
});

describe("a report's page", () => {
  const hostile = `<script>alert(1)</script>"'&\u202e\u0000`;
  const bad = threeNodes().slice(0, 300).map((sample) => ({ ...sample, nodeId: hostile, modelVersion: "</style><img src=x onerror=alert(1)>" }));
  const page = reportPage(contentOf({ ...WHOLE, versions: [], nodeIds: [hostile] }, bad, [eventAt(1, 1, "incident", hostile, { version: hostile }, { sentence: hostile })]));

  it("shows hostile names as text: no script, no element, no address that is fetched", () => {
    const elements = page.match(/<[^>]*>/g) ?? [];
    const names = new Set(elements.map((element) => /^<[/!]?(\w+)/.exec(element)?.[1]));
    for (const name of ["script", "img", "link", "iframe", "object", "base", "a"]) expect(names).not.toContain(name);
    expect(elements.filter((element) => /\s(on\w+|src|href)\s*=/i.test(element.replaceAll(/"[^"]*"/g, '""')))).toEqual([]);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).not.toMatch(/https?:/);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
    expect(page).not.toContain("\u202e");
    expect(page).not.toContain("\u0000");
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("breaks its lines over a gap, and draws nothing where nothing was reported", () => {
    const content = contentOf(WHOLE, threeNodes(), []);
    const lines = [...reportPage(content).matchAll(/aria-label="(\w+) of (\w+) [^]*?<path class="line" d="([^"]+)"/g)].map(([, metric, nodeId, path]) => [metric, nodeId, (path?.match(/M/g) ?? []).length]);
    expect(lines).toContainEqual(["Ratio", "node_0", 1]);
    expect(lines).toContainEqual(["Ratio", "node_1", 2]);
    expect(lines).toContainEqual(["Quality", "node_10", 2]);
    const silent = reportPage(contentOf(WHOLE, threeNodes().map((sample) => (sample.nodeId === "node_1" ? { ...sample, qualityScore: NaN } : sample)), []));
    expect(silent).toContain("Not reported in this period.");
    expect(silent).not.toContain("NaN");
  });

  it("shows the part of the period that has samples where most of it has none, and says so", () => {
    const long = { ...WHOLE, fromMs: START_MS - 3_600_000 };
    expect(reportPage(contentOf(long, threeNodes(), []))).toContain("Most of the period has no sample: the charts show 2026-03-01 14:00:00 to 2026-03-01 14:09:59 UTC.");
    expect(reportPage(contentOf(WHOLE, threeNodes(), []))).not.toContain("Most of the period");
  });

  it("of nothing says so", () => {
    expect(reportPage(contentOf(WHOLE, [], []))).toContain("No sample of these nodes and versions is kept for this period.");
  });
});

describe("exported tables", () => {
  it("quote what needs it and give a spreadsheet no formula", () => {
    const line = eventLine(eventAt(1, 1, "incident", "node_0", {}, { sentence: `=HYPERLINK("x"), two\r\nlines` }));
    expect(line).toContain(`"'=HYPERLINK(""x""), two\r\nlines"`);
    const summary = summaryCsv(contentOf(WHOLE, threeNodes(), []).figures).trimEnd().split("\r\n");
    expect(new Set(summary.map((row) => row.split(",").length)).size).toBe(1);
    expect(summary).toHaveLength(5);
  });
});

it("a file's ending is its format, and another is refused", () => {
  for (const [path, format] of [["a.html", "html"], ["A.PDF", "pdf"], ["x/y.summary.csv", "summary-csv"], ["y.events.csv", "events-csv"], ["y.csv", "csv"], ["y.mcap", "mcap"], ["y.json", "json"]]) {
    expect(formatOfFile(path ?? "")).toEqual({ ok: true, value: format });
  }
  for (const path of ["a", "a.txt", ".pdf", "folder/.csv", "a.html.gz"]) expect(formatOfFile(path)).toMatchObject({ ok: false, error: { code: "BAD_USAGE" } });
});
