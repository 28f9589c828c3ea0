import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";
import { Guard } from "../../frame/Guard";
import { go, type SettingsSection } from "../../state/navigation";
import { AboutSection } from "./AboutSection";
import { AlertsSection } from "./alerts/AlertsSection";
import { AppearanceSection } from "./AppearanceSection";
import { KeyboardSection } from "./KeyboardSection";
import { LinkSection } from "./LinkSection";
import { PolicyActions, PolicyFact, PolicySection } from "./policy/PolicySection";
import { SelftestSection } from "./SelftestSection";
import { StoreSection } from "./StoreSection";
import "./settings.css";

interface Section {
  readonly id: SettingsSection;
  readonly title: string;
  /** One line of facts under the page's title. */
  readonly fact: ReactNode;
  /** What can be done at the right of the page's title. */
  readonly actions?: ReactNode;
  readonly content: ReactNode;
}

const SECTIONS: readonly Section[] = [
  { id: "policy", title: "Policy", fact: <PolicyFact />, actions: <PolicyActions />, content: <PolicySection /> },
  { id: "alerts", title: "Alerts", fact: "rules, notifications, sound", content: <AlertsSection /> },
  { id: "link", title: "Link", fact: "where the fleet's messages come from", content: <LinkSection /> },
  { id: "store", title: "Store", fact: "where decisions and samples are kept", content: <StoreSection /> },
  { id: "appearance", title: "Appearance", fact: "theme, clock, view of the fleet", content: <AppearanceSection /> },
  { id: "keyboard", title: "Keyboard", fact: "single keys and the list of all keys", content: <KeyboardSection /> },
  { id: "self-test", title: "Self-test", fact: "published values, computed again on this machine", content: <SelftestSection /> },
  { id: "about", title: "About", fact: "versions and licence", content: <AboutSection /> },
];

/** What an operator can set, and what this program is. */
export function SettingsPage({ section }: { readonly section: SettingsSection }): ReactNode {
  const current = SECTIONS.find((one) => one.id === section);
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>Settings</h1>
          <p className="note">
            {current?.title} · {current?.fact}
          </p>
        </div>
        {current?.actions}
      </div>
      <Tabs
        className="settings"
        orientation="vertical"
        selectedKey={section}
        onSelectionChange={(key) => {
          const chosen = SECTIONS.find((one) => one.id === key);
          if (chosen !== undefined && chosen.id !== section) go({ page: "settings", section: chosen.id });
        }}
      >
        <TabList className="settings-tabs" aria-label="Settings">
          {SECTIONS.map(({ id, title }) => (
            <Tab key={id} id={id} className="settings-tab">
              {title}
            </Tab>
          ))}
        </TabList>
        {SECTIONS.map(({ id, title, content }) => (
          <TabPanel key={id} id={id} className={id === "policy" || id === "alerts" ? "settings-panel settings-panel-wide" : "settings-panel"}>
            <Guard what={`Settings, ${title}`}>{content}</Guard>
          </TabPanel>
        ))}
      </Tabs>
    </>
  );
}
