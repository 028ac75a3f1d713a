import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../../test/support/calls.ts";
import { type Organization, type Reply, startOrganization } from "../../../test/support/organization.ts";
import { type Access, createAccess } from "../readings/access.ts";
import { createVanished } from "../readings/vanished.ts";
import { createTokenReading } from "./reading.ts";

const people = ["aad.QQ", "aad.Qg", "msa.Qw"];
const idOf = (at: number) => `952858d3-7084-4635-964e-${String(at).padStart(12, "0")}`;
const row = (at: number) => ({ authorizationId: idOf(at), isValid: true });
const nobody = { status: 404, body: { typeKey: "IdentityNotFoundException", message: "gone" } };

/** Tokens of three people, as a test says what is answered: by owner, kind, and page. */
async function start(answer: (owner: string, isKey: boolean, cursor: string) => Reply) {
  const organization = await startOrganization(({ url }) => {
    const { searchParams, pathname } = url;
    const cursor = searchParams.get("continuationToken") ?? "";
    return answer(pathname.split("/").at(-1) ?? "", searchParams.get("isPublic") === "true", cursor);
  });
  const vanished = createVanished();
  const access: Pick<Access, "absence"> = { absence: async () => undefined };
  const sorted = async () => people.map((id) => ({ id }));
  const tokens = createTokenReading(
    {
      client: organization.client,
      access,
      subjects: { sorted },
      permissions: { roleGroups: async () => new Map(), containers: () => Promise.reject(new Error("not needed")) },
      vanished,
      detail: "all",
    },
    {},
  );
  return { tokens, vanished, [Symbol.asyncDispose]: () => organization[Symbol.asyncDispose]() };
}

describe("tokens", () => {
  test("of somebody who went meanwhile are none, and it is told that somebody was not found", async () => {
    await using world = await start((owner, isKey) => {
      if (owner === people[1]) return nobody;
      return { body: { value: isKey ? [] : [row(people.indexOf(owner))] } };
    });
    const all = await world.tokens.all(testCall());
    expect(all.map(({ id }) => id)).toEqual([`${people[0]}~${idOf(0)}`, `${people[2]}~${idOf(2)}`]);
    expect(world.vanished.counts()).toEqual([[expect.stringContaining("users whose"), 1]]);
  });

  test("come once when pages overlap, and as tokens where keys are not told apart", async () => {
    await using world = await start((owner, _isKey, cursor) => {
      if (owner !== people[0]) return { body: { value: [] } };
      if (cursor === "") return { body: { value: [row(1), row(2)], continuationToken: idOf(2) } };
      return { body: { value: [row(2), row(3)] } };
    });
    const all = await world.tokens.all(testCall());
    expect(all.map(({ kind, token }) => `${kind} ${token.authorizationId}`)).toEqual(
      [1, 2, 3].map((at) => `personal-access-token ${idOf(at)}`),
    );
  });

  test("whose pages lead in a circle are a failure, and no shorter list", async () => {
    await using world = await start((_owner, _isKey, cursor) => {
      return {
        body: { value: [row(cursor === idOf(1) ? 2 : 1)], continuationToken: cursor === idOf(1) ? idOf(2) : idOf(1) },
      };
    });
    const failure = await failureFrom(world.tokens.all(testCall()));
    expect(failure).toMatchObject({ kind: "unexpected-answer", message: expect.stringContaining("tokenadmin") });
  });

  test.each<[string, Reply]>([
    ["any other 404", { status: 404, body: {} }],
    ["a refusal", { status: 403, body: {} }],
    ["a row without an id", { body: { value: [{ isValid: true }] } }],
  ])("fail with %s of one person", async (_, reply) => {
    await using world = await start((owner) => (owner === people[2] ? reply : { body: { value: [] } }));
    expect(["wrong-route", "forbidden", "unexpected-answer"]).toContain(
      (await failureFrom(world.tokens.all(testCall()))).kind,
    );
  });
});

describe("whether tokens may be read is tried", () => {
  async function asked(subjectDescriptor: string, users: readonly string[]): Promise<[string | undefined, string[]]> {
    await using organization: Organization = await startOrganization(({ url: { pathname } }) => {
      if (pathname.endsWith("/connectionData")) {
        return { body: { authenticatedUser: { id: idOf(9), subjectDescriptor }, instanceId: idOf(8) } };
      }
      const value = pathname.endsWith("/users") ? users.map((descriptor) => ({ descriptor })) : [];
      return { body: { value } };
    });
    const absence = await createAccess(organization.client, {}).absence("personal-access-tokens", testCall());
    const paths = organization.server.requests.map(({ url }) => url.pathname);
    return [
      absence?.cause,
      paths.filter((path) => path.includes("tokenadmin")).map((path) => path.split("/").at(-1) ?? ""),
    ];
  }

  test("with the connector's own", async () => {
    expect(await asked("aad.QQ", ["aad.Qg"])).toEqual([undefined, ["aad.QQ"]]);
  });

  test("with somebody's, where the connector is an application, and with nobody's, where there is nobody", async () => {
    expect(await asked("aadsp.QQ", ["svc.QQ", "aad.Qg"])).toEqual([undefined, ["aad.Qg"]]);
    expect(await asked("aadsp.QQ", [])).toEqual([undefined, []]);
  });
});
