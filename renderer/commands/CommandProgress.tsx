import type { ReactNode } from "react";
import type { CommandPhase, CommandView } from "../../shared/contract/snapshot";
import { Glyph, glyphOfPhase } from "../design";
import { originText } from "../format/origin";
import { formatClock, formatUtcInstant } from "../format/time";
import { PHASE_WORDS } from "../format/words";
import { useSettings } from "../state/store";
import "./command.css";

/** The way of a command that goes well, in order. */
const WAY: readonly CommandPhase[] = ["requested", "sent", "acknowledged", "verifying", "verified"];

/** Phases that a command has behind it or is in, as positions on {@link WAY}. */
function reachedCount(command: CommandView): number {
  const reached = command.steps.map((step) => WAY.indexOf(step.phase));
  return Math.max(0, ...reached, WAY.indexOf(command.phase)) + 1;
}

function noteOf(command: CommandView, phase: CommandPhase): string {
  if (phase === "requested") return originText(command.placedBy);
  if (phase === "sent" && command.attempts > 1) return `${command.attempts} of 3 times`;
  if (phase === "verifying" && reachedCount(command) > WAY.indexOf("verifying")) {
    return `${Math.min(command.verifySamples, command.verifySamplesNeeded)} of ${command.verifySamplesNeeded} samples`;
  }
  return command.steps.findLast((step) => step.phase === phase)?.note ?? "";
}

/** How a command is shown: one line, or every step with its time. */
export interface CommandProgressProps {
  readonly command: CommandView;
  readonly layout?: "line" | "steps";
  /** False where the same sentence stands next to it already. */
  readonly showSentence?: boolean;
}

/**
 * Where a command stands, by what was sent and what the node reports: requested, sent, acknowledged,
 * verifying, verified; or how it ended instead.
 */
export function CommandProgress({ command, layout = "line", showSentence = true }: CommandProgressProps): ReactNode {
  const Layout = layout === "line" ? CommandLine : CommandSteps;
  return <Layout command={command} showSentence={showSentence} />;
}

interface LayoutProps {
  readonly command: CommandView;
  readonly showSentence: boolean;
}

function CommandLine({ command, showSentence }: LayoutProps): ReactNode {
  const reached = reachedCount(command);
  return (
    <div className="command-line" data-phase={command.phase}>
      <span className={hueOf(command.phase)}>
        <Glyph name={glyphOfPhase(command.phase)} />
      </span>
      <p className="command-line-text">
        <span className="command-word">
          {command.kind === "deploy" ? "Deploy" : "Rollback"} to {command.version} {originText(command.placedBy)}: {PHASE_WORDS[command.phase].toLowerCase()}.
        </span>{" "}
        {showSentence ? command.sentence : ""}
      </p>
      <span className="command-track" aria-hidden="true">
        {WAY.map((phase, index) => (
          <span key={phase} data-done={index < reached ? "" : undefined} />
        ))}
      </span>
    </div>
  );
}

function CommandSteps({ command, showSentence }: LayoutProps): ReactNode {
  const { clock } = useSettings();
  const wentWell = WAY.includes(command.phase);
  const reached = reachedCount(command);
  const shown = wentWell ? WAY : [...WAY.slice(0, Math.min(reached, 4)), command.phase];
  return (
    <div data-phase={command.phase}>
      <ol className="command-steps">
        {shown.map((phase, index) => {
          const step = command.steps.findLast((one) => one.phase === phase);
          const isNow = phase === command.phase;
          const isReached = isNow || index < reached;
          return (
            <li
              key={phase}
              className="command-step"
              data-reached={isReached ? "" : undefined}
              aria-current={isNow ? "step" : undefined}
            >
              <span className={isNow ? hueOf(phase) : undefined}>
                <Glyph name={isNow ? glyphOfPhase(phase) : isReached ? "verified" : "waiting"} />
              </span>
              <span className="command-step-word">
                <span>{PHASE_WORDS[phase]}</span>
                <span className="command-step-note">{noteOf(command, phase)}</span>
              </span>
              <span className="command-step-note" title={step === undefined ? undefined : formatUtcInstant(step.atMs)}>
                {step === undefined ? "" : formatClock(step.atMs, clock)}
              </span>
              {phase === "verifying" && isNow ? (
                <span className="command-meter" aria-hidden="true">
                  <span
                    style={{ width: `${Math.min(100, (100 * command.verifySamples) / command.verifySamplesNeeded)}%` }}
                  />
                </span>
              ) : null}
            </li>
          );
        })}
      </ol>
      {showSentence ? <p className="command-sentence">{command.sentence}</p> : null}
    </div>
  );
}

function hueOf(phase: CommandPhase): string {
  switch (phase) {
    case "failed":
      return "hue-high";
    case "inconsistent":
      return "hue-medium";
    default:
      return "hue-low";
  }
}
