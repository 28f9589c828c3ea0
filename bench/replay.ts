import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run as runReplay } from "../electron/commands/replay";
import { eachLine } from "../electron/commands/replay-lines";
import { simulateNode, type SimulatedNode } from "../shared/judge/simulation/fleet";
import { marginsOf } from "../shared/judge/simulation/noise";
import { seededRandom } from "../shared/random";
import { readOptions, reportOn, rounded, type Benchmark } from "./benchmark";

const HELP = `usage: ./lydlr bench replay [--nodes N] [--hours H] [--seed N] [--json]

Writes a recording of N nodes (50) at 2 Hz over H hours (24), replays it twice through the judge with the default
policy, and prints time, processor time, lines a second and whether both gave the same bytes. Next to it, in the same
run: reading the same file line by line and parsing each line as JSON, without judging. An hour before the end
one node gets a version that is bad. The recording takes 130 bytes a line, about 1.1 GB for a day of 50 nodes, in the
system's folder for temporary files, and is removed.
`;

const PERIOD_MS = 500;
const SAMPLES_PER_HOUR = 7_200;
const CHUNK = 1 << 20;

/** A recording as the contract of `./lydlr replay` has it; the same seed writes the same bytes. */
function writeRecording(path: string, nodes: number, hours: number, seed: number): number {
  const random = seededRandom(seed);
  const margins = marginsOf("normal");
  const fleet = Array.from({ length: nodes }, (_, index): SimulatedNode => simulateNode(random.fork(index), margins, 0.3));
  const file = openSync(path, "w");
  const ticks = Math.round(hours * SAMPLES_PER_HOUR);
  const badFrom = Math.max(1, ticks - SAMPLES_PER_HOUR);
  let text = "";
  let lines = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const tMs = tick * PERIOD_MS;
    if (tick === badFrom) text += `${JSON.stringify({ tMs, nodeId: "node_0", deploy: "1.2.0" })}\n`;
    for (const [index, node] of fleet.entries()) {
      node.next();
      const isBad = index === 0 && tick >= badFrom && tick < badFrom + 60;
      const version = isBad ? "1.2.0" : "1.1.0";
      const [compressionRatio = 0, latencyMs = 0, qualityScore = 0] = node.values;
      text += `{"tMs":${tMs},"nodeId":"node_${index}","modelVersion":"${version}","compressionRatio":${rounded(compressionRatio, 4)},"latencyMs":${rounded(latencyMs, 3)},"qualityScore":${rounded(isBad ? 0.65 : qualityScore, 5)}}\n`;
    }
    lines += nodes;
    if (text.length >= CHUNK) {
      writeSync(file, text);
      text = "";
    }
  }
  writeSync(file, text);
  closeSync(file);
  return lines;
}

interface Timed {
  readonly wallS: number;
  readonly cpuS: number;
}

async function timed(work: () => unknown): Promise<Timed> {
  const beganMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallS: (performance.now() - beganMs) / 1000, cpuS: (user + system) / 1e6 };
}

/** How long a day of a fleet takes to judge again, and whether it ends the same. */
export const replayBenchmark: Benchmark = {
  name: "replay",
  summary: "a day of 50 nodes through the judge, twice, next to parsing its lines",
  help: HELP,
  async run(args, io) {
    const { isJson, numbers } = readOptions(args, { nodes: 50, hours: 24, seed: 1 });
    const report = reportOn(io, isJson);
    const folder = mkdtempSync(join(tmpdir(), "lydlr-bench-"));
    try {
      const path = join(folder, "day.jsonl");
      report.progress(`writing a recording of ${numbers.nodes} nodes over ${numbers.hours} h`);
      const lines = writeRecording(path, numbers.nodes, numbers.hours, numbers.seed);
      const parse = await timed(() => eachLine(path, (bytes, from, end) => void JSON.parse(bytes.toString("utf8", from, end))));
      report.line({ type: "parse", lines, ...roundedTimes(parse) }, `reading and parsing ${lines} lines alone: ${parse.wallS.toFixed(1)} s, ${parse.cpuS.toFixed(1)} s of processor time`);
      const hashes: string[] = [];
      const replays: Timed[] = [];
      for (const turn of [1, 2]) {
        const hash = createHash("sha256");
        let bytes = 0;
        const replay = await timed(() =>
          runReplay([path, "--json"], {
            stdout(text) {
              bytes += text.length;
              hash.update(text);
            },
            stderr: io.stderr,
          }),
        );
        hashes.push(hash.digest("hex"));
        replays.push(replay);
        report.line(
          { type: "replay", turn, ...roundedTimes(replay), linesPerS: Math.round(lines / replay.wallS), bytesOut: bytes, sha256: hashes.at(-1) },
          `replay ${turn}: ${replay.wallS.toFixed(1)} s, ${replay.cpuS.toFixed(1)} s of processor time, ${bytes} bytes of decisions, sha256 ${hashes.at(-1) ?? ""}`,
        );
      }
      const isSame = hashes[0] === hashes[1];
      const slowest = Math.max(...replays.map(({ cpuS }) => cpuS));
      const summary = { type: "summary", nodes: numbers.nodes, hours: numbers.hours, lines, bytesIn: statSync(path).size, wallS: rounded(Math.max(...replays.map(({ wallS }) => wallS)), 2), cpuS: rounded(slowest, 2), cpuRatioToParsing: rounded(slowest / parse.cpuS, 2), isSame };
      report.line(summary, `${isSame ? "both gave the same bytes" : "the two replays DIFFER"}; a replay takes ${summary.cpuRatioToParsing} times the processor time of parsing alone`);
      return isSame ? 0 : 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function roundedTimes({ wallS, cpuS }: Timed): Timed {
  return { wallS: rounded(wallS, 2), cpuS: rounded(cpuS, 2) };
}
