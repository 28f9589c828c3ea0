import type { ReactNode } from "react";
import { NumberCell } from "../../../design";
import { edit } from "./desk";
import { problemAt } from "./draft";
import { FLEET_NUMBERS, fleetValueOf, type FleetNumber } from "./fields";
import { pathOf } from "./leaves";
import type { Draft } from "./use-draft";

/** A number that is for the whole fleet, with its name above. */
export function FleetNumberField({ draft, name, showName = true }: { readonly draft: Draft; readonly name: FleetNumber; readonly showName?: boolean }): ReactNode {
  const facts = FLEET_NUMBERS[name];
  const value = fleetValueOf(draft.leaves, name);
  const isOptional = name === "budget/nodes";
  return (
    <div className="policy-number">
      {showName ? (
        <span className="field-label" aria-hidden="true">
          {facts.name}
        </span>
      ) : null}
      <NumberCell
        label={`${facts.name}, ${facts.unit}`}
        value={typeof value === "number" ? value / facts.scale : Number.NaN}
        unit={isOptional && value === null ? "all of the fleet" : facts.unit}
        minDecimals={facts.minDecimals}
        maxDecimals={facts.maxDecimals}
        problem={problemAt(draft.problems, pathOf(name))}
        onChange={(typed) => edit(pathOf(name), isOptional && Number.isNaN(typed) ? null : Number.isFinite(typed) ? Number((typed * facts.scale).toPrecision(12)) : Number.NaN)}
      />
    </div>
  );
}
