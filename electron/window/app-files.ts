import { join, normalize, sep } from "node:path";

/** The scheme and origin that the window's own files are served under. */
export const APP_SCHEME = "lydlr";
export const APP_ORIGIN = `${APP_SCHEME}://app`;

/** Nothing but the window's own files; no inline script or style, no connection anywhere. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The kinds of files that are served; any other is not found. */
export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".map": "application/json",
};

/** The file that a URL of the scheme names, or null for anything outside of `root`. */
export function fileOf(url: string, root: string): string | null {
  const { host, pathname } = new URL(url);
  if (host !== "app") return null;
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes("\0")) return null;
  const file = normalize(join(root, path === "/" ? "index.html" : path));
  return file.startsWith(root + sep) ? file : null;
}
