import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { groupOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** Access levels, the rules that give them, and how many there are (facts 6). */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

interface Level {
  readonly accountLicenseType: string;
  readonly licensingSource: string;
  readonly msdnLicenseType: string;
  readonly gitHubLicenseType: string;
  readonly licenseDisplayName: string;
  readonly assignmentSource: string;
  readonly status: string;
}
interface Extension {
  readonly id: string;
  readonly assignmentSource: string;
}
interface Rule {
  readonly id: string;
  readonly licenseRule: Level;
  readonly extensionRules: readonly Extension[];
  readonly status: string;
}
interface Holder {
  readonly id: string;
  readonly accessLevel: Level;
  readonly extensions: readonly Extension[];
  readonly groupAssignments: readonly Rule[];
  readonly projectEntitlements: readonly object[];
}
interface Page {
  readonly items: readonly Holder[];
  readonly continuationToken?: string | null;
  readonly totalCount: number;
}

async function json(from: Emulator, path: string): Promise<string> {
  const { status, text } = await ask(from, `_apis/${path}`, { host: "vsaex" });
  expect([path, status]).toEqual([path, 200]);
  return text;
}

async function holders(list: string, from = emulator): Promise<readonly Holder[]> {
  const found: Holder[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const more: string = after === "" ? "" : `&continuationToken=${encodeURIComponent(after)}`;
    const page: Page = JSON.parse(await json(from, `${list}${more}`));
    found.push(...page.items);
    after = page.continuationToken || undefined;
  }
  return found;
}

async function rules(): Promise<readonly Rule[]> {
  const body: { readonly value: readonly Rule[] } = JSON.parse(await json(emulator, "groupentitlements"));
  return body.value;
}

const key = ({ accountLicenseType, gitHubLicenseType, licensingSource, msdnLicenseType }: Level) =>
  `${licensingSource} ${accountLicenseType} ${msdnLicenseType} ${gitHubLicenseType}`;

/** Every row of the table in facts 6.1. */
const table = [
  "account stakeholder none none",
  "account express none none",
  "account advanced none none",
  "msdn none eligible none",
  "msdn none enterprise none",
  "msdn none professional none",
  "msdn none testProfessional none",
  "gitHub none none enterprise",
];

/** People in a group at any depth, by what the groups' own members say. */
function people(group: number, seen = new Set<number>()): Set<number> {
  for (const member of groupOf(subjectAt(emulator.state, group)).members) {
    if (seen.has(member)) continue;
    seen.add(member);
    if (subjectAt(emulator.state, member).group) people(member, seen);
  }
  return seen;
}

describe("levels", () => {
  test("are every one that is documented, whatever their names are", async () => {
    const english = await holders("userentitlements?api-version=7.1");
    expect(new Set(english.map(({ accessLevel }) => key(accessLevel)))).toEqual(new Set(table));
    await using german = await startEmulator({ language: "de" });
    const translated = await holders("userentitlements?api-version=7.1", german);
    expect(translated.map(({ accessLevel }) => key(accessLevel))).toEqual(
      english.map(({ accessLevel }) => key(accessLevel)),
    );
    const names = (all: readonly Holder[]) => new Set(all.map(({ accessLevel }) => accessLevel.licenseDisplayName));
    expect(names(translated)).not.toEqual(names(english));
    expect(names(translated)).toContain("Projektbeteiligter");
  });

  test("that rules gave are the best of those that reach the person, at any depth of groups", async () => {
    const ranking = ["advanced", "express", "stakeholder"];
    const reach = emulator.state.licenceRules
      .filter(({ status }) => status === "applied")
      .map(({ group, level }) => ({ level, people: people(group) }));
    const all = await holders("userentitlements?api-version=7.1&select=grouprules");
    const given = all.filter(({ accessLevel }) => accessLevel.assignmentSource === "groupRule");
    expect(given.length).toBeGreaterThan(20);
    for (const { accessLevel, groupAssignments, id } of all) {
      const index = emulator.state.subjects.findIndex(({ storageKey }) => storageKey === id);
      const own = reach.filter((rule) => rule.people.has(index));
      expect(groupAssignments).toHaveLength(own.length);
      if (accessLevel.assignmentSource !== "groupRule") continue;
      const best = ranking.find((level) => own.some((rule) => rule.level === level));
      expect(key(accessLevel)).toBe(`account ${best} none none`);
    }
  });

  test("of subscribers and of service principals are never a rule's", async () => {
    const all = await holders("memberentitlements?api-version=7.1-preview.2");
    const direct = all.filter(({ accessLevel, id }) => {
      const subject = emulator.state.subjects.find(({ storageKey }) => storageKey === id);
      return accessLevel.licensingSource !== "account" || subject?.kind === "service-principal";
    });
    expect(direct.length).toBeGreaterThan(20);
    expect(new Set(direct.map(({ accessLevel }) => accessLevel.assignmentSource))).toEqual(new Set(["unknown"]));
  });
});

describe("rules", () => {
  test("name a level, extensions, projects and how far they came", async () => {
    const all = await rules();
    const { licenceRules, ruleGroups } = emulator.state;
    expect(all.map(({ id }) => id)).toEqual(ruleGroups.map((index) => subjectAt(emulator.state, index).storageKey));
    expect(all.map(({ status }) => status)).toEqual(licenceRules.map(({ status }) => status));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(["applied", "incompatible", "applyPending"]));
    expect(all.some(({ extensionRules }) => extensionRules.length > 0)).toBe(true);
    expect(new Set(all.map(({ licenseRule }) => key(licenseRule))).size).toBe(3);
  });

  test("have members in pages, whose token is the descriptor of the last one", async () => {
    const [rule] = await rules();
    const found: string[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const more: string = after === "" ? "" : `&pagingToken=${encodeURIComponent(after)}`;
      const page: Page = JSON.parse(await json(emulator, `groupentitlements/${rule?.id}/members?maxResults=40${more}`));
      expect(page.items.length).toBeLessThanOrEqual(40);
      found.push(...page.items.map(({ id }) => id));
      after = page.continuationToken ?? undefined;
    }
    const members = groupOf(subjectAt(emulator.state, emulator.state.ruleGroups[0] ?? -1)).members;
    const entitled = members.map((index) => subjectAt(emulator.state, index)).filter(({ entitlement }) => entitlement);
    expect(found.sort()).toEqual(entitled.map(({ storageKey }) => storageKey).sort());
  });
});

