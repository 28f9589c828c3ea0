import type { ReactNode } from "react";
import type { Snapshot } from "../../../shared/contract/snapshot";
import type { SystemStats } from "../../../shared/contract/system";
import { Panel } from "../../design";
import { countOf, formatNumber } from "../../format/number";
import { formatAge, formatDuration } from "../../format/time";
import { useFleet, useSnapshotMeta } from "../../state/store";
import { bitRate, bytesPerS, gigabytes, megabytes, missingWords, percentText, processWords, sortedProcesses } from "./words";

/** Cores beyond this are drawn without their number. */
const NUMBERED_CORES = 16;

/** How busy each core is. */
export function CoresPanel({ stats: { cpu } }: { readonly stats: SystemStats }): ReactNode {
  return (
    <Panel title="Cores" fact={cpu.state === "known" ? `${cpu.value.perCore.length}, percent busy` : null}>
      {cpu.state === "known" ? (
        <ul className="cores" aria-label="Percent busy by core">
          {cpu.value.perCore.map((percent, index) => (
            <li key={index} className="core">
              <span className="core-bar" aria-hidden="true">
                <svg width="100%" height="100%" preserveAspectRatio="none" viewBox="0 0 10 100">
                  <rect className="core-fill" x="0" y={100 - percent} width="10" height={percent} />
                </svg>
              </span>
              <span className={cpu.value.perCore.length > NUMBERED_CORES ? "visually-hidden" : "core-number"}>
                <span className="visually-hidden">core {index}: </span>
                {formatNumber(percent, 0)}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="note">{missingWords(cpu)}</p>
      )}
    </Panel>
  );
}

/** This application's own processes, and what all other programs take. */
export function ProcessesPanel({ stats: { processes, cpu, memory, host } }: { readonly stats: SystemStats }): ReactNode {
  const embeddedNodes = useFleet(({ fleet }) => (fleet?.meta.link.kind === "embedded" ? fleet.nodeIds.length : 0));
  if (processes.state !== "known") {
    return (
      <Panel title="This app">
        <p className="note">{missingWords(processes)}</p>
      </Panel>
    );
  }
  const ownPercent = processes.value.reduce((sum, { cpuPercent }) => sum + (cpuPercent ?? 0), 0);
  const ownBytes = processes.value.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  const allPercent = cpu.state === "known" ? cpu.value.percent * host.cores : null;
  const usedBytes = memory.state === "known" ? memory.value.totalBytes - memory.value.availableBytes : null;
  return (
    <Panel title="This app" fact={`${percentText(ownPercent)} of ${host.cores * 100} %, ${megabytes(ownBytes)} MB`} className="processes-panel">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col" className="numeric">
              PID
            </th>
            <th scope="col" className="numeric">
              CPU %
            </th>
            <th scope="col" className="numeric">
              MB
            </th>
          </tr>
        </thead>
        <tbody>
          {sortedProcesses(processes.value).map(({ pid, kind, cpuPercent, memoryBytes }) => {
            const [name, what] = processWords(kind, embeddedNodes);
            return (
              <tr key={pid}>
                <th scope="row">
                  {name} <span className="note">{what}</span>
                </th>
                <td className="numeric note">{pid}</td>
                <td className="numeric">{cpuPercent === null ? "…" : formatNumber(cpuPercent, 1)}</td>
                <td className="numeric">{memoryBytes === null ? "not reported" : megabytes(memoryBytes)}</td>
              </tr>
            );
          })}
          <tr className="other-programs">
            <th scope="row">
              Not this app <span className="note">all other programs</span>
            </th>
            <td />
            <td className="numeric">{allPercent === null ? "not known" : formatNumber(Math.max(0, allPercent - ownPercent), 1)}</td>
            <td className="numeric">{usedBytes === null ? "not known" : megabytes(Math.max(0, usedBytes - ownBytes))}</td>
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}

/** What the machine is, and what of it has more than one number. */
export function MachinePanel({ stats }: { readonly stats: SystemStats }): ReactNode {
  const { host, network, battery, gpus, temperatures, diskIo, disk, cpu } = stats;
  const facts: { readonly name: string; readonly value: ReactNode }[] = [
    { name: "Processor", value: host.processor },
    { name: "System", value: host.platform },
  ];
  if (cpu.state === "known" && cpu.value.load !== null) facts.push({ name: "Load", value: `${cpu.value.load.map((each) => formatNumber(each, 2)).join(", ")} over 1, 5, 15 min` });
  if (disk.state === "known") facts.push({ name: "Disk", value: `${gigabytes(disk.value.freeBytes)} of ${gigabytes(disk.value.totalBytes)} GB free` });
  facts.push({ name: "Disk moves", value: diskIo.state === "known" ? `${bytesPerS(diskIo.value.readBytesPerS)} read, ${bytesPerS(diskIo.value.writtenBytesPerS)} written` : missingWords(diskIo) });
  if (network.state === "known") {
    for (const { name, receivedBytesPerS, sentBytesPerS } of network.value) {
      const [received, sent] = [bitRate(receivedBytesPerS), bitRate(sentBytesPerS)];
      facts.push({ name: `Network ${name}`, value: `${received.value} ${received.unit} in, ${sent.value} ${sent.unit} out` });
    }
  } else facts.push({ name: "Network", value: missingWords(network) });
  if (gpus.state === "known") for (const gpu of gpus.value) facts.push({ name: "GPU", value: gpuWords(gpu) });
  else facts.push({ name: "GPU", value: missingWords(gpus) });
  if (temperatures.state !== "known") facts.push({ name: "Temperatures", value: missingWords(temperatures) });
  else for (const { name, celsius } of temperatures.value.slice(0, 6)) facts.push({ name: "Temperature", value: `${name}: ${formatNumber(celsius, 0)} °C` });
  facts.push({ name: "Battery", value: battery.state === "known" ? batteryWords(battery.value) : missingWords(battery) });
  return (
    <Panel title="This machine" fact={`app up ${formatDuration(stats.uptimeMs)}`}>
      <FactRows facts={facts} />
    </Panel>
  );
}

function gpuWords({ name, memoryUsedBytes, memoryTotalBytes, temperatureC, powerW }: Extract<SystemStats["gpus"], { state: "known" }>["value"][number]): string {
  const parts = [name];
  if (memoryUsedBytes !== null && memoryTotalBytes !== null) parts.push(`${gigabytes(memoryUsedBytes)} of ${gigabytes(memoryTotalBytes)} GB`);
  if (temperatureC !== null) parts.push(`${formatNumber(temperatureC, 0)} °C`);
  if (powerW !== null) parts.push(`${formatNumber(powerW, 0)} W`);
  return parts.join(", ");
}

function batteryWords({ percent, isCharging, minutesLeft }: Extract<SystemStats["battery"], { state: "known" }>["value"]): string {
  const left = minutesLeft === null || isCharging ? "" : `, ${formatDuration(minutesLeft * 60_000)} left`;
  return `${formatNumber(percent, 0)} %, ${isCharging ? "charging" : "not charging"}${left}`;
}

/** Whether decisions are on disk, and since when the newest is. */
function journalWords({ journal, atMs }: Pick<Snapshot, "journal" | "atMs">): string {
  if (journal.state !== "written") return journal.sentence;
  return journal.lastWriteAtMs === null ? "written" : `written, the newest ${formatAge(atMs - journal.lastWriteAtMs)}`;
}

/** What the engine keeps, and how regular it is. */
export function StorePanel({ components }: { readonly components: number }): ReactNode {
  const meta = useSnapshotMeta();
  if (meta === null) return null;
  const tick = meta.periodMs === null ? "no tick yet" : `${formatNumber(meta.periodMs, 0)} ms${meta.periodP95Ms === null ? "" : `, p95 ${formatNumber(meta.periodP95Ms, 0)}`}`;
  const facts = [
    { name: "Journal", value: journalWords(meta) },
    { name: "Tick", value: tick },
    { name: "Samples", value: `${formatNumber(meta.samples, 0)} since the start` },
    ...meta.processes.map(({ name, sentence, restarts }) => ({ name: processWords(name, 0)[0], value: restarts === 0 ? sentence : `${sentence} ${countOf(restarts, "restart")}.` })),
    { name: "Malformed", value: countOf(meta.malformed, "message") },
    { name: "/diagnostics", value: countOf(components, "component") },
  ];
  return (
    <Panel title="Store and link">
      <FactRows facts={facts} />
    </Panel>
  );
}

function FactRows({ facts }: { readonly facts: readonly { readonly name: string; readonly value: ReactNode }[] }): ReactNode {
  return (
    <dl className="fact-rows">
      {facts.map(({ name, value }, index) => (
        <div key={`${name} ${index}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
