import { namespaceIds } from "../../namespace-ids.ts";
import type { AccessEntry } from "../../state.ts";
import type { ListContext } from "./context.ts";
import { allow, deny, oneOf, setList, unknownIdentity } from "./context.ts";
import { organizationEntries } from "./holders.ts";

type Entries = readonly AccessEntry[];

/** Ids of the processes that the service brings. */
const systemProcesses = ["adcc42ab-9882-485e-a3ed-7678f01f66bc", "6b724908-ef14-45cf-84f8-768b5384da45"] as const;

function person({ people, random }: ListContext, bits: number): Entries {
  return [allow(random.pick(people.users), bits)];
}

function group({ people, random }: ListContext, bits: number): Entries {
  return oneOf(random, people.made).map((who) => allow(who, bits));
}

/** The organization itself and the services behind it. */
function seedCollection(context: ListContext): void {
  const { builder, collection, people } = context;
  const { beliefs } = builder.settings;
  setList(builder, namespaceIds.collection, `NAMESPACE${beliefs.collectionTokenColon ? ":" : ""}`, [
    ...organizationEntries(context, {
      collectionServices: 3_831,
      collectionBuildServices: 1 | 16 | 128,
      collectionTestServices: 1 | 512,
    }),
    ...group(context, 1 | 4),
    ...person(context, 1 | 2_048),
    ...people.strays.slice(0, 1).map((who) => allow(who, 1 | 32)),
    ...people.entra.slice(0, 1).map((who) => deny(who, 4)),
  ]);
  setList(builder, namespaceIds.server, "FrameworkGlobalSecurity", [
    ...collection.enterprise.slice(0, 1).map((who) => allow(who, 23)),
    ...organizationEntries(context, { collectionServices: 23, collectionAdministrators: 3, collectionValidUsers: 1 }),
    ...people.servicePrincipals.slice(0, 1).map((who) => allow(who, 4)),
  ]);
  setList(builder, namespaceIds.auditLog, beliefs.auditToken, [
    ...organizationEntries(context, { collectionAdministrators: 13, collectionServices: 15 }),
    ...person(context, 1),
    ...group(context, 1 | 4 | 8),
  ]);
  setList(builder, namespaceIds.project, "$PROJECT", [
    ...organizationEntries(context, { collectionServices: 67_108_863, collectionBuildServices: 1 | 32 | 64 | 128 }),
    ...people.servicePrincipals.slice(0, 1).map((who) => allow(who, 1)),
  ]);
}

/** Processes: all of them, those of the service, and those that people derive from them (facts 4.3). */
function seedProcesses(context: ListContext): void {
  const { builder } = context;
  const { process } = namespaceIds;
  setList(builder, process, "$PROCESS", organizationEntries(context, { collectionAdministrators: 15 }));
  for (const [at, system] of systemProcesses.entries()) {
    setList(builder, process, `$PROCESS:${system}:`, organizationEntries(context, { collectionValidUsers: 16 }));
    const derived = `$PROCESS:${system}:${builder.guid("process", at)}:`;
    setList(builder, process, derived, [...person(context, 15), ...group(context, 1)]);
  }
}

/** Pipelines, version control, hooks and work items, as the organization rules them. */
function seedAdministration(context: ListContext): void {
  const { builder, people } = context;
  setList(builder, namespaceIds.buildAdministration, "BuildPrivileges", [
    ...organizationEntries(context, {
      collectionAdministrators: 31,
      collectionBuildAdministrators: 31,
      collectionBuildServices: 5,
      collectionTestServices: 5,
      collectionValidUsers: 1,
    }),
    ...person(context, 16),
  ]);
  setList(builder, namespaceIds.versionControlPrivileges, "Global", [
    ...organizationEntries(context, { collectionAdministrators: 62, collectionServices: 62, collectionValidUsers: 2 }),
  ]);
  setList(builder, namespaceIds.serviceHooks, "PublisherSecurity", [
    ...organizationEntries(context, { collectionAdministrators: 7, collectionServices: 15 }),
    ...people.servicePrincipals.slice(1, 2).map((who) => allow(who, 3)),
  ]);
  setList(builder, namespaceIds.workItemTracking, "WorkItemTrackingPrivileges", [
    ...organizationEntries(context, { collectionAdministrators: 3 }),
    ...person(context, 2),
  ]);
  const provision = organizationEntries(context, { collectionAdministrators: 3, collectionServices: 3 });
  setList(builder, namespaceIds.workItemProvision, "$", provision);
  setList(builder, namespaceIds.plans, "Plan", organizationEntries(context, { collectionAdministrators: 15 }));
  setList(builder, namespaceIds.dashboards, "$", organizationEntries(context, { collectionAdministrators: 63 }));
  // Tags of the organization have the empty token (facts 4.2).
  setList(builder, namespaceIds.tagging, "", [
    ...organizationEntries(context, { collectionAdministrators: 15, collectionServices: 15, collectionValidUsers: 1 }),
    allow(unknownIdentity(context, 2), 3),
  ]);
}

/** Lists of the organization itself (facts 4.2). */
export function seedOrganizationLists(context: ListContext): void {
  seedCollection(context);
  seedProcesses(context);
  seedAdministration(context);
}
