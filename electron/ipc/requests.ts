import { ipcMain, type IpcMainInvokeEvent } from "electron";
import { REQUESTS, type RequestName } from "../../shared/contract/channels";
import { answer, type RequestHandlers } from "./answer";

/** What the door needs to know. */
export interface Door {
  /** Whether a message comes from the main frame of the application's own window. */
  isTrusted(event: IpcMainInvokeEvent): boolean;
  /** Told of everything that should not happen: a foreign sender, a body off its schema, a bug. */
  onTrouble(sentence: string): void;
}

/** Opens the door for every request of the table. */
export function registerRequests(handlers: RequestHandlers, door: Door): void {
  for (const name of Object.keys(REQUESTS) as RequestName[]) {
    ipcMain.handle(name, (event, body: unknown) =>
      answer(name, body, door.isTrusted(event), handlers, (sentence) => {
        door.onTrouble(sentence);
      }),
    );
  }
}
