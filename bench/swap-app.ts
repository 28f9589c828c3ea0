import { randomUUID } from "node:crypto";
import type { Page } from "playwright";
import { KEPT_UNUSED_MS } from "../electron/inference/unused-versions";
import type { RequestBody, RequestName, RequestReply } from "../shared/contract/channels";
import type { NodeView } from "../shared/contract/snapshot";
import type { Policy } from "../shared/policy/policy";
import type { Result } from "../shared/result";
import { readOptions, reportOn, rounded, type Benchmark } from "./benchmark";
import { readFootprint } from "./footprint";
import { leaveFirstStart, passed, startWindow, withDataDir } from "./windows";

const HELP = `usage: ./lydlr bench swap --app [--swaps N] [--json]

Starts the window with one node and swaps its model back and forth between the two newest versions, by requests as a
click makes them; each swap is followed until the node's own samples verified it. Prints the memory of the
application's inference process before and after, each time with the version that is not used any more closed.
Fails when it grew by more than 10 %, or when a swap was not verified.

  --swaps N  how many (50), an even number
`;

const NODE = "node_0";
const WARM_UP_SWAPS = 10;
/** "Within 10 %". */
const MOST_GROWTH = 1.1;
const VERIFIED_WITHIN_MS = 60_000;
/** Until the process has really given back what it closed. */
const CLOSED_MS = KEPT_UNUSED_MS + 5_000;
const MEGABYTE = 1_000_000;
const ENDED: ReadonlySet<string> = new Set(["verified", "failed", "unconfirmed", "inconsistent"]);

/** Asks over the window's own bridge, as a click does; throws where the answer is no. */
async function ask<Name extends RequestName>(page: Page, name: Name, body: RequestBody<Name>): Promise<RequestReply<Name>> {
  const answer = (await page.evaluate(([asked, sent]) => window.ops.invoke(asked, sent), [name, body] as const)) as Result<RequestReply<Name>>;
  if (!answer.ok) throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

async function until<Value>(look: () => Promise<Value | null>, what: string): Promise<Value> {
  const untilMs = performance.now() + VERIFIED_WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > untilMs) throw new Error(`${what} did not come within ${String(VERIFIED_WITHIN_MS / 1000)} s`);
    await passed(100);
  }
}

/** This is not about latency, nor about whether the guard likes a version: on a busy machine it might not. */
async function muteJudgement(page: Page): Promise<void> {
  const { policy, revision } = await ask(page, "policy/current", {});
  const muted: Policy = { ...policy, roles: { ...policy.roles, latencyMs: "muted" }, engine: { ...policy.engine, rollBackOnFail: false } };
  await ask(page, "policy/save", { policy: muted, reason: "swaps are measured", expectedRevision: revision });
}

/** The two newest versions that are no drill, the newest last. */
async function versionsOf(page: Page): Promise<readonly [string, string]> {
  const listed = await ask(page, "models/list", {});
  const [older, newest] = listed.filter(({ drill, verified }) => !drill && verified).map(({ version }) => version).slice(-2);
  if (older === undefined || newest === undefined) throw new Error("two usable versions are needed to swap between");
  return [older, newest];
}

async function swapTo(page: Page, version: string): Promise<void> {
  const nodeNow = async (): Promise<NodeView | null> => (await ask(page, "fleet/snapshot", {})).nodes.find(({ nodeId }) => nodeId === NODE) ?? null;
  const expectedVersion = (await nodeNow())?.modelVersion ?? null;
  const body = { nodeId: NODE, version, expectedVersion, requestId: randomUUID() };
  const { commandId } = await ask(page, "fleet/deploy", body);
  const ended = await until(async () => {
    const command = (await nodeNow())?.command ?? null;
    return command !== null && command.commandId === commandId && ENDED.has(command.phase) ? command : null;
  }, `the end of a swap to ${version}`);
  if (ended.phase !== "verified") throw new Error(`a swap to ${version} ended as ${ended.phase}`);
}

/** Memory of the inference process, bytes. */
async function memoryOf(page: Page, rootPid: number): Promise<number> {
  const pid = (await ask(page, "fleet/snapshot", {})).processes.find(({ name }) => name === "inference")?.pid;
  return readFootprint(rootPid).find((one) => one.pid === pid)?.rssBytes ?? Number.NaN;
}

/** What swaps leave behind in the process of inference of the application itself. */
export const swapInAppBenchmark: Pick<Benchmark, "help" | "run"> = {
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { swaps: 50 });
    const report = reportOn(io, isJson);
    return withDataDir(async (dataDir) => {
      await leaveFirstStart(dataDir);
      const started = startWindow({ what: "app", dataDir, args: ["--link", "embedded", "--nodes", "1", "--seed", "7"], isWatched: true });
      try {
        const page = await started.page();
        await page.waitForFunction(() => "ops" in window);
        await until(async () => (await ask(page, "fleet/snapshot", {})).nodes.find((node) => node.modelVersion !== null) ?? null, "the first sample");
        await muteJudgement(page);
        const [older, newest] = await versionsOf(page);
        const running = (await ask(page, "fleet/snapshot", {})).nodes[0]?.modelVersion;
        const [first, second] = running === newest ? [older, newest] : [newest, older];
        const swap = async (count: number): Promise<readonly number[]> => {
          const memory: number[] = [];
          for (let index = 0; index < count; index++) {
            await swapTo(page, index % 2 === 0 ? first : second);
            memory.push(await memoryOf(page, started.pid));
          }
          return memory;
        };
        await swap(WARM_UP_SWAPS);
        report.progress(`warm after ${String(WARM_UP_SWAPS)} swaps; waiting until the version that is not used is closed`);
        await passed(CLOSED_MS);
        const before = await memoryOf(page, started.pid);
        const during = await swap(numbers.swaps);
        await passed(CLOSED_MS);
        const after = await memoryOf(page, started.pid);
        const ratio = after / before;
        const megabytes = (bytes: number): number => rounded(bytes / MEGABYTE, 1);
        const most = Math.max(...during);
        report.line(
          { type: "summary", versions: [older, newest], swaps: numbers.swaps, memoryBeforeBytes: before, memoryDuringMostBytes: most, memoryAfterBytes: after, memoryRatio: ratio },
          `${String(numbers.swaps)} swaps between ${older} and ${newest} in the application, all verified: memory of its inference process ${String(megabytes(before))} MB before, at most ${String(megabytes(most))} MB meanwhile, ${String(megabytes(after))} MB after (${String(rounded(100 * ratio, 1))} %)`,
        );
        return ratio <= MOST_GROWTH ? 0 : 1;
      } finally {
        await started.stop();
      }
    });
  },
};
