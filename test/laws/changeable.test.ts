import { anyIs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EntitlementImmutableSchema } from "../../gen/c1/connector/v2/annotation_entitlement_pb.js";
import type { Entitlement } from "../../gen/c1/connector/v2/entitlement_pb.js";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import type { Detail } from "../../src/permissions/fold.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { found, people, refOf } from "../provisioning/parts.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { rowsOfStream } from "../support/rights.ts";
import { wholeStream } from "../support/stream.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/**
 * Whatever a listing tells and does not call immutable can be given and taken, or is refused by a rule that is named: it
 * is never unknown when it is asked for, and Azure DevOps is never sent what it does not understand. What is called
 * immutable is refused before anything is sent.
 */
const small: EmulatorOptions = {
  users: 14,
  groups: 4,
  projects: 1,
  teamsPerProject: 1,
  repositoriesPerProject: 1,
  pools: 2,
  feeds: 2,
  endpointsPerProject: 1,
  variableGroupsPerProject: 1,
};

let world: World;
let replica: Replica;
/** By id, of both details that tell permissions. */
const told = new Map<string, Entitlement>();

beforeAll(async () => {
  world = await startWorld(small);
  const { changes, state } = world.emulator;
  const project = found(state.projects[0], "a project");
  // A role on one deployment group, which is no resource of its own.
  const group = `MachineGroups/${project.id}/4`;
  changes.setEntry("101eae8c-1709-47f9-b228-0e476c35b3ba", group, found(people(state)[1], "a person").index, {
    allow: 17,
    deny: 0,
  });
  for (const permissionDetail of ["standard", "all"] satisfies Detail[]) {
    replica = await world.replica({
      provisioning: "privileged",
      sync: { optionalTypes, permissionDetail, personalAccessTokens: "all" },
      changes: { maxRevokesPerHour: 1_000_000, maxGroupShrinkPercent: 100 },
    });
    const { entitlements } = rowsOfStream(await wholeStream(replica));
    for (const entitlement of entitlements) told.set(entitlement.id, entitlement);
  }
});
afterAll(() => world.close());

const isImmutable = ({ annotations }: Entitlement) =>
  annotations.some((each) => anyIs(each, EntitlementImmutableSchema));

function orderOf({ slug, resource }: Entitlement) {
  const { resourceType: type = "", resource: id = "" } = resource?.id ?? {};
  return { resource: { type, id }, slug, principal: refOf(found(people(world.emulator.state)[0], "a person")) };
}

async function wrongAnswers(entitlement: Entitlement, right: readonly number[]): Promise<string[]> {
  const { grant, revoke } = createOrders(replica);
  const wrong: string[] = [];
  for (const [kind, send] of Object.entries({ grant, revoke })) {
    const { code, message } = await outcomeOf(send(orderOf(entitlement)));
    if (!right.includes(code)) wrong.push(`${kind} ${entitlement.id}: ${code} ${message}`);
  }
  return wrong;
}

test("what is told as immutable is refused, and nothing is sent", async () => {
  const wrong: string[] = [];
  const slugs = new Set<string>();
  for (const entitlement of told.values()) {
    if (!isImmutable(entitlement)) continue;
    slugs.add(entitlement.slug);
    wrong.push(...(await wrongAnswers(entitlement, [codes.failedPrecondition])));
  }
  expect(wrong).toEqual([]);
  expect(world.emulator.writes.all).toEqual([]);
  const some = ["access.custom", "account.modify", "build.retain_indefinitely", "tagging.create"];
  expect([...slugs]).toEqual(expect.arrayContaining(some));
  expect([...slugs].some((slug) => /^deployment-groups\.[0-9a-v]{26}\.user$/.test(slug))).toBe(true);
});

test("what is told as anything else can be given and taken, or is refused by name", async () => {
  const wrong: string[] = [];
  const changed = new Set<string>();
  for (const entitlement of told.values()) {
    if (isImmutable(entitlement)) continue;
    changed.add(entitlement.slug);
    wrong.push(...(await wrongAnswers(entitlement, [codes.ok, codes.failedPrecondition])));
  }
  expect(wrong).toEqual([]);
  const some = ["area.create_children", "iteration.delete", "organization-data.view", "usage.query_usage_summary"];
  expect([...changed]).toEqual(expect.arrayContaining(some));
  expect(changed.size).toBeGreaterThan(200);
}, 240_000);
