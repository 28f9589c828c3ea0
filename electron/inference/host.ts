/**
 * The inference process: runs the models and the whole codec beside them, so that one message carries a
 * sensor frame in and bytes with their measurements out. It may die at any time; its supervisor starts it
 * again.
 */
import { readModel } from "../registry/registry";
import { childPort } from "../supervision/child-port";
import { createInferenceEngine } from "./engine";
import { openModel } from "./onnx-session";
import { collectGarbage, keepYoungSpaceSmall } from "./process-memory";

keepYoungSpaceSmall();
const port = childPort();
const engine = createInferenceEngine({
  readModel,
  openModel,
  nowMs: () => performance.now(),
  rssBytes: () => process.memoryUsage.rss(),
  reclaim: collectGarbage,
  post: (reply) => {
    port.post(reply);
  },
});
port.onMessage((message) => {
  engine.receive(message);
});
