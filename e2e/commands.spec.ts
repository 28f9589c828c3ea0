import { expect, test, type Page } from "@playwright/test";
import type { CommandPhase, CommandView } from "../shared/contract/snapshot";
import { card, changePolicy, choose, freshRequestId, invoke, nodeNow, openLiveFleet, releaseOrder } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

/** Verification asks for latencies within the limit; how busy this machine is must not decide it. */
async function openFleetOfASlowMachine(page: Page): Promise<void> {
  await openLiveFleet(page);
  const limits = { minCompressionRatio: 5, maxLatencyMs: 5_000, minQualityScore: 0.7 };
  await changePolicy(page, { limits, roles: { latencyMs: "muted" }, engine: { rollBackOnFail: false } });
}

/** Steps after the request take: 2 s of settling, then 12 samples, at 2 Hz for an iot node. */
const VERIFIED_WITHIN_MS = 45_000;

async function commandOf(page: Page, nodeId: string): Promise<CommandView> {
  const { command } = await nodeNow(page, nodeId);
  if (command === null) throw new Error(`${nodeId} has no command`);
  return command;
}

async function untilPhase(page: Page, nodeId: string, phase: CommandPhase): Promise<CommandView> {
  await expect.poll(async () => (await commandOf(page, nodeId)).phase, { timeout: VERIFIED_WITHIN_MS }).toBe(phase);
  return commandOf(page, nodeId);
}

async function untilGood(page: Page, nodeId: string, version: string): Promise<void> {
  await expect
    .poll(async () => (await nodeNow(page, nodeId)).history.some((span) => span.version === version && span.good), { timeout: VERIFIED_WITHIN_MS })
    .toBe(true);
}

