import type { ReactNode } from "react";
import { Panel, Switch } from "../../../design";
import { edit } from "./desk";
import { FLEET_SWITCHES, fleetValueOf, type FleetNumber, type FleetSwitch } from "./fields";
import { FleetNumberField } from "./FleetNumberField";
import { pathOf } from "./leaves";
import type { Draft } from "./use-draft";

const SWITCH_NOTES: Readonly<Record<FleetSwitch, string>> = {
  "engine/rollBackOnFail": "to the last version that was good on that node",
  "engine/holdOnCommonCause": "common cause: say so, roll nothing back",
  "engine/dryRun": "decide and journal, send nothing",
};

const TRIAL: readonly FleetNumber[] = ["trial/warmUpMs", "trial/commitSamples", "trial/commitWithinMs", "trial/baselineSamples", "trial/staleAfterMs", "trial/lostAfterMs"];

/** What the engine may do without a person. */
export function EngineRights({ draft }: { readonly draft: Draft }): ReactNode {
  return (
    <Panel title="What the engine may do alone">
      <div className="policy-rights">
        <RightSwitch draft={draft} name="engine/rollBackOnFail" />
        <div>
          <FleetNumberField draft={draft} name="engine/maxRollbacksPerHour" />
          <p className="note">beyond them the node is left as it is and needs you</p>
        </div>
        <RightSwitch draft={draft} name="engine/holdOnCommonCause" />
        <RightSwitch draft={draft} name="engine/dryRun" />
      </div>
    </Panel>
  );
}

function RightSwitch({ draft, name }: { readonly draft: Draft; readonly name: FleetSwitch }): ReactNode {
  return (
    <Switch isOn={fleetValueOf(draft.leaves, name) === true} onChange={(isOn) => edit(pathOf(name), isOn)}>
      <span className="policy-right-title">{FLEET_SWITCHES[name]}</span>
      <span className="note setting-under">{SWITCH_NOTES[name]}</span>
    </Switch>
  );
}

/** How a new version is tried, and when a node counts as silent. */
export function TrialPanel({ draft }: { readonly draft: Draft }): ReactNode {
  return (
    <Panel title="Trial">
      <div className="policy-numbers">
        {TRIAL.map((name) => (
          <FleetNumberField key={name} draft={draft} name={name} />
        ))}
      </div>
    </Panel>
  );
}
