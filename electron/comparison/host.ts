/**
 * The process that compares: one comparison, from opening two versions to its last picture. It is not the
 * one that serves the fleet, it stands behind it for the processor, and it may be ended at any moment.
 */
import { constants, setPriority } from "node:os";
import { openModel } from "../inference/onnx-session";
import { readModel } from "../registry/registry";
import { childPort } from "../supervision/child-port";
import { createAttendant } from "./attendant";
import { processorMs } from "./processor-time";
import { loadReferenceCodecs } from "./reference-codecs";

try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A system that does not let a process step back runs it like the others.
}

const port = childPort();
const attendant = createAttendant({
  readModel,
  openModel,
  loadReferences: loadReferenceCodecs,
  processorMs,
  wallMs: () => performance.now(),
  post: (reply) => {
    port.post(reply);
  },
  breathe: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
});
port.onMessage((message) => {
  attendant.receive(message);
});
