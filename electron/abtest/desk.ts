import type { TestInput } from "../../shared/abtest/input";
import { testDetail, testEventName, type KeptInputs } from "../../shared/abtest/record-journal";
import { beginTest, evolveTest, holdsNode, type TestEvent, type TestRecord } from "../../shared/abtest/record";
import type { AbTestPreview, AbTestPromotion, AbTestPush, AbTestSetup, AbTestSummary, AbTestTraces, AbTestView } from "../../shared/contract/abtest";
import type { RolloutPlan } from "../../shared/contract/rollouts";
import type { EventView } from "../../shared/contract/snapshot";
import { parseModelVersion } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { Dispose } from "../../shared/time";
import { readInputs, readTests, resultOf } from "./history";
import { Promotions } from "./promotions";
import { testReport } from "./report";
import { TestRun } from "./run";
import { prepareTest } from "./setup";
import { liveSummaryOf, summaryOf, tracesOf, viewOf, winnerOf, type Shown } from "./view";
import type { AbTestWorld } from "./world";

/** Tests that the window is told of. */
const KEPT = 100;
/** Events that change what a node sees. */
const SCENE_EVENTS: ReadonlySet<string> = new Set(["fault-on", "fault-off"]);

/** What of an event the fleet is changed by, or may be changed by: on disk before it holds. The rest happened anyway. */
function mustBeWritten({ type }: TestEvent): boolean {
  return type === "started" || type === "ending" || type === "ended" || type === "promoting";
}

/**
 * A/B tests in the engine: takes orders, feeds what nodes report to the tests that run, and after a restart makes all
 * of it again from the journal.
 */
export class AbTestDesk {
  /** Oldest first. */
  private records = new Map<string, TestRecord>();
  private readonly runs = new Map<string, TestRun>();
  private readonly listeners = new Set<(push: AbTestPush) => void>();
  private readonly promotions: Promotions;
  private past: { readonly testId: string; readonly inputs: readonly TestInput[] } | null = null;
  private issued = 0;
  private revision = 0;
  private pushed = -1;
  private pushedState = "";

  constructor(private readonly world: AbTestWorld) {
    this.promotions = new Promotions(world, (testId, event) => {
      const known = this.records.get(testId);
      if (known !== undefined && this.write(testId, event, { inputs: [] }).ok) this.records.set(testId, evolveTest(known, event));
      this.push();
    });
    world.events.onEvent((event) => {
      this.noteScene(event);
    });
  }

  /** Takes up the tests of a fleet from the journal, and goes on with those that had not ended. */
  restart(fleet: string): void {
    const { tests, issued, lastMs } = readTests(this.world.journal, fleet);
    this.records = new Map(tests);
    this.runs.clear();
    this.issued = Math.max(this.issued, issued);
    this.revision += 1;
    const nowMs = this.world.clock.wallMs();
    for (const [testId, record] of tests) {
      if (record.end !== null) continue;
      const written = readInputs(this.world.journal, testId);
      const inputs = written.ok ? written.value.inputs : [];
      this.run(record, inputs, nowMs - (lastMs.get(testId) ?? nowMs));
    }
  }

  /** Forgets the tests of a fleet that is left; the journal keeps them. */
  forget(): void {
    this.records = new Map();
    this.runs.clear();
    this.revision += 1;
  }

