import { ok, type Result } from "../../shared/result";
import type { CoreTimes } from "../../shared/system/counters";
import type { Timers } from "../../shared/time";
import type { SystemPort } from "./port";

/** A machine of a test, in virtual time: it moves at steady rates, and a test changes what it has. */
export interface FakeMachine extends SystemPort {
  /** How busy its two cores are from now on, 0 to 100. */
  setBusy(percent: number): void;
  /** What a call answers instead; undefined: as it is. */
  readonly answers: Map<keyof SystemPort, Result<null, "SYSTEM_READ_FAILED">>;
  /** How long a call takes, ms; absent: no time. */
  readonly tookMs: Map<keyof SystemPort, number>;
  /** Calls by name. */
  readonly calls: Map<string, number>;
}

/** Two cores, 16 GB of memory, one disk, one wire and the loop; no GPU, no battery, no sensor. */
export function fakeMachine(timers: Timers): FakeMachine {
  let busy = 0;
  let changedMs = 0;
  let busyMs = 0;
  const answers: FakeMachine["answers"] = new Map();
  const tookMs: FakeMachine["tookMs"] = new Map();
  const calls: FakeMachine["calls"] = new Map();

  async function answered<Value>(name: keyof SystemPort, value: () => Value | null): Promise<Result<Value | null, "SYSTEM_READ_FAILED">> {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const delayMs = tookMs.get(name) ?? 0;
    if (delayMs > 0) await new Promise<void>((resolve) => timers.after(delayMs, resolve));
    return answers.get(name) ?? ok(value());
  }

  function core(): CoreTimes {
    const nowMs = timers.monotonicMs();
    busyMs += ((nowMs - changedMs) * busy) / 100;
    changedMs = nowMs;
    return { busyMs, totalMs: nowMs };
  }

  const perS = (rate: number): number => Math.round((timers.monotonicMs() / 1_000) * rate);
  return {
    answers,
    tookMs,
    calls,
    costly: new Set(["gpus", "diskIo"]),
    setBusy(percent) {
      core();
      busy = percent;
    },
    host: () => ({ hostname: "workshop", platform: "linux 6.1 x64", processor: "a processor", cores: 2, memoryBytes: 16 * 2 ** 30 }),
    load: () => [1.5, 1, 0.5],
    cores: () =>
      answered("cores", () => {
        const one = core();
        return [one, one];
      }),
    memory: () => answered("memory", () => ({ totalBytes: 16 * 2 ** 30, availableBytes: 12 * 2 ** 30, swapTotalBytes: 0, swapUsedBytes: 0 })),
    disk: () => answered("disk", () => ({ totalBytes: 100e9, freeBytes: 40e9 })),
    diskIo: () => answered("diskIo", () => ({ readBytes: perS(1_000), writtenBytes: perS(3_000) })),
    network: () =>
      answered("network", () =>
        ["lo", "eth0"].map((name) => ({ name, isLoopback: name === "lo", receivedBytes: perS(2_000), sentBytes: perS(500), receivedPackets: 10, sentPackets: 5 })),
      ),
    temperatures: () => answered("temperatures", () => null),
    gpus: () => answered("gpus", () => null),
    battery: () => answered("battery", () => null),
    processes: (wanted) => answered("processes", () => wanted.map(({ pid, kind }) => ({ pid, kind, cpuMs: perS(250), memoryBytes: 50e6 }))),
  };
}
