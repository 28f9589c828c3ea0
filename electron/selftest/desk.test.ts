import { describe, expect, test } from "vitest";
import type { SelftestProgress } from "../../shared/contract/selftest";
import { fakeSpawn } from "../supervision/fake-spawn";
import { openSelftestDesk } from "./desk";

function opened() {
  const { spawn, children, failNext } = fakeSpawn();
  const told: SelftestProgress[] = [];
  const desk = openSelftestDesk({ spawn, entry: "selftest-host.cjs", tell: (progress) => told.push(progress) });
  return { desk, children, told, failNext };
}

const row = (name: string, got = 3.75) => ({ group: "CUSUM", name, expected: 3.75, got, tolerance: 0.005, passed: got === 3.75, source: "a table" });
const message = (body: unknown) => ({ kind: "message", body });

describe("the self-test of the window", () => {
  test("gathers every value, what is no number too, and ends its process", async () => {
    const { desk, children, told } = opened();
    const answer = desk.run();
    const [child] = children;
    child?.becomeReady();
    expect(child?.received).toEqual([message("begin")]);
    for (let index = 0; index < 20; index += 1) child?.say(message({ kind: "row", total: 20, row: row(`value ${index}`, index === 7 ? Number.NaN : 3.75) }));
    child?.say(message({ kind: "done", tookMs: 9_000 }));
    const report = await answer;
    expect(report.ok && report.value.rows.map(({ passed }) => passed).filter((passed) => !passed)).toEqual([false]);
    expect(report.ok && report.value.tookMs).toBe(9_000);
    expect(told).toEqual([{ done: 10, total: 20 }, { done: 20, total: 20 }]);
    expect(child?.wasKilled()).toBe(true);
  });

  test("runs once for all who ask at the same time, and again afterwards", async () => {
    const { desk, children } = opened();
    const [first, second] = [desk.run(), desk.run()];
    expect(children).toHaveLength(1);
    children[0]?.say(message({ kind: "done", tookMs: 1 }));
    expect(await first).toBe(await second);
    void desk.run();
    expect(children).toHaveLength(2);
  });

  test("says how its process ended", async () => {
    const { desk, children } = opened();
    const answer = desk.run();
    children[0]?.write("out of memory\n");
    children[0]?.exit({ code: 134 });
    const failed = await answer;
    expect(failed).toMatchObject({ ok: false, error: { code: "SELFTEST_FAILED" } });
    expect(failed.ok ? "" : failed.error.message).toContain("code 134");
  });

  test("refuses what it cannot read, and a process that cannot be started", async () => {
    const { desk, children, failNext } = opened();
    const answer = desk.run();
    children[0]?.say(message({ kind: "row", total: 0 }));
    expect(await answer).toMatchObject({ ok: false, error: { code: "SELFTEST_FAILED" } });
    failNext("no such file");
    expect(await desk.run()).toMatchObject({ ok: false, error: { code: "SELFTEST_FAILED" } });
  });
});
