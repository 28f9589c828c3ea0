import { ipcMain, type IpcMainEvent, type WebContents } from "electron";
import type { PushBody, PushName } from "../../shared/contract/channels";
import type { Snapshot } from "../../shared/contract/snapshot";
import { AcknowledgedPush } from "./acknowledged-push";

/** Which channel the preload script acknowledges a push on. */
export const ACKNOWLEDGE_CHANNEL = "push/acknowledged";

/** The pushes to one window. */
export interface Pushes {
  snapshot(snapshot: Snapshot): void;
  send<Name extends Exclude<PushName, "push/snapshot">>(name: Name, body: PushBody<Name>): void;
  dispose(): void;
}

/** Opens the pushes to a window's contents: snapshots one at a time with the newest winning, the rest at once. */
export function openPushes(contents: WebContents): Pushes {
  const post = (name: PushName, body: unknown): void => {
    if (!contents.isDestroyed()) contents.send(name, body);
  };
  const snapshots = new AcknowledgedPush<Snapshot>((snapshot) => {
    post("push/snapshot", snapshot);
  });
  const onAcknowledged = (event: IpcMainEvent): void => {
    if (event.sender === contents) snapshots.acknowledge();
  };
  const onReload = (): void => {
    snapshots.reset();
  };
  ipcMain.on(ACKNOWLEDGE_CHANNEL, onAcknowledged);
  contents.on("did-start-loading", onReload);
  return {
    snapshot(snapshot) {
      snapshots.push(snapshot);
    },
    send(name, body) {
      post(name, body);
    },
    dispose() {
      ipcMain.off(ACKNOWLEDGE_CHANNEL, onAcknowledged);
      if (!contents.isDestroyed()) contents.off("did-start-loading", onReload);
    },
  };
}
