import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { domainId, rosPython } from "./graph";

/** Something that a peer printed. */
export interface PeerLine {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** A process of rclpy nodes. */
export interface Peers {
  readonly pid: number;
  readonly lines: readonly PeerLine[];
  /** Ends it as an operator would; resolves with its last line, or null where it was killed. */
  stop(): Promise<PeerLine | null>;
}

const FOLDER = join(import.meta.dirname, "..", "peers");

/** Starts `edge_node.py` with these options, and waits until its nodes are in the graph. */
export function startPeers(...options: readonly string[]): Promise<Peers> {
  return startScript("edge_node.py", options);
}

/** Starts a program of `e2e/peers`, and waits until it has printed a line. @param domain Another one than the tests' own. */
export async function startScript(name: string, options: readonly string[], domain = domainId): Promise<Peers> {
  const { program, env } = rosPython();
  const child = spawn(program, [join(FOLDER, name), ...options], {
    env: { ...env, ROS_DOMAIN_ID: String(domain) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: PeerLine[] = [];
  let rest = "";
  let complaint = "";
  const ended = once(child, "close");
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4_000);
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`the peers ended with ${String(code)}: ${complaint}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) lines.push(JSON.parse(part) as PeerLine);
      if (lines.length > 0) resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    lines,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
      return lines.findLast((line) => line.event === "published") ?? null;
    },
  };
}
