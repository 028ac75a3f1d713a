import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { areaIds, startOrganization } from "../../test/support/organization.ts";
import { allRows } from "./list-answers.ts";
import { createLocations } from "./locations.ts";
import { parseOrganizationUrl } from "./organization-url.ts";
import type { ResourceArea } from "./types.ts";

const empty = () => ({ body: { count: 0, value: [] } });

/** Locations of an organization whose areas are given, and how often it was asked. */
function locationsOf(areas: Readonly<Record<string, string>>, organizationUrl = "https://dev.azure.com/fabrikam") {
  const asked = { times: 0 };
  const value: ResourceArea[] = Object.entries(areas).map(([id, locationUrl]) => ({ id, name: id, locationUrl }));
  const locations = createLocations(parseOrganizationUrl(organizationUrl), async () => {
    asked.times += 1;
    return { value: { value: [...value] }, headers: {} };
  });
  return { locations, asked };
}

const graphAt = (url: string, organizationUrl?: string) =>
  locationsOf({ [areaIds.graph]: url }, organizationUrl).locations.baseUrl("graph", testCall());

describe("a service area's host", () => {
  test("is where the organization says, asked for once by all", async () => {
    const vssps = "https://vssps.dev.azure.com/fabrikam/";
    const { locations, asked } = locationsOf({ [areaIds.graph.toUpperCase()]: vssps });
    const urls = await Promise.all([1, 2, 3].map(() => locations.baseUrl("graph", testCall())));
    expect(urls.map((url) => url.href)).toEqual([vssps, vssps, vssps]);
    expect(asked.times).toBe(1);
  });

  test("is the organization's own when it is not listed, as on a server", async () => {
    const { locations } = locationsOf({});
    expect((await locations.baseUrl("graph", testCall())).href).toBe("https://dev.azure.com/fabrikam");
  });

  test("is the organization's own, unasked, for access control lists", async () => {
    const { locations, asked } = locationsOf({});
    expect((await locations.baseUrl("security", testCall())).href).toBe("https://dev.azure.com/fabrikam");
    expect(asked.times).toBe(0);
  });

  test.each([
    "http://vssps.dev.azure.com/fabrikam/",
    "http://10.0.0.1/fabrikam/",
    "http://127.0.0.1:81/fabrikam/",
    "ftp://vssps.dev.azure.com/",
    "https://user:pass@vssps.dev.azure.com/",
    "/fabrikam/",
  ])("is refused at %j, since the credential would go along", async (url) => {
    const failure = await failureFrom(graphAt(url));
    expect(failure.kind).toBe("unexpected-answer");
    expect(failure.message).not.toContain("pass@");
  });

  test("may be plain http on loopback for an organization on loopback, and only there", async () => {
    const own = "http://localhost:8080/fabrikam";
    expect((await graphAt("http://127.0.0.1:81/fabrikam/", own)).href).toBe("http://127.0.0.1:81/fabrikam/");
    expect((await failureFrom(graphAt("http://example.com/fabrikam/", own))).kind).toBe("unexpected-answer");
  });
});

describe("the client", () => {
  test("reads each area at its host, below the path that the host has", async () => {
    const locations = (server: URL) => ({
      [areaIds.graph]: new URL("/vssps/fabrikam/", server).href,
      [areaIds.memberEntitlements]: new URL("/vsaex/fabrikam", server).href,
    });
    await using organization = await startOrganization(empty, locations);
    const { client, server } = organization;
    await client.graph.listUsers("", testCall());
    await client.memberEntitlements.listUsers("", testCall()).catch(() => undefined);
    await client.security.readAccessControlLists("5a27515b-ccd7-42c9-84f1-54c998f03866", {}, allRows, testCall());
    expect([...new Set(server.requests.map(({ url }) => url.pathname))]).toEqual([
      "/fabrikam/_apis/resourceareas",
      "/vssps/fabrikam/_apis/graph/users",
      "/vsaex/fabrikam/_apis/userentitlements",
      "/fabrikam/_apis/accesscontrollists/5a27515b-ccd7-42c9-84f1-54c998f03866",
    ]);
  });

  test("asks for the areas again after a failure", async () => {
    let broken = true;
    await using organization = await startOrganization(empty, (server) =>
      broken ? undefined : { [areaIds.graph]: new URL("/vssps", server).href },
    );
    const { client } = organization;
    expect((await failureFrom(client.graph.listUsers("", testCall()))).kind).toBe("unavailable");
    broken = false;
    expect((await client.graph.listUsers("", testCall())).items).toEqual([]);
  });

  test("asks for the areas again after an address that was refused", async () => {
    let broken = true;
    await using organization = await startOrganization(empty, (server) =>
      broken ? { [areaIds.graph]: "http://example.com/" } : { [areaIds.graph]: new URL("/vssps", server).href },
    );
    const { client } = organization;
    expect((await failureFrom(client.graph.listUsers("", testCall()))).kind).toBe("unexpected-answer");
    broken = false;
    expect((await client.graph.listUsers("", testCall())).items).toEqual([]);
  });
});
