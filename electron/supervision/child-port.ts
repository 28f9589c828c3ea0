import { parseToChild, type FromChild } from "./envelope";

/** A supervised child's line to the process that started it. */
export interface ChildPort {
  /** Sends to the parent; values must be structured-cloneable. */
  post(message: unknown): void;
  /** Sets the one listener. What came before is handed over first; from then on the child counts as started. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets what to do before leaving when the parent asks for the end; the child exits once it settled. */
  onStop(leave: () => void | Promise<void>): void;
}

/** Either kind of pipe to the parent, reduced to what is used. */
interface ParentPipe {
  send(message: FromChild): void;
  listen(listener: (message: unknown) => void): void;
}

/** How often a child looks whether its parent is still there, ms. */
const ORPHAN_CHECK_PERIOD_MS = 1_000;

/** What Electron puts on `process` in a utilityProcess; declared here so that plain Node code needs no Electron types. */
interface ElectronParentPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { readonly data: unknown }) => void): void;
}

function parentPipe(): ParentPipe {
  const parentPort = (process as { readonly parentPort?: ElectronParentPort | null }).parentPort;
  if (parentPort) {
    return {
      send(message) {
        parentPort.postMessage(message);
      },
      listen(listener) {
        parentPort.on("message", (event) => {
          listener(event.data);
        });
      },
    };
  }
  if (process.send === undefined) {
    throw new Error("this file is a child process: it must be started by its supervisor");
  }
  return {
    send(message) {
      // A parent that dies closes the channel first; the disconnect below ends this process.
      if (process.connected) process.send?.(message);
    },
    listen(listener) {
      process.on("message", listener);
      process.on("disconnect", () => {
        process.exit(0);
      });
    },
  };
}

/**
 * Ends this process once its parent has gone. The channel's end usually tells, but a killed parent
 * whose channel is held open by another process does not: then the parent's id changes.
 */
function leaveWhenOrphaned(): void {
  const parentId = process.ppid;
  setInterval(() => {
    if (process.ppid !== parentId) process.exit(0);
  }, ORPHAN_CHECK_PERIOD_MS).unref();
}

/**
 * Opens the line to the parent, in an Electron utilityProcess and in a process forked by plain Node.
 * Pings are answered here. Call it once, at the start of a child's entry file.
 */
export function childPort(): ChildPort {
  const pipe = parentPipe();
  const early: unknown[] = [];
  let listener: ((message: unknown) => void) | null = null;
  let leave: () => void | Promise<void> = () => undefined;

  pipe.listen((raw) => {
    const message = parseToChild(raw);
    if (message === null) return;
    switch (message.kind) {
      case "ping":
        pipe.send({ kind: "pong", ping: message.ping });
        return;
      case "stop":
        void Promise.resolve()
          .then(() => leave())
          .finally(() => process.exit(0));
        return;
      case "message":
        if (listener === null) early.push(message.body);
        else listener(message.body);
    }
  });
  leaveWhenOrphaned();

  return {
    post(message) {
      pipe.send({ kind: "message", body: message });
    },
    onMessage(next) {
      listener = next;
      pipe.send({ kind: "ready" });
      for (const message of early.splice(0)) next(message);
    },
    onStop(next) {
      leave = next;
    },
  };
}
