import type { AlertView } from "../contract/alerts";
import { compareAlerts } from "./inhibition";

/** Alerts that are read as one: the same rule and version on several nodes, or everything about one node. */
export interface AlertGroup {
  /** The same while its alerts are; for the eye to hold on to. */
  readonly groupId: string;
  /** The worst of it. */
  readonly head: AlertView;
  /** Every other that stands for itself. */
  readonly others: readonly AlertView[];
  /** What these explain, or what is frozen under them. */
  readonly explained: readonly AlertView[];
}

function ofRule({ ruleId, version }: AlertView): string {
  return `${ruleId} ${version ?? ""}`;
}

/** Puts alerts into groups, worst first; quiet ones (acknowledged, silenced) come last. */
export function groupAlerts(alerts: readonly AlertView[]): readonly AlertGroup[] {
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  const standing = alerts.filter(({ inhibitedBy }) => inhibitedBy === null || !ids.has(inhibitedBy));
  const shared = new Map<string, number>();
  for (const alert of standing) if (alert.nodeId !== null) shared.set(ofRule(alert), (shared.get(ofRule(alert)) ?? 0) + 1);
  const groups = new Map<string, AlertView[]>();
  for (const alert of standing) {
    const isShared = alert.nodeId !== null && (shared.get(ofRule(alert)) ?? 0) > 1;
    const groupId = isShared ? `rule ${ofRule(alert)}` : alert.nodeId === null ? alert.alertId : `node ${alert.nodeId}`;
    const known = groups.get(groupId);
    if (known === undefined) groups.set(groupId, [alert]);
    else known.push(alert);
  }
  return [...groups]
    .flatMap(([groupId, members]) => {
      const [head, ...others] = members.sort(compareShown);
      if (head === undefined) return [];
      const memberIds = new Set(members.map(({ alertId }) => alertId));
      const explained = alerts.filter(({ inhibitedBy }) => inhibitedBy !== null && memberIds.has(inhibitedBy)).sort(compareShown);
      return [{ groupId, head, others, explained }];
    })
    .sort((left, right) => compareShown(left.head, right.head));
}

function quietness({ silenced, acknowledged }: AlertView): number {
  if (silenced !== null) return 2;
  return acknowledged === null ? 0 : 1;
}

function compareShown(left: AlertView, right: AlertView): number {
  return quietness(left) - quietness(right) || compareAlerts(left, right);
}

/** Whether an alert asks for a person now: nobody has it, nothing explains it, and it is more than something to know of. */
export function isLoud(alert: AlertView): boolean {
  return alert.state === "firing" && alert.acknowledged === null && alert.silenced === null && alert.inhibitedBy === null && alert.severity !== "info";
}

/** The alerts that ask for a person and of which nobody was told yet. A flapping one is told once. */
export function untold(open: readonly AlertView[], told: ReadonlySet<string>): readonly AlertView[] {
  return open.filter((alert) => isLoud(alert) && !told.has(alert.alertId));
}

/** The number beside the word Alerts: those that ask for a person, and the worst of them. */
export function badgeOf(open: readonly AlertView[]): { readonly count: number; readonly worst: "high" | "medium" | "none" } {
  const loud = open.filter(isLoud);
  return { count: loud.length, worst: loud.some(({ severity }) => severity === "critical") ? "high" : loud.length === 0 ? "none" : "medium" };
}
