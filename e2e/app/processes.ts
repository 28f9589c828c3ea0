import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc shows it. Its start tells it from a later one with the same number. */
export interface ProcessFact {
  readonly pid: number;
  readonly parentPid: number;
  /** Clock ticks after boot at which it started. */
  readonly startedAtTicks: number;
  /** Clock ticks of processor time, user and system, since its start. */
  readonly cpuTicks: number;
  /** A process that has ended and was not yet waited for. */
  readonly isZombie: boolean;
  readonly commandLine: string;
}

/** Fields of /proc/PID/stat counted from the one after the name (proc(5): state is field 3). */
const STATE = 0;
const PARENT_PID = 1;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
const START_TICKS = 19;

/** Reads one process; null when there is none. Linux only. */
export function readProcess(pid: number): ProcessFact | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in parentheses and may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid,
      parentPid: Number(fields[PARENT_PID]),
      startedAtTicks: Number(fields[START_TICKS]),
      cpuTicks: Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]),
      isZombie: fields[STATE] === "Z",
      commandLine: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim(),
    };
  } catch {
    return null; // it ended between the listing and the look
  }
}

/** A process and all that descend from it, the root first. */
export function readProcessTree(rootPid: number): readonly ProcessFact[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const tree = all.filter(({ pid }) => pid === rootPid);
  for (const found of tree) tree.push(...all.filter(({ parentPid }) => parentPid === found.pid));
  return tree;
}

/** Whether the very same process still runs. */
export function isRunning(fact: ProcessFact): boolean {
  const now = readProcess(fact.pid);
  return now !== null && now.startedAtTicks === fact.startedAtTicks && !now.isZombie;
}
