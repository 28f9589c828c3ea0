import { contextBridge, ipcRenderer, webUtils } from "electron";
import type { OpsBridge, PushName, RequestName } from "../shared/contract/channels";

/**
 * The whole bridge. Only names of the table pass, written out here so that this script stays a few
 * lines without the schemas; the types keep the lists complete.
 */
const REQUEST_NAMES: Readonly<Record<RequestName, true>> = {
  "app/hello": true,
  "app/seen-first-start": true,
  "app/copy-text": true,
  "settings/change": true,
  "fleet/snapshot": true,
  "fleet/deploy": true,
  "fleet/rollback": true,
  "fleet/deployment-status": true,
  "fleet/malformed": true,
  "node/performance": true,
  "node/history": true,
  "node/series": true,
  "node/export-csv": true,
  "models/list": true,
  "ros2/set-up": true,
  "ros2/cancel-set-up": true,
  "ros2/set-up-state": true,
  "ros2/doctor": true,
  "app/relaunch": true,
  "comparison/start": true,
  "comparison/cancel": true,
  "comparison/state": true,
  "comparison/frame": true,
  "comparison/choose-images": true,
  "comparison/export": true,
  "models/registry": true,
  "models/verify": true,
  "models/import": true,
  "models/choose-import": true,
  "models/set-alias": true,
  "rollouts/list": true,
  "rollouts/preview": true,
  "rollouts/start": true,
  "rollouts/pause": true,
  "rollouts/resume": true,
  "rollouts/abort": true,
  "rollouts/evidence": true,
  "abtests/list": true,
  "abtests/preview": true,
  "abtests/start": true,
  "abtests/stop": true,
  "abtests/view": true,
  "abtests/traces": true,
  "abtests/promotion": true,
  "abtests/promote": true,
  "abtests/reproduce": true,
  "abtests/export": true,
  "node/judgement": true,
  "decision/inspect": true,
  "quarantine/list": true,
  "quarantine/lift": true,
  "policy/current": true,
  "policy/preview": true,
  "policy/curve": true,
  "policy/save": true,
  "policy/history": true,
  "policy/import": true,
  "policy/export": true,
  "selftest/run": true,
  "system/now": true,
  "system/summary": true,
  "system/series": true,
  "system/export": true,
  "reports/survey": true,
  "reports/state": true,
  "reports/write": true,
  "reports/cancel": true,
  "reports/show": true,
  "history/status": true,
  "history/retain": true,
  "history/range": true,
  "history/check": true,
  "history/backup": true,
  "history/export": true,
  "history/cancel": true,
  "alerts/list": true,
  "alerts/acknowledge": true,
  "alerts/silence": true,
  "alerts/end-silence": true,
  "alerts/rules": true,
  "alerts/save-rules": true,
  "timeline/view": true,
  "timeline/events": true,
  "timeline/what-ran": true,
  "faults/list": true,
  "faults/set": true,
  "link/retry": true,
  "process/retry": true,
  "events/recent": true,
};

const PUSH_NAMES: Readonly<Record<PushName, true>> = {
  "push/snapshot": true,
  "push/settings": true,
  "push/window-command": true,
  "push/comparison": true,
  "push/ros2-set-up": true,
  "push/policy": true,
  "push/selftest": true,
  "push/system": true,
  "push/history": true,
  "push/alerts": true,
  "push/open-alert": true,
  "push/rollouts": true,
  "push/abtest": true,
  "push/models": true,
  "push/report": true,
};

const bridge: OpsBridge = {
  invoke(name, body) {
    if (!Object.hasOwn(REQUEST_NAMES, name)) return Promise.reject(new Error(`no request ${name}`));
    return ipcRenderer.invoke(name, body);
  },
  subscribe(name, listener) {
    if (!Object.hasOwn(PUSH_NAMES, name)) throw new Error(`no push ${name}`);
    const onPush = (_event: unknown, body: unknown): void => {
      try {
        listener(body);
      } finally {
        if (name === "push/snapshot") ipcRenderer.send("push/acknowledged");
      }
    };
    ipcRenderer.on(name, onPush);
    if (name === "push/snapshot") ipcRenderer.send("push/acknowledged");
    return () => {
      ipcRenderer.off(name, onPush);
    };
  },
  filePath: (file) => webUtils.getPathForFile(file as File),
};

contextBridge.exposeInMainWorld("ops", bridge);
