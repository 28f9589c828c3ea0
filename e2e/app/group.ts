import { expect, test } from "@playwright/test";
import { launchOps, type LaunchOptions, type OpsApp } from "./ops-app";
import type { ProcessFact } from "./processes";

/**
 * One running application for the tests of the current file or `describe`, in their order. After each test
 * the window must have had no error, refused resource or uncaught exception; after the last no process is
 * left. A failed test leaves a screenshot, a trace and what the application wrote; the next one gets a
 * fresh application.
 */
export function groupWithApp(options: LaunchOptions = {}): () => OpsApp {
  let app: OpsApp | null = null;
  const running = (): OpsApp => {
    if (app === null) throw new Error("the application is not running");
    return app;
  };

  test.beforeAll(async () => {
    app = await launchOps({ trace: true, ...options });
  });
  test.beforeEach(async () => {
    await running().electron.context().tracing.startChunk();
  });
  test.afterEach(async () => {
    const info = test.info();
    const { electron, picture, stderr, troubles } = running();
    const hasFailed = info.status !== info.expectedStatus;
    if (hasFailed) {
      await info.attach("stderr", { body: stderr() });
      const screenshot = await picture().catch(() => null);
      if (screenshot !== null) await info.attach("window", { body: screenshot, contentType: "image/png" });
      const path = info.outputPath("trace.zip");
      await electron.context().tracing.stopChunk({ path });
      await info.attach("trace", { path, contentType: "application/zip" });
    } else {
      await electron.context().tracing.stopChunk();
    }
    expect(troubles(), "the window's console has no errors and no refused resource").toEqual([]);
  });
  test.afterAll(async () => {
    if (app === null) return;
    const left = await app.quit();
    app = null;
    expectNoneLeft(left);
  });
  return running;
}

/** Fails when a process outlived its application. */
export function expectNoneLeft(left: readonly ProcessFact[]): void {
  expect(left.map(({ pid, commandLine }) => `${pid} ${commandLine}`), "no process is left behind").toEqual([]);
}
