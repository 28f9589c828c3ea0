import type { Liveness, Trail } from "../contract/snapshot";
import { SeriesRing } from "../series/series-ring";
import type { CoordinationRecord } from "./coordination";
import type { ModelVersion, NodeId } from "./ids";
import { livenessOf, STALE_AFTER_MS } from "./liveness";
import { EMPTY_SEQUENCE, noteSequence, type SequenceWatch } from "./missed-frames";
import { KEPT_TICKS, TickHistory, tickEntry } from "./performance";
import type { Dialect, Heartbeat, MetricSample, Vertical } from "./sample";
import { currentSpan, EMPTY_HISTORY, noteSample, noteVersion, type VersionHistory } from "./version-history";

/** Sensor rates of the verticals, Hz (wire protocol, 1.6). */
export const PROFILE_RATE_HZ: Readonly<Record<Vertical, number>> = { drone: 10, iot: 2 };

/** Raw samples kept for charts and exports: 10 minutes of a drone. */
const KEPT_SAMPLES = 6_000;

/** The rate is measured over this time. */
const RATE_WINDOW_MS = 10_000;

/** A silence longer than this many periods is a gap. */
export const GAP_PERIODS = 2.2;

/** The period of monitoring: 2 Hz. */
export const TICK_MS = 500;

/** Columns of the raw series. */
export const SERIES_COLUMNS = ["compressionRatio", "latencyMs", "qualityScore", "bandwidthKbps"] as const;

/** What changed by one message. */
export interface IngestOutcome {
  /** The node reports another version than before. */
  readonly versionChanged: boolean;
}

/**
 * One node as the engine knows it: signs of life, what it runs, its samples. Only times that are given
 * enter; monotonic ms for ages and gaps, Unix ms for people.
 */
export class TrackedNode {
  readonly ticks = new TickHistory();
  readonly series = new SeriesRing(SERIES_COLUMNS, KEPT_SAMPLES);
  readonly topics = new Set<string>();
  vertical: Vertical | null = null;
  dialect: Dialect | null = null;
  versions: VersionHistory = EMPTY_HISTORY;
  latest: MetricSample | null = null;
  lastHeardWallMs: number;
  /** What the coordinator allots it; null where none was heard. */
  coordination: CoordinationRecord | null = null;
  sequences: SequenceWatch = EMPTY_SEQUENCE;
  malformed = 0;
  liveness: Liveness = "joining";
  livenessSinceWallMs: number;
  /** Whether any message of it ever carried a version. */
  reportsVersion = false;

  /** Its newest metrics message could not be read. */
  private isUnreadable = false;
  private joinedAtMs: number;
  private lastMetricsAtMs: number | null = null;
  private lastHeartbeatAtMs: number | null = null;
  private readonly arrivalsMs: number[] = [];
  private sampleOfTick: MetricSample | null = null;
  private samplesOfTick = 0;

  constructor(
    readonly nodeId: NodeId,
    nowMs: number,
    wallMs: number,
  ) {
    this.joinedAtMs = nowMs;
    this.lastHeardWallMs = wallMs;
    this.livenessSinceWallMs = wallMs;
  }

  /** The version that the node reports now; null where it reports none. */
  get modelVersion(): ModelVersion | null {
    return currentSpan(this.versions)?.version ?? null;
  }

  /** Takes in a metrics message that arrived at `nowMs` (monotonic). */
  takeSample(sample: MetricSample, nowMs: number): IngestOutcome {
    const versionChanged = this.noteReport(sample.modelVersion, sample.dialect, sample.receivedAtMs);
    this.vertical = sample.vertical ?? this.vertical;
    this.dialect = sample.dialect;
    this.latest = sample;
    if (sample.sequence !== null) this.sequences = noteSequence(this.sequences, sample.sequence);
    this.lastMetricsAtMs = nowMs;
    this.isUnreadable = false;
    this.lastHeardWallMs = sample.receivedAtMs;
    this.arrivalsMs.push(nowMs);
    this.sampleOfTick = sample;
    this.samplesOfTick += 1;
    this.versions = noteSample(this.versions, sample.modelVersion);
    this.series.push(sample.receivedAtMs, [
      sample.compressionRatio,
      sample.latencyMs,
      sample.qualityScore ?? NaN,
      sample.bandwidthKbps ?? NaN,
    ]);
    return { versionChanged };
  }

  /** A metrics message came that could not be read. */
  noteUnreadable(): void {
    this.malformed += 1;
    this.isUnreadable = true;
  }

