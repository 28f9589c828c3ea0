import { memo, useState, type ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import type { EventView } from "../../../shared/contract/snapshot";
import { Button, Glyph } from "../../design";
import { countOf } from "../../format/number";
import { byText } from "../../format/origin";
import { formatClock } from "../../format/time";
import { isDecision } from "../../judging/decisions";
import { glyphOfEvent, hueOfEvent } from "../../judging/event-glyphs";
import { isRoutine } from "../../judging/event-weight";
import { openDecision } from "../../state/navigation";
import { useFleet, useSettings } from "../../state/store";
import { utcTitle } from "./parts";
import { SectionHead } from "./SectionHead";
import "./events.css";

const TEN_MINUTES_MS = 600_000;
/** Rows shown; the rest is on the timeline. */
const SHOWN = 12;
const SHOWN_OF_ALL = 60;

/**
 * What happened in the last ten minutes, newest first; alerts have their own page. Each decision opens what it was made
 * of. The ordinary course of things, such as verdicts that pass, is counted until it is asked for.
 */
export function EventList(): ReactNode {
  const events = useFleet(
    useShallow(({ fleet }) => {
      if (fleet === null) return [];
      const { atMs } = fleet.meta;
      return fleet.events.filter((event) => atMs - event.tMs < TEN_MINUTES_MS && !event.event.startsWith("alert-"));
    }),
  );
  const [isAll, setIsAll] = useState(false);
  const listed = isAll ? events : events.filter((event) => !isRoutine(event));
  const shown = listed.slice(0, isAll ? SHOWN_OF_ALL : SHOWN);
  const fact = shown.length < events.length ? `${shown.length} of ${countOf(events.length, "event")}` : countOf(events.length, "event");
  return (
    <section aria-label="Last 10 minutes">
      <SectionHead title="Last 10 minutes" fact={fact}>
        {events.some(isRoutine) ? (
          <Button kind="quiet" size="small" aria-pressed={isAll} onPress={() => setIsAll(!isAll)}>
            {isAll ? "Without routine" : "With routine"}
          </Button>
        ) : null}
      </SectionHead>
      {events.length === 0 ? (
        <p className="note">Nothing happened.</p>
      ) : shown.length === 0 ? (
        <p className="note">Nothing but routine: verdicts that pass, and steps of commands.</p>
      ) : (
        <ol className="events panel">
          {shown.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ol>
      )}
    </section>
  );
}

const EventRow = memo(function EventRow({ event }: { readonly event: EventView }): ReactNode {
  const { clock } = useSettings();
  const glyph = glyphOfEvent(event);
  return (
    <li className="event">
      <time title={utcTitle(event.tMs)} dateTime={new Date(event.tMs).toISOString()}>
        {formatClock(event.tMs, clock)}
      </time>
      <span className={hueOfEvent(glyph)}>
        <Glyph name={glyph} />
      </span>
      <span className="event-node mono truncate">{event.nodeId ?? ""}</span>
      <span className="event-sentence">{event.sentence}</span>
      {isDecision(event) ? (
        <Button kind="quiet" size="small" className="event-inspect" aria-label={`Why: ${event.sentence}`} onPress={() => openDecision(event.id)}>
          Why
        </Button>
      ) : (
        <span />
      )}
      <span className="note">{byText(event)}</span>
    </li>
  );
});
