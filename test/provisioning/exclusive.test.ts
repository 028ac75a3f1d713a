import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OrganizationState, Subject } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { createOrders, type Order } from "../support/orders.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { found, people, refOf } from "./parts.ts";

/**
 * Entitlements of which everybody has one at most: what a grant takes the place of comes back with its revoke, and
 * without knowing of it the floor is left.
 */
let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld({ users: 40 });
  replica = await world.replica({ provisioning: "standard", sync: { optionalTypes, permissionDetail: "standard" } });
});
afterAll(() => world.close());

interface Case {
  readonly what: string;
  readonly resource: (state: OrganizationState) => { readonly type: string; readonly id: string };
  readonly lower: string;
  readonly higher: string;
}

const projectOf = ({ projects }: OrganizationState, index: number) => found(projects[index], "a project").id;
const sole = <T extends { readonly uses: readonly { readonly project: number }[] }>(all: readonly T[], what: string) =>
  found(
    all.find(({ uses }) => uses.length === 1),
    what,
  );

const cases: readonly Case[] = [
  {
    what: "roles on an agent pool",
    resource: ({ roleObjects }) => ({ type: "agent-pool", id: String(found(roleObjects.pools.at(-1), "a pool").id) }),
    lower: "reader",
    higher: "administrator",
  },
  {
    what: "roles on an agent queue",
    resource(state) {
      const { project, id } = found(state.roleObjects.queues.at(-1), "a queue");
      return { type: "agent-pool", id: `${projectOf(state, project)}_${id}` };
    },
    lower: "user",
    higher: "administrator",
  },
  {
    what: "roles on an environment",
    resource(state) {
      const { project, id } = found(state.roleObjects.environments[0], "an environment");
      return { type: "environment", id: `${projectOf(state, project)}_${id}` };
    },
    lower: "reader",
    higher: "user",
  },
  {
    what: "roles on a service connection",
    resource(state) {
      const { uses, id } = sole(state.roleObjects.endpoints, "a connection of one project");
      return { type: "service-connection", id: `${projectOf(state, uses[0]?.project ?? 0)}_${id}` };
    },
    lower: "user",
    higher: "administrator",
  },
  {
    what: "roles on a variable group",
    resource(state) {
      const { uses, id } = sole(state.roleObjects.variableGroups, "a variable group of one project");
      return { type: "variable-group", id: `${projectOf(state, uses[0]?.project ?? 0)}_${id}` };
    },
    lower: "reader",
    higher: "administrator",
  },
  {
    what: "roles on a secure file",
    resource(state) {
      const { project, id } = found(state.roleObjects.secureFiles[0], "a secure file");
      return { type: "secure-file", id: `${projectOf(state, project)}_${id}` };
    },
    lower: "reader",
    higher: "user",
  },
  {
    what: "roles on all environments of a project",
    resource: (state) => ({ type: "project", id: projectOf(state, 0) }),
    lower: "environments.reader",
    higher: "environments.administrator",
  },
  {
    what: "roles on the library of a project",
    resource: (state) => ({ type: "project", id: projectOf(state, 0) }),
    lower: "library.reader",
    higher: "library.administrator",
  },
  {
    what: "roles on all service connections of a project",
    resource: (state) => ({ type: "project", id: projectOf(state, 0) }),
    lower: "service-connections.user",
    higher: "service-connections.administrator",
  },
  {
    what: "roles on all agent pools",
    resource: ({ collectionId }) => ({ type: "organization", id: collectionId }),
    lower: "agent-pools.reader",
    higher: "agent-pools.administrator",
  },
  {
    what: "roles on a feed",
    resource: ({ feeds }) => ({
      type: "feed",
      id: found(
        feeds.feeds.find(({ deleted }) => !deleted),
        "a feed",
      ).id,
    }),
    lower: "reader",
    higher: "owner",
  },
  {
    what: "roles on all feeds",
    resource: ({ collectionId }) => ({ type: "organization", id: collectionId }),
    lower: "feeds.creator",
    higher: "feeds.administrator",
  },
];

/** Somebody who has none of the set, by no way. */
async function stranger(make: (person: Subject) => readonly Order[]): Promise<readonly Order[]> {
  for (const person of people(world.emulator.state)) {
    const orders = make(person);
    const { holds } = createOrders(replica);
    if (!(await Promise.all(orders.map(holds))).includes(true)) return orders;
  }
  throw new Error("everybody has some of it");
}

describe.each(cases)("$what", ({ resource, lower, higher }) => {
  test("are given in place of one another, and given back", async () => {
    const on = resource(world.emulator.state);
    const [low, high] = await stranger((person) =>
      [lower, higher].map((slug) => ({ resource: on, slug, principal: refOf(person) })),
    );
    if (!low || !high) throw new Error("no orders");
    const { grant, revoke, holds } = createOrders(replica);
    const held = async () => [await holds(low), await holds(high)];

    expect(await grant(low)).toMatchObject({ outcome: "PERFORMED", already: false, replaced: undefined });
    expect(await grant(low)).toMatchObject({ outcome: "ALREADY", already: true });
    expect(await held()).toEqual([true, false]);

    const lowId = `${on.type}:${on.id}:${lower}:${low.principal.type}:${low.principal.id}`;
    const raised = await grant(high);
    expect(raised).toMatchObject({ outcome: "PERFORMED", already: false, replaced: lowId });
    expect(await held()).toEqual([false, true]);
    // What the platform keeps of the grant is what gives back.
    expect(await revoke(high, raised.grants[0])).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(await held()).toEqual([true, false]);

    await grant(high);
    expect((await revoke(high)).report.notes.join()).toContain("what was there before the grant is not told");
    expect(await held()).toEqual([false, false]);
    expect(await revoke(high)).toMatchObject({ outcome: "ALREADY", already: true });
  });
});
