import { exploreModel } from "../../shared/rollout/model/explore";
import { fail } from "../../shared/result";
import { parseArguments, refuse } from "./arguments";
import type { Command } from "./command";

const HELP = `usage: ./lydlr bench model [--transitions N] [--seed N] [--json]

Walks a model of nodes, a link that loses, doubles and reorders, an operator who clicks anything, clocks that jump
and crashes between any two steps, with the product's own code for decisions, commands and recovery in it. Checks
that one command is on its way at most, none goes to a version in quarantine, nothing counts as running without a
report, nothing is sent twice after a crash, healthy nodes are left alone, and every state can be left.

  --transitions N  steps in all (20000000)
  --seed N         the first walk's seed (1); the next has the next

Exit 1 where a promise is broken; it names the seed of the walk and what led there.
`;

/** `./lydlr bench model`: more steps of the model than a test takes. */
export const run: Command = async (args, io) => {
  const parsed = parseArguments(args, { transitions: { type: "string" }, seed: { type: "string" }, json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { values, positionals } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const transitions = Number(values["transitions"] ?? 20_000_000);
  const firstSeed = Number(values["seed"] ?? 1);
  if (positionals.length > 0 || !Number.isInteger(transitions) || transitions < 1 || !Number.isInteger(firstSeed)) {
    return refuse(io, fail("BAD_USAGE", "bench model takes --transitions N, --seed N and --json.").error);
  }
  const startedMs = performance.now();
  const found = exploreModel({ transitions, firstSeed });
  const tookMs = Math.round(performance.now() - startedMs);
  if (values["json"] === true) io.stdout(`${JSON.stringify({ type: "summary", ...found, tookMs, passed: found.broken === null })}\n`);
  else {
    for (const [what, times] of Object.entries(found.tally)) io.stdout(`${String(times).padStart(8)} ${what}\n`);
    io.stdout(`${found.transitions} transitions in ${found.walks} walks, ${(tookMs / 1000).toFixed(1)} s: ${found.broken === null ? "no promise broken" : "BROKEN"}\n`);
  }
  if (found.broken === null) return 0;
  io.stderr(`lydlr: seed ${found.broken.seed}: ${found.broken.what}\n`);
  return 1;
};
