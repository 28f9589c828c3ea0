import type { SystemSeries, SystemStats } from "../../../shared/contract/system";
import { formatNumber } from "../../format/number";
import { formatClock, formatDuration, type ClockKind } from "../../format/time";
import { percentText } from "./words";

/** What is said of machine and fleet together. */
export interface CoincidenceWords {
  readonly sentence: string;
  /** What it means for the fleet; null where nothing follows. */
  readonly consequence: string | null;
  /** The fact over the charts; null where nothing rose. */
  readonly fact: string | null;
}

/** What the sentence is made of. */
export interface CoincidenceFacts {
  readonly series: Pick<SystemSeries, "cpuBusy" | "fleetSlow">;
  readonly stats: Pick<SystemStats, "cpu" | "processes" | "host">;
  readonly maxLatencyMs: number;
  readonly isEmbedded: boolean;
  /** Whether any node reports a latency now. */
  readonly hasLatency: boolean;
  readonly clock: ClockKind;
}

/** Which came first, and who takes the processor: what came when, not what caused what. */
export function coincidenceWords(facts: CoincidenceFacts): CoincidenceWords {
  const { cpuBusy, fleetSlow } = facts.series;
  const limit = `${formatNumber(facts.maxLatencyMs, 0)} ms`;
  const others = othersWords(facts.stats);
  const consequence = facts.isEmbedded ? "The embedded fleet runs on this machine, so its nodes slow down together." : "The nodes run on other machines: look at theirs below.";
  const since = (sinceMs: number | null): string => (sinceMs === null ? "for as long as is shown" : `since ${formatClock(sinceMs, facts.clock)}`);
  if (cpuBusy !== null && fleetSlow !== null) {
    const [risen, passed] = [cpuBusy.sinceMs, fleetSlow.sinceMs];
    if (risen === null || passed === null) {
      return {
        sentence: `This machine's CPU is busy ${since(risen)}, and the fleet's median latency is over its limit of ${limit} ${since(passed)}. ${others}`,
        consequence,
        fact: null,
      };
    }
    const lag = formatDuration(Math.abs(passed - risen));
    const order = passed >= risen ? `${lag} after this machine's CPU rose` : `${lag} before this machine's CPU rose`;
    return {
      sentence: `The fleet's median latency passed its limit of ${limit} ${order}. ${others}`,
      consequence,
      fact: `latency passes its limit ${lag} ${passed >= risen ? "after" : "before"} CPU rises`,
    };
  }
  if (fleetSlow !== null) {
    return {
      sentence: `The fleet's median latency is over its limit of ${limit} ${since(fleetSlow.sinceMs)}; this machine's CPU did not rise with it.`,
      consequence: "This machine does not explain it.",
      fact: fleetSlow.sinceMs === null ? null : "latency passes its limit, CPU does not rise",
    };
  }
  const within = facts.hasLatency ? `The fleet's median latency is within its limit of ${limit}.` : "No node reports a latency now.";
  if (cpuBusy !== null) {
    const fact = cpuBusy.sinceMs === null || !facts.hasLatency ? null : "CPU rises, latency stays within its limit";
    return { sentence: `This machine's CPU is busy ${since(cpuBusy.sinceMs)}. ${others} ${within}`, consequence: null, fact };
  }
  return { sentence: `This machine's CPU did not rise in the time that is shown. ${within}`, consequence: null, fact: null };
}

/** What the other programs of the machine take: "Other programs take 682 of 800 %." */
function othersWords({ cpu, processes, host }: CoincidenceFacts["stats"]): string {
  if (cpu.state !== "known" || processes.state !== "known") return "";
  const all = cpu.value.percent * host.cores;
  const own = processes.value.reduce((sum, { cpuPercent }) => sum + (cpuPercent ?? 0), 0);
  return `Other programs take ${percentText(Math.max(0, all - own))} of ${host.cores * 100} %.`;
}
