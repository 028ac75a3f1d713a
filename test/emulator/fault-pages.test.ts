import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.ts";
import { faultKinds, startEmulator } from "../../src/emulator/index.ts";
import { look } from "./raw.ts";

/** Faults of listings: what a client that reads on finds, and where one that does not look would go wrong. */

interface Page {
  readonly rows: readonly unknown[];
  readonly token: string | undefined;
}

interface Body {
  readonly value?: readonly unknown[];
  readonly items?: readonly unknown[];
  readonly continuationToken?: string;
}

const listings = [
  { path: "_apis/graph/users?api-version=7.1-preview.1", host: "vssps" },
  { path: "_apis/graph/groups?api-version=7.1-preview.1", host: "vssps" },
  { path: "_apis/graph/serviceprincipals?api-version=7.1-preview.1", host: "vssps" },
  { path: "_apis/userentitlements?api-version=7.1", host: "vsaex" },
  { path: "_apis/memberentitlements?api-version=7.1-preview.2", host: "vsaex" },
  { path: "_apis/projects?api-version=7.1", host: "" },
  { path: "Fabrikam-Fiber/_apis/distributedtask/variablegroups?api-version=7.1", host: "" },
  { path: "Fabrikam-Fiber/_apis/distributedtask/environments?api-version=7.1", host: "" },
] as const;
type Listing = (typeof listings)[number];
const [users] = listings;

async function readPage(emulator: Emulator, { host, path }: Listing, token: string | undefined): Promise<Page> {
  const after = token === undefined ? "" : `&continuationToken=${encodeURIComponent(token)}`;
  for (let tries = 1; ; tries++) {
    const sight = await look(emulator, path + after, { host });
    if (sight.error && tries < 3) continue;
    if (sight.status !== 200) throw new Error(`${path}: ${sight.status} ${sight.error ?? ""}`);
    const body: Body = JSON.parse(sight.bytes.toString());
    const inBody = body.continuationToken || undefined;
    const rows = body.value ?? body.items ?? [];
    return { rows, token: sight.headers.get("x-ms-continuationtoken") ?? inBody };
  }
}

/** The pages of a listing up to the one without a token, or so many. */
async function walk(emulator: Emulator, listing: Listing, most = 1_000): Promise<readonly Page[]> {
  const pages = [await readPage(emulator, listing, undefined)];
  for (let token = pages[0]?.token; token !== undefined && pages.length < most; token = pages.at(-1)?.token) {
    pages.push(await readPage(emulator, listing, token));
  }
  return pages;
}

const rowsOf = (pages: readonly Page[]) => pages.flatMap(({ rows }) => rows).filter((row) => row !== null);
const texts = (pages: readonly Page[]) => rowsOf(pages).map((row) => JSON.stringify(row));

const options: EmulatorOptions = {
  users: 23,
  groups: 5,
  projects: 7,
  environmentsPerProject: 5,
  variableGroupsPerProject: 5,
  pageSizes: { graph: 2, entitlements: 5, projects: 2, teams: 3, pipelines: 2 },
};
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator(options);
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

const lossless = faultKinds
  .filter((kind) => kind.lossless)
  .flatMap(({ kind, rules }) => rules.map((rule) => ({ kind, rule })));

describe.each(lossless)("under $rule, which loses nothing,", ({ rule }) => {
  test.each(listings)(
    "$path has the rows that it has without, at each request and at one in three",
    async (listing) => {
      const rows = texts(await walk(emulator, listing));
      const quick = rule.kind === "latency" ? { ms: 1, jitterMs: 2 } : {};
      emulator.faults.add({ ...rule, ...quick });
      expect(texts(await walk(emulator, listing))).toEqual(rows);
      expect(emulator.faults.list()[0]?.applied).toBeGreaterThan(0);
      emulator.faults.clear();
      emulator.faults.add({ ...rule, ...quick, rate: 0.35 });
      expect(texts(await walk(emulator, listing))).toEqual(rows);
    },
  );
});

test("there are such kinds, and those of the documents' own liberties are among them", () => {
  const kinds = lossless.map(({ kind }) => kind);
  for (const kind of ["latency", "retry-after", "short-page", "empty-page", "null-member", "reset-after"]) {
    expect(kinds).toContain(kind);
  }
  for (const kind of ["repeated-page", "null-identity", "vanished-group", "truncated-json"]) {
    expect(kinds).not.toContain(kind);
  }
});

test("short and empty pages together lose nothing, in any order upstream", async () => {
  const shuffled = await startEmulator({ ...options, shuffle: true, beliefs: { graphPages: "empty" } });
  try {
    for (const listing of listings) {
      const rows = texts(await walk(shuffled, listing)).sort();
      shuffled.faults.add({ kind: "short-page", rate: 0.5 });
      shuffled.faults.add({ kind: "empty-page", rate: 0.5, seed: 3 });
      shuffled.faults.add({ kind: "null-member", rate: 0.5, seed: 4 });
      expect(texts(await walk(shuffled, listing)).sort()).toEqual(rows);
      shuffled.faults.clear();
    }
  } finally {
    await shuffled.close();
  }
});

test.each(listings)("a token that leads on to the same rows is none that was sent: $path", async (listing) => {
  emulator.faults.add({ kind: "empty-page" });
  const tokens = (await walk(emulator, listing)).map(({ token }) => token);
  expect(new Set(tokens).size).toBe(tokens.length);
});

describe("a repeated page", () => {
  test.each(listings)("of $path comes once more and then the listing goes on", async (listing) => {
    const proper = await walk(emulator, listing);
    expect(proper.length).toBeGreaterThan(1);
    emulator.faults.add({ kind: "repeated-page", times: 1 });
    const pages = await walk(emulator, listing);
    expect(pages).toEqual([proper[0], ...proper]);
  });

  test("comes for ever when nothing bounds it", async () => {
    const [first] = await walk(emulator, users, 1);
    emulator.faults.add({ kind: "repeated-page" });
    expect(await walk(emulator, users, 5)).toEqual([first, first, first, first, first]);
  });

  test("of a listing by $skip stands where another should be", async () => {
    const read = async (skip: number) => {
      const sight = await look(emulator, `_apis/teams?api-version=7.1-preview.3&$top=4&$skip=${skip}`);
      return JSON.parse(sight.bytes.toString()).value;
    };
    const [first, second, third] = [await read(0), await read(4), await read(8)];
    expect(second).not.toEqual(first);
    emulator.faults.add({ kind: "repeated-page", times: 1 });
    expect([await read(0), await read(4), await read(8)]).toEqual([first, first, third]);
  });
});

describe("a token that does not move", () => {
  test.each(listings)("keeps a reader of $path at the second page", async (listing) => {
    const [first, second] = await walk(emulator, listing, 2);
    const { length } = await walk(emulator, listing);
    emulator.faults.add({ kind: "stuck-token" });
    const stuck = { ...second, token: first?.token };
    expect(await walk(emulator, listing, length + 3)).toEqual([
      first,
      ...Array.from({ length: length + 2 }, () => stuck),
    ]);
  });
});
