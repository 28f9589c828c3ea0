import { closeSync, openSync, readSync } from "node:fs";
import { fail, ok, type Result } from "../../shared/result";

const CHUNK_BYTES = 1 << 20;
const LINE_FEED = 10;

/**
 * Hands over a file line by line without holding it in memory; a day of fifty nodes is a gigabyte.
 * @param onLine gets each line without its end, and its number from 1.
 * @returns FILE_READ_FAILED when the file cannot be opened or read to its end.
 */
export function eachLine(path: string, onLine: (line: string, number: number) => void): Result<number> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return fail("FILE_READ_FAILED", `The file ${path} could not be opened.`);
  }
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  const handOver = (bytes: Buffer): void => {
    let from = 0;
    const text = bytes.toString("utf8");
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      number += 1;
      onLine(text.slice(from, end), number);
      from = end + 1;
    }
  };
  try {
    for (let size = readSync(file, chunk, 0, CHUNK_BYTES, null); size > 0; size = readSync(file, chunk, 0, CHUNK_BYTES, null)) {
      const read = chunk.subarray(0, size);
      const lastEnd = read.lastIndexOf(LINE_FEED);
      if (lastEnd < 0) {
        rest = Buffer.concat([rest, read]);
        continue;
      }
      // Cut at a line's end, so that no character of several bytes is cut in two.
      handOver(Buffer.concat([rest, read.subarray(0, lastEnd + 1)]));
      rest = Buffer.from(read.subarray(lastEnd + 1));
    }
    if (rest.length > 0) handOver(Buffer.concat([rest, Buffer.of(LINE_FEED)]));
  } catch {
    return fail("FILE_READ_FAILED", `The file ${path} could not be read to its end.`);
  } finally {
    closeSync(file);
  }
  return ok(number);
}
