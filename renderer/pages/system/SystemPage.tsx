import { Download } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { SystemSeries, SystemView } from "../../../shared/contract/system";
import type { Failure } from "../../../shared/result";
import { Button, Problem, Segmented } from "../../design";
import { formatBytes } from "../../format/number";
import { Guard } from "../../frame/Guard";
import { request } from "../../state/ops";
import { useFleet, useFleetLimits, useSettings } from "../../state/store";
import { selectRange, useSelectedRange } from "../../state/selected-range";
import { readSystem, useSystemFailure, useSystemView } from "../../state/system";
import { coincidenceWords } from "./coincidence-words";
import { EdgeMachines } from "./EdgeMachines";
import { Figures } from "./Figures";
import { CoresPanel, MachinePanel, ProcessesPanel, StorePanel } from "./MachinePanels";
import { CoincidenceChart, MachineChart } from "./SystemCharts";
import { openingRange, RANGES, useSystemSeries, type RangeValue } from "./use-system-series";
import { hostWords, samplerWords } from "./words";
import "./system.css";

/** Is it the machine or the fleet? This machine, its processes, the machines of edge nodes, and latency beside CPU. */
export function SystemPage(): ReactNode {
  const view = useSystemView();
  const failure = useSystemFailure();
  const [chosen, setChosen] = useState<RangeValue | null>(null);
  const [opened, setOpened] = useState<RangeValue | null>(null);
  if (opened === null && view !== null) setOpened(openingRange(view.stats.uptimeMs));
  const range = chosen ?? opened ?? RANGES[0].value;
  const selected = useSelectedRange();
  const follow = (next: RangeValue): void => {
    selectRange(null);
    setChosen(next);
  };
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>System</h1>
          <p className="note">{view === null ? "reading this machine" : `${hostWords(view.stats.host)} · ${samplerWords(view.stats)}`}</p>
        </div>
        <Segmented<RangeValue | ""> label="Range" value={selected === null ? range : ""} segments={RANGES} onChange={(next) => (next === "" ? undefined : follow(next))} />
        <ExportButton />
      </div>
      <div className="page-scroll system-scroll">
        {failure === null ? null : (
          <Problem
            code={failure.code}
            sentence={failure.message}
            actions={
              <Button kind="outline" size="small" onPress={() => void readSystem()}>
                Read again
              </Button>
            }
          />
        )}
        {view === null ? failure === null ? <p role="status">Waiting for the first look at this machine.</p> : null : <SystemBody view={view} rangeMs={Number(range)} />}
      </div>
    </>
  );
}

function SystemBody({ view, rangeMs }: { readonly view: SystemView; readonly rangeMs: number }): ReactNode {
  const { stats } = view;
  return (
    <>
      <Guard what="The figures">
        <Figures stats={stats} />
      </Guard>
      <div className="system-columns">
        <div className="system-main">
          <Guard what="The charts">
            <Charts view={view} rangeMs={rangeMs} />
          </Guard>
          <Guard what="The list of edge machines">
            <EdgeMachines view={view} />
          </Guard>
        </div>
        <div className="system-aside">
          <Guard what="The machine's panels">
            <CoresPanel stats={stats} />
            <ProcessesPanel stats={stats} />
            <StorePanel components={view.diagnostics.length + view.hiddenDiagnostics} />
            <MachinePanel stats={stats} />
          </Guard>
        </div>
      </div>
    </>
  );
}

function Charts({ view, rangeMs }: { readonly view: SystemView; readonly rangeMs: number }): ReactNode {
  const { stats } = view;
  const { clock } = useSettings();
  const { maxLatencyMs } = useFleetLimits();
  const isEmbedded = useFleet(({ fleet }) => fleet?.meta.link.kind === "embedded");
  const [cursorMs, setCursorMs] = useState<number | null>(null);
  const selected = useSelectedRange();
  const { series, failure } = useSystemSeries(rangeMs, stats.atMs, selected);
  if (series === null) return failure === null ? <p role="status">Reading the history.</p> : <Problem code={failure.code} sentence={failure.message} />;
  const hasLatency = !Number.isNaN(series.columns.latencyMedianMs.at(-1) ?? Number.NaN);
  const now = coincidenceWords({ series, stats, maxLatencyMs, isEmbedded, hasLatency, clock });
  const { sentence, consequence, fact } = selected === null ? now : { sentence: recordedWords(series), consequence: null, fact: null };
  const shared = { series, maxLatencyMs, fact, cursorMs, onCursor: setCursorMs, clock };
  return (
    <>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      <CoincidenceChart {...shared} />
      <p className="panel coincidence-sentence">
        {sentence} {consequence === null ? null : <strong>{consequence}</strong>}
      </p>
      <MachineChart {...shared} />
    </>
  );
}

/** Of a stretch that is over the charts tell; which rose first is said of now alone. */
function recordedWords({ atMs }: SystemSeries): string {
  return atMs.length === 0 ? "Nothing of this machine was recorded then: a second is recorded while the application runs, and kept for eight days." : "As it was recorded, once a second. What rises now is said when the charts follow now.";
}

type Exported = { readonly phase: "idle" | "writing" } | { readonly phase: "written"; readonly path: string; readonly bytes: number } | { readonly phase: "failed"; readonly failure: Failure };

/** Writes the performance report where the operator says. */
function ExportButton(): ReactNode {
  const [exported, setExported] = useState<Exported>({ phase: "idle" });
  const write = async (): Promise<void> => {
    setExported({ phase: "writing" });
    const answer = await request("system/export", {});
    if (answer.ok) setExported({ phase: "written", ...answer.value });
    else setExported(answer.error.code === "CANCELLED" ? { phase: "idle" } : { phase: "failed", failure: answer.error });
  };
  return (
    <>
      <Button kind="outline" isDisabled={exported.phase === "writing"} onPress={() => void write()}>
        <Download size={16} strokeWidth={1.75} aria-hidden />
        Export report…
      </Button>
      {exported.phase === "written" ? (
        <p className="system-export" role="status">
          Written, {formatBytes(exported.bytes)}: <span className="mono truncate">{exported.path}</span>
        </p>
      ) : null}
      {exported.phase === "failed" ? (
        <div className="system-export">
          <Problem code={exported.failure.code} sentence={exported.failure.message} />
        </div>
      ) : null}
    </>
  );
}
