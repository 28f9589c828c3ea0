/**
 * The inference process: runs the models and the whole codec beside them, so that one message carries a
 * sensor frame in and bytes with their measurements out. It may die at any time; its supervisor starts it
 * again.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readModel } from "../registry/registry";
import { childPort } from "../supervision/child-port";
import { createInferenceEngine } from "./engine";
import { openModel } from "./onnx-session";

/** The engine's own collector, which a process of this application may call though it was started without a flag. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  return typeof collect === "function" ? () => void collect() : () => undefined;
}

const port = childPort();
const engine = createInferenceEngine({
  readModel,
  openModel,
  nowMs: () => performance.now(),
  rssBytes: () => process.memoryUsage.rss(),
  collectGarbage: garbageCollector(),
  post: (reply) => {
    port.post(reply);
  },
});
port.onMessage((message) => {
  engine.receive(message);
});
