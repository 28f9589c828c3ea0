import { Search } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import type { EventView } from "../../../shared/contract/snapshot";
import { LANES, laneOf } from "../../../shared/timeline/lanes";
import { Button, Check, Glyph, Problem, SearchField, Select } from "../../design";
import { Guard } from "../../frame/Guard";
import { byText } from "../../format/origin";
import { formatUtcInstant } from "../../format/time";
import { isDecision } from "../../judging/decisions";
import { glyphOfEvent, hueOfEvent } from "../../judging/event-glyphs";
import { openNodeAt } from "../../state/moments";
import { openDecision } from "../../state/navigation";
import { useNodeIds, useSettings } from "../../state/store";
import { useSelectedRange } from "../../state/selected-range";
import { searchFor, showNode, toggleLane, useDesk } from "./desk";
import { endsOf } from "./timeline-scale";
import { TimelinePanel } from "./TimelinePanel";
import { useEvents, useSteadyNow } from "./use-timeline";
import { instantText, LANE_WORDS } from "./words";

const ALL = "all";
/** A search begins so long after the last letter, ms. */
const TYPED_MS = 250;

/** What happened, what ran where, and who put it there? */
export function TimelinePage(): ReactNode {
  const nodeId = useDesk((desk) => desk.nodeId);
  const lanes = useDesk((desk) => desk.lanes);
  const nodeIds = useNodeIds();
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>Timeline</h1>
          <p className="note">every decision, command, alert, test, policy change and link event of the journal</p>
        </div>
        <EventSearch />
        <Select
          label="Node"
          prefix="Node:"
          value={nodeId ?? ALL}
          choices={[{ value: ALL, label: "all" }, ...nodeIds.map((id) => ({ value: id, label: id }))]}
          onChange={(chosen) => showNode(chosen === ALL ? null : chosen)}
        />
      </div>
      <div className="page-scroll alerts-scroll">
        <div className="timeline-lanes" role="group" aria-label="Lanes">
          {LANES.map((lane) => (
            <Check key={lane} label={LANE_WORDS[lane]} isOn={lanes.includes(lane)} onChange={() => toggleLane(lane)} />
          ))}
        </div>
        <Guard what="The timeline">
          <TimelinePanel isWhole />
        </Guard>
        <Guard what="The list of events">
          <EventTable />
        </Guard>
      </div>
    </>
  );
}

function EventSearch(): ReactNode {
  const searched = useDesk((desk) => desk.text);
  const [typed, setTyped] = useState(searched);
  useEffect(() => {
    const timer = setTimeout(() => searchFor(typed.trim()), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchField
      className="field timeline-search"
      label="Search events"
      placeholder="Words, a node, a version"
      value={typed}
      icon={<Search size={16} strokeWidth={1.75} aria-hidden />}
      onChange={setTyped}
    />
  );
}

/** The events of the range that is selected, or of the one that is shown. */
function EventTable(): ReactNode {
  const { span, nodeId, lanes, text } = useDesk((desk) => desk);
  const selected = useSelectedRange();
  const nowMs = useSteadyNow();
  const range = selected ?? endsOf(span, nowMs);
  const { events, next, isLooking, failure, more } = useEvents({ ...range, nodeId, lanes, text });
  return (
    <section className="panel timeline-events" aria-label="Events">
      <div className="timeline-head">
        <h2>Events</h2>
        <p className="note" role="status">
          {isLooking ? "Searching the journal." : `${events.length}${next === null ? "" : " of more"}, newest first, ${selected === null ? "of what is shown" : "of the selected range"}`}
        </p>
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {events.length === 0 ? (
        <p className="note timeline-wait">{isLooking ? "" : "Nothing happened that was asked for."}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {["Time", "Lane", "Node", "What happened", "By", "More"].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <Row key={event.id} event={event} nowMs={nowMs} />
            ))}
          </tbody>
        </table>
      )}
      {next === null ? null : (
        <Button kind="outline" size="small" className="timeline-older" onPress={more}>
          Show older events
        </Button>
      )}
    </section>
  );
}

function Row({ event, nowMs }: { readonly event: EventView; readonly nowMs: number }): ReactNode {
  const { clock } = useSettings();
  const glyph = glyphOfEvent(event);
  const { nodeId } = event;
  return (
    <tr>
      <td>
        <time title={formatUtcInstant(event.tMs)} dateTime={new Date(event.tMs).toISOString()}>
          {instantText(event.tMs, clock, nowMs)}
        </time>
      </td>
      <td className="note">{LANE_WORDS[laneOf(event.event)]}</td>
      <td className="mono">
        {nodeId === null ? (
          ""
        ) : (
          <Button kind="quiet" size="small" aria-label={`Open ${nodeId} at ${instantText(event.tMs, clock, nowMs)}`} onPress={() => openNodeAt(nodeId, event.tMs)}>
            <span className="truncate timeline-node-button">{nodeId}</span>
          </Button>
        )}
      </td>
      <td>
        <span className={`timeline-what ${hueOfEvent(glyph)}`}>
          <Glyph name={glyph} />
        </span>
        {event.sentence}
      </td>
      <td className="note">{byText(event)}</td>
      <td>
        {isDecision(event) ? (
          <Button kind="quiet" size="small" aria-label={`Why: ${event.sentence}`} onPress={() => openDecision(event.id)}>
            Why
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
