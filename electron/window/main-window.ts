import { BrowserWindow, nativeTheme, screen } from "electron";
import * as v from "valibot";
import type { Settings } from "../../shared/contract/settings";
import { APP_ORIGIN } from "./app-files";

const boundsSchema = v.object({
  x: v.number(),
  y: v.number(),
  width: v.pipe(v.number(), v.minValue(400)),
  height: v.pipe(v.number(), v.minValue(300)),
  maximized: v.boolean(),
  zoom: v.pipe(v.number(), v.minValue(-3), v.maxValue(5)),
});
type Bounds = v.InferOutput<typeof boundsSchema>;

/** surface-0 of both themes, so that nothing flashes before the first paint. */
const CANVAS = { dark: "#0f1114", light: "#e3e5e7" } as const;

/** Where the window's place is remembered. */
export interface WindowMemory {
  read(): string | null;
  write(text: string): void;
}

/** What the window is made of. */
export interface WindowParts {
  readonly preload: string;
  readonly memory: WindowMemory;
  /** Added to the window's address, e.g. `?measure=1`. */
  readonly query: string;
}

/** Sets the theme of menus, dialogs and the window's background. */
export function applyTheme(theme: Settings["theme"]): void {
  nativeTheme.themeSource = theme;
}

function remembered(memory: WindowMemory): Bounds | null {
  const text = memory.read();
  if (text === null) return null;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), boundsSchema), text);
  if (!parsed.success) return null;
  const { x, y, width, height } = parsed.output;
  const isOnScreen = screen.getAllDisplays().some(({ workArea }) => {
    const overlapX = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
    const overlapY = Math.min(y + height, workArea.y + workArea.height) - Math.max(y, workArea.y);
    return overlapX > 100 && overlapY > 100;
  });
  return isOnScreen ? parsed.output : null;
}

/**
 * Makes the one window: sandboxed, isolated, without Node, that can go nowhere, open nothing and is
 * granted nothing.
 */
export function openMainWindow(parts: WindowParts): BrowserWindow {
  const bounds = remembered(parts.memory);
  const window = new BrowserWindow({
    width: bounds?.width ?? 1280,
    height: bounds?.height ?? 800,
    ...(bounds === null ? {} : { x: bounds.x, y: bounds.y }),
    minWidth: 800,
    minHeight: 560,
    title: "Lydlr Ops",
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? CANVAS.dark : CANVAS.light,
    webPreferences: {
      preload: parts.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      // Live data must not freeze because another window covers this one.
      backgroundThrottling: false,
    },
  });
  if (bounds?.maximized === true) window.maximize();
  const { webContents } = window;
  webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  webContents.on("will-navigate", (event) => {
    event.preventDefault();
  });
  webContents.on("will-attach-webview", (event) => {
    event.preventDefault();
  });
  webContents.session.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false);
  });
  webContents.session.setPermissionCheckHandler(() => false);
  webContents.session.setDevicePermissionHandler(() => false);
  webContents.once("did-finish-load", () => {
    if (bounds !== null) webContents.setZoomLevel(bounds.zoom);
  });
  window.on("close", () => {
    const { x, y, width, height } = window.getNormalBounds();
    const state: Bounds = { x, y, width, height, maximized: window.isMaximized(), zoom: webContents.getZoomLevel() };
    parts.memory.write(JSON.stringify(state));
  });
  void window.loadURL(`${APP_ORIGIN}/index.html${parts.query}`);
  return window;
}
