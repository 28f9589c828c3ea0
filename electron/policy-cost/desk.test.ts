import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { predictBudget } from "../../shared/judge/predict";
import { openPolicyCostDesk } from "./desk";

describe("what a policy costs", () => {
  let folder = "";
  let entry = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-policy-cost-"));
    entry = join(folder, "worker.cjs");
    await build({ entryPoints: [join(import.meta.dirname, "worker.ts")], outfile: entry, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** A thread that does something else than compute. */
  function threadThat(name: string, code: string): string {
    const path = join(folder, name);
    writeFileSync(path, `require("node:worker_threads").parentPort.on("message", ({ id }) => { ${code} });`);
    return path;
  }

  test("is computed in the thread, by the functions that the judge takes its limits from", { timeout: 60_000 }, async () => {
    const desk = openPolicyCostDesk(entry);
    const answer = await desk.preview({ budget: { days: 10 }, roles: { compressionRatio: "muted" } }, 6);
    const expected = predictBudget({ nodes: 6, metrics: 2, days: 10, rho: 0, drop: 0.3, cv: 0.05 });
    expect(answer).toMatchObject({ ok: true, value: { nodes: 6, metrics: 2, dropDelaySamples: expected.delaySamples, hardRun: expected.hardRun, driftLimit: expected.driftLimit } });
    const curve = await desk.curve({ budget: { days: 10 }, roles: { compressionRatio: "muted" } }, 6);
    const delays = curve.ok ? curve.value.map(({ oneSdMs }) => oneSdMs) : [];
    expect(delays).toHaveLength(6);
    expect(delays, "a smaller budget finds a drift later").toEqual(delays.toSorted((left, right) => left - right));
  });

  test("is asked of one thread only while nothing changes, and again for another policy or fleet", async () => {
    const desk = openPolicyCostDesk(threadThat("refuses.cjs", 'require("node:worker_threads").parentPort.postMessage({ id, value: { driftLimit: Infinity } });'));
    const first = desk.preview({}, 6);
    expect(desk.preview({}, 6)).toBe(first);
    expect(desk.preview({}, 7)).not.toBe(first);
    expect(desk.preview({ budget: { days: 2 } }, 6)).not.toBe(first);
    expect(await first, "what is no number of the contract keeps no budget").toMatchObject({ ok: false, error: { code: "NO_BUDGET" } });
    await Promise.all([desk.preview({}, 7), desk.preview({ budget: { days: 2 } }, 6)]);
  });

  test("fails where the thread ended without a word", async () => {
    const desk = openPolicyCostDesk(threadThat("ends.cjs", "process.exit(3);"));
    expect(await desk.preview({}, 6)).toMatchObject({ ok: false, error: { code: "INTERNAL", message: "What the policy costs could not be computed: its thread ended with 3." } });
  });

  test("is told to who asked, by one thread that stays", async () => {
    const counting = 'globalThis.asked = (globalThis.asked ?? 0) + 1; require("node:worker_threads").parentPort.postMessage({ id, value: COST })';
    const cost = "{ nodes: globalThis.asked, metrics: 3, falseRollbacksPerDay: 0, dropDelaySamples: 4, dropDelayMs: 2000, hardRun: 5, driftLimit: 20 }";
    const desk = openPolicyCostDesk(threadThat("counts.cjs", counting.replace("COST", cost)));
    const answers = await Promise.all([desk.preview({}, 6), desk.preview({}, 7)]);
    answers.push(await desk.preview({}, 8));
    expect(answers.map((answer) => (answer.ok ? answer.value.nodes : answer.error))).toEqual([1, 2, 3]);
  });

  test("is asked again where the thread fell", async () => {
    const desk = openPolicyCostDesk(threadThat("falls.cjs", 'throw new Error("out of memory");'));
    const first = desk.preview({}, 6);
    expect(await first).toMatchObject({ ok: false, error: { code: "INTERNAL" } });
    const second = desk.preview({}, 6);
    expect(second).not.toBe(first);
    expect(await second).toMatchObject({ ok: false, error: { code: "INTERNAL" } });
  });
});
