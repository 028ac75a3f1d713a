import { describe, expect, test } from "vitest";
import { accountOptions } from "../../src/config/account-options.ts";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import { runCommand } from "../support/command.ts";
import { useEmulatedFolder } from "../support/emulated-folder.ts";

/** That each option of accounts does what its text says, seen from outside. */

const { emulator, serve: start } = useEmulatedFolder("account-options", {
  users: 30,
  groups: 8,
  projects: 2,
  teamsPerProject: 1,
  seats: { express: 0 },
});

async function serve(...args: readonly string[]) {
  const serving = await start(["--provisioning", "standard", ...args]);
  return {
    add: async (profile: object) =>
      (await serving.post("AccountManagerService/CreateAccount", { accountInfo: { profile } })).text,
    remove: async (resource: string) =>
      (await serving.post("ResourceManagerService/DeleteResource", { resourceId: { resourceType: "user", resource } }))
        .text,
  };
}

const own = ["--account-domains", "fabrikam.example"];

const acts: Readonly<Record<string, () => Promise<void>>> = {
  async "account-domains"() {
    expect(await (await serve()).add({ email: "newcomer0@fabrikam.example" })).toContain("--account-domains");
    const { add } = await serve("--account-domains", "other.example,FABRIKAM.example");
    expect(await add({ email: "someone@outside.example" })).toContain("--account-domains");
    expect(await add({ email: "newcomer0@fabrikam.example" })).toContain('"success"');
    const { err } = await runCommand(["serve", "--organization-url", emulator().url, "--account-domains", "@x"]);
    expect(err).toContain("must be domains such as example.com");
  },
  async "invite-outsiders"() {
    const profile = { email: "someone@outside.example" };
    const outside = ["--account-domains", "outside.example"];
    expect(await (await serve(...outside)).add(profile)).toContain("--invite-outsiders");
    expect(await (await serve(...outside, "--invite-outsiders")).add(profile)).toContain("accept the invitation");
  },
  async "allow-paid-seats"() {
    const profile = { email: "newcomer1@fabrikam.example", access_level: "basic" };
    expect(await (await serve(...own)).add(profile)).toContain("--allow-paid-seats");
    // The organization sells no more than there are, and says so.
    expect(await (await serve(...own, "--allow-paid-seats")).add(profile)).toContain("5005");
  },
  async deprovisioning() {
    const { state } = emulator();
    const person = state.users
      .map((index) => subjectAt(state, index))
      .find(({ kind, active, entitlement }) => kind === "pending-user" && active && entitlement?.status === "pending");
    const id = person ? descriptorOf(person) : "";
    expect(await (await serve()).remove(id)).toContain("--deprovisioning");
    expect(await (await serve("--deprovisioning")).remove(id)).toContain("OUTCOME_PERFORMED");
    expect(person && subjectAt(state, person.index).entitlement).toBeUndefined();
  },
};

describe("every option of accounts acts:", () => {
  test.each(Object.keys(acts))("--%s", async (name) => {
    await acts[name]?.();
  });

  test("and there is no other", () => {
    expect(Object.keys(acts).sort()).toEqual(accountOptions.map(({ name }) => name).sort());
  });
});
