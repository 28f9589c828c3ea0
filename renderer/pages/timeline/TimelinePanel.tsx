import type { ReactNode } from "react";
import { Button, Problem, Segmented } from "../../design";
import { go } from "../../state/navigation";
import { openNodeAt } from "../../state/moments";
import { useSelectedRange } from "../../state/selected-range";
import { useSettings } from "../../state/store";
import { closeAnswer, lookAt, useDesk } from "./desk";
import { LENGTHS, endsOf } from "./timeline-scale";
import { TimelineChart } from "./TimelineChart";
import { useSteadyNow, useTimeline } from "./use-timeline";
import { whatRanSentences } from "./words";
import "./timeline.css";

/** What ran where, who put it there, and everything that happened, on one axis. `isWhole`: on its own page. */
export function TimelinePanel({ isWhole = false }: { readonly isWhole?: boolean }): ReactNode {
  const span = useDesk((desk) => desk.span);
  const nodeId = useDesk((desk) => desk.nodeId);
  const selected = useSelectedRange();
  const nowMs = useSteadyNow();
  const range = endsOf(span, nowMs);
  const { view, failure } = useTimeline(range, isWhole ? nodeId : null);
  const length = LENGTHS.find(({ lengthMs }) => lengthMs === span.lengthMs);
  return (
    <section className="panel timeline" aria-label="Timeline">
      <div className="timeline-head">
        <h2>Timeline</h2>
        <p className="note">what ran where, and who put it there · drag to set the range of every chart</p>
        <Segmented
          label="How much time"
          value={length?.label ?? ""}
          segments={LENGTHS.map(({ label }) => ({ value: label, label }))}
          onChange={(label) => {
            const chosen = LENGTHS.find((each) => each.label === label);
            if (chosen !== undefined) lookAt({ lengthMs: chosen.lengthMs, endMs: null });
          }}
        />
        {selected === null ? null : (
          <Button kind="quiet" onPress={() => lookAt({ lengthMs: selected.toMs - selected.fromMs, endMs: selected.toMs })}>
            Zoom to the range
          </Button>
        )}
        {isWhole ? (
          <Button kind="quiet" isDisabled={span.endMs === null} onPress={() => lookAt({ ...span, endMs: null })}>
            Follow now
          </Button>
        ) : (
          <Button kind="quiet" onPress={() => go({ page: "timeline" })}>
            Open timeline
          </Button>
        )}
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {view === null ? <p className="note timeline-wait">Reading the journal.</p> : <TimelineChart view={view} range={range} nowMs={nowMs} />}
      <Answer nowMs={nowMs} />
    </section>
  );
}

/** What ran at the instant that was asked about. */
function Answer({ nowMs }: { readonly nowMs: number }): ReactNode {
  const ran = useDesk((desk) => desk.ran);
  const refusal = useDesk((desk) => desk.refusal);
  const { clock } = useSettings();
  if (refusal !== null) return <Problem code={refusal.code} sentence={refusal.message} />;
  if (ran === null) return null;
  return (
    <div className="timeline-line" role="status" aria-label="What ran here">
      <div className="timeline-answer">
        {whatRanSentences(ran, clock, nowMs).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <Button kind="outline" size="small" onPress={() => openNodeAt(ran.nodeId, ran.atMs)}>
        <span className="truncate">Open {ran.nodeId} then</span>
      </Button>
      <Button kind="quiet" size="small" onPress={closeAnswer}>
        Close
      </Button>
    </div>
  );
}
