import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import { invoke } from "./fleet";

/** What axe found, as far as a test says it. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

interface Axe {
  run(context: Document, options: unknown): Promise<{ readonly violations: readonly Violation[] }>;
}

const WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const require = createRequire(import.meta.url);
const source = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/**
 * Checks the page as it is now against WCAG 2.2 AA and axe's best practices. The checker comes in over the
 * debugger, because the window's content security policy takes no foreign script.
 * @returns one line for each place that is wrong; none is right.
 */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(source);
  const violations = await page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { readonly axe: Axe };
    const { violations: found } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return found.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ target, failureSummary }) => ({ target: target.map(String), failureSummary: failureSummary ?? "" })),
    }));
  }, WCAG_2_2_AA);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary.replaceAll(/\s+/g, " ")}`),
  );
}

/** Checks what is on screen in both themes, and that nothing sticks out sideways. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const theme of ["dark", "light"] as const) {
    expect((await invoke(page, "settings/change", { theme })).ok).toBe(true);
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    expect.soft(await accessibilityFaults(page), `${what}, ${theme}`).toEqual([]);
  }
  const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(overflowPx, `${what} sticks out by px`).toBeLessThanOrEqual(0);
}
