import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { METRICS_SUBSCRIPTION_QOS } from "../../shared/wire/topics";
import { fail, ok, type Result } from "../../shared/result";
import { findRos2, openRos2, type Ros2Surroundings } from "../link/ros2/open-ros2";
import { plainRosEnvironment, type Variables } from "../link/ros2/ros-environment";
import { rosFolder, rosFolderPath, type RosRecord } from "../link/ros2/ros-folder";
import { forkedProcess } from "../supervision/forked-process";
import { systemTimers } from "../time/system-timers";
import { parseArguments, refuse } from "./arguments";
import { BARE_RCLNODEJS, RCLPY_PUBLISHERS, RCLPY_SUBSCRIBER } from "./bench-link-programs";
import type { Command, CommandIo } from "./command";

const HELP = `usage: ./lydlr bench link [--seconds N] [--nodes N] [--rate HZ] [--json]

Publishers in rclpy, and at the same time three that listen: a bare rclpy subscriber, a bare rclnodejs
subscriber and the application's link. Prints the share that each received and the CPU time it took.
`;

type Program = ChildProcessByStdio<null, Readable, null>;

/** What one listener received and what it cost. */
interface Outcome {
  readonly received: number;
  readonly cpuMs: number;
}

const CLOCK_TICKS_PER_S = 100;

/** User and system time of a process so far, ms (proc(5): fields 14 and 15 of stat). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS_PER_S;
}

function topicsOf(nodes: number): readonly string[] {
  return Array.from({ length: nodes }, (_, index) => `/lydlr/bench_${String(index)}/transport/metrics`);
}

/** Follows the lines of a program; each is one number or word. */
function follow(program: Program): { readonly last: () => string; until(word: string): Promise<void> } {
  let last = "";
  let text = "";
  const waiting: { readonly word: string; readonly resolve: () => void }[] = [];
  program.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      last = line;
      for (const each of waiting) if (each.word === line) each.resolve();
    }
  });
  return {
    last: () => last,
    until: (word) =>
      new Promise((resolve, reject) => {
        waiting.push({ word, resolve });
        program.once("exit", (code) => {
          reject(new Error(`a program of the benchmark ended with ${String(code)} before it said ${word}`));
        });
      }),
  };
}

