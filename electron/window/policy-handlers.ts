import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dialog, type BrowserWindow } from "electron";
import { parsePolicy } from "../../shared/policy/policy";
import { fail, ok, type Result } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";
import type { Operations } from "../operations/operations";
import type { PolicyCostDesk } from "../policy-cost/desk";
import { writeFileAtomically } from "../reports/atomic-file";

type PolicyRequests = Pick<RequestHandlers, "policy/current" | "policy/preview" | "policy/curve" | "policy/save" | "policy/history" | "policy/import" | "policy/export">;

/** A policy is small; a larger file is something else. */
const LARGEST_POLICY_BYTES = 1_000_000;
const FILTERS = [{ name: "Policy", extensions: ["json"] }];

async function readPolicy(path: string): Promise<Result<{ path: string; policy: Parameters<Operations["changePolicy"]>[0]["policy"] }>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return fail("FILE_READ_FAILED", `The policy ${path} could not be read.`);
  }
  if (text.length > LARGEST_POLICY_BYTES) return fail("BAD_POLICY", `${path} is too large for a policy.`);
  try {
    const parsed = parsePolicy(JSON.parse(text));
    return parsed.ok ? ok({ path, policy: parsed.value }) : parsed;
  } catch {
    return fail("BAD_POLICY", `The policy ${path} is no JSON.`);
  }
}

/** Answers the window's requests about the policy. */
export function policyHandlers(operations: Operations, cost: PolicyCostDesk, window: () => BrowserWindow | null): PolicyRequests {
  return {
    "policy/current": () => ok(operations.policy.current()),
    "policy/preview": ({ policy }) => cost.preview(policy, operations.snapshot().nodes.length),
    "policy/curve": ({ policy }) => cost.curve(policy, operations.snapshot().nodes.length),
    "policy/save": (body) => operations.changePolicy({ ...body, by: userInfo().username, via: "window" }),
    "policy/history": () => ok([...operations.policy.history()]),
    "policy/import": async () => {
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file in.");
      const chosen = await dialog.showOpenDialog(parent, { title: "Import a policy", filters: FILTERS, properties: ["openFile"] });
      const [path] = chosen.filePaths;
      return chosen.canceled || path === undefined ? fail("CANCELLED", "Nothing was imported.") : readPolicy(path);
    },
    "policy/export": async () => {
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
      const { policy, revision } = operations.policy.current();
      const chosen = await dialog.showSaveDialog(parent, { title: "Export the policy", defaultPath: `policy-${revision}.json`, filters: FILTERS });
      if (chosen.canceled || chosen.filePath === "") return fail("CANCELLED", "Nothing was exported.");
      const written = await writeFileAtomically(chosen.filePath, `${JSON.stringify(policy, null, 2)}\n`);
      return written.ok ? ok({ path: chosen.filePath }) : written;
    },
  };
}
