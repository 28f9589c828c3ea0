import { closeSync, openSync, readSync } from "node:fs";
import { fail, ok, type Result } from "../../shared/result";

const CHUNK_BYTES = 1 << 20;
const LINE_FEED = 10;

/**
 * Hands over a file line by line without holding it in memory; a day of fifty nodes is a gigabyte.
 * @param onLine gets bytes in which a line lies from `from` to before `end`, without its line feed, and its number from 1.
 * The bytes are good until it returns.
 * @returns FILE_READ_FAILED when the file cannot be opened or read to its end.
 */
export function eachLine(path: string, onLine: (bytes: Buffer, from: number, end: number, number: number) => void): Result<number> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return fail("FILE_READ_FAILED", `The file ${path} could not be opened.`);
  }
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  const handOver = (bytes: Buffer, size: number): void => {
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0 && end < size; end = bytes.indexOf(LINE_FEED, from)) {
      number += 1;
      onLine(bytes, from, end, number);
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
      if (rest.length === 0) handOver(read, lastEnd + 1);
      else handOver(Buffer.concat([rest, read.subarray(0, lastEnd + 1)]), rest.length + lastEnd + 1);
      rest = Buffer.from(read.subarray(lastEnd + 1));
    }
    if (rest.length > 0) handOver(Buffer.concat([rest, Buffer.of(LINE_FEED)]), rest.length + 1);
  } catch {
    return fail("FILE_READ_FAILED", `The file ${path} could not be read to its end.`);
  } finally {
    closeSync(file);
  }
  return ok(number);
}
