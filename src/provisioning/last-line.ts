import { open } from "node:fs/promises";

/** What stands after the last line end of a file, and where it begins; "" where the file ends with one. */
export async function lastLineOf(path: string): Promise<{ readonly text: string; readonly offset: number }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    let tail = Buffer.alloc(0);
    let offset = size;
    while (offset > 0) {
      const length = Math.min(chunkBytes, offset);
      const chunk = Buffer.alloc(length);
      await file.read(chunk, 0, length, offset - length);
      const lineEnd = chunk.lastIndexOf("\n");
      tail = Buffer.concat([chunk.subarray(lineEnd + 1), tail]);
      offset -= length - (lineEnd + 1);
      if (lineEnd >= 0) break;
    }
    return { text: tail.toString("utf8"), offset };
  } finally {
    await file.close();
  }
}

const chunkBytes = 64 * 1024;

/** Whether a line lacks nothing but its end. */
export function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
