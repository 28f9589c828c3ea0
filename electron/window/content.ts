import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { protocol, type Session } from "electron";
import { APP_SCHEME, CONTENT_SECURITY_POLICY, fileOf, MEDIA_TYPES } from "./app-files";

/** Must run before the application is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false, codeCache: true } },
  ]);
}

/** Serves the window's files from `root` with the content security policy on every answer. */
export function serveApp(session: Session, root: string): void {
  session.protocol.handle(APP_SCHEME, async (request) => {
    const file = fileOf(request.url, root);
    const type = file === null ? undefined : MEDIA_TYPES[extname(file)];
    if (file === null || type === undefined) return new Response("not found", { status: 404 });
    try {
      const headers = {
        "content-type": type,
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
      };
      return new Response(await readFile(file), { headers });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
}
