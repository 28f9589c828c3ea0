import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMachineLog, type MachineLog } from "./machine-log";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

describe("what is recorded of this machine", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-machine-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function cpuOf(log: MachineLog, fromMs: number, toMs: number): Promise<readonly (readonly [number, number])[]> {
    const rows: [number, number][] = [];
    for await (const { length, atMs, columns } of log.read(fromMs, toMs)) for (let row = 0; row < length; row += 1) rows.push([atMs[row] ?? NaN, columns.cpuPercent[row] ?? NaN]);
    return rows;
  }

  it("is there after a restart, for the period that is asked for, over midnight", async () => {
    const midnightMs = NOON_MS + DAY_MS / 2;
    const first = openMachineLog(folder);
    for (let second = -30; second < 30; second += 1) first.push(midnightMs + second * 1_000, { cpuPercent: second });
    await first.close();
    const again = openMachineLog(folder);
    const rows = await cpuOf(again, midnightMs - 3_000, midnightMs + 2_000);
    expect(rows).toEqual([-3, -2, -1, 0, 1, 2].map((second) => [midnightMs + second * 1_000, second]));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("is what waits in memory too, and what is not known stays unknown", async () => {
    const log = openMachineLog(folder);
    log.push(NOON_MS, { cpuPercent: 12.5 });
    for await (const { columns } of log.read(NOON_MS, NOON_MS)) expect([columns.cpuPercent[0], columns.gpuPercent[0]]).toEqual([12.5, NaN]);
  });

  it("loses the row that a killed application left by half, and nothing after it", async () => {
    const killed = openMachineLog(folder);
    killed.push(NOON_MS, { cpuPercent: 1 });
    await killed.close();
    appendFileSync(join(folder, readdirSync(folder)[0] ?? ""), Buffer.alloc(20));
    expect(await cpuOf(openMachineLog(folder), 0, NOON_MS + DAY_MS)).toEqual([[NOON_MS, 1]]);
    const next = openMachineLog(folder);
    next.push(NOON_MS + 60_000, { cpuPercent: 2 });
    await next.close();
    expect(await cpuOf(next, 0, NOON_MS + DAY_MS)).toEqual([[NOON_MS, 1], [NOON_MS + 60_000, 2]]);
  });

  it("is kept for eight days, and no other file of the folder is touched", async () => {
    writeFileSync(join(folder, "notes.txt"), "somebody's own");
    const log = openMachineLog(folder);
    for (let day = 0; day < 11; day += 1) log.push(NOON_MS + day * DAY_MS, { cpuPercent: day });
    await log.close();
    expect(readdirSync(folder)).toHaveLength(9);
    expect((await cpuOf(log, NOON_MS, NOON_MS + 20 * DAY_MS)).map(([, cpu]) => cpu)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("stays in memory while the folder cannot be written, and is told all the same", async () => {
    const file = join(folder, "no-folder");
    writeFileSync(file, "a file stands where the folder should be");
    const log = openMachineLog(file);
    for (let second = 0; second < 40; second += 1) log.push(NOON_MS + second * 1_000, { cpuPercent: second });
    expect(await cpuOf(log, NOON_MS, NOON_MS + 60_000)).toHaveLength(40);
    rmSync(file);
    await log.close();
    expect(await cpuOf(openMachineLog(file), NOON_MS, NOON_MS + 60_000)).toHaveLength(40);
  });
});
