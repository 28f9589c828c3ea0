import { mkdir, open, rename } from "node:fs/promises";

/** A file that is being written. */
export interface FileInProgress {
  /** Writes all of the bytes, or rejects. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once what was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What an import does to a disk. A full one may say no at each of these: every method may reject with a system error. */
export interface ImportDisk {
  /** Makes a folder, and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Makes a file that is not there yet. */
  create(path: string): Promise<FileInProgress>;
  rename(from: string, to: string): Promise<void>;
  /** Resolves once the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

/** The disk of this machine. */
export const SYSTEM_DISK: ImportDisk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async create(path) {
    const file = await open(path, "wx", 0o644);
    return {
      // `write` may write less than it is given, as on a disk that is just filling up; this goes on until all is written.
      write: (bytes) => file.appendFile(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename,
  async syncFolder(path) {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

/** Why the system did not do something, for a sentence: its code, and in words where an operator can act on it. */
export function systemReason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (!("code" in thrown)) return thrown.message;
  const code = String(thrown.code);
  return code === "ENOSPC" ? "ENOSPC: the disk is full" : code === "EDQUOT" ? "EDQUOT: the quota is used up" : code;
}
