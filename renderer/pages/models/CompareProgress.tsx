import type { ReactNode } from "react";
import type { ComparisonView } from "../../../shared/contract/comparison";
import { Button } from "../../design";
import { formatNumber } from "../../format/number";
import { request } from "../../state/ops";

/** How far the measuring is, with its end at one click. */
export function CompareProgress({ view }: { readonly view: Extract<ComparisonView, { phase: "measuring" }> }): ReactNode {
  const { done, total, doing, versionA, versionB } = view;
  const percent = total === 0 ? 0 : Math.floor((100 * done) / total);
  return (
    <section className="panel compare-setup" aria-label="Comparison in progress">
      <h2>
        Comparing {versionA} with {versionB}
      </h2>
      <div
        className="progress-bar"
        role="progressbar"
        aria-label="Measured"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={total === 0 ? doing : `${percent} %`}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      <p className="note">
        {total === 0 ? `${doing}.` : `${formatNumber(done, 0)} of ${formatNumber(total, 0)} steps, ${percent} %: ${doing}.`}
      </p>
      <div className="setup-row">
        <Button kind="outline" onPress={() => void request("comparison/cancel", {})}>
          Cancel the comparison
        </Button>
      </div>
    </section>
  );
}
