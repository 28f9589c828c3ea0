import { join } from "node:path";

/** Where imports lie in a data folder. */
export const importDirOf = (dataDir: string): string => join(dataDir, "models");

/** Where what was proven of versions lies in a data folder. */
export const proofsDirOf = (dataDir: string): string => join(dataDir, "verifications");
