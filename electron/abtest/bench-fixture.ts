import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventView } from "../../shared/contract/snapshot";
import { node, version } from "../../shared/fleet/ids-fixture";
import { seededRandom } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { decodeDeploy } from "../../shared/wire/deploy";
import { encodeMetricsMessage } from "../../shared/wire/edge-messages";
import { topicName } from "../../shared/wire/topics";
import type { AlertDesk } from "../alerts/alert-desk";
import { openAlerts } from "../alerts/open-alerts";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { Operations } from "../operations/operations";
import { ScriptedLink } from "../operations/scripted-link";
import { virtualTimers, type VirtualTimers } from "../time/virtual-timers";

/** What a version does on these nodes: ratio and latency on average; a failing one has a quality of 0.5. */
const VERSIONS: Readonly<Record<string, { readonly ratio: number; readonly latencyMs: number; readonly quality: number }>> = {
  "1.0.0": { ratio: 20, latencyMs: 12, quality: 0.95 },
  "1.1.0": { ratio: 21, latencyMs: 12, quality: 0.95 },
  "1.2.0": { ratio: 21, latencyMs: 12, quality: 0.5 },
};

const ALL = ["node_0", "node_1", "node_2", "node_3", "node_4", "node_5"].map(node);

/** Where a bench goes on that another process began: its folder, when, and what each node runs. */
export interface BenchStart {
  readonly folder: string;
  /** Unix ms. */
  readonly startMs: number;
  readonly running: ReadonlyMap<string, string>;
}

/** An engine with some nodes on a scripted link, in virtual time; every node takes what it is sent, 0.3 s later. */
export class TestBench {
  readonly timers: VirtualTimers;
  readonly nodeIds: readonly (typeof ALL)[number][];
  readonly events: EventView[] = [];
  /** What each node runs. */
  readonly running: Map<string, string>;
  /** Nodes that say nothing and take nothing. */
  readonly silent = new Set<string>();
  /** Nodes that report and take nothing. */
  readonly deaf = new Set<string>();
  /** Everything that was published, in order, over all runs. */
  readonly sent: { readonly nodeId: string; readonly version: string }[] = [];
  /** Sequence numbers, by node; a restart sets them back. */
  readonly sequences = new Map<string, number>();
  /** Quality is reported as something that is no quality. */
  hasNoQuality = false;
  check: () => Result<void> = () => ok(undefined);
  /** The application dies right before, or right after, an event of this name is on disk: nothing is written or sent from then on. */
  dieAt: { readonly when: "before" | "after"; readonly event: string } | null = null;
  isDead = false;
  /** Nodes are not found at a start. */
  isUnseen = false;
  link = new ScriptedLink();
  private readonly folder: string;
  private readonly random = seededRandom(11);
  private journal: Journal | null = null;
  private current: Operations | null = null;

  constructor(nodes = 2, start: BenchStart | null = null) {
    this.nodeIds = ALL.slice(0, nodes);
    this.folder = start?.folder ?? mkdtempSync(join(tmpdir(), "lydlr-abtest-"));
    this.timers = start === null ? virtualTimers() : virtualTimers(start.startMs);
    this.running = new Map(start?.running ?? this.nodeIds.map((nodeId) => [nodeId, "1.0.0"]));
  }

  get operations(): Operations {
    if (this.current === null) throw new Error("the bench was not started");
    return this.current;
  }

  async start(): Promise<void> {
    this.link = new ScriptedLink();
    const { publish } = this.link;
    const { link } = this;
    this.isDead = false;
    link.publish = (message) => {
      if (this.isDead) return Promise.resolve(fail("LINK_DOWN", "Dead."));
      const deployed = decodeDeploy(message.bytes);
      const nodeId = /node_\d/.exec(message.topic)?.[0];
      if (deployed.ok && nodeId !== undefined) {
        this.sent.push({ nodeId, version: deployed.value });
        if (!this.silent.has(nodeId) && !this.deaf.has(nodeId)) this.timers.after(300, () => this.running.set(nodeId, deployed.value));
      }
      return publish.call(link, message);
    };
    this.journal = openJournal({ path: join(this.folder, "journal.db"), clock: this.timers });
    this.killAtWrites(this.journal);
    const operations = new Operations({ link, journal: this.journal, timers: this.timers, processes: () => [], shelf: { isDrill: () => false, check: () => Promise.resolve(this.check()) } });
    this.current = operations;
    operations.onEvent((event) => this.events.push(event));
    await operations.start();
    if (!this.isUnseen) link.join(this.nodeIds);
  }

