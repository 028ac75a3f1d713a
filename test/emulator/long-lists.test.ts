import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { namespaceIds, startEmulator } from "../../src/emulator/index.ts";
import { look } from "./raw.ts";

/** Lists without pages, which are sent part by part once they are long. */

const path = "_apis/git/repositories";
const most = { users: 20, groups: 2, projects: 3, repositoriesPerProject: 500 };
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator(most);
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

interface Body {
  readonly count: number;
  readonly value: readonly ({ readonly id: string } | null)[];
}

const parse = (bytes: Buffer): Body => JSON.parse(bytes.toString());
const shown = () => emulator.state.repositories.filter(({ isHidden }) => !isHidden).map(({ id }) => id);

test("come whole, without a length that nobody knows beforehand", async () => {
  const { bytes, error, headers, status } = await look(emulator, path);
  expect([status, error, headers.get("content-length")]).toEqual([200, undefined, null]);
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8; api-version=7.1");
  expect(parse(bytes).value.map((row) => row?.id)).toEqual(shown());
  const short = await look(emulator, `${emulator.state.projects[0]?.id}/${path}?includeHidden=true`);
  expect(parse(short.bytes).count).toBe(500);
  expect(Number(short.headers.get("content-length"))).toBe(short.bytes.length);
});

test("begin with a byte order mark where every body does", async () => {
  await using marked = await startEmulator({ ...most, beliefs: { byteOrderMark: true } });
  const { bytes } = await look(marked, path);
  expect(bytes.subarray(0, 4).toString("hex")).toBe("efbbbf7b");
  expect(parse(bytes.subarray(3)).count).toBe(1_500);
});

describe("faults reach them:", () => {
  const whole = async () => (await look(emulator, path)).bytes;

  test("half of the JSON, and the message whole", async () => {
    const { length } = await whole();
    emulator.faults.add({ kind: "truncated-json", route: path });
    const { bytes, error } = await look(emulator, path);
    expect(error).toBeUndefined();
    expect(bytes.length).toBeGreaterThan(length / 3);
    expect(bytes.length).toBeLessThan((length * 2) / 3);
    expect(() => parse(bytes)).toThrow(SyntaxError);
  });

  test.each(["reset-headers", "reset-body", "reset-before"])("%s", async (kind) => {
    const { length } = await whole();
    emulator.faults.add({ kind, route: path });
    const { bytes, error } = await look(emulator, path);
    expect(error).toBeDefined();
    expect(bytes.length).toBeLessThan(length);
    expect(bytes.length > 0).toBe(kind === "reset-body");
  });

  test("the connection goes after the whole body", async () => {
    const body = await whole();
    emulator.faults.add({ kind: "reset-after", route: path });
    expect((await look(emulator, path)).bytes.equals(body)).toBe(true);
  });

  test("a body byte by byte begins as the whole does", async () => {
    const body = await whole();
    emulator.faults.add({ kind: "dripped-body", route: path, everyMs: 1 });
    const { bytes } = await look(emulator, path, { limitBytes: 20 });
    expect(bytes.length).toBeGreaterThan(20);
    expect(body.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  test("a null among the rows, and rows without their fields", async () => {
    emulator.faults.add({ kind: "null-member", route: path });
    const { count, value } = parse(await whole());
    expect([count, value.length]).toEqual([1_501, 1_501]);
    expect(value.filter((row) => row === null)).toHaveLength(1);
    emulator.faults.clear();
    emulator.faults.add({ kind: "wrong-shape", without: "rows" });
    expect(parse(await whole()).value.every((row) => row !== null && Object.keys(row).length === 0)).toBe(true);
  });
});

test("access lists are such lists too", async () => {
  const lists = Array.from({ length: 1_200 }, (_, at) => ({ token: `repoV2/${at}`, inherit: true, entries: [] }));
  await using own = await startEmulator({ users: 20, groups: 2, projects: 1 });
  own.setAccessLists(namespaceIds.git, lists);
  const gitLists = `_apis/accesscontrollists/${namespaceIds.git}`;
  const { bytes, headers } = await look(own, gitLists);
  expect([parse(bytes).count, headers.get("content-length")]).toEqual([1_200, null]);
  own.faults.add({ kind: "truncated-json", route: "_apis/accesscontrollists/*" });
  const cut = await look(own, gitLists);
  expect(() => parse(cut.bytes)).toThrow(SyntaxError);
});
