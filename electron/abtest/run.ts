import type { TestResult } from "../../shared/abtest/ab-test";
import { interruptionText, type TestInput } from "../../shared/abtest/input";
import type { PlannedBlock } from "../../shared/abtest/plan";
import type { Segment, TestEvent, TestEventOf, TestRecord } from "../../shared/abtest/record";
import { createSampler, type Sampler } from "../../shared/abtest/sampler";
import type { AbTestState } from "../../shared/contract/abtest";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { Result } from "../../shared/result";
import { Exchange } from "./exchange";
import { Ledger, type WriteTest } from "./ledger";
import { Restoration } from "./restoration";
import { TestClock } from "./test-clock";
import { Watch, type Ending } from "./watch";
import type { AbTestWorld } from "./world";

/** Ticks in a row without an obstruction before a paused test goes on. */
const WELL_TICKS = 2;
/** A node that reports another version than it was given at so many ticks in a row was given it by somebody else. */
const OTHER_TICKS = 2;

type Phase = "placing" | "running" | "paused" | "restoring" | "ended";

/**
 * One test that runs: it puts versions on nodes, feeds what nodes report to the inference, and puts back what is to
 * run afterwards. Everything that the inference is told is kept, in order: the same inputs give the same result.
 */
export class TestRun {
  private readonly ledger: Ledger;
  private readonly clock: TestClock;
  private readonly watch: Watch;
  private readonly samplers: ReadonlyMap<string, Sampler>;
  private phase: Phase = "placing";
  /** A block that was cut waits to be run again. */
  private isResuming = false;
  private exchange: Exchange | null = null;
  private wellTicks = 0;
  private readonly otherTicks = new Map<string, number>();
  /** On the test's clock. */
  private blockFromMs = 0;
  private segmentFromAtMs: number | null = null;
  private restoration: Restoration | null = null;
  /** Why it ends, until that is on disk. */
  private endReason: string | null = null;
  private endVersions: ReadonlyMap<string, string> | null = null;

  /** @param before the inputs of earlier runs of the application, oldest first; `awayMs`: since the last of them was written. */
  constructor(
    private readonly world: AbTestWorld,
    record: TestRecord,
    writeTest: WriteTest,
    before: readonly TestInput[] | null,
    awayMs: number,
  ) {
    this.ledger = new Ledger(record, writeTest, before ?? []);
    this.watch = new Watch(world, record);
    this.samplers = new Map(record.started.nodes.map(({ nodeId, every }) => [nodeId, createSampler(every)]));
    const lastMs = this.inputs.at(-1)?.tMs ?? 0;
    this.clock = new TestClock(lastMs);
    if (record.end !== null) this.phase = "ended";
    else if (record.ending !== null) this.startRestoring();
    // It was promoted and had not ended: it is not run on, or the roll-out would rest on a verdict that nobody saw.
    else if (record.promotion !== null) this.endPromoted(record.promotion.plan.version);
    else if (before !== null) this.takeUp(lastMs, Math.max(0, awayMs));
  }

  private endPromoted(version: string): void {
    this.end(`Ended by operator: ${version} is promoted.`, null);
  }

  private get ab(): Ledger["ab"] {
    return this.ledger.ab;
  }

  get record(): TestRecord {
    return this.ledger.record;
  }

  /** Everything that the inference was told. */
  get inputs(): readonly TestInput[] {
    return this.ledger.inputs;
  }

  result(): TestResult {
    return this.ab.result();
  }

  state(): AbTestState {
    switch (this.phase) {
      case "placing":
        return this.isResuming ? "paused" : this.record.segments.length === 0 ? "starting" : "swapping";
      case "running":
        return "running";
      case "paused":
        return "paused";
      case "restoring":
        return "ending";
      case "ended":
        return "ended";
    }
  }

  /** Time that it ran in blocks, ms. */
  ranMs(): number {
    if (this.record.end !== null) return this.record.end.ranMs;
    const open = this.segmentFromAtMs === null ? 0 : this.world.clock.wallMs() - this.segmentFromAtMs;
    return open + this.record.segments.reduce((sum, { fromAtMs, toAtMs }) => sum + (toAtMs - fromAtMs), 0);
  }

