import type { Dispose, Timers } from "../../shared/time";
import { lastWords } from "./bounded-log";
import { parseFromChild, type ToChild } from "./envelope";
import { listeners } from "./listeners";
import type { ChildExit, ChildHandle, Spawn } from "./process-spawner";

/** A supervised process as the window shows it. */
export interface ProcessStatus {
  readonly name: string;
  /** `backing-off`: it ended and is started again after a pause; `down`: given up, or stopped on purpose. */
  readonly state: "starting" | "up" | "unresponsive" | "backing-off" | "down";
  /** Wall time since when the state holds, Unix ms. */
  readonly sinceMs: number;
  /** Restarts since the supervision began. */
  readonly restarts: number;
  readonly pid: number | null;
  /** One sentence: what is the case and, when it is bad, why. */
  readonly sentence: string;
}

/** The line to whatever child runs now. It outlives every child. */
export interface SupervisedPort {
  /** Sends to the child; false, and nothing is sent, while no child is up. */
  post(message: unknown): boolean;
  onMessage(listener: (message: unknown) => void): Dispose;
  /** A child listens now. Called at once, too, when one does already. */
  onUp(listener: () => void): Dispose;
  /** The child that was up has gone; what it had been asked is lost. */
  onDown(listener: () => void): Dispose;
}

