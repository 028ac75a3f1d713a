import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OrganizationState, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { found, people, refOf } from "./parts.ts";

/** What a group is given that the connector's identity is in, the connector never takes back: whoever gives it is told. */
let world: World;
let replica: Replica;

const changes = { tierZeroTo: ["groups"] } as const;
const options = { provisioning: "privileged", sync: { optionalTypes, permissionDetail: "all" }, changes } as const;

beforeAll(async () => {
  world = await startWorld({ users: 60, groups: 24 });
  replica = await world.replica(options);
  const { changes: made, state } = world.emulator;
  const { own, other, outer } = groups(state);
  for (const { index, group } of [own, other, outer]) {
    for (const member of [...(group?.members ?? [])]) made.leave(index, member);
  }
  made.join(own.index, state.caller);
});
afterAll(() => world.close());

/** Groups of the organization that people made, the first of them for the connector's identity. */
function groups(state: OrganizationState): { own: Subject; other: Subject; outer: Subject } {
  const made = state.groups
    .map((index) => subjectAt(state, index))
    .filter(({ group }) => group?.kind === "made" && group.project === undefined);
  const [own, other, outer] = made;
  return { own: found(own, "a group"), other: found(other, "another"), outer: found(outer, "a third") };
}

const cases: readonly {
  readonly what: string;
  readonly on: (state: OrganizationState) => { readonly type: string; readonly id: string };
  readonly slug: string;
}[] = [
  { what: "a membership", on: (state) => refOf(groups(state).outer), slug: "member" },
  {
    what: "a permission",
    on: ({ repositories }) => ({ type: "repository", id: found(repositories[0], "a repository").id }),
    slug: "git.force_push",
  },
  {
    what: "a role",
    on: ({ roleObjects }) => ({ type: "agent-pool", id: String(found(roleObjects.pools.at(-1), "a pool").id) }),
    slug: "user",
  },
  {
    what: "a role on a feed",
    on: ({ feeds }) => ({
      type: "feed",
      id: found(
        feeds.feeds.find(({ deleted }) => !deleted),
        "a feed",
      ).id,
    }),
    slug: "contributor",
  },
];

describe.each(cases)("$what", ({ on, slug }) => {
  const orderFor = (principal: Subject) => ({
    resource: on(world.emulator.state),
    slug,
    principal: refOf(principal),
  });

  test("given to such a group is told to stay, and stays", async () => {
    const { own } = groups(world.emulator.state);
    const { grant, revoke } = createOrders(replica);
    const dry = createOrders(await world.replica({ ...options, changes: { ...changes, dryRun: true } }));
    expect((await dry.grant(orderFor(own))).report).toMatchObject({ dryRun: true, notes: [] });
    const given = await grant(orderFor(own));
    const told = `nobody takes this back through this connector: the identity of this connector is in ${own.displayName}`;
    expect([given.outcome, given.report.notes]).toEqual(["PERFORMED", [expect.stringContaining(told)]]);
    expect(await outcomeOf(revoke(orderFor(own), given.grants[0]))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringContaining(`the identity of this connector is in ${own.displayName}`),
    });
  });

  test("given to anybody else is not, and is taken back", async () => {
    const { state } = world.emulator;
    const { grant, revoke } = createOrders(replica);
    for (const principal of [groups(state).other, found(people(state)[0], "a person")]) {
      const given = await grant(orderFor(principal));
      expect([given.outcome, given.report.notes]).toEqual(["PERFORMED", []]);
      expect(await revoke(orderFor(principal), given.grants[0])).toMatchObject({ outcome: "PERFORMED" });
    }
  });
});
