import { userInfo } from "node:os";
import { join } from "node:path";
import type { SensorFrame } from "../shared/codec/sensor-frame";
import type { ModelView } from "../shared/contract/channels";
import { parseModelVersion } from "../shared/fleet/ids";
import type { Ros2Settings } from "../shared/contract/settings";
import { fail, ok, type Result } from "../shared/result";
import type { Timers } from "../shared/time";
import type { FrameEncoder } from "./edge/encoder";
import type { AlertDesk } from "./alerts/alert-desk";
import { hostReadingsOf } from "./alerts/host-readings";
import { openAlerts } from "./alerts/open-alerts";
import { createSensorRig, HEALTHY_CAMERA_NOISE_SIGMA } from "./edge/sensors/rig";
import { controlHandlers } from "./control/control-handlers";
import { openControlServer, type ControlServer } from "./control/control-server";
import { socketPlace } from "./control/socket-place";
import { lookForRos, whyEmbedded, type Finding } from "./first-look";
import { openHistory, type History } from "./history/desk";
import { createInferenceClient } from "./inference/client";
import { closeUnusedVersions } from "./inference/unused-versions";
import { INFERENCE_ENVIRONMENT } from "./inference/process-memory";
import type { Journal } from "./journal/port";
import { openJournal } from "./journal/sqlite-journal";
import { createEmbeddedLink, type FleetInference } from "./link/embedded/embedded-link";
import type { FaultConsole } from "./link/embedded/fault-console";
import type { Link } from "./link/port";
import { describeRos, findRos2, openRos2, type Ros2Surroundings } from "./link/ros2/open-ros2";
import type { GraphChoice } from "./link/ros2/ros-environment";
import type { RosRecord } from "./link/ros2/ros-folder";
import type { Ros2Link } from "./link/ros2/ros2-link";
import { createRecordedLink } from "./link/recorded/recorded-link";
import { Operations } from "./operations/operations";
import { openReports } from "./reports/open-reports";
import type { ReportDesk } from "./reports/report-desk";
import { openAliasBook } from "./registry/alias-book";
import { openModelDesk, type ModelDesk } from "./registry/model-desk";
import { importDirOf, proofsDirOf } from "./registry/places";
import { processMemory } from "./registry/verification/process-memory";
import { openVerificationStore } from "./registry/verification/verification-store";
import { createVerifier } from "./registry/verification/verifier";
import type { StartOptions } from "./start-options";
import type { Spawn } from "./supervision/process-spawner";
import { supervise, type ProcessStatus } from "./supervision/supervisor";
import type { OwnProcess } from "./system/port";
import { openMachineLog, type MachineLog } from "./system/machine-log";
import type { SystemMonitor } from "./system/system-monitor";
import { watchMachine } from "./system/watch-machine";
import { steadyTimers } from "./time/steady-timers";
import { systemTimers } from "./time/system-timers";
import { openTimelineDesk, type TimelineDesk } from "./timeline/timeline-desk";
import { openModelShelf } from "./version-shelf";

/** The compression that edge nodes ask of their model, 0 (finest) to 1: the middle. */
const COMPRESSION_LEVEL = 0.5;

/** Everything that runs without a window. */
export interface Engine {
  readonly operations: Operations;
  readonly journal: Journal;
  /** Every sample, beside the journal. */
  readonly history: History;
  /** Null where the fleet is not embedded. */
  readonly faults: FaultConsole | null;
  readonly dataDir: string;
  readonly modelsDir: string;
  models(): Promise<readonly ModelView[]>;
  /** What lies in the registry, what was proven of it, its aliases. */
  readonly registry: ModelDesk;
  /** This machine, those of edge nodes, and what the fleet compressed. */
  readonly system: SystemMonitor;
  /** What was recorded of this machine. */
  readonly machineLog: MachineLog;
  /** Reports and exports of samples and events. */
  readonly reports: ReportDesk;
  readonly alerts: AlertDesk;
  /** What happened, what ran where and who put it there. */
  readonly timeline: TimelineDesk;
  /** What was looked for at the start and what was found. */
  findings(): Promise<readonly Finding[]>;
  retryLink(): void;
  retryInference(): void;
  /** Stops the tick, the link, the inference process and the journal, in that order. */
  stop(): Promise<void>;
}

