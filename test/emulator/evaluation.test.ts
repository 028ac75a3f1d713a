import { describe, expect, test } from "vitest";
import type { AccessEntry, AccessList, OrganizationState, Subject } from "../../src/emulator/index.ts";
import { createEvaluator, createOrganization, evaluate, namespaceIds, subjectAt } from "../../src/emulator/index.ts";

/** Who really holds a right, against cases worked out by hand from the documentation. */

const organization = createOrganization({ users: 120, groups: 20, projects: 6 });
const { administrators, projects, subjects, users } = organization;
const at = (index: number) => subjectAt(organization, index);
const project = projects.find(({ visibility }) => visibility === "private");
const open = projects.find(({ visibility }) => visibility === "public");
if (!project || !open) throw new Error("the seed lacks a kind of project");

function found(what: string, isIt: (subject: Subject) => boolean): number {
  const index = subjects.find(isIt)?.index;
  if (index === undefined) throw new Error(`the seed lacks ${what}`);
  return index;
}

const isIn = (subject: Subject, group: number): boolean => {
  const seen = new Set([subject.index]);
  for (const each of seen) for (const above of at(each).memberOf) seen.add(above);
  return seen.has(group);
};
const isPerson = ({ entitlement, group, kind }: Subject) =>
  !group && kind === "entra-user" && entitlement !== undefined;
const ordinary = found("an ordinary person", (subject) => {
  return isPerson(subject) && subject.entitlement?.level === "express" && !isIn(subject, administrators);
});
const administrator = found("an administrator", (subject) => isPerson(subject) && isIn(subject, administrators));
const stakeholder = found("a stakeholder", (subject) => {
  return isPerson(subject) && subject.entitlement?.level === "stakeholder" && !isIn(subject, administrators);
});
const groups = subjects.filter(({ group, memberOf }) => group?.kind === "made" && memberOf.length === 0);
const [outer = -1, other = -1] = groups.map(({ index }) => index);

const allow = (who: number, bits: number): AccessEntry => ({ who, allow: bits, deny: 0 });
const deny = (who: number, bits: number): AccessEntry => ({ who, allow: 0, deny: bits });
const list = (token: string, entries: readonly AccessEntry[], inherit = true): AccessList => ({
  token,
  inherit,
  entries,
});

/** The organization with these lists alone, and with people in groups as given. */
function having(
  lists: Readonly<Record<string, readonly AccessList[]>>,
  joined: readonly (readonly [number, number])[] = [],
) {
  const accessLists = new Map(
    Object.entries(lists).map(([id, own]) => [id, new Map(own.map((each) => [each.token.toLowerCase(), each]))]),
  );
  const people = subjects.map((subject) => {
    const more = joined.flatMap(([who, group]) => (who === subject.index ? [group] : []));
    return { ...subject, memberOf: [...subject.memberOf, ...more] };
  });
  return { ...organization, subjects: people, accessLists } satisfies OrganizationState;
}

const { build, git, release } = namespaceIds;
const projectToken = `$PROJECT:vstfs:///Classification/TeamProject/${project.id}`;
const everyoneSees = [
  list(
    "$PROJECT",
    users.map((index) => allow(index, 1)),
  ),
];
const root = `repoV2/${project.id}`;
const repository = `${root}/${organization.repositories[0]?.id}`;

/** Bits of 1 to 8 that somebody holds. */
function held(state: OrganizationState, subject: number, token: string, namespaceId: string = git): number {
  return [1, 2, 4, 8].reduce((sum, bit) => sum + (evaluate(state, { subject, namespaceId, token, bit }) ? bit : 0), 0);
}

describe("lists", () => {
  test("nothing set is no access, and of a mask every bit is needed", () => {
    const state = having({ [namespaceIds.project]: everyoneSees, [git]: [list(root, [allow(ordinary, 5)])] });
    expect(held(state, ordinary, repository)).toBe(5);
    expect(held(state, ordinary, "repoV2")).toBe(0);
    const question = { subject: ordinary, namespaceId: git, token: root };
    expect([5, 7, 0].map((bit) => evaluate(state, { ...question, bit }))).toEqual([true, false, false]);
    expect(evaluate(state, { ...question, namespaceId: "unknown", bit: 1 })).toBe(false);
  });

  test("a denial beats an allowance on one level, whichever group has it, and however they are nested", () => {
    const state = having(
      {
        [namespaceIds.project]: everyoneSees,
        [git]: [list(root, [allow(ordinary, 8), allow(outer, 7), deny(other, 4)])],
      },
      [
        [ordinary, other],
        [other, outer],
      ],
    );
    expect(held(state, ordinary, repository)).toBe(11);
    expect(held(state, other, repository)).toBe(3);
    expect(held(state, outer, repository)).toBe(7);
  });

  test("the nearest level that sets a bit decides it, in both directions", () => {
    const state = having({
      [namespaceIds.project]: everyoneSees,
      [git]: [
        list("repoV2", [allow(ordinary, 1)]),
        list(root, [deny(ordinary, 2), allow(ordinary, 12)]),
        list(`${repository}/`, [allow(ordinary, 2), deny(ordinary, 4)]),
      ],
    });
    expect(held(state, ordinary, root)).toBe(13);
    expect(held(state, ordinary, `${repository}/refs/heads/6d00`)).toBe(11);
    expect(held(state, ordinary, repository.toUpperCase())).toBe(11);
  });

  test("a list that does not inherit cuts everything above off, and an empty one leaves nothing", () => {
    const cut = having({
      [namespaceIds.project]: everyoneSees,
      [git]: [
        list("repoV2", [allow(ordinary, 15)]),
        list(root, [allow(ordinary, 3)], false),
        list(repository, [], false),
      ],
    });
    expect([root, repository].map((token) => held(cut, ordinary, token))).toEqual([3, 0]);
    expect(held(cut, administrator, repository)).toBe(0);
  });

  test("decisions tell a denial from nothing", () => {
    const state = having({ [git]: [list(root, [allow(ordinary, 1), deny(ordinary, 2)])] });
    const { decide } = createEvaluator(state);
    const of = (bit: number) => decide({ subject: ordinary, namespaceId: git, token: root, bit });
    expect([1, 2, 4].map(of)).toEqual(["allow", "deny", "unset"]);
  });
});

