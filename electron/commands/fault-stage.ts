import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventView } from "../../shared/contract/snapshot";
import type { Random } from "../../shared/random";
import type { Policy } from "../../shared/policy/policy";
import { ok, type Result } from "../../shared/result";
import type { Timers } from "../../shared/time";
import { openJournal } from "../journal/sqlite-journal";
import { fakeFleet } from "../link/embedded/fake-fleet";
import type { Link } from "../link/port";
import { Operations } from "../operations/operations";
import { virtualTimers } from "../time/virtual-timers";

/** What a version does to the node that runs it. */
export type VersionManner = "well" | "low-quality" | "slow" | "large" | "ramp";

/** A ramp goes down to this share of the quality over this time, ms. */
export const RAMP_MS = 12_000;
export const RAMP_TO = 4 / 9;

/** How long things take on a stage. */
export interface StagePace {
  /** A fleet learns for so long what is ordinary, ms. */
  readonly learnMs: number;
  /** A fault is watched for so long at the most; on a real clock it ends earlier, when it has led to what it must. */
  readonly watchMs: number;
  /** After what a fault must lead to, it is watched for so much longer; null: to the end of `watchMs`. */
  readonly lingerMs: number | null;
  /** A fleet has so long to be as before. */
  readonly restMs: number;
  /** A node that was taken back to the first version has so long to learn what is ordinary: a baseline is 120 samples. */
  readonly relearnMs: number;
}

/** A fleet and its engine on which faults are tried. */
export interface FaultStage {
  /** What the nodes and their time are, for people. */
  readonly name: string;
  readonly pace: StagePace;
  readonly operations: Operations;
  readonly nodeIds: readonly string[];
  readonly events: readonly EventView[];
  nowMs(): number;
  /** Sets a fault of a node; level 0 switches it off. */
  set(nodeId: string, fault: StageFault, level: number): void;
  allOff(): void;
  /** What every node sees gets bad at once, or is as ever. */
  setWeather(isBad: boolean): void;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Deploys a version that behaves so. */
  deploy(nodeId: string, version: string, manner: VersionManner): Promise<Result<{ commandId: string }>>;
  close(): Promise<void>;
}

/** Faults of a node that stages have. */
export type StageFault = "silent" | "crash" | "nan-metrics" | "lossy-link";

/** Seconds that a killed node takes to start again. */
export const RESTART_S = 20;

/** What is the same for every fleet: an engine with its own journal, whose policy allows many rollbacks. */
export interface StageEngine {
  readonly operations: Operations;
  readonly events: readonly EventView[];
  deploy(nodeId: string, version: string): Promise<Result<{ commandId: string }>>;
  close(): Promise<void>;
}

/** What every node of a stage runs at first, and goes back to. */
export const FIRST_VERSION = "1.0.0";

/** Starts an engine on a link. @param policy what is more than the default policy and many rollbacks. */
export async function startStageEngine(link: Link, timers: Timers, policy: Policy = {}): Promise<StageEngine> {
  const folder = mkdtempSync(join(tmpdir(), "lydlr-faults-"));
  const journal = openJournal({ path: join(folder, "journal.db"), clock: timers });
  const operations = new Operations({ link, journal, timers, processes: () => [], shelf: { isDrill: () => false, check: () => Promise.resolve(ok(undefined)) } });
  const events: EventView[] = [];
  operations.onEvent((event) => events.push(event));
  await operations.start();
  const many = operations.changePolicy({ policy: { ...policy, engine: { maxRollbacksPerHour: ROLLBACKS_PER_HOUR } }, reason: "many faults in an hour", expectedRevision: 0, by: "bench", via: "command line" });
  if (!many.ok) throw new Error(many.error.message);
  let requests = 0;
  return {
    operations,
    events,
    deploy(nodeId, version) {
      requests += 1;
      return operations.deployModel({ nodeId, version, expectedVersion: FIRST_VERSION, requestId: `fault-${String(requests).padStart(6, "0")}` });
    },
    async close() {
      await operations.stop();
      journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Quality of a healthy frame, and how much it and the latency scatter. */
const HEALTHY_QUALITY = 0.9;
const QUALITY_SPREAD = 0.01;
const LATENCY_SPREAD = 0.06;
/** Faults come more often than an hour apart here. */
const ROLLBACKS_PER_HOUR = 100;

/** What a version does to a frame of a node, so long after it began to run there. */
type Behaviour = (sinceSwapMs: number) => { readonly qualityScore?: number; readonly latencyTimes?: number; readonly bytesTimes?: number };

const BEHAVIOURS: Readonly<Record<VersionManner, Behaviour>> = {
  well: () => ({}),
  "low-quality": () => ({ qualityScore: 0.5 }),
  slow: () => ({ latencyTimes: 8 }),
  large: () => ({ bytesTimes: 4 }),
  ramp: (sinceMs) => ({ qualityScore: HEALTHY_QUALITY * (1 - (1 - RAMP_TO) * Math.min(1, sinceMs / RAMP_MS)) }),
};
const BAD_WEATHER = 0.5;

/**
 * An embedded fleet in virtual time: the nodes' own program, their wire formats, fault console and timers are the
 * product's; the encoder behind them is a stand-in whose latency and quality scatter like a real one's.
 */
export async function openFaultStage(nodes: number, random: Random): Promise<FaultStage> {
  const timers = virtualTimers();
  const manners = new Map<string, VersionManner>();
  const begun = new Map<string, number>();
  let weather = 1;
  const fleet = fakeFleet(timers, { nodes });
  const { encode } = fleet.encoder;
  fleet.encoder.encodeMs = 8;
  fleet.encoder.encode = async (frame, version, level, repeats, stream) => {
    const encoded = await encode(frame, version, level, repeats, stream);
    if (!encoded.ok) return encoded;
    const key = `${frame.nodeIndex} ${version}`;
    const sinceMs = begun.get(key) ?? timers.monotonicMs();
    begun.set(key, sinceMs);
    const { qualityScore, latencyTimes = 1, bytesTimes = 1 } = BEHAVIOURS[manners.get(version) ?? "well"](timers.monotonicMs() - sinceMs);
    const bytes = Math.round(900 * bytesTimes * (1 + 0.03 * random.normal()));
    return ok({
      ...encoded.value,
      payload: new Uint8Array(bytes),
      latencyMs: encoded.value.latencyMs * latencyTimes * Math.exp(LATENCY_SPREAD * random.normal()),
      qualityScore: Math.min(1, Math.max(0, (qualityScore ?? HEALTHY_QUALITY) * weather * (1 + QUALITY_SPREAD * random.normal()))),
      modalities: [],
    });
  };
  const engine = await startStageEngine(fleet.link, timers);
  const { faults } = fleet.link;
  return {
    ...engine,
    name: "embedded fleet in virtual time, encoder stand-in",
    pace: { learnMs: 200_000, watchMs: 45_000, lingerMs: null, restMs: 75_000, relearnMs: 75_000 },
    nodeIds: Array.from({ length: nodes }, (_, index) => `node_${index}`),
    nowMs: () => timers.wallMs(),
    set: (nodeId, fault, level) => void faults.set(nodeId, fault, level),
    allOff: () => void faults.allOff(),
    setWeather(isBad) {
      weather = isBad ? BAD_WEATHER : 1;
    },
    pass: (ms) => timers.advanceSettled(ms),
    deploy(nodeId, version, manner) {
      manners.set(version, manner);
      return engine.deploy(nodeId, version);
    },
  };
}
