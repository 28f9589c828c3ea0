import { useEffect, useState, type ReactNode } from "react";
import { go, readPlace } from "../../state/navigation";
import { readRegistry, useRegistry } from "../../state/registry";
import { importPaths } from "./import-desk";
import "./models.css";

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") === true;
}

/**
 * Files dropped anywhere on the window are imported into the registry; while they hover, the window says so.
 * The preload tells a dropped file's path, and only that of a file that was really dropped.
 */
export function DropImport(): ReactNode {
  const [isOver, setIsOver] = useState(false);
  const importDir = useRegistry()?.importDir;
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // Leaving one element for another inside the window is not leaving the window.
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setIsOver(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      const paths = [...(event.dataTransfer?.files ?? [])].map((file) => window.ops.filePath(file));
      const place = readPlace();
      if (place.page !== "models" || place.view !== "list") go({ page: "models", view: "list" });
      void importPaths(paths);
    };
    window.addEventListener("dragover", onOver);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("drop", onDrop);
    return () => {
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("drop", onDrop);
    };
  }, []);
  useEffect(() => {
    if (isOver && importDir === undefined) void readRegistry();
  }, [isOver, importDir]);
  if (!isOver) return null;
  return (
    <div className="drop-target" role="status">
      <p className="drop-sentence">Drop to import into the registry</p>
      <p className="note">{importDir === undefined ? "a bundle's folder or archive" : `it goes to ${importDir}, after it was checked`}</p>
    </div>
  );
}