test("extensions, projects and rules of people are empty unless they are selected", async () => {
  const some = async (select: string) => {
    const all = await holders(`userentitlements?api-version=7.1${select}`);
    const any = (list: (holder: Holder) => readonly unknown[]) => all.some((holder) => list(holder).length > 0);
    return [
      any((each) => each.extensions),
      any((each) => each.projectEntitlements),
      any((each) => each.groupAssignments),
    ];
  };
  expect(await some("")).toEqual([false, false, false]);
  expect(await some("&select=license,extensions")).toEqual([true, false, false]);
  expect(await some("&select=projects")).toEqual([false, true, false]);
  expect(await some("&select=grouprules")).toEqual([false, false, true]);
  expect(await some("&select=all")).toEqual([true, true, true]);
  const sources = (await holders("userentitlements?api-version=7.1&select=extensions")).flatMap(({ extensions }) =>
    extensions.map(({ assignmentSource }) => assignmentSource),
  );
  expect(new Set(sources)).toEqual(new Set(["unknown", "groupRule"]));
});

describe("the summary", () => {
  interface Seats {
    readonly accountLicenseType: string;
    readonly msdnLicenseType: string;
    readonly source: string;
    readonly assigned: number;
    readonly available: number;
    readonly total: number;
  }

  async function seats(query = ""): Promise<readonly Seats[]> {
    const body: { readonly licenses: readonly Seats[] } = JSON.parse(
      await json(emulator, `userentitlementsummary${query}`),
    );
    return body.licenses;
  }

  test("counts whoever is listed, of each level", async () => {
    const all = await holders("memberentitlements?api-version=7.1-preview.2");
    const held = Map.groupBy(
      all.filter(({ accessLevel }) => accessLevel.status !== "deleted"),
      ({ accessLevel: { accountLicenseType, licensingSource, msdnLicenseType } }) =>
        `${licensingSource} ${accountLicenseType} ${msdnLicenseType}`,
    );
    const found = await seats("?select=Licenses");
    expect(found).toHaveLength(table.length);
    for (const { accountLicenseType, assigned, available, msdnLicenseType, source, total } of found) {
      expect(assigned).toBe(held.get(`${source} ${accountLicenseType} ${msdnLicenseType}`)?.length ?? 0);
      expect(total - assigned).toBe(available);
    }
  });

  test("holds what is selected, and refuses what it does not have", async () => {
    expect(await seats("?select=Projects,AccessLevels")).toEqual([]);
    const { json: refused, status } = await ask(emulator, "_apis/userentitlementsummary?select=everything", {
      host: "vsaex",
    });
    expect([status, refused.typeKey]).toEqual([400, "ArgumentException"]);
  });
});
