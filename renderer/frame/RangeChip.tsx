import { CalendarRange } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../design";
import { formatUtcInstant, formatMoment } from "../format/time";
import { selectRange, useSelectedRange } from "../state/selected-range";
import { useFleet, useSettings } from "../state/store";

/** Says over every page that the charts show a chosen stretch of time, with the one way back. */
export function RangeChip(): ReactNode {
  const range = useSelectedRange();
  const { clock } = useSettings();
  const nowMs = useFleet((state) => Math.floor((state.fleet?.meta.atMs ?? 0) / 60_000) * 60_000);
  if (range === null) return null;
  const { fromMs, toMs } = range;
  return (
    <div className="range-line" role="status">
      <span className="range-chip" title={`${formatUtcInstant(fromMs)} to ${formatUtcInstant(toMs)}`}>
        <CalendarRange size={14} strokeWidth={1.75} aria-hidden />
        Showing {formatMoment(fromMs, nowMs, clock)} – {formatMoment(toMs, nowMs, clock)}
      </span>
      <span className="note">every chart; figures and states are of now</span>
      <Button kind="outline" size="small" onPress={() => selectRange(null)}>
        Back to live
      </Button>
    </div>
  );
}
