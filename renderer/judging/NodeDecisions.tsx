import type { ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import { Button, Glyph } from "../design";
import { formatClock, formatUtcInstant } from "../format/time";
import { openDecision } from "../state/navigation";
import { useFleet, useSettings } from "../state/store";
import { isDecision } from "./decisions";
import { glyphOfEvent, hueOfEvent } from "./event-glyphs";
import "./node-decisions.css";

/** The newest decisions about a node; each opens what it was made of. */
export function NodeDecisions({ nodeId, most }: { readonly nodeId: string; readonly most: number }): ReactNode {
  const { clock } = useSettings();
  const decisions = useFleet(useShallow(({ fleet }) => (fleet?.events ?? []).filter((event) => event.nodeId === nodeId && isDecision(event)).slice(0, most)));
  if (decisions.length === 0) return <p className="note">None among the newest events.</p>;
  return (
    <ol className="node-decisions">
      {decisions.map((event) => {
        const glyph = glyphOfEvent(event);
        return (
          <li key={event.id}>
            <span className={hueOfEvent(glyph)}>
              <Glyph name={glyph} />
            </span>
            <p>
              <time title={formatUtcInstant(event.tMs)} dateTime={new Date(event.tMs).toISOString()}>
                {formatClock(event.tMs, clock)}
              </time>{" "}
              {event.sentence}
            </p>
            <Button kind="quiet" size="small" aria-label={`Why: ${event.sentence}`} onPress={() => openDecision(event.id)}>
              Why
            </Button>
          </li>
        );
      })}
    </ol>
  );
}
