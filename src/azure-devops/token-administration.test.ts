import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";

const owner = "aad.OWI3MWYyMTYtNGM0Zi03Yjc0LWE5MTEtZWZiMGZhOWM3Nzdm";
const authorizationId = "952858d3-7084-4635-964e-3c2a57645185";
const organizationId = "c063a1dc-7dd6-45b0-80b0-7ec1cf951cbf";
const areaId = "af68438b-ed04-4407-9eb6-f1dbae3f922e";
const pat = `${"x".repeat(76)}AZDOabcd`;

const row = {
  clientId: "00000000-0000-0000-0000-000000000000",
  authorizationId: authorizationId.toUpperCase(),
  userId: "bb5bb6c8-ef0a-400f-8987-92b3674d2043",
  validFrom: "2018-07-19T00:00:00",
  validTo: "2019-07-19T00:00:00",
  displayName: `deploy ${pat}`,
  scope: "vso.code vso.build",
  targetAccounts: [organizationId.toUpperCase()],
  token: pat,
  alternateToken: pat,
  isValid: true,
  isPublic: false,
  publicData: pat,
};

async function list(reply: Reply, cursor = "", kind: "personal-access-token" | "ssh-key" = "personal-access-token") {
  await using organization = await startOrganization(
    () => reply,
    (server) => ({ [areaId]: `${server.href}vssps/fabrikam` }),
  );
  const page = await organization.client.tokenAdministration.list(owner, kind, cursor, testCall());
  return { page, url: organization.server.requests.at(-1)?.url };
}

describe("tokens of a person", () => {
  test("are read from the host of their area, and what they are is not kept", async () => {
    const { page, url } = await list({ body: { value: [row], continuationToken: null } });
    expect(url?.pathname).toBe(`/vssps/fabrikam/_apis/tokenadmin/personalaccesstokens/${owner}`);
    expect(page).toEqual({
      items: [
        {
          authorizationId,
          displayName: "deploy [secret]",
          scope: "vso.code vso.build",
          targetAccounts: [organizationId],
          validFrom: row.validFrom,
          validTo: row.validTo,
          isValid: true,
        },
      ],
      next: undefined,
    });
    expect(JSON.stringify(page)).not.toContain(pat.slice(0, 20));
  });

  test.each([
    ["a token goes on", authorizationId, authorizationId],
    ["no token ends", undefined, undefined],
    ["null ends", null, undefined],
    ["the empty GUID ends", "00000000-0000-0000-0000-000000000000", undefined],
  ])("come in pages: %s", async (_, continuationToken, next) => {
    expect((await list({ body: { value: [], continuationToken } })).page.next).toBe(next);
  });

  test("that are keys are asked for as public ones, and later pages by their token", async () => {
    const { url } = await list({ body: { value: [] } }, "a page", "ssh-key");
    expect([url?.searchParams.get("isPublic"), url?.searchParams.get("continuationToken")]).toEqual(["true", "a page"]);
    expect((await list({ body: { value: [] } })).url?.searchParams.get("isPublic")).toBe("false");
  });

  test("are no answer without an authorization id, and the failure does not repeat the row", async () => {
    const { authorizationId: _left, ...rest } = row;
    const failure = await failureFrom(list({ body: { value: [rest] } }));
    expect(failure).toMatchObject({ kind: "unexpected-answer", message: expect.stringContaining("authorizationId") });
    expect(failure.message).not.toContain("xxxx");
  });

  test("of somebody who is gone are not found; any other 404 is another failure", async () => {
    const gone = { status: 404, body: { typeKey: "IdentityNotFoundException", message: "gone" } };
    expect((await failureFrom(list(gone))).kind).toBe("not-found");
    expect((await failureFrom(list({ status: 404, body: {} }))).kind).toBe("wrong-route");
  });
});

test("a token is revoked by its authorization id, and its kind", async () => {
  await using organization = await startOrganization(() => ({
    write: (response) => void response.writeHead(204, { activityid: "a-1" }).end(),
  }));
  const { tokenAdministration } = organization.client;
  for (const kind of ["personal-access-token", "ssh-key"] as const) {
    expect(await tokenAdministration.revoke(authorizationId, kind, testCall())).toMatchObject({ activityId: "a-1" });
    const sent = organization.server.requests.at(-1);
    expect([sent?.method, sent?.url.pathname]).toEqual(["POST", "/fabrikam/_apis/tokenadmin/revocations"]);
    expect(sent?.url.searchParams.get("isPublic")).toBe(String(kind === "ssh-key"));
    expect(JSON.parse(sent?.body ?? "")).toEqual([{ authorizationId }]);
  }
});
