import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization, token } from "../../test/support/organization.ts";
import { allRows } from "./list-answers.ts";

const users = (...descriptors: string[]): Reply => ({
  body: { count: descriptors.length, value: descriptors.map((descriptor) => ({ descriptor })) },
});
const refused: Reply = { status: 401, body: undefined };

describe("a request", () => {
  test("carries credential, version, session and what makes the service answer with a status", async () => {
    await using organization = await startOrganization(() => users("aad.a"));
    await organization.client.graph.listUsers("", testCall());
    await organization.client.graph.listGroups("", testCall());
    const sent = organization.server.requests.slice(1);
    for (const { headers } of sent) {
      expect(headers).toMatchObject({
        authorization: `Basic ${Buffer.from(`:${token}`).toString("base64")}`,
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": "azure-devops-connector/test",
        "x-tfs-fedauthredirect": "Suppress",
        "x-vss-forcemsapassthrough": "true",
      });
    }
    expect(new Set(sent.map(({ headers }) => headers["x-tfs-session"])).size).toBe(1);
    expect(organization.client.connection.requests).toEqual(
      new Map([
        ["GET resourceareas", 1],
        ["GET graph/users", 1],
        ["GET graph/groups", 1],
      ]),
    );
  });

  test("encodes what it puts into a path", async () => {
    await using organization = await startOrganization(() => ({ body: { descriptor: "aad.x" } }));
    await organization.client.graph.getUser("aad/../../x?y=1#z", testCall());
    expect(organization.server.requests.at(-1)?.url.href).toContain(
      "/graph/users/aad%2F..%2F..%2Fx%3Fy%3D1%23z?api-version=",
    );
  });

  test("that fails never tells the credential", async () => {
    await using organization = await startOrganization(() => refused);
    const failure = await failureFrom(organization.client.graph.listUsers("", testCall()));
    expect(`${failure.stack} ${JSON.stringify(failure)}`).not.toContain(token);
  });
});

describe("401", () => {
  test("is a bad credential as long as it had no answer yet", async () => {
    await using organization = await startOrganization(() => refused);
    const { security } = organization.client;
    const failure = await failureFrom(security.readAccessControlLists("x", {}, allRows, testCall()));
    expect(failure).toMatchObject({ kind: "unauthenticated", message: expect.stringContaining("valid") });
    expect(organization.server.requests).toHaveLength(1);
  });

  test("after a success with the same credential is a missing scope, which is named", async () => {
    let working = true;
    await using organization = await startOrganization(({ url }) =>
      working || url.pathname.endsWith("/connectionData") ? users("aad.a") : refused,
    );
    const { client } = organization;
    await client.graph.listUsers("", testCall());
    working = false;
    const failure = await failureFrom(client.graph.listUsers("", testCall()));
    expect(failure).toMatchObject({ kind: "forbidden", message: expect.stringContaining("Graph (Read)") });
  });

  test("to everything after a success is a token that is over, and not a missing scope", async () => {
    let reply: Reply = users("aad.a");
    await using organization = await startOrganization(() => reply);
    const { client } = organization;
    await client.graph.listUsers("", testCall());
    reply = refused;
    const failure = await failureFrom(client.graph.listUsers("", testCall()));
    expect(failure).toMatchObject({
      kind: "unauthenticated",
      message: expect.stringMatching(/^GET graph.users: .*renew/),
    });
    reply = { status: 503 };
    expect((await failureFrom(client.graph.listUsers("", testCall()))).kind).toBe("unavailable");
  });
});

describe("400", () => {
  test("to a reading is our bug, not the caller's", async () => {
    const body = { $id: "1", message: "no", typeKey: "VssInvalidPreviewVersionException" };
    await using organization = await startOrganization(() => ({ status: 400, body }));
    const failure = await failureFrom(organization.client.graph.listUsers("", testCall()));
    expect(failure.kind).toBe("bug");
  });
});

describe("a listing", () => {
  test("goes on by the header's token until there is none, over empty pages too", async () => {
    await using organization = await startOrganization(({ url }) => {
      const at = Number(url.searchParams.get("continuationToken") ?? 0);
      const headers: Record<string, string> = at < 2 ? { "x-ms-continuationtoken": String(at + 1) } : {};
      return { ...(at === 1 ? users() : users(`aad.${at}`)), headers };
    });
    const found: string[] = [];
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const page = await organization.client.graph.listUsers(cursor, testCall());
      found.push(...page.items.map(({ descriptor }) => descriptor));
      cursor = page.next;
    }
    expect(found).toEqual(["aad.0", "aad.2"]);
  });
});

describe("what is not there", () => {
  const gone: Reply = { status: 404, body: { typeKey: "GraphSubjectNotFoundException", message: "no" } };
  const elsewhere: Reply = { status: 404, body: { typeKey: "VssResourceNotFoundException", message: "no" } };

  test("is undefined, or false for a state, when the object itself is gone", async () => {
    await using organization = await startOrganization(() => gone);
    const { graph, core } = organization.client;
    const call = testCall();
    const found = [graph.getUser("aad.x", call), graph.getGroup("vssgp.x", call), core.getProject("x", call)];
    const keys = [graph.getStorageKey("aad.x", call), graph.getDescriptor("x", call), graph.listMembers("x", call)];
    expect(await Promise.all([...found, ...keys])).toEqual([...found, ...keys].map(() => undefined));
    expect(await graph.isActive("aad.x", call)).toBe(false);
  });

  test("fails when the route is what is missing: a hole would look like a revocation", async () => {
    await using organization = await startOrganization(() => elsewhere);
    const { graph } = organization.client;
    expect((await failureFrom(graph.listMembers("vssgp.x", testCall()))).kind).toBe("wrong-route");
    expect((await failureFrom(graph.isActive("aad.x", testCall()))).kind).toBe("wrong-route");
  });
});