  /** The alerts of this engine, from now on. */
  openAlerts(): AlertDesk {
    if (this.journal === null) throw new Error("the bench was not started");
    return openAlerts(this.operations, this.journal, this.timers, () => null);
  }

  /** Ends without a last write, as kill -9 does. */
  async kill(): Promise<void> {
    this.journal?.close();
    await this.operations.stop();
  }

  /** Everything as it is now, the application killed; what is answered starts it again from there, as often as it is called. */
  async keep(): Promise<() => Promise<void>> {
    await this.kill();
    const [path, kept] = [join(this.folder, "journal.db"), join(this.folder, "kept.db")];
    copyFileSync(path, kept);
    const running = [...this.running];
    return async () => {
      for (const each of [path, `${path}-wal`, `${path}-shm`]) rmSync(each, { force: true });
      copyFileSync(kept, path);
      for (const [nodeId, version] of running) this.running.set(nodeId, version);
      await this.start();
    };
  }

  /** The node starts anew: its sequence numbers do. */
  restartNode(nodeId: string): void {
    this.sequences.set(nodeId, 0);
  }

  async stop(): Promise<void> {
    await this.operations.stop();
    this.journal?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lets time pass while every node reports ten times a second. */
  async run(seconds: number): Promise<void> {
    for (let each = 0; each < seconds * 10; each += 1) {
      for (const [index, nodeId] of this.nodeIds.entries()) if (!this.silent.has(nodeId)) this.report(nodeId, index);
      await this.timers.advanceSettled(100);
    }
  }

  async until(what: () => boolean, seconds = 240): Promise<boolean> {
    for (let each = 0; each < seconds * 2 && !what(); each += 1) await this.run(0.5);
    return what();
  }

  private killAtWrites(journal: Journal): void {
    const { append } = journal;
    journal.append = (entries) => {
      if (this.isDead) return fail("JOURNAL_UNAVAILABLE", "Dead.");
      const isIt = entries.some(({ event }) => event === this.dieAt?.event);
      if (!isIt) return append.call(journal, entries);
      const isBefore = this.dieAt?.when === "before";
      this.dieAt = null;
      this.isDead = true;
      return isBefore ? fail("JOURNAL_UNAVAILABLE", "Dead.") : append.call(journal, entries);
    };
  }

  private report(nodeId: (typeof this.nodeIds)[number], index: number): void {
    const runs = this.running.get(nodeId) ?? "1.0.0";
    const means = VERSIONS[runs] ?? { ratio: 20, latencyMs: 12, quality: 0.95 };
    const sequence = (this.sequences.get(nodeId) ?? 0) + 1;
    this.sequences.set(nodeId, sequence);
    const noise = (): number => this.random.normal();
    this.link.deliver({
      topic: topicName("lydt-metrics", nodeId),
      type: "std_msgs/msg/UInt8MultiArray",
      receivedAtMs: this.timers.wallMs(),
      bytes: encodeMetricsMessage({
        nodeId,
        vertical: "drone",
        modelVersion: version(runs),
        sentAtMs: this.timers.wallMs(),
        sequence,
        // Nodes differ by more than the versions do.
        compressionRatio: means.ratio + 1.5 * index + 0.3 * noise(),
        latencyMs: means.latencyMs + index + 0.3 * noise(),
        compressionLevel: 0.5,
        qualityScore: this.hasNoQuality ? 7 : means.quality + 0.002 * noise(),
        bandwidthKbps: 100,
        bytesIn: 20_000,
        bytesOut: 1_000,
        modalities: [],
      }),
    });
  }
}
