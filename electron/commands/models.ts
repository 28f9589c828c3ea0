import { fail } from "../../shared/result";
import { modelsFolderOf, parseArguments, refuse } from "./arguments";
import type { CommandIo, ExitCode } from "./command";
import { compare, COMPARE_USAGE } from "./models-compare";
import { golden } from "./models-golden";
import { alias, benchmark, importAll, list, openCommandRegistry, verify } from "./models-registry";

const HELP = `usage: ./lydlr models [--json]
       ./lydlr models verify [VERSION] [--json]
       ./lydlr models benchmark VERSION [--frames N] [--json]
       ${COMPARE_USAGE}
       ./lydlr models import PATH... [--json]
       ./lydlr models alias [NAME [VERSION | --remove]] [--json]
       ./lydlr models golden VERSION

Lists the registry; verifies versions (hashes, contract, golden frames, benchmark) in a process of its own with
limits on time and memory; measures every level of one, or two on the same frames; imports a folder, .zip or .tar.gz into the data folder;
lets a name such as champion stand for a version, or shows every move of a name. golden makes the golden frames
of a version that was just trained.

  --frames N      sensor frames to measure each level with (20)
  --images DIR    pictures (png, jpg) to compare on; by default scenes that no training has seen
  --size SIZE     how many of those scenes (standard)
  --remove        the alias stands for nothing
  --json          JSON Lines
  --models DIR    the models folder that came with the application
  --data-dir DIR  where imports, proofs and the journal are
`;

const OPTIONS = {
  models: { type: "string" },
  "data-dir": { type: "string" },
  json: { type: "boolean" },
  remove: { type: "boolean" },
  frames: { type: "string" },
  images: { type: "string" },
  size: { type: "string" },
} as const;

/** `./lydlr models`: the registry, its verification and a version's measurements. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const [action = "list", first, ...rest] = positionals;
  const isJson = values["json"] === true;
  const frames = values["frames"] === undefined ? 20 : Number(values["frames"]);
  const registry = openCommandRegistry(values);
  if (action === "compare") return compare(registry.desk.places, positionals.slice(1), values, io);
  const alone = rest.length === 0;
  if (alone && action === "list" && first === undefined) return list(registry, isJson, io);
  if (alone && action === "verify") return verify(registry, first, isJson, io);
  if (alone && action === "benchmark" && first !== undefined && Number.isInteger(frames) && frames >= 1 && frames <= 10000) {
    return benchmark(registry, first, frames, isJson, io);
  }
  if (action === "import" && first !== undefined) return importAll(registry, [first, ...rest], isJson, io);
  if (action === "alias" && rest.length <= 1) {
    const to = values["remove"] === true ? null : rest[0];
    if (!(values["remove"] === true && (first === undefined || rest.length > 0))) return alias(registry, first, to, isJson, io);
  }
  if (alone && action === "golden" && first !== undefined) return golden(modelsFolderOf(values), first, io);
  return refuse(io, fail("BAD_USAGE", "see ./lydlr models --help.").error);
}
