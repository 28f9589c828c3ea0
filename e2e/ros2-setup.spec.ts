import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { firstStartButton, invoke, openFleet } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

/** Where this application's own ROS 2 would be: launchOps gives it a data home of its own. */
const home = (): string => join(app().dataDir, "xdg", "lydlr-ops");

async function openLink(page: Page): Promise<void> {
  await openFleet(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Settings" }).click();
  await page.getByRole("tab", { name: "Link" }).click();
}

test("nothing is set up by itself; the first start offers it beside the fleet", async () => {
  const { page } = app();
  await expect(firstStartButton(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Set up ROS 2" })).toBeVisible();
  expect(existsSync(join(home(), "ros2"))).toBe(false);
  expect(await invoke(page, "ros2/set-up-state", {})).toEqual({ ok: true, value: { state: "idle" } });
});

test("where it cannot be set up, the true reason is said, and the fleet goes on", async () => {
  const { page } = app();
  mkdirSync(join(home(), ".."), { recursive: true });
  writeFileSync(home(), "a file in the place of the folder");
  await openLink(page);
  await page.getByRole("button", { name: "Set up ROS 2" }).click();
  const panel = page.getByRole("region", { name: "ROS 2 on this machine" });
  await expect(panel.getByRole("alert")).toContainText(/NOT_AVAILABLE: .*lydlr-ops cannot be written to/, { timeout: 30_000 });
  rmSync(home());
  await expect(page.getByRole("button", { name: "Set up ROS 2" })).toBeEnabled();
});

test("Cancel during the download ends every process of it and leaves nothing behind", async () => {
  test.setTimeout(120_000);
  const { page, processes } = app();
  const before = processes().length;
  await openLink(page);
  await page.getByRole("button", { name: "Set up ROS 2" }).click();
  const panel = page.getByRole("region", { name: "ROS 2 on this machine" });
  await expect(panel.getByRole("listitem")).toContainText("installing ROS 2 jazzy", { timeout: 30_000 });
  const log = join(home(), "ros2-install.log");
  await expect.poll(() => existsSync(log) && /Collecting|Downloading|cached/.test(readFileSync(log, "utf8")), { timeout: 60_000 }).toBe(true);
  expect(readdirSync(home()).some((name) => name.startsWith("ros2.next-"))).toBe(true);
  await panel.getByRole("button", { name: "Cancel" }).click();
  await expect(panel.getByText(/^Ended after/)).toBeVisible({ timeout: 20_000 });
  expect(readdirSync(home())).toEqual(["ros2-install.log"]);
  await expect.poll(() => processes().length).toBe(before);
  await expect(panel.getByRole("button", { name: "Set up ROS 2" })).toBeEnabled();
});

test("the doctor says in the window what it says in a terminal", async () => {
  const { page } = app();
  await openLink(page);
  await page.getByRole("button", { name: "Doctor" }).click();
  const dialog = page.getByRole("dialog", { name: "ROS 2 doctor" });
  await expect(dialog).toContainText("set up for the application", { timeout: 20_000 });
  await expect(dialog).toContainText("ros2 install` does that.");
  await page.keyboard.press("Escape");
});
