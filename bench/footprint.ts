import { readFileSync } from "node:fs";
import { readProcessTree, type ProcessFact } from "../e2e/app/processes";

/** Memory and processor time of one process. */
export interface ProcessFootprint {
  readonly pid: number;
  /** What it is: `main`, `renderer`, `gpu`, `network`, `inference`, `zygote`, ... */
  readonly kind: string;
  /** Proportional set size, bytes: pages shared by n processes count 1/n. */
  readonly pssBytes: number;
  readonly rssBytes: number;
  /** Memory that is no file's, bytes: what a leak grows, whoever else maps the same files. */
  readonly anonymousBytes: number;
  readonly cpuTicks: number;
}

/** Clock ticks in a second: USER_HZ, which Linux fixes at 100 for all that reads /proc. */
export const TICKS_PER_SECOND = 100;

const UTILITY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/network\.mojom\.NetworkService/, "network"],
  [/storage\.mojom\.StorageService/, "storage"],
  [/node\.mojom\.NodeService/, "inference"],
];

function kindOf(fact: ProcessFact, rootPid: number): string {
  if (fact.pid === rootPid) return "main";
  const type = /--type=(\S+)/.exec(fact.commandLine)?.[1] ?? "other";
  if (type === "gpu-process") return "gpu";
  if (type !== "utility") return type;
  return UTILITY_KINDS.find(([pattern]) => pattern.test(fact.commandLine))?.[1] ?? "utility";
}

function kilobytesOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN);
}

/** The footprint of a process and of all that descend from it, the root first. Linux only. */
export function readFootprint(rootPid: number): readonly ProcessFootprint[] {
  return readProcessTree(rootPid).flatMap((fact) => {
    try {
      const memory = readFileSync(`/proc/${fact.pid}/smaps_rollup`, "utf8");
      return [
        {
          pid: fact.pid,
          kind: kindOf(fact, rootPid),
          pssBytes: kilobytesOf(memory, "Pss") * 1024,
          rssBytes: kilobytesOf(memory, "Rss") * 1024,
          anonymousBytes: kilobytesOf(memory, "Anonymous") * 1024,
          cpuTicks: fact.cpuTicks,
        },
      ];
    } catch {
      return []; // it ended between the listing and the look
    }
  });
}
