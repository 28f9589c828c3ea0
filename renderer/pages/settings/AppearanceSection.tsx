import type { ReactNode } from "react";
import { Panel, Segmented } from "../../design";
import { saveSettings } from "../../state/settings";
import { useSettings } from "../../state/store";

/** Theme, clock and the view of the fleet; each change holds at once. */
export function AppearanceSection(): ReactNode {
  const settings = useSettings();
  return (
    <Panel title="Appearance" fact="each change holds at once">
      <div className="setting">
        <div>
          <h3>Theme</h3>
          <p className="note">System follows the desktop, and changes with it.</p>
        </div>
        <Segmented
          label="Theme"
          value={settings.theme}
          segments={[
            { value: "system", label: "System" },
            { value: "dark", label: "Dark" },
            { value: "light", label: "Light" },
          ]}
          onChange={(theme) => void saveSettings({ theme })}
        />
      </div>
      <div className="setting">
        <div>
          <h3>Clock</h3>
          <p className="note">24 hours. Tooltips and exports are always UTC.</p>
        </div>
        <Segmented
          label="Clock"
          value={settings.clock}
          segments={[
            { value: "local", label: "Local" },
            { value: "utc", label: "UTC" },
          ]}
          onChange={(clock) => void saveSettings({ clock })}
        />
      </div>
      <div className="setting">
        <div>
          <h3>View of the fleet</h3>
          <p className="note">Auto: cards up to 12 nodes, table to 60, matrix beyond.</p>
        </div>
        <Segmented
          label="View of the fleet"
          value={settings.fleetView}
          segments={[
            { value: "auto", label: "Auto" },
            { value: "cards", label: "Cards" },
            { value: "table", label: "Table" },
            { value: "matrix", label: "Matrix" },
          ]}
          onChange={(fleetView) => void saveSettings({ fleetView })}
        />
      </div>
    </Panel>
  );
}