  /** The block that runs now, as far as it has come; null while none does. */
  openSegment(): Omit<Segment, "toAtMs" | "isWhole"> | null {
    return this.segmentFromAtMs === null ? null : { index: this.ab.blocksRun(), fromTestMs: this.blockFromMs, fromAtMs: this.segmentFromAtMs };
  }

  /** A person ends it. @param versions what every node runs then; null: as it was set up. */
  end(reason: string, versions: ReadonlyMap<string, string> | null): void {
    if (this.phase === "restoring" || this.phase === "ended") return;
    this.feed({ type: "ended", tMs: this.nowMs() });
    this.startEnding(reason, versions);
  }

  /** Its winner goes to the fleet: that is written first, then the test ends. On failure nothing happened. */
  promote(event: TestEventOf<"promoting">): Result<void> {
    const written = this.write(event);
    if (written.ok) this.endPromoted(event.plan.version);
    return written;
  }

  noteScene(nodeId: string): void {
    this.watch.noteScene(nodeId);
  }

  /** A node of the fleet said something. */
  hear(node: TrackedNode, type: "sample" | "heartbeat"): void {
    const sampler = this.samplers.get(node.nodeId);
    if (sampler === undefined || this.phase === "restoring" || this.phase === "ended") return;
    this.lookForEnding([node.nodeId]);
    if (this.phase === "placing") this.place();
    if (this.phase !== "running" || type !== "sample") return;
    this.closeBlocks();
    if (this.state() === "running") this.takeSample(node, sampler);
  }

  tick(): void {
    if (this.phase === "ended") return;
    if (this.endReason !== null) {
      this.startEnding(this.endReason, this.endVersions);
      return;
    }
    if (this.phase === "restoring") {
      this.restore();
      return;
    }
    this.lookForEnding(this.record.started.nodes.map(({ nodeId }) => nodeId));
    if (this.isEnding()) return;
    this.lookForObstruction();
    this.lookForOtherVersion();
    if (this.isEnding()) return;
    if (this.phase === "placing") this.place();
    if (this.phase === "running") this.closeBlocks();
    if (this.phase === "paused") this.feedPause();
  }

  private isEnding(): boolean {
    return this.phase === "restoring" || this.phase === "ended" || this.endReason !== null;
  }

  private nowMs(): number {
    return this.clock.at(this.world.clock.monotonicMs());
  }

  /** After a restart of the application: what ran meanwhile was not seen, so the block is run again. */
  private takeUp(lastMs: number, awayMs: number): void {
    if (this.ab.isOver()) {
      this.startEnding("It was over when the application ended.", null);
      return;
    }
    this.clock.stop(lastMs + awayMs);
    this.clock.start(this.world.clock.monotonicMs());
    this.feed({ type: "interrupted", tMs: lastMs, cause: "app-restart", nodeId: null });
    this.phase = "paused";
    this.write({ type: "paused", cause: "app-restart", nodeId: null, reason: interruptionText("app-restart", null), atMs: this.world.clock.wallMs(), sentence: "The application was restarted: the block that ran is run again." });
    this.feedPause();
  }

  private block(): PlannedBlock | undefined {
    return this.record.started.plan.blocks[this.ab.blocksRun()];
  }

  private wantedOn(nodeId: string): string | null {
    const block = this.block();
    const node = this.record.started.nodes.find((each) => each.nodeId === nodeId);
    if (block === undefined || node === undefined) return null;
    return node.arm === "A" ? block.versionOfFirst : block.versionOfSecond;
  }

