import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../support/calls.ts";
import type { RecordedRequest } from "../support/http-server.ts";
import { startOrganization } from "../support/organization.ts";
import { type ClientCall, clientCalls as clientReads, olderExamples } from "./client-calls.ts";
import { clientWrites } from "./client-writes.ts";
import { checkRequest, exampleBody, haveDocuments, needsDocuments } from "./openapi-requests.ts";

const unknownFields = Array(3).fill("data must NOT have additional properties").join(", ");
const wireDescriptor = "body: data/0/identityDescriptor must be object";

const clientCalls = [...clientReads, ...clientWrites];

/** Requests that no document describes, and why they are made all the same. */
const outside: Readonly<Record<string, string>> = {
  "GET /fabrikam/_apis/resourceareas": "finds the hosts, as each of Microsoft's own clients does first (facts 1.2)",
  "GET /fabrikam/_apis/connectionData": "tells who the credential is; Microsoft's clients call it too (facts 1.2)",
  "GET /fabrikam/_apis/securitynamespaces": "lists them all, as Microsoft's command line does (facts 4.1)",
  "GET /fabrikam/9b71f216-4c4f-6b74-a911-efb0fa9c777f/_apis/distributedtask/securefiles":
    "the documents have what comes, and not where from; Microsoft's clients read it there (facts 3.6)",
  "GET /fabrikam/_apis/accounts": "has a host of its own, which this organization does not tell (facts 1.1)",
  "POST /fabrikam/_apis/identitybatch": "what Microsoft's clients use in place of long queries (facts 2.6, 3.2)",
};

/** Versions other than the documented one, and why. */
const otherVersions: Readonly<Record<string, string>> = {
  // Both have been released since; the preview is what every client sends, and stays accepted (facts 1.4).
  "/{organization}/_apis/graph/descriptors/{storageKey}": "api-version 7.1-preview.1, documented is 7.1",
  "/{organization}/_apis/graph/storagekeys/{subjectDescriptor}": "api-version 7.1-preview.1, documented is 7.1",
  // The version whose body is known in full, from Microsoft's own module for Go (facts 1.4, 15.1).
  "/{organization}/_apis/userentitlements": "api-version 7.1-preview.3, documented is 7.1",
  "/{organization}/_apis/userentitlements/{userId}": "api-version 7.1-preview.3, documented is 7.1",
  // As above: the previews that facts 1.4 and Microsoft's own pages name.
  "/{organization}/_apis/userentitlementsummary": "api-version 7.1-preview.2, documented is 7.1",
  "/{organization}/_apis/groupentitlements": "api-version 7.1-preview.1, documented is 7.1",
  "/{organization}/_apis/permissionsreport": "api-version 7.1-preview.1, documented is 7.1",
  "/{organization}/_apis/permissionsreport/{id}": "api-version 7.1-preview.1, documented is 7.1",
  "/{organization}/_apis/permissionsreport/{id}/download": "api-version 7.1-preview.1, documented is 7.1",
  "/{organization}/_apis/tokenadmin/personalaccesstokens/{subjectDescriptor}":
    "api-version 7.1-preview.1, documented is 7.1",
  "/{organization}/_apis/tokenadmin/revocations": "api-version 7.1-preview.1, documented is 7.1",
};

/** Bodies that are sent in another form than documented, and why. */
const otherBodies: Readonly<Record<string, string>> = {
  // The documents say "a JSON object" and mean any; the recorded example has these fields.
  "/{organization}/_apis/accesscontrolentries/{securityNamespaceId}": `body: ${unknownFields}`,
  // The documents describe the service's own class; on the wire it is one text, as Microsoft's clients send it (facts 5.3).
  "/{organization}/{project}/_apis/packaging/Feeds/{feedId}/permissions": wireDescriptor,
  "/{organization}/_apis/packaging/Feeds/{feedId}/permissions": wireDescriptor,
  "/{organization}/_apis/packaging/globalpermissions": wireDescriptor,
};

const nameOf = ({ method, url }: RecordedRequest) => `${method} ${url.pathname}`;

/** Makes a call against a server that gives `body`, and tells what was sent and what came out. */
async function drive({ run }: ClientCall, body: unknown) {
  await using organization = await startOrganization(() => ({ body }));
  const value = await run(organization.client, testCall());
  return { value, requests: organization.server.requests };
}

/** What in the requests is not as documented, exceptions apart; and which exceptions were used. */
function judge(requests: readonly RecordedRequest[]) {
  const wrong: string[] = [];
  const used = new Set<string>();
  for (const request of requests) {
    const name = nameOf(request);
    if (name in outside) {
      used.add(name);
      continue;
    }
    const checked = checkRequest(request);
    const exceptions = [otherVersions[checked.template], otherBodies[checked.template]];
    for (const each of checked.wrong) {
      if (exceptions.includes(each)) used.add(each.startsWith("body") ? `body ${checked.template}` : checked.template);
      else wrong.push(`${name}: ${each}`);
    }
  }
  return { wrong, used };
}

