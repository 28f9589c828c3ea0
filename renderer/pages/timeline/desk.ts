import { create } from "zustand";
import type { WhatRanView } from "../../../shared/contract/timeline";
import type { Failure } from "../../../shared/result";
import { LANES, type Lane } from "../../../shared/timeline/lanes";
import { request } from "../../state/ops";
import { LENGTHS, type TimelineSpan } from "./timeline-scale";

/** What the timeline shows and what was asked of it. */
interface TimelineDesk {
  readonly span: TimelineSpan;
  readonly nodeId: string | null;
  readonly lanes: readonly Lane[];
  readonly text: string;
  /** What ran at the instant that was asked about; null where none was. */
  readonly ran: WhatRanView | null;
  readonly refusal: Failure | null;
}

const useDeskStore = create<TimelineDesk>(() => ({ span: { lengthMs: LENGTHS[0].lengthMs, endMs: null }, nodeId: null, lanes: LANES, text: "", ran: null, refusal: null }));

/** Reads the desk. */
export function useDesk<Value>(selector: (desk: TimelineDesk) => Value): Value {
  return useDeskStore(selector);
}

/** Looks at another stretch of time. */
export function lookAt(span: TimelineSpan): void {
  useDeskStore.setState({ span });
}

/** Shows one node alone; null: all. */
export function showNode(nodeId: string | null): void {
  useDeskStore.setState({ nodeId });
}

/** Switches a lane on or off; the last one stays. */
export function toggleLane(lane: Lane): void {
  useDeskStore.setState(({ lanes }) => {
    const next = LANES.filter((each) => (each === lane ? !lanes.includes(each) : lanes.includes(each)));
    return next.length === 0 ? {} : { lanes: next };
  });
}

/** Looks for words. */
export function searchFor(text: string): void {
  useDeskStore.setState({ text });
}

/** Asks what ran on a node at an instant and who put it there. */
export async function askWhatRan(nodeId: string, atMs: number): Promise<void> {
  const answer = await request("timeline/what-ran", { nodeId, atMs });
  if (answer.ok) useDeskStore.setState({ ran: answer.value, refusal: null });
  else useDeskStore.setState({ refusal: answer.error });
}

/** Takes the answer away. */
export function closeAnswer(): void {
  useDeskStore.setState({ ran: null, refusal: null });
}
