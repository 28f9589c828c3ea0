import { describe, expect, it } from "vitest";
import type { VerificationStep } from "../../../shared/contract/models";
import { fakeSpawn, type FakeChild } from "../../supervision/fake-spawn";
import { virtualTimers } from "../../time/virtual-timers";
import type { ProcessMemory } from "./process-memory";
import type { VerifierReport, VerifierTask } from "./protocol";
import { createVerifier } from "./verifier";

const TASK: VerifierTask = { target: { kind: "model", folder: "models", version: "1.0.0" }, work: { kind: "verify", frames: 2 } };
const MIB = 1024 ** 2;

/** Lets promises that are settled already run on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function setUp(isLimited = true) {
  const timers = virtualTimers();
  const fake = fakeSpawn();
  let residentBytes: number | null = 50 * MIB;
  const limited: number[] = [];
  const memory: ProcessMemory = {
    residentBytes: () => Promise.resolve(residentBytes),
    limit: (_pid, moreBytes) => {
      limited.push(moreBytes);
      return Promise.resolve(isLimited);
    },
  };
  const limits = { startMs: 1_000, timeMs: 10_000, memoryBytes: 100 * MIB, pollMs: 50 };
  const verifier = createVerifier({ spawn: fake.spawn, entry: "host.cjs", timers, memory, limits });
  const child = (index = 0): FakeChild => {
    const found = fake.children[index];
    if (found === undefined) throw new Error("not started");
    return found;
  };
  const say = (report: VerifierReport, index = 0): void => {
    child(index).say({ kind: "message", body: report });
  };
  const start = async (index = 0): Promise<void> => {
    await settle();
    child(index).becomeReady();
    await settle();
  };
  return { timers, fake, verifier, child, say, start, limited, hold: (bytes: number | null) => (residentBytes = bytes) };
}

describe("the verifier", () => {
  it("bounds the process before it is told what to open, and gives back what it found", async () => {
    const { timers, verifier, child, say, start, limited } = setUp();
    const steps: VerificationStep[] = [];
    const running = verifier.run(TASK, { onStep: (step) => steps.push(step) });
    await start();
    expect(limited).toEqual([100 * MIB]);
    expect(child().received).toEqual([{ kind: "message", body: TASK }]);
    timers.advance(2_000);
    say({ kind: "step", step: "hashes" });
    say({ kind: "check", check: { step: "hashes", passed: true, sentence: "They match." } });
    say({ kind: "done", sentence: "All is well." });
    expect(await running).toEqual({
      end: { ok: true, value: "All is well." },
      checks: [{ step: "hashes", passed: true, sentence: "They match." }],
      benchmark: [],
      durationMs: 2_000,
      peakBytes: 50 * MIB,
    });
    expect(steps).toEqual(["hashes"]);
    expect(child().wasKilled()).toBe(true);
    expect(timers.pendingCount()).toBe(0);
  });

  it("ends a process that does not end, and says what it was doing", async () => {
    const { timers, verifier, child, say, start } = setUp();
    const running = verifier.run(TASK);
    await start();
    say({ kind: "step", step: "contract" });
    for (let ms = 0; ms < 10_000; ms += 50) {
      timers.advance(50);
      await settle();
    }
    const { end, checks } = await running;
    expect(end).toMatchObject({ ok: false, error: { code: "TIME_LIMIT", message: expect.stringMatching(/within 10 s while it was opened/) as string } });
    expect(checks).toMatchObject([{ step: "contract", passed: false }]);
    expect(child().wasKilled()).toBe(true);
    expect(timers.pendingCount()).toBe(0);
  });

  it("ends a process that holds too much memory within two looks", async () => {
    const { timers, verifier, child, start, hold } = setUp(false);
    const running = verifier.run(TASK);
    await start();
    hold(101 * MIB);
    timers.advance(50);
    await settle();
    expect(await running).toMatchObject({ end: { ok: false, error: { code: "MEMORY_LIMIT" } }, peakBytes: 101 * MIB });
    expect(child().wasKilled()).toBe(true);
  });

  it("takes an allocation that failed for the limit where there is one, and for the model's own fault where not", async () => {
    for (const [isLimited, code] of [[true, "MEMORY_LIMIT"], [false, "MODEL_LOAD_FAILED"]] as const) {
      const { verifier, say, start } = setUp(isLimited);
      const running = verifier.run(TASK);
      await start();
      const message = "The model failed while it ran: std::bad_alloc";
      say({ kind: "step", step: "contract" });
      say({ kind: "check", check: { step: "contract", passed: false, sentence: message } });
      say({ kind: "refused", code: "MODEL_LOAD_FAILED", message });
      const { end, checks } = await running;
      expect(end).toMatchObject({ ok: false, error: { code } });
      expect(checks).toEqual([{ step: "contract", passed: false, sentence: end.ok ? "" : end.error.message }]);
    }
  });

  it("says how a process ended that crashed, and tells the limit on computing apart", async () => {
    const crash = setUp();
    const crashing = crash.verifier.run(TASK);
    await crash.start();
    crash.say({ kind: "step", step: "golden" });
    crash.child().write("Segmentation fault\n");
    crash.child().exit({ signal: "SIGSEGV" });
    expect((await crashing).end).toMatchObject({
      ok: false,
      error: { code: "MODEL_CRASHED", message: 'The process that verified it was ended by SIGSEGV while its golden frames were decoded ("Segmentation fault").' },
    });
    const spin = setUp();
    const spinning = spin.verifier.run(TASK);
    await spin.start();
    spin.child().exit({ signal: "SIGXCPU" });
    expect((await spinning).end).toMatchObject({ ok: false, error: { code: "TIME_LIMIT" } });
  });

  it("takes a trap for denied memory, and says that it concludes so", async () => {
    for (const exit of [{ signal: "SIGTRAP" }, { code: 5 }]) {
      const { verifier, child, say, start } = setUp();
      const running = verifier.run(TASK);
      await start();
      say({ kind: "step", step: "contract" });
      child().exit(exit);
      const message = "Its process trapped while it was opened and held against its contract, which is how Electron ends one that is denied memory; verification allows 100 MiB.";
      expect((await running).end).toEqual({ ok: false, error: { code: "MEMORY_LIMIT", message } });
    }
  });

  it("says so when no process starts", async () => {
    const { timers, fake, verifier } = setUp();
    fake.failNext("no more processes");
    expect((await verifier.run(TASK)).end).toMatchObject({ ok: false, error: { code: "VERIFIER_DOWN" } });
    const slow = verifier.run(TASK);
    await settle();
    timers.advance(1_000);
    expect((await slow).end).toMatchObject({ ok: false, error: { code: "VERIFIER_DOWN", message: expect.stringContaining("within 1 s") as string } });
    expect(timers.pendingCount()).toBe(0);
  });

  it("verifies one after another, each in a process of its own, and pays no heed to nonsense or late words", async () => {
    const { fake, verifier, child, say, start } = setUp();
    const first = verifier.run(TASK);
    const second = verifier.run(TASK);
    await start();
    expect(fake.children).toHaveLength(1);
    for (const nonsense of [null, "done", { kind: "done" }, { kind: "refused", code: "NO_SUCH_CODE", message: "x" }]) child().say({ kind: "message", body: nonsense });
    say({ kind: "done", sentence: "First." });
    say({ kind: "refused", code: "HASH_MISMATCH", message: "Too late." });
    expect((await first).end).toEqual({ ok: true, value: "First." });
    await start(1);
    say({ kind: "done", sentence: "Second." }, 1);
    expect((await second).end).toEqual({ ok: true, value: "Second." });
  });

  it("ends what it does when it is stopped", async () => {
    const { timers, verifier, child, start } = setUp();
    const running = verifier.run(TASK);
    await start();
    verifier.stop();
    expect((await running).end).toMatchObject({ ok: false, error: { code: "VERIFIER_DOWN" } });
    expect(child().wasKilled()).toBe(true);
    expect(timers.pendingCount()).toBe(0);
  });
});
