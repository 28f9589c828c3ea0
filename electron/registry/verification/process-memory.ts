import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** How another process's memory is seen and bounded on this platform. */
export interface ProcessMemory {
  /** Bytes of memory that a process holds now; null where it cannot be seen, or it has gone. */
  residentBytes(pid: number): Promise<number | null>;
  /**
   * Forbids a process to take more than `moreBytes` of memory on top of what it has, and to compute for longer
   * than `cpuSeconds` in all, which also ends it should its parent be gone. False where the platform offers
   * no such limit: then watching is all there is.
   */
  limit(pid: number, moreBytes: number, cpuSeconds: number): Promise<boolean>;
}

const run = promisify(execFile);
const KIB = 1024;
const COMMAND_TIMEOUT_MS = 5_000;

/** A value of /proc/PID/status in bytes; null where there is none. */
function statusBytes(pid: number, name: string): number | null {
  try {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * KIB;
  } catch {
    return null;
  }
}

/**
 * Linux: /proc, and util-linux's `prlimit`, which sets limits on a running process. What is limited is data
 * (RLIMIT_DATA: private writable memory), not addresses, of which V8 reserves far more than it uses.
 */
const linux: ProcessMemory = {
  residentBytes: (pid) => Promise.resolve(statusBytes(pid, "VmRSS")),
  limit: async (pid, moreBytes, cpuSeconds) => {
    const data = statusBytes(pid, "VmData");
    if (data === null) return false;
    try {
      const cpu = `--cpu=${Math.ceil(cpuSeconds)}`;
      await run("prlimit", [`--pid=${pid}`, `--data=${data + moreBytes}`, cpu, "--core=0"], { timeout: COMMAND_TIMEOUT_MS });
      return true;
    } catch {
      // Not installed, or the process has just gone: its exit tells.
      return false;
    }
  },
};

/** Other systems with `ps`: watching alone. */
const posix: ProcessMemory = {
  residentBytes: async (pid) => {
    try {
      const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)], { timeout: COMMAND_TIMEOUT_MS });
      const kib = Number(stdout.trim());
      return Number.isFinite(kib) && kib > 0 ? kib * KIB : null;
    } catch {
      return null;
    }
  },
  limit: () => Promise.resolve(false),
};

/** What this machine offers. */
export const processMemory: ProcessMemory = process.platform === "linux" ? linux : posix;
