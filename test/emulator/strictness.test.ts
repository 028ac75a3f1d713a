import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { descriptorOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
const suppress = { "X-TFS-FedAuthRedirect": "Suppress" };

beforeAll(async () => {
  emulator = await startEmulator({ tokens: [{ token: "reader", scopes: ["vso.identity"] }] });
});
afterAll(() => emulator.close());

test("answers carry an activity id and repeat the session", async () => {
  const session = "5b24a2cf-2eb7-4847-b53d-76ac1e56d01f";
  const { headers } = await ask(emulator, "_apis/projects", { with: { "X-TFS-Session": session } });
  expect(headers.get("activityid")).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get("x-vss-e2eid")).toBe(headers.get("activityid"));
  expect(headers.get("x-tfs-session")).toBe(session);
});

describe("paths", () => {
  test("compare without case and with a slash at the end", async () => {
    const { status } = await ask(emulator, "_APIS/GRAPH/Groups/?api-version=7.1-preview.1", { host: "vssps" });
    expect(status).toBe(200);
  });

  test("of another host, and unknown ones, are plain text", async () => {
    for (const path of [
      "_apis/graph/users?api-version=7.1-preview.1",
      "_apis/userentitlements",
      "_apis/nothing/here",
    ]) {
      const { headers, status, text } = await ask(emulator, path);
      expect(status).toBe(404);
      expect(headers.get("content-type")).toContain("text/plain");
      expect(text).toMatch(/^The controller for path '.+' was not found/);
    }
  });

  test("with a method that is not served say so, in the wrapped form", async () => {
    const { status, text } = await ask(emulator, "_apis/identitybatch?api-version=7.1-preview.1", { host: "vssps" });
    expect(status).toBe(405);
    expect(JSON.parse(text)).toEqual({ count: 1, value: { Message: expect.stringContaining("'GET'") } });
  });

  test("of another organization are not served", async () => {
    const { origin } = new URL(emulator.url);
    const response = await fetch(`${origin}/contoso/_apis/projects`, {
      headers: { Authorization: `Bearer ${emulator.token}` },
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  });

  test("with very long comma lists are too long", async () => {
    const ids = Array.from({ length: 600 }, () => "81fa6389-0872-6fdd-a451-7ba7880f566a").join(",");
    const { status } = await ask(emulator, `_apis/identities?identityIds=${ids}&api-version=7.1`, { host: "vssps" });
    expect(status).toBe(414);
  });

  test("resource areas name the hosts that serve", async () => {
    const { json } = await ask(emulator, "_apis/resourceareas?api-version=7.1-preview.1");
    const graph = json.value.find((area) => area.id === "bb1e7ec9-e901-4b68-999a-de7012b920f8");
    expect(graph?.locationUrl).toBe(emulator.url.replace(/\/fabrikam$/, "/vssps/fabrikam/"));
  });
});

describe("credentials", () => {
  test.each([null, "Bearer nonsense", "Basic bm9uZQ==", "Basic OndyaW5n", "Negotiate x"])(
    "%s is refused",
    async (authorization) => {
      const suppressed = await ask(emulator, "_apis/projects", { authorization, with: suppress });
      expect([suppressed.status, suppressed.text]).toEqual([401, ""]);
      expect(suppressed.headers.get("www-authenticate")).toContain("Bearer authorization_uri=");
      const redirected = await ask(emulator, "_apis/projects", { authorization });
      expect([redirected.status, redirected.headers.get("location")]).toEqual([
        302,
        expect.stringContaining("/_signin"),
      ]);
    },
  );

  test("a token works as Bearer and as Basic with any user name", async () => {
    for (const user of ["", "someone"]) {
      const pair = Buffer.from(`${user}:${emulator.token}`).toString("base64");
      expect((await ask(emulator, "_apis/projects", { authorization: `Basic ${pair}` })).status).toBe(200);
    }
  });

  test("scopes decide: the sync-only token reads Graph and projects alone", async () => {
    const authorization = `Bearer ${emulator.syncOnlyToken}`;
    const status = async (path: string, host: "" | "vssps" | "vsaex") =>
      (await ask(emulator, path, { authorization, host, with: suppress })).status;
    expect(await status("_apis/graph/groups", "vssps")).toBe(200);
    expect(await status("_apis/projects", "")).toBe(200);
    expect(await status("_apis/teams", "")).toBe(200);
    expect(await status("_apis/connectionData", "")).toBe(200);
    expect(await status("_apis/userentitlements", "vsaex")).toBe(401);
    expect(await status("_apis/identities?searchFilter=General&filterValue=x", "vssps")).toBe(401);
  });

  test("further tokens have the scopes that were given", async () => {
    const options = { authorization: "Bearer reader", host: "vssps", with: suppress } as const;
    expect((await ask(emulator, "_apis/identities?searchFilter=General&filterValue=x", options)).status).toBe(200);
    expect((await ask(emulator, "_apis/graph/groups", options)).status).toBe(401);
  });
});

describe("subjects", () => {
  const lookup = (keys: readonly string[]) => {
    const body = JSON.stringify({ lookupKeys: keys.map((descriptor) => ({ descriptor })) });
    return ask(emulator, "_apis/graph/subjectlookup?api-version=7.1-preview.1", {
      host: "vssps",
      method: "POST",
      body,
    });
  };

  test("that are not there have their own type keys", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    const cases = [
      ["_apis/graph/users/aad.AAAA", "vssps", "GraphSubjectNotFoundException"],
      ["_apis/graph/memberships/aad.AAAA", "vssps", "GraphSubjectNotFoundException"],
      ["_apis/graph/storagekeys/aad.AAAA", "vssps", "StorageKeyNotFoundException"],
      [`_apis/graph/descriptors/${id}`, "vssps", "SubjectDescriptorNotFoundException"],
      [`_apis/projects/${id}`, "", "ProjectDoesNotExistException"],
      ["_apis/projects/nowhere", "", "ProjectDoesNotExistWithNameException"],
      [`_apis/userentitlements/${id}`, "vsaex", "IdentityNotFoundException"],
      [`_apis/accesscontrollists/${id}`, "", "InvalidSecurityNamespaceException"],
    ] as const;
    for (const [path, host, typeKey] of cases) {
      const { headers, json, status } = await ask(emulator, path, { host });
      expect([path, status, json.typeKey]).toEqual([path, 404, typeKey]);
      expect(headers.get("x-tfs-serviceerror")).toBe(encodeURIComponent(json.message ?? ""));
    }
  });

  test("with a malformed descriptor get a plain page", async () => {
    const { headers, status, text } = await ask(emulator, "_apis/graph/users/nobody", { host: "vssps" });
    expect([status, text, headers.get("content-type")]).toEqual([404, "Page not found.", "text/plain; charset=utf-8"]);
  });

  test("are looked up 500 at a time and no more", async () => {
    const { subjects } = emulator.state;
    const keys = subjects.slice(0, 500).map(descriptorOf);
    expect((await lookup(keys)).status).toBe(200);
    const { json, status } = await lookup([...keys, "aad.AAAA"]);
    expect([status, json.typeKey]).toEqual([400, "TooManyRequestedItemsException"]);
    expect(json.message).toContain("TF400049");
  });

  test("are answered in the order that a batch names them, with null for the unknown", async () => {
    const { state } = emulator;
    const [known, unknown] = [subjectAt(state, 5), state.subjects.find((subject) => subject.known === "nowhere")];
    const body = JSON.stringify({ identityIds: [unknown?.storageKey, known.storageKey] });
    const { json } = await ask(emulator, "_apis/identitybatch?api-version=7.1-preview.1", {
      host: "vssps",
      method: "POST",
      body,
    });
    expect(json.value.map((row) => row?.id ?? null)).toEqual([null, known.storageKey]);
  });

  test("are checked for membership by HEAD", async () => {
    const group = emulator.state.subjects.find(
      (subject) => subject.group?.kind === "team" && subject.group.members.length > 0,
    );
    const member = subjectAt(emulator.state, group?.group?.members[0] ?? -1);
    const head = (who: string, where: string) =>
      ask(emulator, `_apis/graph/memberships/${who}/${where}?api-version=7.1-preview.1`, {
        host: "vssps",
        method: "HEAD",
      });
    const container = group ? descriptorOf(group) : "";
    expect((await head(descriptorOf(member), container)).status).toBe(200);
    expect((await head(container, descriptorOf(member))).status).toBe(404);
  });
});

test("with a single host every area is on the organization's base", async () => {
  await using single = await startEmulator({ hostStyle: "single" });
  expect((await ask(single, "_apis/graph/groups?api-version=7.1-preview.1")).status).toBe(200);
  expect((await ask(single, "_apis/userentitlements?api-version=7.1")).status).toBe(200);
  const { json } = await ask(single, "_apis/resourceareas");
  expect(new Set(json.value.map((area) => area.locationUrl))).toEqual(new Set([`${single.url}/`]));
});

test("requests are counted by route, and a hook may answer instead", async () => {
  await using hooked = await startEmulator({
    onRequest: ({ method, route }) =>
      `${method} ${route}` === "GET _apis/projects" ? { status: 503, body: { message: "busy" } } : undefined,
  });
  expect((await ask(hooked, "_apis/projects?api-version=7.1")).status).toBe(503);
  expect((await ask(hooked, "_apis/teams")).status).toBe(200);
  expect(hooked.requests.total).toBe(2);
  expect(hooked.requests.count("GET _apis/projects")).toBe(1);
  expect(hooked.requests.recent.map((request) => request.status)).toEqual([503, 200]);
  hooked.requests.reset();
  expect([hooked.requests.total, hooked.requests.count("GET _apis/teams")]).toEqual([0, 0]);
});

test("a hook that fails shows as a fault of the emulator, not of the service", async () => {
  await using hooked = await startEmulator({
    onRequest: async () => {
      throw new Error("the hook broke");
    },
  });
  const { status, text } = await ask(hooked, "_apis/projects");
  expect([status, text]).toEqual([500, expect.stringContaining("emulator: Error: the hook broke")]);
});
