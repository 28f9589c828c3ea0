import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VerificationStep } from "../../../shared/contract/models";
import { forkedProcess } from "../../supervision/forked-process";
import type { ChildHandle, Spawn } from "../../supervision/process-spawner";
import { systemTimers } from "../../time/system-timers";
import { sha256Of } from "../hashing";
import { buildPrograms } from "./program-fixture";
import { shippedModels, writeBundle, writeVersion } from "./bundle-fixture";
import { NEVER_RETURNS, onnxModel, originalEncoder, ownAnalysis, twentyGib } from "./onnx-fixture";
import { processMemory, type ProcessMemory } from "./process-memory";
import type { VerifierTask } from "./protocol";
import { createVerifier, type VerifierFindings, type VerifierLimits } from "./verifier";

/** Watching alone, as on a platform without a hard limit. */
const WATCHED: ProcessMemory = { ...processMemory, limit: () => Promise.resolve(false) };
const SMALL_MEMORY = 600 * 1024 ** 2;
const SHORT_MS = 2_500;

const programs = buildPrograms({ "verifier-host.cjs": "electron/registry/verification/host.ts" });
const entry = join(programs, "verifier-host.cjs");
afterAll(() => {
  rmSync(programs, { recursive: true });
});

describe("a model that nobody trusts, in a process of its own", { timeout: 60_000 }, () => {
  let folder = "";
  let children: ChildHandle[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-untrusted-"));
    children = [];
  });
  afterEach(() => {
    // Whatever happened, no process stays.
    for (const child of children) {
      const status = `/proc/${String(child.pid())}/status`;
      expect(existsSync(status) && /^State:\s+[^Z]/m.test(readFileSync(status, "utf8"))).toBe(false);
    }
    rmSync(folder, { recursive: true });
  });

  const spawn: Spawn = (path, options) => {
    const child = forkedProcess(path, options);
    children.push(child);
    return child;
  };
  async function verify(target: VerifierTask["target"], limits: Partial<VerifierLimits> = {}, memory = processMemory): Promise<VerifierFindings> {
    const verifier = createVerifier({ spawn, entry, timers: systemTimers, memory, limits });
    const findings = await verifier.run({ target, work: { kind: "verify", frames: 2 } });
    // The kill is asked for; the system reports the end a moment later.
    await Promise.all(children.map((child) => new Promise<void>((resolve) => (child.pid() === null || !isRunning(child) ? resolve() : child.onExit(() => { resolve(); })))));
    return findings;
  }
  function isRunning(child: ChildHandle): boolean {
    try {
      process.kill(child.pid() ?? 0, 0);
      return true;
    } catch {
      return false;
    }
  }
  const model = (version: string): VerifierTask["target"] => ({ kind: "model", folder, version });
  const bundle = (path: string): VerifierTask["target"] => ({ kind: "original-bundle", folder: path });
  const codeOf = ({ end }: VerifierFindings): string => (end.ok ? "ok" : end.error.code);
  const failedSteps = ({ checks }: VerifierFindings): readonly VerificationStep[] => checks.filter(({ passed }) => !passed).map(({ step }) => step);

  it("is verified when it is what it says: hashes, contract, golden frames bit for bit, benchmark", async () => {
    const findings = await verify({ kind: "model", folder: shippedModels, version: "1.0.0" });
    expect(codeOf(findings)).toBe("ok");
    expect(findings.checks.map(({ step, passed }) => `${step} ${String(passed)}`)).toEqual(["hashes true", "contract true", "golden true", "benchmark true"]);
    expect(findings.checks[2]?.sentence).toMatch(/^3 golden frames decode/);
    expect(findings.benchmark[0]).toMatchObject({ level: 3, frames: 2 });
    expect(findings.benchmark[0]?.ratio).toBeGreaterThan(5);
    expect(findings.peakBytes).toBeGreaterThan(10 * 1024 ** 2);
  });

  it.each([
    ["with a hard limit on its memory", processMemory],
    ["where its memory can only be watched", WATCHED],
  ])("may not allocate 20 GiB, %s", async (_how, memory) => {
    writeVersion(folder, "9.0.0", { "analysis.onnx": ownAnalysis(twentyGib("image")) });
    const findings = await verify(model("9.0.0"), { memoryBytes: SMALL_MEMORY }, memory);
    expect(findings.end).toMatchObject({ ok: false, error: { code: "MEMORY_LIMIT" } });
    expect(findings.end.ok ? "" : findings.end.error.message).toContain("600 MiB");
    expect(failedSteps(findings)).toEqual(["contract"]);
  });

  it("may not go on for ever", async () => {
    writeVersion(folder, "9.0.0", { "analysis.onnx": ownAnalysis(NEVER_RETURNS) });
    const findings = await verify(model("9.0.0"), { timeMs: SHORT_MS });
    expect(findings.end).toMatchObject({ ok: false, error: { code: "TIME_LIMIT" } });
    expect(findings.end.ok ? "" : findings.end.error.message).toContain("2.5 s");
  });

  it("must have the inputs and outputs of its manifest", async () => {
    writeVersion(folder, "9.0.0", { "analysis.onnx": ownAnalysis(null, "other") });
    const findings = await verify(model("9.0.0"));
    expect(codeOf(findings)).toBe("CONTRACT_MISMATCH");
    expect(failedSteps(findings)).toEqual(["contract"]);
  });

  it("must be the files of its manifest", async () => {
    writeVersion(folder, "9.0.0", { "analysis.onnx": ownAnalysis() }, ({ files }) => {
      if (files["analysis"] !== undefined) files["analysis"].sha256 = "0".repeat(64);
    });
    const findings = await verify(model("9.0.0"));
    expect(codeOf(findings)).toBe("HASH_MISMATCH");
    expect(failedSteps(findings)).toEqual(["hashes"]);
  });

  it("must decode its golden frames to what was recorded, and must have some", async () => {
    const golden = readFileSync(join(shippedModels, "1.0.0", "golden.json"), "utf8");
    const other = JSON.parse(golden) as { frames: { latentsSha256: string }[] };
    if (other.frames[1] !== undefined) other.frames[1].latentsSha256 = sha256Of("something else");
    writeVersion(folder, "1.0.0", { "golden.json": JSON.stringify(other) });
    const changed = await verify(model("1.0.0"));
    expect(codeOf(changed)).toBe("GOLDEN_MISMATCH");
    expect(failedSteps(changed)).toEqual(["golden"]);
    writeVersion(folder, "9.0.0", {}, ({ files }) => delete files["golden"]);
    const without = await verify(model("9.0.0"));
    expect(codeOf(without)).toBe("GOLDEN_MISMATCH");
  });

  it("from the original project keeps its contract, and nobody claims more than was seen", async () => {
    const onnx = originalEncoder();
    const unrecorded = await verify(bundle(writeBundle(folder, onnx)));
    expect(codeOf(unrecorded)).toBe("ok");
    expect(unrecorded.end.ok && unrecorded.end.value).toContain("its hash is unrecorded");
    expect(unrecorded.benchmark[0]).toMatchObject({ level: null, ratio: null, msSsim: null, decodeP50Ms: null });
    const recorded = await verify(bundle(writeBundle(folder, onnx, { checksums: { onnx_sha256: sha256Of(onnx) } })));
    expect(recorded.end.ok && recorded.end.value).toContain("its hash is the recorded one");
    const other = await verify(bundle(writeBundle(folder, onnx, { checksums: { onnx_sha256: "0".repeat(64) } })));
    expect(codeOf(other)).toBe("HASH_MISMATCH");
  });

  it("from the original project is refused when it has other inputs, eats memory, never returns or reads other files", async () => {
    const small = [
      { name: "image", dtype: "float32" as const, shape: ["batch", 3, 224, 224] },
      { name: "imu", dtype: "float32" as const, shape: ["batch", 6] },
    ];
    const wrong = await verify(bundle(writeBundle(folder, originalEncoder(null, small))));
    expect(wrong.end).toMatchObject({ ok: false, error: { code: "CONTRACT_MISMATCH" } });
    expect(wrong.end.ok ? "" : wrong.end.error.message).toContain("image of float32 [batch, 3, 480, 640]");
    const big = await verify(bundle(writeBundle(folder, originalEncoder(twentyGib("imu")))), { memoryBytes: SMALL_MEMORY });
    expect(codeOf(big)).toBe("MEMORY_LIMIT");
    const endless = await verify(bundle(writeBundle(folder, originalEncoder(NEVER_RETURNS))), { timeMs: SHORT_MS });
    expect(codeOf(endless)).toBe("TIME_LIMIT");
    const outside = onnxModel({
      inputs: [{ name: "imu", dtype: "float32", shape: [1, 6] }],
      outputs: [{ name: "sum", dtype: "float32", shape: [1, 6] }],
      constants: [{ name: "weights", dtype: "float32", shape: [6], values: [], outside: "/etc/hostname" }],
      nodes: [{ op: "Add", inputs: ["imu", "weights"], outputs: ["sum"] }],
    });
    expect(codeOf(await verify(bundle(writeBundle(folder, outside))))).toBe("MODEL_LOAD_FAILED");
  });
});