/** What an engine is built from. */
export interface EngineParts {
  readonly options: StartOptions;
  readonly modelsDir: string;
  /** The bundle of the inference process. */
  readonly inferenceEntry: string;
  /** The bundle of the process that verifies a model and ends. */
  readonly verifierEntry: string;
  /** The bundle of the process that speaks ROS 2. */
  readonly ros2Entry: string;
  /** The bundle of the threads that keep the history. */
  readonly historyEntry: string;
  readonly spawn: Spawn;
  readonly environment: NodeJS.ProcessEnv;
  /** Where time comes from; absent: this machine. A shift is measured in less time than it takes. */
  readonly machine?: Timers;
  /** What encodes in the place of the inference process, which is not started then. */
  readonly encoder?: (timers: Timers) => FrameEncoder<SensorFrame>;
  /** For reports; absent: not known. */
  readonly appVersion?: string;
  /** Every process of the application, where the runtime knows more of them than are supervised. */
  runtimeProcesses?(): readonly OwnProcess[];
}

/** A part of an engine that was opened and must be closed. */
interface Opened<Part> {
  readonly part: Part;
  stop(): Promise<void>;
}

type Inference = ReturnType<typeof superviseInference>["part"];

function superviseInference(parts: EngineParts, timers: Timers) {
  const supervised = supervise({ name: "inference", spawn: parts.spawn, entry: parts.inferenceEntry, env: INFERENCE_ENVIRONMENT, timers });
  const client = createInferenceClient(supervised.port, [parts.modelsDir, importDirOf(parts.options.dataDir)]);
  const encoder = closeUnusedVersions(client, timers);
  return {
    part: { supervised, encoder },
    async stop() {
      encoder.end();
      client.close();
      await supervised.stop();
    },
  } satisfies Opened<unknown>;
}

/**
 * Builds and starts the engine.
 * @returns NOT_AVAILABLE where ROS 2 was asked for and is not set up, MODEL_LOAD_FAILED where the models
 * folder has nothing that an embedded fleet could run.
 */
