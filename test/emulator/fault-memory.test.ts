import { get } from "node:http";
import { createGunzip } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { discard } from "./raw.ts";

/** Bodies beyond any limit, which must not cost the emulator what they cost a careless client. */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 20, groups: 2, projects: 1 });
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

/** Memory outside of the heap that buffers hold, in MiB. */
const buffersMib = () => process.memoryUsage().arrayBuffers / 1024 / 1024;

test("the bomb unpacks to more than 1 GiB, and costs the emulator little", async () => {
  emulator.faults.add({ kind: "gzip-bomb" });
  const before = buffersMib();
  expect(await discard(emulator, "_apis/projects", 1e9)).toBeLessThan(2_000_000);
  expect(buffersMib() - before).toBeLessThan(8);
});

test("the bomb is proper gzip, to its end", async () => {
  emulator.faults.add({ kind: "gzip-bomb" });
  const headers = { authorization: `Bearer ${emulator.token}` };
  const unpacked = await new Promise<number>((resolve, reject) => {
    // A client that does not unpack by itself, and drops what it read.
    get(`${emulator.url}/_apis/projects`, { headers }, (response) => {
      let bytes = 0;
      const gunzip = createGunzip();
      gunzip.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      gunzip.once("end", () => resolve(bytes)).once("error", reject);
      response.pipe(gunzip);
    }).once("error", reject);
  });
  expect(unpacked).toBeGreaterThan(1024 ** 3);
});

test("an endless body is never held, and ends when the client goes", async () => {
  emulator.faults.add({ kind: "endless-body" });
  const before = buffersMib();
  const read = await discard(emulator, "_apis/projects", 200_000_000);
  expect(read).toBeGreaterThan(200_000_000);
  // Chunks that were read and not collected yet are the client's, which lives in this process too.
  expect(buffersMib() - before).toBeLessThan(64);
});
