import { get } from "node:http";
import { expect, test } from "vitest";
import { namespaceIds, startEmulator } from "./index.ts";

/** The bound that a large organization must keep while all of its lists are read. */
const mostMemory = 1.5 * 2 ** 30;

interface Read {
  readonly bytes: number;
  readonly entries: number;
  readonly end: string;
}

/** Reads an answer as it comes and counts the entries in it, keeping nothing. */
function read(url: string, token: string): Promise<Read> {
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization: `Bearer ${token}` } };
    get(url, options, (response) => {
      let bytes = 0;
      let entries = 0;
      let end = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        bytes += Buffer.byteLength(chunk);
        const text = end + chunk;
        entries += text.split('{"descriptor":').length - 1;
        // What may be the beginning of another entry, and is too short to be one.
        end = text.slice(-13);
      });
      response.once("end", () => resolve({ bytes, entries, end })).once("error", reject);
    }).once("error", reject);
  });
}

test("500,000 entries and 30,000 repositories are sent without being held", { timeout: 240_000 }, async () => {
  await using emulator = await startEmulator({ preset: "large" });
  const { accessLists, repositories } = emulator.state;
  expect(repositories.length).toBeGreaterThanOrEqual(30_000);
  let entries = 0;
  let largest = 0;
  for (const [id, lists] of accessLists) {
    const { bytes, entries: found } = await read(`${emulator.url}/_apis/accesscontrollists/${id}`, emulator.token);
    expect(found).toBe(lists.values().reduce((sum, list) => sum + list.entries.length, 0));
    entries += found;
    largest = Math.max(largest, bytes);
    expect(process.memoryUsage.rss()).toBeLessThan(mostMemory);
  }
  expect(entries).toBeGreaterThanOrEqual(500_000);
  expect(largest).toBeGreaterThan(20_000_000);
  const held = process.memoryUsage().arrayBuffers;
  const cut = emulator.faults.add({ kind: "truncated-json" });
  const broken = await read(`${emulator.url}/_apis/accesscontrollists/${namespaceIds.git}`, emulator.token);
  emulator.faults.remove(cut);
  expect(broken.end.endsWith("]}")).toBe(false);
  const { bytes } = await read(`${emulator.url}/_apis/git/repositories`, emulator.token);
  expect(bytes).toBeGreaterThan(10_000_000);
  expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(64 * 2 ** 20);
});
