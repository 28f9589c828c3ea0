import type { Dispose, Timers } from "../../../shared/time";
import type { Spawn } from "../../supervision/process-spawner";
import { supervise, type ProcessStatus, type Supervised } from "../../supervision/supervisor";
import { parseHostReply, type HostReply, type HostRequest } from "./protocol";

/** What a pair of hosts is made of. */
export interface HostPairOptions {
  readonly timers: Timers;
  readonly spawn: Spawn;
  /** The bundle of the host. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** The first request to a host that listens. */
  openRequest(): HostRequest;
  /** Whether a second host stands by once the first one serves. */
  readonly standby: boolean;
  /** A host serves from now on: it has joined the graph and was asked for nothing yet. */
  onServing(): void;
  /** The host that served has gone, with everything that it had been asked; the sentence says why. */
  onLost(sentence: string): void;
  /** What the serving host says. */
  onReply(reply: HostReply): void;
  /** ROS 2 does not load. */
  onFailed(message: string): void;
  /** The state of a host changed. */
  onStatus(): void;
}

/**
 * Two processes that speak ROS 2, of which one serves. The other has joined the graph and asks for nothing,
 * so that it costs next to nothing; when the serving one dies it takes over at once. A process that joins
 * anew needs up to 3 s until every node has found it (docs/decisions/021-standby.md).
 */
export interface HostPair {
  /** Sends to the serving host; false, and nothing is sent, while there is none. */
  post(request: HostRequest): boolean;
  /** The serving host first, as `ros2`; the other as `ros2-standby`. */
  statuses(): readonly ProcessStatus[];
  /** The link's state while no host serves, and why; null while one does and answers. */
  trouble(): { readonly state: "starting" | "unresponsive" | "down"; readonly sentence: string } | null;
  retry(): void;
  stop(): Promise<void>;
}

interface Host {
  readonly supervised: Supervised;
  isOpen: boolean;
  endings: readonly Dispose[];
}

/** How long after a host began to serve the other one is started: the start of the application comes first. */
const STANDBY_AFTER_MS = 1_000;

/** Starts the first host of a pair. */
export function startHostPair(options: HostPairOptions): HostPair {
  const { timers } = options;
  const hosts: Host[] = [];
  let serving: Host | null = null;
  /** It served and has gone; its end is about to be explained. */
  let lost: Host | null = null;
  let cancelStandby: Dispose = () => undefined;

  function launch(): void {
    const name = `ros2-${String(hosts.length + 1)}`;
    const supervised = supervise({ name, spawn: options.spawn, entry: options.entry, env: options.env, timers });
    const host: Host = { supervised, isOpen: false, endings: [] };
    hosts.push(host);
    host.endings = [
      supervised.port.onMessage((message) => {
        const reply = parseHostReply(message);
        if (reply !== null) hear(host, reply);
      }),
      supervised.port.onUp(() => {
        supervised.port.post(options.openRequest());
      }),
      supervised.port.onDown(() => {
        host.isOpen = false;
        if (serving !== host) return;
        serving = null;
        lost = host;
      }),
      supervised.onStatus((status) => {
        // The supervisor says that a child has gone first, and why right after.
        if (lost === host) takeOver(status.sentence);
        options.onStatus();
      }),
    ];
  }

  function takeOver(sentence: string): void {
    lost = null;
    options.onLost(sentence);
    const other = hosts.find((host) => host.isOpen);
    if (other !== undefined) serve(other);
  }

  function serve(host: Host): void {
    serving = host;
    host.supervised.port.post({ kind: "watch" } satisfies HostRequest);
    options.onServing();
    if (!options.standby || hosts.length > 1) return;
    cancelStandby();
    cancelStandby = timers.after(STANDBY_AFTER_MS, launch);
  }

  function hear(host: Host, reply: HostReply): void {
    if (reply.kind === "opened") {
      host.isOpen = true;
      if (serving === null) serve(host);
    } else if (reply.kind === "failed") {
      if (serving === null) options.onFailed(reply.message);
      // One that cannot join beside one that serves is of no use, and the next try would end the same way.
      else void host.supervised.stop();
    } else if (host === serving) {
      options.onReply(reply);
    }
  }

  launch();

  return {
    post: (request) => serving?.supervised.port.post(request) ?? false,
    statuses() {
      const first = serving ?? hosts[0];
      return hosts
        .toSorted((left, right) => Number(right === first) - Number(left === first))
        .map((host) => ({ ...host.supervised.status(), name: host === first ? "ros2" : "ros2-standby" }));
    },
    trouble() {
      if (serving !== null) {
        const { state, sentence } = serving.supervised.status();
        return state === "unresponsive" ? { state, sentence } : null;
      }
      const statuses = hosts.map((host) => host.supervised.status());
      const coming = statuses.find(({ state }) => state !== "down");
      if (coming?.state === "up") return { state: "starting", sentence: "The ROS 2 process joins the graph." };
      if (coming !== undefined) return { state: "starting", sentence: coming.sentence };
      return { state: "down", sentence: statuses[0]?.sentence ?? "The ROS 2 process was not started." };
    },
    retry() {
      for (const { supervised } of hosts) supervised.retry();
    },
    async stop() {
      cancelStandby();
      serving = null;
      for (const dispose of hosts.flatMap((host) => host.endings)) dispose();
      await Promise.all(hosts.map((host) => host.supervised.stop()));
    },
  };
}
