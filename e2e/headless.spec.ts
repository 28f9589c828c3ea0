import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { recompute } from "../shared/report/recompute-fixture";
import { expectRatesKeptOrToldLowered } from "./app/rates";
import { expectNoneLeft } from "./app/group";
import { freshDataDir } from "./app/ops-app";
import { isRunning, readProcessTree } from "./app/processes";
import { runCommand } from "./app/command-line";

interface StatusLine {
  readonly type: "status";
  readonly tMs: number;
  readonly link: string;
  readonly linkState: string;
  readonly nodes: readonly {
    readonly nodeId: string;
    readonly state: string;
    readonly modelVersion: string | null;
    readonly compressionRatio: number | null;
    readonly latencyMs: number | null;
    readonly qualityScore: number | null;
    readonly sampleRateHz: number | null;
    readonly ageMs: number | null;
  }[];
}

type Line =
  | StatusLine
  | { readonly type: "event"; readonly tMs: number; readonly event: string; readonly nodeId: string | null; readonly detail: object }
  | { readonly type: "summary"; readonly durationMs: number; readonly samples: number; readonly malformed: number; readonly decisions: number };

function parseLines(text: string): readonly Line[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const dataDirs: string[] = [];
function dataDir(): string {
  const made = freshDataDir();
  dataDirs.push(made);
  return made;
}
test.afterEach(() => {
  for (const folder of dataDirs.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("twenty seconds without a window: six live nodes at their rates or told lowered, nothing malformed, a summary at the end", async () => {
  const command = runCommand(["start", "--headless", "--for", "20s", "--json", "--data-dir", dataDir(), "--seed", "7"]);
  expect(await command.ended).toBe(0);
  const lines = parseLines(command.stdout());
  const statuses = lines.filter((line) => line.type === "status");
  expect(statuses.length, "one status a second").toBeGreaterThanOrEqual(18);
  expect(statuses.length).toBeLessThanOrEqual(21);
  const last = statuses.at(-1);
  expect(last).toMatchObject({ link: "embedded", linkState: "up" });
  expect(last?.nodes.map(({ nodeId, state }) => `${nodeId} ${state}`)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `node_${index} live`));
  for (const node of last?.nodes ?? []) {
    for (const value of [node.compressionRatio, node.latencyMs, node.qualityScore, node.ageMs]) expect(Number.isFinite(value)).toBe(true);
    expect(node.modelVersion).toMatch(/^\d+\.\d+\.\d+$/);
  }
  // A second in which the machine was elsewhere is no rate: the median of what was told in the second half.
  const toldRates = (nodeId: string): number[] => statuses.slice(-10).flatMap(({ nodes }) => nodes.find((node) => node.nodeId === nodeId)?.sampleRateHz ?? []);
  const rates = (last?.nodes ?? []).map(({ nodeId }) => ({
    nodeId,
    sampleRateHz: toldRates(nodeId).toSorted((left, right) => left - right)[Math.floor(toldRates(nodeId).length / 2)] ?? null,
    wantedHz: nodeId === "node_0" || nodeId === "node_1" ? 10 : 2,
  }));
  const told = lines.filter((line) => line.type === "event" && line.event === "link-notice").map((line) => JSON.stringify(line));
  expectRatesKeptOrToldLowered(rates, told.find((line) => line.includes("FRAME_RATE_LOWERED")) ?? null);
  expect(lines.at(-1)).toMatchObject({ type: "summary", malformed: 0 });
  const summary = lines.at(-1);
  expect(summary?.type === "summary" ? summary.samples : 0).toBeGreaterThan(100);
  for (const line of lines) if (line.type === "event") expect(line.event).toMatch(/^[a-z-]+$/);
});

test("SIGTERM ends it within 2 s with a summary, code 0 and no process left", async () => {
  const command = runCommand(["start", "--headless", "--json", "--data-dir", dataDir()]);
  await expect.poll(() => command.stdout(), { timeout: 30_000 }).toContain('"state":"live"');
  const processes = readProcessTree(command.child.pid ?? 0);
  expect(processes.length, "the engine and its inference process").toBeGreaterThanOrEqual(2);
  const askedAtMs = performance.now();
  command.child.kill("SIGTERM");
  expect(await command.ended).toBe(0);
  expect(performance.now() - askedAtMs).toBeLessThan(2_000);
  expect(parseLines(command.stdout()).at(-1)).toMatchObject({ type: "summary", malformed: 0 });
  expectNoneLeft(processes.filter(isRunning));
});

test("bad usage is a sentence with a code, and 2", async () => {
  for (const args of [["--nodes", "many"], ["--link", "carrier-pigeon"], ["--for", "soon"], ["--frobnicate"]]) {
    const command = runCommand(["start", "--headless", ...args]);
    expect(await command.ended, args.join(" ")).toBe(2);
    expect(command.stderr()).toMatch(/^BAD_USAGE: /);
    expect(command.stdout()).toBe("");
  }
});

test("with --json nothing but JSON Lines comes on stdout, also when no journal can be written", async () => {
  const command = runCommand(["start", "--headless", "--for", "3s", "--json", "--data-dir", "/dev/null/no-folder-can-be-here"]);
  expect(await command.ended).toBe(0);
  expect(command.stderr()).toMatch(/^JOURNAL_UNAVAILABLE: /m);
  expect(parseLines(command.stdout()).at(-1)).toMatchObject({ type: "summary" });
});

/** Reports of a running engine: figures that its own samples give again, each kind of file, and what is refused. */
async function expectReports(folder: string): Promise<void> {
  const report = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> => {
    const command = runCommand(["ctl", "report", ...args, "--data-dir", folder]);
    return { code: await command.ended, out: command.stdout(), err: command.stderr() };
  };
  const json = join(folder, "report.json");
  expect(await report(json, "--from", "10m")).toMatchObject({ code: 0, out: expect.stringContaining(json) });
  const { fromMs, toMs, groups, commands, samples } = JSON.parse(readFileSync(json, "utf8")) as {
    readonly fromMs: number;
    readonly toMs: number;
    readonly groups: readonly { readonly nodeId: string; readonly version: string | null; readonly samples: number; readonly metrics: Readonly<Record<string, { readonly n: number; readonly p95: number }>> }[];
    readonly commands: { readonly rows: readonly { readonly kind: string; readonly actor: string }[] };
    readonly samples: { readonly rows: readonly unknown[] };
  };
  const csv = join(folder, "report.csv");
  expect(await report(csv, "--from", String(fromMs), "--to", String(toMs), "--json")).toMatchObject({ code: 0, out: expect.stringContaining('"format":"csv"') });
  const again = recompute(readFileSync(csv, "utf8"));
  expect(groups.map((group) => `${group.nodeId} ${group.version ?? ""} ${group.samples} ${group.metrics["latencyMs"]?.p95}`).sort()).toEqual(
    again.map((group) => `${group.nodeId} ${group.version} ${group.samples} ${group.metrics[1]?.p95}`).sort(),
  );
  expect(samples.rows.length).toBeGreaterThan(20);
  expect(commands.rows[0]).toMatchObject({ kind: "deploy", actor: "operator" });
  const page = join(folder, "report.html");
  expect((await report(page, "--nodes", "node_1", "--from", String(fromMs), "--to", String(toMs))).code).toBe(0);
  expect(readFileSync(page, "utf8")).toContain("EMBEDDED");
  expect(await report(join(folder, "report.pdf"))).toMatchObject({ code: 1, err: expect.stringMatching(/^NOT_AVAILABLE: A PDF is printed by the window/) });
  expect(await report(join(folder, "report.doc"))).toMatchObject({ code: 2, err: expect.stringMatching(/^BAD_USAGE: /) });
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
}

test("ctl deploys on a running engine by its local socket, and its exit code is what the node itself reported; it reports what happened", async () => {
  const folder = dataDir();
  const engine = runCommand(["start", "--headless", "--json", "--data-dir", folder, "--nodes", "2"]);
  await expect.poll(() => engine.stdout(), { timeout: 30_000 }).toContain('"state":"live"');
  const status = runCommand(["ctl", "status", "--data-dir", folder, "--json"]);
  expect(await status.ended).toBe(0);
  const [line] = parseLines(status.stdout());
  if (line?.type !== "status") throw new Error("no status came");
  const running = line.nodes.find(({ nodeId }) => nodeId === "node_1")?.modelVersion;
  const wanted = running === "1.0.0" ? "1.1.0" : "1.0.0";

  const refused = runCommand(["ctl", "deploy", "node_1", "9.9.9", "--data-dir", folder]);
  expect(await refused.ended).toBe(1);
  expect(refused.stderr()).toMatch(/^UNKNOWN_VERSION: /);
  const deploy = runCommand(["ctl", "deploy", "node_1", wanted, "--data-dir", folder, "--json"]);
  const code = await deploy.ended;
  const phases = deploy.stdout().trimEnd().split("\n").map((step) => (JSON.parse(step) as { readonly phase: string }).phase);
  expect(phases.slice(0, 1)).toEqual(["requested"]);
  expect(deploy.stdout(), "where it came from is told with it").toContain('"placedBy":{"kind":"ctl"}');
  expect(phases, "the node's own report").toContain("acknowledged");
  // On a busy machine its latency may not stay within the limit: then nothing is verified, and the code says so.
  expect([phases.at(-1) === "verified", code === 0], deploy.stdout()).toEqual(phases.at(-1) === "verified" ? [true, true] : [false, false]);
  await expectReports(folder);
  engine.child.kill("SIGTERM");
  expect(await engine.ended).toBe(0);
  expect(existsSync(join(folder, "control.sock")), "the socket goes with it").toBe(false);
});
