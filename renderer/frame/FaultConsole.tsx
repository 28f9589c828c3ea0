import { useEffect, useState, type ReactNode } from "react";
import type { FaultKind, FaultView } from "../../shared/contract/channels";
import type { Failure, Result } from "../../shared/result";
import { Button, Dialog, DialogBody, Problem, Select, Slider, Switch, Tag } from "../design";
import { formatNumber } from "../format/number";
import { readSelectedId } from "../pages/fleet/desk";
import { compareIds } from "../pages/fleet/order";
import { closeOverlay, readPlace, useOverlay } from "../state/navigation";
import { request } from "../state/ops";
import { useFleet, useNodeIds } from "../state/store";
import "./faults.css";

/** One fault as the console offers it. */
interface FaultControl {
  readonly fault: FaultKind;
  readonly name: string;
  /** What it does to the node, for real. */
  readonly effect: string;
  /** Null for a fault that is on or off. */
  readonly range: { readonly min: number; readonly max: number; readonly step: number; readonly first: number } | null;
  readonly levelText: (level: number) => string;
}

const CONTROLS: readonly FaultControl[] = [
  {
    fault: "slow-cpu",
    name: "Slow CPU",
    effect: "Each encode takes longer, by real work.",
    range: { min: 2, max: 20, step: 1, first: 4 },
    levelText: (level) => `${formatNumber(level, 0)} times slower`,
  },
  {
    fault: "lossy-link",
    name: "Lossy link",
    effect: "Messages of the node are lost on their way.",
    range: { min: 0.05, max: 1, step: 0.05, first: 0.3 },
    levelText: (level) => `${formatNumber(level * 100, 0)} % lost`,
  },
  {
    fault: "noisy-camera",
    name: "Noisy camera",
    effect: "Noise on the picture: harder to compress.",
    range: { min: 5, max: 80, step: 5, first: 40 },
    levelText: (level) => `sigma ${formatNumber(level, 0)} grey levels`,
  },
  { fault: "silent", name: "Silent node", effect: "It says nothing: stale, then lost, after the policy's times.", range: null, levelText: () => "on" },
  { fault: "no-metrics", name: "No metrics", effect: "Heartbeats go on, metrics stop.", range: null, levelText: () => "on" },
  {
    fault: "crash",
    name: "Crash and restart",
    effect: "It dies now and comes back.",
    range: { min: 1, max: 60, step: 1, first: 10 },
    levelText: (level) => `back after ${formatNumber(level, 0)} s`,
  },
  { fault: "nan-metrics", name: "NaN metrics", effect: "Its metrics are no numbers: counted as malformed.", range: null, levelText: () => "on" },
];

/** Breaks nodes of the embedded fleet on purpose; F9. */
export function FaultConsole(): ReactNode {
  const isOpen = useOverlay() === "faults";
  return (
    <Dialog title="Fault console" isOpen={isOpen} onClose={closeOverlay} width="side">
      {isOpen ? <Faults /> : null}
    </Dialog>
  );
}

function Faults(): ReactNode {
  const kind = useFleet((state) => state.fleet?.meta.link.kind);
  const nodeIds = [...useNodeIds()].sort(compareIds);
  const [chosenId, setChosenId] = useState<string | null>(() => {
    const place = readPlace();
    return place.page === "node" ? place.nodeId : readSelectedId();
  });
  const [faults, setFaults] = useState<readonly FaultView[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);

  const take = (answer: Result<readonly FaultView[]>): void => {
    if (answer.ok) setFaults(answer.value);
    setFailure(answer.ok ? null : answer.error);
  };
  useEffect(() => {
    if (kind !== "embedded") return;
    let isCurrent = true;
    void request("faults/list", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setFaults(answer.value);
      else setFailure(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, [kind]);

  if (kind !== "embedded") {
    return (
      <DialogBody>
        <Problem code="NOT_EMBEDDED" sentence="Only nodes of the embedded fleet can be broken from here." />
      </DialogBody>
    );
  }
  const nodeId = chosenId !== null && nodeIds.includes(chosenId) ? chosenId : nodeIds[0];
  const set = (target: string, fault: FaultKind, level: number): void => {
    void request("faults/set", { nodeId: target, fault, level }).then(take);
  };
  const allOff = async (): Promise<void> => {
    for (const fault of faults) take(await request("faults/set", { nodeId: fault.nodeId, fault: fault.fault, level: 0 }));
  };
  return (
    <DialogBody>
      <p className="faults-intro">
        <Tag name="EMBEDDED" /> Faults are real: slower encodes, lost messages, noisy frames. What the window shows is
        what the nodes then measure.
      </p>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {nodeId === undefined ? (
        <p>No node has joined yet.</p>
      ) : (
        <>
          <div className="faults-head">
            <Select
              label="Node"
              prefix="Node:"
              value={nodeId}
              choices={nodeIds.map((id) => ({ value: id, label: `${id}${suffixOf(faults, id)}` }))}
              onChange={setChosenId}
            />
            {/* Never disabled: a button that disables itself under the focus takes the keyboard with it. */}
            <Button kind="outline" onPress={() => void allOff()}>
              All off
            </Button>
            <span className="note">{faults.length === 0 ? "no fault is on" : `${faults.length} on, whole fleet`}</span>
          </div>
          <div className="faults">
            {CONTROLS.map((control) => (
              <FaultRow
                key={`${nodeId} ${control.fault}`}
                control={control}
                level={faults.find((one) => one.nodeId === nodeId && one.fault === control.fault)?.level ?? 0}
                onSet={(level) => set(nodeId, control.fault, level)}
              />
            ))}
          </div>
        </>
      )}
    </DialogBody>
  );
}

function suffixOf(faults: readonly FaultView[], nodeId: string): string {
  const count = faults.filter((fault) => fault.nodeId === nodeId).length;
  return count === 0 ? "" : ` (${count} on)`;
}

function FaultRow(props: {
  readonly control: FaultControl;
  readonly level: number;
  readonly onSet: (level: number) => void;
}): ReactNode {
  const { control, level, onSet } = props;
  const { range } = control;
  const [dragged, setDragged] = useState<number | null>(null);
  const isOn = level > 0;
  const shown = dragged ?? (isOn ? level : (range?.first ?? 1));
  return (
    <div className="fault" data-fault={control.fault} data-on={isOn ? "" : undefined}>
      <Switch isOn={isOn} onChange={(turnOn) => onSet(turnOn ? shown : 0)}>
        <span className="fault-name">{control.name}</span>
        <span className="fault-effect">{control.effect}</span>
      </Switch>
      {range === null ? null : (
        <Slider
          label={`${control.name}, level`}
          value={shown}
          minValue={range.min}
          maxValue={range.max}
          step={range.step}
          valueText={control.levelText(shown)}
          onChange={setDragged}
          onChangeEnd={(value) => {
            if (isOn) onSet(value);
          }}
        />
      )}
    </div>
  );
}
