import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { defaultBeliefs, startEmulator } from "../../src/emulator/index.ts";
import { resolveOptions } from "../../src/emulator/options.ts";
import { allRoutes } from "../../src/emulator/routes/index.ts";
import type { Exchange } from "./exchanges.ts";
import { exchanges, send, servedPath } from "./exchanges.ts";
import type { Json } from "./openapi.ts";
import { exampleFiles, exampleOf, haveDocuments, operationOf } from "./openapi.ts";
import { ask } from "./requests.ts";
import { examplesOf, missingKeys } from "./shapes.ts";
import { writeExchanges } from "./write-exchanges.ts";

/** Routes that Microsoft's documents leave out, and what they rest on instead. */
const undocumented: Readonly<Record<string, string>> = {
  "GET _apis/connectionData": "recorded; no document of 7.1 has the Location area",
  "GET _apis/resourceareas": "recorded; no document of 7.1 has the Location area",
  "GET _apis/resourceareas/{areaId}": "as the SDKs call it",
  "OPTIONS _apis": "recorded; documents hold no OPTIONS",
  "OPTIONS _apis/{area}": "as the Node SDK calls it",
  "POST _apis/identitybatch": "as the SDKs call it; its rows are checked as those of identities",
  "GET _apis/identities/{identityId}": "as the SDKs call it, and as teams link to it; a row of identities",
  "GET _apis/securitynamespaces": "recorded and in the examples; the document has only the form with an id",
  "GET {project}/_apis/distributedtask/securefiles": "as the SDKs call it; no document has it",
  "GET {project}/_apis/distributedtask/securefiles/{secureFileId}": "as the SDKs call it; no document has it",
  "GET _apis/permissionsreport/{id}/download": "documented as a stream of bytes, which the tests of reports read",
  "HEAD _apis/graph/memberships/{subjectDescriptor}/{containerDescriptor}": "documented, and has no body",
};

/** Readings that are posts. */
const posted = ["graph/subjectlookup", "security/permissionevaluationbatch"];

/** The documents know no 202, which clients of reports see. */
const good = ({ status }: Response) => status === 200 || status === 202;

const otherBeliefs = {
  entitlementRows: "both",
  entitlementEnd: "empty",
  aclZeros: "written",
  aclKeyCase: "upper",
  entitlementIdCase: "upper",
  dates: "fraction",
  isTeamAdminFalse: "written",
  entraMembersInGraph: "partial",
  servicePrincipalsInUserEntitlements: true,
} as const;

if (!haveDocuments) console.warn("../shared/openapi is not here: the checks against Microsoft's documents are skipped");

