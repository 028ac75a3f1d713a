/** How large a list's text may be, and how deep the values in it. */
export interface ListLimits {
  readonly maxRowBytes: number;
  readonly maxDepth: number;
}

/** Why a text is given up: it is no JSON, or JSON that is not one list. */
export type ListFault = "not-json" | "no-list" | "two-lists" | "row-too-large" | "too-deep";

export class ListError extends Error {
  override readonly name = "ListError";
  readonly fault: ListFault;

  constructor(fault: ListFault) {
    super(fault);
    this.fault = fault;
  }
}

/** Takes the bytes of a JSON text as they come; `end` fails unless the text was whole. */
export interface ListParser {
  push(chunk: Buffer): void;
  end(): void;
}

/** Where in the text the next byte stands. `scalar` is a text that is neither a list nor an object. */
type Place = "start" | "key" | "member" | "rows" | "after-rows" | "end" | "scalar";

const [ordinary, space, quote, opening, closing, separator] = [0, 1, 2, 3, 4, 5];
const [quoteByte, escapeByte] = [0x22, 0x5c];
const [comma, colon, openList, closeList, openObject, closeObject] = [0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d];

const kinds = new Uint8Array(256).fill(ordinary);
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) kinds[byte] = space;
kinds[quoteByte] = quote;
for (const byte of [openList, openObject]) kinds[byte] = opening;
for (const byte of [closeList, closeObject]) kinds[byte] = closing;
for (const byte of [comma, colon]) kinds[byte] = separator;

const byteOrderMark = [0xef, 0xbb, 0xbf];

/**
 * Reads `[…]` or `{"value": […], …}` row by row. A scanner over the bytes finds where each value ends, and nothing else;
 * `JSON.parse` reads the value, so what is wrong in one is found there (docs/decisions/0010-streamed-lists.md). `onText`
 * sees every value's text and key before it is read.
 */
export function createListParser(
  { maxRowBytes, maxDepth }: ListLimits,
  onRow: (row: unknown) => void,
  onText: (text: string) => void,
): ListParser {
  let place: Place = "start";
  let isBare = true;
  let hasList = false;
  let key: unknown;
  /** True after a comma: what closes must not follow it. */
  let needsMore = false;
  let marks = 0;

  /** The value that is being scanned: its pieces from former chunks, and the scanner's state. */
  let inValue = false;
  let pieces: Buffer[] = [];
  let carried = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;

  function parse(bytes: Buffer): unknown {
    const text = bytes.toString("utf8");
    onText(text);
    try {
      return JSON.parse(text);
    } catch {
      throw new ListError("not-json"); // The parser's own words repeat a part of the text.
    }
  }

  /** The index of the byte after the value, or the chunk's length when it goes on. */
  function scan(chunk: Buffer, from: number): number {
    let at = from;
    let level = depth;
    while (at < chunk.length) {
      if (inString) {
        at = scanString(chunk, at);
        continue;
      }
      const kind = kinds[chunk[at] ?? 0] ?? ordinary;
      if (kind > space) {
        if (kind === quote) inString = true;
        else if (kind === opening) {
          level += 1;
          if (level > maxDepth) throw new ListError("too-deep");
        } else if (level === 0) break;
        else if (kind === closing) level -= 1;
      }
      at += 1;
    }
    depth = level;
    return at;
  }

  /** The index after the string's end, or the chunk's length. */
  function scanString(chunk: Buffer, from: number): number {
    let at = from;
    let isEscaped = escaped;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (isEscaped) isEscaped = false;
      else if (byte === escapeByte) isEscaped = true;
      else if (byte === quoteByte) {
        inString = false;
        at += 1;
        break;
      }
    }
    escaped = isEscaped;
    return at;
  }

  /** Scans on in the value, and takes it when its end is in this chunk. */
  function readValue(chunk: Buffer, from: number): number {
    const end = scan(chunk, from);
    const bytes = carried + end - from;
    if (bytes > maxRowBytes) throw new ListError("row-too-large");
    const piece = chunk.subarray(from, end);
    if (end === chunk.length) {
      pieces.push(piece);
      carried = bytes;
      return end;
    }
    take(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]), chunk[end] ?? 0);
    return end + 1;
  }

  /** A whole value, and the byte that ended it. */
  function take(bytes: Buffer, ender: number): void {
    [inValue, pieces, carried] = [false, [], 0];
    const value = parse(bytes);
    if (place === "key" && ender === colon && typeof value === "string") {
      if (value === "value" && hasList) throw new ListError("two-lists");
      [place, key] = ["member", value];
    } else if (place === "member" && ender !== colon && ender !== closeList) {
      if (key === "value") throw new ListError("no-list");
      endMember(ender);
    } else if (place === "rows" && (ender === comma || ender === closeList)) {
      onRow(value);
      needsMore = ender === comma;
      if (ender === closeList) endRows();
    } else throw new ListError("not-json");
  }

  function endMember(ender: number): void {
    needsMore = ender === comma;
    place = needsMore ? "key" : "end";
  }

  function endRows(): void {
    place = isBare ? "end" : "after-rows";
  }

  function beginRows(bare: boolean): void {
    [place, isBare, hasList, needsMore] = ["rows", bare, true, false];
  }

  /** A byte between values; false when it begins one. */
  function readBetween(byte: number): boolean {
    if (place === "start" && marks < 3 && byte === byteOrderMark[marks]) {
      marks += 1;
      return true;
    }
    if (place === "start" && marks % 3 !== 0) throw new ListError("not-json");
    const kind = kinds[byte] ?? ordinary;
    if (kind === space) {
      if (place === "start") marks = 3;
      return true;
    }
    if (place === "start" && byte === openList) beginRows(true);
    else if (place === "start" && byte === openObject) place = "key";
    else if (place === "member" && byte === openList && key === "value") beginRows(false);
    else if (place === "rows" && byte === closeList && !needsMore) endRows();
    else if (place === "key" && byte === closeObject && !needsMore) place = "end";
    else if (place === "after-rows" && (byte === comma || byte === closeObject)) endMember(byte);
    else if (kind === separator || kind === closing || place === "after-rows" || place === "end") {
      throw new ListError("not-json");
    } else {
      if (place === "start") place = "scalar";
      return false;
    }
    return true;
  }

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (inValue) at = readValue(chunk, at);
        else if (readBetween(chunk[at] ?? 0)) at += 1;
        else [inValue, depth, inString, escaped] = [true, 0, false, false];
      }
    },
    end() {
      if (place === "scalar") {
        parse(Buffer.concat(pieces));
        throw new ListError("no-list");
      }
      if (place !== "end") throw new ListError("not-json");
      if (!hasList) throw new ListError("no-list");
    },
  };
}
