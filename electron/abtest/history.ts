import { startAbTest, type TestResult } from "../../shared/abtest/ab-test";
import type { TestInput } from "../../shared/abtest/input";
import { readKept, readTestEvent, TEST_EVENTS } from "../../shared/abtest/record-journal";
import { beginTest, evolveTest, type TestRecord } from "../../shared/abtest/record";
import type { EventView } from "../../shared/contract/snapshot";
import { FLEET_JOINED } from "../../shared/rollout/replay";
import { fail, ok, type Result } from "../../shared/result";
import type { Journal } from "../journal/port";

/** The tests of one fleet as the journal has them. */
export interface WrittenTests {
  /** Oldest first. */
  readonly tests: ReadonlyMap<string, TestRecord>;
  /** Tests ever started, of every fleet: ids go on counting from here. */
  readonly issued: number;
  /** When the newest event of each test was written, Unix ms. */
  readonly lastMs: ReadonlyMap<string, number>;
}

/** Makes the tests of a fleet again from their events. */
export function readTests(journal: Pick<Journal, "ofKinds">, fleet: string): WrittenTests {
  const written = journal.ofKinds([FLEET_JOINED, ...TEST_EVENTS]);
  const tests = new Map<string, TestRecord>();
  const lastMs = new Map<string, number>();
  let issued = 0;
  let current: unknown = null;
  for (const event of written.ok ? written.value : []) {
    if (event.event === FLEET_JOINED) current = event.detail["fleet"];
    const read = readTestEvent(event);
    if (read === null) continue;
    issued = Math.max(issued, Number(/^ab-(\d+)$/.exec(read.testId)?.[1] ?? 0));
    if (current !== fleet) continue;
    lastMs.set(read.testId, event.tMs);
    const known = tests.get(read.testId);
    if (read.event.type === "started") tests.set(read.testId, beginTest(read.event));
    else if (known !== undefined) tests.set(read.testId, evolveTest(known, read.event));
  }
  return { tests, issued, lastMs };
}

/** What the inference of a test was told, and the result that it had at its end, as the journal has them. */
export interface WrittenSamples {
  readonly inputs: readonly TestInput[];
  /** In JSON; null where it has not ended. */
  readonly result: string | null;
}

/** Reads the inputs of a test in their order. UNKNOWN_AB_TEST, JOURNAL_UNAVAILABLE. */
export function readInputs(journal: Pick<Journal, "ofKinds" | "keptOf">, testId: string): Result<WrittenSamples> {
  const written = journal.ofKinds(TEST_EVENTS);
  if (!written.ok) return written;
  const inputs: TestInput[] = [];
  let result: string | null = null;
  const own = written.value.filter(({ detail }: EventView) => detail["testId"] === testId);
  if (own.length === 0) return fail("UNKNOWN_AB_TEST", `There is no A/B test ${testId}.`);
  for (const { id } of own) {
    const found = journal.keptOf(id);
    if (!found.ok) return found;
    const kept = readKept(found.value);
    if (kept === null) continue;
    inputs.push(...kept.inputs);
    if (kept.result !== undefined) result = JSON.stringify(kept.result);
  }
  return ok({ inputs, result });
}

/** Computes the result of a test again, from its plan and what it was told. */
export function resultOf({ started }: Pick<TestRecord, "started">, inputs: readonly TestInput[]): TestResult {
  const ab = startAbTest(started.plan, 0);
  for (const input of inputs) ab.take(input);
  return ab.result();
}
