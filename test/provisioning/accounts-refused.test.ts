import type { JsonObject } from "@bufbuild/protobuf";
import { afterEach, describe, expect, test } from "vitest";
import { AccountManagerService } from "../../gen/c1/connector/v2/resource_pb.js";
import { descriptorOf, type OrganizationState } from "../../src/emulator/index.ts";
import { refusalOf } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { code, isAdministrators, isOrdinary, someone, startAccounts } from "./account-world.ts";

let world: World | undefined;
afterEach(() => world?.close());

type Start = Parameters<typeof startAccounts>;
/** What is asked for, the code and a part of the answer, and how the connector is started. */
type Refusal = readonly [title: string, profile: Profile, code: number, told: string, args?: Start];
type Profile = JsonObject | ((state: OrganizationState) => JsonObject);

async function start(...args: Start) {
  const started = await startAccounts(...args);
  world = started.world;
  return started;
}

const newcomer = "newcomer0@fabrikam.example";
const noSeats = { seats: { express: 0, advanced: 0 } };

const refusals: readonly Refusal[] = [
  ["nobody", {}, code.invalid, "neither email nor object_id"],
  ["text that is no address", { email: "newcomer0" }, code.invalid, "no mail address"],
  ["an address with more in it", { email: "a@b.example' or name eq 'x" }, code.invalid, "no mail address"],
  ["an address with what nobody sees in it", { email: "a\u200b@b.example" }, code.invalid, "no mail address"],
  ["a wrong object id", { email: newcomer, object_id: "17" }, code.invalid, "object_id is no id"],
  ["an unknown access level", { email: newcomer, access_level: "gold" }, code.invalid, "there are stakeholder, basic"],
  ["an access level that is no text", { email: newcomer, access_level: 7 }, code.invalid, "access_level is no text"],
  ["groups that are no list", { email: newcomer, groups: { id: 1 } }, code.invalid, "groups is no list"],
  [
    "an entitlement that is no membership",
    { email: newcomer, groups: ["project:x:read"] },
    code.invalid,
    "memberships",
  ],
  [
    "an address with the object id of another",
    (state) => ({
      email: someone(state, isOrdinary(state)).principalName,
      object_id: state.directory[0]?.originId ?? "",
    }),
    code.invalid,
    "and not",
  ],
  ["a group that does not exist", { email: newcomer, groups: ["vssgp.Z29uZQ"] }, code.notFound, "there is no group"],
  [
    "a group of Entra that is to be refused",
    (state) => ({ email: newcomer, groups: [descriptorOf(someone(state, ({ kind }) => kind === "entra-group"))] }),
    code.refused,
    "--entra-groups manage",
    [{}, {}, { changes: { entraGroups: { mode: "refuse", allowed: new Set() } } }],
  ],
];

const casesOf = (rows: readonly Refusal[]) =>
  rows.map(([title, profile, expected, told, args = []]) => ({ title, profile, expected, told, args }));

describe("CreateAccount refuses and writes nothing", () => {
  test.each(casesOf(refusals))("$title", async ({ profile, expected, told, args }) => {
    const { orders, state, writes } = await start(...args);
    const asked = typeof profile === "function" ? profile(state) : profile;
    expect(await refusalOf(orders.addAccount(asked))).toEqual({
      code: expected,
      message: expect.stringContaining(told),
    });
    expect(writes.all).toEqual([]);
  });

  test("service principals without an object id, and types that are no accounts", async () => {
    const { orders, writes } = await start();
    expect(await refusalOf(orders.addAccount({ email: newcomer }, "service-principal"))).toMatchObject({
      code: code.invalid,
    });
    expect(await refusalOf(orders.addAccount({ email: newcomer }, "group"))).toMatchObject({ code: code.unsupported });
    expect(writes.all).toEqual([]);
  });

  test("passwords and recipients of secrets", async () => {
    const { replica, writes } = await start();
    const { createAccount } = AccountManagerService.method;
    const accountInfo = { profile: { email: newcomer } };
    const randomPassword = { case: "randomPassword", value: { length: 12n } } as const;
    for (const more of [{ credentialOptions: { options: randomPassword } }, { encryptionConfigs: [{}] }]) {
      const refusal = await refusalOf(replica.call(createAccount, { accountInfo, ...more }));
      expect(refusal.code).toBe(code.invalid);
    }
    expect(writes.all).toEqual([]);
  });

  test("everybody while provisioning is off", async () => {
    const { orders, state, writes } = await start({}, {}, { provisioning: "off" });
    const group = { type: "group", id: descriptorOf(someone(state, isAdministrators)) };
    const all = [
      orders.addAccount({ email: newcomer }),
      orders.createGroup({ displayName: "N" }),
      orders.remove(group),
    ];
    for (const order of all) {
      const message = expect.stringContaining("--provisioning standard");
      expect(await refusalOf(order)).toEqual({ code: code.refused, message });
    }
    expect(writes.all).toEqual([]);
  });
});

describe("what Azure DevOps refuses leaves nothing changed", () => {
  const profile = { email: "nobody@fabrikam.example" };
  const invited = { invitesOutsiders: true };

  const rows: readonly Refusal[] = [
    ["whom the directory does not know", profile, code.refused, "--invite-outsiders", []],
    ["whom it does not know, where it may be invited (5102)", profile, code.refused, "5102", [{}, invited]],
    [
      "a guest's sign-in name in another directory, though outsiders may be invited",
      { email: "mallory_fabrikam.example#EXT#@outside.example" },
      code.refused,
      "send their mail address",
      [{}, invited],
    ],
    ["without the right to add (5032)", profile, code.forbidden, "5032", [{ callerMayChange: false }, invited]],
    [
      "without a seat, where one may be paid (5005)",
      { email: newcomer, access_level: "basic" },
      code.refused,
      "5005",
      [noSeats, { allowsPaidSeats: true, ...invited }],
    ],
  ];

  test.each(casesOf(rows))("$title", async ({ profile: asked, expected, told, args }) => {
    const { orders, state, writes } = await start(...args);
    const order = orders.addAccount(typeof asked === "function" ? asked(state) : asked);
    expect(await refusalOf(order)).toEqual({ code: expected, message: expect.stringContaining(told) });
    expect(writes.changes).toEqual([]);
  });
});
