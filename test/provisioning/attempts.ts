import type { EmulatorOptions, OrganizationState, Subject } from "../../src/emulator/index.ts";
import { subjectAt } from "../../src/emulator/index.ts";
import type { Order } from "../support/orders.ts";
import type { ReplicaOptions, World } from "../support/world.ts";
import { administrators, found, people, plainGroup, refOf } from "./parts.ts";

/** Something that a guardrail has to refuse. */
export interface Attempt {
  readonly rule: string;
  /** By which way it is tried. */
  readonly door: string;
  readonly kind: "grant" | "revoke";
  readonly emulator?: EmulatorOptions;
  readonly options: ReplicaOptions;
  /** Arranges the organization, unseen by the connector, and says what is ordered. */
  readonly order: (world: World) => Order;
  /** The refusal names the cause, and the option that would allow it where one would. */
  readonly told: RegExp;
}

const standard: ReplicaOptions = { provisioning: "standard" };
const privileged: ReplicaOptions = { provisioning: "privileged" };
const withPermissions = { sync: { permissionDetail: "all" } } as const;

const person = ({ emulator: { state } }: World) => found(people(state)[0], "a person");
const group = ({ emulator: { state } }: World) => plainGroup(state);
const member = (container: Subject, principal: Subject): Order => ({
  resource: refOf(container),
  slug: "member",
  principal: refOf(principal),
});

function projectAdministrators({ emulator: { state } }: World): Subject {
  const isAdministrators = ({ payload, group: own }: Subject) =>
    own?.project === 0 && payload.endsWith("-0-0-0-0-1") && own.kind === "default";
  return found(state.groups.map((index) => subjectAt(state, index)).find(isAdministrators), "project administrators");
}

const builtIn = (state: OrganizationState, tail: string, project?: number) =>
  found(
    state.groups
      .map((index) => subjectAt(state, index))
      .find((each) => each.payload.endsWith(tail) && each.group?.project === project),
    `the group ${tail}`,
  );

/** A group that leads to the collection's administrators through another one. */
function nestedInAdministrators(world: World): Subject {
  const { state, changes } = world.emulator;
  const outer = group(world);
  changes.join(state.administrators, outer.index);
  return outer;
}

const onRepository = (slug: string) => (world: World) => {
  const repository = found(world.emulator.state.repositories[0], "a repository");
  return { resource: { type: "repository", id: repository.id }, slug, principal: refOf(person(world)) };
};

const onProject = (slug: string) => (world: World) => {
  const project = found(world.emulator.state.projects[0], "a project");
  return { resource: { type: "project", id: project.id }, slug, principal: refOf(person(world)) };
};

const needsPrivileged = /--provisioning privileged/;

/** Tier 0 needs `privileged`, by whichever way it is given. */
const tierZero: readonly Attempt[] = [
  {
    door: "Grant of membership of the organization's administrators",
    order: (world: World) => member(administrators(world.emulator.state), person(world)),
  },
  {
    door: "Grant of membership of a project's administrators",
    order: (world: World) => member(projectAdministrators(world), person(world)),
  },
  {
    door: "Grant of membership of a group that is in the administrators",
    order: (world: World) => member(nestedInAdministrators(world), person(world)),
  },
  {
    door: "nesting a group in the administrators",
    order: (world: World) => member(administrators(world.emulator.state), group(world)),
  },
  {
    door: "Grant of membership of a group that an entry gives ManagePermissions",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const project = found(state.projects[0], "a project");
      changes.setEntry(gitNamespace, `repoV2/${project.id}`, group(world).index, { allow: 8192, deny: 0 });
      return member(group(world), person(world));
    },
  },
  { door: "Grant of ManagePermissions on a repository", order: onRepository("git.manage_permissions") },
  { door: "Grant of the bundle Administer on a repository", order: onRepository("access.admin") },
  { door: "Grant of Edit project-level information", order: onProject("project.generic_write") },
  {
    door: "Grant of ManageMembership on a project's groups",
    order: onProject("identity.manage_membership"),
  },
  {
    door: "Grant of administration of a team that is in the administrators",
    order: (world: World) => {
      const { state, changes } = world.emulator;
      const team = found(state.teams[0], "a team");
      changes.join(projectAdministrators(world).index, team.group);
      return { resource: { type: "team", id: team.id }, slug: "admin", principal: refOf(person(world)) };
    },
  },
].map((each) => ({
  ...each,
  rule: "Tier 0 needs --provisioning privileged",
  kind: "grant" as const,
  options: { ...standard, ...withPermissions },
  told: needsPrivileged,
}));

