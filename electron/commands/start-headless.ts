import { join } from "node:path";
import type { EventView, NodeView, Snapshot } from "../../shared/contract/snapshot";
import { statusLineOf } from "../control/status-line";
import { startEngine, type Engine } from "../engine";
import { parseStartOptions, type HeadlessOptions } from "../start-options";
import { forkedProcess } from "../supervision/forked-process";
import type { Command, CommandIo } from "./command";

const HELP = `usage: ./lydlr start [--link auto|embedded|ros2] [--nodes N] [--seed N] [--data-dir DIR] [--domain N]
       ./lydlr start --headless [--for 20s] [--json] ...

Opens the window, or with --headless runs the same engine without one and prints one line a second.

  --link LINK      auto (default): ROS 2 where one is found, else the embedded fleet
  --nodes N        nodes of the embedded fleet (6)
  --seed N         seed of the embedded fleet (7)
  --data-dir DIR   where the journal and the settings are
  --domain N       ROS_DOMAIN_ID
  --for TIME       ends after 500ms, 20s, 2m, 1h
  --json           JSON Lines: status once a second, events as they happen, a summary at the end
`;

const STATUS_EVERY_TICKS = 2;

function nodeText(node: NodeView): string {
  if (node.latest === null) return `${node.nodeId} ${node.state}`;
  const { compressionRatio, latencyMs, qualityScore } = node.latest;
  const quality = qualityScore === null ? "none" : qualityScore.toFixed(3);
  return `${node.nodeId} ${node.state} ${node.modelVersion ?? "?"} ratio ${compressionRatio.toFixed(2)} latency ${latencyMs.toFixed(1)} ms quality ${quality}`;
}

function statusText(snapshot: Snapshot): string {
  const time = new Date(snapshot.atMs).toISOString().slice(11, 19);
  const nodes = snapshot.nodes.map(nodeText).join(" | ");
  return `${time}Z ${snapshot.link.kind} ${snapshot.link.state}, malformed ${snapshot.malformed} | ${nodes}`;
}

function eventLine({ tMs, event, nodeId, actor, sentence, detail }: EventView): object {
  return { type: "event", tMs: Math.round(tMs), event, nodeId, detail: { actor, sentence, ...detail } };
}

/** Writes what happens until it is time to end or a signal comes; resolves with the milliseconds it ran. */
async function follow(engine: Engine, options: HeadlessOptions, io: CommandIo): Promise<number> {
  const { operations } = engine;
  const startedMs = performance.now();
  const print = (value: object): void => {
    io.stdout(`${JSON.stringify(value)}\n`);
  };
  for (const event of operations.recentEvents(500).toReversed()) if (options.json) print(eventLine(event));
  const endings = [
    operations.onSnapshot((snapshot) => {
      if (snapshot.tick % STATUS_EVERY_TICKS !== STATUS_EVERY_TICKS - 1) return;
      if (options.json) print(statusLineOf(snapshot));
      else io.stdout(`${statusText(snapshot)}\n`);
    }),
    operations.onEvent((event) => {
      if (options.json) print(eventLine(event));
      else io.stdout(`  ${event.event}${event.nodeId === null ? "" : ` ${event.nodeId}`}: ${event.sentence}\n`);
    }),
  ];
  await new Promise<void>((resolve) => {
    const end = (): void => {
      resolve();
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
    if (options.forMs !== null) setTimeout(end, options.forMs);
  });
  for (const ending of endings) ending();
  return performance.now() - startedMs;
}

/** `./lydlr start --headless`: the engine on plain Node, for servers, pipes and places without a display. */
export const startHeadless: Command = async (args, io) => {
  if (args.includes("--help") || args.includes("-h")) {
    io.stdout(HELP);
    return 0;
  }
  const options = parseStartOptions(args, process.env);
  if (!options.ok) {
    io.stderr(`${options.error.code}: ${options.error.message}\n`);
    return 2;
  }
  const started = await startEngine({
    options: options.value,
    modelsDir: join(__dirname, "..", "models"),
    inferenceEntry: join(__dirname, "inference-host.cjs"),
    verifierEntry: join(__dirname, "verifier-host.cjs"),
    ros2Entry: join(__dirname, "ros2-host.cjs"),
    historyEntry: join(__dirname, "history-thread.cjs"),
    spawn: forkedProcess,
    environment: process.env,
  });
  if (!started.ok) {
    io.stderr(`${started.error.code}: ${started.error.message}\n`);
    return 1;
  }
  const engine = started.value;
  const journal = engine.journal.status();
  if (journal.state !== "written") io.stderr(`JOURNAL_${journal.state === "broken" ? "BROKEN" : "UNAVAILABLE"}: ${journal.sentence}\n`);
  const durationMs = await follow(engine, options.value, io);
  const { samples, malformed, decisions } = engine.operations.totals();
  await engine.stop();
  const summary = { type: "summary", durationMs: Math.round(durationMs), samples, malformed, decisions };
  if (options.value.json) io.stdout(`${JSON.stringify(summary)}\n`);
  else io.stdout(`${samples} samples, ${malformed} malformed, ${decisions} events in ${(durationMs / 1000).toFixed(1)} s\n`);
  return 0;
};
