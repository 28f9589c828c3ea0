import { expect, test } from "@playwright/test";
import { invoke, openFleet } from "./app/fleet";
import { groupWithApp } from "./app/group";

const app = groupWithApp();

test("the window is sandboxed and isolated, without Node", async () => {
  const { electron, page } = app();
  await openFleet(page);
  // Not among Electron's types; it is what the window really got, not what was asked for.
  const preferences = await electron.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => (contents as unknown as { getLastWebPreferences(): unknown }).getLastWebPreferences()),
  );
  expect(preferences).toHaveLength(1);
  expect(preferences[0]).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
  });
  const reachable = await page.evaluate(() =>
    ["require", "process", "module", "Buffer", "global", "__dirname"].filter((name) => name in window),
  );
  expect(reachable).toEqual([]);
});

test("the bridge is three functions that cannot be changed, and knows only the names of the contract", async () => {
  const { page } = app();
  await openFleet(page);
  expect(await page.evaluate(() => Object.keys(window.ops).toSorted())).toEqual(["filePath", "invoke", "subscribe"]);
  // Only a file that the operator dropped has a path; one that a script made has none.
  expect(await page.evaluate(() => window.ops.filePath(new File(["x"], "/etc/passwd")))).toBe("");
  const isReplaceable = await page.evaluate(() => {
    try {
      Object.assign(window.ops, { invoke: () => "replaced" });
    } catch {
      return false;
    }
    return String(window.ops.invoke).includes("replaced");
  });
  expect(isReplaceable).toBe(false);
  const rejected = await page.evaluate(async () => {
    const outcomes: string[] = [];
    for (const name of ["fs/read", "__proto__", "constructor", "push/snapshot", ""]) {
      await (window.ops.invoke as (name: string, body: unknown) => Promise<unknown>)(name, {}).then(
        () => outcomes.push(`${name} was answered`),
        () => undefined,
      );
    }
    try {
      (window.ops.subscribe as (name: string, listener: () => void) => () => void)("fleet/deploy", () => undefined);
      outcomes.push("subscribed to a request");
    } catch {
      // as it must be
    }
    return outcomes;
  });
  expect(rejected).toEqual([]);
});

test("the content security policy starts from nothing and has no unsafe source", async () => {
  const { electron, page } = app();
  await openFleet(page);
  const policy = await electron.evaluate(async ({ session }) => {
    const answer = await session.defaultSession.fetch("lydlr://app/index.html");
    return answer.headers.get("content-security-policy");
  });
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const directives = new Map((policy ?? "").split(";").map((text) => {
    const [name = "", ...sources] = text.trim().split(/\s+/);
    return [name, sources.join(" ")] as const;
  }));
  expect(directives.get("script-src")).toBe("'self'");
  expect(directives.get("style-src")).toBe("'self'");
  expect(directives.get("connect-src") ?? directives.get("default-src")).toBe("'none'");
  for (const name of ["base-uri", "form-action", "frame-ancestors"]) expect(directives.get(name), name).toBe("'none'");

  const outcome = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.wasInjected = true";
    document.body.append(script);
    const fetched = await fetch("https://example.invalid/").then(() => "fetched", () => "refused");
    // In a task of its own: what the debugger itself calls is exempt from the policy.
    const evaluated = await new Promise((resolve) => {
      setTimeout(() => {
        try {
          const { eval: evaluate } = globalThis;
          resolve(String(evaluate("1")));
        } catch {
          resolve("refused");
        }
      });
    });
    script.remove();
    return { violations: violations.toSorted(), fetched, evaluated, wasInjected: "wasInjected" in window };
  });
  expect(outcome).toMatchObject({ fetched: "refused", evaluated: "refused", wasInjected: false });
  expect(outcome.violations).toEqual(expect.arrayContaining(["connect-src", "script-src-elem"]));
  app().forgetTroubles();
});

test("files outside the window's own folder are not served", async () => {
  const { electron, page } = app();
  await openFleet(page);
  const statuses = await electron.evaluate(async ({ session }) => {
    const asked = ["lydlr://app/../main.cjs", "lydlr://app/%2e%2e/main.cjs", "lydlr://app/..%2fmain.cjs", "lydlr://app/%00", "lydlr://other/index.html"];
    const found: number[] = [];
    for (const url of asked) found.push((await session.defaultSession.fetch(url).catch(() => ({ status: 404 }))).status);
    return found;
  });
  expect(statuses).toEqual([404, 404, 404, 404, 404]);
});

// Last: the test's driver waits for ever for a navigation that was refused.
test("the window goes nowhere, opens nothing and is granted nothing", async () => {
  const { electron, page } = app();
  await openFleet(page);
  const address = page.url();
  expect(address).toMatch(/^lydlr:\/\/app\/index\.html/);
  expect(await page.evaluate(() => window.open("https://example.invalid/") === null)).toBe(true);
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "https://example.invalid/";
    document.body.append(link);
    link.click();
    link.remove();
    location.href = "file:///etc/passwd";
  });
  expect((await invoke(page, "app/hello", {})).ok, "the page is still there").toBe(true);
  expect(page.url()).toBe(address);
  expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  const permissions = await page.evaluate(async () => {
    const states = await Promise.all(
      (["notifications", "geolocation", "camera", "microphone"] as PermissionName[]).map(async (name) => (await navigator.permissions.query({ name })).state),
    );
    const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true }).then(() => "granted", () => "denied");
    return { states, media, notification: Notification.permission };
  });
  expect(permissions).toEqual({ states: ["denied", "denied", "denied", "denied"], media: "denied", notification: "denied" });
  app().forgetTroubles();
});
