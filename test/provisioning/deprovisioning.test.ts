import { afterEach, describe, expect, test } from "vitest";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import {
  descriptorOf,
  namespaceIds,
  type OrganizationState,
  type Subject,
  subjectAt,
} from "../../src/emulator/index.ts";
import { refusalOf } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { code, isAdministrator, isAdministrators, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";

let world: World | undefined;
afterEach(() => world?.close());

async function start(...args: Parameters<typeof startAccounts>) {
  const started = await startAccounts(...args);
  world = started.world;
  return started;
}

const plainPerson = (state: OrganizationState) =>
  someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));

/** Makes somebody a direct member of a group, as another client does. */
function join(group: Subject, person: Subject): void {
  world?.emulator.changes.join(group.index, person.index);
}

describe("DeleteResource of a user", () => {
  test("takes level and memberships once, and says when there was nothing left", async () => {
    const { orders, state, writes } = await start();
    const person = plainPerson(state);
    const first = await orders.remove(refOf(person));
    expect(first).toMatchObject({ outcome: "PERFORMED", wasGone: false });
    expect(first.report.verifiedAt).toBeDefined();
    const { entitlement, memberOf } = subjectAt(state, person.index);
    expect(entitlement).toBeUndefined();
    expect(memberOf.filter((index) => subjectAt(state, index).kind !== "entra-group")).toEqual([]);
    expect(writes.all.map(({ method, route }) => [method, route])).toEqual([
      ["DELETE", "_apis/userentitlements/{userId}"],
    ]);
    expect(await orders.remove(refOf(person), "v2")).toMatchObject({ outcome: "ALREADY", wasGone: true });
    expect(await orders.remove({ type: "user", id: "aad.bm9ib2R5" })).toMatchObject({ wasGone: true });
    expect(writes.all).toHaveLength(1);
  });

  test("removes service principals too", async () => {
    const { orders, state } = await start();
    const principal = someone(
      state,
      (each) =>
        each.kind === "service-principal" &&
        each.active &&
        each.entitlement !== undefined &&
        !isAdministrator(state, each),
    );
    expect(await orders.remove(refOf(principal))).toMatchObject({ outcome: "PERFORMED" });
    expect(subjectAt(state, principal.index).entitlement).toBeUndefined();
  });

  test("of a dry run tells what would end, stay and come back, and writes nothing", async () => {
    const { orders, state, writes } = await start({}, {}, { changes: { dryRun: true } });
    const person = plainPerson(state);
    const group = someone(state, ({ group: own, active }) => own?.kind === "made" && active);
    const entra = someone(state, ({ kind }) => kind === "entra-group");
    join(group, person);
    join(entra, person);
    world?.emulator.setAccessLists(namespaceIds.git, [
      { token: "repoV2/", inherit: true, entries: [{ who: person.index, allow: 2, deny: 0 }] },
    ]);
    const { outcome, report } = await orders.remove(refOf(person));
    expect(outcome).toBe("NOT_PERFORMED");
    expect(report.dryRun).toBe(true);
    const told = report.notes.join("\n");
    expect(told).toContain(group.principalName);
    expect(told).toMatch(new RegExp(`comes back at the next sign-in.*${entra.displayName}`));
    expect(told).toMatch(/stay as entries of nobody: .*1/);
    expect(told).toContain("personal access tokens");
    expect(writes.all).toEqual([]);
  });

  test.each([[true], [false]])(
    "of a dry run tells which roles on feeds go, where feeds are listed: %s",
    async (isListed) => {
      const optionalTypes = isListed ? (["feed"] as const) : [];
      const { orders, state } = await start({}, {}, { changes: { dryRun: true }, sync: { optionalTypes } });
      const person = plainPerson(state);
      const feed = state.feeds.feeds.find(({ deleted }) => !deleted);
      const others = (feed?.permissions ?? []).filter(({ who }) => who !== person.index);
      const own = { who: person.index, role: "contributor", inherited: false } as const;
      world?.emulator.changes.setFeedPermissions(feed?.id ?? "", [...others, own]);
      const { report } = await orders.remove(refOf(person));
      const told = isListed ? `which it loses: contributor of ${feed?.name}` : "they are read with --sync-feeds only";
      expect(report.notes.join("\n")).toContain(told);
    },
  );

  test("by an id of another type is refused", async () => {
    const { orders, state, writes } = await start();
    const id = descriptorOf(someone(state, isAdministrators));
    expect(await refusalOf(orders.remove({ type: "user", id }))).toMatchObject({ code: code.invalid });
    const project = { type: "project", id: state.projects[0]?.id ?? "" };
    expect(await refusalOf(orders.remove(project))).toMatchObject({ code: code.unsupported });
    expect(writes.all).toEqual([]);
  });
});

test("who was removed has no grants any more", async () => {
  const { orders, replica, state } = await start();
  const group = someone(state, ({ group: own, active }) => own?.kind === "made" && active);
  const person = plainPerson(state);
  join(group, person);
  await orders.remove(refOf(person));
  const resource = { id: { resourceType: "group", resource: descriptorOf(group) } };
  const { list } = await replica.call(GrantsService.method.listGrants, { resource });
  expect(list.map(({ principal }) => principal?.id?.resource)).not.toContain(descriptorOf(person));
});
