import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { card, changePolicy, firstStartButton, freshRequestId, invoke, muteLatency, nodeNow, openFleet, openLiveFleet, openNode, snapshot } from "./app/fleet";
import { groupWithApp } from "./app/group";
import { PROJECT } from "./app/ops-app";
import { IS_FOR_DOCS, shoot, untilFullRate } from "./app/pictures";

test.describe("six nodes", () => {
  const app = groupWithApp();
  /** Other tests walk through the same and take time for it. */
  const forDocs: (title: string, body: () => Promise<void>) => void = IS_FOR_DOCS ? test : () => undefined;

  test("first start, fleet and node", async () => {
    test.setTimeout(300_000);
    const { page } = app();
    await expect(firstStartButton(page)).toBeVisible({ timeout: 30_000 });
    await expect.poll(async () => (await snapshot(page)).nodes.filter(({ state }) => state === "live").length, { timeout: 30_000 }).toBe(6);
    await untilFullRate(page);
    await shoot(app(), "first-start");
    await openLiveFleet(page);
    await muteLatency(page);
    await expect.poll(async () => (await snapshot(page)).tick, { timeout: 90_000 }).toBeGreaterThan(IS_FOR_DOCS ? 140 : 2);
    await untilFullRate(page);
    await shoot(app(), "fleet-cards");
    await page.getByRole("radio", { name: "Table" }).click();
    await shoot(app(), "fleet-table");
    await page.getByRole("radio", { name: "Matrix" }).click();
    await shoot(app(), "fleet-matrix");
    await page.getByRole("radio", { name: "Cards" }).click();
    await openNode(page, "node_0");
    await shoot(app(), "node");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "System" }).click();
    await expect(page.getByRole("slider", { name: /, cursor$/ })).toHaveCount(2);
    await shoot(app(), "system");
  });

  forDocs("registry and comparison", async () => {
    test.setTimeout(580_000);
    const { page } = app();
    await openLiveFleet(page);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Models" }).click();
    await expect(page.getByRole("grid", { name: "Versions" })).toBeVisible({ timeout: 60_000 });
    await shoot(app(), "models");
    await page.getByRole("button", { name: "Compare two versions" }).click();
    await page.getByRole("radio", { name: "Standard" }).click();
    await shoot(app(), "compare-set-up");
    await page.getByRole("button", { name: /^Compare 1\.0\.0 with/ }).click();
    await expect(page.getByText(/steps, \d+ %/)).toBeVisible({ timeout: 60_000 });
    await shoot(app(), "compare-progress");
    await expect(page.getByRole("slider", { name: /^Divider/ })).toBeVisible({ timeout: 400_000 });
    await shoot(app(), "compare");
    await page.getByRole("radio", { name: "Side by side" }).click();
    await shoot(app(), "compare-side-by-side");
    await page.getByRole("radio", { name: "Difference ×4" }).click();
    for (const chart of ["Rate and distortion", "Encode latency"]) await page.getByRole("button", { name: `Show ${chart} as a table` }).click();
    await shoot(app(), "compare-difference");
  });

  test("settings and dialogs", async () => {
    test.setTimeout(300_000);
    const { page } = app();
    await openLiveFleet(page);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      // What the policy costs is computed first.
      if ((await tab.innerText()) === "Policy") await expect(page.getByText(/to see a 30 % drop/)).toBeVisible({ timeout: 30_000 });
      await shoot(app(), `settings-${(await tab.innerText()).toLowerCase()}`);
    }
    await page.getByRole("tab", { name: "Policy" }).click();
    await page.getByRole("radio", { name: "One node…" }).click();
    await page.getByRole("button", { name: /^Choose a node/ }).click();
    await page.getByRole("option", { name: "node_3" }).click();
    await shoot(app(), "settings-policy-node");
    await openFleet(page);
    const dialogs = [
      { name: "palette", title: "Search or run", open: () => page.keyboard.press("Control+k") },
      { name: "keys", title: "Keys", open: () => page.keyboard.press("?") },
      { name: "faults", title: "Fault console", open: () => page.keyboard.press("F9") },
      { name: "deploy", title: "Deploy a version", open: () => page.getByRole("button", { name: "Deploy a version…" }).first().click() },
      { name: "report", title: "Write a report", open: () => page.getByRole("button", { name: "Report…" }).first().click() },
    ];
    for (const { name, title, open } of dialogs) {
      await open();
      await expect(page.getByRole("dialog", { name: title })).toBeVisible();
      await shoot(app(), name);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
  });

  forDocs("an A/B test from its set-up to its verdict, and the roll-out of the better version", async () => {
    test.setTimeout(500_000);
    const { page } = app();
    await openLiveFleet(page);
    await muteLatency(page);
    // A node that has nothing good to go back to is not rolled back, so it takes part in no test.
    await expect.poll(async () => (await snapshot(page)).nodes.every(({ history }) => history.some(({ good }) => good)), { timeout: 40_000 }).toBe(true);
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("button", { name: "A/B tests" }).click();
    await shoot(app(), "abtests-none");
    await page.getByRole("button", { name: "Set up a test…" }).click();
    for (const [nodeId, arm] of [["node_0", "a"], ["node_1", "b"]] as const) {
      await page.getByRole("row", { name: nodeId }).focus();
      await page.keyboard.press(arm);
    }
    await page.getByRole("button", { name: /Version of arm B/ }).click();
    await page.getByRole("option", { name: /^1\.1\.0/ }).click();
    await expect(page.getByRole("radio", { name: /^Crossover/ })).toBeChecked();
    await shoot(app(), "abtest-set-up");
    const setup = {
      nodesA: ["node_0"],
      nodesB: ["node_1"],
      versionA: "1.0.0",
      versionB: "1.1.0",
      design: "crossover" as const,
      primary: "qualityScore" as const,
      smallestDifference: 0.002,
      guardrails: [{ metric: "compressionRatio" as const, allowed: 5 }],
      alpha: 0.05,
      blockMs: 4_500,
      washOutMs: 500,
      longestMs: 240_000,
      endAtWinner: false,
      restoreVersion: null,
    };
    expect(await invoke(page, "abtests/start", { setup, requestId: freshRequestId() })).toEqual(expect.objectContaining({ ok: true }));
    await pages.getByRole("button", { name: "A/B tests" }).click();
    await page.getByRole("button", { name: "Open test 1" }).click();
    await expect(page.getByRole("region", { name: "Verdict" })).toHaveAttribute("data-verdict", "b-better", { timeout: 200_000 });
    await shoot(app(), "abtest-live");
    await changePolicy(page, { trial: { commitSamples: 12 } });
    const plan = { version: "1.1.0", canary: 1, share: 0.5, atOnce: 1, soakMs: 0, stop: { leastFailures: 1, failureShare: 0.5, leastJudged: 1 } };
    expect(await invoke(page, "abtests/promote", { testId: "ab-0001", plan })).toMatchObject({ ok: true });
    await pages.getByRole("button", { name: "A/B tests" }).click();
    await shoot(app(), "abtests");
    await pages.getByRole("button", { name: "Roll-outs" }).click();
    await page.getByRole("button", { name: /^Open roll-out/ }).first().click({ timeout: 90_000 });
    await expect(page.locator(`[data-phase-name="canary"]`)).toContainText("committed", { timeout: 120_000 });
    await shoot(app(), "rollout");
  });

  forDocs("a bad day: a drill that fails, a command on its way, a silent node, malformed messages", async () => {
    test.setTimeout(300_000);
    const { page } = app();
    await openLiveFleet(page);
    await openFleet(page);
    // The engine would take the drill back before a picture is made; here a person does.
    await changePolicy(page, { engine: { rollBackOnFail: false } });
    await invoke(page, "faults/set", { nodeId: "node_3", fault: "silent", level: 1 });
    await invoke(page, "faults/set", { nodeId: "node_4", fault: "nan-metrics", level: 1 });
    await expect
      .poll(async () => (await nodeNow(page, "node_1")).history.some((span) => span.good), { timeout: 30_000 })
      .toBe(true);
    const { modelVersion } = await nodeNow(page, "node_1");
    await invoke(page, "fleet/deploy", { nodeId: "node_1", version: "1.2.0", expectedVersion: modelVersion, requestId: freshRequestId() });
    await expect(card(page, "node_1")).toHaveAttribute("data-state", "failing", { timeout: 45_000 });
    await expect(card(page, "node_3")).toHaveAttribute("data-state", /stale|lost/, { timeout: 20_000 });
    await shoot(app(), "fleet-needs-a-person");
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("button", { name: /Alerts$/ }).click();
    await expect(page.getByRole("region", { name: "Alerts", exact: true })).toBeVisible({ timeout: 60_000 });
    await shoot(app(), "alerts");
    await pages.getByRole("button", { name: "Timeline" }).click();
    await expect(page.getByRole("region", { name: "Events" }).getByRole("table")).toBeVisible();
    await shoot(app(), "timeline");
    await openNode(page, "node_1");
    await shoot(app(), "node-failing");
    await openFleet(page);
    await page.getByRole("button", { name: /^Why: .*The policy lets nothing be rolled back alone/ }).first().click();
    await expect(page.getByRole("dialog", { name: "Why was this decided?" }).getByText(/policy revision/)).toBeVisible();
    await shoot(app(), "decision");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.getByRole("button", { name: /^Malformed/ }).click();
    await shoot(app(), "malformed");
    await page.keyboard.press("Escape");
    await card(page, "node_1").getByRole("button", { name: "Roll back to 1.0.0, node_1" }).click();
    await expect.poll(async () => (await nodeNow(page, "node_1")).command?.phase, { timeout: 30_000 }).toBe("verifying");
    await openNode(page, "node_1");
    await shoot(app(), "node-rolling-back");
    await page.getByRole("button", { name: "Lift the quarantine of 1.2.0…" }).click();
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await shoot(app(), "quarantine");
  });
});

