import { useEffect, useState, type ReactNode } from "react";
import type { DoctorReport } from "../../shared/contract/ros2-setup";
import type { Failure } from "../../shared/result";
import { CopyButton, Dialog, DialogActions, DialogBody, Problem } from "../design";
import { closeOverlay, useOverlay } from "../state/navigation";
import { request } from "../state/ops";
import "./set-up-ros2.css";

/** What was found of ROS 2, whether it loads, and what to do: the lines of `./lydlr ros2 doctor`. */
export function DoctorDialog(): ReactNode {
  const isOpen = useOverlay() === "doctor";
  return (
    <Dialog title="ROS 2 doctor" isOpen={isOpen} onClose={closeOverlay} width="wide">
      {isOpen ? <Report /> : null}
    </Dialog>
  );
}

function Report(): ReactNode {
  const [report, setReport] = useState<DoctorReport | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void request("ros2/doctor", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setReport(answer.value);
      setFailure(answer.ok ? null : answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  if (failure !== null) {
    return (
      <DialogBody>
        <Problem code={failure.code} sentence={failure.message} />
      </DialogBody>
    );
  }
  if (report === null) {
    return (
      <DialogBody>
        <p role="status">Trying whether ROS 2 loads.</p>
      </DialogBody>
    );
  }
  return (
    <>
      <DialogBody>
        <p>{report.isWell ? "ROS 2 is set up and loads." : "ROS 2 cannot be used as it is; the last line says what to do."}</p>
        <dl className="doctor-lines">
          {report.lines.map(({ what, text }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </DialogBody>
      <DialogActions>
        <CopyButton text={report.lines.map(({ what, text }) => `${what}: ${text}`).join("\n")} />
      </DialogActions>
    </>
  );
}
