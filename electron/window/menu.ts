import { app, Menu, type MenuItemConstructorOptions } from "electron";
import type { WindowCommand } from "../../shared/contract/channels";

/** Sets the application's menu. `send` asks the window to do what only it can. */
export function installMenu(send: (command: WindowCommand) => void): void {
  const item = (label: string, command: WindowCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      send(command);
    },
  });
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === "darwin" ? [{ role: "appMenu" } as const] : []),
    {
      label: "&File",
      submenu: [
        item("Write a report…", "open-report"),
        item("Settings", "go-settings", "CmdOrCtrl+,"),
        { type: "separator" },
        process.platform === "darwin" ? { role: "close" } : { role: "quit" },
      ],
    },
    { role: "editMenu" },
    {
      label: "&View",
      submenu: [
        item("Fleet", "go-fleet"),
        item("Roll-outs", "go-rollouts"),
        item("A/B tests", "go-abtests"),
        item("Models", "go-models"),
        item("System", "go-system"),
        item("Alerts", "go-alerts"),
        item("Timeline", "go-timeline"),
        item("Search or run…", "open-palette"),
        item("Fault console", "open-faults"),
        { type: "separator" },
        item("Switch light and dark", "toggle-theme"),
        { role: "resetZoom" },
        { role: "zoomIn" },
        // Ctrl+= is what the + key sends without Shift on many layouts.
        { role: "zoomIn", accelerator: "CmdOrCtrl+=", visible: false },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
        ...(app.isPackaged ? [] : [{ type: "separator" } as const, { role: "reload" } as const, { role: "toggleDevTools" } as const]),
      ],
    },
    { role: "windowMenu" },
    { label: "&Help", submenu: [item("Keyboard shortcuts", "open-keys"), item("About Lydlr Ops", "go-about")] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
