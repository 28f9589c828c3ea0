import { useState, type ReactNode } from "react";
import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import type { Failure } from "../../../shared/result";
import { Button, Problem } from "../../design";
import { say } from "../../state/announce";
import { request } from "../../state/ops";
import { takeRegistry } from "../../state/registry";

/** The names that this window sets; the command line knows more. */
const ALIASES = ["champion", "candidate"] as const;

/** Makes a version the champion or the candidate, or takes that from it: one click, undone by another. */
export function AliasEditor({ row, registry }: { readonly row: RegistryRow; readonly registry: RegistryView }): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const set = async (alias: string, version: string | null): Promise<void> => {
    const answer = await request("models/set-alias", { alias, version });
    setFailure(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    takeRegistry(answer.value);
    say(version === null ? `${row.version} is no longer ${alias}.` : `${version} is ${alias}.`);
  };
  if (registry.aliasTrouble !== null) return <span className="note">Aliases cannot be set: {registry.aliasTrouble}</span>;
  return (
    <>
      {ALIASES.map((alias) => {
        const isHeld = registry.aliases.some((held) => held.alias === alias && held.version === row.version);
        return (
          <Button key={alias} kind="quiet" onPress={() => void set(alias, isHeld ? null : row.version)}>
            {isHeld ? `No longer ${alias}` : `Make it ${alias}`}
          </Button>
        );
      })}
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
    </>
  );
}
