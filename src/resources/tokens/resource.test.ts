import { describe, expect, test } from "vitest";
import { canonicalTokenId, parseTokenId, tokenId } from "./ids.ts";
import type { OwnedToken } from "./reading.ts";
import { toResource } from "./resource.ts";
import { stateOf } from "./state.ts";

const owner = "aad.OWI3MWYyMTYtNGM0Zi03Yjc0LWE5MTEtZWZiMGZhOWM3Nzdm";
const authorizationId = "952858d3-7084-4635-964e-3c2a57645185";
const self = "c063a1dc-7dd6-45b0-80b0-7ec1cf951cbf";
const other = "1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7";
const nowMs = Date.UTC(2026, 10, 22);

const token: OwnedToken["token"] = {
  authorizationId,
  displayName: "deploy",
  scope: "vso.code vso.build",
  targetAccounts: [self],
  validFrom: "2026-01-01T00:00:00",
  validTo: "2026-12-31T00:00:00",
  isValid: true,
};
const owned: OwnedToken = { id: tokenId(owner, authorizationId), owner, kind: "personal-access-token", token };
const context = { instanceId: self, organization: { type: "organization", id: self }, nowMs };
const told = (more: Partial<OwnedToken["token"]>, kind = owned.kind) =>
  toResource({ ...owned, kind, token: { ...token, ...more } }, context);

describe("the id of a token", () => {
  test("says whose it is and which, and nothing that somebody can rename", () => {
    expect(owned.id).toBe(`${owner}~${authorizationId}`);
    expect(parseTokenId(owned.id)).toEqual({ owner, authorizationId });
  });

  test("is taken in whichever case upstream writes its parts", () => {
    expect(canonicalTokenId(`AAD${owner.slice(3)}~${authorizationId.toUpperCase()}`)).toBe(owned.id);
    expect(canonicalTokenId("another")).toBe("another");
  });

  test.each([
    "",
    "~",
    owner,
    authorizationId,
    `${owner}~`,
    `~${authorizationId}`,
    `${owner}~${"0".repeat(36)}`,
    "a/b~c",
  ])("is not %j", (id) => {
    expect(parseTokenId(id)).toBeUndefined();
  });
});

test("a token tells owner, scopes, dates, state and where it is good", () => {
  expect(told({})).toEqual({
    type: "personal-access-token",
    id: owned.id,
    displayName: "deploy",
    parent: context.organization,
    status: { value: "enabled" },
    createdAt: new Date("2026-01-01T00:00:00Z"),
    secret: {
      owner: { type: "user", id: owner },
      kind: "static-secret",
      detail: "personal-access-token",
      expiresAt: new Date("2026-12-31T00:00:00Z"),
    },
    profile: {
      kind: "personal-access-token",
      state: "valid",
      scopes: "vso.code vso.build",
      full_access: undefined,
      targets: "this-organization",
      target_organizations: 1,
      authorization_id: authorizationId,
      expires: "2026-12-31T00:00:00.000Z",
    },
  });
});

test("a key is asymmetric, and without a name it is called by its kind and id", () => {
  const key = told({ displayName: undefined, validTo: "9999-12-31T23:59:59.9999999" }, "ssh-key");
  expect(key).toMatchObject({ displayName: `SSH key ${authorizationId}`, secret: { kind: "asymmetric-key" } });
  expect([key.secret?.expiresAt, key.profile?.expires]).toEqual([undefined, undefined]);
});

test.each([
  [[], "all-organizations"],
  [null, "all-organizations"],
  [[self], "this-organization"],
  [[other], "chosen-organizations"],
  [[self, other], "chosen-organizations"],
])("a token for %j is for %s", (targetAccounts, targets) => {
  expect(told({ targetAccounts }).profile?.targets).toBe(targets);
});

test.each([
  ["valid", true, "2026-12-31T00:00:00", "enabled"],
  ["valid", true, "9999-12-31T23:59:59", "enabled"],
  ["revoked", false, "2026-12-31T00:00:00", "disabled"],
  ["revoked", false, undefined, "disabled"],
  ["expired", false, "2026-11-01T00:00:00", "disabled"],
  ["expired", true, "2026-11-01T00:00:00", "disabled"],
])("it is %s when isValid is %s and it ends %s", (state, isValid, validTo, status) => {
  expect(stateOf({ ...token, isValid, validTo }, nowMs)).toBe(state);
  expect(told({ isValid, validTo })).toMatchObject({ status: { value: status }, profile: { state } });
});

test("all scopes are told as full access", () => {
  expect(told({ scope: "app_token" }).profile?.full_access).toBe(true);
});
