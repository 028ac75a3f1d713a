import { afterEach, describe, expect, test } from "vitest";
import {
  descriptorOf,
  namespaceIds,
  type OrganizationState,
  type Subject,
  subjectAt,
} from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { administrators, found, groupsAround, groupWithOutsider, people, plainGroup, refOf } from "./parts.ts";

let world: World;
afterEach(() => world.close());

const privileged = { provisioning: "privileged", sync: { permissionDetail: "all" } } as const;
const member = (group: Subject, person: Subject) => ({
  resource: refOf(group),
  slug: "member",
  principal: refOf(person),
});
const person = () => found(people(world.emulator.state)[0], "a person");

describe("Tier 0 is kept", () => {
  test("from a guest whom only the reading of one user tells, as it is documented", async () => {
    // The look-up of many subjects is documented without what tells guests from members.
    world = await startWorld({
      onRequest({ path }) {
        if (!path.toLowerCase().endsWith("subjectlookup")) return undefined;
        const subjects = world.emulator.state.subjects.map((each) => {
          const { displayName, principalName, originId, domain } = each;
          const descriptor = descriptorOf(each);
          return [descriptor, { descriptor, displayName, principalName, originId, domain }];
        });
        return { status: 200, body: { value: Object.fromEntries(subjects) } };
      },
    });
    const { changes, state, writes } = world.emulator;
    changes.setSubject(person().index, { metaType: "guest" });
    const { grant } = createOrders(await world.replica(privileged));
    const { code, message } = await outcomeOf(grant(member(administrators(state), person())));
    expect({ code, message }).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringContaining("--tier-zero-to guests"),
    });
    expect(writes.all).toEqual([]);
  });

  test.each(["guests", "entra-groups", "build-identities"] as const)(
    "from %s in a group, where groups may have it",
    async (kind) => {
      world = await startWorld();
      const { changes, state, writes } = world.emulator;
      const group = plainGroup(state);
      for (const each of [...(group.group?.members ?? [])]) changes.leave(group.index, each);
      const inner = {
        guests: person(),
        "entra-groups": found(
          state.subjects.find((each) => each.kind === "entra-group"),
          "a group of Entra",
        ),
        "build-identities": subjectAt(state, found(state.serviceAccounts[0], "a build identity")),
      }[kind];
      if (kind === "guests") changes.setSubject(inner.index, { metaType: "guest" });
      changes.join(group.index, inner.index);
      const replica = await world.replica({ ...privileged, changes: { tierZeroTo: ["groups"] } });
      const { grant } = createOrders(replica);
      const { code, message } = await outcomeOf(grant(member(administrators(state), group)));
      expect({ code, message }).toEqual({
        code: codes.failedPrecondition,
        message: expect.stringContaining(`--tier-zero-to ${kind}`),
      });
      expect(writes.all).toEqual([]);
      changes.leave(group.index, inner.index);
      expect(await grant(member(administrators(state), group))).toMatchObject({ outcome: "PERFORMED" });
    },
  );
});

test("the connector's own identity gets into no group by which a deny takes something from it", async () => {
  world = await startWorld();
  const { changes, state, writes } = world.emulator;
  const { group } = groupWithOutsider(state);
  const repository = found(state.repositories[0], "a repository");
  changes.leave(group.index, state.caller);
  const project = found(state.projects[repository.project], "its project");
  changes.setEntry(namespaceIds.git, `repoV2/${project.id}`, group.index, { allow: 0, deny: 2 });
  const { grant } = createOrders(await world.replica(privileged));
  expect(await outcomeOf(grant(member(group, subjectAt(state, state.caller))))).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringMatching(/identity of this connector itself, and the group is denied/),
  });
  const around = groupBeside(state, group);
  changes.join(around.index, state.caller);
  expect(await outcomeOf(grant(member(group, around)))).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringMatching(/identity of this connector is in .*, and the group is denied/),
  });
  expect(writes.all).toEqual([]);
});

/** Another group of the same place, neither in the first one nor around it. */
function groupBeside(state: OrganizationState, beside: Subject): Subject {
  const others = state.groups.map((index) => subjectAt(state, index));
  const isBeside = (other: Subject) =>
    other.group?.kind === "made" &&
    other.group.project === beside.group?.project &&
    other.index !== beside.index &&
    !groupsAround(state, beside).has(other.index) &&
    !groupsAround(state, other).has(beside.index);
  return found(others.find(isBeside), "another group of the same place");
}

test.each(["user", "group"] as const)("the storage key of a %s is no team", async (kind) => {
  world = await startWorld();
  const { state, writes } = world.emulator;
  const { group, outside } = groupWithOutsider(state);
  const { grant, revoke } = createOrders(await world.replica(privileged));
  const id = (kind === "user" ? outside : group).storageKey;
  const asPrincipal = { ...member(group, outside), principal: { type: "team", id } };
  expect((await outcomeOf(grant(asPrincipal))).code).toBe(codes.notFound);
  const asResource = { ...member(group, outside), resource: { type: "team", id } };
  expect((await outcomeOf(grant(asResource))).code).toBe(codes.notFound);
  expect(await revoke(asPrincipal)).toMatchObject({ already: true });
  expect(writes.all).toEqual([]);
});

test("what no role's name says is not replaced, since it could not be put back", async () => {
  world = await startWorld();
  const { changes, state, writes } = world.emulator;
  const feed = found(
    state.feeds.feeds.find(({ deleted }) => !deleted),
    "a feed",
  );
  const others = feed.permissions.filter(({ who }) => who !== person().index);
  changes.setFeedPermissions(feed.id, [...others, { who: person().index, role: "custom", inherited: false }]);
  const { grant } = createOrders(await world.replica({ provisioning: "standard", sync: { optionalTypes: ["feed"] } }));
  const order = { resource: { type: "feed", id: feed.id }, slug: "contributor", principal: refOf(person()) };
  expect(await outcomeOf(grant(order))).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringContaining("could not be put back"),
  });
  expect(writes.all).toEqual([]);
});

test("a feed that may not be read is not gone", async () => {
  world = await startWorld({
    tokens: [{ token: "no-packaging", scopes: ["vso.graph", "vso.project", "vso.identity", "vso.security_manage"] }],
  });
  const feed = found(world.emulator.state.feeds.feeds[0], "a feed");
  const replica = await world.replica({
    provisioning: "standard",
    token: "no-packaging",
    sync: { optionalTypes: ["feed"] },
  });
  const order = { resource: { type: "feed", id: feed.id }, slug: "reader", principal: refOf(person()) };
  const { grant, revoke } = createOrders(replica);
  expect((await outcomeOf(grant(order))).code).toBe(codes.permissionDenied);
  expect((await outcomeOf(revoke(order))).code).toBe(codes.permissionDenied);
});
