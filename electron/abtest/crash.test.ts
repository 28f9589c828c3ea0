import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyJournal } from "../journal/offline";
import { crashSaidSchema, type CrashOptions, type CrashSaid } from "./crash-talk";

const here = import.meta.dirname;
const START_MS = 1_700_000_000_000;

describe("an A/B test whose application is killed with SIGKILL", () => {
  /** Beside the sources, so that native modules are found. */
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(here, "..", "..", "node_modules", ".abtest-crash-"));
    await build({ entryPoints: [join(here, "crash-program.ts")], outfile: join(folder, "program.cjs"), bundle: true, platform: "node", format: "cjs", external: ["libsql"] });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(options: CrashOptions): Promise<{ readonly signal: NodeJS.Signals | null; readonly said: CrashSaid }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(folder, "program.cjs"), JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.once("close", (_code, signal) => {
        const said = v.safeParse(v.pipe(v.string(), v.parseJson(), crashSaidSchema), text);
        if (said.success) resolve({ signal, said: said.output });
        else reject(new Error(`it said: ${text}`));
      });
    });
  }

  const CHOSEN = ["node_0 1.1.0 confirmed", "node_1 1.1.0 confirmed"];
  const SET_UP = ["node_0 1.0.0 confirmed", "node_1 1.0.0 confirmed"];
  const RESTARTED = { state: "paused", reason: "The application was restarted." };

  /** When it is killed, for how long it is away, how it is found again, and what every node runs in the end. */
  test.concurrent.each([
    ["in the middle of a block", "block", 5_000, RESTARTED, CHOSEN, /^Inconclusive/],
    ["while versions are exchanged", "exchange", 5_000, RESTARTED, CHOSEN, /^Inconclusive/],
    ["while versions are put back", "ending", 5_000, { state: "ending", reason: "Ended by operator." }, SET_UP, /^Inconclusive/],
    ["in a block, and started again after 11 min", "block", 660_000, { state: "ending", reason: expect.stringContaining("paused for more than 10 min") as string }, SET_UP, /^Invalid: the application was restarted, paused for more than 10 min/],
  ] as const)("%s is found again, and ending it gives every node its version, by its own report", async (_when, killIn, awayMs, found, restore, verdict) => {
    const data = mkdtempSync(join(folder, "data-"));
    const first = await run({ folder: data, startMs: START_MS, running: [["node_0", "1.0.0"], ["node_1", "1.0.0"]], killIn });
    expect(first.signal).toBe("SIGKILL");
    expect(new Set(first.said.running.map(([, version]) => version)).size, "the test had put another version on a node").toBeGreaterThan(1);
    // Nodes keep what they were sent, as robots do whose operator's machine went down.
    const second = await run({ folder: data, startMs: first.said.atMs + awayMs, running: first.said.running, killIn: null });
    expect(second.signal).toBeNull();
    expect(second.said.found).toEqual(found);
    expect(second.said.ended).toEqual({ verdict: expect.stringMatching(verdict) as string, restore, isSame: true });
    expect(second.said.running.map(([nodeId, version]) => `${nodeId} ${version} confirmed`), "what the nodes run is what was said").toEqual(restore);
    expect(verifyJournal(join(data, "journal.db"))).toMatchObject({ ok: true, value: { broken: null } });
  }, 50_000);
});
