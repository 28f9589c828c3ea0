import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventView } from "../../shared/contract/snapshot";
import type { Random } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { openJournal } from "../journal/sqlite-journal";
import { fakeFleet, FAKE_VERSIONS } from "../link/embedded/fake-fleet";
import type { FaultConsole } from "../link/embedded/fault-console";
import { Operations } from "../operations/operations";
import { virtualTimers } from "../time/virtual-timers";

/** What a version does to a frame of a node, so long after it began to run there. */
export type Behaviour = (sinceSwapMs: number) => { readonly qualityScore?: number; readonly latencyTimes?: number; readonly bytesTimes?: number };

/** A fleet and its engine on which faults are tried. */
export interface FaultStage {
  readonly operations: Operations;
  readonly nodeIds: readonly string[];
  readonly faults: FaultConsole;
  readonly events: readonly EventView[];
  nowMs(): number;
  /** What every node sees: its quality is so many times what it would be. */
  setWeather(qualityTimes: number): void;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Makes a version that behaves so, and deploys it. */
  deploy(nodeId: string, version: string, behaviour: Behaviour): Promise<Result<{ commandId: string }>>;
  close(): Promise<void>;
}

/** Quality of a healthy frame, and how much it and the latency scatter. */
const HEALTHY_QUALITY = 0.9;
const QUALITY_SPREAD = 0.01;
const LATENCY_SPREAD = 0.06;
/** Faults come more often than an hour apart here. */
const ROLLBACKS_PER_HOUR = 100;

/**
 * An embedded fleet in virtual time: the nodes' own program, their wire formats, fault console and timers are the
 * product's; the encoder behind them is a stand-in whose latency and quality scatter like a real one's.
 */
export async function openFaultStage(nodes: number, random: Random): Promise<FaultStage> {
  const folder = mkdtempSync(join(tmpdir(), "lydlr-faults-"));
  const timers = virtualTimers();
  const behaviours = new Map<string, Behaviour>();
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
    const { qualityScore, latencyTimes = 1, bytesTimes = 1 } = behaviours.get(version)?.(timers.monotonicMs() - sinceMs) ?? {};
    const bytes = Math.round(900 * bytesTimes * (1 + 0.03 * random.normal()));
    return ok({
      ...encoded.value,
      payload: new Uint8Array(bytes),
      latencyMs: encoded.value.latencyMs * latencyTimes * Math.exp(LATENCY_SPREAD * random.normal()),
      qualityScore: Math.min(1, Math.max(0, (qualityScore ?? HEALTHY_QUALITY) * weather * (1 + QUALITY_SPREAD * random.normal()))),
      modalities: [],
    });
  };
  const journal = openJournal({ path: join(folder, "journal.db"), clock: timers });
  const operations = new Operations({ link: fleet.link, journal, timers, processes: () => [], shelf: { isDrill: () => false, check: () => Promise.resolve(ok(undefined)) } });
  const events: EventView[] = [];
  operations.onEvent((event) => events.push(event));
  await operations.start();
  const many = operations.changePolicy({ policy: { engine: { maxRollbacksPerHour: ROLLBACKS_PER_HOUR } }, reason: "many faults in an hour", expectedRevision: 0, by: "bench", via: "command line" });
  if (!many.ok) throw new Error(many.error.message);
  let requests = 0;
  return {
    operations,
    nodeIds: Array.from({ length: nodes }, (_, index) => `node_${index}`),
    faults: fleet.link.faults,
    events,
    nowMs: () => timers.wallMs(),
    setWeather(qualityTimes) {
      weather = qualityTimes;
    },
    pass: (ms) => timers.advanceSettled(ms),
    deploy(nodeId, version, behaviour) {
      if (version === FAKE_VERSIONS.initial) return Promise.resolve(fail("BAD_VERSION", "A fault needs a version of its own."));
      behaviours.set(version, behaviour);
      requests += 1;
      return operations.deployModel({ nodeId, version, expectedVersion: FAKE_VERSIONS.initial, requestId: `fault-${String(requests).padStart(6, "0")}` });
    },
    async close() {
      await operations.stop();
      journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
