import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random";
import { run as bench } from "./bench-judge";
import { run as replay } from "./replay";

async function capture(command: typeof replay, args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await command(args, { stdout: (text) => (out += text), stderr: (text) => (err += text) });
  return { code, out, err };
}

type Line = Readonly<Record<string, unknown>>;

function linesOf(out: string): readonly Line[] {
  return out.trimEnd().split("\n").map((line) => JSON.parse(line) as Line);
}

/** Three nodes at 2 Hz; node_1 gets version 1.2.0 after 200 s, which is bad. */
function drill(): readonly string[] {
  const random = seededRandom(9);
  const lines: string[] = [];
  for (let tick = 0; tick < 500; tick += 1) {
    const tMs = tick * 500;
    if (tick === 400) lines.push(JSON.stringify({ tMs, nodeId: "node_1", deploy: "1.2.0" }));
    for (const nodeId of ["node_0", "node_1", "node_2"]) {
      const isBad = nodeId === "node_1" && tick >= 400;
      const metrics = { compressionRatio: 8 + 0.4 * random.normal(), latencyMs: 20 + 1.5 * random.normal(), qualityScore: (isBad ? 0.65 : 0.9) + 0.02 * random.normal() };
      lines.push(JSON.stringify({ tMs, nodeId, modelVersion: isBad ? "1.2.0" : "1.1.0", ...metrics }));
    }
  }
  return lines;
}

describe("./lydlr replay", () => {
  let folder = "";
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "replay-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("prints decisions with their numbers as JSON Lines, and the same bytes twice", async () => {
    const path = await file("drill.jsonl", `${drill().join("\n")}\n`);
    const once = await capture(replay, [path, "--json"]);
    expect([once.code, once.err]).toEqual([0, ""]);
    expect(await capture(replay, [path, "--json"])).toEqual(once);
    const lines = linesOf(once.out);
    expect(lines.at(-1)).toEqual({ type: "summary", durationMs: 249_500, samples: 1500, malformed: 0, decisions: lines.length - 1 });
    const request = lines.find((line) => line["event"] === "rollback-requested");
    expect(request).toMatchObject({ type: "event", nodeId: "node_1", detail: { target: "1.1.0", version: "1.2.0", metric: "qualityScore", limit: 0.7 } });
    expect(lines.filter((line) => line["event"] === "verdict").every((line) => typeof (line["detail"] as Line)["sentence"] === "string")).toBe(true);
    const text = await capture(replay, [path]);
    expect(text.out).toContain("Rolling back to 1.1.0.");
  });

  it("counts and names what is no sample, and judges the rest", async () => {
    const bad = ["", "not json", "[]", '{"tMs":1}', '{"tMs":1,"nodeId":"fleet","qualityScore":1}', '{"tMs":1,"nodeId":"n","qualityScore":"good"}', '{"tMs":1,"nodeId":"n"}', '{"tMs":1,"nodeId":"n","deploy":5}', '{"tMs":1e99,"nodeId":"n","qualityScore":1}'];
    const good = '{"tMs":5,"nodeId":"n","modelVersion":"1","compressionRatio":8,"latencyMs":NaN,"qualityScore":-Infinity}\r';
    const { code, out, err } = await capture(replay, [await file("bad.jsonl", [...bad, good].join("\n")), "--json"]);
    expect(code).toBe(0);
    expect(linesOf(out).at(-1)).toMatchObject({ samples: 1, malformed: 8 });
    expect(err.split("\n")).toHaveLength(9);
    expect(err).toContain("NOT_A_SAMPLE: line 2: it is no JSON object.");
  });

  it("lets a clock that steps back change no decision", async () => {
    const lines = drill().map((line, index) => (index === 900 ? line.replace(/"tMs":\d+/, '"tMs":3') : line));
    const { code, out, err } = await capture(replay, [await file("back.jsonl", lines.join("\n")), "--json"]);
    expect(code).toBe(0);
    expect(err).toContain("1 lines are older");
    expect(linesOf(out).filter((line) => line["event"] === "rollback-requested")).toHaveLength(1);
    expect(linesOf(out).filter((line) => line["event"] === "node-stale")).toEqual([]);
  });

  it("takes a policy, and refuses one that is not one", async () => {
    const path = await file("policy-drill.jsonl", drill().join("\n"));
    const loose = await file("loose.json", '{"limits":{"minQualityScore":0.5},"roles":{"qualityScore":"signal"}}');
    const judged = await capture(replay, [path, "--policy", loose, "--json"]);
    expect(linesOf(judged.out).some((line) => line["event"] === "rollback-requested")).toBe(false);
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[], 2, "BAD_USAGE"],
      [[path, path], 2, "BAD_USAGE"],
      [[path, "--wrong"], 2, "BAD_USAGE"],
      [[join(folder, "none")], 1, "FILE_READ_FAILED"],
      [[folder], 1, "FILE_READ_FAILED"],
      [[path, "--policy", join(folder, "none")], 1, "FILE_READ_FAILED"],
      [[path, "--policy", path], 1, "BAD_POLICY"],
      [[path, "--policy", await file("wrong.json", '{"limit":1}')], 1, "BAD_POLICY"],
      [[await file("empty.jsonl", "")], 1, "NOT_A_SAMPLE"],
    ];
    for (const [args, code, start] of cases) {
      const result = await capture(replay, args);
      expect([args, result.code, result.err.split(":")[0]]).toEqual([args, code, start]);
    }
  });
});

describe("./lydlr bench judge", () => {
  it("ends with a summary for each shift, and says when the budget was scaled", async () => {
    const { code, out, err } = await capture(bench, ["--json", "--hours", "2", "--nodes", "3", "--runs", "2", "--shift", "3", "--shift", "4", "--rho", "0.3", "--distribution", "beta"]);
    expect(code).toBe(0);
    expect(err).toContain("times as large");
    const summaries = linesOf(out).slice(-2);
    for (const [index, summary] of summaries.entries()) {
      expect(summary).toMatchObject({ type: "summary", healthyNodeDays: 0.25, shiftSd: 3 + index, missed: 0, method: "scaled" });
      for (const field of ["falseRollbacks", "upper95PerNodeDay", "budgetPerNodeDay", "medianDelaySamples", "p95DelaySamples"]) expect(typeof summary[field]).toBe("number");
    }
  }, 60_000);

  it("refuses what it cannot simulate", async () => {
    for (const args of [["--hours", "0"], ["--nodes", "1.5"], ["--rho", "1"], ["--distribution", "cauchy"], ["--shift", "x"], ["--runs", ""], ["--seed", "a"], ["more"], ["--wrong"]]) {
      expect([args, (await capture(bench, args)).code]).toEqual([args, 2]);
    }
    expect((await capture(bench, ["--help"])).out).toContain("usage:");
  });
});
