import { useState, type ReactNode } from "react";
import { DEFAULT_LIMITS, type Limits } from "../../../shared/contract/settings";
import type { Failure } from "../../../shared/result";
import { Button, NumberField, Panel, Problem } from "../../design";
import { countOf } from "../../format/number";
import { say } from "../../state/announce";
import { request } from "../../state/ops";
import { useFleet } from "../../state/store";
import { changesOf, draftOf, LIMIT_RANGES, limitsOf, problemOf, type LimitsDraft } from "./limits-draft";

/** The three limits, saved together. */
export function LimitsSection(): ReactNode {
  const limits = useFleet((state) => state.fleet?.meta.limits ?? DEFAULT_LIMITS);
  const [draft, setDraft] = useState<LimitsDraft>(() => draftOf(limits));
  const [failure, setFailure] = useState<Failure | null>(null);
  const wanted = limitsOf(draft);
  const changes = wanted === null ? [] : changesOf(limits, wanted);
  const set = (change: Partial<LimitsDraft>): void => setDraft((before) => ({ ...before, ...change }));

  const save = async (): Promise<void> => {
    if (wanted === null) return;
    const refused = await saveLimits(wanted);
    setFailure(refused);
    if (refused === null) say("The limits are in force: every node is judged by them from the next tick on.");
  };

  return (
    <div className="settings-columns">
      <Panel title="Limits of the fleet" fact="a value exactly at a limit passes">
        <div className="limit-fields">
          <NumberField
            label="Compression ratio, at least"
            unit="in / out"
            value={draft.compressionRatio}
            minValue={LIMIT_RANGES.compressionRatio.min}
            maxValue={LIMIT_RANGES.compressionRatio.max}
            minDecimals={1}
            maxDecimals={2}
            problem={problemOf("compressionRatio", draft.compressionRatio)}
            onChange={(compressionRatio) => set({ compressionRatio })}
          />
          <NumberField
            label="Latency of an encode, at most"
            unit="ms"
            value={draft.latencyMs}
            minValue={LIMIT_RANGES.latencyMs.min}
            maxValue={LIMIT_RANGES.latencyMs.max}
            maxDecimals={2}
            problem={problemOf("latencyMs", draft.latencyMs)}
            onChange={(latencyMs) => set({ latencyMs })}
          />
          <NumberField
            label="Quality, at least"
            unit="MS-SSIM, 0 to 1"
            value={draft.qualityScore}
            minValue={LIMIT_RANGES.qualityScore.min}
            maxValue={LIMIT_RANGES.qualityScore.max}
            minDecimals={2}
            maxDecimals={3}
            problem={problemOf("qualityScore", draft.qualityScore)}
            onChange={(qualityScore) => set({ qualityScore })}
          />
        </div>
        {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
        <div className="settings-actions">
          <Button kind="primary" isDisabled={changes.length === 0} onPress={() => void save()}>
            Save limits
          </Button>
          <Button kind="quiet" isDisabled={changes.length === 0 && wanted !== null} onPress={() => setDraft(draftOf(limits))}>
            Discard
          </Button>
          <Button kind="quiet" onPress={() => setDraft(draftOf(DEFAULT_LIMITS))}>
            Fill in the defaults
          </Button>
          <span className="note">{changes.length === 0 ? "no change" : `${countOf(changes.length, "change")}, not saved`}</span>
        </div>
      </Panel>
      <Panel title="Changes">
        {changes.length === 0 ? (
          <p className="note">None. The limits shown are in force.</p>
        ) : (
          <dl className="facts">
            {changes.map((change) => (
              <div key={change.metric}>
                <dt>{change.name}</dt>
                <dd>
                  <del>{change.before}</del> <ins>{change.after}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
        <p className="note settings-note">
          Nodes are judged by the new limits from the next tick on. What was judged before stays as it was.
        </p>
      </Panel>
    </div>
  );
}

/** Saves limits as a revision of the policy. */
async function saveLimits(limits: Limits): Promise<Failure | null> {
  const current = await request("policy/current", {});
  if (!current.ok) return current.error;
  const { policy, revision } = current.value;
  const saved = await request("policy/save", { policy: { ...policy, limits }, reason: "limits set in the settings", expectedRevision: revision });
  return saved.ok ? null : saved.error;
}