  private lookForEnding(nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) {
      const found = this.watch.endingOf(nodeId);
      if (found === null) continue;
      this.endBy(found);
      return;
    }
  }

  private endBy(found: Ending): void {
    this.cutSegment();
    this.feed({ ...found, tMs: this.nowMs() });
  }

  /** A node that reports another version than it was given, and nobody asked it to from here. */
  private lookForOtherVersion(): void {
    for (const { nodeId } of this.record.started.nodes) {
      const reported = this.world.node(nodeId)?.modelVersion ?? null;
      const wanted = this.wantedOn(nodeId);
      const ticks = this.phase !== "running" || reported === wanted ? 0 : (this.otherTicks.get(nodeId) ?? 0) + 1;
      this.otherTicks.set(nodeId, ticks);
      if (ticks < OTHER_TICKS) continue;
      this.endBy({ type: "invalidated", reason: `${nodeId} reports ${reported ?? "no version"} instead of ${wanted ?? "no version"}` });
      return;
    }
  }

  private lookForObstruction(): void {
    const found = this.watch.obstruction();
    const isPaused = this.phase === "paused" || this.isResuming;
    if (found === null) {
      if (this.phase !== "paused") return;
      this.wellTicks += 1;
      if (this.wellTicks >= WELL_TICKS) this.startPlacing(true);
      return;
    }
    this.wellTicks = 0;
    if (isPaused) {
      this.phase = "paused";
      return;
    }
    const { cause, nodeId } = found;
    const tMs = this.nowMs();
    this.cutSegment();
    this.clock.start(this.world.clock.monotonicMs());
    this.phase = "paused";
    const reason = interruptionText(cause, nodeId);
    this.feed({ type: "interrupted", tMs, cause, nodeId });
    this.write({ type: "paused", cause, nodeId, reason, atMs: this.world.clock.wallMs(), sentence: `Paused: ${reason}. The block is run again.` });
  }

  private startPlacing(isResuming: boolean): void {
    this.phase = "placing";
    this.isResuming = isResuming;
    this.exchange = null;
    this.place();
  }

  /** Puts the block's versions on its nodes; the block begins with the last node's own report. */
  private place(): void {
    const { started } = this.record;
    const versions = started.nodes.flatMap(({ nodeId }) => {
      const version = this.wantedOn(nodeId);
      return version === null ? [] : [[nodeId, version] as const];
    });
    this.exchange ??= new Exchange(this.world, started, this.ab.blocksRun(), new Map(versions));
    const exchanged = this.exchange.look();
    if (exchanged.state === "failed") this.endBy({ type: "invalidated", reason: exchanged.reason });
    else if (exchanged.state === "done") this.begin();
  }

  /** Every node reports its version: the block counts from now on. */
  private begin(): void {
    const nowMs = this.world.clock.monotonicMs();
    for (const sampler of this.samplers.values()) sampler.reset();
    this.phase = "running";
    this.clock.start(nowMs);
    this.segmentFromAtMs = this.world.clock.wallMs();
    if (this.isResuming) {
      this.isResuming = false;
      this.blockFromMs = this.clock.at(nowMs);
      this.feed({ type: "resumed", tMs: this.blockFromMs });
      this.write({ type: "resumed", atMs: this.segmentFromAtMs, sentence: "Goes on: every node reports its version." });
    }
  }

  private takeSample({ nodeId, latest }: TrackedNode, sampler: Sampler): void {
    if (latest === null || latest.modelVersion !== this.wantedOn(nodeId)) {
      sampler.reset();
      return;
    }
    const { compressionRatio, latencyMs, qualityScore, modelVersion } = latest;
    const values = sampler.add({ compressionRatio, latencyMs, qualityScore });
    if (values !== null) this.feed({ type: "sample", tMs: this.nowMs(), nodeId, modelVersion, values });
  }

  /** Ends the blocks that are over; where the next one has other versions, the clock stands until they run. */
  private closeBlocks(): void {
    const { blockMs, blocks } = this.record.started.plan;
    while (this.phase === "running" && this.endReason === null && this.nowMs() >= this.blockFromMs + blockMs) {
      const blocksRun = this.ab.blocksRun();
      const endMs = this.blockFromMs + blockMs;
      const endAtMs = this.world.clock.wallMs() - (this.nowMs() - endMs);
      this.ledger.tell({ type: "tick", tMs: endMs });
      this.endSegment(endAtMs, true, blocksRun);
      this.blockFromMs = endMs;
      const [before, next] = [blocks[blocksRun], blocks[blocksRun + 1]];
      const isExchange = before?.versionOfFirst !== next?.versionOfFirst || before?.versionOfSecond !== next?.versionOfSecond;
      const isNext = next !== undefined;
      if (isNext && !isExchange) this.segmentFromAtMs = endAtMs;
      if (isNext && isExchange) this.clock.stop(endMs);
      this.follow("tick");
      if (!this.isEnding() && isExchange) this.startPlacing(false);
    }
  }

  private cutSegment(): void {
    if (this.segmentFromAtMs !== null) this.endSegment(this.world.clock.wallMs(), false, this.ab.blocksRun());
  }

  private endSegment(toAtMs: number, isWhole: boolean, index: number): void {
    const fromAtMs = this.segmentFromAtMs ?? toAtMs;
    this.segmentFromAtMs = null;
    const sentence = isWhole ? `Block ${index + 1} ran to its end.` : `Block ${index + 1} was cut.`;
    this.write({ type: "block", index, fromTestMs: this.blockFromMs, fromAtMs, toAtMs, isWhole, atMs: toAtMs, sentence });
  }

  /** Tells the inference, keeps what it was told, and does what follows. */
  private feed(input: TestInput): void {
    if (this.ab.isOver()) return;
    this.ledger.tell(input);
    if (input.type !== "sample") this.follow(input.type);
  }

  private feedPause(): void {
    if (this.ledger.passTime(this.nowMs())) this.follow("tick");
  }

  private follow(type: TestInput["type"]): void {
    this.ledger.writeVerdict(this.world.clock.wallMs());
    if (this.ab.isOver()) {
      if (type !== "ended") this.startEnding(this.ab.result().verdict.sentence, null);
    } else if (this.record.started.endAtWinner && isWinner(this.ab.result())) this.end("It was to end with a winner.", null);
  }

  private startEnding(reason: string, versions: ReadonlyMap<string, string> | null): void {
    if (this.phase === "restoring" || this.phase === "ended") return;
    this.endReason = reason;
    this.endVersions = versions;
    // What it says is told with its end, also where it fell right before the application was killed.
    this.ledger.writeVerdict(this.world.clock.wallMs());
    this.cutSegment();
    const { nodes } = this.record.started;
    const back = nodes.map(({ nodeId, restoreVersion }) => ({ nodeId, version: versions?.get(nodeId) ?? restoreVersion }));
    const text = back.map(({ nodeId, version }) => `${nodeId} to ${version}`).join(", ");
    const written = this.write({ type: "ending", reason, versions: back, atMs: this.world.clock.wallMs(), sentence: `${reason} Versions are put back: ${text}.` });
    if (!written.ok) return;
    this.endReason = null;
    this.startRestoring();
  }

  private startRestoring(): void {
    this.phase = "restoring";
    this.restoration = new Restoration(this.world, this.record.started);
  }

  /** Puts every node's version back, each by its own report, and ends once nothing is left to do. */
  private restore(): void {
    const versions = this.record.ending?.versions ?? new Map<string, string>();
    for (const [nodeId, version] of versions) {
      const done = this.record.back.has(nodeId) ? null : (this.restoration?.look(nodeId, version) ?? null);
      if (done !== null) this.write(done);
    }
    if ([...versions.keys()].every((nodeId) => this.record.back.has(nodeId))) this.finish();
  }

  private finish(): void {
    const left = [...this.record.back].filter(([, { state }]) => state === "left").map(([nodeId]) => nodeId);
    const restored = left.length === 0 ? "Every node has its version back, by its own report." : `Not put back: ${left.join(", ")}.`;
    if (this.ledger.writeEnd(this.world.clock.wallMs(), this.ranMs(), restored).ok) this.phase = "ended";
  }

  private write(event: TestEvent): Result<void> {
    return this.ledger.write(event);
  }
}

function isWinner({ verdict }: TestResult): boolean {
  return verdict.kind === "a-better" || verdict.kind === "b-better";
}
