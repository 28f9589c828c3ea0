import { startAbTest, type AbTest, type TestResult } from "../../shared/abtest/ab-test";
import type { TestInput } from "../../shared/abtest/input";
import type { KeptInputs } from "../../shared/abtest/record-journal";
import { evolveTest, type TestEvent, type TestRecord, type VerdictNumbers } from "../../shared/abtest/record";
import type { Result } from "../../shared/result";

/** How a run writes what happens to it. On failure it did not happen. */
export type WriteTest = (event: TestEvent, kept: KeptInputs) => Result<void>;

/** The inference of one test, everything that it was told, and what is written of the test. */
export class Ledger {
  readonly ab: AbTest;
  private readonly told: TestInput[];
  private unwritten: TestInput[] = [];
  private toldVerdict: string;

  /** @param before the inputs of earlier runs of the application, oldest first. */
  constructor(
    private known: TestRecord,
    private readonly writeTest: WriteTest,
    before: readonly TestInput[],
  ) {
    this.ab = startAbTest(known.started.plan, 0);
    this.told = [...before];
    for (const input of before) this.ab.take(input);
    this.toldVerdict = known.verdict?.sentence ?? "";
  }

  get record(): TestRecord {
    return this.known;
  }

  /** Everything that the inference was told, in order. */
  get inputs(): readonly TestInput[] {
    return this.told;
  }

  /** Tells the inference, and keeps what it was told. */
  tell(input: TestInput): void {
    this.ab.take(input);
    this.keep(input);
  }

  /** Lets time pass in a pause: kept only where that ends the test. @returns whether it does. */
  passTime(tMs: number): boolean {
    const input: TestInput = { type: "tick", tMs };
    this.ab.take(input);
    if (this.ab.isOver()) this.keep(input);
    return this.ab.isOver();
  }

  /** Writes a verdict that is news. */
  writeVerdict(atMs: number): void {
    const result = this.ab.result();
    const { kind, sentence } = result.verdict;
    if (kind === "collecting" || sentence === this.toldVerdict) return;
    this.toldVerdict = sentence;
    this.write({ type: "verdict", ...numbersOf(result), atMs, sentence });
  }

  /** Writes the end, with the result as it was shown. */
  writeEnd(atMs: number, ranMs: number, restored: string): Result<void> {
    const result = this.ab.result();
    return this.write({ type: "ended", ranMs, ...numbersOf(result), atMs, sentence: `${result.verdict.sentence} ${restored}` }, result);
  }

  /** Writes an event, and with it what the inference was told since the last one. */
  write(event: TestEvent, result?: TestResult): Result<void> {
    const inputs = this.unwritten;
    const written = this.writeTest(event, result === undefined ? { inputs } : { inputs, result });
    if (!written.ok) return written;
    this.unwritten = [];
    this.known = evolveTest(this.known, event);
    return written;
  }

  private keep(input: TestInput): void {
    this.told.push(input);
    this.unwritten.push(input);
  }
}

/** What of a result its history shows. */
function numbersOf({ verdict, metrics }: TestResult): VerdictNumbers {
  const [primary] = metrics;
  const { effect = null, low = null, high = null } = primary?.interval ?? {};
  return { kind: verdict.kind, metric: verdict.metric, effect, low, high, pairs: primary?.pairs ?? 0 };
}