test.describe("what the engine seldom shows", () => {
  const app = groupWithApp();

  /** Lets the window see snapshots that were changed on their way to it; the engine is as it was. */
  async function changeSnapshots(change: "long-name" | "no-nodes" | "errors"): Promise<void> {
    await app().electron.evaluate(({ webContents }, wanted) => {
      const [contents] = webContents.getAllWebContents();
      if (contents === undefined) throw new Error("there is no window");
      const { prototype } = contents.constructor as { readonly prototype: typeof contents };
      const send = prototype.send.bind(contents);
      contents.send = (channel: string, body: unknown) => {
        if (channel !== "push/snapshot") return send(channel, body);
        const snap = body as { nodes: { nodeId: string }[]; link: object; processes: object[]; journal: object };
        if (wanted === "no-nodes") return send(channel, { ...snap, nodes: [], events: [] });
        if (wanted === "long-name") {
          const rename = (text: string): string => text.replaceAll("node_0", "warehouse_north_aisle_17_inspection_drone_with_a_very_long_id_xx");
          return send(channel, { ...snap, nodes: snap.nodes.map((node) => ({ ...node, nodeId: rename(node.nodeId) })) });
        }
        return send(channel, {
          ...snap,
          link: { ...snap.link, state: "down", sentence: "ROS 2 is down after 5 starts." },
          journal: { ...snap.journal, state: "unavailable", sentence: "The journal cannot be written: disk full. Deploys and rollbacks are refused until it can." },
          processes: snap.processes.map((process) => ({ ...process, state: "down", sentence: "inference is down after 5 starts in a row. Nodes are alive without metrics." })),
        });
      };
    }, change);
  }

  test("a very long node id", async () => {
    test.setTimeout(120_000);
    const { page } = app();
    await openLiveFleet(page);
    await changeSnapshots("long-name");
    await expect(page.getByText(/warehouse_north/).first()).toBeVisible();
    await shoot(app(), "long-id-cards");
    await page.getByRole("radio", { name: "Table" }).click();
    await shoot(app(), "long-id-table");
    await page.getByRole("radio", { name: "Cards" }).click();
  });

  test("everything down", async () => {
    const { page } = app();
    await openLiveFleet(page);
    await changeSnapshots("errors");
    await expect(page.getByRole("status").filter({ hasText: "disk full" })).toBeVisible();
    await shoot(app(), "errors");
  });

  test("no nodes", async () => {
    const { page } = app();
    await openFleet(page);
    await changeSnapshots("no-nodes");
    await expect(page.getByText(/No node publishes metrics/)).toBeVisible();
    await shoot(app(), "no-nodes");
  });
});

