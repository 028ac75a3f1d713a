import { afterEach, beforeEach, expect, test } from "vitest";
import { namespaceIds, subjectAt } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { startWorld, type World } from "../support/world.ts";
import { administrators, entriesOn, found, people, refOf } from "./parts.ts";

let world: World;

beforeEach(async () => {
  world = await startWorld({ users: 90 });
});
afterEach(() => world.close());

const changes = { readBackMs: 2_000 };

test("fifty changes of one list at once lose nothing, ordered of two replicas", async () => {
  const { state } = world.emulator;
  const replicas = await Promise.all(
    [0, 1].map(() => world.replica({ provisioning: "privileged", changes, sync: { permissionDetail: "all" } })),
  );
  const repository = found(state.repositories[0], "a repository");
  const project = found(state.projects[repository.project], "its project");
  const token = `repoV2/${project.id}/${repository.id}`;
  const before = entriesOn(state, namespaceIds.git, token);
  const slugs = ["git.force_push", "git.create_branch", "git.manage_note", "git.policy_exempt", "git.create_tag"];
  const orders = people(state)
    .slice(0, 10)
    .flatMap((person) => slugs.map((slug) => ({ person, slug })))
    .map(({ person, slug }) => ({
      resource: { type: "repository", id: repository.id },
      slug,
      principal: refOf(person),
    }));
  expect(orders.length).toBe(50);
  const desks = replicas.map(createOrders);
  const answers = await Promise.all(orders.map((order, at) => found(desks[at % 2], "a desk").grant(order)));
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["PERFORMED"]));
  const after = entriesOn(state, namespaceIds.git, token);
  expect(after.slice(0, before.length)).toEqual(before);
  const given = after.slice(before.length);
  const bits = 8 | 16 | 64 | 128 | 32;
  expect(given.map(({ allow, deny }) => [allow, deny])).toEqual(Array.from({ length: 10 }, () => [bits, 0]));
  await Promise.all(orders.map((order, at) => found(desks[(at + 1) % 2], "a desk").revoke(order)));
  const left = entriesOn(state, namespaceIds.git, token).filter(({ allow, deny }) => allow !== 0 || deny !== 0);
  expect(left).toEqual(before);
});

test("two replicas that take one administrator each leave as many as have to be", async () => {
  const { state, changes: arrange } = world.emulator;
  const container = administrators(state);
  for (const each of [...(container.group?.members ?? [])]) arrange.leave(container.index, each);
  const three = people(state).slice(0, 3);
  for (const each of three) arrange.join(container.index, each.index);
  const replicas = await Promise.all([0, 1].map(() => world.replica({ provisioning: "privileged", changes })));
  const outcomes = await Promise.allSettled(
    replicas.map((replica, at) =>
      createOrders(replica).revoke({
        resource: refOf(container),
        slug: "member",
        principal: refOf(found(three[at], "an administrator")),
      }),
    ),
  );
  const left = subjectAt(state, container.index).group?.members.length ?? 0;
  expect(left).toBeGreaterThanOrEqual(2);
  const refused = outcomes.filter(({ status }) => status === "rejected").length;
  expect(left).toBe(3 - (outcomes.length - refused));
});