async function deployByDialog(page: Page, nodeId: string, version: string): Promise<void> {
  await page.getByRole("button", { name: "Deploy a version…" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Deploy a version" });
  await choose(dialog, "radio", new RegExp(`^${version.replaceAll(".", "\\.")}`));
  await choose(dialog, "checkbox", new RegExp(nodeId));
  await dialog.getByRole("button", { name: `Deploy ${version} on ${nodeId}` }).click();
  await expect(dialog).toBeHidden();
  await releaseOrder(page);
}

test("a deploy is requested, sent, acknowledged by the node's own report, and verified", async () => {
  const { page } = app();
  await openFleetOfASlowMachine(page);
  await untilGood(page, "node_2", "1.0.0");
  await deployByDialog(page, "node_2", "1.1.0");
  await expect(card(page, "node_2").locator("[data-phase]")).toBeVisible();
  const command = await untilPhase(page, "node_2", "verified");
  expect(command.steps.map(({ phase }) => phase)).toEqual(["requested", "sent", "acknowledged", "verifying", "verified"]);
  const times = command.steps.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect((await nodeNow(page, "node_2")).modelVersion).toBe("1.1.0");
  await expect(card(page, "node_2")).toContainText("1.1.0 runs on node_2 by its own report");
});

test("one click rolls it back to the version that the button names, and Undo is offered", async () => {
  const { page } = app();
  await openFleetOfASlowMachine(page);
  if ((await nodeNow(page, "node_2")).modelVersion !== "1.1.0") {
    await untilGood(page, "node_2", "1.0.0");
    await deployByDialog(page, "node_2", "1.1.0");
    await untilPhase(page, "node_2", "verified");
  }
  await card(page, "node_2").getByRole("button", { name: "Roll back to 1.0.0, node_2" }).click();
  const command = await untilPhase(page, "node_2", "verified");
  expect(command).toMatchObject({ kind: "rollback", actor: "operator", version: "1.0.0", fromVersion: "1.1.0" });
  expect((await nodeNow(page, "node_2")).modelVersion).toBe("1.0.0");
  const undo = card(page, "node_2").getByRole("button", { name: "Undo, node_2 back to 1.1.0" });
  await expect(undo).toBeVisible();
  await undo.click();
  await expect.poll(async () => (await commandOf(page, "node_2")).version).toBe("1.1.0");
  await untilPhase(page, "node_2", "verified");
  expect((await nodeNow(page, "node_2")).modelVersion).toBe("1.1.0");
});

test("refusals are answers with a code, and nothing else happens", async () => {
  const { page } = app();
  await openFleetOfASlowMachine(page);
  const requestId = freshRequestId();
  const good = { nodeId: "node_4", version: "1.1.0", expectedVersion: "1.0.0", requestId };
  const ask = async (body: unknown): Promise<string> => {
    const answer = (await page.evaluate((sent) => window.ops.invoke("fleet/deploy", sent), body)) as
      | { readonly ok: true }
      | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };
    if (answer.ok) return "accepted";
    expect(answer.error.message.length).toBeGreaterThan(10);
    return answer.error.code;
  };
  expect(await ask({ ...good, expectedVersion: "0.9.0" })).toBe("STALE_VERSION");
  expect(await ask({ ...good, version: "9.9.9" })).toBe("UNKNOWN_VERSION");
  expect(await ask({ ...good, version: "1.1.0; rm" })).toBe("BAD_VERSION");
  expect(await ask({ ...good, nodeId: "node/4" })).toBe("BAD_NODE_ID");
  expect(await ask({ ...good, nodeId: "node_4\nnode_5" })).toBe("BAD_NODE_ID");
  expect(await ask({ ...good, nodeId: "node_99" })).toBe("UNKNOWN_NODE");
  expect(await ask({ ...good, version: "1.0.0" })).toBe("ALREADY_RUNNING");
  for (const body of [null, "deploy", {}, { ...good, requestId: "short" }, { ...good, force: true }, { ...good, nodeId: 4 }]) {
    expect(await ask(body), JSON.stringify(body)).toBe("BAD_REQUEST");
  }
  expect((await nodeNow(page, "node_4")).command, "no refused request became a command").toBeNull();

  expect(await ask(good)).toBe("accepted");
  expect(await ask(good), "the same request twice is one command").toBe("accepted");
  expect(await ask({ ...good, requestId: freshRequestId() })).toBe("ALREADY_IN_FLIGHT");
  const first = await commandOf(page, "node_4");
  await untilPhase(page, "node_4", "verified");
  expect((await commandOf(page, "node_4")).commandId).toBe(first.commandId);
});

test("a version that changed while the dialog was open is refused in the dialog", async () => {
  const { page } = app();
  await openFleetOfASlowMachine(page);
  await page.getByRole("button", { name: "Deploy a version…" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Deploy a version" });
  await choose(dialog, "radio", /^1\.0\.0/);
  await choose(dialog, "checkbox", /node_0/);
  const { modelVersion } = await nodeNow(page, "node_0");
  const behind = await invoke(page, "fleet/deploy", {
    nodeId: "node_0",
    version: "1.1.0",
    expectedVersion: modelVersion,
    requestId: freshRequestId(),
  });
  expect(behind.ok).toBe(true);
  await untilPhase(page, "node_0", "verified");
  await dialog.getByRole("button", { name: "Deploy 1.0.0 on node_0" }).click();
  await expect(dialog.getByRole("alert")).toContainText("STALE_VERSION");
  await dialog.getByRole("button", { name: "Look again" }).click();
  await dialog.getByRole("button", { name: "Deploy 1.0.0 on node_0" }).click();
  await expect(dialog).toBeHidden();
  expect((await untilPhase(page, "node_0", "verified")).version).toBe("1.0.0");
});

test("the drill makes a node fail at the top of the page, with value and limit, and one click brings it back", async () => {
  const { page } = app();
  await openFleetOfASlowMachine(page);
  await untilGood(page, "node_1", "1.0.0");
  await deployByDialog(page, "node_1", "1.2.0");
  const needy = page.getByRole("region", { name: "Needs a person" });
  await expect(needy.getByRole("article").first()).toHaveAttribute("aria-label", "node_1", { timeout: VERIFIED_WITHIN_MS });
  await expect(needy.getByRole("article", { name: "node_1" })).toHaveAttribute("data-state", "failing", { timeout: VERIFIED_WITHIN_MS });
  const sentence = needy.getByRole("article", { name: "node_1" }).locator(".card-sentence");
  // Which rule speaks depends on whether the version before had a baseline yet.
  await expect(sentence).toHaveText(/^(Ratio|Latency|Quality):? [\d.]+( ms)?( now, baseline [^,]+)?, \d+ of \d+ samples (beyond [\d.]+|more than \d+ % worse)/);
  await expect(needy.getByRole("article", { name: "node_1" })).toContainText("DRILL");
  await expect(page.getByRole("banner")).toContainText(/1\s*failing/);
  await needy.getByRole("button", { name: "Roll back to 1.0.0, node_1" }).click();
  await untilPhase(page, "node_1", "verified");
  await expect(card(page, "node_1")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  expect((await nodeNow(page, "node_1")).modelVersion).toBe("1.0.0");
});