test.describe("a registry with a very long version and a damaged one", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "lydlr-e2e-registry-"));
  const longVersion = "1.1.0-warehouse-north-night-shift-fine-tuned-rc.12";
  for (const version of [longVersion, "1.0.1"]) {
    const folder = join(dataDir, "models", version);
    cpSync(join(PROJECT, "models", "1.1.0"), folder, { recursive: true });
    const manifest = join(folder, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"version": "1.1.0"', `"version": "${version}"`));
  }
  writeFileSync(join(dataDir, "models", "1.0.1", "analysis.onnx"), "not what the manifest names");
  const app = groupWithApp({ dataDir });
  test.afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("both are told apart", async () => {
    test.setTimeout(120_000);
    const { page } = app();
    await openLiveFleet(page);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Models" }).click();
    const rows = page.getByRole("grid", { name: "Versions" }).getByRole("row");
    const damaged = rows.filter({ hasText: "1.0.1" });
    await expect(damaged).toContainText("HASH_MISMATCH", { timeout: 60_000 });
    await damaged.click();
    await shoot(app(), "models-refused");
    await rows.filter({ hasText: longVersion }).click();
    await shoot(app(), "models-long-version");
    await page.getByRole("button", { name: /^Compare with/ }).click();
    await shoot(app(), "compare-long-version");
  });
});

test.describe("many nodes", () => {
  const app = groupWithApp({ args: ["--nodes", "24"] });

  test("24 nodes as a table and as a matrix", async () => {
    test.setTimeout(120_000);
    const { page } = app();
    await openLiveFleet(page, 24);
    await shoot(app(), "fleet-24-table");
    await page.getByRole("radio", { name: "Matrix" }).click();
    await shoot(app(), "fleet-24-matrix");
  });
});
