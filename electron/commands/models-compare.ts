import { modalityRows } from "../../shared/comparison/modality-rows";
import { summarise, type ComparisonSummary } from "../../shared/comparison/summary";
import { verdictOf, type Verdict } from "../../shared/comparison/verdict";
import type { Comparison, ComparisonSize, Side } from "../../shared/contract/comparison";
import { DEFAULT_LIMITS } from "../../shared/contract/settings";
import { fail, ok, type Result } from "../../shared/result";
import { openBench } from "../comparison/bench";
import { processorMs } from "../comparison/processor-time";
import { loadReferenceCodecs } from "../comparison/reference-codecs";
import { openModel } from "../inference/onnx-session";
import { readModel } from "../registry/registry";
import { refuse, type ParsedArguments } from "./arguments";
import type { CommandIo, ExitCode } from "./command";

/** What `./lydlr models --help` says of it. */
export const COMPARE_USAGE = "./lydlr models compare A B [--images DIR] [--size quick|standard|thorough] [--json]";

const SIDES: readonly Side[] = ["a", "b"];

interface Order {
  readonly versionA: string;
  readonly versionB: string;
  readonly size: ComparisonSize;
}

function orderOf(positionals: readonly string[], size: unknown): Result<Order, "BAD_USAGE"> {
  const [versionA, versionB, ...rest] = positionals;
  const isSize = size === undefined || size === "quick" || size === "standard" || size === "thorough";
  if (versionA === undefined || versionB === undefined || rest.length > 0 || !isSize) {
    return fail("BAD_USAGE", `compare takes two versions: ${COMPARE_USAGE}.`);
  }
  return ok({ versionA, versionB, size: size ?? "standard" });
}

/** One line for each frame, version and level, as `bench codec` writes them. */
function rdLines(comparison: Comparison): readonly Readonly<Record<string, unknown>>[] {
  return comparison.frames.flatMap((frame) =>
    SIDES.flatMap((side) =>
      frame[side].map((point) => ({
        type: "rd",
        image: frame.name,
        codec: "lydlr",
        version: comparison[side].version,
        level: point.level,
        width: frame.width,
        height: frame.height,
        bytesIn: frame.cameraBytesIn,
        bytesOut: point.cameraBytes,
        ratio: frame.cameraBytesIn / point.cameraBytes,
        psnrDb: point.psnrDb,
        msSsim: point.msSsim,
      })),
    ),
  );
}

function summaryLine(comparison: Comparison, summary: ComparisonSummary, verdict: Verdict): Readonly<Record<string, unknown>> {
  const { a, b } = comparison;
  return {
    type: "comparison",
    a: a.version,
    b: b.version,
    source: comparison.source,
    verdict: verdict.kind,
    sentence: `${verdict.lead}${verdict.rest}`,
    ...summary,
    modalities: modalityRows(comparison, { a: a.defaultLevel, b: b.defaultLevel }),
    noReferences: comparison.noReferences,
    wallShare: comparison.wallShare,
  };
}

function textOf(comparison: Comparison, summary: ComparisonSummary, verdict: Verdict): string {
  const lines = SIDES.flatMap((side) =>
    summary.curves[side].map(
      ({ level, bytes, ratio, msSsim }) =>
        `${comparison[side].version} level ${String(level)}: ${bytes.toFixed(0)} bytes a picture, ratio ${ratio.toFixed(1)}, MS-SSIM ${msSsim.toFixed(4)}`,
    ),
  );
  const latency = SIDES.map((side) => {
    const { p50Ms, p95Ms, count } = summary.latency[side];
    return `${comparison[side].version} encode ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms of processor time (${String(count)} encodes in turns)`;
  });
  const modalities = modalityRows(comparison, { a: comparison.a.defaultLevel, b: comparison.b.defaultLevel }).map(
    ({ name, a, b, bytesPercent }) =>
      `${name}: ratio ${a.ratio.toFixed(1)} and ${b.ratio.toFixed(1)}, bytes ${bytesPercent.toFixed(1)} %, quality ${a.quality} and ${b.quality}`,
  );
  return `${[...lines, ...latency, ...modalities, `${verdict.lead}${verdict.rest}`].join("\n")}\n`;
}

/** Says how far it is, in tenths, on stderr. */
function progressTo(io: CommandIo): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const tenth = Math.floor((10 * done) / total);
    if (tenth <= told) return;
    told = tenth;
    io.stderr(`measured ${String(10 * tenth)} %\n`);
  };
}

/** `./lydlr models compare A B`: both versions on the same frames, and what follows from it. */
export async function compare(
  places: readonly string[],
  positionals: readonly string[],
  values: ParsedArguments["values"],
  io: CommandIo,
): Promise<ExitCode> {
  const order = orderOf(positionals, values["size"]);
  if (!order.ok) return refuse(io, order.error);
  const { versionA, versionB, size } = order.value;
  const { images } = values;
  const bench = await openBench(
    {
      places: [...places],
      versionA,
      versionB,
      frames: typeof images === "string" ? { source: "images", folder: images } : { source: "held-out", size },
    },
    { readModel, openModel, loadReferences: loadReferenceCodecs, processorMs, wallMs: () => performance.now() },
  );
  if (!bench.ok) return refuse(io, bench.error);
  try {
    const measured = await bench.value.measure({ onProgress: progressTo(io), turn: () => Promise.resolve() });
    if (!measured.ok) return refuse(io, measured.error);
    const comparison = measured.value;
    const summary = summarise(comparison);
    const verdict = verdictOf(comparison, summary, DEFAULT_LIMITS.maxLatencyMs);
    if (values["json"] === true) {
      for (const line of [...rdLines(comparison), summaryLine(comparison, summary, verdict)]) io.stdout(`${JSON.stringify(line)}\n`);
    } else {
      io.stdout(textOf(comparison, summary, verdict));
    }
    return 0;
  } finally {
    await bench.value.close();
  }
}
