import type { GpuView, HostFacts } from "../../shared/contract/system";
import type { Result } from "../../shared/result";
import type { CoreTimes } from "../../shared/system/counters";

/** What was read; null is what this machine does not have. Nothing here throws. */
export type Read<Value> = Promise<Result<Value | null, "SYSTEM_READ_FAILED">>;

/** Memory and swap, bytes. */
export interface MemoryReading {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly swapTotalBytes: number;
  readonly swapUsedBytes: number;
}

/** Bytes that all disks moved since the machine started. */
export interface DiskCounters {
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** What an interface moved since it came up. */
export interface InterfaceCounters {
  readonly name: string;
  readonly isLoopback: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Null where the system does not count them. */
  readonly receivedPackets: number | null;
  readonly sentPackets: number | null;
}

/** A process of this application, as whoever started it names it. */
export interface OwnProcess {
  readonly pid: number;
  /** main, window, gpu, network, inference, ros2, ... */
  readonly kind: string;
  /** What they know of it, for systems whose port does not; percent of one core. */
  readonly told?: { readonly cpuPercent: number; readonly memoryBytes: number };
}

/** What a process has used. */
export interface ProcessCounters {
  readonly pid: number;
  readonly kind: string;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** What can be read of a machine again and again. */
export type Quantity = "cores" | "memory" | "disk" | "diskIo" | "network" | "temperatures" | "gpus" | "battery" | "processes";

/**
 * Where the numbers of a machine come from: the files of Linux, or systeminformation elsewhere. One contract suite
 * holds both to the same numbers. Counters go up; whoever asks takes differences.
 */
export interface SystemPort {
  /** What it reads by starting other programs, or by looking through much: the sampler reads that at a pace. */
  readonly costly: ReadonlySet<Quantity>;
  host(): HostFacts;
  /** Averages over 1, 5 and 15 min; null where the system keeps none. */
  load(): readonly [number, number, number] | null;
  cores(): Read<readonly CoreTimes[]>;
  memory(): Read<MemoryReading>;
  /** Of the disk that a folder is on. */
  disk(path: string): Read<{ readonly totalBytes: number; readonly freeBytes: number }>;
  diskIo(): Read<DiskCounters>;
  network(): Read<readonly InterfaceCounters[]>;
  /** The hottest first. */
  temperatures(): Read<readonly { readonly name: string; readonly celsius: number }[]>;
  gpus(): Read<readonly GpuView[]>;
  battery(): Read<{ readonly percent: number; readonly isCharging: boolean; readonly minutesLeft: number | null }>;
  /** Of these processes, those that still run and that it can read. */
  processes(wanted: readonly OwnProcess[]): Read<readonly ProcessCounters[]>;
}
