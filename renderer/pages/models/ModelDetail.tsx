import { GitCompareArrows, ShieldCheck } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { RegistryRow, RegistryView, VerificationView } from "../../../shared/contract/models";
import type { Failure } from "../../../shared/result";
import { openDeploy } from "../../commands/desk";
import { Button, CopyButton, Glyph, Problem, Tag, VersionTag } from "../../design";
import { countOf, formatBytes, formatNumber } from "../../format/number";
import { formatClock, formatUtcInstant } from "../../format/time";
import { go } from "../../state/navigation";
import { request } from "../../state/ops";
import { readRegistry } from "../../state/registry";
import { useSettings } from "../../state/store";
import { AliasEditor } from "./AliasEditor";
import { chooseVersions, comparableRows, firstChoice } from "./desk";
import { AliasHistory, RunHistory } from "./ModelHistory";
import { verificationWord } from "./verification-words";

/** One entry of the registry: what it is, what is proven of it, where it ran, and what can be done with it. */
export function ModelDetail({ row, registry }: { readonly row: RegistryRow; readonly registry: RegistryView }): ReactNode {
  return (
    <section className="inspector panel model-detail" aria-label={`Selected: ${row.version}`}>
      <header className="card-head">
        <VersionTag version={row.version} />
        {row.drill ? <Tag name="DRILL" /> : null}
        <h2 className="truncate model-detail-title">{row.family}</h2>
        <span className="inspector-hint note">selected row</span>
      </header>
      <p className="inspector-sentence">{row.description === "" ? "It does not describe itself." : row.description}</p>
      <div className="model-columns">
        <div>
          <h3>What is proven</h3>
          <Proof row={row} />
        </div>
        <div>
          <h3>Where it ran, since the start</h3>
          <RunHistory version={row.version} />
          <h3>Aliases</h3>
          <AliasHistory version={row.version} registry={registry} />
        </div>
        <div>
          <h3>What it is</h3>
          <Facts row={row} />
        </div>
      </div>
      <Actions row={row} registry={registry} />
    </section>
  );
}

function Proof({ row }: { readonly row: RegistryRow }): ReactNode {
  const { code, sentence } = verificationWord(row);
  const { verification } = row;
  // What failed is said above with its code; here stands what was proven.
  const checks = "checks" in verification ? verification.checks.filter((check) => check.passed || code === null) : [];
  return (
    <>
      {code === null ? <p>{sentence}</p> : <Problem code={code} sentence={sentence} />}
      {"atMs" in verification ? <VerifiedAt verification={verification} /> : null}
      <ul className="model-checks">
        {checks.map((check) => (
          <li key={check.step}>
            <span className={check.passed ? "hue-none" : "hue-high"}>
              <Glyph name={check.passed ? "verified" : "failing"} />
            </span>
            <span>
              <span className="visually-hidden">{check.passed ? "passed: " : "failed: "}</span>
              {check.sentence}
            </span>
          </li>
        ))}
      </ul>
      <Benchmark verification={verification} />
      {row.can.length + row.cannot.length === 0 ? null : (
        <ul className="model-can">
          {row.can.map((text) => (
            <li key={text}>{text}</li>
          ))}
          {row.cannot.map((text) => (
            <li key={text} className="inspector-quiet">
              {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function VerifiedAt({ verification }: { readonly verification: Extract<VerificationView, { atMs: number }> }): ReactNode {
  const { clock } = useSettings();
  return (
    <p className="note" title={formatUtcInstant(verification.atMs)}>
      looked at {formatClock(verification.atMs, clock).slice(0, 5)}, in {formatNumber(verification.durationMs / 1_000, 1)} s
    </p>
  );
}

function Benchmark({ verification }: { readonly verification: VerificationView }): ReactNode {
  if (verification.state !== "verified" || verification.benchmark.length === 0) return null;
  return (
    <table className="model-benchmark">
      <caption className="visually-hidden">Measured on this machine when it was verified</caption>
      <thead>
        <tr>
          {["Level", "Ratio", "MS-SSIM", "Encode p95"].map((name) => (
            <th key={name} scope="col" className={name === "Level" ? undefined : "numeric"}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {verification.benchmark.map((line) => (
          <tr key={line.level ?? "only"}>
            <th scope="row">
              {line.level ?? "only"}
              {line.isDefault ? <span className="note"> default</span> : null}
            </th>
            <td className="numeric">{line.ratio === null ? "none" : formatNumber(line.ratio, 1)}</td>
            <td className="numeric">{line.msSsim === null ? "none" : formatNumber(line.msSsim, 3)}</td>
            <td className="numeric">{formatNumber(line.encodeP95Ms, 1)} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts({ row }: { readonly row: RegistryRow }): ReactNode {
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Levels", row.levels.length === 0 ? "none" : `${row.levels.join(", ")}, ${row.defaultLevel === null ? "no default" : `default ${row.defaultLevel}`}`],
    ["Quantiser", row.quantiser ?? "not said"],
    ["Training", row.training ?? "not said"],
    ["Intended use", row.intendedUse ?? "not said"],
    ["Licence", row.licence ?? "not said"],
    ["Files", `${countOf(row.files.length, "file")}, ${formatBytes(row.bytes)}`],
  ];
  return (
    <>
      <dl className="model-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {row.hash === null ? null : (
        <p className="model-full-hash">
          <code>{row.hash}</code>
          <CopyButton text={row.hash} />
        </p>
      )}
    </>
  );
}

function Actions({ row, registry }: { readonly row: RegistryRow; readonly registry: RegistryView }): ReactNode {
  const { deployable } = row;
  return (
    <footer className="inspector-foot">
      <CompareButton row={row} registry={registry} />
      {deployable.ok ? (
        <Button kind="outline" onPress={() => openDeploy({ nodeId: null, version: row.version })}>
          Deploy {row.version}…
        </Button>
      ) : null}
      {row.kind === "checkpoint" ? null : <VerifyButton row={row} />}
      {row.kind === "model" && deployable.ok ? <AliasEditor row={row} registry={registry} /> : null}
    </footer>
  );
}

function CompareButton({ row, registry }: { readonly row: RegistryRow; readonly registry: RegistryView }): ReactNode {
  if (row.kind !== "model" || !row.deployable.ok) return null;
  const others = comparableRows(registry).filter((other) => other.version !== row.version);
  const first = firstChoice({ ...registry, rows: [...others] }, []);
  const other = first?.a ?? others[0]?.version;
  if (other === undefined) return null;
  return (
    <Button
      kind="outline"
      onPress={() => {
        chooseVersions(other, row.version);
        go({ page: "models", view: "compare" });
      }}
    >
      <GitCompareArrows size={16} strokeWidth={1.75} aria-hidden />
      Compare with {other}
    </Button>
  );
}

/** Verifies again; what was found comes back as the row's proof. */
function VerifyButton({ row }: { readonly row: RegistryRow }): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const isRunning = row.verification.state === "running";
  const verify = async (): Promise<void> => {
    setFailure(null);
    const answer = await request("models/verify", { key: row.key });
    if (!answer.ok) setFailure(answer.error);
    await readRegistry();
  };
  return (
    <>
      <Button kind="quiet" isPending={isRunning} onPress={() => void verify()}>
        <ShieldCheck size={16} strokeWidth={1.75} aria-hidden />
        {isRunning ? "Verifying" : row.verification.state === "never" ? "Verify" : "Verify again"}
      </Button>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
    </>
  );
}