export async function startEngine(parts: EngineParts): Promise<Result<Engine>> {
  const { options, modelsDir } = parts;
  let operations: Operations | null = null;
  const timers = steadyTimers(parts.machine ?? systemTimers, (byMs) => {
    operations?.note({
      event: "clock-jumped",
      nodeId: null,
      actor: "engine",
      sentence: `This machine's clock was set ${byMs > 0 ? "forward" : "back"} by ${Math.round(Math.abs(byMs) / 1000)} s. No decision depends on it.`,
      detail: { byMs: Math.round(byMs) },
    });
  });
  const shelf = await openModelShelf([modelsDir, importDirOf(options.dataDir)], openVerificationStore(proofsDirOf(options.dataDir)));
  const journal = openJournal({ path: join(options.dataDir, "journal.db"), clock: timers });
  /** `--domain` wins over the settings while this runs. */
  const graphOf = (chosen: Ros2Settings): GraphChoice => ({ ...chosen, domainId: options.domainId ?? chosen.domainId });
  const graph = graphOf(journal.readSettings().ros2);
  const ros2: Ros2Surroundings = {
    spawn: parts.spawn,
    entry: parts.ros2Entry,
    environment: parts.environment,
    timers,
    graph,
  };
  // Only a choice needs a trial: ROS 2 that was asked for says on its own what is wrong with it.
  const setUp = await findRos2(ros2, options.link === "auto" && options.recording === null);
  const findings = lookForRos(parts.environment, setUp);
  const record = options.recording === null && options.link !== "embedded" && setUp.ok ? setUp.value : null;
  if (options.link === "ros2" && !setUp.ok) {
    journal.close();
    return setUp;
  }
  const inference = options.recording === null && record === null && parts.encoder === undefined ? superviseInference(parts, timers) : null;
  const ros2Link = record === null ? null : openRos2(ros2, record);
  const built =
    ros2Link === null
      ? buildLink(parts, timers, shelf.initialVersion, inference?.part ?? null, (draft) => operations?.note(draft))
      : ok({ link: ros2Link, faults: null });
  if (!built.ok) {
    await inference?.stop();
    journal.close();
    return built;
  }
  const { link, faults } = built.value;
  const supervised = (): readonly ProcessStatus[] => [...(inference === null ? [] : [inference.part.supervised.status()]), ...(ros2Link?.processes() ?? [])];
  const running = new Operations({ link, journal, timers, shelf, processes: supervised });
  operations = running;
  const system = watchMachine({
    timers,
    operations: running,
    dataDir: options.dataDir,
    appVersion: parts.appVersion ?? null,
    supervised,
    ...(parts.runtimeProcesses === undefined ? {} : { runtimeProcesses: parts.runtimeProcesses }),
  });
  const machineLog = openMachineLog(join(options.dataDir, "machine"));
  system.onRow((atMs, row) => {
    machineLog.push(atMs, row);
  });
  // Before anything happens: no event may pass the alerts by.
  const alerts = openAlerts(running, journal, timers, () => hostReadingsOf(system.getSystemStats()));
  const timeline = openTimelineDesk({
    journal,
    nodeIds: () => running.nodeIds(),
    breathe: () => new Promise((resolve) => void setImmediate(resolve)),
  });
  if (ros2Link !== null) followGraphChoice(running, ros2Link, graph, graphOf);
  inference?.part.supervised.onStatus((status) => {
    running.note({
      event: `inference-${status.state}`,
      nodeId: null,
      actor: "engine",
      sentence: status.sentence,
      detail: { restarts: status.restarts, pid: status.pid },
    });
  });
  running.note({
    event: "started",
    nodeId: null,
    actor: "engine",
    sentence: whyThisLink(options, record, setUp),
    detail: { link: link.status().kind, seed: options.seed, nodes: options.nodes },
  });
  const history = openHistory({
    dataDir: options.dataDir,
    entry: parts.historyEntry,
    timers,
    fleet: () => running.joinedFleet,
    isDrill: (wanted) => shelf.isDrill(wanted),
    facts: journal,
    tell: (news) => running.note({ ...news, nodeId: null, actor: news.event === "history-retention" ? "operator" : "engine" }),
  });
  running.onSample((fleet, sample) => {
    history.take(fleet, sample);
  });
  await running.start();
  const verifier = createVerifier({ spawn: parts.spawn, entry: parts.verifierEntry, timers, memory: processMemory });
  const registry = openModelDesk({
    shippedDir: modelsDir,
    dataDir: options.dataDir,
    clock: timers,
    aliases: openAliasBook({ journal, commit: (draft) => running.commit(draft), by: userInfo().username, via: "window" }),
    verifier,
    note: (draft) => {
      running.note(draft);
    },
  });
  const reports = await openReports({ operations: running, journal, history, host: machineLog, timers, dataDir: options.dataDir });
  const control = await openControl(parts, running, reports, alerts);
  return ok({
    operations: running,
    journal,
    history,
    faults,
    dataDir: options.dataDir,
    modelsDir,
    models: () => shelf.list(),
    registry,
    system,
    machineLog,
    reports,
    alerts,
    timeline,
    findings: async () => [...findings, ...(await appFindings(shelf.list(), journal, inference?.part ?? null))],
    retryLink: () => {
      link.retry();
    },
    retryInference: () => inference?.part.supervised.retry(),
    async stop() {
      await control?.close();
      system.stop();
      await reports.close();
      await machineLog.close();
      verifier.stop();
      await running.stop();
      await history.close();
      await inference?.stop();
      journal.close();
    },
  });
}

/** Opens the socket of `./lydlr ctl`. Without one the application goes on, and says so. */
async function openControl({ options, environment }: EngineParts, operations: Operations, reports: ReportDesk, alerts: AlertDesk): Promise<ControlServer | null> {
  const note = (event: string, sentence: string): void => {
    operations.note({ event, nodeId: null, actor: "engine", sentence: sentence.slice(0, 400), detail: {} });
  };
  const path = socketPlace(options.dataDir, environment, process.platform);
  const handlers = controlHandlers(operations, reports, () => alerts.view());
  const opened = path.ok ? await openControlServer({ path: path.value, handlers, onTrouble: (sentence) => note("trouble", sentence) }) : path;
  if (opened.ok) return opened.value;
  note("control-unavailable", `./lydlr ctl cannot reach this application: ${opened.error.message}`);
  return null;
}