async function ended(program: Program): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  await new Promise((resolve) => {
    program.once("close", resolve);
    // rclpy takes SIGTERM for itself, and ends only where it spins.
    program.kill("SIGKILL");
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

interface Plan {
  readonly seconds: number;
  readonly nodes: number;
  readonly rateHz: number;
}

async function measure(record: RosRecord, surroundings: Ros2Surroundings, plan: Plan): Promise<Readonly<Record<string, Outcome>> & { readonly sent: Outcome }> {
  const paths = rosFolder(rosFolderPath(surroundings.environment));
  // As any user of rclpy and rclnodejs has it.
  const env: Variables = { ...process.env, ...plainRosEnvironment(record, surroundings.environment, surroundings.graph) };
  const python = record.source === "private" ? join(paths.prefix, "bin", "python") : "python3";
  const folder = mkdtempSync(join(tmpdir(), "lydlr-bench-link-"));
  const topics = topicsOf(plan.nodes);
  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const start = (program: string, path: string, args: readonly string[]): Program =>
    spawn(program, [path, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  const rclpy = start(python, script("subscriber.py", RCLPY_SUBSCRIBER), [JSON.stringify(topics)]);
  const rclnodejs = start(process.execPath, script("listener.cjs", BARE_RCLNODEJS), [paths.rclnodejs, paths.addon, JSON.stringify(topics)]);
  const programs = [rclpy, rclnodejs];
  const link = openRos2(surroundings, record);
  let received = 0;
  try {
    const said = programs.map(follow);
    const ready = Promise.all(said.map((each) => each.until("ready")));
    for (const topic of topics) link.subscribe({ topic, type: "std_msgs/msg/UInt8MultiArray", qos: METRICS_SUBSCRIPTION_QOS });
    await link.start({
      onMessage: () => {
        received += 1;
      },
      onGraphChange: () => undefined,
      onStatus: () => undefined,
    });
    await ready;
    const publishers = start(python, script("publishers.py", RCLPY_PUBLISHERS), [JSON.stringify(topics), String(plan.rateHz), String(plan.seconds)]);
    programs.push(publishers);
    const published = follow(publishers);
    // It publishes once every topic has its three listeners.
    await published.until("begin");
    const pids = { rclpy: rclpy.pid ?? 0, rclnodejs: rclnodejs.pid ?? 0, link: link.processes()[0]?.pid ?? 0 };
    const before = { rclpy: cpuMsOf(pids.rclpy), rclnodejs: cpuMsOf(pids.rclnodejs), link: cpuMsOf(pids.link) };
    await published.until("end");
    // What is still on its way arrives; each program prints its count four times a second.
    await pause(1_000);
    const outcome = (name: keyof typeof pids, count: number): Outcome => ({ received: count, cpuMs: cpuMsOf(pids[name]) - before[name] });
    return {
      sent: { received: plan.nodes * plan.rateHz * plan.seconds, cpuMs: 0 },
      rclpy: outcome("rclpy", Number(said[0]?.last())),
      rclnodejs: outcome("rclnodejs", Number(said[1]?.last())),
      link: outcome("link", received),
    };
  } finally {
    await Promise.all(programs.map(ended));
    await link.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function planOf(values: Readonly<Record<string, string | boolean | undefined>>): Result<Plan> {
  const number = (name: string, otherwise: number): number => (typeof values[name] === "string" ? Number(values[name]) : otherwise);
  const plan = { seconds: number("seconds", 60), nodes: number("nodes", 50), rateHz: number("rate", 10) };
  const isWhole = Object.values(plan).every((value) => Number.isInteger(value) && value >= 1 && value <= 3_600);
  return isWhole ? ok(plan) : fail("BAD_USAGE", "--seconds, --nodes and --rate take whole numbers from 1 to 3600.");
}

/** `./lydlr bench link`: the link beside a bare rclpy and a bare rclnodejs subscriber. */
export const run: Command = async (args, io: CommandIo) => {
  const parsed = parseArguments(args, { seconds: { type: "string" }, nodes: { type: "string" }, rate: { type: "string" }, json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const plan = planOf(values);
  if (!plan.ok) return refuse(io, plan.error);
  const domainId = randomInt(1, 100);
  const surroundings: Ros2Surroundings = {
    spawn: forkedProcess,
    entry: join(__dirname, "ros2-host.cjs"),
    environment: process.env,
    timers: systemTimers,
    // A graph of its own, on this machine alone.
    graph: { domainId, discoveryRange: "LOCALHOST" },
  };
  const record = await findRos2(surroundings, false);
  if (!record.ok) return refuse(io, record.error);
  const { sent, ...listeners } = await measure(record.value, surroundings, plan.value);
  const rclpy = listeners["rclpy"] ?? sent;
  for (const [name, outcome] of Object.entries(listeners)) {
    const line = {
      type: "listener",
      name,
      sent: sent.received,
      received: outcome.received,
      share: outcome.received / sent.received,
      shareOfRclpy: outcome.received / rclpy.received,
      cpuMs: outcome.cpuMs,
      cpuOfRclpy: outcome.cpuMs / rclpy.cpuMs,
    };
    const text = `${name.padEnd(9)} received ${String(line.received)} of ${String(line.sent)} (${(line.share * 100).toFixed(2)} %, ${(line.shareOfRclpy * 100).toFixed(2)} % of rclpy's), CPU ${(line.cpuMs / 1000).toFixed(2)} s (${line.cpuOfRclpy.toFixed(2)} of rclpy's)\n`;
    io.stdout(values["json"] === true ? `${JSON.stringify(line)}\n` : text);
  }
  const link = listeners["link"] ?? sent;
  return link.received >= 0.995 * rclpy.received && link.cpuMs <= 1.1 * rclpy.cpuMs ? 0 : 1;
};
