import { useEffect, useLayoutEffect, type ReactNode } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { DeployDialog } from "./commands/DeployDialog";
import { AlertToasts } from "./frame/AlertToasts";
import { Announcer } from "./frame/Announcer";
import { Banners } from "./frame/Banners";
import { FaultConsole } from "./frame/FaultConsole";
import { Guard } from "./frame/Guard";
import { KeyList } from "./frame/KeyList";
import { MalformedDialog } from "./frame/MalformedDialog";
import { Palette } from "./frame/Palette";
import { Rail } from "./frame/Rail";
import { Strip } from "./frame/Strip";
import { useShortcuts } from "./frame/use-shortcuts";
import { AbTestsPage } from "./pages/abtest/AbTestsPage";
import { LivePage } from "./pages/abtest/LivePage";
import { SetupPage } from "./pages/abtest/SetupPage";
import { AlertsPage } from "./pages/alerts/AlertsPage";
import { FirstStartPage } from "./pages/first-start/FirstStartPage";
import { FleetPage } from "./pages/fleet/FleetPage";
import { ComparePage } from "./pages/models/ComparePage";
import { DropImport } from "./pages/models/DropImport";
import { ModelsPage } from "./pages/models/ModelsPage";
import { NodePage } from "./pages/node/NodePage";
import { RolloutPage } from "./pages/rollouts/RolloutPage";
import { RolloutsPage } from "./pages/rollouts/RolloutsPage";
import { StartDialog } from "./pages/rollouts/StartDialog";
import { SystemPage } from "./pages/system/SystemPage";
import { TimelinePage } from "./pages/timeline/TimelinePage";
import { SettingsPage } from "./pages/settings/SettingsPage";
import { ReportDialog } from "./reports/ReportDialog";
import { DecisionDialog } from "./judging/DecisionDialog";
import { DoctorDialog } from "./setup/DoctorDialog";
import { goBack, usePlace } from "./state/navigation";
import { useFleet, useSettings } from "./state/store";
import { isMeasuring, markCommit } from "./state/tick-costs";
import "./frame/frame.css";

/** The window: strip, rail, banners and one page, with the dialogs that any page can open. */
export function App(): ReactNode {
  const { theme } = useSettings();
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useShortcuts();
  return (
    <I18nProvider locale="en-GB">
      <div className="frame">
        <Strip />
        <Rail />
        <main className="page" id="page">
          <Banners />
          <Page />
        </main>
      </div>
      <Announcer />
      <Guard what="The list of new alerts">
        <AlertToasts />
      </Guard>
      <Guard what="The command palette">
        <Palette />
      </Guard>
      <Guard what="The deploy dialog">
        <DeployDialog />
      </Guard>
      <Guard what="The dialog that starts a roll-out">
        <StartDialog />
      </Guard>
      <Guard what="The report dialog">
        <ReportDialog />
      </Guard>
      <Guard what="The fault console">
        <FaultConsole />
      </Guard>
      <Guard what="The list of malformed messages">
        <MalformedDialog />
      </Guard>
      <Guard what="The decision inspector">
        <DecisionDialog />
      </Guard>
      <Guard what="The ROS 2 doctor">
        <DoctorDialog />
      </Guard>
      <KeyList />
      <DropImport />
      {isMeasuring() ? <CommitProbe /> : null}
    </I18nProvider>
  );
}

function Page(): ReactNode {
  const place = usePlace();
  const isFirstStart = useFleet((state) => state.isFirstStart);
  // Until the application has said hello nobody knows which page comes first; the frame stands already.
  const isGreeted = useFleet((state) => state.hello !== null);
  if (!isGreeted && place.page === "fleet") return null;
  if (isFirstStart && place.page === "fleet") {
    return (
      <Guard what="The first-start page" key="first-start">
        <FirstStartPage />
      </Guard>
    );
  }
  switch (place.page) {
    case "fleet":
      return (
        <Guard what="The fleet page" key="fleet">
          <FleetPage />
        </Guard>
      );
    case "node":
      return (
        <Guard what={`The page of ${place.nodeId}`} key={`${place.nodeId} ${place.atMs ?? ""}`}>
          <NodePage nodeId={place.nodeId} atMs={place.atMs ?? null} onBack={goBack} />
        </Guard>
      );
    case "rollouts":
      return (
        <Guard what="The roll-outs page" key={`rollouts-${place.rolloutId ?? "list"}`}>
          {place.rolloutId === null ? <RolloutsPage /> : <RolloutPage rolloutId={place.rolloutId} />}
        </Guard>
      );
    case "abtests":
      return (
        <Guard what="The A/B tests page" key={`abtests-${place.view === "test" ? place.testId : place.view}`}>
          {place.view === "test" ? <LivePage testId={place.testId} /> : place.view === "set-up" ? <SetupPage /> : <AbTestsPage />}
        </Guard>
      );
    case "alerts":
      return (
        <Guard what="The alerts page" key="alerts">
          <AlertsPage />
        </Guard>
      );
    case "timeline":
      return (
        <Guard what="The timeline" key="timeline">
          <TimelinePage />
        </Guard>
      );
    case "models":
      return (
        <Guard what="The models page" key={`models-${place.view}`}>
          {place.view === "list" ? <ModelsPage /> : <ComparePage />}
        </Guard>
      );
    case "system":
      return (
        <Guard what="The system page" key="system">
          <SystemPage />
        </Guard>
      );
    case "settings":
      return (
        <Guard what="The settings page" key="settings">
          <SettingsPage section={place.section} />
        </Guard>
      );
  }
}

/** Last in the tree, so that its effect runs after everything a tick changed has been committed. */
function CommitProbe(): ReactNode {
  const tick = useFleet((state) => state.fleet?.meta.tick);
  useLayoutEffect(() => {
    markCommit(performance.now());
  }, [tick]);
  return null;
}
