import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describe("versions", () => {
  const graph = (version: string) => ask(emulator, `_apis/graph/groups${version}`, { host: "vssps" });

  test.each([
    ["?api-version=7.1", "VssInvalidPreviewVersionException"],
    ["?api-version=7.3-preview.1", "VssVersionOutOfRangeException"],
    ["?api-version=7.1-preview.9", "VssVersionOutOfRangeException"],
    ["?api-version=seven", "ArgumentException"],
  ])("%s is refused for a preview resource", async (query, typeKey) => {
    const { json, status } = await graph(query);
    expect([status, json.typeKey]).toEqual([400, typeKey]);
  });

  test.each(["?api-version=7.1-preview.1", "?api-version=7.1-preview", "?api-version=7.2-preview.1", ""])(
    "'%s' is taken for a read of a preview resource",
    async (query) => expect((await graph(query)).status).toBe(200),
  );

  test("a released resource takes both forms, up to what is released", async () => {
    const status = async (version: string) => (await ask(emulator, `_apis/projects?api-version=${version}`)).status;
    expect(await Promise.all(["7.1", "5.0", "7.1-preview.4", "7.2-preview.4", "7.2"].map(status))).toEqual([
      200, 200, 200, 200, 400,
    ]);
  });

  test("Accept may carry the version, and the content type repeats it", async () => {
    const accept = { Accept: "application/json;api-version=7.1-preview.1;excludeUrls=true" };
    const { headers, status } = await ask(emulator, "_apis/graph/groups", { host: "vssps", with: accept });
    expect([status, headers.get("content-type")]).toEqual([
      200,
      "application/json; charset=utf-8; api-version=7.1-preview.1",
    ]);
  });

  test("a request that is not a read needs one", async () => {
    const { json, status } = await ask(emulator, "_apis/graph/subjectlookup", {
      host: "vssps",
      method: "POST",
      body: '{"lookupKeys":[]}',
    });
    expect([status, json.typeKey]).toEqual([400, "VssVersionNotSpecifiedException"]);
  });
});
