import { useId, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { partAt, steppedText } from "../format/moment";
import type { ClockKind } from "../format/time";
import "./field.css";

/** A field for a moment. */
export interface MomentFieldProps {
  readonly label: string;
  /** What is typed: "2026-11-24 14:05". */
  readonly value: string;
  readonly clock: ClockKind;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

/** Date and time as text, 24 hours: typed, or the part under the caret moved by the arrow keys up and down. */
export function MomentField({ label, value, clock, isWrong, onChange }: MomentFieldProps): ReactNode {
  const hintId = useId();
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if ((event.key !== "ArrowUp" && event.key !== "ArrowDown") || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.currentTarget.selectionStart ?? value.length;
    const next = steppedText(value, partAt(value, at), event.key === "ArrowUp" ? 1 : -1, clock);
    if (next === null) return;
    event.preventDefault();
    caret.current = Math.min(at, next.length);
    onChange(next);
  };
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <span className="field-box">
        <input
          ref={input}
          className="field-input moment-field"
          type="text"
          autoComplete="off"
          spellCheck={false}
          maxLength={19}
          placeholder="2026-11-24 14:05"
          aria-invalid={isWrong}
          aria-describedby={hintId}
          value={value}
          onKeyDown={onKeyDown}
          onChange={(event) => onChange(event.target.value)}
        />
      </span>
      <span id={hintId} className="visually-hidden">
        Year, month, day, hours and minutes, 24 hours. Arrow up and down change the part at the caret.
      </span>
    </label>
  );
}