describe("administrators", () => {
  test("keep what is allowed though it is denied, but get nothing that nobody allows", () => {
    const entries = [allow(administrators, 3), deny(administrators, 1), deny(administrator, 2), deny(ordinary, 3)];
    const state = having({ [namespaceIds.project]: everyoneSees, [git]: [list(root, entries)] });
    expect(held(state, administrator, repository)).toBe(3);
    expect(held(state, ordinary, repository)).toBe(0);
    expect(createEvaluator(state).listsAllow({ subject: administrator, namespaceId: git, token: root, bit: 1 })).toBe(
      false,
    );
  });

  test.each([build, release])("do not in pipelines: %s", (id) => {
    const lists = [list(project.id, [allow(administrators, 3), deny(administrator, 1)])];
    expect(
      held(having({ [namespaceIds.project]: everyoneSees, [id]: lists }), administrator, `${project.id}/7`, id),
    ).toBe(2);
  });

  test("do not where work items are deleted", () => {
    const lists = [list(projectToken, [allow(administrators, 57_345), deny(administrator, 57_344)])];
    const state = having({ [namespaceIds.project]: lists });
    const question = { subject: administrator, namespaceId: namespaceIds.project, token: projectToken };
    const kept = [8_192, 16_384, 32_768].map((bit) => evaluate(state, { ...question, bit }));
    expect(kept).toEqual([false, true, false]);
  });
});

describe("access levels and visibility", () => {
  const publicRoot = `repoV2/${open.id}`;
  const who = [stakeholder, ordinary];

  test("a Stakeholder has no source code in private projects, and pipelines all the same", () => {
    const entries = who.map((index) => allow(index, 6));
    const state = having({
      [namespaceIds.project]: everyoneSees,
      [git]: [list("repoV2", entries)],
      [build]: [list(project.id, entries)],
      [namespaceIds.versionControl]: [list(`$/${project.name}`, entries)],
    });
    expect(who.map((index) => held(state, index, repository))).toEqual([0, 6]);
    expect(who.map((index) => held(state, index, `$/${project.name}/Main`, namespaceIds.versionControl))).toEqual([
      0, 6,
    ]);
    expect(who.map((index) => held(state, index, publicRoot))).toEqual([6, 6]);
    expect(who.map((index) => held(state, index, project.id, build))).toEqual([6, 6]);
    expect(createEvaluator(state).listsAllow({ subject: stakeholder, namespaceId: git, token: root, bit: 2 })).toBe(
      true,
    );
  });

  test("nobody has anything in a private project without seeing it, groups apart", () => {
    const lists = { [git]: [list("repoV2", [allow(ordinary, 2), allow(outer, 2)])] };
    const blind = having(lists);
    expect([ordinary, outer].map((index) => held(blind, index, repository))).toEqual([0, 2]);
    expect(held(blind, ordinary, publicRoot)).toBe(2);
    expect(held(blind, ordinary, "repoV2")).toBe(2);
    const denied = having({
      ...lists,
      [namespaceIds.project]: [...everyoneSees, list(projectToken, [deny(ordinary, 1)])],
    });
    expect(held(denied, ordinary, repository)).toBe(0);
  });

  test("a member of Project-Scoped Users reaches the projects of its groups alone", () => {
    const limited = createOrganization({ users: 60, groups: 20, projects: 6, limitedVisibility: true });
    const { caller, callerProject = -1 } = limited;
    const isOf = (index: number) => index === callerProject;
    const lists = [list("$PROJECT", [allow(caller, 1)])];
    const state = {
      ...limited,
      accessLists: new Map([[namespaceIds.project, new Map(lists.map((each) => ["$project", each]))]]),
    };
    const inGroupOf = new Set([caller]);
    for (const each of inGroupOf) for (const above of subjectAt(limited, each).memberOf) inGroupOf.add(above);
    const own = new Set([...inGroupOf].map((index) => subjectAt(limited, index).group?.project));
    for (const { id, index } of limited.projects.filter((each) => each.state === "wellFormed")) {
      const token = `$PROJECT:vstfs:///Classification/TeamProject/${id}`;
      const sees = evaluate(state, { subject: caller, namespaceId: namespaceIds.project, token, bit: 1 });
      expect([index, sees]).toEqual([index, own.has(index)]);
      if (isOf(index)) expect(sees).toBe(true);
    }
    expect(own.size).toBeLessThan(limited.projects.length);
  });
});
