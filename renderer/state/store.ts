import { create } from "zustand";
import type { Hello } from "../../shared/contract/channels";
import { DEFAULT_LIMITS, DEFAULT_SETTINGS, type Limits, type Settings } from "../../shared/contract/settings";
import type { EventView, NodeView, Snapshot } from "../../shared/contract/snapshot";
import type { Failure } from "../../shared/result";
import { widenScales, type FleetScales } from "./scales";
import { foldSnapshot, type FoldedSnapshot, type SnapshotMeta } from "./fold";

/** What the window knows. Written by the functions of this file alone, read through the hooks. */
export interface FleetState {
  /** Null until the main process answered. */
  readonly hello: Hello | null;
  readonly settings: Settings;
  /** Null until the first tick. */
  readonly fleet: FoldedSnapshot | null;
  /** The scales of sparklines, bars and pointers; null before the first tick. */
  readonly scales: FleetScales | null;
  /** When the newest snapshot arrived, by `performance.now()`; null before the first. */
  readonly arrivedAtMs: number | null;
  /** Why the window shows less than it should: an answer or a push that could not be read. */
  readonly failure: Failure | null;
  /** False once the operator opened the fleet from the first-start page. */
  readonly isFirstStart: boolean;
}

const NO_IDS: readonly string[] = [];
const NO_EVENTS: readonly EventView[] = [];

const useStore = create<FleetState>(() => ({
  hello: null,
  settings: DEFAULT_SETTINGS,
  fleet: null,
  scales: null,
  arrivedAtMs: null,
  failure: null,
  isFirstStart: false,
}));

/** Takes the answer to `app/hello`. */
export function takeHello(hello: Hello): void {
  useStore.setState({ hello, settings: hello.settings, isFirstStart: hello.firstStart });
}

/** Takes pushed settings, or those that a change answered. */
export function takeSettings(settings: Settings): void {
  useStore.setState({ settings });
}

/** Takes a snapshot; an older one than shown is dropped. */
export function takeSnapshot(snapshot: Snapshot, arrivedAtMs: number): void {
  const { fleet, scales } = useStore.getState();
  if (fleet !== null && snapshot.tick < fleet.meta.tick && snapshot.atMs < fleet.meta.atMs) return;
  const folded = foldSnapshot(fleet, snapshot);
  useStore.setState({
    fleet: folded,
    scales: widenScales(scales, folded.meta.limits, folded.nodes.values()),
    arrivedAtMs,
    failure: null,
  });
}

/** Shows that something could not be read. */
export function takeFailure(failure: Failure): void {
  useStore.setState({ failure });
}

/** Ends the first-start page. */
export function leaveFirstStart(): void {
  useStore.setState({ isFirstStart: false });
}

/** Reads from the store; the component renders again when the selected value changes. */
export function useFleet<Value>(selector: (state: FleetState) => Value): Value {
  return useStore(selector);
}

/** The store's state now, for event handlers. */
export function readFleet(): FleetState {
  return useStore.getState();
}

/** Calls on every change of the store. */
export function watchFleet(listener: (state: FleetState, previous: FleetState) => void): () => void {
  return useStore.subscribe(listener);
}

/** One node; undefined where no such node has been seen. Renders again when its revision changes. */
export function useNode(nodeId: string): NodeView | undefined {
  return useStore((state) => state.fleet?.nodes.get(nodeId));
}

/** The snapshot without nodes and events; null before the first tick. Changes at every tick. */
export function useSnapshotMeta(): SnapshotMeta | null {
  return useStore((state) => state.fleet?.meta ?? null);
}

/** Ids of all nodes, in the order of the snapshot. */
export function useNodeIds(): readonly string[] {
  return useStore((state) => state.fleet?.nodeIds ?? NO_IDS);
}

/** Events, newest first, at most 50. */
export function useEvents(): readonly EventView[] {
  return useStore((state) => state.fleet?.events ?? NO_EVENTS);
}

/** The limits of the fleet; the defaults before the first tick. */
export function useFleetLimits(): Limits {
  return useStore((state) => state.fleet?.meta.limits ?? DEFAULT_LIMITS);
}

/** The settings in force. */
export function useSettings(): Settings {
  return useStore((state) => state.settings);
}
