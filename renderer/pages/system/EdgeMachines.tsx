import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment, useId, useState, type ReactNode } from "react";
import type { DiagnosticView, SystemView } from "../../../shared/contract/system";
import { Button, Glyph, Panel, Tag } from "../../design";
import { countOf, formatNumber } from "../../format/number";
import { formatUtcInstant } from "../../format/time";
import { useFleet } from "../../state/store";
import { componentState, gigabytes, measuredBy, percentText } from "./words";

/** Every component that somebody tells of on /diagnostics: edge nodes and their machines, and others'. */
export function EdgeMachines({ view }: { readonly view: SystemView }): ReactNode {
  const { diagnostics, hiddenDiagnostics, stats } = view;
  const isEmbedded = useFleet(({ fleet }) => fleet?.meta.link.kind === "embedded");
  const unwell = diagnostics.filter((one) => componentState(one, stats.atMs).hue !== "none").length;
  const fact = diagnostics.length === 0 ? "/diagnostics" : `${countOf(diagnostics.length + hiddenDiagnostics, "component")} on /diagnostics, ${unwell === 0 ? "all well" : `${unwell} not well`}`;
  return (
    <Panel title="Edge machines" fact={fact} className="edge-machines">
      {diagnostics.length === 0 ? (
        <p className="edge-none">Nobody in the graph publishes /diagnostics. Edge nodes and machines that do are listed here.</p>
      ) : (
        <>
          {isEmbedded ? <p className="note edge-note">Embedded nodes share this machine: what they tell is the time that their own frames hold a core.</p> : null}
          <div className="edge-scroll" role="region" aria-label="Components" tabIndex={0}>
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">Component</th>
                  <th scope="col">Hardware</th>
                  <th scope="col">State</th>
                  <th scope="col">Says</th>
                  <th scope="col" className="numeric">
                    CPU %
                  </th>
                  <th scope="col" className="numeric">
                    Memory GB
                  </th>
                  <th scope="col" className="numeric">
                    °C
                  </th>
                  <th scope="col" className="numeric">
                    Age s
                  </th>
                </tr>
              </thead>
              <tbody>
                {diagnostics.map((one) => (
                  <ComponentRows key={`${one.hardwareId} ${one.name}`} component={one} nowMs={stats.atMs} />
                ))}
              </tbody>
            </table>
          </div>
          {hiddenDiagnostics > 0 ? <p className="note">{countOf(hiddenDiagnostics, "more component")} not listed.</p> : null}
        </>
      )}
    </Panel>
  );
}

function ComponentRows({ component, nowMs }: { readonly component: DiagnosticView; readonly nowMs: number }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const valuesId = useId();
  const { name, hardwareId, message, values, isEmbedded, receivedAtMs } = component;
  const { glyph, word, hue } = componentState(component, nowMs);
  const { cpuPercent, memoryBytes, temperatureC } = measuredBy(component);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <Fragment>
      <tr data-component={name}>
        <th scope="row">
          <span className="edge-name">
            <Button
              kind="quiet"
              size="small"
              isSquare
              className="edge-open"
              aria-expanded={isOpen}
              {...(isOpen ? { "aria-controls": valuesId } : {})}
              aria-label={`Values of ${name}`}
              onPress={() => setIsOpen(!isOpen)}
            >
              <Chevron size={16} strokeWidth={1.75} aria-hidden />
            </Button>
            <span className="truncate" title={name}>
              {name}
            </span>
          </span>
        </th>
        <td>{isEmbedded ? <Tag name="EMBEDDED" /> : <span className="truncate mono">{hardwareId === "" ? "not named" : hardwareId}</span>}</td>
        <td>
          <span className={`state hue-${hue}`}>
            <Glyph name={glyph} />
            {word}
          </span>
        </td>
        <td className="edge-says" title={message}>
          {message === "" ? "nothing" : message}
        </td>
        <td className="numeric">{cpuPercent === null ? <None /> : percentText(cpuPercent)}</td>
        <td className="numeric">{memoryBytes === null ? <None /> : gigabytes(memoryBytes)}</td>
        <td className="numeric">{temperatureC === null ? <None /> : formatNumber(temperatureC, 0)}</td>
        <td className="numeric" title={formatUtcInstant(receivedAtMs)}>
          {formatNumber(Math.max(0, nowMs - receivedAtMs) / 1_000, 1)}
        </td>
      </tr>
      {isOpen ? (
        <tr id={valuesId} className="edge-values">
          <td colSpan={8}>
            {values.length === 0 ? (
              <p className="note">It tells no values.</p>
            ) : (
              <dl className="key-values">
                {values.map(({ key, value }, index) => (
                  <div key={`${key} ${index}`}>
                    <dt className="mono">{key}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            )}
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}

/** Not told by this component; never 0. */
function None(): ReactNode {
  return (
    <span className="note">
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">not reported</span>
    </span>
  );
}
