import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";
import type { Call } from "../call.ts";
import type { MemberEntitlementApi } from "./member-entitlements.ts";

async function ask<T>(reply: Reply, run: (api: MemberEntitlementApi, call: Call) => Promise<T>): Promise<T> {
  await using organization = await startOrganization(() => reply);
  return await run(organization.client.memberEntitlements, testCall());
}

const rule = {
  id: "8EDCDDD7-867A-419F-B330-4108F36615CA",
  group: { descriptor: "aadgp.x", displayName: "All", origin: "aad", originId: "o", _links: {} },
  licenseRule: { licensingSource: "account", accountLicenseType: "express" },
  status: "applied",
};
const read = {
  id: rule.id.toLowerCase(),
  group: { descriptor: "aadgp.x", displayName: "All", origin: "aad", originId: "o" },
  licenseRule: rule.licenseRule,
  extensionRules: [],
  status: "applied",
};

describe("group rules", () => {
  test.each([
    ["wrapped", { count: 1, value: [rule] }],
    ["bare", [rule]],
  ])("are read %s", async (_, body) => {
    expect(await ask({ body }, (api, call) => api.listGroupRules(call))).toEqual([read]);
  });

  test("may be of extensions alone", async () => {
    const body = [{ ...rule, licenseRule: null, extensionRules: [{ id: "ms.feed", name: "Packages" }] }];
    const [only] = await ask({ body }, (api, call) => api.listGroupRules(call));
    expect(only).toMatchObject({ licenseRule: null, extensionRules: [{ id: "ms.feed", name: "Packages" }] });
  });

  test("without their group are no rules", async () => {
    const body = { value: [{ ...rule, group: undefined }] };
    expect((await failureFrom(ask({ body }, (api, call) => api.listGroupRules(call)))).kind).toBe("unexpected-answer");
  });
});

describe("the summary", () => {
  test("tells seats where they are told, and nothing else", async () => {
    const license = { licenseName: "Basic", accountLicenseType: "express", source: "account", assigned: 3, total: 5 };
    const body = { licenses: [{ ...license, available: null, nextBillingDate: "x" }], extensions: null };
    expect(await ask({ body }, (api, call) => api.summary(call))).toEqual({
      licenses: [{ ...license, isPurchasable: false }],
      extensions: [],
      availableAccessLevels: [],
    });
  });
});

describe("a service principal's entitlement", () => {
  test.each<[string, Reply]>([
    ["null", { body: null }],
    ["404", { status: 404, body: {} }],
  ])("is undefined when the answer is %s", async (_, reply) => {
    expect(await ask(reply, (api, call) => api.getServicePrincipal("x", call))).toBeUndefined();
  });

  test("is a failure when it may not be read", async () => {
    const failure = await failureFrom(
      ask({ status: 403, body: {} }, (api, call) => api.getServicePrincipal("x", call)),
    );
    expect(failure.kind).toBe("forbidden");
  });
});
