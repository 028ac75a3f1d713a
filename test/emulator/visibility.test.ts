import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { descriptorOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask, walkEntitlements, walkGraph } from "./requests.ts";

/** A caller whom the policy limits to the people and groups of one project. */

const settings = { pageSizes: { graph: 50, entitlements: 20 } };
const levels = "f0003bce-5f45-4f93-a25d-90fc33fe3aa9";
let limited: Emulator;
let open: Emulator;
beforeAll(async () => {
  limited = await startEmulator({ ...settings, limitedVisibility: true });
  open = await startEmulator(settings);
});
afterAll(async () => {
  await limited.close();
  await open.close();
});

/** Whether a subject is a group of the project or in one at any depth, found from below: by what it is in. */
function isOfProject(index: number): boolean {
  const { callerProject } = limited.state;
  const seen = new Set([index]);
  for (const at of seen) {
    const subject = subjectAt(limited.state, at);
    if (subject.group && subject.group.project === callerProject) return true;
    for (const container of subject.memberOf) seen.add(container);
  }
  return false;
}

function expected(indexes: readonly number[]): string[] {
  return indexes
    .filter(isOfProject)
    .map((index) => descriptorOf(subjectAt(limited.state, index)))
    .sort();
}

const projectScoped = () => limited.state.subjects.find(({ displayName }) => displayName === "Project-Scoped Users");

test("the caller is in the group that limits, no administrator, and in the project", () => {
  const { administrators, caller } = limited.state;
  expect(projectScoped()?.group?.members).toEqual([caller]);
  expect(subjectAt(limited.state, administrators).group?.members).not.toContain(caller);
  expect(isOfProject(caller)).toBe(true);
});

describe("a listing ends early, without an error:", () => {
  test.each(["users", "groups", "serviceprincipals"] as const)("graph/%s", async (list) => {
    const { groups, servicePrincipals, users } = limited.state;
    const all = { users, groups, serviceprincipals: servicePrincipals }[list];
    const { rows } = await walkGraph(limited, list);
    expect(rows.map(({ descriptor }) => descriptor).sort()).toEqual(expected(all));
    expect(rows.length).toBeLessThan(all.length);
    const whole = await walkGraph(open, list);
    expect(whole.rows).toHaveLength({ ...open.state, serviceprincipals: open.state.servicePrincipals }[list].length);
  });

  test("userentitlements, whose total does not tell either", async () => {
    const people = limited.state.users.filter((index) => subjectAt(limited.state, index).entitlement);
    const { rows } = await walkEntitlements(limited);
    expect(rows.map(({ user }) => user?.descriptor ?? "").sort()).toEqual(expected(people));
    const { json } = await ask(limited, "_apis/userentitlements?api-version=7.1", { host: "vsaex" });
    expect(json.totalCount).toBe(rows.length);
    expect(rows.length).toBeLessThan(people.length);
  });
});

describe("identities are hidden", () => {
  const hidden = () => {
    const found = limited.state.users.find((index) => !isOfProject(index));
    return subjectAt(limited.state, found ?? -1);
  };
  const batch = async (more: object) => {
    const ids = [subjectAt(limited.state, limited.state.caller).storageKey, hidden().storageKey];
    const body = JSON.stringify({ identityIds: ids, ...more });
    const path = "_apis/identitybatch?api-version=7.1-preview.1";
    const { json } = await ask(limited, path, { host: "vssps", method: "POST", body });
    return json.value.map((row) => ids.indexOf(row?.id));
  };

  test("in a batch, unless it asks for them", async () => {
    expect(await batch({})).toEqual([0, -1]);
    expect(await batch({ includeRestrictedVisibility: true })).toEqual([0, 1]);
  });

  test("by id and in searches, unless the query asks for them", async () => {
    const { principalName, storageKey } = hidden();
    const searched = `_apis/identities?searchFilter=AccountName&filterValue=${encodeURIComponent(principalName)}`;
    const found = async (path: string) => (await ask(limited, path, { host: "vssps" })).text.includes(storageKey);
    expect([await found(searched), await found(`${searched}&includeRestrictedVisibility=true`)]).toEqual([false, true]);
    const single = async (more: string) =>
      (await ask(limited, `_apis/identities/${storageKey}${more}`, { host: "vssps" })).status;
    expect([await single(""), await single("?includeRestrictedVisibility=true")]).toEqual([404, 200]);
  });
});

test("a denial for the group is in the one list of OrganizationLevelData, and the caller lacks View", async () => {
  const identity = projectScoped()?.identity ?? "";
  const { json } = await ask(limited, `_apis/accesscontrollists/${levels}`);
  expect(json.value).toMatchObject([{ token: "/", acesDictionary: { [identity]: { descriptor: identity, deny: 1 } } }]);
  const may = async (emulator: Emulator) => (await ask(emulator, `_apis/permissions/${levels}/1?tokens=/`)).json.value;
  expect([await may(limited), await may(open)]).toEqual([[false], [true]]);
});

test("without the policy there is neither the group nor the denial", async () => {
  expect(open.state.subjects.map(({ displayName }) => displayName)).not.toContain("Project-Scoped Users");
  expect((await ask(open, `_apis/accesscontrollists/${levels}`)).text).not.toContain('"deny"');
});
