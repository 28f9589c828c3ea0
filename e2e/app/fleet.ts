import { expect, type Locator, type Page } from "@playwright/test";
import type { RequestBody, RequestName, RequestReply } from "../../shared/contract/channels";
import type { NodeView, Snapshot } from "../../shared/contract/snapshot";
import type { Policy } from "../../shared/policy/policy";
import type { Failure } from "../../shared/result";

/** An answer as it comes over the bridge. */
export type Answer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

/** Asks over the window's own bridge, as the window does. */
export async function invoke<Name extends RequestName>(
  page: Page,
  name: Name,
  body: RequestBody<Name>,
): Promise<Answer<RequestReply<Name>>> {
  return (await page.evaluate(([asked, sent]) => window.ops.invoke(asked, sent), [name, body] as const)) as Answer<RequestReply<Name>>;
}

/** Puts another policy in force: what is not given stays as it is. */
export async function changePolicy(page: Page, change: Policy): Promise<void> {
  const current = await invoke(page, "policy/current", {});
  if (!current.ok) throw new Error(`policy/current: ${current.error.code}`);
  const { policy, revision } = current.value;
  const saved = await invoke(page, "policy/save", { policy: { ...policy, ...change }, reason: "for a test", expectedRevision: revision });
  expect(saved).toMatchObject({ ok: true });
}

/** What the engine's newest snapshot says. */
export async function snapshot(page: Page): Promise<Snapshot> {
  const answer = await invoke(page, "fleet/snapshot", {});
  if (!answer.ok) throw new Error(`fleet/snapshot: ${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** One node of the newest snapshot. */
export async function nodeNow(page: Page, nodeId: string): Promise<NodeView> {
  const found = (await snapshot(page)).nodes.find((node) => node.nodeId === nodeId);
  if (found === undefined) throw new Error(`${nodeId} has not been seen`);
  return found;
}

/** A request id that no other request of the run has. */
export function freshRequestId(): string {
  return crypto.randomUUID();
}

/** The title of the fleet page. */
export function fleetHeading(page: Page): Locator {
  return page.getByRole("heading", { name: "Fleet", level: 1, exact: true });
}

/** The first-start page's way to the fleet. */
export function firstStartButton(page: Page): Locator {
  return page.getByRole("button", { name: /^Open the (embedded )?fleet/ });
}

/** Goes to the fleet page from anywhere; leaves the first-start page where it is shown. */
export async function openFleet(page: Page): Promise<void> {
  const rail = page.getByRole("navigation", { name: "Pages" });
  await expect(rail).toBeVisible({ timeout: 30_000 });
  const hello = await invoke(page, "app/hello", {});
  if (!hello.ok) throw new Error(`app/hello: ${hello.error.code}: ${hello.error.message}`);
  if (hello.value.firstStart) await firstStartButton(page).click();
  else await rail.getByRole("button", { name: /Fleet/ }).click();
  await expect(fleetHeading(page)).toBeVisible();
  await releaseOrder(page);
}

/** Takes pointer and focus off the nodes: while either is there, the page keeps their order. */
export async function releaseOrder(page: Page): Promise<void> {
  await page.mouse.move(2, 2);
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
}

/**
 * Opens the fleet page and waits until so many nodes are heard in the engine. On a busy machine one of them may rightly
 * be found too slow: that node is failing, and as much there as the others.
 */
export async function openLiveFleet(page: Page, count = 6): Promise<void> {
  await openFleet(page);
  await expect
    .poll(async () => (await snapshot(page)).nodes.filter(({ state }) => state === "live" || state === "failing").length, { timeout: 60_000 })
    .toBe(count);
}

/** Latency is shown and decides nothing: how busy this machine is must not decide a test. */
export async function muteLatency(page: Page): Promise<void> {
  await changePolicy(page, { roles: { latencyMs: "muted" } });
}

/** A node's card. */
export function card(page: Page, nodeId: string): Locator {
  return page.getByRole("article", { name: nodeId, exact: true });
}

/** Opens a node's page from its card. */
export async function openNode(page: Page, nodeId: string): Promise<void> {
  await openFleet(page);
  await card(page, nodeId).getByRole("button", { name: `${nodeId}, open` }).click();
  await expect(page.locator("#node-title")).toHaveText(nodeId);
}

/** Clicks a radio button, checkbox or switch where a person does: on its label; the input itself is hidden. */
export async function choose(scope: Locator, role: "radio" | "checkbox" | "switch", name: string | RegExp): Promise<void> {
  const label = scope.locator("label").filter({ has: scope.page().getByRole(role, { name }) });
  await expect(label).toHaveCount(1);
  await label.click();
}
