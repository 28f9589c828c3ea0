import { useEffect, useState } from "react";
import type { EventView } from "../../../shared/contract/snapshot";
import type { TimelinePage, TimelineView } from "../../../shared/contract/timeline";
import type { Failure, Result } from "../../../shared/result";
import { LANES, type Lane } from "../../../shared/timeline/lanes";
import { request } from "../../state/ops";
import { useFleet } from "../../state/store";
import type { SelectedRange } from "../../state/selected-range";

/** A timeline that follows now is asked for again so often, ms. */
const AGAIN_MS = 2_000;
/** Events of a page. */
const PAGE = 100;
/** Looks of one search: each looks at some 20 000 events. */
const MOST_LOOKS = 80;

/** The engine's time, in steps in which a timeline is drawn again. */
export function useSteadyNow(): number {
  return useFleet((state) => Math.ceil((state.fleet?.meta.atMs ?? 0) / AGAIN_MS) * AGAIN_MS);
}

/** One range of the timeline; the last answer stays while the next one is on its way. */
export function useTimeline({ fromMs, toMs }: SelectedRange, nodeId: string | null): { readonly view: TimelineView | null; readonly failure: Failure | null } {
  const [answer, setAnswer] = useState<{ readonly view: TimelineView | null; readonly failure: Failure | null }>({ view: null, failure: null });
  useEffect(() => {
    let isCurrent = true;
    if (toMs > fromMs && toMs > 0) {
      void request("timeline/view", { fromMs, toMs, nodeId }).then((taken) => {
        if (!isCurrent) return;
        if (taken.ok) setAnswer({ view: taken.value, failure: null });
        else setAnswer((before) => ({ ...before, failure: taken.error }));
      });
    }
    return () => {
      isCurrent = false;
    };
  }, [fromMs, toMs, nodeId]);
  return answer;
}

/** What a search found so far. */
export interface Found {
  readonly events: readonly EventView[];
  /** Where it goes on; null at the end. */
  readonly next: { readonly tMs: number; readonly id: number } | null;
  readonly isLooking: boolean;
  readonly failure: Failure | null;
}

const NOTHING: Found = { events: [], next: null, isLooking: true, failure: null };

/** Events of a range by lanes, node and words, page after page. */
export function useEvents(query: SelectedRange & { readonly nodeId: string | null; readonly lanes: readonly Lane[]; readonly text: string }): Found & { readonly more: () => void } {
  const { fromMs, toMs, nodeId, lanes, text } = query;
  const [found, setFound] = useState<Found>(NOTHING);
  const [pages, setPages] = useState(1);
  // The lanes by their names: another array with the same names is no other question.
  const asked = lanes.join(" ");
  useEffect(() => {
    let isCurrent = true;
    const look = async (): Promise<void> => {
      let events: readonly EventView[] = [];
      let before: Found["next"] = null;
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        const answer: Result<TimelinePage> = await request("timeline/events", { fromMs, toMs, nodeId, lanes: LANES.filter((lane) => asked.split(" ").includes(lane)), text, before, limit: PAGE * pages - events.length });
        if (!isCurrent) return;
        if (!answer.ok) {
          setFound({ events, next: null, isLooking: false, failure: answer.error });
          return;
        }
        events = [...events, ...answer.value.events];
        before = answer.value.next;
        if (before === null || events.length >= PAGE * pages) break;
      }
      setFound({ events, next: before, isLooking: false, failure: null });
    };
    if (toMs > fromMs && toMs > 0) void look();
    return () => {
      isCurrent = false;
    };
  }, [fromMs, toMs, nodeId, asked, text, pages]);
  return { ...found, more: () => setPages(pages + 1) };
}
