import { describe, expect, test } from "vitest";
import { z } from "zod";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { startOrganization } from "../../test/support/organization.ts";
import { identityNamespaceId } from "./security.ts";

const id = "2E9EB7ED-3C0A-47D4-87C1-0FFDD275FD87";

async function namespacesOf(value: readonly unknown[]) {
  await using organization = await startOrganization(() => ({ body: { count: value.length, value } }));
  return await organization.client.security.listNamespaces(testCall());
}

describe("security namespaces", () => {
  test("are told with their bits, whatever is left out", async () => {
    const action = { bit: 1, name: "Read", displayName: "View", namespaceId: id };
    const [whole, bare] = await namespacesOf([
      {
        namespaceId: id,
        name: "Git Repositories",
        displayName: "Git",
        separatorValue: "/",
        structureValue: 1,
        readPermission: 2,
        writePermission: 8192,
        systemBitMask: 16,
        actions: [action, { bit: 1, name: "Read" }],
      },
      { namespaceId: "x", name: "TestManagement ", separatorValue: "\u0000", structureValue: 0, actions: [] },
    ]);
    expect(whole).toEqual({
      id: id.toLowerCase(),
      name: "Git Repositories",
      displayName: "Git",
      separator: "/",
      structure: "hierarchical",
      readPermission: 2,
      writePermission: 8192,
      systemBits: 16,
      actions: [
        { bit: 1, name: "Read", displayName: "View" },
        { bit: 1, name: "Read", displayName: "Read" },
      ],
    });
    expect(bare).toMatchObject({
      name: "TestManagement ",
      separator: "",
      structure: "flat",
      systemBits: 0,
      actions: [],
    });
  });

  test("may have no actions, share a name, and use the highest bits", async () => {
    const found = await namespacesOf([
      { namespaceId: "a", name: "Release", actions: null },
      { namespaceId: "b", name: "Release" },
      { namespaceId: "c", name: "High", systemBitMask: -1, actions: [{ bit: -2147483648, name: "Top" }] },
      { namespaceId: "d", name: "Higher", actions: [{ bit: 2 ** 52, name: "Far" }] },
    ]);
    expect(found.map(({ name }) => name)).toEqual(["Release", "Release", "High", "Higher"]);
    expect(found.slice(0, 2).map(({ actions }) => actions)).toEqual([[], []]);
    expect(found[2]).toMatchObject({ systemBits: 4294967295, actions: [{ bit: 2147483648 }] });
    expect(found[3]?.actions[0]?.bit).toBe(2 ** 52);
  });

  test.each([{ bit: 0.5 }, { bit: 2 ** 60 }, { bit: "1" }, { name: 7 }])(
    "are refused with an action %j",
    async (odd) => {
      const action = { bit: 1, name: "Read", ...odd };
      const failure = await failureFrom(namespacesOf([{ namespaceId: id, name: "x", actions: [action] }]));
      expect(failure).toMatchObject({
        kind: "unexpected-answer",
        message: expect.stringContaining("value.0.actions.0"),
      });
    },
  );
});

const batch = z.object({
  alwaysAllowAdministrators: z.boolean(),
  evaluations: z.array(z.object({ securityNamespaceId: z.string(), token: z.string(), permissions: z.number() })),
});

describe("what the caller itself may do", () => {
  const questions = Array.from({ length: 1200 }, (_, at) => ({
    namespaceId: identityNamespaceId.toUpperCase(),
    token: `t${at}`,
    bits: at === 0 ? 2 ** 31 : 8,
  }));

  test("is asked in batches, by the lists alone, and answered in order", async () => {
    await using organization = await startOrganization(({ body }) => {
      const { evaluations } = batch.parse(JSON.parse(body));
      const value = ({ token }: { token: string }) => Number(token.slice(1)) % 3 === 0;
      return {
        body: {
          evaluations: evaluations.map((each) => ({
            ...each,
            securityNamespaceId: each.securityNamespaceId.toLowerCase(),
            value: value(each),
          })),
        },
      };
    });
    const answers = await organization.client.security.evaluatePermissions(questions, testCall());
    expect(answers).toEqual(questions.map((_, at) => at % 3 === 0));
    const bodies = organization.server.requests.map(({ body }) => batch.parse(JSON.parse(body)));
    expect(bodies.map(({ evaluations }) => evaluations.length)).toEqual([500, 500, 200]);
    expect(bodies[0]).toMatchObject({ alwaysAllowAdministrators: false });
    expect(bodies[0]?.evaluations[0]?.permissions).toBe(-2147483648);
  });

  test.each([
    ["fewer", (evaluations: unknown[]) => evaluations.slice(1)],
    ["another order", (evaluations: unknown[]) => evaluations.toReversed()],
    ["none", () => []],
  ])("is not believed with answers in %s", async (_, change) => {
    await using organization = await startOrganization(({ body }) => {
      const evaluations = batch.parse(JSON.parse(body)).evaluations.map((each) => ({ ...each, value: true }));
      return { body: { evaluations: change(evaluations) } };
    });
    const { security } = organization.client;
    const failure = await failureFrom(security.evaluatePermissions(questions.slice(0, 3), testCall()));
    expect(failure).toMatchObject({ kind: "unexpected-answer", message: expect.stringContaining("other tokens") });
  });

  test("takes no request for no question", async () => {
    await using organization = await startOrganization(() => ({ status: 500 }));
    expect(await organization.client.security.evaluatePermissions([], testCall())).toEqual([]);
    expect(organization.server.requests).toEqual([]);
  });
});
