import { create } from "zustand";
import type { SystemView } from "../../shared/contract/system";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** Samples of a sparkline, one a second. */
const TRAIL_SAMPLES = 100;

/** What a figure of the page is drawn from beside its number. */
export type TrailName = "cpu" | "memory" | "disk" | "network" | "temperature" | "gpu";
const TRAIL_NAMES: readonly TrailName[] = ["cpu", "memory", "disk", "network", "temperature", "gpu"];
export type Trails = Readonly<Record<TrailName, Float32Array>>;

/** What the window knows of machines. */
interface SystemState {
  /** Null until the first push. */
  readonly view: SystemView | null;
  /** The last 100 seconds; NaN where nothing was known. */
  readonly trails: Trails;
  /** Why it could not be read last; null when it could. */
  readonly failure: Failure | null;
}

const NO_TRAIL = new Float32Array(0);
const NO_TRAILS: Trails = { cpu: NO_TRAIL, memory: NO_TRAIL, disk: NO_TRAIL, network: NO_TRAIL, temperature: NO_TRAIL, gpu: NO_TRAIL };

const useSystemStore = create<SystemState>(() => ({ view: null, trails: NO_TRAILS, failure: null }));

/** Takes a push. */
export function takeSystem(view: SystemView): void {
  const { trails } = useSystemStore.getState();
  const newest = newestOf(view);
  const next = Object.fromEntries(TRAIL_NAMES.map((name) => [name, appended(trails[name], newest[name])])) as Record<TrailName, Float32Array>;
  useSystemStore.setState({ view, trails: next, failure: null });
}

/** Shows that a push could not be read. */
export function takeSystemFailure(failure: Failure): void {
  useSystemStore.setState({ failure });
}

/** Asks for what is known now: a window that was loaded again does not know. */
export async function readSystem(): Promise<void> {
  const answer = await request("system/now", {});
  if (answer.ok) useSystemStore.setState({ view: answer.value, failure: null });
  else takeSystemFailure(answer.error);
}

/** This machine and what was told of others; null until it was read once. */
export function useSystemView(): SystemView | null {
  return useSystemStore((state) => state.view);
}

/** The last 100 seconds of every figure. */
export function useTrails(): Trails {
  return useSystemStore((state) => state.trails);
}

/** Why it could not be read last. */
export function useSystemFailure(): Failure | null {
  return useSystemStore((state) => state.failure);
}

function appended(trail: Float32Array, value: number): Float32Array {
  const kept = trail.length < TRAIL_SAMPLES ? trail : trail.subarray(trail.length - TRAIL_SAMPLES + 1);
  const next = new Float32Array(kept.length + 1);
  next.set(kept);
  next[kept.length] = value;
  return next;
}

/** The value of each figure's sparkline: percent, bytes a second, degrees. */
function newestOf({ stats }: SystemView): Readonly<Record<TrailName, number>> {
  const { cpu, memory, diskIo, network, temperatures, gpus } = stats;
  const { availableBytes = Number.NaN, totalBytes = Number.NaN } = memory.state === "known" ? memory.value : {};
  return {
    cpu: cpu.state === "known" ? cpu.value.percent : Number.NaN,
    memory: (1 - availableBytes / totalBytes) * 100,
    disk: diskIo.state === "known" ? diskIo.value.readBytesPerS + diskIo.value.writtenBytesPerS : Number.NaN,
    network: network.state === "known" ? network.value.reduce((most, { receivedBytesPerS, sentBytesPerS }) => Math.max(most, receivedBytesPerS + sentBytesPerS), 0) : Number.NaN,
    temperature: temperatures.state === "known" ? (temperatures.value[0]?.celsius ?? Number.NaN) : Number.NaN,
    gpu: gpus.state === "known" ? (gpus.value[0]?.percent ?? Number.NaN) : Number.NaN,
  };
}
