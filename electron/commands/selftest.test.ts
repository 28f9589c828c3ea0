import { expect, it } from "vitest";
import { printed } from "../../shared/judge/selftest/case";
import { run, selftest } from "./selftest";

const right = printed("a value", "1.5", "a paper", () => 1.5);
const wrong = printed("another", "2.5", "a paper", () => 2.6);

async function capture(args: readonly string[], cases = [right, wrong]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await selftest(args, { stdout: (text) => (out += text), stderr: (text) => (err += text) }, cases);
  return { code, out, err };
}

it("prints expected, got, tolerance and verdict of each case, and exits 1 when one is off", async () => {
  const { code, out } = await capture([]);
  expect(code).toBe(1);
  expect(out.split("\n")).toEqual([
    "pass  a value: expected 1.5, got 1.5, tolerance 0.05  [a paper]",
    "FAIL  another: expected 2.5, got 2.6, tolerance 0.05  [a paper]",
    "1 passed, 1 failed",
    "",
  ]);
  expect((await capture([], [right])).code).toBe(0);
});

it("prints JSON Lines with --json", async () => {
  const { out } = await capture(["--json"]);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(lines[1]).toMatchObject({ type: "case", name: "another", expected: 2.5, got: 2.6, verdict: "fail", source: "a paper" });
  expect(lines[2]).toEqual({ type: "summary", passed: 1, failed: 1 });
});

it("refuses names and unknown options, and explains itself", async () => {
  for (const args of [["more"], ["--wrong"]]) expect((await capture(args)).code).toBe(2);
  let out = "";
  expect(await run(["--help"], { stdout: (text) => (out += text), stderr: () => undefined })).toBe(0);
  expect(out).toContain("usage:");
});
