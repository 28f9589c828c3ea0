import type { Command, CommandIo, ExitCode } from "./command";
import { startHeadless } from "./start-headless";

/** The command of a name; its module is loaded only then. */
async function commandOf(name: string): Promise<Command | null> {
  switch (name) {
    case "start":
      return startHeadless;
    case "codec":
      return (await import("./codec")).run;
    case "edge":
      return (await import("./edge")).run;
    case "ros2":
      return (await import("./ros2")).run;
    case "journal":
      return (await import("./journal")).run;
    case "calc":
      return (await import("./calc")).run;
    case "selftest":
      return (await import("./selftest")).run;
    case "replay":
      return (await import("./replay")).run;
    case "models":
      return (await import("./models")).run;
    case "ctl":
      return (await import("./ctl")).run;
    default:
      return null;
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

async function main(): Promise<ExitCode> {
  const [name = "", ...args] = process.argv.slice(2);
  // A reader that leaves early (head, a closed terminal) is no fault of ours.
  process.stdout.on("error", () => process.exit(0));
  const command = await commandOf(name);
  if (command === null) {
    io.stderr(`BAD_USAGE: there is no command ${JSON.stringify(name)}.\n`);
    return 2;
  }
  try {
    return await command(args, io);
  } catch (error) {
    io.stderr(`INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

void main().then((code) => {
  // The process ends once what was written has left it; no handle may keep it.
  process.stdout.write("", () => process.exit(code));
});