const gitNamespace = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87";

function subjectOf(world: World, isIt: (subject: Subject) => boolean, what: string): Subject {
  return found(world.emulator.state.subjects.find(isIt), what);
}

/** Tier 0 is for people, unless it is switched on for others. */
const tierZeroTo: readonly Attempt[] = [
  {
    door: "a group into the administrators",
    order: (world: World) => member(administrators(world.emulator.state), group(world)),
    told: /--tier-zero-to groups/,
  },
  {
    door: "a group of Entra into the administrators",
    order: (world: World) =>
      member(
        administrators(world.emulator.state),
        subjectOf(world, ({ kind }) => kind === "entra-group", "a group of Entra"),
      ),
    told: /--tier-zero-to entra-groups/,
  },
  {
    door: "a guest into the administrators",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const guest = person(world);
      changes.setSubject(guest.index, { metaType: "guest" });
      return member(administrators(state), guest);
    },
    told: /--tier-zero-to guests/,
  },
  {
    door: "an identity of pipelines into the administrators",
    order: (world: World) => {
      const { state } = world.emulator;
      const build = subjectAt(state, found(state.serviceAccounts[0], "a build identity"));
      return { ...member(administrators(state), build), principal: { ...refOf(build), type: "service-account" } };
    },
    told: /--tier-zero-to build-identities/,
  },
  {
    door: "everybody of a project: a permission of Tier 0",
    order: (world: World) => ({
      ...onProject("project.generic_write")(world),
      principal: refOf(builtIn(world.emulator.state, "-0-0-0-0-3", 0)),
    }),
    told: /--tier-zero-to valid-users/,
  },
].map((each) => ({
  ...each,
  rule: "Tier 0 never to groups, guests, build identities or Valid Users",
  kind: "grant" as const,
  options: { ...privileged, ...withPermissions },
}));

function emptied(
  { emulator: { changes } }: { emulator: Pick<World["emulator"], "changes"> },
  container: Subject,
): Subject {
  for (const each of [...(container.group?.members ?? [])]) changes.leave(container.index, each);
  return container;
}

/** Leaves so many enabled people among the administrators, and gives them. */
function withAdministrators({ emulator: { state, changes } }: World, container: Subject, count: number): Subject[] {
  emptied({ emulator: { changes } }, container);
  const left = people(state).slice(0, count);
  for (const each of left) changes.join(container.index, each.index);
  return left;
}

const minAdmins: readonly Attempt[] = [
  {
    door: "Revoke of the last but one of the organization's administrators",
    order: (world: World) => {
      const container = administrators(world.emulator.state);
      const [first] = withAdministrators(world, container, 2);
      return member(container, found(first, "an administrator"));
    },
  },
  {
    door: "Revoke of the last but one of a project's administrators",
    order: (world: World) => {
      const container = projectAdministrators(world);
      const [first] = withAdministrators(world, container, 2);
      return member(container, found(first, "an administrator"));
    },
  },
  {
    door: "Revoke of a group that all other administrators are in",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const container = administrators(state);
      withAdministrators(world, container, 1);
      const inner = emptied(world, group(world));
      for (const each of people(state).slice(1, 4)) changes.join(inner.index, each.index);
      changes.join(container.index, inner.index);
      return member(container, inner);
    },
  },
  {
    door: "Revoke of a member of the group by which they are administrators",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const container = administrators(state);
      withAdministrators(world, container, 1);
      const inner = emptied(world, group(world));
      const only = found(people(state)[3], "a person");
      changes.join(inner.index, only.index);
      changes.join(container.index, inner.index);
      return member(inner, only);
    },
  },
].map((each) => ({
  ...each,
  rule: "never below --min-admins enabled people",
  kind: "revoke" as const,
  options: privileged,
  told: /--min-admins/,
}));

