import { expect, test } from "vitest";
import { testCall } from "../../../test/support/calls.ts";
import { createIdentityResolver } from "./identities.ts";

const listed = "Microsoft.IdentityModel.Claims.ClaimsIdentity;TENANT\\Ada@fabrikam.example";
const stranger = "Microsoft.IdentityModel.Claims.ClaimsIdentity;other\\ada@fabrikam.example";

/** A resolver whose service knows nobody for so many requests, and then everybody. */
function resolverThat(knowsFrom: number) {
  let requests = 0;
  const identities = {
    search: async () => [],
    listContainers: async () => [],
    readMetaTypes: async () => new Map(),
    async readBatch(keys: object) {
      requests += 1;
      const names: string[] = Object.values(keys).flat();
      return names.map((descriptor) =>
        requests > knowsFrom ? { id: "key", descriptor, subjectDescriptor: "aad.resolved" } : null,
      );
    },
  };
  const graph = {
    descriptor: "aad.listed",
    domain: "tenant",
    principalName: "ada@fabrikam.example",
    displayName: "Ada",
  };
  const subject = { id: "aad.listed", kind: "user", graph, entitlement: undefined, entitlementsRead: true } as const;
  const none = async () => [];
  const subjects = {
    all: async () => new Map([[subject.id, subject]]),
    sorted: none,
    page: async () => ({ subjects: [], next: undefined }),
    started: true,
  };
  return { resolver: createIdentityResolver({ identities }, subjects), requests: () => requests };
}

test("a holder whom an answer leaves out is asked for once more", async () => {
  const { resolver, requests } = resolverThat(1);
  const found = await resolver.holders([listed, stranger], testCall());
  expect([...found.values()].map((each) => "subjectId" in each && each.subjectId)).toEqual([
    "aad.resolved",
    "aad.resolved",
  ]);
  expect(requests()).toBe(2);
});

test("a holder who stays unknown is the listed person with that name, and nobody else", async () => {
  const { resolver, requests } = resolverThat(99);
  const found = await resolver.holders([listed, stranger], testCall());
  expect(found.get(listed)).toMatchObject({ subjectId: "aad.listed" });
  expect(found.get(stranger)).toEqual({ unresolved: true });
  expect(requests()).toBe(2);
});
