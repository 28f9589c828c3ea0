import type { ReactNode } from "react";
import type { Hello } from "../../../shared/contract/channels";
import { CopyButton, Panel } from "../../design";
import { useFleet } from "../../state/store";
import { Facts } from "./Facts";

const ELECTRON_SOURCES: Readonly<Record<Hello["electronSource"], string>> = {
  override: "given by ELECTRON_OVERRIDE_DIST_PATH",
  download: "downloaded by its own installer",
  "npm-fallback": "from an npm package",
  packaged: "part of this package",
  unknown: "origin not known",
};

/** What this program is made of. */
export function AboutSection(): ReactNode {
  const hello = useFleet((state) => state.hello);
  if (hello === null) return <p className="note">The main process has not answered yet.</p>;
  const facts = [
    { name: "Lydlr Ops", value: hello.appVersion },
    { name: "Commit", value: hello.commit },
    { name: "Electron", value: `${hello.electron}, ${ELECTRON_SOURCES[hello.electronSource]}` },
    { name: "Chromium", value: hello.chromium },
    { name: "Node", value: hello.node },
    { name: "Platform", value: hello.platform },
    { name: "Models folder", value: hello.modelsDir },
    { name: "Licence", value: "Apache-2.0. Fonts: IBM Plex, SIL Open Font License 1.1. Icons: Lucide, ISC." },
  ];
  return (
    <Panel
      title="Lydlr Ops"
      fact={<CopyButton text={facts.map((fact) => `${fact.name}: ${fact.value}`).join("\n")} />}
    >
      <p className="settings-lead">The operations desktop for fleets of edge compression nodes.</p>
      <Facts facts={facts} />
    </Panel>
  );
}
