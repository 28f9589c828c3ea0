import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { fail } from "../../shared/result";
import { acknowledgeBreak, verifyJournal } from "../journal/offline";
import { defaultDataDir } from "../start-options";
import { systemTimers } from "../time/system-timers";
import { parseArguments, refuse } from "./arguments";
import type { CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr journal verify [--data-dir DIR] [--json]
       ./lydlr journal acknowledge --reason TEXT [--data-dir DIR] [--json]

Checks every event of the journal against its chain, or acknowledges what is broken, with a reason, so
that commands are accepted again. Only while no Lydlr Ops uses the folder.

  --data-dir DIR   where the journal is
  --reason TEXT    what was found out about the break; it is journalled
  --json           JSON Lines
`;

function verify(path: string, isJson: boolean, io: CommandIo): ExitCode {
  const verified = verifyJournal(path);
  if (!verified.ok) return refuse(io, verified.error);
  const { checked, sealed, segments, broken, head } = verified.value;
  if (isJson) {
    if (broken !== null) io.stdout(`${JSON.stringify({ type: "broken", ...broken })}\n`);
    io.stdout(`${JSON.stringify({ type: "summary", whole: broken === null, checked, sealed, segments, head })}\n`);
  }
  if (broken !== null) {
    const where = broken.eventId === null ? "" : `Event ${broken.eventId}, ${new Date(broken.tMs ?? 0).toISOString()}: `;
    return refuse(io, fail("JOURNAL_BROKEN", `${where}${broken.sentence}`).error);
  }
  if (!isJson) {
    const before = sealed === 0 ? "" : `, ${sealed} of them sealed when segment ${segments} began`;
    io.stdout(`The chain is whole: ${checked} events${before}. It ends with event ${head?.eventId ?? 0}, hash ${head?.hash ?? ""}.\n`);
  }
  return 0;
}

function acknowledge(path: string, reason: string, isJson: boolean, io: CommandIo): ExitCode {
  const acknowledged = acknowledgeBreak(path, { reason, by: userInfo().username, tMs: systemTimers.wallMs() });
  if (!acknowledged.ok) return refuse(io, acknowledged.error);
  const { value } = acknowledged;
  io.stdout(isJson ? `${JSON.stringify({ type: "acknowledged", ...value, reason })}\n` : `Acknowledged and journalled; a new segment of the chain begins. It was: ${value.sentence}\n`);
  return 0;
}

/** `./lydlr journal`: checks the journal's chain, or acknowledges a break. */
export function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, { "data-dir": { type: "string" }, reason: { type: "string" }, json: { type: "boolean" } });
  if (!parsed.ok) return Promise.resolve(refuse(io, parsed.error));
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return Promise.resolve(0);
  }
  const { reason } = values;
  const folder = values["data-dir"];
  const path = join(resolve(typeof folder === "string" ? folder : defaultDataDir(process.env)), "journal.db");
  const isJson = values["json"] === true;
  const [action, ...rest] = positionals;
  if (rest.length === 0 && action === "verify" && reason === undefined) return Promise.resolve(verify(path, isJson, io));
  if (rest.length === 0 && action === "acknowledge" && typeof reason === "string" && reason.trim() !== "") {
    return Promise.resolve(acknowledge(path, reason.trim(), isJson, io));
  }
  return Promise.resolve(refuse(io, fail("BAD_USAGE", "see ./lydlr journal --help.").error));
}