describe.skipIf(!haveDocuments)("against Microsoft's documents", () => {
  let emulators: readonly Emulator[] = [];
  beforeAll(async () => {
    emulators = [
      await startEmulator(),
      await startEmulator({ beliefs: otherBeliefs, shuffle: true }),
      await startEmulator({ limitedVisibility: true }),
    ];
  });
  afterAll(async () => {
    for (const emulator of emulators) await emulator.close();
  });

  const inDocument = (exchange: Exchange) => operationOf(exchange.area, exchange.method, exchange.path);

  test("every answer is as documented, under the default beliefs and under others", async () => {
    const broken: string[] = [];
    for (const emulator of emulators) {
      for (const exchange of exchanges(emulator)) {
        const response = await send(emulator, exchange);
        const problems = good(response) ? inDocument(exchange).check(await response.json()) : response.status;
        if (problems) broken.push(`${exchange.method} ${exchange.path} ${JSON.stringify(exchange.query)}: ${problems}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test("every parameter that is used is documented", () => {
    const unknown: string[] = [];
    for (const emulator of emulators) {
      for (const exchange of exchanges(emulator)) {
        const { queryParameters } = inDocument(exchange);
        const used = [...Object.keys(exchange.query ?? {}), "api-version"];
        unknown.push(
          ...used.filter((name) => !queryParameters.includes(name)).map((name) => `${exchange.path}: ${name}`),
        );
      }
    }
    expect(unknown).toEqual([]);
  });

  test("every route is either exchanged here or listed as undocumented", () => {
    const [emulator] = emulators;
    const asked = emulator
      ? [...exchanges(emulator), ...writeExchanges(emulator)].map((exchange) =>
          `${exchange.method} ${servedPath(exchange)}`.toLowerCase(),
        )
      : [];
    const routes = allRoutes(resolveOptions({})).map((route) => `${route.method} ${route.path}`);
    const neither = routes.filter((route) => !asked.includes(route.toLowerCase()) && !(route in undocumented));
    expect(neither).toEqual([]);
    expect(Object.keys(undocumented).filter((route) => !routes.includes(route))).toEqual([]);
  });

  test("identity batches hold the same rows as identities", async () => {
    const [emulator] = emulators;
    if (!emulator) throw new Error("not started");
    const body = {
      identityIds: emulator.state.subjects.slice(0, 50).map((subject) => subject.storageKey),
      queryMembership: "direct",
    };
    const exchange: Exchange = { area: "ims", method: "POST", path: "identitybatch", body, version: "7.1-preview.1" };
    const response = await send(emulator, exchange);
    expect(operationOf("ims", "GET", "identities").check(await response.json())).toBe("");
  });

  test("the lists of every namespace are as documented, with extended information too", async () => {
    const [emulator] = emulators;
    if (!emulator) throw new Error("not started");
    const path = "accesscontrollists/{securityNamespaceId}";
    const { check } = operationOf("security", "GET", path);
    for (const securityNamespaceId of emulator.state.accessLists.keys()) {
      const params = { securityNamespaceId };
      const query = { includeExtendedInfo: "true" };
      const exchange: Exchange = { area: "security", method: "GET", path, params, query, version: "7.1" };
      const body: { readonly count: number } = JSON.parse(await (await send(emulator, exchange)).text());
      expect([securityNamespaceId, check(body)]).toEqual([securityNamespaceId, ""]);
      expect(body.count).toBe(emulator.state.accessLists.get(securityNamespaceId)?.size);
    }
  });

  test("a server's identities, teams and permissions are as documented", async () => {
    await using server = await startEmulator({ deployment: "onPremises" });
    const authorization = `Basic ${Buffer.from(`:${server.token}`).toString("base64")}`;
    const ids = server.state.subjects.slice(0, 50).map((subject) => subject.storageKey);
    const namespaceId = "5a27515b-ccd7-42c9-84f1-54c998f03866";
    for (const [area, documented, path] of [
      ["ims", "identities", `identities?identityIds=${ids}&queryMembership=direct`],
      ["core", "teams", "teams?api-version=7.1-preview.3"],
      ["security", "permissions/{securityNamespaceId}/{permissions}", `permissions/${namespaceId}/8?tokens=a,b`],
    ] as const) {
      const { json, status } = await ask(server, `_apis/${path}`, { authorization });
      expect([path, status, operationOf(area, "GET", documented).check(json)]).toEqual([path, 200, ""]);
    }
  });

  test("the check can fail: a wrong type, an unlisted value and an invented field are found", () => {
    const { check } = operationOf("graph", "GET", "graph/users/{userDescriptor}");
    expect(check({ descriptor: "aad.x" })).toBe("");
    expect(check({ descriptor: 1 })).toContain("must be string");
    expect(check({ invented: "x" })).toContain("unevaluated");
    const projects = operationOf("core", "GET", "projects");
    expect(projects.check({ count: 1, value: [{ state: "splendid" }] })).toContain("allowed values");
    expect(projects.check([])).toContain("must be object");
  });

  test("the recorded examples pass the same check", () => {
    const broken: string[] = [];
    for (const [file, { area, path }] of Object.entries(examplesOf)) {
      const problems = operationOf(area, posted.some((each) => path.startsWith(each)) ? "POST" : "GET", path).check(
        exampleOf(file).body,
      );
      if (problems) broken.push(`${file}: ${problems}`);
    }
    expect(broken).toEqual([]);
  });

  test("every recorded example of a served route is in the table of shapes", () => {
    const areas = ["graph", "ims", "core", "memberEntitlementManagement", "security", "tokenAdmin", "account"] as const;
    const reads = areas.flatMap(exampleFiles).filter((file) => /\/(Get|GET_|Lookup|Search|BatchGet)[^/]*$/.test(file));
    const left = reads.filter(
      (file) =>
        !(file in examplesOf) && !/Permissions?|permissions|GetAllMembers|GET__securitynamespaces_.json/.test(file),
    );
    expect(left).toEqual([]);
  });

  test("what an example holds, the emulator's answers hold too", async () => {
    const missing: string[] = [];
    for (const [file, { path }] of Object.entries(examplesOf)) {
      const bodies: Json[] = [];
      for (const emulator of emulators) {
        for (const exchange of exchanges(emulator).filter((each) => each.path === path)) {
          const body: Json = JSON.parse(await (await send(emulator, exchange)).text());
          bodies.push(body);
        }
      }
      missing.push(...missingKeys(exampleOf(file).body, bodies).map((key) => `${file}: ${key}`));
    }
    expect(missing).toEqual([]);
  });

  test("beliefs that the exchanges run under differ from the defaults", () => {
    const same = Object.entries(otherBeliefs).filter(([name, value]) =>
      Object.entries(defaultBeliefs).some(([other, held]) => other === name && held === value),
    );
    expect(same).toEqual([]);
  });
});