/** Joins another graph when the settings say so. What was known of the old one goes with it. */
function followGraphChoice(
  operations: Operations,
  link: Ros2Link,
  first: GraphChoice,
  graphOf: (chosen: Ros2Settings) => GraphChoice,
): void {
  let joined = first;
  operations.onSettings(({ ros2 }) => {
    const wanted = graphOf(ros2);
    if (wanted.domainId === joined.domainId && wanted.discoveryRange === joined.discoveryRange) return;
    joined = wanted;
    operations.forgetFleet("ROS 2 joins another graph: its nodes are looked for anew.");
    void link.rejoin(wanted);
  });
}

function whyThisLink(options: StartOptions, record: RosRecord | null, setUp: Result<RosRecord>): string {
  if (options.recording !== null) return "Recorded frames are replayed.";
  if (record !== null) return `${describeRos(record)}, ${options.link === "auto" ? "was found and loads" : "was asked for"}.`;
  return whyEmbedded(options.link === "embedded" ? "embedded" : "auto", setUp);
}

/** When the models can be asked: with the inference process, or always where something of this process encodes. */
const ALWAYS_UP: Pick<FleetInference<SensorFrame>, "onUp" | "onDown"> = {
  onUp(listener) {
    listener();
    return () => undefined;
  },
  onDown: () => () => undefined,
};

function buildLink(
  parts: EngineParts,
  timers: Timers,
  initial: string | null,
  inference: Inference | null,
  note: (draft: Parameters<Operations["note"]>[0]) => void,
): Result<{ readonly link: Link; readonly faults: FaultConsole | null }> {
  const { options } = parts;
  if (options.recording !== null) {
    return ok({ link: createRecordedLink({ file: options.recording, nodes: options.nodes, timers }), faults: null });
  }
  const version = parseModelVersion(initial ?? "");
  const encoder = parts.encoder?.(timers) ?? inference?.encoder;
  const presence = inference?.supervised.port ?? ALWAYS_UP;
  if (!version.ok || encoder === undefined) {
    return fail("MODEL_LOAD_FAILED", `No verified model that is no drill was found in ${parts.modelsDir}.`);
  }
  const link = createEmbeddedLink<SensorFrame>({
    nodes: options.nodes,
    seed: options.seed,
    timers,
    inference: {
      load: (wanted) => encoder.load(wanted),
      encode: (frame, wanted, level, repeats, stream) => encoder.encode(frame, wanted, level, repeats, stream),
      onUp: (listener) => presence.onUp(listener),
      onDown: (listener) => presence.onDown(listener),
    },
    initialVersion: version.value,
    compressionLevel: COMPRESSION_LEVEL,
    healthyNoiseSigma: HEALTHY_CAMERA_NOISE_SIGMA,
    createRig: ({ seed, vertical }) => createSensorRig({ seed, vertical }),
    onIncident: ({ nodeId, code, message }) => {
      note({ event: "incident", nodeId, actor: "node", sentence: message, detail: { code } });
    },
  });
  return ok({ link, faults: link.faults });
}

async function appFindings(
  listing: Promise<readonly ModelView[]>,
  journal: Journal,
  inference: Inference | null,
): Promise<readonly Finding[]> {
  const models = await listing;
  const verified = models.filter((model) => model.verified);
  const names = verified.map((model) => (model.drill ? `the drill ${model.version}` : model.version)).join(", ");
  const bad = models.length - verified.length;
  const status = journal.status();
  const process = inference?.supervised.status();
  return [
    {
      what: "Models",
      found: verified.length > 0 && bad === 0,
      sentence: verified.length === 0 ? "none that can be used" : `${names}: hashes verified${bad > 0 ? `; ${bad} refused` : ""}`,
    },
    {
      what: "Inference",
      found: process?.state === "up",
      sentence: process === undefined ? "not needed: the nodes are not in this application" : process.sentence,
    },
    { what: "Journal", found: status.state === "written", sentence: status.sentence },
  ];
}
