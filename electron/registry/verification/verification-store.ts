import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { verificationViewSchema, type VerificationView } from "../../../shared/contract/models";
import type { Result } from "../../../shared/result";
import { writeFileAtomically } from "../../reports/atomic-file";

/** A verification that has ended. */
export type Verified = Extract<VerificationView, { state: "verified" }>;
/** A verification that refused, with its code. */
export type Refused = Extract<VerificationView, { state: "refused" }>;
/** How a verification ended. */
export type VerificationEnd = Verified | Refused;

/**
 * What was proven, by the identity of what it was proven of. Plain files, so that the command line and the
 * running application see each other's.
 */
export interface VerificationStore {
  /** Null where nothing that can be read is kept. */
  read(identity: string): Promise<VerificationEnd | null>;
  write(identity: string, end: VerificationEnd): Promise<Result<void, "FILE_WRITE_FAILED">>;
}

const IDENTITY = /^[0-9a-f]{64}$/;
const fileSchema = v.strictObject({ schemaVersion: v.literal(1), identity: v.string(), verification: verificationViewSchema });

/** Opens the store in a folder, which is made with the first write. */
export function openVerificationStore(folder: string): VerificationStore {
  const pathOf = (identity: string): string => {
    if (!IDENTITY.test(identity)) throw new Error("an identity is a SHA-256 in hexadecimal");
    return join(folder, `${identity}.json`);
  };
  return {
    async read(identity) {
      try {
        const parsed = v.safeParse(fileSchema, JSON.parse(await readFile(pathOf(identity), "utf8")));
        if (!parsed.success || parsed.output.identity !== identity) return null;
        const { verification } = parsed.output;
        return verification.state === "verified" || verification.state === "refused" ? verification : null;
      } catch {
        // Nothing kept, or nothing that is whole: then it is verified again.
        return null;
      }
    },
    async write(identity, verification) {
      const path = pathOf(identity);
      await mkdir(folder, { recursive: true }).catch(() => undefined);
      return writeFileAtomically(path, `${JSON.stringify({ schemaVersion: 1, identity, verification }, null, 2)}\n`);
    },
  };
}
