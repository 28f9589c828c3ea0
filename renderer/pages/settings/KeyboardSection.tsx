import type { ReactNode } from "react";
import { Panel, Switch } from "../../design";
import { KeyTable } from "../../frame/KeyList";
import { saveSettings } from "../../state/settings";
import { useSettings } from "../../state/store";

/** Single keys on or off, and what every key does. */
export function KeyboardSection(): ReactNode {
  const { singleKeyShortcuts } = useSettings();
  return (
    <Panel title="Keyboard">
      <div className="setting">
        <Switch isOn={singleKeyShortcuts} onChange={(isOn) => void saveSettings({ singleKeyShortcuts: isOn })}>
          <span>Single-key shortcuts</span>
          <span className="note setting-under">
            Letters alone, such as R and D. They are always off in text fields; switch them off for speech input.
          </span>
        </Switch>
      </div>
      <KeyTable />
    </Panel>
  );
}
