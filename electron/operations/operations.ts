import { randomUUID } from "node:crypto";
import type { AbTestView } from "../../shared/contract/abtest";
import type {
  DeploymentStatus,
  MalformedTally,
  MalformedView,
  NodePerformance,
  PerformanceSample,
  Series,
} from "../../shared/contract/channels";
import type { DecisionView, Judgement, QuarantineView } from "../../shared/contract/judging";
import type { PolicyView } from "../../shared/contract/policy";
import type { Settings, SettingsChange } from "../../shared/contract/settings";
import type { EventView, ProcessView, Snapshot } from "../../shared/contract/snapshot";
import { parseNodeId, type NodeId } from "../../shared/fleet/ids";
import type { MetricSample } from "../../shared/fleet/sample";
import { nodeSeries } from "../../shared/fleet/node-series";
import { summarisePerformance } from "../../shared/fleet/performance";
import { TICK_MS, type TrackedNode } from "../../shared/fleet/tracked-node";
import { counted } from "../../shared/fleet/words";
import { fleetPolicyOf } from "../../shared/policy/policy";
import { fail, ok, type Result } from "../../shared/result";
import { hasEnded, viewCommand } from "../../shared/rollout/command";
import { EMPTY_GUARD, rollbackOffer } from "../../shared/rollout/guard";
import type { QuarantineScope } from "../../shared/rollout/guard-events";
import { FLEET_JOINED, LIVE_STATE_EVENTS, replayJournal } from "../../shared/rollout/replay";
import type { DiagnosticsBook } from "../../shared/system/diagnostics-book";
import type { Dispose } from "../../shared/time";
import type { AbTestDesk } from "../abtest/desk";
import { setupOf, type AbTestOptions } from "../abtest/order";
import type { LinkStatus } from "../link/port";
import type { DeployRequest, RollbackRequest } from "./command-requests";
import { openDesks, type DeskParts, type Desks } from "./desks";
import { EventLog, type EventDraft } from "./event-log";
import { exportRowsOf, type ExportRow } from "./export-rows";
import type { FleetReport } from "./fleet-register";
import { limitsFor } from "./guard-desk";
import { inspectDecision } from "./inspect-decision";
import { JournalWatch } from "./journal-watch";
import { fleetOf, LinkWatch } from "./link-watch";
import { MalformedLog } from "./malformed-log";
import { startMetronome, type Beat } from "./metronome";
import { NodeViews } from "./node-views";
import type { RolloutDesk } from "./rollout-desk";
import { fleetLimitsOf, type PolicyChange, type PolicyDesk } from "./policy-desk";

/** The graph is looked at whenever the link reports a change, and at least this often. */
export const DISCOVERY_MS = 5_000;

/** Samples of `getNodePerformanceHistory` where no window is given. */
const DEFAULT_WINDOW = 50;

/** Events of a snapshot. */
const SNAPSHOT_EVENTS = 50;

/** What the engine is built from. */
export interface OperationsParts extends DeskParts {
  /** Supervised processes, for the banner. */
  processes(): readonly ProcessView[];
}

/**
 * The engine: link events and the 2 Hz tick come in, decisions are journalled, commands go out, and one
 * snapshot a tick is handed to whoever shows it. The same engine runs with and without a window.
 */
export class Operations {
  private readonly events: EventLog;
  private readonly linkWatch: LinkWatch;
  private readonly journalWatch: JournalWatch;
  private readonly malformedLog = new MalformedLog();
  private readonly desks: Desks;
  private readonly views: NodeViews;
  private readonly snapshotListeners = new Set<(snapshot: Snapshot) => void>();
  private readonly settingsListeners = new Set<(settings: Settings) => void>();
  private readonly sampleListeners = new Set<(fleet: string, sample: MetricSample) => void>();
  private currentSettings: Settings;
  private beat: Beat = { index: 0, periodMs: null, periodP95Ms: null };
  private lastDiscoveryMs = -Infinity;
  /** Which fleet's history is held. */
  private fleet: string | null = null;
  private stopTicking: Dispose = () => undefined;

  constructor(private readonly parts: OperationsParts) {
    const { link, journal, timers, shelf } = parts;
    this.currentSettings = journal.readSettings();
    this.events = new EventLog(journal, timers);
    this.linkWatch = new LinkWatch(this.events, timers);
    this.journalWatch = new JournalWatch(journal, this.events);
    this.views = new NodeViews((version) => shelf.isDrill(version));
    this.desks = openDesks(parts, this.events, this.malformedLog, (report) => {
      this.hear(report);
    });
    this.journalWatch.noteBreak();
    this.joinFleet(fleetOf(link.status()));
  }

