import { describe, expect, test } from "vitest";
import { z } from "zod";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import type { RecordedRequest } from "../../test/support/http-server.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";
import { Secret } from "../secret.ts";
import { bearerToken, type Credential } from "./credential.ts";
import type { Operation } from "./operations.ts";

const users: Reply = { body: { count: 1, value: [{ descriptor: "aad.a" }] } };
const refused: Reply = { status: 401, body: undefined };
const signInPage: Reply = { status: 203, headers: { "content-type": "text/html" }, body: "<html>" };

/** Another token each time that one was refused, as often as there are any. */
function renewable(spare = 1): Credential & { readonly renewals: () => number } {
  let used = 0;
  const base = bearerToken(new Secret("token-number-0"));
  return {
    ...base,
    authorization: async () => `Bearer token-number-${used}`,
    async renew() {
      if (used === spare) return undefined;
      used += 1;
      return `Bearer token-number-${used}`;
    },
    renewals: () => used,
  };
}

const tokenOf = ({ headers }: RecordedRequest) => Number(headers.authorization?.slice(-1));

const write: Operation<unknown> = {
  area: "core",
  method: "PATCH",
  path: "things/1",
  template: "things/{id}",
  version: "7.1",
  schema: z.unknown(),
  scope: "any",
};

const setUp = (reply: (request: RecordedRequest) => Reply, credential: Credential) =>
  startOrganization(reply, undefined, undefined, credential);

describe("a token that is refused", () => {
  test.each([
    ["401", refused],
    ["the sign-in page", signInPage],
  ])("by %s is renewed, and the reading sent again", async (_, no) => {
    await using organization = await setUp((request) => (tokenOf(request) > 0 ? users : no), renewable());
    const page = await organization.client.graph.listUsers("", testCall());
    expect(page.items).toHaveLength(1);
  });

  test("by 401 is renewed for a change too: nothing was done", async () => {
    await using organization = await setUp((request) => (tokenOf(request) > 0 ? users : refused), renewable());
    await organization.client.connection.send(write, testCall());
    expect(organization.server.requests.filter(({ method }) => method === "PATCH").map(tokenOf)).toEqual([0, 1]);
  });

  test("by a sign-in page leaves a change as it is: nobody knows whether it was made", async () => {
    const credential = renewable();
    await using organization = await setUp(() => signInPage, credential);
    const failure = await failureFrom(organization.client.connection.send(write, testCall()));
    expect([failure.kind, credential.renewals()]).toEqual(["unauthenticated", 0]);
    expect(organization.server.requests.filter(({ method }) => method === "PATCH")).toHaveLength(1);
  });

  test("and whose successor is refused too says what it said without one", async () => {
    let working = true;
    const credential = renewable(5);
    await using organization = await setUp(
      ({ url }) => (working || url.pathname.endsWith("/connectionData") ? users : refused),
      credential,
    );
    await organization.client.graph.listUsers("", testCall());
    working = false;
    const failure = await failureFrom(organization.client.graph.listUsers("", testCall()));
    expect(failure).toMatchObject({ kind: "forbidden", message: expect.stringContaining("Graph (Read)") });
    expect(credential.renewals()).toBe(1);
  });

  test("because it may not is not renewed", async () => {
    const credential = renewable();
    await using organization = await setUp(() => ({ status: 403, body: {} }), credential);
    expect((await failureFrom(organization.client.graph.listUsers("", testCall()))).kind).toBe("forbidden");
    expect(credential.renewals()).toBe(0);
  });

  test("since its owner is not in the organization is told so, with the remedy", async () => {
    const message = "TF401444: Please sign-in at least once as x in a web browser to enable access to the service.";
    const credential = renewable();
    await using organization = await setUp(() => ({ status: 401, body: { message } }), credential);
    const failure = await failureFrom(organization.client.graph.listUsers("", testCall()));
    expect(failure).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(/TF401444.*enterprise application/),
    });
    expect(credential.renewals()).toBe(0);
  });
});
