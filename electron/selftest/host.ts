/**
 * The process that computes the self-test: single cases take up to a second, for which the main process must
 * not stand still. It computes everything once, tells each value, and leaves.
 */
import { constants, setPriority } from "node:os";
import { runCase } from "../../shared/judge/selftest/case";
import { selftestGroups } from "../../shared/judge/selftest/selftest";
import { childPort } from "../supervision/child-port";
import type { SelftestReply } from "./protocol";

try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A system that does not let a process step back runs it like the others.
}

const port = childPort();
const post = (reply: SelftestReply): void => {
  port.post(reply);
};

async function computeAll(): Promise<void> {
  const groups = selftestGroups();
  const total = groups.reduce((sum, { cases }) => sum + cases.length, 0);
  const beganMs = performance.now();
  for (const { title, cases } of groups) {
    for (const one of cases) {
      post({ kind: "row", total, row: { group: title, ...runCase(one) } });
      // Between two cases the parent's pings are answered.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
  post({ kind: "done", tookMs: performance.now() - beganMs });
}

port.onMessage(() => void computeAll());