  /** Told whenever a test changed. */
  onChange(listener: (push: AbTestPush) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Newest first. */
  list(): AbTestSummary[] {
    return [...this.records.values()].toReversed().slice(0, KEPT).map((record) => this.summary(record));
  }

  /** What a set-up would do now. */
  async preview(setup: AbTestSetup): Promise<AbTestPreview> {
    return (await prepareTest(this.world, setup, this.issued + 1, (nodeId) => this.testOf(nodeId))).preview;
  }

  /** Starts a test; the same request twice is one. Versions go out with the next tick. */
  async start(setup: AbTestSetup, requestId: string, actor = "operator"): Promise<Result<{ testId: string }>> {
    const repeated = this.ofRequest(requestId);
    if (repeated !== null) return ok({ testId: repeated });
    const { refusal, ready } = await prepareTest(this.world, setup, this.issued + 1, (nodeId) => this.testOf(nodeId));
    const meanwhile = this.ofRequest(requestId);
    if (meanwhile !== null) return ok({ testId: meanwhile });
    if (refusal !== null) return { ok: false, error: refusal };
    if (ready === null) return fail("NOT_IDENTIFIED", "This set-up has no design.");
    const taken = ready.nodes.find(({ nodeId }) => this.testOf(nodeId) !== null);
    if (taken !== undefined) return fail("AB_TEST_RUNNING", `${taken.nodeId} is in ${this.testOf(taken.nodeId) ?? "a test"}.`);
    const testId = `ab-${String(this.issued + 1).padStart(4, "0")}`;
    const { plan, nodes } = ready;
    const sentence = `Started by ${actor}: ${plan.versionA} against ${plan.versionB}, ${plan.design}, on ${nodes.map(({ nodeId }) => nodeId).join(", ")}.`;
    const event = { type: "started", testId, requestId, actor, policyRevision: this.world.policyRevision(), plan, nodes, endAtWinner: setup.endAtWinner, atMs: this.world.clock.wallMs(), sentence } as const;
    const written = this.write(testId, event, { inputs: [] });
    if (!written.ok) return written;
    this.issued += 1;
    const record = beginTest(event);
    this.records.set(testId, record);
    this.run(record, null, 0);
    return ok({ testId });
  }

  /** Ends a test and puts versions back. @param restoreVersion on every node; undefined: as it was set up; null: what each ran before. */
  async stop(testId: string, restoreVersion?: string | null): Promise<Result<{ testId: string }>> {
    const found = this.going(testId);
    if (!found.ok) return found;
    if (typeof restoreVersion === "string") {
      const version = parseModelVersion(restoreVersion);
      const known = version.ok ? await this.world.checkVersion(version.value) : version;
      if (!known.ok) return known;
    }
    const { nodes } = found.value.record.started;
    const versions = restoreVersion === undefined ? null : new Map(nodes.map(({ nodeId, beforeVersion }) => [nodeId, restoreVersion ?? beforeVersion]));
    found.value.end("Ended by operator.", versions);
    this.push();
    return ok({ testId });
  }

  /** A test as its page shows it. */
  view(testId: string): Result<AbTestView> {
    const shown = this.shown(testId);
    return shown.ok ? ok(viewOf(shown.value)) : shown;
  }

  /** The same; without an id the test that runs, else the newest. */
  results(testId?: string): Result<AbTestView> {
    const wanted = testId ?? [...this.runs.keys()][0] ?? [...this.records.keys()].at(-1);
    return wanted === undefined ? fail("UNKNOWN_AB_TEST", "There is no A/B test yet.") : this.view(wanted);
  }

  /** What a test was computed from. */
  traces(testId: string, maxPoints: number): Result<AbTestTraces> {
    const shown = this.shown(testId);
    return shown.ok ? ok(tracesOf(shown.value, maxPoints)) : shown;
  }

  /** What a click on Promote would do now. NO_WINNER. */
  async promotion(testId: string): Promise<Result<AbTestPromotion>> {
    const shown = this.shown(testId);
    return shown.ok ? this.promotions.preview(shown.value.record, winnerOf(shown.value.record, shown.value.result)) : shown;
  }

  /** Ends a test if it runs, and takes its winner to the fleet once every node has its version back; twice is once. */
  promote(testId: string, asked: RolloutPlan | undefined): Result<{ testId: string }> {
    const shown = this.shown(testId);
    if (!shown.ok) return shown;
    const { record, result } = shown.value;
    if (record.promotion !== null) return ok({ testId });
    const event = this.promotions.ask(record, result, asked);
    if (!event.ok) return event;
    const run = this.runs.get(testId);
    const written = run === undefined ? this.write(testId, event.value, { inputs: [] }) : run.promote(event.value);
    if (!written.ok) return written;
    if (run === undefined) this.records.set(testId, evolveTest(record, event.value));
    this.promotions.tick(this.records.values());
    this.push();
    return ok({ testId });
  }

  /** Computes a result again from what the journal has, and says whether it is the same to the last bit. */
  reproduce(testId: string): Result<{ isSame: boolean; samples: number; sentence: string }> {
    const record = this.records.get(testId);
    if (record === undefined) return unknown(testId);
    const written = readInputs(this.world.journal, testId);
    if (!written.ok) return written;
    const { inputs, result } = written.value;
    const samples = inputs.filter(({ type }) => type === "sample").length;
    if (result === null) return fail("AB_TEST_RUNNING", `${testId} has not ended yet.`);
    const isSame = JSON.stringify(resultOf(record, inputs)) === result;
    const sentence = isSame ? `The same result to the last bit, from ${samples} values of the journal.` : `Another result comes out of the ${samples} values of the journal.`;
    return ok({ isSame, samples, sentence });
  }

  /** A test with everything that it was made of, as a file. */
  report(testId: string): Result<string> {
    const shown = this.shown(testId);
    return shown.ok ? ok(testReport(shown.value, viewOf(shown.value))) : shown;
  }

  /** Tests that have not ended, and why those that are paused wait. */
  open(): readonly { readonly testId: string; readonly pausedBy: string | null }[] {
    return [...this.runs].flatMap(([testId, run]) => {
      const state = run.state();
      const pausedBy = state === "paused" ? (summaryOf(run.record, state).stateReason ?? "") : null;
      return state === "ended" ? [] : [{ testId, pausedBy }];
    });
  }

  /** The test that has a node: it runs there, or its version is being put back. */
  testOf(nodeId: string): string | null {
    for (const [testId, record] of this.records) if (holdsNode(this.runs.get(testId)?.record ?? record, nodeId)) return testId;
    return null;
  }

  /** Why a node may be given no version by others now; null where it may. */
  reserves(nodeId: string, requestId: string): Failure | null {
    const testId = this.testOf(nodeId);
    if (testId === null || requestId.startsWith(`${testId}-`)) return null;
    return { code: "AB_TEST_RUNNING", message: `${nodeId} is in ${testId}. End that test first, or roll the node back: that ends it.` };
  }

  /** AB_TEST_RUNNING with the first test that has not ended. */
  refuseWhileRunning(): Result<void> {
    const [testId] = this.runs.keys();
    return testId === undefined ? ok(undefined) : fail("AB_TEST_RUNNING", `${testId} has not ended yet. End it first.`);
  }

  /** A node said something. */
  hear(node: TrackedNode, type: "sample" | "heartbeat"): void {
    for (const run of this.runs.values()) run.hear(node, type);
  }

  /** Lets time pass for every test that runs. */
  tick(): void {
    for (const [testId, run] of this.runs) {
      run.tick();
      this.records.set(testId, run.record);
      if (run.state() !== "ended") continue;
      this.past = { testId, inputs: run.inputs };
      this.runs.delete(testId);
      this.revision += 1;
    }
    this.promotions.tick(this.records.values());
    this.push();
  }

  private run(record: TestRecord, before: readonly TestInput[] | null, awayMs: number): void {
    const { testId } = record.started;
    const run = new TestRun(this.world, record, (event, kept) => this.write(testId, event, kept), before, awayMs);
    this.runs.set(testId, run);
    this.records.set(testId, run.record);
  }

  private noteScene({ event, nodeId }: EventView): void {
    if (nodeId === null || !SCENE_EVENTS.has(event)) return;
    for (const run of this.runs.values()) run.noteScene(nodeId);
  }

  private ofRequest(requestId: string): string | null {
    return [...this.records.values()].find(({ started }) => started.requestId === requestId)?.started.testId ?? null;
  }

  private going(testId: string): Result<TestRun> {
    const run = this.runs.get(testId);
    if (run !== undefined && run.state() !== "ending") return ok(run);
    const record = this.records.get(testId);
    return record === undefined ? unknown(testId) : fail("AB_TEST_ENDED", `${testId} has ended: ${this.summary(record).verdict.sentence}`);
  }

  private summary(record: TestRecord): AbTestSummary {
    const run = this.runs.get(record.started.testId);
    return run === undefined ? summaryOf(record, "ended") : liveSummaryOf({ record: run.record, result: run.result(), state: run.state() });
  }

  private shown(testId: string): Result<Shown> {
    const run = this.runs.get(testId);
    if (run !== undefined) {
      const state = run.state();
      return ok({ record: run.record, result: run.result(), inputs: run.inputs, state, ranMs: run.ranMs(), open: run.openSegment(), promotionWaitsFor: null });
    }
    const record = this.records.get(testId);
    if (record === undefined) return unknown(testId);
    const inputs = this.pastInputs(testId);
    if (!inputs.ok) return inputs;
    return ok({ record, result: resultOf(record, inputs.value), inputs: inputs.value, state: "ended", ranMs: record.end?.ranMs ?? 0, open: null, promotionWaitsFor: this.promotions.waitsFor });
  }

  private pastInputs(testId: string): Result<readonly TestInput[]> {
    if (this.past?.testId === testId) return ok(this.past.inputs);
    const written = readInputs(this.world.journal, testId);
    if (!written.ok) return written;
    this.past = { testId, inputs: written.value.inputs };
    return ok(written.value.inputs);
  }

  private write(testId: string, event: TestEvent, kept: KeptInputs): Result<void> {
    const isByPerson = event.type === "started" || event.type === "promoting";
    const draft = {
      event: testEventName(event.type),
      nodeId: event.type === "node-back" || event.type === "paused" ? event.nodeId : null,
      actor: isByPerson ? ("operator" as const) : ("engine" as const),
      sentence: event.sentence,
      detail: testDetail(testId, event),
      ...(kept.inputs.length === 0 && kept.result === undefined ? {} : { kept }),
    };
    this.revision += 1;
    if (mustBeWritten(event)) return this.world.events.commit(draft);
    this.world.events.record(draft);
    return ok(undefined);
  }

  private push(): void {
    const states = [...[...this.runs].map(([testId, run]) => `${testId} ${run.state()}`), this.promotions.waitsFor].join();
    if (this.listeners.size === 0 || (this.revision === this.pushed && states === this.pushedState)) return;
    this.pushed = this.revision;
    this.pushedState = states;
    const tests = this.list();
    const [testId] = [...this.runs.keys(), ...tests.map((test) => test.testId)];
    const current = testId === undefined ? null : this.view(testId);
    const push: AbTestPush = { tests, current: current?.ok === true ? current.value : null };
    for (const listener of this.listeners) listener(push);
  }
}

function unknown(testId: string): Result<never> {
  return fail("UNKNOWN_AB_TEST", `There is no A/B test ${testId}.`);
}