  /** Starts the link and the tick. */
  async start(): Promise<void> {
    this.stopTicking = startMetronome(this.parts.timers, TICK_MS, (beat) => {
      this.tick(beat);
    });
    await this.parts.link.start({
      onMessage: (message) => {
        this.desks.register.take(message);
      },
      onGraphChange: () => {
        this.discover();
      },
      onStatus: (status) => {
        this.noteLink(status);
      },
    });
  }

  /** Ends the tick, then the link, and writes what is left to write. */
  async stop(): Promise<void> {
    this.stopTicking();
    await this.parts.link.stop();
    this.events.flush();
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): Dispose {
    this.snapshotListeners.add(listener);
    return () => this.snapshotListeners.delete(listener);
  }

  onEvent(listener: (event: EventView) => void): Dispose {
    return this.events.onEvent(listener);
  }

  /** Every sample that was kept and judged, and the fleet that it is of. */
  onSample(listener: (fleet: string, sample: MetricSample) => void): Dispose {
    this.sampleListeners.add(listener);
    return () => this.sampleListeners.delete(listener);
  }

  /** Which fleet is joined: nodes of different fleets may have the same ids. */
  get joinedFleet(): string {
    return this.fleet ?? fleetOf(this.parts.link.status());
  }

  onSettings(listener: (settings: Settings) => void): Dispose {
    this.settingsListeners.add(listener);
    return () => this.settingsListeners.delete(listener);
  }

  /** What was told on /diagnostics by anybody in the graph. */
  diagnostics(): ReturnType<DiagnosticsBook["view"]> {
    return this.desks.register.broadcasts.diagnostics.view(this.parts.timers.wallMs(), (text) => this.desks.register.find(text) !== undefined);
  }

  /** Nodes that have been seen, in order. */
  nodeIds(): readonly string[] {
    return this.desks.register.sorted().map(({ nodeId }) => nodeId);
  }

  /** Counts since the start, for a closing summary. */
  totals(): { readonly samples: number; readonly malformed: number; readonly decisions: number } {
    return { samples: this.desks.register.samples, malformed: this.malformedLog.count, decisions: this.events.count };
  }

  settings(): Settings {
    return this.currentSettings;
  }