const others: readonly Attempt[] = [
  {
    rule: "the organization's owner stays",
    door: "Revoke of the owner's membership of the administrators",
    kind: "revoke",
    options: privileged,
    order: ({ emulator: { state } }) => member(administrators(state), subjectAt(state, state.owner)),
    told: /owner/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Revoke of its own membership",
    kind: "revoke",
    options: privileged,
    order: ({ emulator: { state } }) => member(administrators(state), subjectAt(state, state.caller)),
    told: /identity of this connector/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Revoke of a group that it is in",
    kind: "revoke",
    options: privileged,
    order: (world) => {
      const { state, changes } = world.emulator;
      const inner = group(world);
      changes.join(inner.index, state.caller);
      changes.join(state.administrators, inner.index);
      return member(administrators(state), inner);
    },
    told: /identity of this connector is in/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Revoke of a permission of a group that it is in",
    kind: "revoke",
    options: { ...privileged, ...withPermissions },
    order: ({ emulator: { state } }) => ({
      resource: { type: "organization", id: state.collectionId },
      slug: "collection.delete_field",
      principal: refOf(administrators(state)),
    }),
    told: /identity of this connector is in/,
  },
  ...["-0-0-0-0-3", "-0-0-0-0-2", "-0-0-0-0-5"].map(
    (tail): Attempt => ({
      rule: "untouchable groups",
      door: `Grant of membership of the built-in group ${tail}`,
      kind: "grant",
      options: privileged,
      order: (world) => member(builtIn(world.emulator.state, tail), person(world)),
      told: /no option allows/,
    }),
  ),
  {
    rule: "untouchable groups",
    door: "Grant of membership of a project's Valid Users",
    kind: "grant",
    options: privileged,
    order: (world) => member(builtIn(world.emulator.state, "-0-0-0-0-3", 0), person(world)),
    told: /no option allows/,
  },
  {
    rule: "--max-revokes-per-hour",
    door: "Revoke beyond it",
    kind: "revoke",
    options: { ...standard, changes: { maxRevokesPerHour: 0 } },
    order: (world) => {
      const { changes } = world.emulator;
      changes.join(group(world).index, person(world).index);
      return member(group(world), person(world));
    },
    told: /--max-revokes-per-hour/,
  },
  {
    rule: "--max-group-shrink",
    door: "Revoke beyond it",
    kind: "revoke",
    options: { ...standard, changes: { maxGroupShrinkPercent: 1 } },
    order: (world) => {
      const { state, changes } = world.emulator;
      for (const each of people(state).slice(0, 12)) changes.join(group(world).index, each.index);
      return member(group(world), person(world));
    },
    told: /--max-group-shrink/,
  },
  {
    rule: "rights of each caller",
    door: "Grant by a caller who may only read",
    kind: "grant",
    options: { ...privileged, changes: { callerRights: new Map([["local", "read-only"]]) } },
    order: (world) => member(group(world), person(world)),
    told: /--caller-rights/,
  },
  {
    rule: "rights of each caller",
    door: "Grant by a caller who is not named while others are",
    kind: "grant",
    options: { ...privileged, changes: { callerRights: new Map([["somebody", "privileged"]]) } },
    order: (world) => member(group(world), person(world)),
    told: /--caller-rights/,
  },
  {
    rule: "rights of each caller",
    door: "Grant of Tier 0 by a caller with standard rights",
    kind: "grant",
    options: { ...privileged, changes: { callerRights: new Map([["local", "standard"]]) } },
    order: (world) => member(administrators(world.emulator.state), person(world)),
    told: needsPrivileged,
  },
  ...(["grant", "revoke"] as const).map(
    (kind): Attempt => ({
      rule: "--provisioning off",
      door: kind === "grant" ? "Grant" : "Revoke",
      kind,
      options: {},
      order: (world) => member(group(world), person(world)),
      told: /--provisioning standard/,
    }),
  ),
  {
    rule: "--entra-groups refuse",
    door: "Grant of membership of a group of Entra",
    kind: "grant",
    options: { ...standard, changes: { entraGroups: { mode: "refuse", allowed: new Set() } } },
    order: (world) =>
      member(
        subjectOf(world, ({ kind }) => kind === "entra-group", "a group of Entra"),
        person(world),
      ),
    told: /--entra-groups manage/,
  },
  {
    rule: "an explicit deny stays without --remove-denies",
    door: "Grant of a permission that the person is denied",
    kind: "grant",
    options: { ...privileged, ...withPermissions },
    order: (world) => {
      const { state, changes } = world.emulator;
      const repository = found(state.repositories[0], "a repository");
      const project = found(state.projects[repository.project], "its project");
      const token = `repoV2/${project.id}/${repository.id}`;
      changes.setEntry(gitNamespace, token, person(world).index, { allow: 0, deny: 8 });
      return onRepository("git.force_push")(world);
    },
    told: /--remove-denies/,
  },
];

export const attempts: readonly Attempt[] = [...tierZero, ...tierZeroTo, ...minAdmins, ...others];
