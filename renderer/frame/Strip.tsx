import { Search } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Explainer, Glyph, Kbd } from "../design";
import { countOf, formatNumber } from "../format/number";
import { formatAge, formatClock, formatDuration, formatUtcInstant } from "../format/time";
import { openMalformed, openOverlay } from "../state/navigation";
import { useFleet, useSettings, useSnapshotMeta } from "../state/store";
import { LinkSegment } from "./LinkSegment";
import { NeedSegments, STATES_SHOWN, useNeedyStates } from "./NeedSegments";
import { Segment } from "./Segment";
import "./strip.css";

/** The line over everything: link, tick, malformed, journal; who needs a person, search, clock. */
export function Strip(): ReactNode {
  const kind = useFleet((state) => state.fleet?.meta.link.kind);
  const isSynthetic = kind === "embedded" || kind === "recorded";
  const isTroubled = useFleet(({ fleet }) => fleet?.meta.link.state !== "up" || fleet.meta.journal.state !== "written");
  const isCrowded = useNeedyStates().split(",").length >= STATES_SHOWN || isTroubled;
  return (
    <header className="strip" data-synthetic={isSynthetic ? "" : undefined} data-crowded={isCrowded ? "" : undefined}>
      <span className="brand">
        <Mark />
        <span>
          <strong>Lydlr</strong> Ops
        </span>
      </span>
      <div className="strip-segments">
        <LinkSegment />
        <TickSegment />
        <MalformedSegment />
        <JournalSegment />
      </div>
      <NeedSegments />
      <AriaButton className="search-button" aria-label="Search or run" onPress={() => openOverlay("palette")}>
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <span>Search or run</span>
        <Kbd>Ctrl K</Kbd>
      </AriaButton>
      <Clock />
    </header>
  );
}

/** Four bars of falling height: bytes in, bytes out. */
function Mark(): ReactNode {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d="M1.5 2v12M6 7v7M10.2 9.5V14M14.5 5v9" stroke="currentColor" strokeWidth="1.8" fill="none" />
    </svg>
  );
}

function TickSegment(): ReactNode {
  const periodMs = useFleet((state) => state.fleet?.meta.periodMs ?? null);
  const p95Ms = useFleet((state) => state.fleet?.meta.periodP95Ms ?? null);
  return (
    <Segment
      name="The tick"
      label="Tick"
      value={
        <>
          <strong>{periodMs === null ? "none" : formatNumber(periodMs, 0)}</strong>
          {periodMs === null ? null : <span className="segment-label">ms</span>}
          {p95Ms === null ? null : <span className="segment-label segment-extra">p95 {formatNumber(p95Ms, 0)}</span>}
        </>
      }
    >
      <TickExplanation />
    </Segment>
  );
}

function TickExplanation(): ReactNode {
  const meta = useSnapshotMeta();
  if (meta === null) return <p>No tick yet.</p>;
  return (
    <>
      <h2>Tick {formatNumber(meta.tick, 0)}</h2>
      <p>
        The engine judges every node each 500 ms. Measured: {meta.periodMs === null ? "none yet" : `${formatNumber(meta.periodMs, 1)} ms`}
        {" between the last two"}
        {meta.periodP95Ms === null ? "." : `, 95 of 100 within ${formatNumber(meta.periodP95Ms, 1)} ms.`}
      </p>
      <p className="note">{countOf(meta.samples, "message")} parsed since the start.</p>
    </>
  );
}

function MalformedSegment(): ReactNode {
  const malformed = useFleet((state) => state.fleet?.meta.malformed ?? null);
  return (
    <AriaButton className="segment" onPress={() => openMalformed(null)}>
      <span className="segment-label">Malformed</span>
      <strong>{malformed === null ? "none" : formatNumber(malformed, 0)}</strong>
    </AriaButton>
  );
}

function JournalSegment(): ReactNode {
  const journal = useFleet((state) => state.fleet?.meta.journal);
  const atMs = useFleet((state) => state.fleet?.meta.atMs ?? 0);
  if (journal === undefined) return null;
  const isWritten = journal.state === "written";
  return (
    <Segment
      name="The journal"
      label="Journal"
      value={
        <>
          <span className={isWritten ? "hue-low" : "hue-medium"}>
            <Glyph name={isWritten ? "verified" : "lost"} />
          </span>
          <span>{journal.state}</span>
        </>
      }
    >
      <h2>Journal: {journal.state}</h2>
      <p>{journal.sentence}</p>
      <p className="note">
        {journal.lastWriteAtMs === null
          ? "Nothing was written yet."
          : `Last write ${formatAge(atMs - journal.lastWriteAtMs)}. ${journal.state === "unavailable" ? "" : "Decisions are on disk before anything is sent."}`}
      </p>
    </Segment>
  );
}

function Clock(): ReactNode {
  const { clock } = useSettings();
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Explainer
      label="The clock"
      trigger={
        <AriaButton className="segment clock">
          <strong>{formatClock(nowMs, clock)}</strong>
          <span className="segment-label">{clock === "utc" ? "UTC" : "local"}</span>
        </AriaButton>
      }
    >
      <h2>{formatUtcInstant(nowMs).slice(0, 19)} UTC</h2>
      <p>This machine&apos;s clock. Ages are counted from the last tick, {<TickAge />}.</p>
      <p className="note">Settings, Appearance: local time or UTC.</p>
    </Explainer>
  );
}

function TickAge(): ReactNode {
  const arrivedAtMs = useFleet((state) => state.arrivedAtMs);
  return <>{arrivedAtMs === null ? "none yet" : `${formatDuration(performance.now() - arrivedAtMs)} ago`}</>;
}