  /** Changes settings: on disk first, then in force. */
  changeSettings(change: SettingsChange): Result<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    // Another graph has other nodes: a command to one of these would never be heard of again.
    if (change.ros2 !== undefined && this.parts.link.status().kind === "ros2") {
      for (const isFree of [this.desks.commands.refuseWhileInFlight(), this.desks.abTests.refuseWhileRunning()]) if (!isFree.ok) return isFree;
    }
    const next = { ...this.currentSettings, ...given };
    const written = this.parts.journal.writeSettings(next);
    if (!written.ok) return written;
    this.currentSettings = next;
    for (const listener of this.settingsListeners) listener(next);
    return ok(next);
  }

  /** The policy in force, and every one before it. */
  get policy(): Pick<PolicyDesk, "current" | "history" | "revision" | "onChange"> {
    return this.desks.policies;
  }

  /** Puts another policy in force; see {@link PolicyDesk.save}. */
  changePolicy(change: PolicyChange): Result<PolicyView> {
    return this.desks.policies.save(change);
  }

  /** Phased roll-outs. */
  get rollouts(): Pick<RolloutDesk, "list" | "preview" | "start" | "pause" | "resume" | "abort" | "evidence" | "onChange"> {
    return this.desks.rollouts;
  }

  /** A/B tests. */
  get abTests(): AbTestDesk {
    return this.desks.abTests;
  }

  /** Compares two versions on two nodes; what is left out is chosen as the set-up page does. Success means that it is on disk. */
  setupAbTest(nodeIdA: string, nodeIdB: string, versionA: string, versionB: string, options: AbTestOptions = {}): Promise<Result<{ testId: string }>> {
    const setup = setupOf(nodeIdA, nodeIdB, versionA, versionB, options);
    return setup.ok ? this.desks.abTests.start(setup.value, options.requestId ?? randomUUID()) : Promise.resolve(setup);
  }

  /** A test as it stands; without an id the one that runs, else the newest. */
  getAbTestResults(testId?: string): Result<AbTestView> {
    return this.desks.abTests.results(testId);
  }

  /** Everything that a node's verdict is made of. */
  getJudgement(nodeId: string): Result<Judgement> {
    const node = this.find(nodeId);
    return node.ok ? this.desks.guard.judgement(node.value) : node;
  }

  /** A decision with everything that it was made of. */
  inspectDecision(eventId: number): Result<DecisionView> {
    this.events.flush();
    return inspectDecision(this.parts.journal, this.desks.policies, eventId);
  }

  /** What may not run where. */
  quarantine(): QuarantineView[] {
    return this.desks.guard.quarantine();
  }

  /** Lifts an entry of the quarantine; the reason is on disk first. */
  liftQuarantine(scope: QuarantineScope, version: string, reason: string): Result<QuarantineView[]> {
    const allowed = this.events.mayCommand();
    return allowed.ok ? this.desks.guard.lift(scope, version, reason) : allowed;
  }

  /** Forgets every node: the link leaves their graph. Only while no command is on its way. */
  forgetFleet(sentence: string): void {
    this.events.record({ event: "fleet-forgotten", nodeId: null, actor: "operator", sentence, detail: { nodes: this.desks.register.nodes.size } });
    this.desks.register.forget();
    this.desks.commands.forget();
    this.desks.rollouts.forget();
    this.desks.abTests.forget();
    this.desks.guard.restart(EMPTY_GUARD);
  }

  /** Puts a model version on a node. Success means that the request is on disk and on its way. */
  deployModel(request: DeployRequest): Promise<Result<{ commandId: string }>> {
    return this.desks.commands.deploy(request);
  }

  /** Takes a node back to its last good version. Success means that the request is on disk and on its way. */
  rollbackModel(request: RollbackRequest): Promise<Result<{ commandId: string }>> {
    return this.desks.commands.rollback(request);
  }

  /** What every node runs by its own report, what a rollback would go to, and what is on its way. */
  getDeploymentStatus(): DeploymentStatus {
    return {
      atMs: this.parts.timers.wallMs(),
      nodes: this.desks.register.sorted().map((node) => {
        const command = this.desks.commands.commandOf(node.nodeId);
        return {
          nodeId: node.nodeId,
          modelVersion: node.modelVersion,
          rollbackVersion: this.rollbackTarget(node),
          command: command === null ? null : viewCommand(command),
        };
      }),
    };
  }

  /** Summary of the last at most 100 samples of the version that the node runs now. */
  getNodePerformance(nodeId: string): Result<NodePerformance> {
    const node = this.find(nodeId);
    if (!node.ok) return node;
    const { modelVersion, ticks } = node.value;
    return ok(summarisePerformance(node.value.nodeId, modelVersion, ticks.ofVersion(modelVersion)));
  }

  /** The last `window` (1 to 100) ticks of a node, oldest first; gaps are entries without values. */
  getNodePerformanceHistory(nodeId: string, window = DEFAULT_WINDOW): Result<readonly PerformanceSample[]> {
    const node = this.find(nodeId);
    if (!node.ok) return node;
    return ok(node.value.ticks.last(window));
  }

  /** Samples of a node for a chart. */
  getSeries(nodeId: string, rangeMs: number, maxPoints: number, toMs?: number): Result<Series> {
    const node = this.find(nodeId);
    if (!node.ok) return node;
    const endMs = toMs ?? this.parts.timers.wallMs();
    const range = { fromMs: endMs - rangeMs, toMs: endMs, maxPoints };
    return ok(nodeSeries(node.value, range, { isDrill: (version) => this.parts.shelf.isDrill(version), linkLossesMs: this.linkWatch.lossesMs }));
  }

  /** Every sample that is kept of a node, oldest first; a quality or bandwidth that it did not report is NaN. */
  exportRows(nodeId: string): Result<readonly ExportRow[]> {
    const node = this.find(nodeId);
    return node.ok ? ok(exportRowsOf(node.value)) : node;
  }

  malformed(): readonly MalformedView[] {
    return this.malformedLog.recent();
  }

  /** What could not be read, by node, topic and code; of one node or of all. */
  malformedTally(nodeId: string | null): MalformedTally {
    return this.malformedLog.tally(nodeId);
  }

  recentEvents(limit: number): readonly EventView[] {
    return this.events.recent(limit);
  }

  /** Notes something that happened outside of the engine, e.g. a model that a node could not load. */
  note(draft: EventDraft): void {
    this.events.record(draft);
  }

  /** Writes what must be on disk before it holds; on failure none of it happened. */
  commit(...drafts: readonly EventDraft[]): Result<void, "JOURNAL_UNAVAILABLE"> {
    return this.events.commit(...drafts);
  }

  /** Everything that is shown live, as of now. */
  snapshot(): Snapshot {
    const atMs = this.parts.timers.wallMs();
    const { policy, revision } = this.desks.policies.current();
    const link = this.parts.link.status();
    return {
      tick: this.beat.index,
      atMs,
      periodMs: this.beat.periodMs,
      periodP95Ms: this.beat.periodP95Ms,
      link: { ...link, notices: [...link.notices, ...this.desks.register.broadcasts.notices()].map((notice) => ({ ...notice })) },
      hub: this.desks.register.broadcasts.hub.view(this.parts.timers.monotonicMs()),
      processes: [...this.parts.processes()],
      journal: { ...this.parts.journal.status() },
      malformed: this.malformedLog.count,
      samples: this.desks.register.samples,
      limits: fleetLimitsOf(policy),
      policyRevision: revision,
      nodes: this.desks.register.sorted().map((node) => {
        const around = {
          command: this.desks.commands.commandOf(node.nodeId),
          guard: this.desks.guard.view(node),
          limits: limitsFor(policy, node),
          rollback: rollbackOffer(this.desks.guard.guard(), node.nodeId, node.modelVersion),
        };
        return this.views.view(node, around, atMs);
      }),
      events: [...this.events.recent(SNAPSHOT_EVENTS)],
    };
  }

  private tick(beat: Beat): void {
    this.beat = beat;
    const nowMs = this.parts.timers.monotonicMs();
    if (nowMs - this.lastDiscoveryMs >= DISCOVERY_MS) this.discover();
    this.desks.register.endTick(fleetPolicyOf(this.desks.policies.current().policy));
    this.desks.guard.tick();
    this.desks.commands.tick();
    this.desks.rollouts.tick();
    this.desks.abTests.tick();
    this.events.flush();
    this.journalWatch.tick();
    if (this.snapshotListeners.size === 0) return;
    const snapshot = this.snapshot();
    for (const listener of this.snapshotListeners) listener(snapshot);
  }

  /**
   * Takes up what the journal knows of a fleet: which versions were good on which node, and the commands that
   * were on their way.
   */
  private joinFleet(fleet: string): void {
    if (fleet === this.fleet) return;
    this.fleet = fleet;
    this.events.flush();
    const written = this.parts.journal.ofKinds(LIVE_STATE_EVENTS);
    const newest = this.parts.journal.recent(1);
    const lastHeardMs = newest.ok ? (newest.value[0]?.tMs ?? null) : null;
    const joined = { event: FLEET_JOINED, nodeId: null, actor: "engine", detail: { fleet, lastHeardMs } } as const;
    const known = written.ok ? written.value : [];
    const now = { wallMs: this.parts.timers.wallMs(), monotonicMs: this.parts.timers.monotonicMs() };
    const state = replayJournal([...known, { ...joined, id: 0, tMs: now.wallMs, sentence: "" }], fleet, now);
    this.desks.guard.restart(state.guard);
    this.desks.register.recall(new Map([...state.nodes].map(([nodeId, { versions }]) => [nodeId, versions])));
    this.desks.commands.resume(state);
    this.desks.rollouts.restart(fleet);
    const open = [...state.nodes.values()].filter(({ command }) => command !== null && !hasEnded(command)).length;
    const recalled = `${counted(state.nodes.size, "node")} of it known from the journal, ${counted(open, "command")} on the way.`;
    const sentence = written.ok ? `Fleet: ${fleet}. ${recalled}` : `Fleet: ${fleet}. ${written.error.message} Nothing is known of its past.`;
    this.events.record({ ...joined, sentence });
    this.desks.abTests.restart(fleet);
  }

  private discover(): void {
    this.lastDiscoveryMs = this.parts.timers.monotonicMs();
    this.desks.register.discover();
  }

  /** What a node said goes to the command that waits for it, then to the judge. */
  private hear({ node, type, versionChanged }: FleetReport): void {
    if (type === "unreadable") {
      this.desks.guard.judgeNothing(node);
      return;
    }
    this.desks.commands.hear(node, type);
    if (type === "sample") this.desks.guard.judgeSample(node);
    else if (versionChanged) this.desks.guard.noteReport(node);
    this.desks.abTests.hear(node, type);
    if (type === "sample" && node.latest !== null) for (const listener of this.sampleListeners) listener(this.joinedFleet, node.latest);
  }

  private rollbackTarget(node: TrackedNode): string | null {
    const offer = rollbackOffer(this.desks.guard.guard(), node.nodeId, node.modelVersion);
    return offer.offered ? offer.version : null;
  }

  private find(text: string): Result<TrackedNode> {
    const nodeId = parseNodeId(text);
    if (!nodeId.ok) return nodeId;
    const node = this.desks.register.nodes.get(nodeId.value satisfies NodeId);
    return node === undefined ? fail("UNKNOWN_NODE", `No node ${nodeId.value} has been seen.`) : ok(node);
  }

  private noteLink(status: LinkStatus): void {
    this.joinFleet(fleetOf(status));
    this.linkWatch.note(status);
  }
}
