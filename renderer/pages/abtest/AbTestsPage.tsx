import { CirclePlay } from "lucide-react";
import type { ReactNode } from "react";
import type { AbTestSummary } from "../../../shared/contract/abtest";
import { ArmTag, Button, Glyph, Problem, VersionTag } from "../../design";
import { countOf, nameOf } from "../../format/number";
import { formatDuration, formatMoment, formatUtcInstant } from "../../format/time";
import { go } from "../../state/navigation";
import { readAbTests, useAbTests, useAbTestsFailure } from "../../state/abtests";
import { useFleet, useSettings } from "../../state/store";
import { openSetup } from "./desk";
import { intervalText, signedDifference, unitAfter } from "./metric-texts";
import { isOpen, nodesText, numberOf, stateWord, VERDICT_GLYPHS, VERDICT_WORDS, winnerOf } from "./words";
import "./abtest.css";

/** Which test runs, and what did the others find? */
export function AbTestsPage(): ReactNode {
  const tests = useAbTests();
  const failure = useAbTestsFailure();
  return (
    <>
      <div className="page-head">
        <div className="page-head-title">
          <h1>A/B tests</h1>
          <p className="note">{tests === null ? "reading the journal" : facts(tests)}</p>
        </div>
        <Button kind="primary" onPress={() => openSetup(null)}>
          <CirclePlay size={16} strokeWidth={1.75} aria-hidden />
          Set up a test…
        </Button>
      </div>
      <div className="page-scroll ab-scroll">
        {failure === null ? null : (
          <Problem
            code={failure.code}
            sentence={failure.message}
            actions={
              <Button kind="outline" size="small" onPress={() => void readAbTests()}>
                Read again
              </Button>
            }
          />
        )}
        {tests === null ? null : tests.length === 0 ? <Empty /> : <History tests={tests} />}
      </div>
    </>
  );
}

function facts(tests: readonly AbTestSummary[]): string {
  const open = tests.filter(isOpen).length;
  return `${countOf(tests.length, "test")} on this fleet · ${open === 0 ? "none running" : `${open} running`}`;
}

function Empty(): ReactNode {
  return (
    <div className="panel empty-panel">
      <h2>No versions were tested against each other on this fleet.</h2>
      <p>
        A test runs two versions on the same nodes, exchanged in blocks, and says which one is better only when it is: you may look at any moment, as often as you like. It ends by itself and
        puts back what ran before.
      </p>
    </div>
  );
}

function History({ tests }: { readonly tests: readonly AbTestSummary[] }): ReactNode {
  return (
    <div className="panel ab-history" role="region" aria-label="Tests, newest first" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Test</th>
            <th scope="col">Versions</th>
            <th scope="col">Verdict</th>
            <th scope="col">Effect, B − A</th>
            <th scope="col">Nodes</th>
            <th scope="col">Started</th>
            <th scope="col" className="numeric">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {tests.map((test) => (
            <HistoryRow key={test.testId} test={test} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HistoryRow({ test }: { readonly test: AbTestSummary }): ReactNode {
  const { clock } = useSettings();
  const { testId, versionA, versionB, verdict, state, primary, effect, low, high, startedAtMs, endedAtMs, actor } = test;
  // The day alone matters: a row must not be drawn again at every tick.
  const nowMs = useFleet(({ fleet }) => Math.floor((fleet?.meta.atMs ?? startedAtMs) / 60_000) * 60_000);
  const winner = winnerOf(verdict.kind);
  return (
    <tr data-test-id={testId} data-state={state}>
      <td>
        <Button kind="outline" size="small" onPress={() => go({ page: "abtests", view: "test", testId })}>
          Open test {numberOf(testId)}
        </Button>
      </td>
      <td>
        <span className="ab-versions">
          <ArmTag side="a" />
          <VersionTag version={versionA} />
          <ArmTag side="b" />
          <VersionTag version={versionB} />
        </span>
      </td>
      <td className="ab-history-verdict" title={verdict.sentence}>
        <span className={`state hue-${verdict.kind === "harmful" ? "high" : "none"}`}>
          {winner === null ? <Glyph name={VERDICT_GLYPHS[verdict.kind]} /> : <ArmTag side={winner} />}
          {VERDICT_WORDS[verdict.kind]}
        </span>
        <span className="note truncate">{isOpen(test) ? (stateWord(state) ?? "running") : verdict.sentence}</span>
      </td>
      <td>
        {effect === null || low === null || high === null ? (
          <span className="note">none</span>
        ) : (
          <>
            {nameOf(primary).toLowerCase()} {signedDifference(primary, effect)}
            {unitAfter(primary)} <span className="note">{intervalText(primary, low, high)}</span>
          </>
        )}
      </td>
      <td className="ab-history-nodes truncate" title={[...test.nodesA, ...test.nodesB].join(", ")}>
        {nodesText(test)}
      </td>
      <td title={formatUtcInstant(startedAtMs)}>
        {formatMoment(startedAtMs, nowMs, clock)} <span className="note">by {actor}</span>
      </td>
      <td className="numeric">{endedAtMs === null ? "running" : formatDuration(endedAtMs - startedAtMs)}</td>
    </tr>
  );
}
