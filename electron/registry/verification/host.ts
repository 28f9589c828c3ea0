/**
 * The process that verifies one model and then ends. It has a model inside that nobody trusts yet: it may
 * hang, crash or eat memory, and its parent ends it. It never serves the fleet.
 */
import { setPriority } from "node:os";
import { childPort } from "../../supervision/child-port";
import { runChecks } from "./checks";
import { parseVerifierTask } from "./protocol";

/** Behind everything that the fleet needs; alone on a core it makes no difference. */
const LOW_PRIORITY = 10;

try {
  setPriority(LOW_PRIORITY);
} catch {
  // Some sandboxes forbid it; the checks are the same, only less polite.
}

const port = childPort();
port.onMessage((message) => {
  const task = parseVerifierTask(message);
  if (task === null) {
    port.post({ kind: "refused", code: "BAD_REQUEST", message: "The verifier got a task that it does not know." });
    return;
  }
  void runChecks(task, {
    nowMs: () => performance.now(),
    report: (report) => {
      port.post(report);
    },
  });
});
