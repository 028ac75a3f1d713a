import { expect, test } from "vitest";
import { testCall } from "../../../test/support/calls.ts";
import type { IdentityResolver, ResolvedIdentity } from "./identities.ts";
import { listedMember, resolveMembers } from "./member-resolution.ts";

const person = (name: string) => `Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\${name}`;

/** Knows nobody but whom it is given. */
function resolver(known: Readonly<Record<string, string>>): IdentityResolver {
  const find = async (keys: readonly string[]) =>
    new Map(
      keys.map((key): [string, ResolvedIdentity] => {
        const subjectId = known[key];
        return [key, subjectId ? { subjectId, displayName: undefined, active: true } : { unresolved: true }];
      }),
    );
  return { byStorageKey: find, byDescriptor: find, holders: find };
}

async function idsOf(
  members: string[] | null,
  memberIds: string[] | null,
  known: Readonly<Record<string, string>> = {},
) {
  const group = { id: "g", descriptor: "d", members, memberIds };
  const listed = new Map([["k1", listedMember("aad.one")]]);
  const [found] = await resolveMembers([group], listed, resolver(known), testCall());
  return (found ?? []).map(({ subjectId }) => subjectId.replace(/^ukn\..*/, "ukn")).sort();
}

test("members are known by storage key, whatever the order of the two lists", async () => {
  expect(await idsOf([person("two"), person("one")], ["k1", "k2"], { k2: "aad.two" })).toEqual(["aad.one", "aad.two"]);
});

test("whom nothing resolves is not explained away by another who is known under a second name", async () => {
  const invited = "Microsoft.TeamFoundation.BindPendingIdentity;upn:TENANT\\one";
  const known = { [invited]: "aad.one" };
  expect(await idsOf([invited, person("foreign")], ["K1", "k9"], known)).toEqual(["aad.one", "ukn"]);
});

test("one list alone is enough, and a key without a descriptor is somebody all the same", async () => {
  expect(await idsOf(null, ["k1", "k2"], { k2: "aad.two" })).toEqual(["aad.one", "aad.two"]);
  expect(await idsOf([person("two")], null, { [person("two")]: "aad.two" })).toEqual(["aad.two"]);
  expect(await idsOf(null, ["k1", "k9"])).toEqual(["aad.one", "ukn"]);
});
