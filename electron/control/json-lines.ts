import { CONTROL_LINE_BYTES } from "../../shared/contract/control";

const LINE_FEED = 10;

/**
 * Cuts a stream of bytes into lines of JSON.
 * @param onLine gets each parsed line; `undefined` for one that is no JSON.
 * @param onTooLong is called once when a line does not end within {@link CONTROL_LINE_BYTES}; nothing is read after it.
 */
export function jsonLines(onLine: (value: unknown) => void, onTooLong: () => void): (chunk: Buffer) => void {
  let rest: readonly Buffer[] = [];
  let length = 0;
  let isOver = false;
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); !isOver && end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString("utf8");
      rest = [];
      length = 0;
      from = end + 1;
      onLine(parseJson(line));
    }
    rest = [...rest, chunk.subarray(from)];
    length += chunk.length - from;
    if (isOver || length <= CONTROL_LINE_BYTES) return;
    isOver = true;
    onTooLong();
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
