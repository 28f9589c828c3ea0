import type { ReactNode } from "react";
import type { Reading, SystemStats } from "../../../shared/contract/system";
import { Sparkline } from "../../charts/Sparkline";
import { scaleFromZero } from "../../charts/plot";
import type { Emphasis, Scale } from "../../charts/scales";
import { useTrails, type TrailName } from "../../state/system";
import { formatNumber } from "../../format/number";
import { bitRate, bytesPerS, gigabytes, missingWords, percentText } from "./words";

/** Above this a processor is told in amber: what runs on it waits. */
const BUSY_PERCENT = 90;
/** Under this share of free memory or disk the figure is amber. */
const LEAST_FREE_SHARE = 0.05;

const PERCENT: Scale = { min: 0, max: 100 };

/** One figure: its name, a fact beside it, its number with unit, its last 100 seconds. */
interface FigureProps {
  readonly name: string;
  readonly trail: TrailName;
  readonly reading: Reading<unknown>;
  readonly fact: string;
  readonly value: string;
  readonly unit: string;
  readonly emphasis?: Emphasis;
  /** The sparkline's axis; absent: from 0 to its largest value. */
  readonly scale?: Scale;
}

/** What the machine does now, in six figures. What it does not have says so. */
export function Figures({ stats }: { readonly stats: SystemStats }): ReactNode {
  return (
    <ul className="figures" aria-label="This machine now">
      <CpuFigure stats={stats} />
      <MemoryFigure stats={stats} />
      <DiskFigure stats={stats} />
      <NetworkFigure stats={stats} />
      <TemperatureFigure stats={stats} />
      <GpuFigure stats={stats} />
    </ul>
  );
}

function Figure({ name, trail, reading, fact, value, unit, emphasis = "normal", scale }: FigureProps): ReactNode {
  const values = useTrails()[trail];
  const isKnown = reading.state === "known";
  const known = [...values].filter((each) => !Number.isNaN(each));
  return (
    <li className={isKnown ? "panel figure" : "panel figure figure-missing"} title={reading.state === "failed" ? `${reading.code}: ${reading.sentence}` : undefined}>
      <span className="figure-head">
        <span className="figure-name">{name}</span>
        <span className="note truncate">{isKnown ? fact : reading.state === "failed" ? reading.code : ""}</span>
      </span>
      {isKnown ? (
        <span className="figure-body">
          <span className="figure-number">
            <strong className={`emphasis-text-${emphasis}`}>{value}</strong> <span className="note">{unit}</span>
          </span>
          {known.length < 2 ? null : <Sparkline values={values} limit={null} limitSide="max" emphasis={emphasis} width={78} height={24} scale={scale ?? scaleFromZero(known)} label={`${name}, the last 100 s`} />}
        </span>
      ) : (
        <span className="figure-none">{missingWords(reading)}</span>
      )}
    </li>
  );
}

function CpuFigure({ stats: { cpu } }: { readonly stats: SystemStats }): ReactNode {
  const known = cpu.state === "known" ? cpu.value : null;
  const load = known?.load ?? null;
  return (
    <Figure
      name="CPU"
      trail="cpu"
      reading={cpu}
      fact={load === null ? "" : `load ${formatNumber(load[0], 1)}`}
      value={known === null ? "" : percentText(known.percent)}
      unit="%"
      emphasis={known !== null && known.percent >= BUSY_PERCENT ? "medium" : "normal"}
      scale={PERCENT}
    />
  );
}

function MemoryFigure({ stats: { memory } }: { readonly stats: SystemStats }): ReactNode {
  const { totalBytes = 0, availableBytes = 0, swapTotalBytes = 0, swapUsedBytes = 0 } = memory.state === "known" ? memory.value : {};
  const swap = swapTotalBytes === 0 ? "no swap" : `swap ${gigabytes(swapUsedBytes)}`;
  return (
    <Figure
      name="Memory"
      trail="memory"
      reading={memory}
      fact={`of ${gigabytes(totalBytes)}, ${swap}`}
      value={gigabytes(totalBytes - availableBytes)}
      unit="GB"
      emphasis={availableBytes < LEAST_FREE_SHARE * totalBytes ? "medium" : "normal"}
      scale={PERCENT}
    />
  );
}

function DiskFigure({ stats: { disk, diskIo } }: { readonly stats: SystemStats }): ReactNode {
  const { totalBytes = 0, freeBytes = 0 } = disk.state === "known" ? disk.value : {};
  return (
    <Figure
      name="Disk"
      trail="disk"
      reading={disk}
      fact={diskIo.state === "known" ? `write ${bytesPerS(diskIo.value.writtenBytesPerS)}` : ""}
      value={gigabytes(freeBytes)}
      unit="GB free"
      emphasis={freeBytes < LEAST_FREE_SHARE * totalBytes ? "medium" : "normal"}
    />
  );
}

function NetworkFigure({ stats: { network } }: { readonly stats: SystemStats }): ReactNode {
  const all = network.state === "known" ? network.value : [];
  const rate = (one: (typeof all)[number]): number => one.receivedBytesPerS + one.sentBytesPerS;
  const busiest = all.toSorted((one, other) => rate(other) - rate(one))[0];
  const { value, unit } = bitRate(busiest === undefined ? 0 : rate(busiest));
  const reading: Reading<unknown> = network.state === "known" && busiest === undefined ? { state: "absent" } : network;
  return <Figure name="Network" trail="network" reading={reading} fact={busiest === undefined ? "" : `${busiest.name}, in and out`} value={value} unit={unit} />;
}

function TemperatureFigure({ stats: { temperatures } }: { readonly stats: SystemStats }): ReactNode {
  const hottest = temperatures.state === "known" ? temperatures.value[0] : undefined;
  return <Figure name="Temperature" trail="temperature" reading={temperatures} fact={hottest?.name ?? ""} value={hottest === undefined ? "" : formatNumber(hottest.celsius, 0)} unit="°C" scale={PERCENT} />;
}

function GpuFigure({ stats: { gpus } }: { readonly stats: SystemStats }): ReactNode {
  const gpu = gpus.state === "known" ? gpus.value[0] : undefined;
  const percent = gpu?.percent ?? null;
  return (
    <Figure
      name="GPU"
      trail="gpu"
      reading={gpus}
      fact={gpu?.name ?? ""}
      value={percent === null ? "load" : percentText(percent)}
      unit={percent === null ? "not reported" : "%"}
      scale={PERCENT}
    />
  );
}