const withBodies = clientCalls.flatMap((each) => {
  const { name, examples } = each;
  if (!examples) return [{ title: `${name}, which has no recorded answer`, each, body: () => each.body }];
  const read = examples.filter((path) => !(path in olderExamples));
  return read.map((path) => ({ title: `${name} with ${path}`, each, body: () => exampleBody(path) }));
});

const tooOld = clientCalls.flatMap((each) =>
  (each.examples ?? [])
    .filter((path) => path in olderExamples)
    .map((path) => ({ path, each, lacks: olderExamples[path] })),
);

describe.skipIf(!haveDocuments)(`against Microsoft's documents ${needsDocuments}`, () => {
  test.each(withBodies)("$title sends what is documented and reads what is answered", async ({ each, body }) => {
    const { value, requests } = await drive(each, body());
    expect(requests.length).toBeGreaterThan(0);
    expect(judge(requests).wrong).toEqual([]);
    expect(value).toBeDefined();
  });

  test.each(tooOld)(
    "$path is of an older version, and is refused for nothing but $lacks",
    async ({ path, each, lacks }) => {
      const failure = await failureFrom(drive(each, exampleBody(path)));
      expect(failure).toMatchObject({
        kind: "unexpected-answer",
        message: expect.stringContaining(`field ${lacks} is`),
      });
    },
  );

  test("what is answered with rows is read with all its rows", async () => {
    const rows = { users: 0, groups: 0 };
    for (const each of clientCalls.filter(({ name }) => name === "graph.listUsers" || name === "graph.listGroups")) {
      for (const path of each.examples ?? []) {
        const { value } = await drive(each, exampleBody(path));
        const body = JSON.stringify(exampleBody(path));
        const items = typeof value === "object" && value !== null && "items" in value ? value.items : [];
        const count = Array.isArray(items) ? items.length : 0;
        expect(count).toBe(body.split('"subjectKind"').length - 1);
        rows[each.name === "graph.listUsers" ? "users" : "groups"] += count;
      }
    }
    expect(rows.users).toBeGreaterThan(0);
    expect(rows.groups).toBeGreaterThan(0);
  });

  test("no exception is listed that is not needed", async () => {
    const used = new Set<string>();
    for (const { each, body } of withBodies) {
      const { requests } = await drive(each, body());
      for (const name of judge(requests).used) used.add(name);
    }
    expect([...used].sort()).toEqual(
      [
        ...Object.keys(outside),
        ...Object.keys(otherVersions),
        ...Object.keys(otherBodies).map((template) => `body ${template}`),
      ].sort(),
    );
  });

  test.each([
    ["GET", "graph/user?api-version=7.1-preview.1", "is not documented"],
    ["DELETE", "graph/users?api-version=7.1-preview.1", "is not documented"],
    ["GET", "graph/users?api-version=7.1-preview.1&top=5", "query parameter top is not documented"],
    ["GET", "graph/users", "api-version is missing"],
    ["GET", "graph/users?api-version=7.1-preview.2", "documented is 7.1-preview.1"],
    ["GET", "projects?api-version=7.1&$top=all", "$top=all is not a whole number"],
    ["GET", "projects?api-version=7.1&stateFilter=gone", "stateFilter=gone is not one of"],
    ["GET", "projects/x?api-version=7.1&includeHistory=1", "is not true or false"],
    ["GET", "accesscontrollists/identity?api-version=7.1", "is not a GUID"],
    ["POST", "graph/subjectlookup?api-version=7.1-preview.1", "no body"],
  ])("the check finds what is wrong with %s %s", (method, path, wrong) => {
    const url = new URL(`http://127.0.0.1/fabrikam/_apis/${path}`);
    expect(checkRequest({ method, url, headers: {}, body: "" }).wrong.join()).toContain(wrong);
  });

  test.each(["[]", '{"keys":[]}', '{"lookupKeys":["aad.x"]}', '{"lookupKeys":[{"descriptor":7}]}'])(
    "the check finds what is wrong with the body %s",
    (body) => {
      const url = new URL("http://127.0.0.1/fabrikam/_apis/graph/subjectlookup?api-version=7.1-preview.1");
      expect(checkRequest({ method: "POST", url, headers: {}, body }).wrong.join()).toContain("body: ");
    },
  );
});

test("every method of the client is among the calls", async () => {
  await using organization = await startOrganization(() => ({ body: {} }));
  const { connection: _, ...areas } = organization.client;
  const methods = Object.entries(areas).flatMap(([area, api]) => Object.keys(api).map((name) => `${area}.${name}`));
  expect([...new Set(clientCalls.map(({ name }) => name))].sort()).toEqual(methods.sort());
});
