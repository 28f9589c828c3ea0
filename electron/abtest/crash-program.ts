import * as v from "valibot";
import type { AbTestView } from "../../shared/contract/abtest";
import { TestBench } from "./bench-fixture";
import { crashOptionsSchema, type CrashOptions, type CrashSaid } from "./crash-talk";

/**
 * A program of the tests alone: the engine with two nodes in virtual time. It begins a crossover test and kills itself
 * with SIGKILL at a given moment of it; or it takes up what such a run left, and ends the test.
 */

const OPTIONS = { blockMs: 5_000, washOutMs: 1_000, longestMs: 100_000, smallestDifference: 0.5, guardrails: [{ metric: "latencyMs" as const, allowed: 1 }] };
const TEST_ID = "ab-0001";

function seen(bench: TestBench): AbTestView {
  const results = bench.operations.getAbTestResults(TEST_ID);
  if (!results.ok) throw new Error(results.error.message);
  return results.value;
}

async function until(bench: TestBench, what: string, is: () => boolean): Promise<void> {
  if (!(await bench.until(is))) throw new Error(`never saw ${what}: ${JSON.stringify(seen(bench).happened)}`);
}

function say(bench: TestBench, found: CrashSaid["found"], ended: CrashSaid["ended"]): Promise<void> {
  const said: CrashSaid = { atMs: bench.timers.wallMs(), running: [...bench.running], found, ended };
  return new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => {
      resolve();
    });
  });
}

async function beginAndDie(bench: TestBench, killIn: NonNullable<CrashOptions["killIn"]>): Promise<void> {
  await bench.run(13);
  const begun = await bench.operations.setupAbTest("node_0", "node_1", "1.0.0", "1.1.0", OPTIONS);
  if (!begun.ok) throw new Error(begun.error.message);
  await until(bench, "the third block", () => seen(bench).blocks.length === 3 && seen(bench).state === "running");
  if (killIn === "exchange") await until(bench, "an exchange", () => seen(bench).state === "swapping");
  if (killIn === "ending") await bench.operations.abTests.stop(TEST_ID);
  if (killIn === "block") await bench.run(2);
  await say(bench, null, null);
  process.kill(process.pid, "SIGKILL");
}

async function takeUpAndEnd(bench: TestBench): Promise<void> {
  const { state, stateReason } = seen(bench);
  await bench.run(9);
  if (seen(bench).state !== "ended") await bench.operations.abTests.stop(TEST_ID, "1.1.0");
  await until(bench, "its end", () => seen(bench).state === "ended");
  const { verdict, restore } = seen(bench);
  const again = bench.operations.abTests.reproduce(TEST_ID);
  await say(bench, { state, reason: stateReason }, { verdict: verdict.sentence, restore: restore.map((each) => `${each.nodeId} ${each.version} ${each.state}`), isSame: again.ok && again.value.isSame });
}

async function main(): Promise<void> {
  const { folder, startMs, running, killIn } = v.parse(crashOptionsSchema, JSON.parse(process.argv[2] ?? ""));
  const bench = new TestBench(2, { folder, startMs, running: new Map(running) });
  await bench.start();
  await (killIn === null ? takeUpAndEnd(bench) : beginAndDie(bench, killIn));
  process.exit(0);
}

void main();
