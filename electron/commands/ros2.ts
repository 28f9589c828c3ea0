import { join } from "node:path";
import { findRos } from "../link/ros2/install/find-ros";
import { installRos, removeRos } from "../link/ros2/install/install";
import { describeRos } from "../link/ros2/open-ros2";
import { probeHost, type ProbedHost } from "../link/ros2/probe";
import { discoveryRangeOf, domainIdOf, rosEnvironment } from "../link/ros2/ros-environment";
import { readRosRecord, rosFolder, rosFolderPath, type RosRecord } from "../link/ros2/ros-folder";
import type { Failure, Result } from "../../shared/result";
import { forkedProcess } from "../supervision/forked-process";
import { systemTimers } from "../time/system-timers";
import { parseArguments, refuse } from "./arguments";
import type { Command, CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr ros2 install [--private] [--json]   sets up ROS 2 for the application; repairs what is there
       ./lydlr ros2 install --remove               takes it away again
       ./lydlr ros2 doctor [--json]                says what is there, whether it loads, and what to do

install takes a sourced ROS 2, else one under /opt/ros, else it installs a private ROS 2 Jazzy beside the
application's data (about 250 MB, pinned and checked by hash, no administrator's rights). Then it builds
the client for it. --private takes the private one in any case.
`;

/** Says what an installation is at, on stderr: with --json stdout carries JSON alone. */
function progressOn(io: CommandIo): { readonly say: (what: string) => void; readonly end: () => void } {
  const startedMs = performance.now();
  let current = "";
  const seconds = (): string => `${String(Math.round((performance.now() - startedMs) / 1000))} s`;
  const timer = setInterval(() => {
    if (current !== "") io.stderr(`lydlr: ${current} ... ${seconds()}\n`);
  }, 15_000);
  return {
    say(what) {
      current = what;
      io.stderr(`lydlr: ${what} ... ${seconds()}\n`);
    },
    end() {
      clearInterval(timer);
    },
  };
}

function describe(record: RosRecord): string {
  return `${describeRos(record)}, with rclnodejs ${record.rclnodejs}`;
}

function probe(folder: string, record: RosRecord): Promise<Result<ProbedHost, "NOT_AVAILABLE">> {
  const { rclnodejs, addon, profiles } = rosFolder(folder);
  const env = rosEnvironment(record, profiles, process.env, { domainId: null, discoveryRange: null });
  return probeHost({ spawn: forkedProcess, entry: join(__dirname, "ros2-host.cjs"), env, rclnodejs, addon, timers: systemTimers });
}

async function install(isPrivate: boolean, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const folder = rosFolderPath(process.env);
  const startedMs = performance.now();
  const progress = progressOn(io);
  const installed = await installRos({
    folder,
    environment: process.env,
    isPrivate,
    logPath: join(folder, "..", "ros2-install.log"),
    onProgress: progress.say,
    verify: probe,
  });
  progress.end();
  if (!installed.ok) return refuse(io, installed.error);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  if (isJson) io.stdout(`${JSON.stringify({ type: "installed", folder, ...installed.value, seconds })}\n`);
  else io.stdout(`${describe(installed.value)}: it loads. ${folder}, ${String(seconds)} s.\n`);
  return 0;
}

/** What to do about what was found. */
function advice(record: Result<RosRecord>, loaded: Result<ProbedHost> | null): string {
  const failure: Failure | null = record.ok ? (loaded?.ok === false ? loaded.error : null) : record.error;
  if (failure === null) return "Nothing is to be done: ./lydlr start joins the graph.";
  if (!record.ok) return record.error.message;
  return "`./lydlr ros2 install` builds it anew; the embedded fleet runs without ROS 2 meanwhile.";
}

async function doctor(isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const folder = rosFolderPath(process.env);
  const found = findRos(process.env);
  const record = readRosRecord(folder);
  const loaded = record.ok ? await probe(folder, record.value) : null;
  const lines: readonly (readonly [string, string])[] = [
    ["sourced", process.env["ROS_DISTRO"] === undefined ? "no (ROS_DISTRO is not set)" : `ROS_DISTRO is ${process.env["ROS_DISTRO"]}`],
    ["on this machine", found === null ? "none, neither sourced nor under /opt/ros" : `${found.distro} in ${found.prefix} (${found.source})`],
    ["set up for the application", record.ok ? `${describe(record.value)} (${folder})` : "no"],
    ["loads", loaded === null ? "not tried" : loaded.ok ? `yes, in ${String(loaded.value.tookMs)} ms` : `no: ${loaded.error.message}`],
    ["middleware (RMW)", loaded?.ok === true ? loaded.value.rmw : (process.env["RMW_IMPLEMENTATION"] ?? "unknown")],
    ["domain", `${String(domainIdOf(process.env))}${process.env["ROS_DOMAIN_ID"] === undefined ? " (the default)" : " (ROS_DOMAIN_ID)"}`],
    ["discovery range", `${discoveryRangeOf(process.env)}${process.env["ROS_AUTOMATIC_DISCOVERY_RANGE"] === undefined ? " (the default)" : ""}`],
    ["to do", advice(record, loaded)],
  ];
  const isWell = loaded?.ok === true;
  if (isJson) {
    io.stdout(
      `${JSON.stringify({
        type: "doctor",
        ok: isWell,
        folder,
        found,
        installed: record.ok ? record.value : null,
        loads: loaded?.ok ?? null,
        failure: loaded?.ok === false ? loaded.error.message : null,
        rmw: loaded?.ok === true ? loaded.value.rmw : null,
        domainId: domainIdOf(process.env),
        discoveryRange: discoveryRangeOf(process.env),
        advice: advice(record, loaded),
      })}\n`,
    );
  } else {
    const width = Math.max(...lines.map(([what]) => what.length));
    for (const [what, text] of lines) io.stdout(`${what.padEnd(width)}  ${text}\n`);
  }
  if (!isWell) io.stderr(`NOT_AVAILABLE: ${record.ok ? "ROS 2 does not load." : record.error.message}\n`);
  return isWell ? 0 : 1;
}

/** `./lydlr ros2 install | doctor`. */
export const run: Command = async (args, io) => {
  const parsed = parseArguments(args, { private: { type: "boolean" }, remove: { type: "boolean" }, json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const [word, ...rest] = positionals;
  const isJson = values["json"] === true;
  if (rest.length === 0 && word === "doctor") return doctor(isJson, io);
  if (rest.length === 0 && word === "install") {
    if (values["remove"] !== true) return install(values["private"] === true, isJson, io);
    const folder = rosFolderPath(process.env);
    io.stdout(removeRos(folder) ? `${folder} was removed.\n` : `There was nothing in ${folder}.\n`);
    return 0;
  }
  io.stderr(`BAD_USAGE: ./lydlr ros2 takes install or doctor.\n${HELP}`);
  return 2;
};
