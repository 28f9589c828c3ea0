import { appendFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parseModelVersion } from "../../shared/fleet/ids";
import { ok } from "../../shared/result";
import { fakeFleet } from "../link/embedded/fake-fleet";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import type { Link } from "../link/port";
import { systemTimers } from "../time/system-timers";
import { Operations } from "./operations";

/**
 * A program of the tests alone: the engine on an embedded node, in real time, that kills itself with SIGKILL
 * at a given point of a command. Journal and link are wrapped from outside; the engine knows nothing of it.
 */

/** What the test passes as the first argument, in JSON. */
export const crashOptionsSchema = v.object({
  folder: v.string(),
  /** What the node runs when this begins. */
  runs: v.string(),
  requestId: v.string(),
  /** `before` or `after`, and the event whose commit or the word `publish`; null: it is not killed. */
  crashAt: v.nullable(v.string()),
});

/** What the test passes. */
export type CrashOptions = v.InferOutput<typeof crashOptionsSchema>;

function dieAt(point: string, crashAt: string | null): void {
  if (point === crashAt) process.kill(process.pid, "SIGKILL");
}

function crashingJournal(journal: Journal, crashAt: string | null): Journal {
  const { append } = journal;
  journal.append = (entries) => {
    for (const { event } of entries) dieAt(`before ${event}`, crashAt);
    const written = append.call(journal, entries);
    for (const { event } of entries) dieAt(`after ${event}`, crashAt);
    return written;
  };
  return journal;
}

function crashingLink(link: Link, folder: string, crashAt: string | null): Link {
  const { publish } = link;
  link.publish = async (message) => {
    dieAt("before publish", crashAt);
    const published = publish.call(link, message);
    appendFileSync(join(folder, "wire.log"), "1.1.0\n");
    dieAt("after publish", crashAt);
    return published;
  };
  return link;
}

async function main(): Promise<void> {
  const { folder, runs, requestId, crashAt } = v.parse(crashOptionsSchema, JSON.parse(process.argv[2] ?? ""));
  const version = parseModelVersion(runs);
  if (!version.ok) throw new Error(version.error.message);
  const fleet = fakeFleet(systemTimers, { nodes: 1, initialVersion: version.value });
  const operations = new Operations({
    link: crashingLink(fleet.link, folder, crashAt),
    journal: crashingJournal(openJournal({ path: join(folder, "journal.db"), clock: systemTimers }), crashAt),
    timers: systemTimers,
    processes: () => [],
    shelf: { isDrill: () => false, check: () => Promise.resolve(ok(undefined)) },
  });
  await operations.start();
  let isAsked = false;
  operations.onSnapshot(({ nodes: [node] }) => {
    if (node?.liveness !== "live") return;
    if (!isAsked && node.modelVersion !== null) {
      isAsked = true;
      // The operator clicks once; a second run asks again with the same request, as a script does that got no answer.
      void operations.deployModel({ nodeId: node.nodeId, version: "1.1.0", expectedVersion: node.modelVersion, requestId }).then((answer) => {
        process.stdout.write(`${JSON.stringify({ answer: answer.ok ? answer.value.commandId : answer.error.code })}\n`);
      });
    }
    const { command } = node;
    const hasEndedNow = command !== null && ["verified", "unconfirmed", "failed", "inconsistent"].includes(command.phase);
    if (!hasEndedNow) return;
    process.stdout.write(`${JSON.stringify({ command: command.commandId, phase: command.phase, sentence: command.sentence })}\n`, () => process.exit(0));
  });
}

void main();
