import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fail, ok, type Result } from "../shared/result";

/** How the engine is started, with or without a window. */
export interface StartOptions {
  readonly link: "auto" | "embedded" | "ros2";
  /** Nodes of the embedded fleet. */
  readonly nodes: number;
  readonly seed: number;
  readonly dataDir: string;
  /** ROS_DOMAIN_ID; null: the environment's. */
  readonly domainId: number | null;
  /** A file of recorded wire frames to replay instead of a fleet: for benchmarks of the window. */
  readonly recording: string | null;
}

/** What only a start without a window knows. */
export interface HeadlessOptions extends StartOptions {
  /** Milliseconds after which it ends by itself; null: never. */
  readonly forMs: number | null;
  readonly json: boolean;
}

const MAX_NODES = 1_000;
const MAX_SEED = 0xffff_ffff;
const MAX_DOMAIN = 232;

const OPTIONS = {
  link: { type: "string" },
  nodes: { type: "string" },
  seed: { type: "string" },
  "data-dir": { type: "string" },
  domain: { type: "string" },
  recording: { type: "string" },
  for: { type: "string" },
  json: { type: "boolean" },
  headless: { type: "boolean" },
} as const;

/** Where data goes when nobody says: the XDG data folder of this user. */
export function defaultDataDir(environment: NodeJS.ProcessEnv): string {
  const configured = environment["XDG_DATA_HOME"];
  // Empty is unset (XDG Base Directory Specification 0.8).
  return join(configured === undefined || configured === "" ? join(homedir(), ".local", "share") : configured, "lydlr-ops");
}

function wholeNumber(name: string, text: string, least: number, most: number): Result<number, "BAD_USAGE"> {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return ok(value);
  return fail("BAD_USAGE", `--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

/** Parses `20s`, `500ms`, `2m`, `1h` or plain seconds. */
export function parseDuration(text: string): Result<number, "BAD_USAGE"> {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return fail("BAD_USAGE", `${JSON.stringify(text)} is no duration: 500ms, 20s, 2m, 1h.`);
  const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? "s"] ?? 1_000;
  return ok(Number(match[1]) * unitMs);
}

/** Parses the options of `./lydlr start`. BAD_USAGE names the option and what it takes. */
export function parseStartOptions(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Result<HeadlessOptions, "BAD_USAGE"> {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];
  try {
    values = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return fail("BAD_USAGE", `${error instanceof Error ? error.message : String(error)} See ./lydlr start --help.`);
  }
  const link = values.link ?? "auto";
  if (link !== "auto" && link !== "embedded" && link !== "ros2") {
    return fail("BAD_USAGE", `--link takes auto, embedded or ros2, not ${JSON.stringify(link)}.`);
  }
  const nodes = wholeNumber("nodes", values.nodes ?? "6", 1, MAX_NODES);
  if (!nodes.ok) return nodes;
  const seed = wholeNumber("seed", values.seed ?? "7", 0, MAX_SEED);
  if (!seed.ok) return seed;
  const domain = values.domain === undefined ? ok(null) : wholeNumber("domain", values.domain, 0, MAX_DOMAIN);
  if (!domain.ok) return domain;
  const duration = values.for === undefined ? ok(null) : parseDuration(values.for);
  if (!duration.ok) return duration;
  return ok({
    link,
    nodes: nodes.value,
    seed: seed.value,
    domainId: domain.value,
    dataDir: resolve(values["data-dir"] ?? defaultDataDir(environment)),
    recording: values.recording === undefined ? null : resolve(values.recording),
    forMs: duration.value,
    json: values.json ?? false,
  });
}
