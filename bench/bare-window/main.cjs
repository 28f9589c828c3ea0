// What any Electron application pays: one sandboxed window of the same size with a static page. Benchmarks
// run it side by side with the application.
"use strict";

const { app, BrowserWindow } = require("electron");
const { join } = require("node:path");
const process = require("node:process");

app.setPath("userData", process.argv.at(-1));
app.on("window-all-closed", () => app.quit());
process.on("SIGTERM", () => app.quit());
void app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false, backgroundThrottling: false },
  });
  void window.loadFile(join(app.getAppPath(), "index.html"));
});
