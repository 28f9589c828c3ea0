import { memo, type ReactNode } from "react";
import type { CommandPhase } from "../../shared/contract/snapshot";
import { STATE_HUES, STATE_WORDS, type ShownState } from "../format/words";
import "./state-glyph.css";

/** Everything that has a shape of its own: the states of a node, and the phases of a command. */
export type GlyphName = ShownState | "quarantined" | "verified" | "waiting" | "in-progress" | "rolled-back";

/** Each state is one 14 px shape; the shapes differ without colour. */
function shapeOf(name: GlyphName): ReactNode {
  switch (name) {
    case "live":
      return <circle cx="7" cy="7" r="3.2" fill="currentColor" />;
    case "joining":
      return (
        <>
          <circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" strokeOpacity="0.45" strokeWidth="1.5" />
          <path d="M7 2.4A4.6 4.6 0 0 1 11.6 7" fill="none" stroke="currentColor" strokeWidth="2" />
        </>
      );
    case "no-metrics":
      return (
        <>
          <circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <circle cx="7" cy="7" r="1.5" fill="currentColor" />
        </>
      );
    case "failing":
      return (
        <>
          <rect x="1" y="1" width="12" height="12" rx="1.5" className="glyph-high-fill" />
          <path d="M7 3.6v4M7 9.4v1.4" fill="none" className="glyph-on-high" strokeWidth="1.8" />
        </>
      );
    case "drifting":
    case "warned":
      return (
        <>
          <path d="M7 1.2 13.3 12.6H.7z" className="glyph-medium-fill" strokeLinejoin="round" />
          <path d="M7 5v3.6M7 9.9v1.3" fill="none" className="glyph-on-medium" strokeWidth="1.4" />
        </>
      );
    case "changed":
      return <path d="M7 1.6 12.9 12.2H1.1z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />;
    case "held":
    case "frozen":
      return (
        <>
          <rect x="1.2" y="1.2" width="11.6" height="11.6" rx="2" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M5.4 4.4v5.2M8.6 4.4v5.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </>
      );
    case "quarantined":
      return (
        <>
          <circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M3.3 10.7 10.7 3.3" stroke="currentColor" strokeWidth="1.5" />
        </>
      );
    case "stale":
      return (
        <circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.2 1.88" />
      );
    case "lost":
      return (
        <>
          <circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M4.9 4.9l4.2 4.2M9.1 4.9l-4.2 4.2" stroke="currentColor" strokeWidth="1.5" />
        </>
      );
    case "unconfirmed":
      return (
        <>
          <path
            d="M7 .9 13.1 7 7 13.1.9 7z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.4"
            strokeDasharray="2.4 1.6"
          />
          <path d="M5.6 5.7a1.4 1.4 0 1 1 1.9 1.3c-.4.2-.5.4-.5.9M7 9v1.1" fill="none" stroke="currentColor" strokeWidth="1.2" />
        </>
      );
    case "inconsistent":
      return (
        <>
          <path d="M7 .8 13.2 7 7 13.2.8 7z" className="glyph-medium-fill" />
          <path d="M4.3 5.8h5.4M4.3 8.2h5.4M8.6 4.2 5.4 9.8" fill="none" className="glyph-on-medium" strokeWidth="1.2" />
        </>
      );
    case "verified":
      return <path d="M2.4 7.4 5.6 10.6 11.8 3.8" fill="none" stroke="currentColor" strokeWidth="1.8" />;
    case "in-progress":
      return (
        <>
          <circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <circle cx="7" cy="7" r="2.4" fill="currentColor" />
        </>
      );
    case "rolled-back":
      return (
        <>
          <path d="M7 1.2 13.2 12.4H.8z" className="glyph-medium-fill" />
          <path d="M7 5v3.6M7 9.9v1.2" fill="none" className="glyph-on-medium" strokeWidth="1.4" />
        </>
      );
    case "waiting":
      return <circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.3" />;
  }
}

/** A bare 14 px shape, hidden from screen readers: a word must stand beside it. */
export function Glyph({ name }: { readonly name: GlyphName }): ReactNode {
  return (
    <svg className="state-glyph" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" focusable="false">
      {shapeOf(name)}
    </svg>
  );
}

/** A node's state as shape and word; coloured only if a person is needed. */
export const StateGlyph = memo(function StateGlyph(props: {
  readonly state: ShownState;
  readonly showWord?: boolean;
}): ReactNode {
  const { state, showWord = true } = props;
  return (
    <span className={`state hue-${STATE_HUES[state]}`}>
      <Glyph name={state} />
      {showWord ? <span>{STATE_WORDS[state]}</span> : <span className="visually-hidden">{STATE_WORDS[state]}</span>}
    </span>
  );
});

/** The shape of a command's phase. Only the node's own report earns the check mark. */
export function glyphOfPhase(phase: CommandPhase): GlyphName {
  switch (phase) {
    case "verified":
      return "verified";
    case "failed":
      return "failing";
    case "unconfirmed":
    case "inconsistent":
      return phase;
    case "requested":
    case "sent":
    case "acknowledged":
    case "verifying":
      return "in-progress";
  }
}
