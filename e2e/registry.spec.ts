import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { tarGzOf, zipOf } from "../electron/registry/import/archive-fixture";
import { writeBundle, writeVersion } from "../electron/registry/verification/bundle-fixture";
import { originalEncoder, ownAnalysis, twentyGib } from "../electron/registry/verification/onnx-fixture";
import { invoke, openLiveFleet, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();
let folder = "";
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lydlr-e2e-registry-"));
});
test.afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a shipped version is verified in a process of its own, and an alias is in the journal", async () => {
  const { page } = app();
  await openLiveFleet(page);
  expect(await invoke(page, "models/verify", { key: "1.0.0" })).toMatchObject({ ok: true, value: { state: "verified" } });
  const set = await invoke(page, "models/set-alias", { alias: "champion", version: "1.0.0" });
  expect(set).toMatchObject({ ok: true, value: { aliases: [{ alias: "champion", version: "1.0.0" }] } });
  expect((await snapshot(page)).events.map(({ event }) => event)).toEqual(expect.arrayContaining(["model-verified", "alias-set"]));
});

test("hostile imports are refused with a code and a sentence, and the fleet goes on", async () => {
  const { page } = app();
  await openLiveFleet(page);
  const before = (await snapshot(page)).samples;
  const restartsBefore = (await snapshot(page)).processes.map(({ restarts }) => restarts);
  const bomb = join(folder, "bomb.zip");
  writeFileSync(bomb, zipOf([{ name: "weights.onnx", content: new Uint8Array(32 * 1024 ** 2) }]));
  const outside = join(folder, "outside.tgz");
  writeFileSync(outside, tarGzOf([{ name: "../outside.txt", content: "x" }]));
  const hungry = writeVersion(folder, "9.0.0", { "analysis.onnx": ownAnalysis(twentyGib("image")) });
  const wrong = writeVersion(folder, "9.0.1", { "analysis.onnx": ownAnalysis(null, "other") });
  const bundle = writeBundle(folder, originalEncoder());
  const answer = await invoke(page, "models/import", { paths: [bomb, outside, hungry, wrong, bundle] });
  expect(answer).toMatchObject({
    ok: true,
    value: [
      { ok: false, code: "ARCHIVE_TOO_LARGE" },
      { ok: false, code: "UNSAFE_ARCHIVE" },
      { ok: false, code: "MEMORY_LIMIT" },
      { ok: false, code: "CONTRACT_MISMATCH" },
      { ok: true, key: "jetson_v1.0", kind: "original-bundle" },
    ],
  });
  await expect.poll(async () => (await snapshot(page)).samples).toBeGreaterThan(before);
  expect((await snapshot(page)).processes.map(({ restarts }) => restarts), "nothing that serves the fleet was disturbed").toEqual(restartsBefore);
});
