import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Check, NumberCell, Segmented, Select } from "../../../design";
import { JUDGED_METRICS, type JudgedMetric } from "../../../format/number";
import { useFleet, useNodeIds } from "../../../state/store";
import { METRIC_TITLES } from "../../../charts/metric-words";
import { compareIds } from "../../fleet/order";
import { edit, showScope, useDesk, type ShownScope } from "./desk";
import { problemAt } from "./draft";
import { heldOf, metricNumber, metricPath, numberText, recoveryOf, ROLE_WORDS, roleOf, sideOf, type Held, type MetricField, type Scope } from "./fields";
import { pathOf } from "./leaves";
import type { Draft } from "./use-draft";

/** Limits, roles and what counts, for the fleet, a vertical or one node. */
export function MetricTable({ draft }: { readonly draft: Draft }): ReactNode {
  const shown = useDesk((desk) => desk.scope);
  const scope = useScope(shown);
  return (
    <section className="panel policy-metrics" aria-label="Limits and roles">
      <ScopeBar shown={shown} draft={draft} />
      {scope === null ? (
        <p className="note policy-metrics-note">Choose the node that is to have limits or roles of its own.</p>
      ) : (
        <div className="policy-table-frame">
          <table className="policy-table">
            <thead>
              <tr>
                {["Metric", "Limit", "Recovers at", "From baseline", "Role", "Critical", "Needs data"].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {JUDGED_METRICS.map((metric) => (
                <MetricRow key={metric} draft={draft} scope={scope} metric={metric} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="note policy-metrics-note">
        A value exactly at a limit passes. What is not finite is no data. A guardrail rolls back, a signal warns, a muted metric is
        only shown. {shown.kind === "fleet" ? "" : "Dashed is inherited; type or choose to set it here."}
      </p>
    </section>
  );
}

/** The scope with what a node inherits from; null while no node is chosen. */
function useScope(shown: ShownScope): Scope | null {
  const vertical = useFleet(({ fleet }) => (shown.kind === "node" && shown.nodeId !== null ? (fleet?.nodes.get(shown.nodeId)?.vertical ?? null) : null));
  if (shown.kind !== "node") return shown;
  return shown.nodeId === null ? null : { kind: "node", nodeId: shown.nodeId, vertical };
}

function ScopeBar({ shown, draft }: { readonly shown: ShownScope; readonly draft: Draft }): ReactNode {
  const present = useNodeIds();
  const named = [...draft.leaves.keys()].map(pathOf).flatMap(([first, nodeId]) => (first === "nodes" && nodeId !== undefined ? [nodeId] : []));
  const ids = [...new Set([...present, ...named])].sort(compareIds);
  const value = shown.kind === "vertical" ? shown.vertical : shown.kind;
  return (
    <div className="policy-scopes">
      <Segmented
        label="Whose policy"
        value={value}
        segments={[
          { value: "fleet", label: "Fleet" },
          { value: "drone", label: "drone" },
          { value: "iot", label: "iot" },
          { value: "node", label: "One node…" },
        ]}
        onChange={(chosen) => {
          if (chosen === "fleet") showScope({ kind: "fleet" });
          else if (chosen === "node") showScope({ kind: "node", nodeId: named[0] ?? null });
          else showScope({ kind: "vertical", vertical: chosen });
        }}
      />
      {shown.kind === "node" ? (
        <Select
          label="Node"
          value={shown.nodeId ?? ""}
          choices={[...(shown.nodeId === null ? [{ value: "", label: "Choose a node" }] : []), ...ids.map((id) => ({ value: id, label: named.includes(id) ? `${id}, own values` : id }))]}
          onChange={(nodeId) => showScope({ kind: "node", nodeId: nodeId === "" ? null : nodeId })}
        />
      ) : null}
    </div>
  );
}

interface RowProps {
  readonly draft: Draft;
  readonly scope: Scope;
  readonly metric: JudgedMetric;
}

function MetricRow(props: RowProps): ReactNode {
  const { draft, scope, metric } = props;
  const { name, unit } = METRIC_TITLES[metric];
  const limit = heldOf(draft.leaves, scope, metric, "limit").value;
  const shownUnit = metric === "latencyMs" ? "ms" : "";
  const facts = metricNumber(metric, "limit");
  const problems = (["limit", "maxChange"] as const).map((field) => problemAt(draft.problems, metricPath(scope, metric, field)));
  const isLimit = typeof limit === "number" && problems[0] === "";
  return (
    <>
      <tr>
        <th scope="row" title={unit}>
          {name} <span className="note">{shownUnit}</span>
        </th>
        <Cell {...props} field="limit">
          {(held, label) => (
            <span className="policy-limit">
              <span className="note">{sideOf(metric)}</span>
              <NumberOf {...props} field="limit" held={held} label={label} />
            </span>
          )}
        </Cell>
        <td className="policy-recovers">{isLimit ? numberText(recoveryOf(metric, limit), { ...facts, unit: "", maxDecimals: 3 }) : "none"}</td>
        <Cell {...props} field="maxChange">
          {(held, label) => <NumberOf {...props} field="maxChange" held={held} label={label} />}
        </Cell>
        <Cell {...props} field="role">
          {(held, label) => (
            <Select
              label={label}
              value={roleOf(held.value)}
              choices={(["guardrail", "signal", "muted"] as const).map((role) => ({ value: role, label: ROLE_WORDS[role] }))}
              onChange={(role) => edit(metricPath(scope, metric, "role"), role)}
            />
          )}
        </Cell>
        <CheckCell {...props} field="critical" />
        <CheckCell {...props} field="mustHaveData" />
      </tr>
      {problems.some((problem) => problem !== "") ? (
        <tr className="policy-row-problem">
          <td colSpan={7}>
            {name}: {problems.filter((problem) => problem !== "").join(" ")}
          </td>
        </tr>
      ) : null}
    </>
  );
}

const FIELD_LABELS: Readonly<Record<MetricField, string>> = {
  limit: "limit",
  maxChange: "largest change from the baseline",
  role: "role",
  critical: "critical",
  mustHaveData: "needs data",
};

/** A cell that says where its value comes from, and takes its own value back. */
function Cell({ draft, scope, metric, field, children }: RowProps & { readonly field: MetricField; readonly children: (held: Held, label: string) => ReactNode }): ReactNode {
  const held = heldOf(draft.leaves, scope, metric, field);
  const label = `${METRIC_TITLES[metric].name}, ${FIELD_LABELS[field]}`;
  const isOwn = held.origin === "here";
  return (
    <td className={scope.kind === "fleet" || isOwn ? undefined : "policy-inherited"}>
      {children(held, label)}
      {scope.kind === "fleet" ? null : isOwn ? (
        <Button kind="quiet" size="small" className="policy-clear" aria-label={`Inherit ${label} again`} onPress={() => edit(metricPath(scope, metric, field), null)}>
          <X size={12} strokeWidth={1.75} aria-hidden />
          set here
        </Button>
      ) : (
        <span className="policy-origin">{held.origin === "default" ? "default" : `of ${held.origin}`}</span>
      )}
    </td>
  );
}

function NumberOf({ draft, scope, metric, field, held, label }: RowProps & { readonly field: "limit" | "maxChange"; readonly held: Held; readonly label: string }): ReactNode {
  const facts = metricNumber(metric, field);
  const path = metricPath(scope, metric, field);
  const isInherited = scope.kind !== "fleet" && held.origin !== "here";
  return (
    <NumberCell
      label={isInherited ? `${label}, inherited` : label}
      value={typeof held.value === "number" ? held.value / facts.scale : Number.NaN}
      minDecimals={facts.minDecimals}
      maxDecimals={facts.maxDecimals}
      {...(field === "maxChange" ? { unit: "%" } : {})}
      tone={isInherited ? "quiet" : "plain"}
      problem={problemAt(draft.problems, path)}
      isProblemBelow
      onChange={(typed) => edit(path, scaled(typed, facts.scale))}
    />
  );
}

/** Typed 30 % is 0.3 exactly, not 0.30000000000000004. */
function scaled(typed: number, scale: number): number {
  return Number.isFinite(typed) ? Number((typed * scale).toPrecision(12)) : Number.NaN;
}

function CheckCell(props: RowProps & { readonly field: "critical" | "mustHaveData" }): ReactNode {
  const { scope, metric, field } = props;
  return (
    <Cell {...props}>
      {(held, label) => (
        <Check
          label={label}
          showLabel={false}
          isOn={held.value === true}
          className={scope.kind !== "fleet" && held.origin !== "here" ? "check-quiet" : ""}
          onChange={(isOn) => edit(metricPath(scope, metric, field), isOn)}
        />
      )}
    </Cell>
  );
}
