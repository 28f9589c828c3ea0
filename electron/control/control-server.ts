import { chmodSync, lstatSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import * as v from "valibot";
import { CONTROL_REQUESTS, controlCallSchema, type ControlAnswer, type ControlName, type ControlReply } from "../../shared/contract/control";
import { fail, ok, type Result } from "../../shared/result";
import { jsonLines } from "./json-lines";
import type { ControlHandlers, TellProgress, TellShare } from "./control-handlers";

/** Commands that may be connected at once; a script that forgets to hang up must not exhaust the application. */
const MOST_CONNECTIONS = 32;
/** Only its user may read and write the socket. */
const OWNER_ONLY = 0o600;

/** An open socket. */
export interface ControlServer {
  readonly path: string;
  /** Hangs up, and takes the socket away. */
  close(): Promise<void>;
}

/** What a socket is opened with. */
export interface ControlServerParts {
  readonly path: string;
  readonly handlers: ControlHandlers;
  /** Told of a bug; the caller got INTERNAL. */
  onTrouble(sentence: string): void;
}

/**
 * Opens the socket that `./lydlr ctl` talks to. A socket that a killed application left is replaced.
 * @returns NOT_AVAILABLE where another application answers there, or the folder does not let a socket be made.
 */
export async function openControlServer(parts: ControlServerParts): Promise<Result<ControlServer>> {
  const { path } = parts;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve(socket, parts);
  });
  server.maxConnections = MOST_CONNECTIONS;
  let listening = await listen(server, path);
  if (!listening.ok && (await isLeftBehind(path))) {
    rmSync(path, { force: true });
    listening = await listen(server, path);
  }
  if (!listening.ok) return listening;
  return ok({
    path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  });
}

function listen(server: Server, path: string): Promise<Result<void>> {
  return new Promise((resolve) => {
    const onError = (error: Error): void => {
      resolve(fail("NOT_AVAILABLE", `The control socket ${path} cannot be opened: ${error.message}.`));
    };
    server.once("error", onError);
    // Bound under a mask, so that it is nobody else's for not even a moment.
    const before = process.umask(0o177);
    server.listen(path, () => {
      server.off("error", onError);
      if (process.platform !== "win32") chmodSync(path, OWNER_ONLY);
      resolve(ok(undefined));
    });
    process.umask(before);
  });
}

/** Whether nobody answers at a socket that is there. A file of another kind is not ours to take away. */
function isLeftBehind(path: string): Promise<boolean> {
  if (!isSocket(path)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED");
    });
  });
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket();
  } catch {
    // It is not there, or its folder is none.
    return false;
  }
}

function serve(socket: Socket, { handlers, onTrouble }: ControlServerParts): void {
  const gone = new AbortController();
  const send = (answer: ControlAnswer): void => {
    if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
  };
  const refuse = (code: string, message: string): void => {
    send({ type: "failure", code, message });
  };
  socket.on("close", () => {
    gone.abort();
  });
  // A command that is ended while it is answered is no fault of ours.
  socket.on("error", () => socket.destroy());
  const take = jsonLines(
    (line) => {
      const call = v.safeParse(controlCallSchema, line);
      if (!call.success) {
        refuse("BAD_REQUEST", `A line of the socket: ${call.issues[0].message}.`);
        return;
      }
      void answerCall(call.output.request, call.output.body, handlers, (command) => send({ type: "progress", command }), gone.signal, onTrouble, (share) => send({ type: "share", share })).then((answered) => {
        if (answered.ok) send({ type: "reply", value: answered.value });
        else refuse(answered.error.code, answered.error.message);
      });
    },
    () => {
      refuse("BAD_REQUEST", "A line of the socket is too long.");
      socket.end();
    },
  );
  socket.on("data", take);
}

async function answerCall<Name extends ControlName>(
  name: Name,
  body: unknown,
  handlers: ControlHandlers,
  tell: TellProgress,
  gone: AbortSignal,
  onTrouble: (sentence: string) => void,
  tellShare: TellShare,
): Promise<Result<ControlReply<Name>>> {
  const parsed = v.safeParse(CONTROL_REQUESTS[name].body, body);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return fail("BAD_REQUEST", `${name}: ${v.getDotPath(issue) ?? "body"}: ${issue.message}.`);
  }
  try {
    return await handlers[name](parsed.output, tell, gone, tellShare);
  } catch (error) {
    onTrouble(`ctl ${name} threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return fail("INTERNAL", `${name} failed by a fault of this application. It was logged.`);
  }
}
