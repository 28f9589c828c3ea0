import { fail } from "../../shared/result";
import type { MODEL_REQUESTS } from "../../shared/contract/models";
import type { RequestHandlers } from "../ipc/answer";
import type { ModelDesk } from "../registry/model-desk";

/** Answers the window's requests about the registry. */
export function modelHandlers(registry: ModelDesk): Pick<RequestHandlers, keyof typeof MODEL_REQUESTS> {
  return {
    "models/registry": () => registry.view(),
    "models/set-alias": ({ alias, version }) => registry.setAlias(alias, version),
    "models/verify": () => fail("NOT_AVAILABLE", "Verification comes with the next commit."),
    "models/import": () => fail("NOT_AVAILABLE", "Import comes with the next commit."),
    "models/choose-import": () => fail("NOT_AVAILABLE", "Import comes with the next commit."),
  };
}