  /** Takes in a heartbeat that arrived at `nowMs` (monotonic). */
  takeHeartbeat(heartbeat: Heartbeat, nowMs: number): IngestOutcome {
    this.vertical = heartbeat.vertical ?? this.vertical;
    this.lastHeartbeatAtMs = nowMs;
    this.lastHeardWallMs = heartbeat.receivedAtMs;
    // While metrics flow they say which version runs: a heartbeat comes on another topic, and at a swap it
    // overtakes the last frames of the old version.
    // Metrics that cannot be read say nothing.
    const metricsFlow =
      this.latest?.dialect === "lydt" && this.lastMetricsAtMs !== null && nowMs - this.lastMetricsAtMs < STALE_AFTER_MS && !this.isUnreadable;
    if (metricsFlow) return { versionChanged: false };
    return { versionChanged: this.noteReport(heartbeat.modelVersion, "lydt", heartbeat.receivedAtMs) };
  }

  /** A publisher of it appeared in the graph: a node that was away joins again and keeps its history. */
  rejoin(nowMs: number): void {
    if (this.liveness === "lost" || this.liveness === "stale") this.joinedAtMs = nowMs;
  }

  /**
   * Ends a tick: one history entry from the tick's newest sample; none while the next sample is not
   * yet due; a gap once it is overdue.
   * @returns whether the liveness changed.
   */
  endTick(nowMs: number, wallMs: number): boolean {
    while (this.arrivalsMs.length > 0 && nowMs - (this.arrivalsMs[0] ?? nowMs) > RATE_WINDOW_MS) this.arrivalsMs.shift();
    const isGap = this.lastMetricsAtMs !== null && nowMs - this.lastMetricsAtMs > this.gapAfterMs();
    if (this.samplesOfTick > 0 || isGap) {
      this.ticks.push(tickEntry(wallMs, this.modelVersion, this.sampleOfTick, this.samplesOfTick));
    }
    this.sampleOfTick = null;
    this.samplesOfTick = 0;
    const liveness = livenessOf(
      { joinedAtMs: this.joinedAtMs, lastMetricsAtMs: this.lastMetricsAtMs, lastHeartbeatAtMs: this.lastHeartbeatAtMs },
      nowMs,
    );
    if (liveness === this.liveness) return false;
    this.liveness = liveness;
    this.livenessSinceWallMs = wallMs;
    return true;
  }

  /** Samples a second over the last 10 s, from the first to the last arrival; null below 3 samples. */
  sampleRateHz(): number | null {
    const first = this.arrivalsMs[0];
    const last = this.arrivalsMs.at(-1);
    if (first === undefined || last === undefined || this.arrivalsMs.length < 3 || last <= first) return null;
    return ((this.arrivalsMs.length - 1) * 1000) / (last - first);
  }

  /** Milliseconds without a sample after which the silence is a gap. */
  gapAfterMs(): number {
    const rateHz = this.sampleRateHz() ?? (this.vertical === null ? 2 : PROFILE_RATE_HZ[this.vertical]);
    return GAP_PERIODS * Math.max(TICK_MS, 1000 / rateHz);
  }

  /** Whether a message of it arrived within the time after which a node is stale. */
  isHeard(): boolean {
    return this.liveness === "live" || this.liveness === "no-metrics" || this.liveness === "joining";
  }

  /** The newest 100 ticks for sparklines; NaN is a gap. */
  trail(): Trail {
    const entries = this.ticks.last(KEPT_TICKS);
    const column = (pick: "compressionRatio" | "latencyMs" | "qualityScore"): Float32Array<ArrayBuffer> => {
      const values = new Float32Array(entries.length);
      entries.forEach((entry, index) => {
        values[index] = entry[pick] ?? NaN;
      });
      return values;
    };
    return {
      compressionRatio: column("compressionRatio"),
      latencyMs: column("latencyMs"),
      qualityScore: column("qualityScore"),
    };
  }

  /** A legacy message says nothing about the version, so it cannot take back what LYDT reported. */
  private noteReport(version: ModelVersion | null, dialect: Dialect, wallMs: number): boolean {
    if (version !== null) this.reportsVersion = true;
    if (dialect === "legacy" && this.reportsVersion) return false;
    // A LYDT node without a version has not loaded its first model yet: nothing ran there so far.
    if (dialect === "lydt" && version === null && currentSpan(this.versions) === undefined) return false;
    const before = this.versions;
    this.versions = noteVersion(before, version, wallMs);
    return this.versions !== before;
  }
}
