import { join } from "node:path";
import { SETUP_STEP_WORDS, type SetupProgress } from "../../shared/contract/ros2-setup";
import { adviceOn, describeSetUp, examineRos, reportOf, tryRos, type RosTrial } from "../link/ros2/install/doctor";
import { installRos, removeRos } from "../link/ros2/install/install";
import { discoveryRangeOf, domainIdOf } from "../link/ros2/ros-environment";
import { rosFolderPath } from "../link/ros2/ros-folder";
import { forkedProcess } from "../supervision/forked-process";
import { systemTimers } from "../time/system-timers";
import { parseArguments, refuse } from "./arguments";
import type { Command, CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr ros2 install [--private] [--json]   sets up ROS 2 for the application; repairs what is there
       ./lydlr ros2 install --remove               takes it away again
       ./lydlr ros2 doctor [--json]                says what is there, whether it loads, and what to do

install takes a sourced ROS 2, else one under /opt/ros, else it installs a private ROS 2 Jazzy beside the
application's data (about 250 MB, pinned and checked by hash, no administrator's rights). Then it builds
the client for it. --private takes the private one in any case. Ctrl C ends it and leaves what was there.
With --json every step is a line {"type":"progress","step","sentence","elapsedMs"} as it begins.
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

/** What the doctor and the trial of a new installation load ROS 2 with. */
function trial(): RosTrial {
  return { spawn: forkedProcess, entry: join(__dirname, "ros2-host.cjs"), timers: systemTimers, environment: process.env };
}

/** A signal that is given when the operator or the window ends this process: what was begun is then taken back. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
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
    signal: untilInterrupted(),
    onProgress: (step) => {
      const sentence = SETUP_STEP_WORDS[step];
      progress.say(sentence);
      const line: SetupProgress = { type: "progress", step, sentence, elapsedMs: Math.round(performance.now() - startedMs) };
      if (isJson) io.stdout(`${JSON.stringify(line)}\n`);
    },
    verify: (next, record) => tryRos(trial(), next, record),
  });
  progress.end();
  if (!installed.ok) return refuse(io, installed.error);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  if (isJson) io.stdout(`${JSON.stringify({ type: "installed", folder, ...installed.value, seconds })}\n`);
  else io.stdout(`${describeSetUp(installed.value)}: it loads. ${folder}, ${String(seconds)} s.\n`);
  return 0;
}

async function doctor(isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const examination = await examineRos(trial());
  const { folder, found, record, loaded } = examination;
  const { isWell, lines } = reportOf(examination, process.env);
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
        advice: adviceOn(examination),
      })}\n`,
    );
  } else {
    const width = Math.max(...lines.map(({ what }) => what.length));
    for (const { what, text } of lines) io.stdout(`${what.padEnd(width)}  ${text}\n`);
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
