import { memo, type ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import type { EventView } from "../../../shared/contract/snapshot";
import { Glyph, type GlyphName } from "../../design";
import { countOf } from "../../format/number";
import { formatClock } from "../../format/time";
import { useFleet, useSettings } from "../../state/store";
import { utcTitle } from "./parts";
import { SectionHead } from "./SectionHead";
import "./events.css";

const TEN_MINUTES_MS = 600_000;
/** Rows shown; the rest is in the journal. */
const SHOWN = 12;

/** Shapes by the end of an event's name: `node-stale`, `deploy-verified`, `link-down`. */
const GLYPHS: ReadonlyMap<string, GlyphName> = new Map<string, GlyphName>([
  ["joined", "joining"],
  ["live", "live"],
  ["up", "live"],
  ["stale", "stale"],
  ["unresponsive", "stale"],
  ["lost", "lost"],
  ["down", "lost"],
  ["metrics", "no-metrics"],
  ["requested", "in-progress"],
  ["sent", "in-progress"],
  ["verifying", "in-progress"],
  ["acknowledged", "verified"],
  ["reported", "verified"],
  ["verified", "verified"],
  ["failed", "failing"],
  ["failing", "failing"],
  ["unconfirmed", "unconfirmed"],
  ["inconsistent", "inconsistent"],
]);

function hueOf(glyph: GlyphName): string {
  if (glyph === "failing") return "hue-high";
  return glyph === "lost" || glyph === "inconsistent" ? "hue-medium" : "hue-low";
}

/** What happened in the last ten minutes, newest first. */
export function EventList(): ReactNode {
  const events = useFleet(
    useShallow(({ fleet }) => {
      if (fleet === null) return [];
      const { atMs } = fleet.meta;
      return fleet.events.filter((event) => atMs - event.tMs < TEN_MINUTES_MS);
    }),
  );
  const fact = events.length > SHOWN ? `${SHOWN} of ${countOf(events.length, "event")}` : countOf(events.length, "event");
  return (
    <section aria-label="Last 10 minutes">
      <SectionHead title="Last 10 minutes" fact={fact} />
      {events.length === 0 ? (
        <p className="note">Nothing happened.</p>
      ) : (
        <ol className="events panel">
          {events.slice(0, SHOWN).map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ol>
      )}
    </section>
  );
}

const EventRow = memo(function EventRow({ event }: { readonly event: EventView }): ReactNode {
  const { clock } = useSettings();
  const glyph = GLYPHS.get(event.event.split("-").at(-1) ?? "") ?? "waiting";
  return (
    <li className="event">
      <time title={utcTitle(event.tMs)} dateTime={new Date(event.tMs).toISOString()}>
        {formatClock(event.tMs, clock)}
      </time>
      <span className={hueOf(glyph)}>
        <Glyph name={glyph} />
      </span>
      <span className="event-node mono truncate">{event.nodeId ?? ""}</span>
      <span className="event-sentence">{event.sentence}</span>
      <span className="note">{event.actor}</span>
    </li>
  );
});
