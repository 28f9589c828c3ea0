import { BrowserWindow, session } from "electron";
import { fail, ok, type Result } from "../../shared/result";

const SCHEME = "lydlr-report";
const ADDRESS = `${SCHEME}://page/`;

const FOOTER = `<div style="width:100%;padding:0 12mm;font:7pt sans-serif;color:#52575d;display:flex;justify-content:space-between"><span class="title"></span><span><span class="pageNumber"></span> of <span class="totalPages"></span></span></div>`;

/**
 * Prints a page as PDF in a hidden window of its own: sandboxed, without scripts, with a session that knows nothing but
 * that page. CANCELLED where `signal` is aborted, NOT_AVAILABLE where Chromium does not print it.
 */
export async function printPage(page: string, signal: AbortSignal): Promise<Result<Uint8Array>> {
  const own = session.fromPartition(`report-${crypto.randomUUID()}`, { cache: false });
  own.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: details.url !== ADDRESS });
  });
  own.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false);
  });
  own.protocol.handle(SCHEME, () => new Response(page, { headers: { "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff" } }));
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: own, sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false, webviewTag: false, spellcheck: false },
  });
  const { webContents } = window;
  const end = (): void => {
    if (!window.isDestroyed()) window.destroy();
  };
  signal.addEventListener("abort", end, { once: true });
  webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  webContents.on("will-navigate", (event) => {
    event.preventDefault();
  });
  try {
    await webContents.loadURL(ADDRESS);
    const printed = await webContents.printToPDF({ printBackground: true, preferCSSPageSize: true, displayHeaderFooter: true, headerTemplate: "<span></span>", footerTemplate: FOOTER });
    return ok(printed);
  } catch (error) {
    if (signal.aborted) return fail("CANCELLED", "The report was cancelled. Nothing was written.");
    return fail("NOT_AVAILABLE", `The report could not be printed: ${error instanceof Error ? error.message : String(error)}. Write .html instead and print it from a browser.`);
  } finally {
    signal.removeEventListener("abort", end);
    end();
    own.protocol.unhandle(SCHEME);
  }
}
