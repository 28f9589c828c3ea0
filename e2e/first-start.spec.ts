import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { changePolicy, fleetHeading, firstStartButton, invoke } from "./app/fleet";
import { expectNoneLeft } from "./app/group";
import { electronPath, electronSwitches, freshDataDir, launchOps, PROJECT, type OpsApp } from "./app/ops-app";

const LIMITS = { minCompressionRatio: 4.5, maxLatencyMs: 60, minQualityScore: 0.65 };
const PLACE = { x: 40, y: 60, width: 1100, height: 700 };

async function placeOf(app: OpsApp): Promise<typeof PLACE> {
  return app.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined) throw new Error("there is no window");
    return window.getBounds();
  });
}

/** Starts the application once more on a data folder, as a second click on its icon does. */
function startAgain(dataDir: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const again = spawn(electronPath(), [...electronSwitches(), PROJECT, "--data-dir", dataDir], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    again.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    again.once("error", reject);
    again.once("close", (code) => resolve({ code, stderr }));
  });
}

test.describe("starts with one data folder", () => {
  const dataDir = freshDataDir();
  let app: OpsApp;
  test.describe.configure({ mode: "serial" });
  test.afterEach(async () => {
    expect(app.troubles()).toEqual([]);
    expectNoneLeft(await app.quit());
  });
  test.afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("the first names what was found and leads to the fleet", async () => {
    app = await launchOps({ dataDir });
    const { page } = app;
    await expect(firstStartButton(page)).toBeVisible({ timeout: 30_000 });
    const findings = page.locator("main").getByRole("listitem");
    for (const what of ["A sourced ROS 2", "ROS 2 under /opt/ros", "Models", "Inference", "Journal"]) {
      await expect(findings.filter({ hasText: what }), `what was found of ${what}`).toHaveCount(1);
    }
    await expect(findings.filter({ hasText: "Models, found" })).toContainText("1.0.0");
    await expect(findings.filter({ hasText: "Journal" })).toContainText(dataDir);
    await expect(firstStartButton(page), "Enter opens the fleet").toBeFocused();
    await page.keyboard.press("Enter");
    await expect(fleetHeading(page)).toBeVisible();

    const changed = await invoke(page, "settings/change", {
      theme: "light",
      clock: "utc",
      singleKeyShortcuts: false,
    });
    expect(changed.ok).toBe(true);
    await changePolicy(page, { limits: LIMITS });
    await app.electron.evaluate(({ BrowserWindow }, place) => {
      BrowserWindow.getAllWindows()[0]?.setBounds(place);
    }, PLACE);
    await expect.poll(() => placeOf(app)).toEqual(PLACE);
  });

  test("the second goes straight to the fleet, as it was left", async () => {
    app = await launchOps({ dataDir });
    const { page } = app;
    await expect(fleetHeading(page)).toBeVisible({ timeout: 30_000 });
    await expect(firstStartButton(page)).toHaveCount(0);
    const hello = await invoke(page, "app/hello", {});
    expect(hello).toMatchObject({
      ok: true,
      value: {
        firstStart: false,
        dataDir,
        settings: {
          theme: "light",
          clock: "utc",
          singleKeyShortcuts: false,
        },
      },
    });
    expect(await invoke(page, "policy/current", {})).toMatchObject({ ok: true, value: { revision: 1, policy: { limits: LIMITS } } });
    await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
    expect(await placeOf(app)).toEqual(PLACE);
  });

  test("a third while the second runs brings its window to the front and ends", async () => {
    app = await launchOps({ dataDir });
    await expect(fleetHeading(app.page)).toBeVisible({ timeout: 30_000 });
    const second = await startAgain(dataDir);
    expect(second.code).toBe(0);
    expect(second.stderr).toContain("already running");
    await expect(fleetHeading(app.page)).toBeVisible();
  });
});
