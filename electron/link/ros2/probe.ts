import { fail, ok, type Result } from "../../../shared/result";
import type { Dispose, Timers } from "../../../shared/time";
import { lastWords } from "../../supervision/bounded-log";
import type { FromChild, ToChild } from "../../supervision/envelope";
import { parseFromChild } from "../../supervision/envelope";
import type { Spawn } from "../../supervision/process-spawner";
import { parseHostReply, type HostReply, type HostRequest } from "./protocol";

/** What a host that loaded says. */
export type ProbedHost = Omit<Extract<HostReply, { kind: "opened" }>, "kind"> & { readonly tookMs: number };

/** What is tried. */
export interface Probe {
  readonly spawn: Spawn;
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rclnodejs: string;
  readonly addon: string;
  readonly timers: Timers;
  /** After so long it counts as not loading. Default 15 000 ms. */
  readonly limitMs?: number;
}

/**
 * Tries in a process of its own whether ROS 2 loads and lets a node join the graph, once.
 * @returns NOT_AVAILABLE with what the loader or the process said.
 */
export function probeHost(probe: Probe): Promise<Result<ProbedHost, "NOT_AVAILABLE">> {
  const { timers } = probe;
  const startedMs = timers.monotonicMs();
  return new Promise((resolve) => {
    const child = probe.spawn(probe.entry, { name: "ros2", env: probe.env });
    const endings: Dispose[] = [];
    const send = (message: ToChild): void => {
      child.post(message);
    };
    const settle = (result: Result<ProbedHost, "NOT_AVAILABLE">): void => {
      for (const dispose of endings.splice(0)) dispose();
      child.kill();
      resolve(result);
    };
    const refuse = (why: string): void => {
      const words = lastWords(child.recentOutput());
      settle(fail("NOT_AVAILABLE", words === null ? why : `${why} (${words})`));
    };
    const limitMs = probe.limitMs ?? 15_000;
    endings.push(
      timers.after(limitMs, () => {
        refuse(`ROS 2 did not load within ${String(limitMs / 1000)} s.`);
      }),
      child.onExit((exit) => {
        refuse(`The process that loads ROS 2 ended: ${exit.error ?? exit.signal ?? `exit code ${String(exit.code)}`}.`);
      }),
      child.onMessage((raw) => {
        const message: FromChild | null = parseFromChild(raw);
        if (message?.kind === "ready") {
          const open: HostRequest = { kind: "open", rclnodejs: probe.rclnodejs, addon: probe.addon, nodeName: "lydlr_ops_probe" };
          send({ kind: "message", body: open });
        }
        const reply = message?.kind === "message" ? parseHostReply(message.body) : null;
        if (reply?.kind === "failed") settle(fail("NOT_AVAILABLE", reply.message));
        if (reply?.kind === "opened") {
          const { rmw, rclnodejs, domainId } = reply;
          settle(ok({ rmw, rclnodejs, domainId, tookMs: Math.round(timers.monotonicMs() - startedMs) }));
        }
      }),
    );
  });
}
