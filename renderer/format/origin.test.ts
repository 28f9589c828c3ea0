import { describe, expect, it } from "vitest";
import type { EventView } from "../../shared/contract/snapshot";
import { byText, originText } from "./origin";

function by(event: string, actor: EventView["actor"], requestId?: string): string {
  return byText({ event, actor, detail: requestId === undefined ? {} : { requestId } });
}

describe("where a command came from", () => {
  it("is said at its request and at every step after it", () => {
    expect(by("deploy-requested", "operator", "ctl-4711")).toBe("operator, ./lydlr ctl");
    expect(by("deploy-acknowledged", "node", "ctl-4711")).toBe("node, for ./lydlr ctl");
    expect(by("deploy-requested", "operator", "window-0001")).toBe("operator, window");
    expect(by("deploy-sent", "engine", "window-0001")).toBe("engine");
    expect(by("rollback-requested", "policy", "policy-0001")).toBe("policy");
    expect(by("deploy-requested", "operator", "r-0004-node_3-1")).toBe("roll-out r-0004");
    expect(by("deploy-verified", "engine", "ab-0002-node_3-1")).toBe("engine, for A/B test ab-0002");
  });

  it("is the actor alone of everything that is no command", () => {
    expect(by("policy-changed", "operator", "ctl-1")).toBe("operator");
    expect(by("deploy-refused", "engine")).toBe("engine");
  });

  it("has words that stand behind a command", () => {
    expect([{ kind: "operator" } as const, { kind: "ctl" } as const, { kind: "policy" } as const, { kind: "rollout", rolloutId: "r-0004" } as const].map(originText)).toEqual(["from the window", "by ./lydlr ctl", "by policy", "by roll-out r-0004"]);
  });
});