/** The pauses before the restarts in a row: none before the first, then doubling. */
export interface BackOff {
  readonly secondMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

/** What is supervised and how strictly. */
export interface SupervisionOptions {
  readonly name: string;
  readonly spawn: Spawn;
  /** Path of the child's JavaScript file, which opens `childPort()`. */
  readonly entry: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timers: Timers;
  /** A child that does not listen after this long is ended. Default 15 000 ms. */
  readonly startTimeoutMs?: number;
  /** Between two pings; one missed answer is `unresponsive`, two end the child. Default 2 000 ms. */
  readonly heartbeatPeriodMs?: number;
  /** Restarts in a row before giving up. Default 5. */
  readonly maxRestarts?: number;
  readonly backOff?: BackOff;
  /** A child up for this long has recovered: restarts count from zero again. Default 60 000 ms. */
  readonly recoveredAfterMs?: number;
  /** How long a child may take to leave when it is asked to. Default 1 000 ms. */
  readonly stopTimeoutMs?: number;
}

/** One process under supervision. */
export interface Supervised {
  status(): ProcessStatus;
  onStatus(listener: (status: ProcessStatus) => void): Dispose;
  readonly port: SupervisedPort;
  /** Starts again after `down`, and at once while backing off. Otherwise does nothing. */
  retry(): void;
  /** Asks the child to leave, ends it when it does not, and stays down. */
  stop(): Promise<void>;
}

const DEFAULT_BACK_OFF: BackOff = { secondMs: 500, factor: 2, longestMs: 8_000 };

/** The child of the moment; events of one that was replaced are not listened to. */
interface Running {
  readonly handle: ChildHandle;
  readonly release: Dispose;
}

function describeExit(exit: ChildExit): string {
  if (exit.error !== null) return `could not be started: ${exit.error}`;
  if (exit.signal !== null) return `was ended by ${exit.signal}`;
  return `ended with code ${String(exit.code)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toLocaleString("en-US", { maximumFractionDigits: 1 })} s`;
}

/**
 * Starts a process and keeps it running: start time-out, heartbeat in two stages, restarts with
 * exponential back-off, and an end to restarting when it helps nothing.
 */
export function supervise(options: SupervisionOptions): Supervised {
  const { name, timers } = options;
  const startTimeoutMs = options.startTimeoutMs ?? 15_000;
  const heartbeatPeriodMs = options.heartbeatPeriodMs ?? 2_000;
  const maxRestarts = options.maxRestarts ?? 5;
  const backOff = options.backOff ?? DEFAULT_BACK_OFF;
  const recoveredAfterMs = options.recoveredAfterMs ?? 60_000;
  const stopTimeoutMs = options.stopTimeoutMs ?? 1_000;

  const statusListeners = listeners<ProcessStatus>();
  const messageListeners = listeners<unknown>();
  const upListeners = listeners<null>();
  const downListeners = listeners<null>();

  let running: Running | null = null;
  let listening = false;
  let restartsInRow = 0;
  let restarts = 0;
  let stopping = false;
  let stopped: Promise<void> | null = null;
  let cancelTimer: Dispose = () => undefined;
  let cancelRecovery: Dispose = () => undefined;
  let lastPing = 0;
  let lastPong = 0;
  let missedPings = 0;
  let status: ProcessStatus = statusOf("starting", `${name} is starting.`);

  function statusOf(state: ProcessStatus["state"], sentence: string): ProcessStatus {
    return { name, state, sinceMs: timers.wallMs(), restarts, pid: running?.handle.pid() ?? null, sentence };
  }

  function enter(state: ProcessStatus["state"], sentence: string): void {
    status = statusOf(state, sentence);
    statusListeners.tell(status);
  }

  function send(message: ToChild): void {
    running?.handle.post(message);
  }

  /** Lets go of the child: its timers end, and its late events are nobody's any more. */
  function letGo(): void {
    cancelTimer();
    cancelRecovery();
    running?.release();
    running = null;
    if (listening) {
      listening = false;
      downListeners.tell(null);
    }
  }

  function start(): void {
    let handle: ChildHandle;
    try {
      handle = options.spawn(options.entry, { name, env: options.env ?? {} });
    } catch (error) {
      // Spawning throws where the system is out of processes or files: a case of the field, not a bug.
      ended(`could not be started: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const releaseMessages = handle.onMessage(receive);
    const releaseExit = handle.onExit((exit) => {
      const words = lastWords(handle.recentOutput());
      ended(words === null ? describeExit(exit) : `${describeExit(exit)} ("${words}")`);
    });
    running = {
      handle,
      release() {
        releaseMessages();
        releaseExit();
      },
    };
    enter("starting", restarts === 0 ? `${name} is starting.` : `${name} is starting again.`);
    awaitReady();
  }

  function awaitReady(): void {
    const dueMs = timers.monotonicMs() + startTimeoutMs;
    cancelTimer = timers.after(startTimeoutMs, () => {
      // Late by so much: the machine slept, and the child with it.
      if (timers.monotonicMs() - dueMs > heartbeatPeriodMs) awaitReady();
      else replace(`did not start within ${seconds(startTimeoutMs)}`);
    });
  }

  function receive(raw: unknown): void {
    const message = parseFromChild(raw);
    if (message === null) return;
    switch (message.kind) {
      case "ready":
        if (!listening) comeUp();
        return;
      case "pong":
        lastPong = Math.max(lastPong, message.ping);
        if (status.state === "unresponsive") {
          missedPings = 0;
          enter("up", `${name} answers again.`);
        }
        return;
      case "message":
        messageListeners.tell(message.body);
    }
  }

  function comeUp(): void {
    cancelTimer();
    listening = true;
    missedPings = 0;
    enter("up", `${name} is up.`);
    cancelRecovery = timers.after(recoveredAfterMs, () => {
      restartsInRow = 0;
    });
    ping();
    upListeners.tell(null);
  }

  function ping(): void {
    lastPing += 1;
    const dueMs = timers.monotonicMs() + heartbeatPeriodMs;
    cancelTimer = timers.after(heartbeatPeriodMs, () => {
      judgePing(timers.monotonicMs() - dueMs);
    });
    send({ kind: "ping", ping: lastPing });
  }

  /** @param lateMs How late this very judgement is: when we slept, the child slept too, and nothing is proven. */
  function judgePing(lateMs: number): void {
    if (lastPong >= lastPing || lateMs > heartbeatPeriodMs) {
      missedPings = 0;
      ping();
      return;
    }
    missedPings += 1;
    if (missedPings >= 2) {
      replace(`did not answer for ${seconds(2 * heartbeatPeriodMs)}`);
      return;
    }
    enter("unresponsive", `${name} has not answered for ${seconds(heartbeatPeriodMs)}.`);
    ping();
  }

  function replace(reason: string): void {
    const handle = running?.handle;
    letGo();
    handle?.kill();
    restartAfter(reason);
  }

  function ended(reason: string): void {
    letGo();
    restartAfter(reason);
  }

  function restartAfter(reason: string): void {
    if (stopping) return;
    if (restartsInRow >= maxRestarts) {
      const tries = `it was restarted ${String(restartsInRow)} times in a row and is left down`;
      enter("down", `${name} ${reason}; ${tries}. Retry starts it again.`);
      return;
    }
    const pauseMs =
      restartsInRow === 0 ? 0 : Math.min(backOff.longestMs, backOff.secondMs * backOff.factor ** (restartsInRow - 1));
    restartsInRow += 1;
    restarts += 1;
    const when = pauseMs === 0 ? "at once" : `in ${seconds(pauseMs)}`;
    enter("backing-off", `${name} ${reason}; restart ${String(restartsInRow)} of ${String(maxRestarts)} follows ${when}.`);
    cancelTimer = timers.after(pauseMs, start);
  }

  async function end(): Promise<void> {
    stopping = true;
    cancelTimer();
    cancelRecovery();
    const leaving = running;
    if (leaving !== null) {
      await new Promise<void>((resolve) => {
        const cancel = timers.after(stopTimeoutMs, () => {
          leaving.handle.kill();
          resolve();
        });
        leaving.handle.onExit(() => {
          cancel();
          resolve();
        });
        send({ kind: "stop" });
      });
    }
    letGo();
    enter("down", `${name} was stopped.`);
  }

  start();

  return {
    status: () => (running === null ? status : { ...status, pid: running.handle.pid() }),
    onStatus: statusListeners.add,
    port: {
      post(message) {
        if (!listening) return false;
        send({ kind: "message", body: message });
        return true;
      },
      onMessage: messageListeners.add,
      onUp(listener) {
        const dispose = upListeners.add(listener);
        if (listening) listener();
        return dispose;
      },
      onDown: downListeners.add,
    },
    retry() {
      if (stopping || (status.state !== "down" && status.state !== "backing-off")) return;
      cancelTimer();
      restartsInRow = 0;
      restarts += status.state === "down" ? 1 : 0;
      start();
    },
    stop() {
      stopped ??= end();
      return stopped;
    },
  };
}
