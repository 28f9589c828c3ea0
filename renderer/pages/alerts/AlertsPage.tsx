import { BellOff } from "lucide-react";
import type { ReactNode } from "react";
import { groupAlerts, isLoud } from "../../../shared/alerts/grouping";
import type { AlertsView } from "../../../shared/contract/alerts";
import { Button, Problem, Segmented } from "../../design";
import { Guard } from "../../frame/Guard";
import { countOf } from "../../format/number";
import { readAlerts, useAlerts, useAlertsFailure, useSelectedAlertId } from "../../state/alerts";
import { go } from "../../state/navigation";
import { TimelinePanel } from "../timeline/TimelinePanel";
import { AcknowledgeDialog } from "./AcknowledgeDialog";
import { AlertDetail } from "./AlertDetail";
import { AlertList } from "./AlertList";
import { askSilence, show, useDesk } from "./desk";
import { SilenceDialog } from "./SilenceDialog";
import { SilenceList } from "./SilenceList";
import "./alerts.css";

/** What needs a person, since when, and what was going on around it? */
export function AlertsPage(): ReactNode {
  const view = useAlerts();
  const failure = useAlertsFailure();
  const shown = useDesk((desk) => desk.shown);
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>Alerts</h1>
          <p className="note">{view === null ? "reading the journal" : facts(view)}</p>
        </div>
        <Segmented
          label="Which alerts"
          value={shown}
          segments={[
            { value: "open", label: "Open" },
            { value: "all", label: "All" },
            { value: "silences", label: "Silences" },
          ]}
          onChange={show}
        />
        <Button kind="quiet" onPress={() => go({ page: "settings", section: "alerts" })}>
          Rules
        </Button>
        <Button kind="outline" onPress={() => askSilence("blank")}>
          <BellOff size={16} strokeWidth={1.75} aria-hidden />
          Silence…
        </Button>
      </div>
      <div className="page-scroll alerts-scroll">
        {failure === null ? null : (
          <Problem
            code={failure.code}
            sentence={failure.message}
            actions={
              <Button kind="outline" size="small" onPress={() => void readAlerts()}>
                Read again
              </Button>
            }
          />
        )}
        {view === null ? null : shown === "silences" ? <SilenceList silences={view.silences} /> : <Listed view={view} isAll={shown === "all"} />}
        <Guard what="The timeline">
          <TimelinePanel />
        </Guard>
      </div>
      <AcknowledgeDialog />
      <SilenceDialog />
    </>
  );
}

function facts({ open, silences }: AlertsView): string {
  const loud = open.filter(isLoud).length;
  const frozen = open.filter(({ state }) => state === "frozen").length;
  const silenced = open.filter((alert) => alert.silenced !== null).length;
  const inForce = silences.filter(({ isInForce }) => isInForce).length;
  const parts = [
    `${open.length} open`,
    `${loud === 0 ? "none asks" : countOf(loud, "asks", "ask")} for a person`,
    ...(frozen === 0 ? [] : [`${frozen} frozen`]),
    ...(silenced === 0 ? [] : [`${silenced} silenced`]),
    ...(inForce === 0 ? [] : [countOf(inForce, "silence")]),
  ];
  return `${parts.join(", ")} · grouped by node and version · a lost node hides what it had`;
}

function Listed({ view, isAll }: { readonly view: AlertsView; readonly isAll: boolean }): ReactNode {
  const selectedId = useSelectedAlertId();
  const alerts = isAll ? [...view.open, ...view.ended] : view.open;
  const selected = alerts.find(({ alertId }) => alertId === selectedId) ?? groupAlerts(alerts)[0]?.head ?? null;
  if (selected === null) {
    return (
      <div className="panel empty-panel">
        <h2>No alert is open.</h2>
        <p>Rules look at every node, the link and this machine twice a second. What they find is told here, by a badge and by a notification.</p>
      </div>
    );
  }
  return (
    <div className="alerts-body">
      <AlertList alerts={alerts} selectedId={selected.alertId} />
      <Guard what="The alert">
        <AlertDetail alert={selected} cause={view.open.find(({ alertId }) => alertId === selected.inhibitedBy) ?? null} />
      </Guard>
    </div>
  );
}
