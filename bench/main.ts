import { run as runBenchCodec } from "../electron/commands/bench-codec";
import { run as runBenchFaults } from "../electron/commands/bench-faults";
import { run as runBenchModel } from "../electron/commands/bench-model";
import { run as runBenchAbtest } from "../electron/commands/bench-abtest";
import { run as runBenchJudge } from "../electron/commands/bench-judge";
import { run as runBenchLink } from "../electron/commands/bench-link";
import { run as runBenchSwap } from "../electron/commands/bench-swap";
import type { CommandIo, ExitCode } from "../electron/commands/command";
import { BadUsage, NotAvailable, type Benchmark } from "./benchmark";
import { historyBenchmark } from "./history";
import { idleBenchmark } from "./idle";
import { journalBenchmark } from "./journal";
import { leakBenchmark } from "./leak";
import { replayBenchmark } from "./replay";
import { startBenchmark } from "./start";
import { uiBenchmark } from "./ui";

const codecBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "codec",
  summary: "size against quality of every model and level, next to JPEG and WebP",
  run: runBenchCodec,
};

const linkBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "link",
  summary: "messages received and processor time of the ROS 2 link, next to bare subscribers",
  run: runBenchLink,
};

const swapBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "swap",
  summary: "frames lost and memory kept over 50 hot swaps of a running node",
  run: runBenchSwap,
};

const judgeBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "judge",
  summary: "false rollbacks of healthy fleets against their budget, and delays of degraded ones",
  run: runBenchJudge,
};

const abtestBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "abtest",
  summary: "false winners, power and decision time of simulated A/B tests",
  run: runBenchAbtest,
};

const faultsBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "faults",
  summary: "100 faults on an embedded fleet: time to the command and to the verified recovery",
  run: runBenchFaults,
};

const modelBenchmark: Pick<Benchmark, "name" | "summary" | "run"> = {
  name: "model",
  summary: "promises of commands, rollbacks and recovery, over millions of steps of a model",
  run: runBenchModel,
};

const BENCHMARKS = [startBenchmark, idleBenchmark, uiBenchmark, leakBenchmark, codecBenchmark, swapBenchmark, linkBenchmark, journalBenchmark, historyBenchmark, judgeBenchmark, replayBenchmark, faultsBenchmark, modelBenchmark, abtestBenchmark] as const;

const list = BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(7)} ${summary}\n`).join("");
const HELP = `usage: ./lydlr bench [NAME] [--json]

Measurements, each side by side with what it is compared to, in one run:
${list}
./lydlr bench NAME --help says more about each.
`;

async function bench(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    io.stdout(HELP);
    return 0;
  }
  const chosen = BENCHMARKS.find((one) => one.name === name);
  if (chosen === undefined) {
    io.stderr(`BAD_USAGE: there is no benchmark ${JSON.stringify(name)}; ./lydlr bench lists them\n`);
    return 2;
  }
  if ("help" in chosen && (rest.includes("--help") || rest.includes("-h"))) {
    io.stdout(chosen.help);
    return 0;
  }
  try {
    return await chosen.run(rest, io);
  } catch (error) {
    if (error instanceof BadUsage) {
      io.stderr(`BAD_USAGE: ${error.message}; ./lydlr bench ${name} --help lists what there is\n`);
      return 2;
    }
    if (error instanceof NotAvailable) {
      io.stderr(`NOT_AVAILABLE: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

const io: CommandIo = {
  stdout: (text) => {
    process.stdout.write(text);
  },
  stderr: (text) => {
    process.stderr.write(text);
  },
};

void bench(process.argv.slice(2), io).then(
  (code) => {
    process.stdout.write("", () => process.exit(code));
  },
  (error: unknown) => {
    process.stderr.write(`INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
