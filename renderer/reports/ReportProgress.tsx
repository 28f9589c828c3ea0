import type { ReactNode } from "react";
import type { ReportView } from "../../shared/contract/reports";
import { Button, CopyButton, Problem } from "../design";
import { countOf, formatBytes } from "../format/number";
import { request } from "../state/ops";

/** How far the report is, with its end at one click; then where it lies, or why there is none. */
export function ReportProgress({ view }: { readonly view: ReportView }): ReactNode {
  switch (view.phase) {
    case "none":
      return null;
    case "writing":
      return <Writing view={view} />;
    case "done":
      return <Done view={view} />;
    case "failed":
      return view.code === "CANCELLED" ? (
        <p className="note" role="status">
          Cancelled: nothing of <span className="mono">{view.path}</span> was kept.
        </p>
      ) : (
        <Problem code={view.code} sentence={view.sentence} />
      );
  }
}

function Writing({ view }: { readonly view: Extract<ReportView, { phase: "writing" }> }): ReactNode {
  const percent = Math.floor(view.share * 100);
  return (
    <section className="report-progress" aria-label="The report that is written">
      <div className="progress-bar" role="progressbar" aria-label="Written" aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={`${percent} %`}>
        <span style={{ width: `${percent}%` }} />
      </div>
      <div className="report-line">
        <span className="note">
          {percent} %, <span className="mono report-path">{view.path}</span>
          {view.isFromCommandLine ? ", asked for by ./lydlr ctl" : ""}
        </span>
        <Button kind="outline" size="small" onPress={() => void request("reports/cancel", {})}>
          Cancel the report
        </Button>
      </div>
    </section>
  );
}

function Done({ view }: { readonly view: Extract<ReportView, { phase: "done" }> }): ReactNode {
  const { path, samples, events, bytes } = view.file;
  return (
    <section className="report-progress" aria-label="The report that was written">
      <p role="status">
        {countOf(samples, "sample")} and {countOf(events, "event")}, {formatBytes(bytes)}, written to <span className="mono report-path selectable">{path}</span>
        {view.isFromCommandLine ? " by ./lydlr ctl" : ""}.
      </p>
      <div className="report-line report-line-start">
        <Button kind="outline" size="small" onPress={() => void request("reports/show", {})}>
          Show in folder
        </Button>
        <CopyButton text={path} />
      </div>
    </section>
  );
}
