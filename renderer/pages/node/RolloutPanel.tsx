import type { ReactNode } from "react";
import type { NodeView } from "../../../shared/contract/snapshot";
import { fleetPolicyOf } from "../../../shared/policy/policy";
import { sendAgain } from "../../commands/desk";
import { Button, Glyph, glyphOfPhase, Panel, type GlyphName } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import { rolloutSteps, versionOnItsWay, type RolloutStep } from "../../judging/rollout-steps";
import { usePolicy } from "../../state/policy";
import { useSettings } from "../../state/store";
import "../../commands/command.css";

/** The version on its way, step by step: what was sent, what the node itself reported, how it is tried. */
export function RolloutPanel({ node }: { readonly node: NodeView }): ReactNode {
  const policy = usePolicy();
  const { command, version } = versionOnItsWay(node);
  if (command === null && node.guard === null) return null;
  const steps = rolloutSteps(node, policy === null ? null : fleetPolicyOf(policy.policy).warmUpMs);
  const canSendAgain = command !== null && (command.phase === "unconfirmed" || command.phase === "inconsistent");
  return (
    <Panel
      title={
        <>
          {command?.kind === "rollback" ? "Rollback to" : command === null ? "Trial of" : "Roll-out of"} <span className="mono">{version ?? "not reported"}</span>
        </>
      }
      fact={command === null ? "it was there already" : command.fromVersion === null ? command.commandId : `${command.fromVersion} → ${command.version}`}
    >
      <div data-phase={command?.phase}>
        <ol className="command-steps">
          {steps.map((one) => (
            <Step key={one.key} step={one} />
          ))}
        </ol>
        {command === null ? null : <p className="command-sentence">{command.sentence}</p>}
      </div>
      {canSendAgain ? (
        <div className="node-actions">
          <Button kind="outline" size="small" onPress={() => void sendAgain(command.nodeId)}>
            Send {command.version} again
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function glyphOfStep({ state, endedAs }: RolloutStep): GlyphName {
  switch (state) {
    case "done":
      return "verified";
    case "now":
      return "in-progress";
    case "waiting":
      return "waiting";
    case "ended":
      return endedAs === undefined ? "failing" : glyphOfPhase(endedAs);
  }
}

function Step({ step }: { readonly step: RolloutStep }): ReactNode {
  const { clock } = useSettings();
  const hue = step.endedAs === "failed" ? "hue-high" : step.endedAs === "inconsistent" ? "hue-medium" : undefined;
  const isReached = step.state !== "waiting";
  return (
    <li className="command-step" data-reached={isReached ? "" : undefined} aria-current={step.state === "now" || step.state === "ended" ? "step" : undefined}>
      <span className={hue}>
        <Glyph name={glyphOfStep(step)} />
      </span>
      <span className="command-step-word">
        <span>{step.word}</span>
        <span className="command-step-note">{step.note}</span>
        <span className="visually-hidden">{step.state === "done" ? "done" : step.state === "now" ? "now" : step.state === "waiting" ? "not yet" : ""}</span>
      </span>
      <span className="command-step-note" title={step.atMs === null ? undefined : formatUtcInstant(step.atMs)}>
        {step.atMs === null ? "" : formatClock(step.atMs, clock)}
      </span>
      {step.share !== null && step.state === "now" ? (
        <span className="command-meter" aria-hidden="true">
          <span style={{ width: `${100 * step.share}%` }} />
        </span>
      ) : null}
    </li>
  );
}
